//! Whatever happens to `plan build`, the next build mends it, and nobody's work is lost.

#![cfg(unix)]

use plan::Inputs;
use plan::source::Source;
use plan::tree::MANIFEST;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PLATFORM: &str = include_str!("../plans/ml-platform/migration.toml");
const LOCK: &str = include_str!("../plans/ml-platform/plan.lock");

/// The same platform a month later: a service went, two came without a pin, one changed, a tenant moved.
fn later() -> String {
    let jaeger = PLATFORM.find("[services.jaeger]").unwrap();
    let after = jaeger + PLATFORM[jaeger..].find("[services.ingress-nginx]").unwrap();
    let without = format!("{}{}", &PLATFORM[..jaeger], &PLATFORM[after..]);
    let changed = without
        .replace("\"grafana\", \"jaeger\"]", "\"grafana\"]")
        .replace("\"kiali\", \"jaeger\", ", "\"kiali\", \"search\", \"board\", ")
        .replace("ports     = { http = \"5000\" }", "ports     = { http = \"80:5000\" }")
        .replace("[tenants.iris-demo]", "[tenants.lily-demo]");
    let new = "[services.search]\nnamespace = \"search\"\nselector = { app = \"search\" }\nports = { http = \"80\" }\n\n\
        [services.board]\nnamespace = \"board\"\nselector = { app = \"board\" }\nports = { http = \"80\" }\nclients = []\n\n";
    changed.replacen("[services.minio]", &format!("{new}[services.minio]"), 1)
}

/// A repository with one plan.
struct Repository {
    folder: TempDir,
}

impl Repository {
    fn new(text: &str) -> Repository {
        let repository = Repository { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(repository.path("plans/x")).unwrap();
        fs::write(repository.path("plans/x/migration.toml"), text).unwrap();
        repository
    }

    /// With the lock that the platform has.
    fn locked(text: &str, lock: &str) -> Repository {
        let repository = Repository::new(text);
        fs::write(repository.path("plans/x/plan.lock"), lock).unwrap();
        repository
    }

    /// A small plan that is built already.
    fn built() -> Repository {
        let repository = Repository::new(SMALL);
        repository.build().succeeds();
        repository
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plan"));
        command.args(arguments).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn plan(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().unwrap().into()
    }

    fn build(&self) -> Ran {
        self.plan(&["build", "plans/x"])
    }

    fn write_plan(&self, text: &str) {
        fs::write(self.path("plans/x/migration.toml"), text).unwrap();
    }

    /// Files wait beside the tree, or the lock beside the lock.
    fn has_begun_to_write(&self) -> bool {
        self.path("plans/x/.plan.lock.new").exists() || self.path("out/x").join(plan::tree::STAGING).exists()
    }

    /// The manifest of the build is ready: files take their places now.
    fn has_begun_to_replace(&self) -> bool {
        let Ok(waiting) = fs::read_dir(self.path("out/x").join(plan::tree::STAGING)) else { return false };
        waiting.flatten().any(|entry| {
            let name = entry.file_name();
            name.to_str().is_some_and(|name| name.starts_with("plan.") && name.ends_with(".json"))
        })
    }

    /// The tree without its manifest, and the lock.
    fn state(&self) -> BTreeMap<String, Vec<u8>> {
        let mut state = files(&self.path("out/x"));
        // A second build that writes nothing shows that it is right.
        state.remove(MANIFEST);
        state.insert(THE_LOCK.to_owned(), fs::read(self.path("plans/x/plan.lock")).unwrap());
        state
    }
}

const SMALL: &str = "schema = 1\nname = \"small\"\n\n[lan]\ncidr = \"10.0.0.0/24\"\n\n[hosts]\nnuc = { ip = \"10.0.0.10\" }\n\n\
    [clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.34.2+k3s1\"\nservers = [\"nuc\"]\npods = \"10.42.0.0/16\"\n\
    services = \"10.43.0.0/16\"\ncalico = { version = \"v3.31.5\" }\nmetallb = { version = \"v0.15.3\" }\n\n\
    [pools.lan]\ncluster = \"main\"\naddresses = [\"10.0.0.200-10.0.0.219\"]\n\n\
    [services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n";
const WEB: &str = "out/x/clusters/main/40-services/web/service-web.yaml";

/// Where the lock is among the files of a state.
const THE_LOCK: &str = "../plan.lock";

/// What a run said.
#[derive(Debug)]
struct Ran {
    status: i32,
    said: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        let said = [output.stdout, output.stderr].concat();
        Ran { status: output.status.code().unwrap_or(-1), said: String::from_utf8(said).unwrap() }
    }
}

impl Ran {
    #[track_caller]
    fn succeeds(self) -> Ran {
        assert_eq!(self.status, 0, "{}", self.said);
        self
    }

    /// Ends with this status and says all of these words, and no Rust.
    #[track_caller]
    fn fails(self, status: i32, words: &[&str]) {
        assert_eq!(self.status, status, "{}", self.said);
        for word in words {
            assert!(self.said.contains(word), "`{word}` is not said:\n{}", self.said);
        }
        assert!(!self.said.contains("panicked") && !self.said.contains("Os {"), "{}", self.said);
    }
}

/// Every file below a folder with its bytes; a link with its target.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(root).min_depth(1) {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        if entry.file_type().is_symlink() {
            found.insert(path, fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes());
        } else if entry.file_type().is_file() {
            found.insert(path, fs::read(entry.path()).unwrap());
        }
    }
    found
}

/// The tree and lock that a plan and a lock give where nothing ever went wrong, without the manifest.
fn fresh(text: &str, lock: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let lock = Source::new("plan.lock", String::from_utf8(lock.to_vec()).unwrap());
    let inputs = Inputs { lock: Some(lock), ..Inputs::new(Source::new("migration.toml", text)) };
    let compilation = plan::compile(&inputs);
    let Some(output) = compilation.output else { panic!("{:#?}", compilation.diagnostics) };
    let mut state: BTreeMap<_, _> =
        output.tree.iter().map(|(path, bytes)| (path.to_string(), bytes.to_vec())).collect();
    state.insert(THE_LOCK.to_owned(), output.lock.into_bytes());
    state
}

/// The generator of Marsaglia, `xorshift64`: the same moments in every run, as far as a clock can be held to it.
struct Moments(u64);

impl Moments {
    fn below(&mut self, limit: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_nanos(self.0 % limit.as_nanos().max(1) as u64)
    }
}

#[test]
fn a_kill_at_any_moment_is_mended_by_the_next_build() {
    const KILLS: usize = 44;
    let versions = [PLATFORM.to_owned(), later()];
    let repository = Repository::locked(&versions[0], LOCK);
    let start = Instant::now();
    repository.build().succeeds();
    let whole = start.elapsed();
    let mut known: BTreeMap<(usize, Vec<u8>), BTreeMap<String, Vec<u8>>> = BTreeMap::new();
    let mut fresh = |version: usize, lock: &[u8]| {
        known.entry((version, lock.to_vec())).or_insert_with(|| fresh(&versions[version], lock)).clone()
    };
    let mut moments = Moments(0x9E37_79B9_7F4A_7C15);
    let (mut built, mut kills, mut late, mut amid) = (0, 0, 0, 0);
    // A clock hits the few moments in which files are replaced by chance only.
    while kills < KILLS || (amid == 0 && kills < 8 * KILLS) {
        assert!(late < 8 * KILLS, "{late} builds were over before they were killed");
        let next = 1 - built;
        let old = repository.state();
        let wanted = fresh(next, &old[THE_LOCK]);
        repository.write_plan(&versions[next]);
        let mut child = repository.command(&["build", "plans/x"]).stderr(Stdio::null()).spawn().unwrap();
        // While it computes or writes, from its first file that waits on, and from the first that is replaced on.
        match (kills + late) % 3 {
            0 => std::thread::sleep(moments.below(whole)),
            1 => {
                until(&mut child, || repository.has_begun_to_write());
                std::thread::sleep(moments.below(whole / 10));
            }
            _ => {
                until(&mut child, || repository.has_begun_to_replace());
                std::thread::sleep(moments.below(whole / 100));
            }
        }
        let is_late = child.try_wait().unwrap().is_some();
        let _ = child.kill();
        child.wait().unwrap();

        let now = repository.state();
        for (path, bytes) in now.iter().filter(|(path, _)| !path.starts_with(plan::tree::STAGING)) {
            let known = old.get(path) == Some(bytes) || wanted.get(path) == Some(bytes);
            assert!(known, "kill {kills}: `{path}` is of neither version");
        }
        for path in old.keys().filter(|path| wanted.contains_key(*path)) {
            assert!(now.contains_key(path), "kill {kills}: `{path}` is missing, and both versions have it");
        }
        if kills % 10 == 4 {
            repository.plan(&["check", "plans/x"]).succeeds();
            assert_eq!(repository.state(), now, "a check changed something");
        }

        // One time in four the plan is taken back before it is built again.
        built = if kills % 4 == 3 { built } else { next };
        repository.write_plan(&versions[built]);
        repository.build().succeeds();
        let (wanted, state) = (fresh(built, &now[THE_LOCK]), repository.state());
        let paths = wanted.keys().chain(state.keys());
        let differing: Vec<&String> = paths.filter(|path| wanted.get(*path) != state.get(*path)).collect();
        assert!(differing.is_empty(), "kill {kills}, version {built}: {differing:?}");
        if kills % 3 == 1 {
            let again = repository.build().succeeds();
            assert!(again.said.contains(" 0 written"), "{}", again.said);
        }
        assert!(!repository.path("plans/x/.plan.lock.new").exists(), "kill {kills}: a new lock is left");
        (kills, late) = (kills + usize::from(!is_late), late + usize::from(is_late));
        amid += usize::from(now != old && !is_late);
    }
    println!("{kills} kills, {amid} of them when the tree or the lock had changed; {late} came too late");
    assert!(amid > 0, "no kill came while the disk was changed");
}

#[test]
fn a_tree_ahead_of_its_lock_is_mended() {
    // What a kill between the last file and the lock leaves.
    let repository = Repository::locked(PLATFORM, LOCK);
    repository.build().succeeds();
    repository.write_plan(&later());
    repository.build().succeeds();
    let wanted = repository.state();
    assert_ne!(wanted[THE_LOCK], LOCK.as_bytes());
    fs::write(repository.path("plans/x/plan.lock"), LOCK).unwrap();
    repository.build().succeeds();
    assert_eq!(repository.state(), wanted);
}

/// Waits until something is so, or the build is over.
fn until(child: &mut Child, is_so: impl Fn() -> bool) {
    while child.try_wait().unwrap().is_none() && !is_so() {
        std::hint::spin_loop();
    }
}

/// A file system of its own, for as long as it is needed.
struct Mount(PathBuf);

impl Mount {
    /// A tmpfs; nothing, with the reason said, where that is refused.
    fn tmpfs(folder: &Path, options: &str) -> Option<Mount> {
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder).output();
        match mount {
            Ok(output) if output.status.success() => Some(Mount(folder.to_owned())),
            Ok(output) => {
                println!("skipped: no tmpfs: {}", String::from_utf8_lossy(&output.stderr).trim());
                None
            }
            Err(error) => {
                println!("skipped: no mount: {error}");
                None
            }
        }
    }

    fn becomes(&self, options: &str) {
        let remount = format!("remount,{options}");
        assert!(Command::new("mount").args(["-o", &remount]).arg(&self.0).status().unwrap().success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_changes_nothing_and_says_so() {
    let repository = Repository::locked(PLATFORM, LOCK);
    let out = repository.path("out");
    fs::create_dir(&out).unwrap();
    let Some(disk) = Mount::tmpfs(&out, "size=8m") else { return };
    repository.build().succeeds();
    let before = repository.state();
    // No more than what is there, so that the later version does not fit.
    let blocks: u64 =
        files(&out.join("x")).values().map(|bytes| bytes.len().div_ceil(4096) as u64 * 4096).sum();
    disk.becomes(&format!("size={}", blocks + 16 * 4096));
    repository.write_plan(&later());
    repository.build().fails(2, &["no room is left", "help: make room, then build again"]);
    assert_eq!(repository.state(), before, "a full disk changed the tree or the lock");
    assert!(!repository.path("plans/x/.plan.lock.new").exists());
    disk.becomes("size=8m");
    repository.build().succeeds();
    assert_eq!(repository.state(), fresh(&later(), LOCK.as_bytes()));
}

#[test]
fn a_full_disk_under_the_lock_leaves_the_tree_alone() {
    let repository = Repository::new("");
    let plans = repository.path("plans");
    let Some(disk) = Mount::tmpfs(&plans, "size=1m") else { return };
    fs::create_dir(plans.join("x")).unwrap();
    repository.write_plan(PLATFORM);
    fs::write(plans.join("x/plan.lock"), LOCK).unwrap();
    repository.build().succeeds();
    let before = repository.state();
    repository.write_plan(&later());
    let filler = plans.join("filler");
    // Until nothing fits any more.
    let _ = fs::write(&filler, vec![0; 2 << 20]);
    repository.build().fails(2, &[".plan.lock.new", "No space left on device"]);
    assert_eq!(repository.state(), before, "the tree changed without its lock");
    fs::remove_file(filler).unwrap();
    repository.build().succeeds();
    assert_eq!(repository.state(), fresh(&later(), LOCK.as_bytes()));
    drop(disk);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let repository = Repository::built();
    let out = repository.path("out");
    let before = repository.state();
    repository.write_plan(&SMALL.replace("http = \"80\"", "http = \"8080\""));
    let as_root = fs::metadata(repository.folder.path()).unwrap().uid() == 0;
    let mount = if as_root {
        // Root may write where nobody may; a file system that is read-only holds for root as well.
        fs::rename(&out, repository.path("kept")).unwrap();
        fs::create_dir(&out).unwrap();
        let Some(mount) = Mount::tmpfs(&out, "size=1m") else { return };
        let copied = Command::new("cp").arg("-r").arg(repository.path("kept/x")).arg(&out).status().unwrap();
        assert!(copied.success());
        mount.becomes("ro");
        Some(mount)
    } else {
        for folder in
            walkdir::WalkDir::new(&out).into_iter().map(Result::unwrap).filter(|entry| entry.path().is_dir())
        {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
        }
        None
    };
    let ran = repository.build();
    if mount.is_none() {
        for folder in
            walkdir::WalkDir::new(&out).into_iter().map(Result::unwrap).filter(|entry| entry.path().is_dir())
        {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    ran.fails(1, &["out/x", "is read-only", "nothing was changed", "chmod"]);
    assert_eq!(repository.state(), before);
    if let Some(mount) = &mount {
        mount.becomes("rw");
    }
    repository.build().succeeds();
}

#[test]
fn a_hand_edited_file_is_kept_and_named() {
    let repository = Repository::built();
    let edited = fs::read_to_string(repository.path(WEB)).unwrap() + "# mine\n";
    fs::write(repository.path(WEB), &edited).unwrap();
    repository.write_plan(&SMALL.replace("http = \"80\"", "http = \"8080\""));
    let lock = fs::read(repository.path("plans/x/plan.lock")).unwrap();
    repository.build().fails(1, &["service-web.yaml", "edited", "nothing was changed", "--force"]);
    assert_eq!(fs::read_to_string(repository.path(WEB)).unwrap(), edited);
    assert_eq!(fs::read(repository.path("plans/x/plan.lock")).unwrap(), lock);
    repository.plan(&["build", "plans/x", "--force"]).succeeds();
    assert!(fs::read_to_string(repository.path(WEB)).unwrap().contains("port: 8080"));
}

#[test]
fn a_foreign_file_is_kept_and_one_in_the_way_is_named() {
    let repository = Repository::built();
    fs::write(repository.path("out/x/notes.md"), "mine").unwrap();
    let new = SMALL.replace("[services.web]", "[services.api]\nnamespace = \"api\"\nselector = { app = \"api\" }\nports = { http = \"80\" }\n\n[services.web]");
    repository.write_plan(&new);
    let way = repository.path("out/x/clusters/main/40-services/api");
    fs::create_dir(&way).unwrap();
    fs::write(way.join("service-api.yaml"), "mine").unwrap();
    let before = repository.state();
    repository.build().fails(1, &["service-api.yaml", "nothing was changed"]);
    assert_eq!(repository.state(), before);
    fs::remove_dir_all(way).unwrap();
    repository.build().succeeds();
    assert_eq!(fs::read(repository.path("out/x/notes.md")).unwrap(), b"mine");
}

#[test]
fn a_link_out_of_the_tree_is_not_followed() {
    let repository = Repository::built();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("service-web.yaml"), "not ours").unwrap();
    let folder = repository.path("out/x/clusters/main/40-services/web");
    fs::remove_dir_all(&folder).unwrap();
    symlink(outside.path(), &folder).unwrap();
    repository.build().fails(1, &["40-services/web", "link", "nothing was changed"]);
    assert_eq!(
        files(outside.path()),
        BTreeMap::from([("service-web.yaml".to_owned(), b"not ours".to_vec())])
    );
    fs::remove_file(&folder).unwrap();
    repository.build().succeeds();
}

#[test]
fn two_builds_at_once_both_leave_a_whole_tree() {
    let repository = Repository::locked(PLATFORM, LOCK);
    let wanted = fresh(PLATFORM, LOCK.as_bytes());
    for _ in 0..4 {
        let _ = fs::remove_dir_all(repository.path("out"));
        let builds: Vec<Child> =
            (0..3).map(|_| repository.command(&["build", "plans/x"]).spawn().unwrap()).collect();
        for build in builds {
            Ran::from(build.wait_with_output().unwrap()).succeeds();
        }
        assert_eq!(repository.state(), wanted);
    }
}

#[test]
fn two_plans_never_share_a_tree() {
    let repository = Repository::built();
    fs::create_dir_all(repository.path("other/x")).unwrap();
    let other = SMALL.replace("name = \"small\"", "name = \"other\"");
    fs::write(repository.path("other/x/migration.toml"), other).unwrap();
    let before = repository.state();
    repository.plan(&["build", "other/x", "--out", "out"]).fails(1, &["another plan", "`small`"]);
    repository.plan(&["build", "other/x", "plans/x", "--out", "out"]).fails(2, &["would both write"]);
    assert_eq!(repository.state(), before);
    assert!(!repository.path("other/x/plan.lock").exists(), "a refused build left a lock");
}

#[test]
fn a_plan_that_cannot_be_read_is_no_answer() {
    let repository = Repository::built();
    let before = repository.state();
    let x = repository.path("plans/x/migration.toml");

    fs::write(&x, b"name = \"\xff\xfe\"\n").unwrap();
    let ran = repository.build();
    assert!(matches!(ran.status, 1 | 2) && ran.said.contains("UTF-8"), "{ran:?}");

    fs::remove_file(&x).unwrap();
    repository.build().fails(2, &["plans/x/migration.toml"]);

    symlink("nowhere.toml", &x).unwrap();
    repository.build().fails(2, &["plans/x/migration.toml"]);
    repository.plan(&["build", "plans/x/migration.toml"]).fails(2, &["plans/x/migration.toml"]);

    fs::remove_file(&x).unwrap();
    fs::create_dir(&x).unwrap();
    repository.build().fails(2, &["plans/x/migration.toml"]);
    fs::remove_dir(&x).unwrap();

    fs::create_dir(repository.path("empty")).unwrap();
    repository.plan(&["build", "empty"]).fails(2, &["empty/migration.toml"]);
    repository.plan(&["build", "nowhere"]).fails(2, &["nowhere"]);
    assert_eq!(repository.state(), before);

    // A link to a plan is a plan.
    fs::write(repository.path("elsewhere.toml"), SMALL).unwrap();
    symlink("../../elsewhere.toml", &x).unwrap();
    repository.build().succeeds();
    assert_eq!(repository.state(), before);
}

#[test]
fn a_lock_that_cannot_be_read_moves_no_address() {
    let repository = Repository::built();
    let lock = repository.path("plans/x/plan.lock");
    for text in ["version = 1\n[held]\n\"main/services.web\" = [\"10.0.0\"]\n", "<<<<<<< HEAD\n"] {
        fs::write(&lock, text).unwrap();
        let before = repository.state();
        repository.build().fails(1, &["plan.lock"]);
        assert_eq!(repository.state(), before);
    }
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    repository.build().fails(2, &["plan.lock"]);
}

#[test]
fn out_may_lie_among_the_plans_and_harms_none() {
    let repository = Repository::new(SMALL);
    for out in ["plans", "plans/x", "."] {
        repository.plan(&["build", "plans/x", "--out", out]).succeeds();
        let again = repository.plan(&["build", "plans/x", "--out", out]).succeeds();
        assert!(again.said.contains(" 0 written"), "{}", again.said);
        assert_eq!(fs::read_to_string(repository.path("plans/x/migration.toml")).unwrap(), SMALL);
    }
    repository.plan(&["build", "--out", "o"]).succeeds();
    fs::write(repository.path("file"), "mine").unwrap();
    repository.plan(&["build", "plans/x", "--out", "file"]).fails(2, &["file"]);
    assert_eq!(fs::read_to_string(repository.path("file")).unwrap(), "mine");
}

//! Whatever happens during a build, no file is half written and nothing that is not plan's is lost.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use plan::tree::{Interruption, MANIFEST, STAGING, Tree, TreePath, WriteError, WriteOptions, check, write};
use tempfile::TempDir;

const FOLDER: &str = "PLAN_TEST_TREE";
const PLAN: &str = "test";

fn tree<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Tree {
    let mut tree = Tree::new();
    for (path, text) in files {
        tree.insert("test", TreePath::new(path).unwrap(), text.as_bytes().to_vec()).unwrap();
    }
    tree
}

fn options() -> WriteOptions {
    WriteOptions::new(PLAN)
}

fn forced() -> WriteOptions {
    WriteOptions { force: true, ..options() }
}

/// Every file below a folder with its bytes, every link with its target, and every empty folder.
fn on_disk(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(root).min_depth(1) {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        if entry.file_type().is_symlink() {
            found.insert(path, fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes());
        } else if entry.file_type().is_file() {
            found.insert(path, fs::read(entry.path()).unwrap());
        } else if entry.file_type().is_dir() && fs::read_dir(entry.path()).unwrap().next().is_none() {
            found.insert(path + "/", Vec::new());
        }
    }
    found
}

/// The same without the manifest.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = on_disk(root);
    assert!(found.remove(MANIFEST).is_some(), "no manifest");
    found
}

fn paths(root: &Path) -> Vec<String> {
    on_disk(root).into_keys().collect()
}

fn names(paths: &[TreePath]) -> Vec<&str> {
    paths.iter().map(TreePath::as_str).collect()
}

fn in_memory(tree: &Tree) -> BTreeMap<String, Vec<u8>> {
    tree.iter().map(|(path, bytes)| (path.to_string(), bytes.to_vec())).collect()
}

/// The conflicts of a refused build, which must have changed nothing.
fn refusal(root: &Path, tree: &Tree, options: &WriteOptions) -> Vec<String> {
    let before = on_disk(root);
    let error = write(root, tree, options).unwrap_err();
    assert_eq!(on_disk(root), before, "a refused build changed the tree");
    let WriteError::Refused { conflicts, .. } = &error else { panic!("{error}") };
    let text = error.to_string();
    assert!(text.contains("nothing was changed") && !error.help().is_empty(), "{text}");
    conflicts.iter().map(ToString::to_string).collect()
}

/// One ignored test of this program as another process, started through a command that takes a command.
fn child(through: &[&str], test: &str, folder: &Path) -> Command {
    let program = std::env::current_exe().unwrap();
    let mut words = through.iter().map(Into::into).chain([program.into_os_string()]);
    let mut command = Command::new(words.next().unwrap());
    let test = format!("{}::{test}", module_path!().split_once("::").expect("a module").1);
    command.args(words).args(["--ignored", "--exact", &test, "--nocapture"]).env(FOLDER, folder);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// The folder that a child works in; nothing if the test is not run as a child.
fn given_folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

#[test]
fn the_second_write_touches_nothing() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("out/x");
    let tree = tree([("README.md", "hello"), ("a/b/c.yaml", "c"), ("a/empty", "")]);
    let report = write(&root, &tree, &options()).unwrap();
    assert_eq!((report.written(), report.unchanged, report.mended), (3, 0, None));
    assert_eq!(paths(&root), ["README.md", "a/b/c.yaml", "a/empty", MANIFEST]);
    let stamps = || -> Vec<_> {
        let entries = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(Result::unwrap);
        let stamp = |entry: walkdir::DirEntry| {
            let metadata = entry.metadata().unwrap();
            (
                entry.into_path(),
                metadata.ino(),
                metadata.mtime(),
                metadata.mtime_nsec(),
                metadata.ctime_nsec(),
            )
        };
        entries.map(stamp).collect()
    };
    let before = stamps();
    std::thread::sleep(Duration::from_millis(20));
    let report = write(&root, &tree, &options()).unwrap();
    assert_eq!((report.written(), report.unchanged), (0, 3));
    assert!(check(&root, &tree, PLAN).unwrap().is_empty());
    assert_eq!(stamps(), before);
}

#[test]
fn only_what_differs_is_written() {
    let folder = TempDir::new().unwrap();
    let old =
        tree([("a/kept", "1"), ("a/longer", "1"), ("a/shorter", "12"), ("a/other", "12"), ("a/empty", "1")]);
    write(folder.path(), &old, &options()).unwrap();
    let kept = || fs::metadata(folder.path().join("a/kept")).unwrap().ino();
    let before = kept();
    let new =
        tree([("a/kept", "1"), ("a/longer", "12"), ("a/shorter", "1"), ("a/other", "21"), ("a/empty", "")]);
    let differences = check(folder.path(), &new, PLAN).unwrap();
    let report = write(folder.path(), &new, &options()).unwrap();
    assert_eq!(names(&report.changed), ["a/empty", "a/longer", "a/other", "a/shorter"]);
    assert_eq!((differences.changed, differences.manifest), (report.changed, true));
    assert_eq!(kept(), before);
    assert_eq!(files(folder.path()), in_memory(&new));
}

#[test]
fn files_and_folders_that_left_the_tree_are_removed() {
    let folder = TempDir::new().unwrap();
    let old = tree([("a/b/c/x", "1"), ("a/b/y", "2"), ("d/e", "3"), ("z", "4")]);
    write(folder.path(), &old, &options()).unwrap();
    fs::write(folder.path().join("d/mine"), "foreign").unwrap();
    let report = write(folder.path(), &tree([("z", "4")]), &options()).unwrap();
    assert_eq!(names(&report.removed), ["a/b/c/x", "a/b/y", "d/e"]);
    assert_eq!(paths(folder.path()), ["d/mine", MANIFEST, "z"]);
    assert_eq!(check(folder.path(), &tree([("z", "4")]), PLAN).unwrap().foreign, ["d/mine"]);
    write(folder.path(), &tree([]), &options()).unwrap();
    assert_eq!(paths(folder.path()), ["d/mine", MANIFEST]);
}

#[test]
fn a_file_becomes_a_folder_and_a_folder_a_file() {
    let folder = TempDir::new().unwrap();
    let (one, two) = (tree([("a", "1"), ("b/c/d", "2"), ("b/e", "2")]), tree([("a/x/y", "3"), ("b", "4")]));
    for tree in [&one, &two, &one, &two, &one] {
        write(folder.path(), tree, &options()).unwrap();
        assert_eq!(files(folder.path()), in_memory(tree));
    }
    fs::write(folder.path().join("b/mine"), "foreign").unwrap();
    assert_eq!(refusal(folder.path(), &two, &forced()), ["`b` is a folder, and a file goes there"]);
}

#[test]
fn every_conflict_is_found_before_the_first_byte() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    write(root, &tree([("edited", "1"), ("left", "1"), ("same", "1"), ("plain", "1")]), &options()).unwrap();
    for (path, text) in
        [("edited", "by hand"), ("left", "by hand"), ("same", "2"), ("foreign", "by hand"), ("adopted", "2")]
    {
        fs::write(root.join(path), text).unwrap();
    }
    let new = tree(["adopted", "edited", "foreign", "plain", "same"].map(|name| (name, "2")));
    let expected = [
        "`edited` was edited by hand since the last build",
        "`foreign` is in the way: plan did not write it",
        "`left` was edited by hand and is no longer part of the tree",
    ];
    assert_eq!(refusal(root, &new, &options()), expected);
    let differences = check(root, &new, PLAN).unwrap();
    assert_eq!(differences.edited, ["edited", "left"]);
    assert_eq!(differences.conflicts.len(), 1);
    assert!(differences.foreign.is_empty(), "{:?}", differences.foreign);
    let report = write(root, &new, &forced()).unwrap();
    assert_eq!(names(&report.forced), ["edited", "foreign", "left"]);
    assert_eq!((names(&report.adopted), report.written()), (vec!["adopted"], 3));
    assert_eq!(files(root), in_memory(&new));
}

#[test]
fn a_tree_without_its_manifest_is_adopted() {
    let folder = TempDir::new().unwrap();
    let tree = tree([("a", "1"), ("b/c", "2")]);
    write(folder.path(), &tree, &options()).unwrap();
    fs::remove_file(folder.path().join(MANIFEST)).unwrap();
    let report = write(folder.path(), &tree, &options()).unwrap();
    assert_eq!((report.written(), report.adopted.len()), (0, 2));
    assert!(check(folder.path(), &tree, PLAN).unwrap().is_empty());
}

#[test]
fn a_damaged_manifest_stops_a_build_and_force_takes_over() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), &tree([("a", "1"), ("left", "1")]), &options()).unwrap();
    fs::write(folder.path().join(MANIFEST), "<<<<<<< HEAD\n{").unwrap();
    let before = on_disk(folder.path());
    let error = write(folder.path(), &tree([("a", "2")]), &options()).unwrap_err();
    assert!(error.to_string().contains("conflict markers of a merge; nothing was changed"), "{error}");
    assert_eq!(on_disk(folder.path()), before);
    write(folder.path(), &tree([("a", "2")]), &forced()).unwrap();
    // Nobody knows whose `left` is, so it stays.
    assert_eq!(paths(folder.path()), ["a", "left", MANIFEST]);
}

#[test]
fn the_tree_of_another_plan_is_not_replaced() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), &tree([("a", "1")]), &WriteOptions::new("other")).unwrap();
    let conflicts = refusal(folder.path(), &tree([("b", "1")]), &options());
    assert_eq!(conflicts, ["`.` is the tree of another plan, `other`"]);
    write(folder.path(), &tree([("b", "1")]), &forced()).unwrap();
    assert_eq!(paths(folder.path()), ["b", MANIFEST]);
}

#[test]
fn nothing_is_written_through_a_link() {
    let (folder, outside) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let root = folder.path();
    let old = tree([("a/x", "1"), ("b", "1"), ("c/d/y", "1"), ("kept", "1")]);
    write(root, &old, &options()).unwrap();
    fs::remove_dir_all(root.join("a")).unwrap();
    fs::remove_dir_all(root.join("c/d")).unwrap();
    fs::remove_file(root.join("b")).unwrap();
    for name in ["x", "b", "y"] {
        fs::write(outside.path().join(name), "1").unwrap();
    }
    symlink(outside.path(), root.join("a")).unwrap();
    symlink(outside.path(), root.join("c/d")).unwrap();
    symlink(outside.path().join("b"), root.join("b")).unwrap();
    let before = on_disk(outside.path());
    let new = tree([("a/x", "2"), ("b", "2"), ("kept", "2")]);
    let link = |path: &str| format!("`{path}` is a symbolic link, and plan writes through none");
    for options in [options(), forced()] {
        assert_eq!(refusal(root, &new, &options), [link("a"), link("b"), link("c/d")]);
        // Equal bytes behind a link are no file of the tree.
        assert_eq!(refusal(root, &old, &options), [link("a"), link("b"), link("c/d")]);
    }
    // A link in the place of plan's own two names.
    let folder = TempDir::new().unwrap();
    symlink(outside.path(), folder.path().join(STAGING)).unwrap();
    symlink("nowhere", folder.path().join(MANIFEST)).unwrap();
    assert_eq!(refusal(folder.path(), &new, &forced()), [link(STAGING), link(MANIFEST)]);
    assert_eq!(on_disk(outside.path()), before);
}

#[test]
fn the_root_itself_may_be_a_link() {
    let (folder, outside) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let root = folder.path().join("out");
    symlink(outside.path(), &root).unwrap();
    write(&root, &tree([("a", "1")]), &options()).unwrap();
    assert_eq!(paths(outside.path()), ["a", MANIFEST]);
    assert!(root.is_symlink());
}

#[test]
fn a_folder_or_a_pipe_in_a_files_place_is_refused() {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("a")).unwrap();
    fs::write(folder.path().join("b"), "").unwrap();
    assert!(Command::new("mkfifo").arg(folder.path().join("c")).status().unwrap().success());
    let error = write(folder.path(), &tree([("a", "1"), ("b/x", "1"), ("c", "1")]), &forced()).unwrap_err();
    let WriteError::Refused { conflicts, .. } = error else { panic!("{error}") };
    let expected = [
        "`a` is a folder, and a file goes there",
        "`b` is a file, and a folder goes there",
        "`c` is neither a file nor a folder",
    ];
    assert_eq!(conflicts.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn names_that_differ_only_in_case_are_refused() {
    let folder = TempDir::new().unwrap();
    let conflicts = refusal(folder.path(), &tree([("a/x", "1"), ("a/X", "1")]), &forced());
    assert_eq!(conflicts, ["`a/X` and `a/x` differ only in case and are one file on macOS and Windows"]);
}

/// The mode is judged whoever runs the test: the system would allow root to ignore it.
#[test]
fn a_read_only_file_or_folder_is_refused() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("x");
    let old = tree([("a/file", "1"), ("b/file", "1"), ("c/d/file", "1"), ("left", "1"), ("e/file", "1")]);
    write(&root, &old, &options()).unwrap();
    let mode = |path: &str, mode| {
        fs::set_permissions(root.join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    for (path, bits) in [("a/file", 0o444), ("left", 0o444), ("b", 0o555), ("c", 0o555)] {
        mode(path, bits);
    }
    let new =
        tree([("a/file", "2"), ("b/file", "2"), ("c/new/file", "2"), ("c/d/file", "1"), ("e/file", "2")]);
    let expected = ["a/file", "b", "c", "left"].map(|path| format!("`{path}` is read-only"));
    assert_eq!(refusal(&root, &new, &forced()), expected);
    for (path, bits) in [("a/file", 0o644), ("left", 0o644), ("b", 0o755), ("c", 0o755)] {
        mode(path, bits);
    }
    write(&root, &new, &options()).unwrap();
}

/// A folder of another owner, which its mode alone does not tell. Needs root to become somebody else.
#[test]
fn a_folder_of_another_owner_is_refused() {
    let folder = TempDir::new().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let root = folder.path().join("x");
    write(&root, &tree([("a/file", "1"), ("b/file", "1")]), &options()).unwrap();
    let chown = |path: &str| {
        let owner = Command::new("chown").arg("65534").arg(root.join(path)).stderr(Stdio::null()).status();
        owner.is_ok_and(|status| status.success())
    };
    // The root and `b` belong to the builder, `a` does not.
    if !chown("") || !chown("b") || !chown("b/file") {
        eprintln!("not tested: only root can give a folder to another owner");
        return;
    }
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let output = child(&nobody, "child_meets_a_folder_of_another_owner", &root).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && stderr.contains("really tested"), "{stderr}");
}

#[test]
#[ignore = "a child of another test"]
fn child_meets_a_folder_of_another_owner() {
    let Some(root) = given_folder() else { return };
    let conflicts = refusal(&root, &tree([("a/file", "2"), ("b/file", "2")]), &forced());
    assert_eq!(conflicts, ["`a` is read-only"]);
    write(&root, &tree([("a/file", "1"), ("b/file", "2")]), &options()).unwrap();
    eprintln!("really tested");
}

/// 400 files of about 1 KB: some equal in both versions, some changed, some only in one.
fn version(number: u32) -> Tree {
    let mut tree = Tree::new();
    for file in 0..400_u32 {
        let owner = if file % 10 == 0 { format!("v{number}") } else { "a".to_owned() };
        let path = format!("clusters/{owner}/{:02}/file-{file}.yaml", file % 7);
        let content = if file % 3 == 0 { 0 } else { number };
        let text = format!("version: {content}\n").repeat(60 + file as usize % 40);
        tree.insert("test", TreePath::new(path).unwrap(), text.into_bytes()).unwrap();
    }
    tree
}

#[test]
#[ignore = "a child of another test"]
fn child_writes_two_versions_for_ever() {
    let Some(root) = given_folder() else { return };
    let versions = [version(1), version(2)];
    eprintln!("ready");
    for number in (0..2).cycle() {
        write(&root, &versions[number], &options()).unwrap();
    }
}

/// The journal of a build that has begun to change the tree.
const JOURNAL: &str = ".plan-new/plan.0.json";

/// How many builds are killed, and how many at most until each of the two windows was hit.
const KILLS: usize = 90;
const MOST_KILLS: usize = 900;

#[test]
fn a_kill_at_any_moment_is_mended() {
    // In memory if possible: files that are made again just after they were removed cost ext4 seconds.
    let folder = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
    let root = folder.path().join("out");
    let versions = [version(1), version(2)];
    let [one, two] = [in_memory(&versions[0]), in_memory(&versions[1])];
    let foreign = ["clusters/mine.txt", "clusters/a/00/mine.txt"];
    let mut random: u64 = 0x9e37_79b9_7f4a_7c15;
    let (mut before, mut amid, mut looks, mut placed) = (0, 0, 0, false);
    let started = Instant::now();
    write(&root, &versions[0], &options()).unwrap();
    write(&root, &versions[1], &options()).unwrap();
    let one_build = started.elapsed() / 2;
    for kill in 0..MOST_KILLS {
        // A loaded machine moves every moment, so who has missed a window aims at it again.
        let missed = match (before, amid) {
            (0, _) => Some(STAGING),
            (_, 0) => Some(JOURNAL),
            _ => None,
        };
        if kill >= KILLS && missed.is_none() {
            break;
        }
        // Now and then the build is one into a folder that does not exist.
        if kill % 20 == 0 {
            let _ = fs::remove_dir_all(&root);
            placed = false;
        }
        let mut builder = child(&[], "child_writes_two_versions_for_ever", &root).spawn().unwrap();
        let mut said = BufReader::new(builder.stderr.take().unwrap()).lines();
        assert!(said.any(|line| line.unwrap().contains("ready")));
        // xorshift: the same moments in every run, as far as the machine allows.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        // Most of a build is reading and comparing, so two of three kills wait until files are written or moved.
        let mut awaited = [".", STAGING, JOURNAL][(random % 3) as usize];
        let aims = kill >= KILLS;
        if let Some(window) = missed.filter(|_| aims) {
            awaited = window;
        }
        let started = Instant::now();
        while !root.join(awaited).exists() && started.elapsed() < Duration::from_secs(2) {}
        let pause = match awaited {
            // From a tenth of a millisecond to 26 of them, over and over.
            _ if aims => Duration::from_micros(100 << (kill % 9)),
            "." => one_build * 2,
            _ => Duration::from_millis(8),
        };
        let until = Instant::now() + pause.mul_f64((random >> 8) as f64 / (u64::MAX >> 8) as f64);
        while Instant::now() < until {}
        builder.kill().unwrap();
        assert!(!builder.wait().unwrap().success());
        let said: Vec<String> = said.map(Result::unwrap).collect();
        assert!(said.is_empty(), "the build failed by itself: {said:?}");

        // Every third time the mending build is killed as well, and a later one mends both.
        if kill % 3 == 0 {
            continue;
        }
        for (path, bytes) in if root.exists() { on_disk(&root) } else { BTreeMap::new() } {
            let ours = path.starts_with(STAGING) || path == MANIFEST || path.ends_with('/');
            let whole = one.get(&path) == Some(&bytes) || two.get(&path) == Some(&bytes);
            assert!(
                ours || whole || bytes == b"foreign",
                "`{path}` is neither old nor new after kill {kill}"
            );
        }
        let next = &versions[kill % 2];
        let report =
            write(&root, next, &options()).unwrap_or_else(|error| panic!("after kill {kill}: {error}"));
        looks += 1;
        match report.mended {
            None => {}
            Some(Interruption::Before) => before += 1,
            Some(Interruption::Amid) => amid += 1,
        }
        let mut found = files(&root);
        assert_eq!(
            foreign.map(|path| found.remove(path).is_some()),
            [placed; 2],
            "a foreign file after kill {kill}"
        );
        assert_eq!(found, in_memory(next), "after kill {kill}");
        assert!(check(&root, next, PLAN).unwrap().is_empty());
        for path in foreign {
            fs::write(root.join(path), "foreign").unwrap();
        }
        placed = true;
    }
    eprintln!("of {looks} looks, {before} after a kill before the tree was changed, {amid} while it was");
    assert!(before > 0 && amid > 0, "the kills came at the wrong moments: {before} before, {amid} amid");
}

#[test]
fn two_builds_at_once_wait_for_each_other() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("out");
    let versions = [version(1), version(2)];
    std::thread::scope(|scope| {
        for builder in 0..4 {
            let (root, versions) = (&root, &versions);
            scope.spawn(move || {
                for turn in 0..8 {
                    let options = WriteOptions { wait: Duration::from_secs(120), ..options() };
                    write(root, &versions[(builder + turn) % 2], &options).unwrap();
                }
            });
        }
    });
    assert!(versions.iter().any(|version| files(&root) == in_memory(version)));
}

#[test]
fn a_build_that_waited_long_enough_refuses() {
    let folder = TempDir::new().unwrap();
    let held = fs::File::open(folder.path()).unwrap();
    held.lock().unwrap();
    let options = WriteOptions { wait: Duration::from_millis(50), ..options() };
    let error = write(folder.path(), &tree([("a", "1")]), &options).unwrap_err();
    assert!(matches!(error, WriteError::Busy { .. }), "{error}");
    assert!(error.to_string().starts_with("another build is writing `"), "{error}");
    assert_eq!(paths(folder.path()), Vec::<String>::new());
    held.unlock().unwrap();
    write(folder.path(), &tree([("a", "1")]), &options).unwrap();
}

/// A tree of `size` KiB in files of 8 KiB.
fn sized(size: usize, letter: &str) -> Tree {
    let mut tree = Tree::new();
    for file in 0..size / 8 {
        let path = TreePath::new(format!("a/{}/{file}", file % 5)).unwrap();
        tree.insert("test", path, letter.repeat(8 << 10).into_bytes()).unwrap();
    }
    tree
}

/// An old tree of 400 KiB on a disk of 640, where a new one of as much has no room beside it.
#[test]
#[ignore = "a child of another test"]
fn child_meets_a_full_disk() {
    let Some(root) = given_folder() else { return };
    // A fresh tree that does not fit leaves nothing, not even its folder.
    let error = write(&root, &sized(4000, "x"), &options()).unwrap_err();
    assert!(error.to_string().contains("no room is left"), "{error}");
    assert!(!root.exists());
    write(&root, &sized(400, "o"), &options()).unwrap();
    let before = on_disk(&root);
    let error = write(&root, &sized(400, "n"), &options()).unwrap_err();
    assert!(error.to_string().contains("no room is left") && error.help().contains("make room"), "{error}");
    assert!(error.to_string().ends_with("the tree is as it was"), "{error}");
    assert_eq!(on_disk(&root), before, "a full disk changed the tree");
    // With room again the next build succeeds.
    write(&root, &sized(80, "o"), &options()).unwrap();
    write(&root, &sized(80, "n"), &options()).unwrap();
    assert!(check(&root, &sized(80, "n"), PLAN).unwrap().is_empty());
    eprintln!("really tested");
}

#[test]
fn a_full_disk_leaves_the_old_tree() {
    let folder = TempDir::new().unwrap();
    let mount = "mount -t tmpfs -o size=640k none \"$PLAN_TEST_TREE\" && export PLAN_TEST_TREE=$PLAN_TEST_TREE/x && \
        exec \"$0\" \"$@\"";
    // A mount in a namespace of its own ends with the child; `-r` lets a user mount who is not root.
    for namespace in ["--mount", "-rm"] {
        let through = ["unshare", namespace, "sh", "-c", mount];
        let Ok(output) = child(&through, "child_meets_a_full_disk", folder.path()).output() else { continue };
        let stderr = String::from_utf8_lossy(&output.stderr);
        if stderr.contains("really tested") {
            return;
        }
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
    eprintln!("not tested: no file system can be mounted here");
}

/// The limit on a file's size stops the write of one file in its middle, on any system and for any user.
#[test]
fn a_file_that_cannot_be_written_whole_leaves_the_old_tree() {
    let folder = TempDir::new().unwrap();
    let limit = ["sh", "-c", "trap '' XFSZ; ulimit -f 32; exec \"$0\" \"$@\""];
    let output = child(&limit, "child_meets_a_size_limit", folder.path()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && stderr.contains("really tested"), "{stderr}");
}

#[test]
#[ignore = "a child of another test"]
fn child_meets_a_size_limit() {
    let Some(root) = given_folder() else { return };
    write(&root, &tree([("a", "1"), ("b/c", "1")]), &options()).unwrap();
    let before = on_disk(&root);
    let large = "x".repeat(64 << 10);
    let error = write(&root, &tree([("a", "2"), ("b/c", large.as_str())]), &options()).unwrap_err();
    assert!(error.to_string().contains("b/c`: no room is left"), "{error}");
    assert_eq!(on_disk(&root), before);
    eprintln!("really tested");
}

/// Times beside `cp -r` of the same tree: `cargo test --release --test tree_faults -- --ignored --nocapture measure`,
/// with `TMPDIR` on the file system to be measured.
#[test]
#[ignore = "a measurement, not a promise"]
fn measure() {
    let folder = TempDir::new().unwrap();
    let mut files = Vec::new();
    for file in 0..40_000 {
        let path = format!("clusters/a/{:02}-layer/service-{file}.yaml", file % 10);
        files.push((TreePath::new(path).unwrap(), format!("{file:010}\n").repeat(100).into_bytes()));
    }
    let timed = |what: &str, work: &mut dyn FnMut()| {
        let started = Instant::now();
        work();
        eprintln!("{what:32} {:7.1} ms", started.elapsed().as_secs_f64() * 1e3);
    };
    let mut tree = Tree::new();
    timed("build in memory", &mut || tree.extend("test", files.drain(..)).unwrap());
    let mut other = Tree::new();
    for (path, bytes) in tree.iter() {
        other.insert("test", path.clone(), [bytes, b"x"].concat()).unwrap();
    }
    for run in 0..4 {
        let root = folder.path().join(format!("plan-{run}"));
        let copy = folder.path().join(format!("copy-{run}"));
        timed("write, fresh", &mut || drop(write(&root, &tree, &options()).unwrap()));
        timed("cp -r, fresh", &mut || {
            assert!(Command::new("cp").arg("-r").args([&root, &copy]).status().unwrap().success());
        });
        timed("write, unchanged", &mut || assert_eq!(write(&root, &tree, &options()).unwrap().written(), 0));
        timed("check, unchanged", &mut || assert!(check(&root, &tree, PLAN).unwrap().is_empty()));
        timed("write, every file changed", &mut || drop(write(&root, &other, &options()).unwrap()));
    }
}

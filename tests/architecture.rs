//! The map in `src/lib.rs` is true: a module uses only those before it, and only two of them meet the world.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules in their order; a leaf uses none of its neighbours.
fn modules() -> Vec<String> {
    let lib = read(Path::new("src/lib.rs"));
    let names = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    names.map(str::to_owned).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// Every source file of a module, tests among them left out.
fn files(module: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = vec![root.join(format!("{module}.rs"))];
    found.extend(
        walkdir::WalkDir::new(root.join(module)).into_iter().flatten().map(|entry| entry.into_path()),
    );
    found.retain(|path| path.is_file() && path.extension().is_some_and(|ending| ending == "rs"));
    found.retain(|path| {
        !path.ends_with("tests.rs") && !path.components().any(|part| part.as_os_str() == "samples")
    });
    found
}

/// The code of a file without its comments and without its tests, which may use anything.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a source file");
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_module_uses_only_those_before_it() {
    let modules = modules();
    assert!(modules.len() > 12, "{modules:?}");
    for (at, module) in modules.iter().enumerate() {
        for path in files(module) {
            let code = code(&path);
            for later in &modules[at + 1..] {
                let used =
                    code.contains(&format!("crate::{later}::")) || code.contains(&format!("crate::{later};"));
                assert!(!used, "{} uses `{later}`, which comes after `{module}`", path.display());
            }
        }
    }
}

#[test]
fn only_the_tree_and_the_command_line_meet_the_world() {
    let world = [
        "std::fs",
        "fs::",
        "std::env",
        "env::var",
        "SystemTime",
        "Instant::now",
        "println!",
        "eprintln!",
        "print!(",
        "std::process",
        "rand::",
        "thread_rng",
    ];
    for module in modules().iter().filter(|module| !["tree", "cli"].contains(&module.as_str())) {
        for path in files(module) {
            let code = code(&path);
            for way in world {
                assert!(!code.contains(way), "{} uses {way}", path.display());
            }
        }
    }
    for path in files("tree") {
        let code = code(&path);
        for way in ["println!", "eprintln!", "SystemTime", "env::var"] {
            assert!(!code.contains(way), "{} uses {way}", path.display());
        }
    }
}

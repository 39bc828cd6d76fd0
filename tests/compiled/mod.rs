//! A plan and the tree that comes of it, for tests that ask what a file says.

use plan::source::Source;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A compiled tree.
pub struct Compiled {
    files: BTreeMap<String, String>,
}

/// Compiles a plan; every object with a known schema must be what its upstream takes.
pub fn compile(text: &str) -> Compiled {
    let inputs = plan::Inputs::new(Source::new("migration.toml", text));
    let compilation = plan::compile(&inputs);
    let Some(output) = compilation.output else { panic!("{:#?}", compilation.diagnostics) };
    let file = |(path, bytes): (&plan::tree::TreePath, &[u8])| {
        (path.to_string(), String::from_utf8(bytes.to_vec()).expect("UTF-8"))
    };
    let files: BTreeMap<String, String> = output.tree.iter().map(file).collect();
    if let Ok(folder) = std::env::var("TREES") {
        dump(&folder, &files);
    }
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".yaml")) {
        // What kubeadm reads is one file of several documents.
        for document in serde_yaml::Deserializer::from_str(text) {
            let value = Value::deserialize(document).expect(path);
            let (Some(version), Some(kind)) = (value["apiVersion"].as_str(), value["kind"].as_str()) else {
                continue;
            };
            let Some(schema) = plan::upstream::schema::schema(version, kind) else { continue };
            let validator = jsonschema::validator_for(schema).expect("a schema");
            let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{path}: {errors:?}");
        }
    }
    Compiled { files }
}

/// Compiles one of the plans of the repository.
pub fn reference(name: &str) -> Compiled {
    let path = format!("{}/plans/{name}/migration.toml", env!("CARGO_MANIFEST_DIR"));
    compile(&std::fs::read_to_string(&path).expect(&path))
}

fn dump(folder: &str, files: &BTreeMap<String, String>) {
    let thread = std::thread::current();
    let root = format!("{folder}/{}", thread.name().unwrap_or("test"));
    for (path, text) in files {
        let path = format!("{root}/{path}");
        std::fs::create_dir_all(std::path::Path::new(&path).parent().expect("a folder")).expect(&path);
        std::fs::write(&path, text).expect(&path);
    }
}

impl Compiled {
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    pub fn text(&self, path: &str) -> &str {
        let Some(text) = self.files.get(path) else { panic!("no {path} in {:#?}", self.files.keys()) };
        text
    }

    pub fn object(&self, path: &str) -> Value {
        serde_yaml::from_str(self.text(path)).expect(path)
    }
}

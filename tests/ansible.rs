//! What Ansible reads says what the plan says.
use plan::source::Source;
use plan::{Inputs, compile};

fn text(name: &str) -> String {
    std::fs::read_to_string(format!("{}/plans/{name}/migration.toml", env!("CARGO_MANIFEST_DIR")))
        .expect("a plan")
}
#[test]
fn dump() {
    for name in ["article", "ml-platform"] {
        let c = compile(&Inputs::new(Source::new("m", text(name))));
        println!("{:#?}", c.diagnostics.iter().map(|d| &d.message).collect::<Vec<_>>());
        for (path, bytes) in c.output.expect("compiles").tree.iter() {
            let to = format!("/tmp/ans-out/{name}/{path}");
            std::fs::create_dir_all(std::path::Path::new(&to).parent().expect("p")).expect("d");
            std::fs::write(to, bytes).expect("w");
        }
    }
}

//! The benchmark's platform is a good plan: what is measured is a whole compilation.

use plan::source::Source;
use plan::{Inputs, compile};

#[test]
fn the_generated_platform_compiles_without_errors() {
    let text = crate::benchmark::plan(3, 40, 8);
    let inputs = Inputs::new(Source::new("generated", text));
    let compilation = compile(&inputs);
    let errors: Vec<_> = compilation
        .diagnostics
        .iter()
        .filter(|finding| finding.level == plan::diagnostics::Level::Error)
        .map(|finding| &finding.message)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let tree = compilation.output.expect("a tree").tree;
    assert!(tree.len() > 300, "{} files", tree.len());
}

#[test]
fn the_generator_repeats_itself() {
    assert_eq!(crate::benchmark::plan(2, 10, 3), crate::benchmark::plan(2, 10, 3));
}

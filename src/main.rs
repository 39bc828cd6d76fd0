//! The binary `plan`.

fn main() -> std::process::ExitCode {
    plan::cli::main()
}

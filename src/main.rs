//! The command `rankone`.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    rankone::cli::main()
}

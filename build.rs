//! Looks for OpenBLAS before the linker does, to say in plain words what to do where it is missing.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

const MISSING: &str = "
OpenBLAS was not found (feature `openblas-system`, which is on by default). Three ways out:

  1. install it:       Debian, Ubuntu   apt-get install build-essential libopenblas-dev
                       Fedora           dnf install gcc openblas-devel
                       macOS            brew install openblas libomp
  2. let it be done:   scripts/demo     (installs what is missing, builds, and trains)
  3. do without:       cargo build --release --no-default-features
                       (engine `blas` then runs on plain Rust and says so)
";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let set = |name| env::var_os(name).is_some();
    let crossing = env::var("TARGET").ok() != env::var("HOST").ok();
    if !set("CARGO_FEATURE_OPENBLAS_SYSTEM") || set("DOCS_RS") || crossing {
        return;
    }
    if !links() {
        for line in MISSING.lines() {
            println!("cargo::error={line}");
        }
    }
}

/// Whether a program that asks OpenBLAS for its configuration can be linked.
fn links() -> bool {
    let folder = env::var("OUT_DIR").expect("Cargo sets OUT_DIR");
    let source = Path::new(&folder).join("probe.c");
    let program = "const char *openblas_get_config(void);\n\
                   int main(void) { return openblas_get_config() == 0; }\n";
    std::fs::write(&source, program).expect("OUT_DIR can be written to");
    // Where Homebrew keeps it, as the provider's crate looks there too.
    let prefix = Command::new("brew").args(["--prefix", "openblas"]).output();
    let prefix = prefix.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let mut linker = Command::new("cc");
    linker.arg(&source).arg("-o").arg(Path::new(&folder).join("probe"));
    if let Ok(prefix) = prefix
        && !prefix.is_empty()
    {
        linker.arg(format!("-L{prefix}/lib"));
    }
    let linked = linker.arg("-lopenblas").stdout(Stdio::null()).stderr(Stdio::null()).status();
    linked.is_ok_and(|status| status.success())
}

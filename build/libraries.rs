//! Where the libraries are.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The C compiler, as the linker that rustc calls.
const CC: &str = "cc";

/// Checks whether a program that calls `function` can be linked with `library`. Adds the directory
/// of Homebrew's library, if there is one, to the linker's search path.
pub fn links(library: &str, function: &str) -> bool {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets OUT_DIR"));
    let source = out.join("probe.c");
    let program = format!("void {function}(void);\nint main(void) {{ {function}(); return 0; }}\n");
    fs::write(&source, program).expect("OUT_DIR can be written to");
    let mut linker = Command::new(CC);
    linker.arg(&source).arg("-o").arg(out.join("probe"));
    if let Some(folder) = homebrew(library) {
        println!("cargo::rustc-link-search=native={}", folder.display());
        linker.arg("-L").arg(folder);
    }
    linker.arg(format!("-l{library}")).stdout(Stdio::null()).stderr(Stdio::null());
    linker.status().is_ok_and(|status| status.success())
}

/// The folder of a library that Homebrew installed.
fn homebrew(formula: &str) -> Option<PathBuf> {
    let prefix = output(Command::new("brew").args(["--prefix", formula]))?;
    Some(Path::new(prefix.trim()).join("lib")).filter(|folder| folder.is_dir())
}

/// What a command prints, if it runs well.
fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Links the archive of a library that the compiler finds by itself, or that Homebrew installed.
/// False where it is not there.
pub fn link_archive(library: &str, native: bool) -> bool {
    // Not bundled: of its many kernels the linker takes what is called.
    println!("cargo::rustc-link-lib=static:-bundle={library}");
    let name = format!("lib{library}.a");
    // The name alone is what it prints of a file that it does not find.
    let printed = output(Command::new(CC).arg(format!("-print-file-name={name}")));
    let printed = printed.and_then(|path| fs::canonicalize(path.trim()).ok());
    let folder = homebrew(library).or_else(|| Some(printed?.parent()?.to_owned()));
    let found = folder.filter(|folder| native && folder.join(&name).is_file());
    if let Some(folder) = &found {
        println!("cargo::rustc-link-search=native={}", folder.display());
    }
    found.is_some() || !native
}

/// Links the reference BLAS's archive. Debian keeps it in the folder `blas` beside the other
/// libraries, where nothing else can take its name as it can that of `libblas.a`; it holds CBLAS
/// too and needs no Fortran. False where it is not there.
pub fn link_reference_archive(native: bool) -> bool {
    let folders = output(Command::new(CC).arg("-print-search-dirs")).unwrap_or_default();
    let folders = folders.lines().find_map(|line| line.strip_prefix("libraries: =")).unwrap_or("");
    let mut folders = folders.split(':').map(|folder| Path::new(folder).join("blas"));
    let found = folders.find(|folder| native && folder.join("libblas.a").is_file());
    if let Some(folder) = &found {
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
        println!("cargo::rustc-link-search=native={}", folder.display());
    }
    println!("cargo::rustc-link-lib=static=blas");
    found.is_some() || !native
}

/// Links MKL: the sequential archives, or `libmkl_rt`, which chooses its threading when it starts.
/// False where there is none.
///
/// Not by intel-mkl-src: that says nothing where MKL is missing, and Cargo remembers it. PyPI's
/// packages have no `libmkl_rt.so`, only one with a version, so that is linked by its whole name.
pub fn link_mkl(archives: bool) -> bool {
    println!("cargo::rerun-if-env-changed=MKLROOT");
    let wanted = if archives { "libmkl_core.a" } else { "libmkl_rt.so" };
    let Some((folder, name)) = mkl_folders().find_map(|folder| {
        let name = first_file(&folder, wanted)?;
        Some((folder, name))
    }) else {
        return false;
    };
    println!("cargo::rustc-link-search=native={}", folder.display());
    if archives {
        // Not bundled: they are half a gigabyte, of which the linker takes what is called.
        for library in ["mkl_intel_lp64", "mkl_sequential", "mkl_core"] {
            println!("cargo::rustc-link-lib=static:-bundle={library}");
        }
    } else {
        println!("cargo::rustc-link-lib=dylib:+verbatim={name}");
    }
    true
}

/// Where MKL may be: where `MKLROOT` says, and if it says nothing, where oneAPI and Debian put it.
fn mkl_folders() -> impl Iterator<Item = PathBuf> {
    let roots = match env::var_os("MKLROOT") {
        Some(root) => vec![root.into()],
        None => vec![PathBuf::from("/opt/intel/oneapi/mkl/latest"), PathBuf::from("/usr")],
    };
    let lib = |root: PathBuf| {
        ["lib", "lib/intel64", "lib/x86_64-linux-gnu"].map(|folder| root.join(folder))
    };
    roots.into_iter().flat_map(lib)
}

/// The first name in `folder` that starts so.
fn first_file(folder: &Path, start: &str) -> Option<String> {
    let entries = fs::read_dir(folder).ok()?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter(|name| name.starts_with(start)).min()
}

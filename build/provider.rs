//! The providers: feature, library, and what to install where it is not found.

use crate::libraries;
use std::env;

/// A BLAS library as a Cargo feature.
pub struct BlasFeature {
    /// The feature.
    pub feature: &'static str,
    /// The kind of library, as `cfg(blas_provider)` and threadpoolctl's `internal_api` call it.
    pub api: &'static str,
    /// How it comes into the program.
    link: Link,
    /// Its name, and what to install: Debian and Ubuntu, Fedora, macOS.
    name: &'static str,
    install: [&'static str; 3],
}

/// How a library comes into the program.
enum Link {
    /// Its crate builds it from source that it holds.
    Built,
    /// Its crate links it; this program must link, or it is not there.
    ByCrate { library: &'static str, function: &'static str },
    /// As above, and linked here.
    Here { library: &'static str, function: &'static str },
    /// The system's archive.
    Archive { library: &'static str },
    /// The reference implementation's archive, whatever else `-lblas` may mean on this system.
    ReferenceArchive,
    /// MKL's archives, or its one dynamic library.
    Mkl { archives: bool },
    /// A framework of the system.
    Apple,
}

const NOT_PACKAGED: &str = "(not packaged)";
const ONE_API: &str = "oneAPI's MKL, and its setvars.sh";

/// In the order in which one is preferred: OpenBLAS first, which ndarray-linalg links wherever its
/// feature is enabled.
const PROVIDERS: [BlasFeature; 9] = [
    BlasFeature {
        feature: "openblas-system",
        api: "openblas",
        link: Link::ByCrate { library: "openblas", function: "openblas_get_config" },
        name: "OpenBLAS",
        install: [
            "apt-get install build-essential libopenblas-dev",
            "dnf install gcc openblas-devel",
            "brew install openblas libomp",
        ],
    },
    BlasFeature {
        feature: "openblas-static",
        api: "openblas",
        link: Link::Archive { library: "openblas" },
        name: "OpenBLAS, as the archive libopenblas.a,",
        install: [
            "apt-get install build-essential libopenblas-dev",
            "dnf install gcc openblas-static",
            "brew install openblas",
        ],
    },
    BlasFeature {
        feature: "blis-system",
        api: "blis",
        link: Link::ByCrate { library: "blis", function: "bli_info_get_version_str" },
        name: "BLIS",
        install: [
            "apt-get install build-essential libblis-dev",
            "dnf install gcc blis-devel",
            "brew install blis",
        ],
    },
    BlasFeature {
        feature: "netlib",
        api: "netlib",
        link: Link::ReferenceArchive,
        name: "The reference BLAS of netlib, as Debian's archive libblas.a,",
        install: ["apt-get install build-essential libblas-dev", NOT_PACKAGED, NOT_PACKAGED],
    },
    BlasFeature {
        feature: "intel-mkl-static",
        api: "mkl",
        link: Link::Mkl { archives: true },
        name: "Intel MKL, as archives,",
        install: ["apt-get install libmkl-dev   (non-free)", ONE_API, NOT_PACKAGED],
    },
    BlasFeature {
        feature: "intel-mkl-dynamic",
        api: "mkl",
        link: Link::Mkl { archives: false },
        name: "Intel MKL, as libmkl_rt,",
        install: ["apt-get install libmkl-dev   (non-free)", ONE_API, NOT_PACKAGED],
    },
    BlasFeature {
        feature: "accelerate",
        api: "accelerate",
        link: Link::Apple,
        name: "Accelerate",
        install: ["(macOS only)", "(macOS only)", "comes with macOS"],
    },
    BlasFeature {
        feature: "system-blas",
        api: "system",
        link: Link::Here { library: "blas", function: "cblas_dgemv" },
        name: "A libblas with CBLAS in it",
        install: ["apt-get install build-essential libblas-dev", NOT_PACKAGED, NOT_PACKAGED],
    },
    BlasFeature {
        feature: "blis-static",
        api: "blis",
        link: Link::Built,
        name: "BLIS from source",
        install: [""; 3],
    },
];

/// The providers that the features ask for, in the order in which one is preferred.
pub fn enabled() -> Vec<&'static BlasFeature> {
    let is_on = |feature: &str| {
        let name = feature.to_uppercase().replace('-', "_");
        env::var_os(format!("CARGO_FEATURE_{name}")).is_some()
    };
    PROVIDERS.iter().filter(|provider| is_on(provider.feature)).collect()
}

/// The warning where several providers are enabled, of which `provider` is linked.
pub fn several(provider: &BlasFeature, others: &[&BlasFeature]) -> String {
    let others: Vec<_> = others.iter().map(|other| format!("`{}`", other.feature)).collect();
    format!(
        "several BLAS providers are enabled: `{}` is linked, and not {}. To link another one, enable \
         it alone: --no-default-features --features {}",
        provider.feature,
        others.join(", "),
        others[0].trim_matches('`')
    )
}

impl BlasFeature {
    /// The kinds of library, each once.
    pub const APIS: [&str; 6] = ["openblas", "blis", "netlib", "mkl", "accelerate", "system"];

    /// Sees to it that the library is there, and links it where no crate does. Looks nowhere for
    /// the sake of documentation, nor for another machine's libraries: then the linker has the last
    /// word.
    pub fn link(&self) -> Result<(), String> {
        if env::var_os("DOCS_RS").is_some() {
            return Ok(());
        }
        let native = env::var("TARGET").ok() == env::var("HOST").ok();
        let there = match self.link {
            Link::Built => true,
            Link::Archive { library } => libraries::link_archive(library, native),
            Link::ByCrate { library, function } => !native || libraries::links(library, function),
            Link::Here { library, function } => {
                println!("cargo::rustc-link-lib={library}");
                !native || libraries::links(library, function)
            }
            Link::ReferenceArchive => libraries::link_reference_archive(native),
            Link::Mkl { archives } => libraries::link_mkl(archives),
            Link::Apple => env::var("CARGO_CFG_TARGET_VENDOR").as_deref() == Ok("apple"),
        };
        if there { Ok(()) } else { Err(self.missing()) }
    }

    /// What to say where the library is not found: all of it in the first line, and for whom that
    /// is not enough more.
    fn missing(&self) -> String {
        let Self { feature, name, install: [debian, fedora, macos], .. } = self;
        let which = match *feature {
            "openblas-system" => "`openblas-system`, which is on by default".to_owned(),
            feature => format!("`{feature}`"),
        };
        let more = match (self.api, *feature) {
            ("mkl", _) => {
                "\n  PyPI             pip install mkl mkl-static, and MKLROOT=<the environment's folder>"
            }
            (_, "openblas-system") => {
                "\n  in a checkout    scripts/demo, which installs what is missing, builds, and trains"
            }
            _ => "",
        };
        format!(
            "{name} was not found (feature {which}): install it ({debian}), or add --no-default-features \
             to do without.\n\
             \n  Debian, Ubuntu   {debian}\
             \n  Fedora           {fedora}\
             \n  macOS            {macos}{more}\n\
             \nWithout it the engine `blas` runs on plain Rust and says so. Other providers: --no-default-features \
             --features <one of the table in docs/blas.md>."
        )
    }
}

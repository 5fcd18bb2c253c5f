//! What a BLAS library says of itself.

use serde::Serialize;
use std::fmt;

/// The BLAS library under the products, as it describes itself when it is asked.
///
/// The fields are those of Python's threadpoolctl, with its names, and two more. `None` is what the
/// library does not tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Library {
    /// What it is for: `blas`.
    pub user_api: &'static str,
    /// Its kind: `openblas`, `blis`, `mkl`, `netlib`, `accelerate`, `unknown`, or `none`.
    pub internal_api: &'static str,
    /// How the name of its file starts, such as `libopenblas`.
    pub prefix: Option<String>,
    /// The file that its functions are in: a shared object, or this program where it was linked
    /// statically.
    pub filepath: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// What its threads are made of: `pthreads`, `openmp`, ..., or `disabled`.
    pub threading_layer: Option<&'static str>,
    /// The processor that it chose its kernels for.
    pub architecture: Option<String>,
    /// The number of threads that it uses now; 1 where it has none or does not tell.
    pub num_threads: usize,
    /// Its name.
    pub name: &'static str,
    /// The Cargo feature that brought it, or `none`.
    pub feature: &'static str,
}

impl Library {
    /// The library of this program, as it is now.
    pub fn now() -> Self {
        #[cfg(feature = "_provider")]
        return super::provider::library();
        #[cfg(not(feature = "_provider"))]
        Self::silent("none", "none (plain Rust)")
    }

    /// A library that tells nothing.
    pub(super) fn silent(internal_api: &'static str, name: &'static str) -> Self {
        Self {
            user_api: "blas",
            internal_api,
            prefix: None,
            filepath: None,
            version: None,
            threading_layer: None,
            architecture: None,
            num_threads: 1,
            name,
            feature: env!("RANKONE_PROVIDER"),
        }
    }

    /// Kind, version and kernels in letters that a file's name may have, such as
    /// `openblas-0.3.21-skylakex`.
    pub fn id(&self) -> String {
        let parts =
            [Some(self.internal_api), self.version.as_deref(), self.architecture.as_deref()];
        let id = parts.into_iter().flatten().collect::<Vec<_>>().join("-").to_lowercase();
        let plain = |c: char| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '-' };
        id.chars().map(plain).collect()
    }
}

/// Its name, version and kernels: `OpenBLAS 0.3.21 (SkylakeX)`.
impl fmt::Display for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if let Some(version) = &self.version {
            write!(f, " {version}")?;
        }
        if let Some(architecture) = &self.architecture {
            write!(f, " ({architecture})")?;
        }
        Ok(())
    }
}

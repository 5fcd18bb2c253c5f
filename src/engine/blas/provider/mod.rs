//! The provider that this program runs on, asked at run time.
//!
//! A provider that a feature names is asked through functions that are linked with it. The system's
//! BLAS (feature `system-blas`) is known only once the program runs: there the functions are looked
//! up by name, and those that are found tell which library it is.

// Netlib and Accelerate have no functions of their own to be asked with.
#[cfg(not(any(blas_provider = "netlib", blas_provider = "accelerate")))]
#[macro_use]
mod functions;
mod file;

#[cfg(any(blas_provider = "blis", blas_provider = "system"))]
mod blis;
#[cfg(any(blas_provider = "mkl", blas_provider = "system"))]
mod mkl;
#[cfg(any(blas_provider = "openblas", blas_provider = "system"))]
mod openblas;

use self::file::File;
use super::Library;
use std::ffi::c_int;

// The link: once, for every binary, test and bench that uses this crate.
#[cfg(all(blas_provider = "accelerate", target_vendor = "apple"))]
extern crate accelerate_src as _;
#[cfg(blas_feature = "openblas-system")]
extern crate blas_src as _;
#[cfg(blas_provider = "blis")]
extern crate blis_src as _;

/// What one kind of library can be asked and told.
trait Provider {
    /// All that it tells; not its file.
    fn library(&self) -> Library;

    /// Sets the number of threads, a positive number.
    fn set_threads(&self, threads: c_int);
}

/// The provider, where it is one that can be asked.
fn provider() -> Option<Box<dyn Provider>> {
    #[cfg(any(blas_provider = "openblas", blas_provider = "system"))]
    if let Some(openblas) = openblas::OpenBlas::find() {
        return Some(Box::new(openblas));
    }
    #[cfg(any(blas_provider = "blis", blas_provider = "system"))]
    if let Some(blis) = blis::Blis::find() {
        return Some(Box::new(blis));
    }
    #[cfg(any(blas_provider = "mkl", blas_provider = "system"))]
    if let Some(mkl) = mkl::Mkl::find() {
        return Some(Box::new(mkl));
    }
    None
}

/// A provider that cannot be asked, by its feature, or by what else is known of its file.
fn silent(file: &File) -> Library {
    if cfg!(blas_provider = "accelerate") {
        return Library::silent("accelerate", "Accelerate");
    }
    // A variable that the reference CBLAS alone makes public.
    if cfg!(blas_provider = "netlib") || file::symbol(c"CBLAS_CallFromC").is_some() {
        return Library::silent("netlib", "netlib");
    }
    // Debian's BLIS under the name of libblas keeps its other functions to itself.
    if file.path.contains("blis") {
        return Library::silent("blis", "BLIS");
    }
    Library::silent("unknown", "unknown BLAS")
}

/// The library of this program.
pub(super) fn library() -> Library {
    let file = File::of_products();
    let library = provider().map_or_else(|| silent(&file), |provider| provider.library());
    Library { prefix: Some(file.prefix), filepath: Some(file.path), ..library }
}

/// Sets the number of threads, where the library can be told.
pub(super) fn set_threads(threads: usize) {
    if let Some(provider) = provider() {
        provider.set_threads(c_int::try_from(threads.max(1)).unwrap_or(c_int::MAX));
    }
}

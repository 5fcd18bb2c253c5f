//! OpenBLAS.

use super::functions::text;
use super::{Library, Provider};
use std::ffi::{c_char, c_int};

functions! {
    /// What OpenBLAS alone can tell and be told.
    OpenBlas, linked where blas_provider = "openblas":
    openblas_get_config() -> *const c_char;
    openblas_get_corename() -> *const c_char;
    openblas_get_parallel() -> c_int;
    openblas_get_num_threads() -> c_int;
    openblas_set_num_threads(c_int);
}

impl Provider for OpenBlas {
    fn library(&self) -> Library {
        // SAFETY: the functions take nothing; both strings end in NUL and are not written after the
        // library was loaded.
        let (config, core, layer, threads) = unsafe {
            (
                text((self.openblas_get_config)()),
                text((self.openblas_get_corename)()),
                (self.openblas_get_parallel)(),
                (self.openblas_get_num_threads)(),
            )
        };
        Library {
            // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."
            version: config.split_whitespace().nth(1).map(str::to_owned),
            architecture: Some(core),
            threading_layer: Some(match layer {
                0 => "disabled",
                1 => "pthreads",
                2 => "openmp",
                _ => "unknown",
            }),
            num_threads: usize::try_from(threads).unwrap_or(1),
            ..Library::silent("openblas", "OpenBLAS")
        }
    }

    fn set_threads(&self, threads: c_int) {
        // SAFETY: any positive number is allowed; the library caps it at what it was built for.
        unsafe { (self.openblas_set_num_threads)(threads) }
    }
}

//! BLIS.

use super::functions::text;
use super::{Library, Provider};
use std::ffi::{c_char, c_int};

/// `dim_t`, which BLIS makes as wide as an address.
type Dim = isize;

functions! {
    /// What BLIS alone can tell and be told.
    Blis, linked where blas_provider = "blis":
    bli_info_get_version_str() -> *const c_char;
    bli_arch_query_id() -> c_int;
    bli_arch_string(c_int) -> *const c_char;
    bli_info_get_enable_openmp() -> Dim;
    bli_info_get_enable_pthreads() -> Dim;
    bli_thread_get_num_threads() -> Dim;
    bli_thread_set_num_threads(Dim);
}

impl Provider for Blis {
    fn library(&self) -> Library {
        // SAFETY: `bli_arch_string` takes an id that the library gave, the others nothing; both
        // strings are constants that end in NUL.
        let (version, core, openmp, pthreads, threads) = unsafe {
            (
                text((self.bli_info_get_version_str)()),
                text((self.bli_arch_string)((self.bli_arch_query_id)())),
                (self.bli_info_get_enable_openmp)() != 0,
                (self.bli_info_get_enable_pthreads)() != 0,
                (self.bli_thread_get_num_threads)(),
            )
        };
        Library {
            version: Some(version),
            architecture: Some(core),
            threading_layer: Some(match (openmp, pthreads) {
                (true, _) => "openmp",
                (false, true) => "pthreads",
                (false, false) => "disabled",
            }),
            // -1 until it is told: then it has one.
            num_threads: usize::try_from(threads).unwrap_or(1),
            ..Library::silent("blis", "BLIS")
        }
    }

    fn set_threads(&self, threads: c_int) {
        // SAFETY: any positive number is allowed.
        unsafe { (self.bli_thread_set_num_threads)(threads as Dim) }
    }
}

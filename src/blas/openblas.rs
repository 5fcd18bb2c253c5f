//! What OpenBLAS alone can tell and be told.

use std::ffi::{CStr, c_char, c_int};

// The provider is linked here, once, for every binary, test and bench that uses this crate.
extern crate blas_src as _;

unsafe extern "C" {
    fn openblas_get_config() -> *const c_char;
    fn openblas_get_corename() -> *const c_char;
    fn openblas_get_num_threads() -> c_int;
    fn openblas_set_num_threads(threads: c_int);
}

/// The library that the products run on, as it names itself: its version and the kernels it chose.
pub fn library() -> String {
    // SAFETY: both functions return a string that is never freed, ends in NUL and is not written after
    // the library was loaded.
    let (config, core) = unsafe {
        (
            CStr::from_ptr(openblas_get_config()).to_string_lossy(),
            CStr::from_ptr(openblas_get_corename()).to_string_lossy(),
        )
    };
    // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."
    let version = config.split_whitespace().nth(1).unwrap_or("");
    format!("OpenBLAS {version} ({core})")
}

/// The number of threads that the library uses.
pub fn threads() -> usize {
    // SAFETY: takes nothing and reads a number.
    usize::try_from(unsafe { openblas_get_num_threads() }).unwrap_or(1)
}

/// Sets the number of threads that the library uses, for the whole process.
pub fn set_threads(threads: usize) {
    let threads = c_int::try_from(threads.max(1)).unwrap_or(c_int::MAX);
    // SAFETY: any positive number is allowed; the library caps it at what it was built for.
    unsafe { openblas_set_num_threads(threads) }
}

//! Intel MKL.

use super::functions::text;
use super::{Library, Provider, file};
use std::ffi::{c_char, c_int, c_void};
use std::ptr::NonNull;

functions! {
    /// What MKL alone can tell and be told.
    Mkl, linked where blas_provider = "mkl":
    MKL_Get_Version_String(*mut c_char, c_int);
    MKL_CBWR_Get_Auto_Branch() -> c_int;
    MKL_Get_Max_Threads() -> c_int;
    MKL_Set_Num_Threads(c_int);
}

/// The branches of code that MKL has, by number: `MKL_CBWR_...` of its header.
const BRANCHES: [&str; 16] = [
    "unknown",
    "unknown",
    "unknown",
    "COMPATIBLE",
    "SSE2",
    "SSE3",
    "SSSE3",
    "SSE4.1",
    "SSE4.2",
    "AVX",
    "AVX2",
    "AVX512_MIC",
    "AVX512",
    "AVX512_MIC_E1",
    "AVX512_E1",
    "AVX10",
];

impl Provider for Mkl {
    fn library(&self) -> Library {
        let mut buffer = [0 as c_char; 200];
        // SAFETY: the string is written within the length given, which leaves the last NUL; the
        // others take nothing.
        let (version, branch, threads) = unsafe {
            (self.MKL_Get_Version_String)(buffer.as_mut_ptr(), buffer.len() as c_int - 1);
            (text(buffer.as_ptr()), (self.MKL_CBWR_Get_Auto_Branch)(), (self.MKL_Get_Max_Threads)())
        };
        // "Intel(R) oneAPI Math Kernel Library Version 2025.1-Product Build ..."
        let version = version.split_once("Version ").and_then(|(_, v)| v.split([' ', '-']).next());
        let branch = usize::try_from(branch).ok().and_then(|b| BRANCHES.get(b));
        Library {
            version: version.map(str::to_owned),
            architecture: Some((*branch.unwrap_or(&"unknown")).to_owned()),
            threading_layer: Some(threading_layer()),
            num_threads: usize::try_from(threads).unwrap_or(1),
            ..Library::silent("mkl", "MKL")
        }
    }

    fn set_threads(&self, threads: c_int) {
        // SAFETY: any positive number is allowed; it is a hint.
        unsafe { (self.MKL_Set_Num_Threads)(threads) }
    }
}

/// What its threads are made of. Only `libmkl_rt` has a choice, and the function that tells of it;
/// as archives the sequential layer is what is linked.
fn threading_layer() -> &'static str {
    let Some(function) = file::symbol(c"MKL_Set_Threading_Layer") else {
        return "sequential";
    };
    // SAFETY: of this name in MKL's header there is a function of this type, and -1 changes
    // nothing.
    let layer = unsafe {
        std::mem::transmute::<NonNull<c_void>, unsafe extern "C" fn(c_int) -> c_int>(function)(-1)
    };
    match layer {
        0 => "intel",
        1 => "sequential",
        2 => "pgi",
        3 => "gnu",
        4 => "tbb",
        _ => "unknown",
    }
}

//! Which file the products come from, and what else is in the libraries of this program.

use std::env;
use std::ffi::{CStr, c_void};
use std::fs;
use std::path::PathBuf;
use std::ptr::NonNull;

/// The file of a function.
pub(super) struct File {
    /// How its name starts: the letters before a number, a dot or a dash.
    pub(super) prefix: String,
    /// Where it is, links resolved.
    pub(super) path: String,
}

impl File {
    /// The file that `cblas_dgemv` is in.
    pub(super) fn of_products() -> Self {
        let path = containing(cblas_sys::cblas_dgemv as *const c_void);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let letters = name.split(|c: char| !c.is_ascii_alphabetic() && c != '_');
        let prefix = letters.take(1).collect();
        let path = fs::canonicalize(&path).unwrap_or(path);
        Self { prefix, path: path.to_string_lossy().into_owned() }
    }
}

/// The file that holds what is at `address`.
fn containing(address: *const c_void) -> PathBuf {
    let library = object(address);
    // Of the program itself the system knows no more than how it was called.
    match object(object as *const c_void) {
        Some((here, _)) if library.as_ref().is_some_and(|(base, _)| *base != here) => {
            library.map(|(_, path)| path).unwrap_or_default()
        }
        _ => env::current_exe().unwrap_or_default(),
    }
}

/// Where the object that holds `address` starts in memory, and its file.
#[cfg(unix)]
fn object(address: *const c_void) -> Option<(usize, PathBuf)> {
    let mut info = libc::Dl_info {
        dli_fname: std::ptr::null(),
        dli_fbase: std::ptr::null_mut(),
        dli_sname: std::ptr::null(),
        dli_saddr: std::ptr::null_mut(),
    };
    // SAFETY: any address may be asked for; what is found is written to `info`, whose name is a
    // string that lives as long as the object is loaded, and the program's libraries are never
    // unloaded.
    unsafe {
        if libc::dladdr(address, &raw mut info) == 0 || info.dli_fname.is_null() {
            return None;
        }
        let name = CStr::from_ptr(info.dli_fname).to_string_lossy().into_owned();
        Some((info.dli_fbase as usize, name.into()))
    }
}

/// What is called `name` in the libraries of this program.
#[cfg(unix)]
pub(super) fn symbol(name: &CStr) -> Option<NonNull<c_void>> {
    // SAFETY: the name ends in NUL, and looking one up runs no code.
    NonNull::new(unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) })
}

/// Other systems are not asked: the file is then said to be this program.
#[cfg(not(unix))]
fn object(_address: *const c_void) -> Option<(usize, PathBuf)> {
    None
}

#[cfg(not(unix))]
pub(super) fn symbol(_name: &CStr) -> Option<NonNull<c_void>> {
    None
}

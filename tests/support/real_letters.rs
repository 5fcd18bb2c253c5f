//! Where the real letters are, if they are here.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folder with the handout's CSV files: `RANKONE_DATA`, or `data`. A relative path is looked up
/// in this package and in the folders above it: that of a package in crates/ is in the workspace.
pub fn folder() -> Option<PathBuf> {
    let named = env::var_os("RANKONE_DATA").into_iter().chain([OsString::from("data")]);
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders =
        named.flat_map(|name| package.ancestors().map(move |folder| folder.join(&name)));
    folders.find(|folder| folder.join("largeTrain.csv").is_file())
}

//! The command as its users meet it, and the instrument behind `rankone bench`.
#![cfg(feature = "cli")]

mod bench;
mod compare;
#[cfg(unix)]
mod crash;
mod editions;
mod instrument;
mod ran;
#[path = "../support/real_letters.rs"]
mod real_letters;
#[cfg(unix)]
mod resume;
#[cfg(unix)]
mod run_folder;
#[cfg(unix)]
mod runs;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod streams;
#[cfg(unix)]
mod sweep;
mod tables;
mod usage;

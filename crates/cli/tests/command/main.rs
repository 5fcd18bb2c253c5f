//! The command as its users meet it.

mod bench;
mod compare;
#[cfg(unix)]
mod crash;
mod editions;
mod ran;
#[path = "../../../../tests/support/real_letters.rs"]
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

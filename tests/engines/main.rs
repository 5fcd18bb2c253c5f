//! The engines: one contract, numbers from elsewhere, the same bits; and what they are made of.

mod bits;
mod contract;
mod golden;
mod handout;
mod orders;
#[path = "../support/real_letters.rs"]
mod real_letters;
mod textbook;

//! What programs on the library meet: data, models, states, and the public interface as it is
//! documented.

mod data_files;
mod examples;
mod interface;
mod letters;
mod models;
mod outside;
mod states;

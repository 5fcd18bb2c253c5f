//! The arithmetic of the blocked engine and of evaluation, over fixed-width [lanes](crate::lanes).
//!
//! All of it is in one order, and so gives the same bits under every instruction set. It knows slices and
//! shapes, neither data sets nor networks.

pub mod examples;
pub mod forward;
mod gram;
pub mod hidden;
pub mod nonzero;
pub mod output;
pub mod plan;
mod softmax;
pub mod workspace;

use crate::lanes::Element;
use crate::lanes::isa::Isa;
use crate::phases::{Off, Stopwatch};
use examples::Examples;
use forward::Forward;
use hidden::Tiles;

/// The kernels of one precision: compiled here, for each instruction set, and not again in every crate
/// that trains a network.
pub trait Compiled: Element {
    /// One block's update and the next one's product, timed if there is a stopwatch.
    fn tiles(isa: Isa, tiles: Tiles<'_, Self>, watch: Option<&mut Stopwatch>);
    /// A block's examples one after the other, timed if there is a stopwatch.
    fn examples(isa: Isa, examples: Examples<'_, Self>, watch: Option<&mut Stopwatch>);
    /// Examples through a network, and no further.
    fn forward(isa: Isa, forward: Forward<'_, Self>);
}

macro_rules! compiled {
    ($($t:ty)+) => {
        $(impl Compiled for $t {
            fn tiles(isa: Isa, tiles: Tiles<'_, Self>, watch: Option<&mut Stopwatch>) {
                match watch {
                    None => isa.run(hidden::InLaps(tiles, Off)),
                    Some(watch) => isa.run(hidden::InLaps(tiles, watch)),
                }
            }

            fn examples(isa: Isa, examples: Examples<'_, Self>, watch: Option<&mut Stopwatch>) {
                output::with_chunk!(examples.output.chunk(), C => match watch {
                    None => isa.run(examples::InLaps::<Self, _, C>(examples, Off)),
                    Some(watch) => isa.run(examples::InLaps::<Self, _, C>(examples, watch)),
                });
            }

            fn forward(isa: Isa, forward: Forward<'_, Self>) {
                output::with_chunk!(forward.output.chunk(), C => {
                    isa.run(forward::InChunks::<Self, C>(forward));
                });
            }
        })+
    };
}

compiled!(f64 f32);

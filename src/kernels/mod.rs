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
use examples::Examples;
use forward::Forward;
use hidden::Tiles;

/// The kernels of one precision: compiled here, for each instruction set, and not again in every crate
/// that trains a network.
pub trait Compiled: Element {
    /// One block's update and the next one's product.
    fn tiles(isa: Isa, tiles: Tiles<'_, Self>);
    /// A block's examples one after the other.
    fn examples(isa: Isa, examples: Examples<'_, Self>);
    /// Examples through a network, and no further.
    fn forward(isa: Isa, forward: Forward<'_, Self>);
}

macro_rules! compiled {
    ($($t:ty)+) => {
        $(impl Compiled for $t {
            fn tiles(isa: Isa, tiles: Tiles<'_, Self>) {
                isa.run(tiles);
            }

            fn examples(isa: Isa, examples: Examples<'_, Self>) {
                output::with_chunk!(examples.output.chunk(), C => {
                    isa.run(examples::InChunks::<Self, C>(examples));
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

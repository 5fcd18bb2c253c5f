//! Reasons why a figure cannot be drawn.

/// An error of a function that draws a figure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// The library that draws or encodes failed, with its message.
    #[error("cannot draw: {0}")]
    Drawing(String),
    /// An image sheet of 2^31 pixels or more.
    #[error("cannot draw: {width} x {height} pixels are too many for an image; draw fewer images")]
    TooLarge {
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
    },
}

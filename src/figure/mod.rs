//! Every picture: as SVG, the whole of it, or why there is none; the letters as PNG.

mod chart;
mod comparison;
mod curve;
mod letters;
mod panels;
mod roofline;
mod sweep;

pub use comparison::comparison;
pub use curve::curve;
pub use letters::letters;
pub use panels::Panels;
pub use roofline::roofline;
pub use sweep::{chosen, curves, hidden, rates};

use crate::error::{Error, Result};
use plotters::coord::Shift;
use plotters::prelude::*;

/// Where pictures are drawn.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// Or why they are not.
pub type Drawn = std::result::Result<(), Box<dyn std::error::Error>>;

/// What `draw` draws as SVG, on white, of a size in pixels.
///
/// # Errors
/// [`Error::Drawing`] where it cannot be laid out.
pub fn svg(size: (i32, i32), draw: impl FnOnce(&Area) -> Drawn) -> Result<String> {
    let mut svg = String::new();
    let side = |pixels: i32| u32::try_from(pixels).unwrap_or(0);
    let drawn = {
        let backend = SVGBackend::with_string(&mut svg, (side(size.0), side(size.1)));
        let area = backend.into_drawing_area();
        area.fill(&WHITE)
            .map_err(Into::into)
            .and_then(|()| draw(&area))
            .and_then(|()| area.present().map_err(Into::into))
    };
    drawn.map_err(|error: Box<dyn std::error::Error>| Error::Drawing(error.to_string()))?;
    Ok(svg)
}

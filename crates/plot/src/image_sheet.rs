//! A sheet of small gray images.

use crate::PlotError;

/// Side of a pixel of an image, in pixels of the sheet.
const SCALE: usize = 4;
/// Space around each image.
const GAP: usize = 6;
/// Gray level of that space.
const BACKGROUND: u8 = 0xd8;

/// Draws gray images of `height` x `width` pixels as a PNG file, at four times their size. Each of
/// `rows` is a row of images, such as the examples of one class, and can have any length. An image
/// is its pixels in row-major order, from 0 for white to 1 for black.
///
/// # Errors
/// [`PlotError::TooLarge`] if the sheet would have 2^31 pixels or more, and [`PlotError::Drawing`]
/// if the encoder fails.
///
/// # Panics
/// If an image has fewer than `height * width` pixels.
pub fn image_sheet(
    rows: &[Vec<&[f64]>],
    height: usize,
    width: usize,
) -> Result<Vec<u8>, PlotError> {
    let step = |pixels: usize| pixels.saturating_mul(SCALE).saturating_add(GAP);
    let side = |count: usize, pixels| count.saturating_mul(step(pixels)).saturating_add(GAP);
    let across = side(rows.iter().map(Vec::len).max().unwrap_or(0), width);
    let down = side(rows.len(), height);
    if across.saturating_mul(down) > i32::MAX as usize {
        return Err(PlotError::TooLarge { width: across, height: down });
    }
    let mut sheet = vec![BACKGROUND; across * down];
    for (row, images) in rows.iter().enumerate() {
        for (column, image) in images.iter().enumerate() {
            let (top, left) = (GAP + row * step(height), GAP + column * step(width));
            for y in 0..height * SCALE {
                let line = &mut sheet[(top + y) * across + left..][..width * SCALE];
                for (x, gray) in line.iter_mut().enumerate() {
                    let ink = image[y / SCALE * width + x / SCALE];
                    *gray = (255.0 * (1.0 - ink)).round() as u8;
                }
            }
        }
    }
    encode(&sheet, across as u32, down as u32)
        .map_err(|error| PlotError::Drawing(error.to_string()))
}

fn encode(gray: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(gray)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_has_each_image_in_its_place() {
        let [white, black] = [[0.0; 6], [1.0; 6]];
        let file = image_sheet(&[vec![&white], vec![&white, &black]], 3, 2).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut sheet = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut sheet).unwrap();
        assert_eq!((info.width, info.height), (2 * 14 + 6, 2 * 18 + 6));
        let count = |gray| sheet.iter().filter(|&&found| found == gray).count();
        assert_eq!((count(255), count(0)), (2 * 6 * 16, 6 * 16));
        // The last pixel of the black image, and the one after it.
        assert_eq!(sheet[35 * 34 + 27..][..2], [0, BACKGROUND]);
        assert!(matches!(
            image_sheet(&[vec![&[]]], usize::MAX, 0),
            Err(PlotError::TooLarge { .. })
        ));
    }
}

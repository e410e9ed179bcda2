//! Pictures for tests.

use std::io::Cursor;

use super::Picture;

/// A picture that PNG can't make much smaller.
pub(super) fn noise(width: u32, height: u32) -> Picture<'static> {
    let mut state = 1_u32;
    let pixels = (0..width.checked_mul(height).unwrap()).flat_map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [a, b, c, _] = state.to_be_bytes();
        [a, b, c, 255]
    });
    Picture::new(width, height, pixels.collect::<Vec<_>>()).unwrap()
}

/// The picture in a PNG file of RGBA.
pub(super) fn read_png(file: &[u8]) -> Picture<'static> {
    let mut reader = png::Decoder::new(Cursor::new(file)).read_info().unwrap();
    let mut rgba = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut rgba).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgba);
    Picture::new(info.width, info.height, rgba).unwrap()
}

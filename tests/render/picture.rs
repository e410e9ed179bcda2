//! Sixels as another program reads them: `convert`.
//!
//! A program that isn't there is reported as skipped; with `BYTEWRIGHT_REQUIRE_PEERS=1` it is a
//! failure.

use std::io::Cursor;
use std::process::Command;

use bytewright::render::picture::{Cells, Colors, Options, Picture, Protocol, show};

use crate::common::peer_output;

/// What `convert` makes of a file; `None` where it is missing and may be.
fn convert(arguments: &[&str]) -> Option<Vec<u8>> {
    peer_output(Command::new("convert").args(arguments))
}

#[test]
fn sixels_are_read_as_the_picture() {
    // 15 by 16 colors, over 17 bands of which the last is cut; the room is just so large that
    // nothing is scaled.
    let pixels = (0..100_u8).flat_map(|y| {
        (0..150_u8).flat_map(move |x| {
            let [red, green] = [x.div_euclid(10), y.rem_euclid(16)].map(|n| n.saturating_mul(17));
            [red, green, 200, 255]
        })
    });
    let picture = Picture::new(150, 100, pixels.collect::<Vec<u8>>()).unwrap();
    let options = Options {
        protocol: Protocol::Sixel,
        colors: Colors::True,
        cells: Cells {
            columns: 15,
            rows: 5,
        },
    };
    let mut sixels = Vec::new();
    show(&picture, &options, &mut sixels).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), sixels).unwrap();

    let input = format!("sixel:{}", file.path().display());
    // ImageMagick 6 knows a sixel's colors only as a palette, which raw pixels would leave out.
    let Some(file) = convert(&[&input, "png:-"]) else {
        return;
    };
    let mut decoder = png::Decoder::new(Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap();
    let mut read = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut read).unwrap();
    assert_eq!((info.width, info.height), (150, 100));
    assert_eq!(info.color_type, png::ColorType::Rgba);
    for (place, (read, written)) in read.iter().zip(picture.rgba()).enumerate() {
        // A color's part is a whole percent in sixels.
        assert!(
            read.abs_diff(*written) <= 2,
            "byte {place}: {read} {written}"
        );
    }
}

//! Problems that only a look at every pixel tells.

use std::io;

use super::B056;
use crate::formats::bmp::decode::{DecodeError, Decoder, Options};
use crate::formats::bmp::report::{Report, inspect};
use crate::source::Source;
use crate::tree::{Problem, Range};

/// Reads the headers of a BMP file as [`inspect`] does, and every pixel. Memory holds a row, or
/// the picture of an embedded JPEG or PNG file.
///
/// ```
/// use bytewright::{Source, formats::bmp};
///
/// // A row of one pixel, with something in its padding.
/// let file = b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\
///     \x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0\0\0\0\0\0\0\0\0\
///     \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
///     \0\0\xff!";
/// let report = bmp::check(&Source::from(&file[..]))?;
/// assert_eq!(report.problems()[0].code, "B071");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Only those of the source. What is wrong with the file is in the report.
pub fn check(source: &Source) -> io::Result<Report> {
    let mut report = inspect(source)?;
    let mut found = Vec::new();
    for index in 0..report.bitmaps().len() {
        let options = Options {
            bitmap: Some(index),
            survey: true,
            ..Options::default()
        };
        match Decoder::of(source, &report, &options) {
            Ok(decoder) => found.extend(pixels(decoder)?),
            Err(DecodeError::Io(error)) => return Err(error),
            Err(DecodeError::Embedded { reason }) => {
                let bitmap = report.bitmaps().get(index);
                let range = bitmap.and_then(|bitmap| bitmap.pixels);
                let range = range.unwrap_or(Range::file(0, 0));
                found.push(Problem::new(B056.code, B056.severity, range, reason));
            }
            // What the headers lack is told already.
            Err(_) => {}
        }
    }
    report.add(found);
    Ok(report)
}

fn pixels(mut decoder: Decoder) -> io::Result<Vec<Problem>> {
    let width = usize::try_from(decoder.width()).unwrap_or(0);
    let mut row = vec![0; width.saturating_mul(4)];
    while decoder.read_row(&mut row)?.is_some() {}
    decoder.finish()
}

//! Problems that are only found by reading every pixel.

use std::io;

use super::B056;
use super::header::MAX_PIXELS;
use crate::formats::bmp::decode::{DecodeError, Decoder, Options};
use crate::formats::bmp::report::{Report, inspect};
use crate::source::Source;
use crate::tree::Range;

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
/// When the source can't be read. Problems of the file are in the report.
pub fn check(source: &Source) -> io::Result<Report> {
    let mut report = inspect(source)?;
    let mut found = Vec::new();
    for index in 0..report.bitmaps().len() {
        let options = Options {
            bitmap: Some(index),
            // Memory holds a row; a picture of more pixels has the problem B024.
            max_pixels: MAX_PIXELS,
            survey: true,
            ..Options::default()
        };
        let bitmap = report.bitmaps().get(index);
        let all = bitmap.and_then(|bitmap| Some(bitmap.dib.as_ref()?.rows()));
        let claim = bitmap.and_then(|bitmap| bitmap.pixels);
        let lost = match Decoder::of(source, &report, &options) {
            Ok(mut decoder) => {
                decoder.skip_rows()?;
                let lost = decoder.lost_rows();
                found.extend(decoder.finish()?);
                Some(u64::from(lost))
            }
            Err(DecodeError::Io(error)) => return Err(error),
            Err(DecodeError::Embedded { reason }) => {
                let range = claim.unwrap_or(Range::file(0, 0));
                found.push(B056.problem(range, reason));
                all
            }
            Err(DecodeError::NoPixels { .. }) => all,
            // Missing headers are reported already.
            Err(_) => None,
        };
        if let Some(lost) = lost {
            report.set_lost_rows(index, lost);
        }
    }
    report.add(found);
    Ok(report)
}

//! Problems of BMP files, and their codes.
//!
//! [`CODES`] is the table: code, severity, condition. Codes are stable. [`inspect`](super::inspect)
//! decides from headers, palette and the length of the file; [`check`] also looks at every pixel.
//! A plain, correct file gives neither an error nor a warning.

mod color;
mod file;
mod header;
mod pixels;

pub use pixels::check;

use crate::formats::bmp::regions::Part;
use std::io;

use crate::source::Source;
use crate::tree::{Code, Problem, Range, codes};
use crate::value::text::counted;

use super::bitmap::Walk;
use super::regions::Region;

codes! {
    /// Every problem that [`check`] can find.
    ///
    /// Four depend on more than the table says: `B018` is a warning for masks with 24 bits, which
    /// are read; `B003` is a note where the size field holds
    /// the size of the headers, as OS/2 programs write it; `B050` is a warning where up to
    /// three pixels after a full row fill it up to a 32-bit word; and `B008` is not said of bytes
    /// after a header that can't be read.
    ///
    /// ```
    /// use bytewright::formats::bmp::check::CODES;
    ///
    /// for code in CODES {
    ///     println!("{} {:7} {}", code.code, code.severity, code.meaning);
    /// }
    /// ```
    pub table CODES;
    pub(in crate::formats::bmp) rows;
    B001 Error   "unknown signature";
    B002 Error   "the file ends inside its headers";
    B003 Warning "the size field is not the file's length";
    B004 Note    "reserved fields of the file header are not zero";
    B005 Error   "the pixel offset is past the end of the file";
    B006 Error   "the pixel offset is inside headers, masks or the palette's first entry";
    B007 Note    "gap in front of the pixels";
    B008 Note    "bytes at the end that nobody claims";
    B009 Note    "a DIB without a file header";
    B010 Error   "unknown DIB header size";
    B011 Note    "OS/2 2.x header that ends early";
    B012 Error   "the width is not above 0";
    B013 Error   "the height is 0 or has no absolute value";
    B014 Error   "planes is not 1";
    B015 Error   "the bit count is none of the format's";
    B016 Note    "unusual bit count: 2 or 64";
    B017 Error   "unknown compression";
    B018 Error   "the compression does not go with the bit count";
    B019 Error   "rows run top down and are compressed";
    B020 Error   "the pixels are cut short";
    B021 Warning "the image size is not what the dimensions give";
    B022 Error   "the image size is 0 with compressed pixels";
    B023 Error   "compressed pixels end past the end of the file";
    B024 Error   "the dimensions overflow 32-bit sizes or exceed the limit of pixels";
    B025 Warning "the padding of the last row is missing";
    B026 Warning "the mask of an icon's image is cut short";
    B030 Warning "more colors used than the bit count reaches";
    B031 Warning "the palette is cut by the pixel offset or the end of the file";
    B032 Error   "pixels whose index the palette doesn't have";
    B033 Note    "more colors important than used";
    B034 Note    "palette in a true-color image";
    B035 Note    "a palette entry's fourth byte is not zero";
    B036 Note    "palette entries that are there twice or not used";
    B037 Warning "no palette for pixels that are indices";
    B040 Error   "a mask is wider than the pixel";
    B041 Error   "masks overlap";
    B042 Error   "a mask is not contiguous";
    B043 Warning "a color mask is zero";
    B044 Warning "alpha is ambiguous: an alpha mask with BI_RGB";
    B050 Error   "a run crosses the end of its row";
    B051 Error   "a delta leaves the picture";
    B052 Warning "no end of bitmap";
    B053 Warning "bytes after the end of the bitmap";
    B054 Note    "pixels are left undefined";
    B055 Error   "Huffman: a broken code, or a run that crosses the end of its row";
    B056 Error   "the embedded JPEG or PNG can't be read";
    B060 Warning "implausible density";
    B061 Warning "unknown color space or intent";
    B062 Error   "the ICC profile is out of range or without its signature";
    B063 Warning "the profile is a path outside the file";
    B064 Warning "the profile overlaps the pixels or the headers";
    B065 Warning "gammas or end points that are ignored";
    B066 Warning "the ICC profile can't be applied";
    B070 Error   "the array's chain is a circle, too long, or leaves the file";
    B071 Warning "row padding that is not zero";
}

/// All problems of a file, in the order of the bytes they are about.
pub(super) fn problems(
    source: &Source,
    file_size: u64,
    walk: &Walk,
    regions: &[Region],
) -> io::Result<Vec<Problem>> {
    let mut found = Findings(Vec::new());
    file::walk(walk, &mut found);
    for bitmap in &walk.bitmaps {
        file::bitmap(bitmap, file_size, &mut found);
        let (Some(raw), Some(dib)) = (bitmap.header(Part::DibHeader), &bitmap.dib) else {
            continue;
        };
        header::check(raw, dib, &mut found);
        header::pixels(bitmap, raw, dib, file_size, &mut found);
        color::palette(bitmap, raw, dib, file_size, &mut found)?;
        color::masks(bitmap, raw, dib, &mut found);
        color::profile(source, bitmap, raw, dib, file_size, &mut found)?;
    }
    file::regions(&walk.bitmaps, walk.errors.is_empty(), regions, &mut found);
    let mut problems = found.0;
    problems.sort_by_key(|problem| (problem.range.offset, problem.code));
    Ok(problems)
}

/// The problems found so far.
struct Findings(Vec<Problem>);

impl Findings {
    fn add(&mut self, code: Code, range: Range, message: impl Into<String>) {
        self.0.push(code.problem(range, message));
    }
}

/// `2 rows of 3 lost`, the same wherever it is said.
pub(crate) fn lost_rows(lost: u64, rows: u64) -> String {
    format!("{} of {rows} lost", counted(lost, "row"))
}

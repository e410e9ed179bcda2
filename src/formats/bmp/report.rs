//! Reports of files: bitmaps, regions, problems, and the tree made of them.

use std::io;

use crate::offset::Position;
use crate::source::Source;
use crate::tree::{Node, Problem};

use super::bitmap::{Bitmap, Walk};
use super::error::Error;
use super::header::DibHeader;
use super::icon;
use super::layout::{ARRAY_HEADER, CORE_HEADER, FILE_HEADER, field};
use super::names::FileType;
use super::regions::Region;
use super::{check, regions, tree};

/// Bytes that are read at once: all headers and the palette of most files, and no more than a page
/// of the system's cache.
const HEAD: u64 = 4096;

/// Everything that the headers of a file say.
#[derive(Clone, Debug)]
pub struct Report {
    pub(super) size: u64,
    pub(super) bitmaps: Vec<Bitmap>,
    pub(super) regions: Vec<Region>,
    pub(super) problems: Vec<Problem>,
    error: Option<Error>,
}

/// Reads the headers of a BMP file, whole or damaged.
///
/// # Errors
///
/// When the source can't be read. Problems of the file are in the report.
pub fn inspect(source: &Source) -> io::Result<Report> {
    let source = &source.with_head(HEAD)?;
    let size = match source.known_size() {
        Some(size) => size,
        None => stream_size(source)?,
    };
    report(source, size, Walk::new(source, size)?)
}

/// Reads a file as an icon or cursor of Windows, whatever it begins with.
///
/// # Errors
///
/// When the source can't be read. Problems of the file are in the report.
pub fn inspect_icon(source: &Source) -> io::Result<Report> {
    let source = &source.with_head(HEAD)?;
    let size = source.size()?;
    let mut walk = Walk::default();
    walk.icon(source, size)?;
    report(source, size, walk)
}

fn report(source: &Source, size: u64, walk: Walk) -> io::Result<Report> {
    let regions = regions::of(&walk.bitmaps, size);
    let problems = check::problems(source, size, &walk, &regions)?;
    let readable = walk.bitmaps.iter().any(|bitmap| bitmap.dib.is_some());
    Ok(Report {
        size,
        regions,
        problems,
        error: walk.errors.into_iter().next().filter(|_| !readable),
        bitmaps: walk.bitmaps,
    })
}

/// Whether a file that begins so is a BMP file, a DIB without a file header, or an icon or cursor of
/// Windows. Two letters are little to go by: where a DIB
/// header should follow them, its size must be one that might be, and text is none.
///
/// ```
/// use bytewright::formats::bmp::is_bmp;
///
/// assert!(is_bmp(b"BM\x36\0\0\0"));
/// assert!(!is_bmp(b"BMW is no bitmap, nor is a text about it"));
/// ```
pub fn is_bmp(start: &[u8]) -> bool {
    let source = Source::from(start);
    if begins_without_file_header(&source).unwrap_or(false) {
        return true;
    }
    let file_header = match FILE_HEADER
        .bytes(start, field!("type"))
        .and_then(FileType::from_signature)
    {
        Some(FileType::Array) => ARRAY_HEADER.size(),
        Some(_) => 0,
        None => return false,
    };
    let dib = file_header.past(FILE_HEADER.size());
    let dib = usize::try_from(dib).ok().and_then(|dib| start.get(dib..));
    let size = dib.and_then(|dib| CORE_HEADER.get::<u32>(dib, field!("header_size")));
    match size {
        Some(size) => size <= u32::from(u16::MAX),
        // The file ends in its first headers.
        None => start.iter().any(|byte| byte.is_ascii_control()),
    }
}

/// Whether a file that begins so is an icon or cursor of Windows: type 1 or 2, at least one image, and
/// the first one after the directory.
///
/// ```
/// use bytewright::formats::bmp::is_icon;
///
/// assert!(is_icon(b"\0\0\x01\0\x01\0 \x20\0\0\x01\0\x20\0\x28\x04\0\0\x16\0\0\0"));
/// assert!(!is_icon(b"\0\0\x01\0\0\0"));
/// ```
pub fn is_icon(start: &[u8]) -> bool {
    icon::is_icon(&Source::from(start)).unwrap_or(false)
}

/// The length of a stream. One that doesn't begin like a BMP is not read to its end, which may
/// never come: what was looked at is taken for all of it.
fn stream_size(source: &Source) -> io::Result<u64> {
    let signature = source.read(0, 2)?;
    if FileType::from_signature(&signature).is_none() && !begins_without_file_header(source)? {
        return Ok(signature.len() as u64);
    }
    source.size()
}

fn begins_without_file_header(source: &Source) -> io::Result<bool> {
    Ok(icon::is_icon(source)? || DibHeader::is_alone(source)?)
}

impl Report {
    /// Why nothing can be shown of the picture: the file is no bitmap, or ends in its headers.
    ///
    /// `None` where at least one bitmap's headers are whole.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// The bitmaps in the order of the file: one, but for icons and arrays.
    pub fn bitmaps(&self) -> &[Bitmap] {
        &self.bitmaps
    }

    /// The parts of the file in its order. Those that are no views cover it, each byte once.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The problems in the order of the file; the codes are in [`mod@check`].
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Sets the number of lost rows, known from reading the pixels.
    pub(super) fn set_lost_rows(&mut self, index: usize, rows: u64) {
        if let Some(bitmap) = self.bitmaps.get_mut(index) {
            bitmap.lost_rows = Some(rows);
        }
    }

    /// Adds problems, in the order of the file.
    pub(super) fn add(&mut self, problems: Vec<Problem>) {
        self.problems.extend(problems);
        self.problems
            .sort_by_key(|problem| (problem.range.offset, problem.code));
    }

    /// The length of the file in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The size fields that follow from the rest of a file with one bitmap, and what they should
    /// be: the file's length, and the size of pixels that are rows, where the header states it.
    pub(crate) fn sizes(&self) -> Vec<([&'static str; 2], u32)> {
        let [bitmap] = self.bitmaps.as_slice() else {
            return Vec::new();
        };
        let is_alone = bitmap.array.is_none() && !bitmap.is_icon();
        let Some(dib) = bitmap.dib.as_ref().filter(|_| is_alone) else {
            return Vec::new();
        };
        let rows = dib.rows_size().filter(|_| {
            // 0 is as good for pixels that are not compressed.
            dib.compression.is_rows() && (dib.image_size != 0 || dib.compression.has_masks())
        });
        [
            (["file_header", "size"], Some(self.size)),
            (["dib_header", "image_size"], rows),
        ]
        .into_iter()
        .filter_map(|(names, size)| Some((names, u32::try_from(size?).ok()?)))
        .collect()
    }

    /// The fields of the file. Each byte has one leaf that is no view; the entries of a palette
    /// are read when they are asked for.
    ///
    /// # Errors
    ///
    /// None for a report of [`inspect`], unless memory was changed under it.
    pub fn tree(&self) -> io::Result<Node> {
        tree::of(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of one pixel with a 40-byte header, and numbers at some places.
    fn sizes(writes: &[(usize, u8)]) -> Vec<([&'static str; 2], u32)> {
        let mut file = vec![0; 58];
        let plain = [(10, 54), (14, 40), (18, 1), (22, 1), (26, 1), (28, 24)];
        file[..2].copy_from_slice(b"BM");
        for (at, byte) in plain.iter().chain(writes) {
            file[*at] = *byte;
        }
        inspect(&Source::from(file)).unwrap().sizes()
    }

    #[test]
    fn sizes_that_follow_are_those_of_the_file_and_of_rows_that_state_one() {
        let file = (["file_header", "size"], 58);
        let rows = (["dib_header", "image_size"], 4);
        assert_eq!(sizes(&[]), [file]);
        assert_eq!(sizes(&[(34, 9)]), [file, rows]);
        assert_eq!(sizes(&[(28, 0), (30, 5), (34, 9)]), [file]);
        // A bitmap of an array, one without a header, and none that can be read.
        assert_eq!(sizes(&[(14, 39)]), []);
        assert_eq!(sizes(&[(0, 0)]), []);
        let array = b"BA\0\0\0\0\0\0\0\0\0\0\0\0BM\0\0\0\0\0\0\0\0\x28\0\0\0\x0c\0\0\0\x01\0\x01\0\x01\0\x18\0\0\0\0\0";
        assert_eq!(inspect(&Source::from(&array[..])).unwrap().sizes(), []);
    }

    #[test]
    fn sizes_of_masks_are_stated() {
        let mut file = vec![0; 70];
        file[..2].copy_from_slice(b"BM");
        for (at, byte) in [
            (10, 66),
            (14, 52),
            (18, 1),
            (22, 1),
            (26, 1),
            (28, 32),
            (30, 3),
        ] {
            file[at] = byte;
        }
        let sizes = inspect(&Source::from(file)).unwrap().sizes();
        assert_eq!(
            sizes,
            [
                (["file_header", "size"], 70),
                (["dib_header", "image_size"], 4)
            ]
        );
    }
}

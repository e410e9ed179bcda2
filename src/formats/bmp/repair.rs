//! Repairs of a bitmap that need no guessing.

use std::io;

use serde::Serialize;

use super::bitmap::Bitmap;
use super::check::{
    B003, B005, B006, B014, B021, B022, B023, B025, B030, B031, B050, B051, B052, B055, B071, check,
};
use super::decode::{Decoder, Ending, Options};
use super::header::DibHeader;
use super::layout::field;
use super::names::Compression;
use super::regions::Part;
use super::report::Report;
use crate::offset::Position;
use crate::schema::Field;
use crate::source::Source;
use crate::tree::{Code, Problem, Severity};
use crate::value::Value;
use crate::value::text::counted;

/// A repair: bytes to be written to a file. The keys are `code` and `message`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Repair {
    /// The problem that it mends, one of [`CODES`](super::check::CODES).
    pub code: &'static str,
    /// What is done, in words.
    pub message: String,
    /// The bytes, and where they go: over others, or after the end of the file.
    #[serde(skip)]
    pub writes: Vec<(u64, Vec<u8>)>,
}

/// The repairs of a file with one bitmap: wrong sizes, a pixel offset that leads nowhere though the
/// rows fit after the palette, a missing end of bitmap, a palette shorter than the header says,
/// planes, padding of rows.
///
/// A repair is made where what it follows from is certain, and no byte changes that holds a pixel.
/// While rows are [lost](Bitmap::lost_rows), sizes and padding stay: the rows may be others than the
/// header says. Everything else is left as it is.
///
/// ```
/// use bytewright::{Source, formats::bmp};
///
/// // The size field says 77, the file has 58 bytes.
/// let file = b"BM\x4d\0\0\0\0\0\0\0\x36\0\0\0\
///     \x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0\0\0\0\0\0\0\0\0\
///     \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
///     \0\0\xff\0";
/// let repairs = bmp::repairs(&Source::from(&file[..]))?;
/// assert_eq!(repairs[0].message, "file_header.size: 77 → 58");
/// assert_eq!(repairs[0].writes, [(2, vec![58, 0, 0, 0])]);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// When the source can't be read.
pub fn repairs(source: &Source) -> io::Result<Vec<Repair>> {
    let report = check(source)?;
    let [bitmap] = report.bitmaps() else {
        return Ok(Vec::new());
    };
    let is_alone = bitmap.array.is_none() && !bitmap.is_icon();
    let Some(dib) = bitmap.dib.as_ref().filter(|_| is_alone) else {
        return Ok(Vec::new());
    };
    let options = Options {
        max_pixels: u64::MAX,
        ..Options::default()
    };
    // Where no picture can be read, nothing tells which of the numbers is wrong.
    let Ok(decoder) = Decoder::of(source, &report, &options) else {
        return Ok(Vec::new());
    };
    let mut mending = Mending {
        source,
        report: &report,
        bitmap,
        dib,
        repairs: Vec::new(),
        file_size: report.size(),
    };
    if dib.planes != 1 {
        mending.field(B014, Part::DibHeader, field!("planes"), 1);
    }
    if bitmap.lost_rows != Some(0) || !mending.is_certain() {
        return Ok(mending.repairs);
    }
    let is_moved = mending.is_moved();
    let doubts = [B021, B025, B071].map(|code| mending.has(code));
    if is_moved && doubts.contains(&true) {
        return Ok(mending.repairs);
    }
    if is_moved {
        mending.pixel_offset();
    } else if bitmap.file.is_some() {
        // Without a pixel offset, the pixels begin where the stated number of colors ends.
        mending.palette();
    }
    if dib.compression.is_rows() {
        mending.rows()?;
    } else {
        mending.run_lengths(decoder)?;
    }
    mending.size();
    Ok(mending.repairs)
}

struct Mending<'a> {
    source: &'a Source,
    report: &'a Report,
    bitmap: &'a Bitmap,
    dib: &'a DibHeader,
    repairs: Vec<Repair>,
    /// The length that the file will have.
    file_size: u64,
}

impl Mending<'_> {
    fn has(&self, code: Code) -> bool {
        self.report.problems().iter().any(|p| p.is(&code))
    }

    /// Sets a field of a header.
    fn field(&mut self, code: Code, part: Part, field: Field, value: u64) {
        let Some(raw) = self.bitmap.header(part) else {
            return;
        };
        let old = raw.uint(field);
        let range = raw.field_range(field);
        let Some(bytes) = raw.with(field, &Value::from(value)) else {
            return;
        };
        self.repairs.push(Repair {
            code: code.code,
            message: format!("{}.{}: {old} → {value}", part.name(), field.name()),
            writes: vec![(range.offset, bytes)],
        });
    }

    fn size(&mut self) {
        let size = self
            .bitmap
            .file
            .as_ref()
            .map_or(0, |file| u64::from(file.size));
        let is_wrong = |p: &Problem| p.is(&B003) && p.severity > Severity::Note;
        let wrong = self.report.problems().iter().any(is_wrong);
        if (wrong || self.file_size != self.report.size()) && size != self.file_size {
            self.field(B003, Part::FileHeader, field!("size"), self.file_size);
        }
    }

    /// As many colors as there are.
    fn palette(&mut self) {
        let Some(palette) = &self.bitmap.palette else {
            return;
        };
        let there = palette.len().min(self.dib.reachable_colors());
        let code = match (self.has(B030), self.has(B031)) {
            (true, _) => B030,
            (_, true) => B031,
            _ => return,
        };
        if there > 0 && u64::from(self.dib.colors_used) != there {
            self.field(code, Part::DibHeader, field!("colors_used"), there);
        }
    }

    /// Whether compressed pixels are what the header says: no code among them is wrong, and an
    /// embedded file ends in this one.
    fn is_certain(&self) -> bool {
        let is_embedded = matches!(self.dib.compression, Compression::Jpeg | Compression::Png);
        let wrong = |p: &Problem| {
            let of_codes = [B050, B051, B055].iter().any(|code| p.is(code));
            of_codes && p.severity == Severity::Error || is_embedded && p.is(&B023)
        };
        !self.report.problems().iter().any(wrong)
    }

    /// Whether the pixels are read from elsewhere than the file header says.
    fn is_moved(&self) -> bool {
        let file = self.bitmap.file.as_ref();
        file.is_some_and(|file| u64::from(file.pixel_offset) != self.bitmap.pixels_at)
    }

    fn pixel_offset(&mut self) {
        let code = if self.has(B005) { B005 } else { B006 };
        self.field(
            code,
            Part::FileHeader,
            field!("pixel_offset"),
            self.bitmap.pixels_at,
        );
    }

    /// The size and the padding of rows that are not compressed.
    fn rows(&mut self) -> io::Result<()> {
        match (self.has(B021), self.has(B071), self.dib.rows_size()) {
            (true, false, Some(size)) => {
                self.field(B021, Part::DibHeader, field!("image_size"), size);
            }
            (false, true, _) => self.padding()?,
            // Both are rows of another length, or without padding: what would be padding may be
            // pixels.
            _ => {}
        }
        if let (true, Some(pixels)) = (self.has(B025), self.bitmap.pixels) {
            let missing = pixels.end().since(self.file_size);
            let zeros = vec![0; usize::try_from(missing).unwrap_or(0)];
            self.repairs.push(Repair {
                code: B025.code,
                message: format!("{} of padding after the last row", counted(missing, "byte")),
                writes: vec![(self.file_size, zeros)],
            });
            self.file_size = pixels.end();
        }
        Ok(())
    }

    /// Zeros after the pixels of each row.
    fn padding(&mut self) -> io::Result<()> {
        let Some((stride, used)) = self.dib.stride().zip(self.dib.row_bytes()) else {
            return Ok(());
        };
        let size = stride.since(used);
        let mut writes = Vec::new();
        for row in 0..self.dib.rows() {
            let offset = self.bitmap.pixels_at.item(row, stride).past(used);
            let bytes = self.source.read(offset, size)?;
            if bytes.is_empty() {
                break;
            }
            if bytes.iter().any(|byte| *byte != 0) {
                writes.push((offset, vec![0; bytes.len()]));
            }
        }
        let rows = counted(writes.len() as u64, "row");
        self.repairs.push(Repair {
            code: B071.code,
            message: format!("the padding of {rows}: zeros"),
            writes,
        });
        Ok(())
    }

    /// An end of bitmap where the codes end, and the size that the pixels have.
    fn run_lengths(&mut self, mut decoder: Decoder) -> io::Result<()> {
        decoder.skip_rows()?;
        let (at, code) = match decoder.ending()? {
            None | Some(Ending::InPixels) => return Ok(()),
            Some(Ending::There { end }) => {
                self.run_length_size(end);
                return Ok(());
            }
            Some(Ending::Missing { at }) => (at, vec![0, 1]),
            Some(Ending::LacksPad { at }) => (at, vec![0, 0, 1]),
        };
        // Nothing but the beginning of a code may be there.
        let after = self.source.read(at, 4)?;
        let is_free = matches!(*after, [] | [_] | [0, 2, _]);
        let profile = self.bitmap.profile.map(|profile| profile.end());
        if !is_free || profile.is_some_and(|end| end > at) {
            return Ok(());
        }
        let end = at.past(code.len() as u64);
        self.repairs.push(Repair {
            code: B052.code,
            message: format!("an end of bitmap at {at:#x}"),
            writes: vec![(at, code)],
        });
        self.file_size = self.file_size.max(end);
        self.run_length_size(end);
        Ok(())
    }

    fn run_length_size(&mut self, end: u64) {
        let size = end.saturating_sub(self.bitmap.pixels_at);
        let stated = u64::from(self.dib.image_size);
        let code = match stated {
            0 => B022,
            stated if stated > size || self.has(B023) => B023,
            _ => B021,
        };
        // Up to a whole 32-bit word is padding.
        if stated < size || stated.saturating_sub(size) > 3 {
            self.field(code, Part::DibHeader, field!("image_size"), size);
        }
    }
}

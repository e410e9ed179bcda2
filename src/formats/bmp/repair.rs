//! What can be put right in a bitmap without guessing.

use std::io;

use super::bitmap::Bitmap;
use super::check::check;
use super::decode::{Decoder, Options};
use super::header::DibHeader;
use super::report::Report;
use crate::source::Source;
use crate::tree::{Range, Severity};
use crate::value::Value;

/// Bytes that belong into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repair {
    /// The problem that it mends, one of [`CODES`](super::check::CODES).
    pub code: &'static str,
    /// What is done, in words.
    pub message: String,
    /// The bytes, and where they go: over others, or behind the end of the file.
    pub writes: Vec<(u64, Vec<u8>)>,
}

/// The repairs of a file with one bitmap: wrong sizes, a pixel offset that leads nowhere though the
/// rows fit behind the palette, a missing end of bitmap, a palette shorter than the header says,
/// planes, padding of rows. Everything else is left as it is.
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
/// Those of the source.
pub fn repairs(source: &Source) -> io::Result<Vec<Repair>> {
    let report = check(source)?;
    let [bitmap] = report.bitmaps() else {
        return Ok(Vec::new());
    };
    let Some(dib) = bitmap.dib.as_ref().filter(|_| bitmap.array.is_none()) else {
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
    mending.palette();
    if dib.planes != 1 {
        mending.field("B014", "dib_header", "planes", 1);
    }
    let moved = mending.pixel_offset();
    if dib.compression.is_rows() {
        mending.image_size();
        if moved.is_none() && mending.has("B071") {
            mending.padding()?;
        }
    } else if moved.is_none() {
        mending.run_lengths()?;
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
    fn has(&self, code: &str) -> bool {
        self.report.problems().iter().any(|p| p.code == code)
    }

    /// Another number in a field of a header.
    fn field(&mut self, code: &'static str, header: &str, field: &str, value: u64) {
        let Some(raw) = self.bitmap.header(header) else {
            return;
        };
        let old = raw.uint(field);
        let range = raw.field_range(field);
        let Some(bytes) = raw.with(field, &Value::from(value)) else {
            return;
        };
        self.repairs.push(Repair {
            code,
            message: format!("{header}.{field}: {old} → {value}"),
            writes: vec![(range.offset, bytes)],
        });
    }

    fn size(&mut self) {
        let size = self
            .bitmap
            .file
            .as_ref()
            .map_or(0, |file| u64::from(file.size));
        let is_wrong = |p: &&crate::tree::Problem| p.code == "B003" && p.severity > Severity::Note;
        let wrong = self.report.problems().iter().find(is_wrong).is_some();
        if (wrong || self.file_size != self.report.size()) && size != self.file_size {
            self.field("B003", "file_header", "size", self.file_size);
        }
    }

    /// As many colors as there are.
    fn palette(&mut self) {
        let Some(palette) = &self.bitmap.palette else {
            return;
        };
        let there = palette.len().min(self.dib.reachable_colors());
        let code = match (self.has("B030"), self.has("B031")) {
            (true, _) => "B030",
            (_, true) => "B031",
            _ => return,
        };
        if there > 0 && u64::from(self.dib.colors_used) != there {
            self.field(code, "dib_header", "colors_used", there);
        }
    }

    /// Behind headers and palette, where the stated offset has no pixels, and all rows fit there.
    fn pixel_offset(&mut self) -> Option<u64> {
        let code = match (self.has("B005"), self.has("B006")) {
            (true, _) => "B005",
            (_, true) => "B006",
            _ => return None,
        };
        let behind = self.bitmap.end();
        let end = behind.checked_add(self.dib.rows_size()?)?;
        if end > self.report.size() {
            return None;
        }
        self.field(code, "file_header", "pixel_offset", behind);
        Some(behind)
    }

    fn image_size(&mut self) {
        if let Some(size) = self.dib.rows_size().filter(|_| self.has("B021")) {
            self.field("B021", "dib_header", "image_size", size);
        }
    }

    /// Zeros behind the pixels of each row.
    fn padding(&mut self) -> io::Result<()> {
        let (Some(stride), Some(pixels)) = (self.dib.stride(), self.bitmap.pixels) else {
            return Ok(());
        };
        let bits = u64::try_from(self.dib.width)
            .unwrap_or(0)
            .saturating_mul(u64::from(self.dib.bit_count));
        let used = bits.div_ceil(8);
        let size = stride.saturating_sub(used);
        let mut writes = Vec::new();
        for row in 0..self.dib.rows() {
            let start = row.saturating_mul(stride).saturating_add(used);
            let range = Range::file(pixels.offset.saturating_add(start), size);
            let bytes = self.source.read(range.offset, range.size)?;
            if bytes.is_empty() {
                break;
            }
            if bytes.iter().any(|byte| *byte != 0) {
                writes.push((range.offset, vec![0; bytes.len()]));
            }
        }
        self.repairs.push(Repair {
            code: "B071",
            message: format!("the padding of {} rows: zeros", writes.len()),
            writes,
        });
        Ok(())
    }

    /// An end of bitmap where the bytes end, and the size that the pixels have.
    fn run_lengths(&mut self) -> io::Result<()> {
        let Ok(mut decoder) = Decoder::of(self.source, self.report, &Options::default()) else {
            return Ok(());
        };
        let width = usize::try_from(decoder.width()).unwrap_or(0);
        let mut row = vec![0; width.saturating_mul(4)];
        while decoder.read_row(&mut row)?.is_some() {}
        let Some(mut end) = decoder.end_of_runs()? else {
            return Ok(());
        };
        let start = self.bitmap.pixels.map_or(0, |pixels| pixels.offset);
        let missing = decoder
            .finish()?
            .into_iter()
            .find(|problem| problem.code == "B052");
        if let Some(missing) = missing {
            let at = missing.range.offset;
            // What follows belongs to something else, or is more than a run that was cut.
            if self.file_size.saturating_sub(at) > 255 {
                return Ok(());
            }
            end = at.saturating_add(2);
            self.file_size = self.file_size.max(end);
            self.repairs.push(Repair {
                code: "B052",
                message: format!("an end of bitmap at {at:#x}"),
                writes: vec![(at, vec![0, 1])],
            });
        }
        let size = end.saturating_sub(start);
        let stated = u64::from(self.dib.image_size);
        let code = match stated {
            0 => "B022",
            stated if stated > size || self.has("B023") => "B023",
            _ => "B021",
        };
        // Up to a whole 32-bit word is padding.
        if stated < size || stated.saturating_sub(size) > 3 {
            self.field(code, "dib_header", "image_size", size);
        }
        Ok(())
    }
}

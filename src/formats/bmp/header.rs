//! The typed headers: the numbers of the file under their names, and what follows from them.

use super::regions::Part;
use std::io;

use crate::schema::Header;
use crate::source::Source;

use super::error::{Error, ErrorKind};
use super::layout::{
    ARRAY_HEADER, CORE_HEADER, FILE_HEADER, MASKS, OS2_HEADER, WINDOWS_HEADER, field,
};
use super::names::{ColorSpace, Compression, DibKind, FileType};
use super::raw::RawHeader;
use crate::value::Bytes;

/// BITMAPFILEHEADER, in front of every bitmap.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileHeader {
    /// What the file is.
    pub file_type: FileType,
    /// The length of the file in bytes, as the header says it; many writers say something else.
    pub size: u32,
    /// For icons and pointers x and y of the hotspot, otherwise zeros.
    pub reserved: [u16; 2],
    /// Where the pixels begin, in bytes from the start of the file.
    pub pixel_offset: u32,
}

/// An entry of an OS/2 bitmap array.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArrayHeader {
    /// The size of the entry's headers in bytes.
    pub header_size: u32,
    /// Where the next entry begins, in bytes from the start of the file; 0 at the last one.
    pub next_offset: u32,
    /// Width and height in pixels of the display that the bitmap is meant for, 0 for any.
    pub display: [u16; 2],
}

/// Any DIB header. Fields that a header doesn't have are 0.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DibHeader {
    /// Which header it is.
    pub kind: DibKind,
    /// Its size in bytes.
    pub header_size: u32,
    /// The width in pixels; not above 0 only in a broken file.
    pub width: i64,
    /// The height in pixels, negative where the rows run top down.
    pub height: i64,
    /// Always 1.
    pub planes: u16,
    /// Bits a pixel.
    pub bit_count: u16,
    /// How the pixels are stored.
    pub compression: Compression,
    /// The size of the pixels in bytes; may be 0 where they are not compressed.
    pub image_size: u32,
    /// Pixels a meter, across and down; 0 where the writer doesn't know.
    pub pixels_per_meter: [i64; 2],
    /// Palette entries; 0 means as many as the bit count reaches.
    pub colors_used: u32,
    /// Palette entries that the picture can't do without; 0 means all.
    pub colors_important: u32,
    /// The color masks, where the compression goes by them.
    pub masks: Option<Masks>,
    /// The color space, from V4 on.
    pub color_space: Option<ColorSpace>,
}

/// The bits of a pixel that hold each channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Masks {
    pub red: u32,
    pub green: u32,
    pub blue: u32,
    pub alpha: u32,
}

impl FileHeader {
    pub(super) fn read(
        source: &Source,
        offset: u64,
    ) -> io::Result<(RawHeader, Result<Self, Error>)> {
        let (raw, file_type) = signed(source, Part::FileHeader, offset)?;
        let header = file_type.map(|file_type| FileHeader {
            file_type,
            size: raw.uint(field!("size")),
            reserved: [
                raw.short(field!("reserved1")),
                raw.short(field!("reserved2")),
            ],
            pixel_offset: raw.uint(field!("pixel_offset")),
        });
        Ok((raw, header))
    }
}

impl ArrayHeader {
    pub(super) fn read(
        source: &Source,
        offset: u64,
    ) -> io::Result<(RawHeader, Result<Self, Error>)> {
        let (raw, file_type) = signed(source, Part::ArrayHeader, offset)?;
        let header = file_type.map(|_| ArrayHeader {
            header_size: raw.uint(field!("header_size")),
            next_offset: raw.uint(field!("next_offset")),
            display: [
                raw.short(field!("display_width")),
                raw.short(field!("display_height")),
            ],
        });
        Ok((raw, header))
    }
}

impl DibHeader {
    /// Reads the header at `offset`; `os2` says that only OS/2 writes what is around it, which
    /// decides about the sizes that both systems have.
    pub(super) fn read(
        source: &Source,
        offset: u64,
        os2: bool,
    ) -> io::Result<(RawHeader, Result<Self, Error>)> {
        let start = CORE_HEADER.range(field!("header_size"), 0);
        let start = start.map_or(0, |field| field.size);
        let first = RawHeader::read(source, Part::DibHeader, &CORE_HEADER, offset, start)?;
        if let Err(error) = whole(&first) {
            return Ok((first, Err(error)));
        }
        let size = first.uint(field!("header_size"));
        let Some(mut kind) = choose(size, os2) else {
            let error = Error {
                offset,
                field: "dib_header.header_size",
                kind: ErrorKind::HeaderSize { found: size },
            };
            return Ok((first, Err(error)));
        };
        let mut raw = RawHeader::read(
            source,
            Part::DibHeader,
            kind.header().0,
            offset,
            u64::from(size),
        )?;
        if kind != DibKind::Os2 && OS2_HEADER.ends_at(u64::from(size)) && is_os2_only(&raw) {
            kind = DibKind::Os2;
            raw = RawHeader::read(
                source,
                Part::DibHeader,
                &OS2_HEADER,
                offset,
                u64::from(size),
            )?;
        }
        let header = whole(&raw).map(|()| DibHeader::of(kind, &raw));
        Ok((raw, header))
    }

    /// A DIB header in place of the one that a PNG file of an icon lacks.
    pub(super) fn of_png(width: i64, height: i64, size: u64) -> DibHeader {
        DibHeader {
            kind: DibKind::Info,
            header_size: 0,
            width,
            height,
            planes: 1,
            bit_count: 0,
            compression: Compression::Png,
            image_size: u32::try_from(size).unwrap_or(0),
            pixels_per_meter: [0, 0],
            colors_used: 0,
            colors_important: 0,
            masks: None,
            color_space: None,
        }
    }

    /// Whether a file begins with a DIB header, as the clipboard and resources have it. Nothing but
    /// its numbers tells, so all of them must be those of a plain bitmap.
    pub(super) fn is_alone(source: &Source) -> io::Result<bool> {
        let (_, header) = DibHeader::read(source, 0, false)?;
        Ok(header.is_ok_and(|dib| {
            let size = u64::from(dib.header_size);
            let is_whole = DibKind::ALL.iter().any(|kind| kind.header().1 == size);
            let sides = dib.width > 0 && dib.height != 0;
            is_whole && sides && dib.planes == 1 && dib.compression.reads(dib.bit_count)
        }))
    }

    fn of(kind: DibKind, raw: &RawHeader) -> DibHeader {
        let bit_count = raw.short(field!("bit_count"));
        let compression = Compression::new(raw.uint(field!("compression")), kind, bit_count);
        let has_masks = compression.has_masks() && kind >= DibKind::V2;
        DibHeader {
            kind,
            header_size: raw.uint(field!("header_size")),
            width: raw.int(field!("width")),
            height: raw.int(field!("height")),
            planes: raw.short(field!("planes")),
            bit_count,
            compression,
            image_size: raw.uint(field!("image_size")),
            pixels_per_meter: [raw.int(field!("x_ppm")), raw.int(field!("y_ppm"))],
            colors_used: raw.uint(field!("colors_used")),
            colors_important: raw.uint(field!("colors_important")),
            masks: has_masks.then(|| Masks::of(raw)),
            color_space: (kind >= DibKind::V4)
                .then(|| ColorSpace::new(raw.uint(field!("cs_type")))),
        }
    }

    /// Whether the first row in the file is the top one.
    pub fn is_top_down(&self) -> bool {
        self.height < 0
    }

    /// How many rows the picture has.
    pub fn rows(&self) -> u64 {
        self.height.unsigned_abs()
    }

    /// The size of a row in bytes, a multiple of 4, where rows have a size of their own.
    ///
    /// `None` with compressed pixels, with a bit count that doesn't go with the compression, and
    /// where the width is not above 0.
    pub fn stride(&self) -> Option<u64> {
        self.row_bits()?.div_ceil(32).checked_mul(4)
    }

    /// The bytes of a row that hold pixels, without the padding after them; `None` as for
    /// [`DibHeader::stride`].
    pub fn row_bytes(&self) -> Option<u64> {
        Some(self.row_bits()?.div_ceil(8))
    }

    fn row_bits(&self) -> Option<u64> {
        if !self.compression.is_rows() || !self.compression.reads(self.bit_count) {
            return None;
        }
        let width = u64::try_from(self.width).ok().filter(|&width| width > 0)?;
        width.checked_mul(u64::from(self.bit_count))
    }

    /// The size of all rows in bytes, by the dimensions; `None` as for [`DibHeader::stride`] and
    /// where the product overflows.
    pub fn rows_size(&self) -> Option<u64> {
        self.stride()?.checked_mul(self.rows())
    }

    /// The bytes of padding after the pixels of a row; `None` as for [`DibHeader::stride`].
    pub fn row_padding(&self) -> Option<u64> {
        self.stride()?.checked_sub(self.row_bytes()?)
    }

    /// How many rows have a pixel that `there` bytes from the beginning of the pixels don't hold;
    /// `None` as for [`DibHeader::stride`]. Padding after the last row is no pixel.
    pub fn lost_rows(&self, there: u64) -> Option<u64> {
        let with_padding = there.saturating_add(self.row_padding()?);
        let whole = with_padding.checked_div(self.stride()?)?;
        Some(self.rows().saturating_sub(whole))
    }

    /// Palette entries that the bit count reaches: 2 for 1 bit, 256 for 8, none beyond.
    pub fn reachable_colors(&self) -> u64 {
        match self.bit_count {
            bits @ 1..=8 => 1_u64.checked_shl(u32::from(bits)).unwrap_or(0),
            _ => 0,
        }
    }

    /// Dots an inch, across and down, where the header states both.
    pub fn dpi(&self) -> Option<[f64; 2]> {
        let [x, y] = self.pixels_per_meter.map(|ppm| {
            let ppm = i32::try_from(ppm).ok().filter(|&ppm| ppm > 0)?;
            Some(f64::from(ppm) * 0.0254)
        });
        Some([x?, y?])
    }
}

impl Masks {
    /// Whether no mask has a bit, in pixels of 24 or 32 bits: then bytes of blue, green and red are
    /// meant, as most programs take it.
    pub(super) fn are_default(self, bits: u16) -> bool {
        let any = self.red | self.green | self.blue | self.alpha;
        any == 0 && matches!(bits, 24 | 32)
    }

    /// The size in bytes of the masks after a header of 40 bytes, with or without one for alpha.
    pub(super) fn size(alpha: bool) -> u64 {
        let last = MASKS.range(field!("alpha_mask"), 0);
        last.map_or(0, |last| if alpha { last.end() } else { last.offset })
    }

    pub(super) fn of(raw: &RawHeader) -> Masks {
        Masks {
            red: raw.uint(field!("red_mask")),
            green: raw.uint(field!("green_mask")),
            blue: raw.uint(field!("blue_mask")),
            alpha: raw.uint(field!("alpha_mask")),
        }
    }
}

/// A whole header that begins with a file type; of anything else, only those first bytes.
fn signed(
    source: &Source,
    part: Part,
    offset: u64,
) -> io::Result<(RawHeader, Result<FileType, Error>)> {
    let array = part == Part::ArrayHeader;
    let header = if array { &ARRAY_HEADER } else { &FILE_HEADER };
    let raw = RawHeader::read(source, part, header, offset, header.size())?;
    match file_type(&raw, array) {
        Ok(file_type) => {
            let header = whole(&raw).map(|()| file_type);
            Ok((raw, header))
        }
        Err(error) => {
            let signature = raw.field_range(field!("type")).size;
            let raw = RawHeader::read(source, part, header, offset, signature)?;
            Ok((raw, Err(error)))
        }
    }
}

/// The file type at the beginning of a header, which must be one of an array or one of none.
fn file_type(raw: &RawHeader, array: bool) -> Result<FileType, Error> {
    let found = raw.bytes(field!("type"));
    if found.is_empty() {
        whole(raw)?;
    }
    let (field, expected) = if array {
        ("array_header.type", "BA")
    } else if raw.range().offset == 0 {
        ("file_header.type", "BM, BA, CI, CP, IC or PT")
    } else {
        ("file_header.type", "BM, CI, CP, IC or PT")
    };
    FileType::from_signature(found)
        .filter(|&found| (found == FileType::Array) == array)
        .ok_or_else(|| Error {
            offset: raw.range().offset,
            field,
            kind: ErrorKind::Signature {
                found: Bytes::from(found),
                expected,
            },
        })
}

/// Whether the file holds all of a header.
pub(super) fn whole(raw: &RawHeader) -> Result<(), Error> {
    if raw.is_whole() {
        return Ok(());
    }
    Err(Error {
        offset: raw.range().offset,
        field: raw.name(),
        kind: ErrorKind::Short {
            needed: raw.declared(),
            available: raw.range().size,
        },
    })
}

/// The kind of a header of that size.
fn choose(size: u32, os2: bool) -> Option<DibKind> {
    let size = u64::from(size);
    let os2_size = size >= OS2_SMALLEST && OS2_HEADER.ends_at(size);
    let windows = DibKind::ALL
        .into_iter()
        .filter(|kind| *kind != DibKind::Os2);
    let mut exact = windows.filter(|kind| kind.header().1 == size);
    match exact.next() {
        Some(DibKind::Core) => Some(DibKind::Core),
        _ if os2 && os2_size => Some(DibKind::Os2),
        Some(kind) => Some(kind),
        None => os2_size.then_some(DibKind::Os2),
    }
}

/// The bytes that a header of OS/2 2.x has at least.
const OS2_SMALLEST: u64 = 16;

impl DibKind {
    /// Every kind.
    const ALL: [DibKind; 7] = [
        DibKind::Core,
        DibKind::Os2,
        DibKind::Info,
        DibKind::V2,
        DibKind::V3,
        DibKind::V4,
        DibKind::V5,
    ];

    /// The schema of the header, and its size in bytes; for OS/2 2.x, the largest.
    pub(super) fn header(self) -> (&'static Header, u64) {
        match self {
            DibKind::Core => (&CORE_HEADER, 12),
            DibKind::Os2 => (&OS2_HEADER, 64),
            DibKind::Info => (&WINDOWS_HEADER, 40),
            DibKind::V2 => (&WINDOWS_HEADER, 52),
            DibKind::V3 => (&WINDOWS_HEADER, 56),
            DibKind::V4 => (&WINDOWS_HEADER, 108),
            DibKind::V5 => (&WINDOWS_HEADER, 124),
        }
    }
}

/// Compressions that no Windows header has, with the bit counts they go with.
fn is_os2_only(raw: &RawHeader) -> bool {
    matches!(
        (raw.int(field!("compression")), raw.int(field!("bit_count"))),
        (3, 1) | (4, 24)
    )
}

#[cfg(test)]
mod tests;

//! The bitmaps of a file: one, the two of a color icon, or the chain of an OS/2 array.

use super::regions::Part;
use std::collections::HashSet;
use std::io;

use crate::offset::Position;
use crate::schema::Field;
use crate::source::Source;
use crate::tree::Range;
use crate::value::Bytes;

use super::error::Error;
use super::header::{ArrayHeader, DibHeader, FileHeader, Masks, whole};
use super::icon;
use super::layout::{
    ARRAY_HEADER, COLOR_QUAD, COLOR_TRIPLE, FILE_HEADER, ICON_DIRECTORY, ICON_ENTRY, MASKS, field,
};
use super::names::{ColorSpace, Compression, DibKind, FileType};
use super::palette::Palette;
use super::pixel_offset::PixelOffset;
use super::raw::RawHeader;

/// Bitmaps of one file that are read, at most: an array holds a handful.
pub const MAX_BITMAPS: usize = 1024;

/// Bytes of a profile's path that are read, at most: as long as paths of Windows are.
pub const MAX_PATH: u64 = 260;

/// One bitmap: its headers as far as they are there, and where its parts lie.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Bitmap {
    /// The headers in the order of the file, field by field.
    pub headers: Vec<RawHeader>,
    /// The entry of the array, where the bitmap is in one.
    pub array: Option<ArrayHeader>,
    /// The file header, if it can be read.
    pub file: Option<FileHeader>,
    /// The DIB header, if it can be read.
    pub dib: Option<DibHeader>,
    /// The palette, where the headers call for one; possibly empty.
    pub palette: Option<Palette>,
    /// Where the pixels begin: at the stated offset, unless that leads into the headers, the palette
    /// or out of the file, and the pixels can be after the palette.
    pub pixels_at: u64,
    /// The pixels from there on as the headers claim them: may overlap other parts or leave the file.
    pub pixels: Option<Range>,
    /// The bits that tell which pixels of an icon or cursor of Windows are transparent, a row of
    /// whole 32-bit words for each row of pixels.
    pub mask: Option<Range>,
    /// How many rows have a pixel that the file doesn't hold. `None` where the headers don't tell,
    /// as of compressed pixels before [`check`](super::check()) reads them.
    pub lost_rows: Option<u64>,
    /// The ICC profile, or the path of one, as the header claims it.
    pub profile: Option<Range>,
    /// The path of a profile outside the file, in Windows-1252; at most [`MAX_PATH`] bytes of it.
    /// Nothing here opens it.
    pub linked_profile: Option<Bytes>,
}

/// The result of a walk through the file.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) bitmaps: Vec<Bitmap>,
    /// Why a header could not be read, one error a bitmap at most.
    pub(super) errors: Vec<Error>,
    /// The errors of the array's chain: the field, and the message.
    pub(super) chain: Vec<(Range, String)>,
}

impl Bitmap {
    /// The header that is that part of the file.
    pub fn header(&self, part: Part) -> Option<&RawHeader> {
        self.headers.iter().find(|header| header.part() == part)
    }

    /// How many bytes the pixels take by the headers: their rows, or the image size where they are
    /// compressed. `None` where neither says it.
    pub fn pixel_bytes(&self) -> Option<u64> {
        let dib = self.dib.as_ref()?;
        let stated = u64::from(dib.image_size);
        dib.rows_size()
            .or(Some(stated).filter(|&size| size > 0 && !dib.compression.is_rows()))
    }

    /// How many bytes of the pixels a file of `file_size` bytes holds.
    pub fn pixel_bytes_present(&self, file_size: u64) -> u64 {
        let present = |claim: Range| claim.intersect(Range::file(0, file_size));
        self.pixels.and_then(present).map_or(0, |range| range.size)
    }

    /// The bytes of a field of one of the headers.
    pub(super) fn field(&self, part: Part, field: Field) -> Range {
        let header = self.header(part);
        header.map_or(Range::file(0, 0), |header| header.field_range(field))
    }

    /// Where the headers end, the masks among them.
    pub(super) fn headers_end(&self) -> u64 {
        self.headers.last().map_or(0, |header| header.range().end())
    }

    /// Where the headers and the palette end.
    pub(super) fn end(&self) -> u64 {
        let palette = self.palette.as_ref().filter(|palette| !palette.is_empty());
        palette.map_or(self.headers_end(), |palette| palette.range().end())
    }

    /// Whether it is an image of an icon or cursor of Windows.
    pub(super) fn is_icon(&self) -> bool {
        self.header(Part::IconEntry).is_some()
    }

    /// Reads the bitmap whose file header is at `offset`, and adds what it finds.
    fn read(&mut self, source: &Source, file_size: u64, offset: u64) -> io::Result<Option<Error>> {
        let (raw, file) = FileHeader::read(source, offset)?;
        self.headers.push(raw);
        let file = match file {
            Ok(file) => file,
            Err(error) => return Ok(Some(error)),
        };
        let os2 = self.array.is_some() || file.file_type != FileType::Bitmap;
        self.pixels_at = u64::from(file.pixel_offset);
        self.file = Some(file);

        let dib_offset = offset.past(FILE_HEADER.size());
        self.read_dib(source, file_size, dib_offset, os2)
    }

    /// Reads the DIB header at `dib_offset` and the parts that it describes.
    fn read_dib(
        &mut self,
        source: &Source,
        file_size: u64,
        dib_offset: u64,
        os2: bool,
    ) -> io::Result<Option<Error>> {
        let (raw, dib) = DibHeader::read(source, dib_offset, os2)?;
        self.headers.push(raw);
        let mut dib = match dib {
            Ok(dib) => dib,
            Err(error) => return Ok(Some(error)),
        };
        if dib.kind == DibKind::Info && dib.compression.has_masks() {
            let alpha = dib.compression == Compression::AlphaBitFields;
            let size = Masks::size(alpha);
            let masks = RawHeader::read(source, Part::Masks, &MASKS, self.headers_end(), size)?;
            let cut = whole(&masks);
            dib.masks = Some(Masks::of(&masks));
            self.headers.push(masks);
            if let Err(error) = cut {
                return Ok(Some(error));
            }
        }
        if self.is_icon() {
            // The colors, then as many rows of the mask.
            dib.height /= 2;
        }
        self.place(source, file_size, dib_offset, &dib);
        if let (Some(ColorSpace::Linked), Some(claim)) = (dib.color_space, self.profile) {
            let path = source.read(claim.offset, claim.size.min(MAX_PATH))?;
            self.linked_profile = Some(Bytes::from(path));
        }
        self.dib = Some(dib);
        Ok(None)
    }

    /// Says where palette, profile and pixels lie.
    fn place(&mut self, source: &Source, file_size: u64, dib_offset: u64, dib: &DibHeader) {
        let start = self.headers_end();
        let reachable = dib.reachable_colors();
        let claimed = match dib.colors_used {
            0 => reachable,
            used => u64::from(used),
        };
        let layout = match dib.kind {
            DibKind::Core => &COLOR_TRIPLE,
            _ => &COLOR_QUAD,
        };
        if matches!(
            dib.color_space,
            Some(ColorSpace::Embedded | ColorSpace::Linked)
        ) && let Some(raw) = self.header(Part::DibHeader)
            && raw.uint(field!("profile_size")) > 0
        {
            let offset = dib_offset.past(u64::from(raw.uint(field!("profile_offset"))));
            self.profile = Some(Range::file(
                offset,
                u64::from(raw.uint(field!("profile_size"))),
            ));
        }

        let is_rows = dib.compression.is_rows() && dib.compression.reads(dib.bit_count);
        let stored = if is_rows {
            dib.rows_size()
        } else {
            Some(u64::from(dib.image_size)).filter(|&size| size > 0)
        };
        let after = |colors: u64| start.item(colors, layout.size());
        let stated = self.file.as_ref().map(|file| u64::from(file.pixel_offset));
        // Without an offset, the palette is as long as the header says.
        let sure = match stated {
            Some(_) => claimed.min(reachable),
            None => claimed,
        };
        let place = PixelOffset {
            stated,
            start,
            first_color: after(reachable.min(claimed).min(1)),
            palette_end: after(sure),
            // The padding of the last row may be missing.
            size: stored.map(|size| size.saturating_sub(dib.row_padding().unwrap_or(0))),
            file_size,
        };
        self.pixels_at = place.pixels(is_rows);
        if claimed > 0 {
            let limit = self.pixels_at.min(file_size);
            self.palette = Some(Palette::new(source, layout, start, claimed, limit));
        }

        let size = stored.or_else(|| {
            // Without a size, pixels go on until something else begins.
            let profile = self
                .profile
                .filter(|profile| profile.offset > self.pixels_at);
            let end = profile.map_or(file_size, |profile| profile.offset);
            (!is_rows).then_some(end.saturating_sub(self.pixels_at))
        });
        self.pixels = size
            .filter(|&size| size > 0)
            .map(|size| Range::file(self.pixels_at, size));
        self.lost_rows = dib.lost_rows(self.pixel_bytes_present(file_size));
        if self.is_icon()
            && let Some(pixels) = self.pixels
        {
            let row = u64::try_from(dib.width).unwrap_or(0).div_ceil(32);
            let size = row.saturating_mul(4).saturating_mul(dib.rows());
            self.mask = Some(Range::file(pixels.end(), size)).filter(|mask| mask.size > 0);
        }
    }

    /// A PNG file in an icon: the directory entry replaces the DIB header.
    fn png(&mut self, width: i64, height: i64, file: Range) {
        self.dib = Some(DibHeader::of_png(width, height, file.size));
        self.pixels_at = file.offset;
        self.pixels = Some(file);
    }
}

impl Walk {
    pub(super) fn new(source: &Source, file_size: u64) -> io::Result<Walk> {
        let mut walk = Walk::default();
        let first = RawHeader::read(
            source,
            Part::ArrayHeader,
            &ARRAY_HEADER,
            0,
            ARRAY_HEADER.size(),
        )?;
        match FileType::from_signature(first.bytes(field!("type"))) {
            Some(FileType::Array) => walk.array(source, file_size)?,
            None if icon::is_icon(source)? => walk.icon(source, file_size)?,
            None if DibHeader::is_alone(source)? => {
                let mut bitmap = Bitmap::default();
                let error = bitmap.read_dib(source, file_size, 0, false)?;
                walk.bitmaps.push(bitmap);
                walk.errors.extend(error);
            }
            _ => walk.bitmaps_at(source, file_size, 0, Bitmap::default())?,
        }
        Ok(walk)
    }

    /// The images of an icon or cursor of Windows, in the order of its directory. A directory without
    /// images is a bitmap with nothing else.
    pub(super) fn icon(&mut self, source: &Source, file_size: u64) -> io::Result<()> {
        let size = ICON_DIRECTORY.size();
        let directory = RawHeader::read(source, Part::IconDirectory, &ICON_DIRECTORY, 0, size)?;
        let cut = whole(&directory).err();
        let count = u64::from(directory.short(field!("count")));
        let mut entries = size;
        let count_field = directory.field_range(field!("count"));
        let mut headers = vec![directory];
        for _ in 0..count.min(MAX_BITMAPS as u64) {
            let entry = RawHeader::read(
                source,
                Part::IconEntry,
                &ICON_ENTRY,
                entries,
                ICON_ENTRY.size(),
            )?;
            entries = entry.range().end();
            let error = whole(&entry).err();
            let image = icon::Image::of(&entry);
            let mut bitmap = Bitmap {
                headers: std::mem::take(&mut headers),
                ..Bitmap::default()
            };
            bitmap.headers.push(entry);
            let error = match error {
                Some(error) => Some(error),
                None if icon::is_png(source, image.file)? => {
                    bitmap.png(image.width, image.height, image.file);
                    None
                }
                None => bitmap.read_dib(source, file_size, image.file.offset, false)?,
            };
            let cut = error
                .as_ref()
                .is_some_and(|error| error.field() == Part::IconEntry.name());
            self.bitmaps.push(bitmap);
            self.errors.extend(error);
            if cut {
                return Ok(());
            }
        }
        if !headers.is_empty() {
            self.bitmaps.push(Bitmap {
                headers,
                ..Bitmap::default()
            });
            self.errors.extend(cut);
        }
        if count > MAX_BITMAPS as u64 {
            let message = format!(
                "the directory has {count} images; after {MAX_BITMAPS} the rest is not read"
            );
            self.chain.push((count_field, message));
        }
        Ok(())
    }

    /// Follows the chain of an array. Offsets it was at before end it, and so does its length.
    fn array(&mut self, source: &Source, file_size: u64) -> io::Result<()> {
        let mut visited = HashSet::new();
        let mut offset = 0;
        loop {
            visited.insert(offset);
            let (raw, array) = ArrayHeader::read(source, offset)?;
            let next_field = raw.field_range(field!("next_offset"));
            let mut bitmap = Bitmap::default();
            bitmap.headers.push(raw);
            let array = match array {
                Ok(array) => array,
                Err(error) => {
                    self.errors.push(error);
                    self.bitmaps.push(bitmap);
                    return Ok(());
                }
            };
            let next = u64::from(array.next_offset);
            bitmap.array = Some(array);
            let file_header = offset.past(ARRAY_HEADER.size());
            self.bitmaps_at(source, file_size, file_header, bitmap)?;

            let fault = if next == 0 {
                return Ok(());
            } else if next >= file_size {
                format!("the array goes on at {next:#x}, the file ends at {file_size:#x}")
            } else if visited.contains(&next) {
                format!(
                    "the array goes on at {next:#x}, where it was before: its chain is a circle"
                )
            } else if self.bitmaps.len() >= MAX_BITMAPS {
                format!(
                    "the array goes on at {next:#x} after {MAX_BITMAPS} bitmaps; the rest is not read"
                )
            } else {
                offset = next;
                continue;
            };
            self.chain.push((next_field, fault));
            return Ok(());
        }
    }

    /// Reads the bitmap at `offset`, and the second one of a color icon or pointer.
    fn bitmaps_at(
        &mut self,
        source: &Source,
        file_size: u64,
        offset: u64,
        mut bitmap: Bitmap,
    ) -> io::Result<()> {
        let error = bitmap.read(source, file_size, offset)?;
        let is_pair = bitmap
            .file
            .as_ref()
            .is_some_and(|file| file.file_type.is_pair());
        let second = (is_pair && error.is_none()).then(|| Bitmap {
            array: bitmap.array.clone(),
            ..Bitmap::default()
        });
        let end = bitmap.end();
        self.bitmaps.push(bitmap);
        self.errors.extend(error);
        if let Some(mut second) = second {
            let error = second.read(source, file_size, end)?;
            self.bitmaps.push(second);
            self.errors.extend(error);
        }
        Ok(())
    }
}

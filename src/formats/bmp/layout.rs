//! Every structure of the BMP family as a named format: the only offsets in the program.
//!
//! A [`Layout`] can be cut behind any of its fields. That is how one line serves all Windows
//! headers, how OS/2 2.x headers may end early, and how a header that the file cuts short still
//! shows the fields that are there.

use std::sync::OnceLock;

use crate::structs::Struct;
use crate::tree::Range;

/// BITMAPFILEHEADER: 14 bytes in front of every bitmap.
pub static FILE_HEADER: Layout = Layout::new(
    "file_header",
    "<2s:type I:size H:reserved1 H:reserved2 I:pixel_offset",
);

/// BITMAPARRAYFILEHEADER of OS/2 without the file header that follows it: 14 bytes.
/// `next_offset` counts from the start of the file, 0 ends the chain.
pub static ARRAY_HEADER: Layout = Layout::new(
    "array_header",
    "<2s:type I:header_size I:next_offset H:display_width H:display_height",
);

/// BITMAPCOREHEADER of OS/2 1.x and Windows 2: 12 bytes.
pub static CORE_HEADER: Layout = Layout::new(
    "dib_header",
    "<I:header_size H:width H:height H:planes H:bit_count",
);

/// BITMAPINFOHEADER2 of OS/2 2.x: 64 bytes, or 16 and more up to the end of any later field.
pub static OS2_HEADER: Layout = Layout::new(
    "dib_header",
    "<I:header_size I:width I:height H:planes H:bit_count \
      I:compression I:image_size i:x_ppm i:y_ppm I:colors_used I:colors_important \
      H:units H:reserved H:recording H:rendering \
      I:size1 I:size2 I:color_encoding I:identifier",
);

/// The Windows headers, each the beginning of the next one, a line for what each adds:
/// BITMAPINFOHEADER (40 bytes), V2 (52), V3 (56), BITMAPV4HEADER (108), BITMAPV5HEADER (124).
///
/// End points are CIE XYZ in 2.30 fixed point, gammas are 16.16 fixed point, the profile's offset
/// counts from the first byte of this header.
pub static WINDOWS_HEADER: Layout = Layout::new(
    "dib_header",
    "<I:header_size i:width i:height H:planes H:bit_count \
      I:compression I:image_size i:x_ppm i:y_ppm I:colors_used I:colors_important \
      I:red_mask I:green_mask I:blue_mask \
      I:alpha_mask \
      I:cs_type i:red_x i:red_y i:red_z i:green_x i:green_y i:green_z i:blue_x i:blue_y i:blue_z \
      I:gamma_red I:gamma_green I:gamma_blue \
      I:intent I:profile_offset I:profile_size I:reserved",
);

/// Color masks behind a 40-byte Windows header: 12 bytes with `BI_BITFIELDS`, 16 with
/// `BI_ALPHABITFIELDS`.
pub static MASKS: Layout =
    Layout::new("masks", "<I:red_mask I:green_mask I:blue_mask I:alpha_mask");

/// ICONDIR of Windows: in front of the entries of an icon (type 1) or a cursor (type 2).
pub static ICON_DIRECTORY: Layout = Layout::new("icon_directory", "<H:reserved H:type H:count");

/// ICONDIRENTRY: 16 bytes for each image. A cursor has its hotspot in the place of planes and bit
/// count. A side of 0 is one of 256 pixels.
pub static ICON_ENTRY: Layout = Layout::new(
    "icon_entry",
    "<B:width B:height B:colors B:reserved H:planes H:bit_count I:size I:offset",
);

/// RGBTRIPLE: a palette entry of the 12-byte header.
pub static COLOR_TRIPLE: Layout = Layout::new("palette", "<B:blue B:green B:red");

/// RGBQUAD: a palette entry of every other header.
pub static COLOR_QUAD: Layout = Layout::new("palette", "<B:blue B:green B:red B:reserved");

/// The beginning of an ICC profile, as far as the signature that every profile carries; big-endian.
pub static PROFILE_HEADER: Layout = Layout::new(
    "profile",
    ">I:size 4s:cmm I:version 4s:class 4s:color_space 4s:pcs 12s:created 4s:signature",
);

/// Every layout of the format.
pub static ALL: [&Layout; 11] = [
    &FILE_HEADER,
    &ARRAY_HEADER,
    &CORE_HEADER,
    &OS2_HEADER,
    &WINDOWS_HEADER,
    &MASKS,
    &ICON_DIRECTORY,
    &ICON_ENTRY,
    &COLOR_TRIPLE,
    &COLOR_QUAD,
    &PROFILE_HEADER,
];

/// A structure of the format: its name in the tree and its format string.
///
/// ```
/// use bytewright::formats::bmp::layout::WINDOWS_HEADER;
///
/// assert_eq!(WINDOWS_HEADER.size(), 124);
/// assert_eq!(WINDOWS_HEADER.offset("red_mask"), Some(40));
/// ```
#[derive(Debug)]
pub struct Layout {
    name: &'static str,
    format: &'static str,
    fields: OnceLock<Vec<Field>>,
}

#[derive(Debug)]
struct Field {
    item: &'static str,
    start: u64,
    end: u64,
    /// The struct that ends with this field, compiled when it is first asked for.
    cut: OnceLock<Struct>,
}

impl Layout {
    const fn new(name: &'static str, format: &'static str) -> Layout {
        Layout {
            name,
            format,
            fields: OnceLock::new(),
        }
    }

    /// The name of the structure in a tree.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The format string of the whole structure.
    pub const fn format(&self) -> &'static str {
        self.format
    }

    /// The size of the whole structure in bytes.
    pub fn size(&self) -> u64 {
        self.fields().last().map_or(0, |field| field.end)
    }

    /// The whole structure, to read and write it.
    pub fn whole(&self) -> Option<&Struct> {
        self.cut(self.size())
    }

    /// The structure cut behind the last field that fits into `size` bytes; `None` where not even
    /// the first does.
    ///
    /// ```
    /// use bytewright::formats::bmp::layout::OS2_HEADER;
    ///
    /// let short = OS2_HEADER.cut(19).unwrap();
    /// assert_eq!(short.size(), Some(16));
    /// ```
    pub fn cut(&self, size: u64) -> Option<&Struct> {
        let fields = self.fields();
        let count = fields.iter().take_while(|field| field.end <= size).count();
        let kept = fields.get(..count)?;
        let cut = &kept.last()?.cut;
        Some(cut.get_or_init(|| {
            let items: Vec<&str> = kept.iter().map(|field| field.item).collect();
            compile(&format!("{}{}", self.order(), items.join(" ")))
        }))
    }

    /// Whether a field ends `size` bytes behind the beginning.
    pub fn ends_at(&self, size: u64) -> bool {
        self.fields().iter().any(|field| field.end == size)
    }

    /// Where the field of that name begins, in bytes from the beginning of the structure.
    pub fn offset(&self, name: &str) -> Option<u64> {
        self.field(name).map(|field| field.start)
    }

    /// The bytes of the field of that name in a structure that begins at `base`.
    pub(super) fn range(&self, name: &str, base: u64) -> Option<Range> {
        let field = self.field(name)?;
        let size = field.end.saturating_sub(field.start);
        Some(Range::file(base.saturating_add(field.start), size))
    }

    fn field(&self, name: &str) -> Option<&Field> {
        self.fields().iter().find(|field| {
            field
                .item
                .strip_suffix(name)
                .is_some_and(|code| code.ends_with(':'))
        })
    }

    fn order(&self) -> &'static str {
        self.format.get(..1).unwrap_or_default()
    }

    fn fields(&self) -> &[Field] {
        self.fields.get_or_init(|| {
            let items = self.format.get(1..).unwrap_or_default();
            let mut end = 0_u64;
            items
                .split_whitespace()
                .map(|item| {
                    let start = end;
                    let size = compile(&format!("{}{item}", self.order())).size();
                    end = start.saturating_add(size.unwrap_or(0));
                    Field {
                        item,
                        start,
                        end,
                        cut: OnceLock::new(),
                    }
                })
                .collect()
        })
    }
}

#[expect(
    clippy::expect_used,
    reason = "the formats stand in this file, and a test compiles every cut of each"
)]
fn compile(format: &str) -> Struct {
    Struct::new(format).expect("the layouts of BMP compile")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_has_the_size_of_its_specification() {
        let sizes: Vec<u64> = ALL.iter().map(|layout| layout.size()).collect();
        assert_eq!(sizes, [14, 14, 12, 64, 124, 16, 6, 16, 3, 4, 40]);
    }

    #[test]
    fn every_cut_compiles_and_ends_where_its_last_field_ends() {
        for layout in ALL {
            for size in 0..=layout.size() {
                match layout.cut(size) {
                    Some(cut) if layout.ends_at(size) => assert_eq!(cut.size(), Some(size)),
                    Some(cut) => assert!(cut.size().unwrap() < size),
                    None => assert!(size < layout.fields()[0].end),
                }
            }
        }
    }

    #[test]
    fn windows_headers_end_where_the_specification_says() {
        for (first_added, size) in [
            ("red_mask", 40),
            ("alpha_mask", 52),
            ("cs_type", 56),
            ("intent", 108),
        ] {
            assert_eq!(WINDOWS_HEADER.offset(first_added), Some(size));
        }
        assert_eq!(WINDOWS_HEADER.offset("gamma_red"), Some(96));
        assert_eq!(WINDOWS_HEADER.offset("profile_offset"), Some(112));
    }
}

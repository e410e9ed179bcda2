//! Where the pixels begin, also where the pixel offset is wrong.

/// The values that decide where the pixels begin.
pub(super) struct PixelOffset {
    /// The pixel offset of the file header; `None` where there is no such header.
    pub(super) stated: Option<u64>,
    /// Where the headers end.
    pub(super) start: u64,
    /// Where the first palette entry ends.
    pub(super) first_color: u64,
    /// Where the palette ends, as far as it is sure to be there.
    pub(super) palette_end: u64,
    /// How many bytes the pixels take, where the headers say it.
    pub(super) size: Option<u64>,
    pub(super) file_size: u64,
}

impl PixelOffset {
    /// The offset of the pixels. Only for uncompressed rows, the size tells where they fit.
    pub(super) fn pixels(&self, is_rows: bool) -> u64 {
        let fits = |at: u64| {
            let end = at.checked_add(self.size.unwrap_or(1));
            end.is_some_and(|end| end <= self.file_size)
        };
        let Some(stated) = self.stated else {
            return self.palette_end;
        };
        if stated < self.first_color {
            // A writer that forgot the palette in the offset, unless the pixels leave no room for one.
            let without = stated.max(self.start);
            return match fits(without) && !fits(self.palette_end) {
                true => without,
                false => self.palette_end,
            };
        }
        let after = is_rows && self.size.is_some() && fits(self.palette_end);
        if stated >= self.file_size && after {
            return self.palette_end;
        }
        stated
    }
}

//! The dump for people, laid out as `hexdump -C` does, with colors and the names of fields.

use std::io::{self, Read, Write};

use unicode_width::UnicodeWidthStr;

use super::CONTINUED;
use super::digits::{self, LOWER, UPPER};
use super::mark::{Mark, Paint};
use super::marks::Marks;
use super::pages::pages;

/// Bytes a line, from the most to the least, to choose from by the width of the terminal.
const COLUMNS: [usize; 4] = [32, 16, 8, 4];

/// Bytes a line where lines may be as long as they are.
const USUAL: usize = 16;

/// Between so many bytes stands one space more.
const HALF: usize = 8;

/// Labels get so many columns at least.
const LABELS: usize = 28;

/// The dump for people: offset, bytes, text, in the layout of `hexdump -C`. Lines that repeat the
/// one above are left out, and a `*` stands for them; the last line is always there.
///
/// ```
/// use bytewright::render::hex::{Canonical, Mark};
///
/// let mut dump = Vec::new();
/// let header = &b"BM8\x8c\n\0\0\0"[..];
/// let marks = [Mark::new(0..2, "magic").color(0), Mark::new(2..6, "size").color(1)];
/// Canonical::new().columns(Some(8)).write(header, 0, Some(&mut marks.map(Ok).into_iter()), &mut dump)?;
/// assert_eq!(dump, b"00000000 |42 4d|38 8c 0a 00|00 00  |BM8.....|  magic  size\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Canonical {
    columns: Option<u16>,
    width: Option<usize>,
    end: Option<u64>,
    color: bool,
    upper: bool,
}

/// What comes over the bytes, in the order of where they begin.
pub type MarkIterator<'a> = &'a mut dyn Iterator<Item = io::Result<Mark>>;

impl Canonical {
    /// 16 bytes a line, without colors.
    pub fn new() -> Canonical {
        Canonical::default()
    }

    /// So many bytes a line; otherwise, as many as fit.
    #[must_use]
    pub fn columns(mut self, columns: Option<u16>) -> Canonical {
        self.columns = columns;
        self
    }

    /// The width of the terminal in columns; without one, lines may be as long as they are.
    #[must_use]
    pub fn width(mut self, width: Option<usize>) -> Canonical {
        self.width = width;
        self
    }

    /// Where the bytes end, if that is known: offsets are as long as it takes.
    #[must_use]
    pub fn end(mut self, end: Option<u64>) -> Canonical {
        self.end = end;
        self
    }

    /// Whether bytes have colors: by their marks, or else by what they are.
    #[must_use]
    pub fn color(mut self, color: bool) -> Canonical {
        self.color = color;
        self
    }

    /// Bytes, but not offsets, in upper case.
    #[must_use]
    pub fn upper(mut self, upper: bool) -> Canonical {
        self.upper = upper;
        self
    }

    /// Writes the dump of what `input` gives, from the offset `start` on, with marks or without.
    /// A bar stands where a mark begins or ends. Where one begins before another has ended, the
    /// later one has the bytes.
    ///
    /// # Errors
    ///
    /// Those of `input`, `marks` and `out`.
    pub fn write(
        &self,
        input: impl Read,
        start: u64,
        marks: Option<MarkIterator<'_>>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let mut writer = Writer {
            layout: Layout::new(self, marks.is_some()),
            marks: marks.map(Marks::new),
            offset: start,
            row: Row::default(),
            above: Row::default(),
            held: 0,
            text: Vec::new(),
        };
        pages(input, writer.layout.columns, |bytes| {
            for line in bytes.chunks(writer.layout.columns) {
                writer.line(line)?;
            }
            writer.flush(out)
        })?;
        writer.end();
        writer.flush(out)
    }
}

/// Where the parts of a line stand, and how they are written.
struct Layout {
    offset: usize,
    columns: usize,
    /// The columns of the terminal that labels may take.
    labels: Option<usize>,
    color: bool,
    upper: bool,
}

impl Layout {
    fn new(canonical: &Canonical, marked: bool) -> Layout {
        let offset = match canonical.end {
            Some(end) => digits::count(end.saturating_sub(1)).next_multiple_of(4),
            None => 8,
        };
        let labels = if marked { LABELS } else { 0 };
        let most = if marked { USUAL } else { usize::MAX };
        let fits = |columns: &usize| {
            let width = Layout::width(offset, *columns).saturating_add(labels);
            *columns <= most && canonical.width.is_some_and(|room| width <= room)
        };
        let [.., least] = COLUMNS;
        let columns = match (canonical.columns, canonical.width) {
            (Some(columns), _) => usize::from(columns.max(1)),
            (None, Some(_)) => COLUMNS.into_iter().find(fits).unwrap_or(least),
            (None, None) => USUAL,
        };
        let used = Layout::width(offset, columns);
        let labels = canonical.width.map(|width| width.saturating_sub(used));
        Layout {
            offset,
            columns,
            labels: labels.filter(|&room| room >= LABELS),
            color: canonical.color,
            upper: canonical.upper,
        }
    }

    /// The columns up to the bar behind the text.
    fn width(offset: usize, columns: usize) -> usize {
        let gaps = columns.saturating_sub(1).checked_div(HALF).unwrap_or(0);
        let bytes = columns.saturating_mul(3).saturating_add(gaps);
        offset
            .saturating_add(bytes)
            .saturating_add(columns)
            .saturating_add("  |".len())
            .saturating_add(" |".len())
    }
}

/// The bytes of a line, and what is known of them.
#[derive(Default)]
struct Row {
    offset: u64,
    bytes: Vec<u8>,
    /// How each byte is painted, and whether a bar stands before it.
    looks: Vec<(Paint, bool)>,
    labels: Vec<(Paint, String)>,
}

impl Row {
    /// Whether a `*` can stand for this line below the other.
    fn repeats(&self, above: &Row) -> bool {
        self.bytes == above.bytes
            && self.labels.is_empty()
            && self.looks.iter().all(|(_, bar)| !bar)
            && self
                .looks
                .iter()
                .zip(&above.looks)
                .all(|((paint, _), (other, _))| paint == other)
    }
}

struct Writer<'a> {
    layout: Layout,
    marks: Option<Marks<'a>>,
    offset: u64,
    row: Row,
    /// The line that was written last, or the last one that repeats it.
    above: Row,
    /// How many lines that repeat the one above wait to be written.
    held: u64,
    text: Vec<u8>,
}

impl Writer<'_> {
    fn line(&mut self, bytes: &[u8]) -> io::Result<()> {
        let row = &mut self.row;
        row.offset = self.offset;
        row.bytes.clear();
        row.bytes.extend_from_slice(bytes);
        row.looks.clear();
        row.labels.clear();
        match &mut self.marks {
            None => {
                let looks = bytes.iter().map(|&byte| (Paint::of_byte(byte), false));
                row.looks.extend(looks);
            }
            Some(marks) => {
                let end = self.offset.saturating_add(bytes.len() as u64);
                marks.line(self.offset..end, &mut row.looks, &mut row.labels)?;
            }
        }
        self.offset = self.offset.saturating_add(bytes.len() as u64);
        if self.row.repeats(&self.above) {
            self.held = self.held.saturating_add(1);
        } else {
            self.release(false);
            self.row.write(&self.layout, &mut self.text);
        }
        std::mem::swap(&mut self.row, &mut self.above);
        Ok(())
    }

    fn end(&mut self) {
        self.release(true);
    }

    /// Writes what stands for the lines that wait. A `*` for one line alone would save nothing.
    fn release(&mut self, last: bool) {
        if self.held > 1 {
            self.text.extend_from_slice(b"*\n");
        }
        if self.held == 1 || (self.held > 1 && last) {
            self.above.write(&self.layout, &mut self.text);
        }
        self.held = 0;
    }

    fn flush(&mut self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.text)?;
        self.text.clear();
        out.flush()
    }
}

impl Row {
    fn write(&self, layout: &Layout, text: &mut Vec<u8>) {
        let mut brush = Brush {
            text,
            paint: Paint::None,
            color: layout.color,
        };
        let digits = if layout.upper { &UPPER } else { &LOWER };
        let mut offset = [0; 16];
        digits::offset(self.offset, &mut offset);
        let zeros = 16usize.saturating_sub(digits::count(self.offset).max(layout.offset));
        brush.write(Paint::Quiet, offset.get(zeros..).unwrap_or_default());
        brush.write(Paint::Quiet, b" ");
        let mut bytes = self.bytes.iter().zip(&self.looks);
        for column in 0..layout.columns {
            if column > 0 && column.checked_rem(HALF) == Some(0) {
                brush.space();
            }
            match bytes.next() {
                None => brush.write(brush.paint, b"   "),
                Some((&byte, &(paint, bar))) => {
                    if bar {
                        brush.write(Paint::Quiet, b"|");
                    } else {
                        brush.space();
                    }
                    brush.write(paint, &digits::of(digits, byte));
                }
            }
        }
        brush.write(Paint::Quiet, b"  |");
        for (&byte, &(paint, _)) in self.bytes.iter().zip(&self.looks) {
            brush.write(paint, &[digits::character(byte)]);
        }
        brush.write(Paint::Quiet, b"|");
        self.write_labels(layout, &mut brush);
        brush.write(Paint::None, b"\n");
    }

    /// The labels in a row; what doesn't fit stands below.
    fn write_labels(&self, layout: &Layout, brush: &mut Brush<'_>) {
        let room = layout.labels.unwrap_or(usize::MAX);
        let missing = layout.columns.saturating_sub(self.bytes.len());
        let indent = Layout::width(layout.offset, layout.columns).max(CONTINUED);
        let mut used = 0usize;
        for (i, (paint, label)) in self.labels.iter().enumerate() {
            let width = label.width().saturating_add(2);
            if i == 0 {
                brush.write(Paint::None, " ".repeat(missing).as_bytes());
            } else if used.saturating_add(width) > room {
                brush.write(Paint::None, b"\n");
                brush.write(Paint::None, " ".repeat(indent).as_bytes());
                used = 0;
            }
            brush.write(Paint::None, b"  ");
            brush.write(*paint, label.as_bytes());
            used = used.saturating_add(width);
        }
    }
}

/// Writes text in colors, and changes them only where they change.
struct Brush<'a> {
    text: &'a mut Vec<u8>,
    paint: Paint,
    color: bool,
}

impl Brush<'_> {
    fn write(&mut self, paint: Paint, text: &[u8]) {
        if self.color && paint != self.paint {
            self.text.extend_from_slice(paint.sequence());
            self.paint = paint;
        }
        self.text.extend_from_slice(text);
    }

    /// A space looks the same in every color.
    fn space(&mut self) {
        self.text.push(b' ');
    }
}

//! The dump for people, laid out as `hexdump -C` does, with colors and the names of fields.

use std::io::{self, Read, Write};

use super::digits;
use super::dump::Dump;

/// Bytes a line, from the most to the least, to choose from by the width of the terminal.
const COLUMNS: [usize; 4] = [32, 16, 8, 4];

/// Bytes a line where the width isn't limited.
const USUAL: usize = 16;

/// After this many bytes comes one more space.
pub(super) const HALF: usize = 8;

/// The least columns for labels.
const LABELS: usize = 28;

/// The dump for people: offset, bytes, text, in the layout of `hexdump -C`. Lines that repeat the
/// one above are left out, and a `*` stands for them; the last line is always there.
///
/// ```
/// use bytewright::render::hex::{Canonical, Mark};
///
/// let mut dump = Vec::new();
/// Canonical::new().columns(Some(8)).write(&b"BM8\x8c\n\0\0\0"[..], 0, &mut dump)?;
/// assert_eq!(dump, b"00000000  42 4d 38 8c 0a 00 00 00  |BM8.....|\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Canonical {
    columns: Option<u16>,
    width: Option<usize>,
    end: Option<u64>,
    color: bool,
    upper: bool,
    symbols: bool,
}

impl Canonical {
    /// 16 bytes a line, without colors.
    pub fn new() -> Canonical {
        Canonical::default()
    }

    /// This many bytes a line; otherwise, as many as fit.
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

    /// Whether bytes have colors: those of their marks, or else by their values.
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

    /// Whether what is no printable character of ASCII is told apart in the text: `⋄` is a NUL, `•`
    /// a control character, `×` a byte beyond ASCII. Otherwise all of them are dots.
    #[must_use]
    pub fn symbols(mut self, symbols: bool) -> Canonical {
        self.symbols = symbols;
        self
    }

    /// Writes the dump of what `input` gives, from the offset `start` on. Whole lines are written
    /// as soon as they are there.
    ///
    /// # Errors
    ///
    /// When `input` can't be read, or writing to `out` fails.
    pub fn write(&self, input: impl Read, start: u64, out: impl Write) -> io::Result<()> {
        Dump::new(Layout::new(self, false), input, start, out).finish()
    }

    /// The dump of what `input` gives, from the offset `start` on, to be marked on the way.
    pub fn marked<R: Read, W: Write>(&self, input: R, start: u64, out: W) -> Dump<R, W> {
        Dump::new(Layout::new(self, true), input, start, out)
    }
}

/// Where the parts of a line are, and how they are written.
pub(super) struct Layout {
    pub(super) offset: usize,
    pub(super) columns: usize,
    /// The columns of the terminal that labels may take.
    pub(super) labels: Option<usize>,
    pub(super) color: bool,
    pub(super) upper: bool,
    pub(super) symbols: bool,
    /// Whether bytes have the colors of their marks, not by their values.
    pub(super) marked: bool,
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
            symbols: canonical.symbols,
            marked,
        }
    }

    /// The columns up to the bar after the text.
    pub(super) fn width(offset: usize, columns: usize) -> usize {
        let gaps = columns.saturating_sub(1).checked_div(HALF).unwrap_or(0);
        let bytes = columns.saturating_mul(3).saturating_add(gaps);
        offset
            .saturating_add(bytes)
            .saturating_add(columns)
            .saturating_add("  |".len())
            .saturating_add(" |".len())
    }
}

//! What bytes of an unknown format may be: text, noise, or records of some size and types.
//!
//! All of it follows from samples of bounded size, and all of it is a guess.

mod code_length;
mod columns;
mod entropy;
mod head;
mod period;
mod records;

use std::io;

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

pub use entropy::entropy;

use super::Order;
use crate::Source;
use crate::offset::Position;
use crate::source::part;

/// Bytes of a source that are sampled for records.
const SAMPLE: u64 = 256 << 10;

/// Into this many blocks a source is divided to show where its entropy is.
const BLOCKS: u64 = 32;

/// Bytes of each block that are sampled.
const BLOCK: u64 = 16 << 10;

/// The least bytes for a guess.
const LEAST: usize = 64;

/// The guesses about a source.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Guess {
    /// The size of the source in bytes.
    pub size: u64,
    /// Bytes that were sampled for records.
    pub sampled: u64,
    /// The entropy of the sample in bits a byte.
    pub entropy: f64,
    /// The entropy of blocks, from front to back.
    pub blocks: Vec<Block>,
    /// What it seems to be.
    pub verdict: Verdict,
}

/// The entropy of a part of a source.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Block {
    /// In bytes from the start.
    pub offset: u64,
    /// In bytes, of which at most the first 16 KiB were looked at.
    pub size: u64,
    /// In bits a byte.
    pub entropy: f64,
}

/// What a source seems to be.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// There is nothing.
    Empty,
    /// There is too little to tell.
    Small,
    /// The same byte again and again.
    Uniform(u8),
    /// Lines of text.
    Text,
    /// Every byte is as likely as any other: compressed, encrypted or random.
    Noise,
    /// Neither text nor noise, and no size of records.
    Unknown,
    /// Records of one size.
    Records(Records),
}

/// Records of one size.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Records {
    /// The format of a record.
    pub format: String,
    /// The size of a record in bytes.
    pub size: usize,
    /// Where the first one begins; what comes before is a header.
    pub offset: u64,
    /// How many there are.
    pub count: u64,
    /// How sure the size is, from 0 to 1.
    pub confidence: f64,
    /// The byte order; `None` where no column tells.
    pub order: Option<Order>,
    /// How sure the byte order is, from 0.5 to 1.
    pub order_confidence: f64,
    /// What a record consists of, without gaps.
    pub columns: Vec<Column>,
}

/// A part of a record.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Column {
    /// In bytes from the start of the record.
    pub offset: usize,
    /// In bytes.
    pub size: usize,
    /// The type.
    pub kind: Kind,
    /// How sure size and type are, from 0.5 to 1.
    pub confidence: f64,
}

/// The type of a column; numbers with their size in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// An integer without sign.
    Unsigned(u8),
    /// An integer, negative in some record.
    Signed(u8),
    /// A floating-point number.
    Float(u8),
    /// Characters, filled up with zeros.
    Text,
    /// Bytes that are zero in every record.
    Zeros,
}

impl Kind {
    /// The letter of the format language.
    ///
    /// ```
    /// use bytewright::inspect::guess::Kind;
    ///
    /// assert_eq!(Kind::Unsigned(4).code(), 'I');
    /// assert_eq!(Kind::Text.code(), 's');
    /// ```
    pub const fn code(self) -> char {
        match self {
            Kind::Unsigned(1) => 'B',
            Kind::Unsigned(2) => 'H',
            Kind::Unsigned(4) => 'I',
            Kind::Unsigned(_) => 'Q',
            Kind::Signed(1) => 'b',
            Kind::Signed(2) => 'h',
            Kind::Signed(4) => 'i',
            Kind::Signed(_) => 'q',
            Kind::Float(4) => 'f',
            Kind::Float(_) => 'd',
            Kind::Text => 's',
            Kind::Zeros => 'x',
        }
    }

    /// In words, without the size: `unsigned integer`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Unsigned(_) => "unsigned integer",
            Kind::Signed(_) => "signed integer",
            Kind::Float(_) => "floating point",
            Kind::Text => "text",
            Kind::Zeros => "zeros",
        }
    }
}

/// The object that `docs/json.md` documents.
impl Serialize for Guess {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (verdict, records) = match &self.verdict {
            Verdict::Empty => ("empty", None),
            Verdict::Small => ("small", None),
            Verdict::Uniform(_) => ("uniform", None),
            Verdict::Text => ("text", None),
            Verdict::Noise => ("noise", None),
            Verdict::Unknown => ("unknown", None),
            Verdict::Records(records) => ("records", Some(records)),
        };
        let mut guess = serializer.serialize_struct("Guess", 6)?;
        guess.serialize_field("verdict", verdict)?;
        guess.serialize_field("size", &self.size)?;
        guess.serialize_field("sampled", &self.sampled)?;
        guess.serialize_field("entropy", &self.entropy)?;
        guess.serialize_field("blocks", &self.blocks)?;
        match records {
            Some(records) => guess.serialize_field("records", records)?,
            None => guess.skip_field("records")?,
        }
        guess.end()
    }
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut column = serializer.serialize_struct("Column", 5)?;
        column.serialize_field("offset", &self.offset)?;
        column.serialize_field("size", &self.size)?;
        column.serialize_field("type", self.kind.name())?;
        column.serialize_field("code", &self.kind.code())?;
        column.serialize_field("confidence", &self.confidence)?;
        column.end()
    }
}

/// Looks at samples of a source and guesses.
///
/// ```
/// use bytewright::inspect::guess::{Verdict, guess};
/// use bytewright::{Source, Struct};
///
/// let record = Struct::new("<I f H 2x")?;
/// let mut bytes = b"HEADER".to_vec();
/// for i in 0..500u32 {
///     let height = f64::from(i).sin() * 50.0;
///     bytes.extend(record.pack(&(i, height as f32, i * 7919 % 1000))?);
/// }
/// let guess = guess(&Source::from(bytes))?;
/// let Verdict::Records(records) = guess.verdict else { panic!("records") };
/// assert_eq!((records.size, records.offset, records.count), (12, 6, 500));
/// assert_eq!(records.format, "<I f I");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When the source can't be read.
pub fn guess(source: &Source) -> io::Result<Guess> {
    let size = source.size()?;
    let head = source.read(0, SAMPLE)?;
    // The middle of a long file is more typical than its start.
    let start = if size > SAMPLE { size / 2 } else { 0 };
    let sample = match start {
        0 => head.clone(),
        _ => source.read(start, SAMPLE)?,
    };
    Ok(Guess {
        size,
        sampled: sample.len() as u64,
        entropy: entropy(&sample),
        blocks: blocks(source, size)?,
        verdict: verdict(&head, &sample, start, size),
    })
}

/// The same of the bytes from an offset on, as if nothing were before it; offsets in the answer count from the
/// start of the source.
///
/// # Errors
///
/// When the source can't be read; [`io::ErrorKind::InvalidData`] for an offset after its end.
pub fn guess_from(source: &Source, start: u64) -> io::Result<Guess> {
    if start == 0 {
        return guess(source);
    }
    let size = source.size()?;
    if start > size {
        let message = format!("there is no offset {start}: there are {size} bytes");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    guess_part(source, start, size)
}

/// The same of `size` bytes from an offset on, or of those that there are.
///
/// # Errors
///
/// When the source can't be read.
pub fn guess_part(source: &Source, start: u64, size: u64) -> io::Result<Guess> {
    let size = source.size()?.saturating_sub(start).min(size);
    let mut guess = guess(&part::of(source, start, size))?;
    for block in &mut guess.blocks {
        block.offset.advance(start);
    }
    if let Verdict::Records(records) = &mut guess.verdict {
        records.offset.advance(start);
    }
    Ok(guess)
}

fn blocks(source: &Source, size: u64) -> io::Result<Vec<Block>> {
    let step = size.div_ceil(BLOCKS).max(256);
    let mut blocks = Vec::new();
    let mut offset = 0;
    while offset < size {
        let length = step.min(size.since(offset));
        let bytes = source.read(offset, length.min(BLOCK))?;
        blocks.push(Block {
            offset,
            size: length,
            entropy: entropy(&bytes),
        });
        offset.advance(step);
    }
    Ok(blocks)
}

fn verdict(head: &[u8], sample: &[u8], start: u64, size: u64) -> Verdict {
    match sample {
        [] => return Verdict::Empty,
        [first, rest @ ..] if rest.len() > 2 && rest.iter().all(|byte| byte == first) => {
            return Verdict::Uniform(*first);
        }
        _ => {}
    }
    if is_text(sample) {
        return Verdict::Text;
    }
    if sample.len() < LEAST {
        return Verdict::Small;
    }
    if let Some((length, confidence)) = period::find(sample) {
        let sample = records::Sample {
            head,
            bytes: sample,
            start,
            size,
        };
        return Verdict::Records(records::find(&sample, length, confidence));
    }
    // Few bytes can't be spread evenly over 256 values.
    if sample.len() >= 1024 && entropy::corrected(sample.iter()) > 7.9 {
        return Verdict::Noise;
    }
    Verdict::Unknown
}

/// Whether it is UTF-8 but for a character cut at either end, and prints.
fn is_text(bytes: &[u8]) -> bool {
    let cut = bytes
        .iter()
        .take(3)
        .take_while(|byte| **byte & 0xc0 == 0x80)
        .count();
    let bytes = bytes.get(cut..).unwrap_or_default();
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            str::from_utf8(valid).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let prints = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\x0c' | '\x1b');
    !text.is_empty() && text.chars().all(prints)
}

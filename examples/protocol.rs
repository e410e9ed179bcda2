//! A decoder of a small network protocol: messages are taken from a stream as they arrive, in the memory
//! of one message, and an error says at which byte of the stream it is.
//!
//! ```sh
//! cargo run --example protocol                                  # decodes messages that it makes itself
//! cargo run --example protocol -- --sample > messages.bin       # writes these messages
//! cargo run --example protocol -- messages.bin                  # decodes a file
//! nc -l 7000 | cargo run --example protocol -- -                # decodes what arrives
//! ```
//!
//! One format string describes a message for both directions. Lengths and checksums are computed where a
//! message is written, and compared where it is read.

use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use bytewright::structs::DataError;
use bytewright::{Struct, Value};
use serde::{Deserialize, Serialize};

/// What every message begins with; the rest of [`MESSAGE`] is as long as `length` says, and a checksum.
const HEADER: &str = ">2s:magic=\"TL\" B:version=1 B:kind I:sequence H:length";

const MESSAGE: &str = ">2s:magic=\"TL\" B:version=1 B:kind I:sequence H:length
    [length]s:body={kind
    ; 1: B:n [n]s~utf8:device
    ; 2: I:time B:n [n](B:sensor h:tenths):readings
    ; else: *s:bytes}
    I~hex:crc=crc32(magic..body)";

/// The size of the checksum after a body, in bytes.
const CHECKSUM: u64 = 4;

/// A message. What follows from it, such as its length, has no field here.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Message {
    kind: u8,
    sequence: u32,
    body: Body,
}

/// What is in a message; which of these, its kind says.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Body {
    /// Kind 1: who sends.
    Hello { device: String },
    /// Kind 2: what sensors measured at a time, in seconds since 1970.
    Readings { time: u32, readings: Vec<Reading> },
    /// A kind that this program doesn't know, so that newer senders can be heard.
    Other {
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
}

/// A temperature in tenths of a degree.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Reading {
    sensor: u8,
    tenths: i16,
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} ", self.sequence)?;
        match &self.body {
            Body::Hello { device } => write!(f, "hello from {device:?}"),
            Body::Readings { time, readings } => {
                write!(f, "readings at {time}:")?;
                readings.iter().try_for_each(|reading| {
                    let degrees = f64::from(reading.tenths) / 10.0;
                    write!(f, " {}={degrees:.1}", reading.sensor)
                })
            }
            Body::Other { bytes } => write!(f, "kind {}, {} bytes", self.kind, bytes.len()),
        }
    }
}

/// Why a message could not be read.
#[derive(Debug)]
enum Fault {
    /// Reading failed.
    Io(io::Error),
    /// The header is none: nothing tells where the next message begins, so this is the last fault.
    Lost(DataError),
    /// The message is damaged, and was passed over.
    Damaged(DataError),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Io(_) => f.write_str("the stream can't be read"),
            // The words have the place in them.
            Fault::Lost(error) | Fault::Damaged(error) => write!(f, "{error}"),
        }
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Fault::Io(error) => Some(error),
            Fault::Lost(error) | Fault::Damaged(error) => Some(error),
        }
    }
}

/// The messages of a stream, one after the other.
struct Messages<R> {
    stream: R,
    header: Struct,
    message: Struct,
    /// Where the next message begins in the stream, in bytes.
    at: u64,
    bytes: Vec<u8>,
    ended: bool,
}

impl<R: Read> Messages<R> {
    fn new(stream: R) -> Result<Messages<R>, bytewright::FormatError> {
        Ok(Messages {
            stream,
            header: Struct::new(HEADER)?,
            message: Struct::new(MESSAGE)?,
            at: 0,
            bytes: Vec::new(),
            ended: false,
        })
    }

    /// Waits until there are as many bytes of the message, or the stream ends.
    fn fill(&mut self, size: u64) -> Result<(), Fault> {
        let missing = size.saturating_sub(self.bytes.len() as u64);
        let mut part = (&mut self.stream).take(missing);
        part.read_to_end(&mut self.bytes).map_err(Fault::Io)?;
        Ok(())
    }

    fn message(&mut self) -> Result<Option<Message>, Fault> {
        self.bytes.clear();
        self.fill(self.header.size().unwrap_or(0))?;
        if self.bytes.is_empty() {
            return Ok(None);
        }
        // The constants are compared here; a stream that ends in a header is told by the field that is cut.
        let header = self.header.unpack(&self.bytes);
        let header = header.map_err(|e| Fault::Lost(e.moved(self.at)))?;
        // Sixteen bits of length: a message has at most 64 KiB, whatever the sender says.
        let length = header.get("length").and_then(Value::as_u64).unwrap_or(0);
        let size = (self.bytes.len() as u64)
            .saturating_add(length)
            .saturating_add(CHECKSUM);
        self.fill(size)?;
        let start = self.at;
        self.at = start.saturating_add(self.bytes.len() as u64);
        let message = self.message.deserialize(&self.bytes);
        message
            .map(Some)
            .map_err(|e| Fault::Damaged(e.moved(start)))
    }
}

impl<R: Read> Iterator for Messages<R> {
    type Item = Result<Message, Fault>;

    fn next(&mut self) -> Option<Result<Message, Fault>> {
        if self.ended {
            return None;
        }
        let message = self.message().transpose();
        // After a damaged message comes the next one, where its header says.
        self.ended = !matches!(message, Some(Ok(_) | Err(Fault::Damaged(_))));
        message
    }
}

/// Five messages: one is of a kind that this program doesn't know, one is damaged on its way.
///
/// # Errors
///
/// None: the messages fit the format.
pub fn sample() -> Result<Vec<u8>, Box<dyn Error>> {
    let format = Struct::new(MESSAGE)?;
    let reading = |sensor, tenths| Reading { sensor, tenths };
    let device = "pump 3".to_owned();
    let bytes = b"\x01\x02\x03".to_vec();
    let readings = vec![reading(1, 215), reading(2, -40)];
    let bodies = [
        (1, Body::Hello { device }),
        (
            2,
            Body::Readings {
                time: 1_700_000_000,
                readings,
            },
        ),
        (9, Body::Other { bytes }),
        (
            2,
            Body::Readings {
                time: 1_700_000_060,
                readings: vec![reading(1, 216)],
            },
        ),
        (
            2,
            Body::Readings {
                time: 1_700_000_120,
                readings: vec![reading(1, 217)],
            },
        ),
    ];
    let mut stream = Vec::new();
    for ((kind, body), sequence) in bodies.into_iter().zip(1..) {
        let mut message = format.serialize(&Message {
            kind,
            sequence,
            body,
        })?;
        if sequence == 4 {
            // The first byte of the body.
            if let Some(byte) = message.get_mut(10) {
                *byte ^= 0x80;
            }
        }
        stream.extend(message);
    }
    Ok(stream)
}

/// Writes a line for each message of a stream, and one for each fault; says how many faults there were.
///
/// # Errors
///
/// When `out` can't be written.
pub fn run(stream: impl Read, out: &mut impl Write) -> Result<usize, Box<dyn Error>> {
    let mut faults = 0_usize;
    for message in Messages::new(stream)? {
        match message {
            Ok(message) => writeln!(out, "{message}")?,
            Err(fault) => {
                faults = faults.saturating_add(1);
                writeln!(out, "error {fault}")?;
            }
        }
        out.flush()?;
    }
    Ok(faults)
}

fn decode(argument: Option<OsString>) -> Result<usize, Box<dyn Error>> {
    let mut out = io::stdout().lock();
    match argument {
        None => run(&*sample()?, &mut out),
        Some(argument) if argument == "--sample" => Ok(out.write_all(&sample()?).map(|()| 0)?),
        Some(argument) if argument == "-" => run(io::stdin().lock(), &mut out),
        Some(path) => {
            let file = File::open(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            run(io::BufReader::new(file), &mut out)
        }
    }
}

fn main() -> ExitCode {
    match decode(std::env::args_os().nth(1)) {
        Ok(faults) => ExitCode::from(u8::from(faults > 0)),
        // As for head, which has what it wants.
        Err(e) if is_broken_pipe(&*e) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{e}");
            ExitCode::from(2)
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

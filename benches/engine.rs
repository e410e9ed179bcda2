//! The engine against its peers: Python's `struct`, and reading by hand with `byteorder`.
//!
//! `cargo bench --bench engine` runs both sides in turn on the same input, compares what they
//! read, and prints medians and ratios (ours ÷ theirs).

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    reason = "a benchmark stops where it can't go on"
)]

use std::cell::RefCell;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use byteorder::{ByteOrder, LittleEndian};
use bytewright::structs::FieldHandle;
use bytewright::{Record, Struct};

const ROUNDS: usize = 9;
const TIMES: u32 = 1_000_000;
const FORMAT: &str = "<ccIIIIIIHH";
const HEADER: &[u8; 30] = b"BM8\x8c\x0a\0\0\0\0\x006\0\0\0(\0\0\0\x80\x02\0\0h\x01\0\0\x01\0\x18\0";

fn main() {
    let mut python = Python::start();
    println!("median of {ROUNDS} rounds, nanoseconds for each; ratio: ours ÷ theirs\n");
    against_python(python.as_mut());
    records();
}

fn against_python(mut python: Option<&mut Python>) {
    let header = Struct::new(FORMAT).unwrap();
    let values = header.unpack(HEADER).unwrap();
    if let Some(python) = &mut python {
        assert_eq!(python.ask("repr"), values.to_string(), "both read the same");
    }
    let packed = header.pack(&values).unwrap();
    assert_eq!(packed, HEADER);
    type Row = (u8, u8, u32, u32, u32, u32, u32, u32, u16, u16);
    let row: Row = header.unpack_as(HEADER).unwrap();
    assert_eq!((row.2, row.6, row.9), (691_256, 640, 24));

    let mut compare = |name: &str, question: &str, ours: &dyn Fn()| {
        let mut mine = Vec::new();
        let mut theirs = Vec::new();
        for _ in 0..ROUNDS {
            mine.push(time(ours));
            if let Some(python) = &mut python {
                theirs.push(python.ask(question).parse::<f64>().unwrap());
            }
        }
        report(
            name,
            "CPython",
            median(mine),
            (!theirs.is_empty()).then(|| median(theirs)),
        );
    };
    compare("Struct::new, uncached", "compile", &|| {
        black_box(Struct::new(black_box(FORMAT)).unwrap());
    });
    compare("Struct::unpack to values", "unpack", &|| {
        black_box(header.unpack(black_box(HEADER)).unwrap());
    });
    let again = RefCell::new(Record::default());
    compare("Struct::unpack_into a record", "unpack", &|| {
        let record = &mut *again.borrow_mut();
        black_box(header.unpack_into(black_box(HEADER), record).unwrap());
        black_box(record);
    });
    let named = Struct::new("<c:a c:b I:c I:d I:e I:f I:g I:h H:i H:j").unwrap();
    compare("the same, with names", "unpack", &|| {
        let record = &mut *again.borrow_mut();
        black_box(named.unpack_into(black_box(HEADER), record).unwrap());
        black_box(record);
    });
    compare("Struct::unpack_as a tuple", "unpack", &|| {
        black_box(header.unpack_as::<Row>(black_box(HEADER)).unwrap());
    });
    compare("Struct::pack values", "pack", &|| {
        black_box(header.pack(black_box(&values)).unwrap());
    });
}

/// Four fields of each of a million records, summed up.
fn records() {
    let format = Struct::new("<ccI:a I:b I:c I:d I:e I:f H:g H:h").unwrap();
    let size = usize::try_from(format.size().unwrap()).unwrap();
    let data: Vec<u8> = (0..size * 1_000_000)
        .map(|i| u8::try_from((i * 7 + i / 13) % 256).unwrap())
        .collect();
    let handles = Handles {
        a: format.field("a").unwrap(),
        f: format.field("f").unwrap(),
        g: format.field("g").unwrap(),
        h: format.field("h").unwrap(),
    };
    let theirs = || by_hand(&data);
    let compare = |name: &str, ours: &dyn Fn() -> u64| {
        assert_eq!(ours(), theirs(), "both read the same");
        let (mut mine, mut others) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let start = Instant::now();
            black_box(ours());
            mine.push(start.elapsed().as_secs_f64() * 1e3);
            let start = Instant::now();
            black_box(theirs());
            others.push(start.elapsed().as_secs_f64() * 1e3);
        }
        report(name, "byteorder", median(mine), Some(median(others)));
    };
    compare("Struct::rows of four, for loop", &|| {
        by_rows(&format, &data)
    });
    compare("Struct::rows of four, fold", &|| by_fold(&format, &data));
    compare("View, four fields of a record", &|| {
        by_view(&format, handles, &data)
    });
}

#[derive(Clone, Copy)]
struct Handles {
    a: FieldHandle<u32>,
    f: FieldHandle<u32>,
    g: FieldHandle<u16>,
    h: FieldHandle<u16>,
}

#[inline(never)]
fn by_view(format: &Struct, handles: Handles, data: &[u8]) -> u64 {
    let Handles { a, f, g, h } = handles;
    let mut sum = 0u64;
    for view in format.iter_view(data).unwrap() {
        sum += u64::from(view.read(a).unwrap()) ^ u64::from(view.read(f).unwrap());
        sum += u64::from(view.read(g).unwrap()) * u64::from(view.read(h).unwrap());
    }
    sum
}

type Four = (u32, u32, u16, u16);
const PATHS: [&str; 4] = ["a", "f", "g", "h"];

#[inline(never)]
fn by_rows(format: &Struct, data: &[u8]) -> u64 {
    let mut sum = 0u64;
    for (a, f, g, h) in format.rows::<Four>(&PATHS, data).unwrap() {
        sum += u64::from(a) ^ u64::from(f);
        sum += u64::from(g) * u64::from(h);
    }
    sum
}

#[inline(never)]
fn by_fold(format: &Struct, data: &[u8]) -> u64 {
    let rows = format.rows::<Four>(&PATHS, data).unwrap();
    rows.map(|(a, f, g, h)| (u64::from(a) ^ u64::from(f)) + u64::from(g) * u64::from(h))
        .sum()
}

#[inline(never)]
fn by_hand(data: &[u8]) -> u64 {
    let mut sum = 0u64;
    for record in data.chunks_exact(30) {
        let a = LittleEndian::read_u32(&record[2..6]);
        let f = LittleEndian::read_u32(&record[22..26]);
        let g = LittleEndian::read_u16(&record[26..28]);
        let h = LittleEndian::read_u16(&record[28..30]);
        sum += u64::from(a) ^ u64::from(f);
        sum += u64::from(g) * u64::from(h);
    }
    sum
}

/// Nanoseconds for each of many times.
fn time(work: &dyn Fn()) -> f64 {
    let start = Instant::now();
    for _ in 0..TIMES {
        work();
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(TIMES)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn report(name: &str, peer: &str, ours: f64, theirs: Option<f64>) {
    match theirs {
        Some(theirs) => println!(
            "{name:<32} {ours:>8.1}  {peer:<10} {theirs:>8.1}  ratio {:.2}",
            ours / theirs
        ),
        None => println!("{name:<32} {ours:>8.1}  {peer} is missing"),
    }
}

/// A Python that times its own `struct`, in nanoseconds.
struct Python {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

const SCRIPT: &str = r#"
import struct, sys, timeit
data = bytes.fromhex(sys.argv[2])
compiled = struct.Struct(sys.argv[1])
values = compiled.unpack(data)
names = {"f": sys.argv[1], "S": struct.Struct, "u": compiled.unpack, "p": compiled.pack, "d": data, "v": values}
work = {"compile": "S(f)", "unpack": "u(d)", "pack": "p(*v)"}
for line in sys.stdin:
    word = line.strip()
    if word == "repr":
        print(repr(values), flush=True)
    else:
        seconds = timeit.timeit(work[word], globals=names, number=1000000)
        print(seconds * 1e9 / 1000000, flush=True)
"#;

impl Python {
    fn start() -> Option<Python> {
        let hex: String = HEADER.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut child = Command::new("python3")
            .args(["-c", SCRIPT, FORMAT, &hex])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        Some(Python {
            questions: child.stdin.take()?,
            answers: BufReader::new(child.stdout.take()?),
            child,
        })
    }

    fn ask(&mut self, question: &str) -> String {
        writeln!(self.questions, "{question}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        answer.trim().to_owned()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

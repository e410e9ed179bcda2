//! How many instructions the processor takes for a record of 30 bytes and nine named fields, each
//! way that there is to write or read it.
//!
//! `cargo bench --bench instructions` runs itself under `valgrind --tool=callgrind`, which counts
//! the same on every run, once for each job and once for an empty loop.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "a benchmark stops where it can't go on"
)]

use std::hint::black_box;
use std::process::Command;

use byteorder::{LittleEndian, WriteBytesExt};
use bytewright::{Record, Struct};
use serde::{Deserialize, Serialize};

const TIMES: u32 = 10_000;
const FORMAT: &str = "<H:magic B:kind B:flags I:id Q:time i:price I:volume f:ratio H:check";

#[derive(Serialize, Deserialize, PartialEq, Clone, Copy, Debug)]
struct Trade {
    magic: u16,
    kind: u8,
    flags: u8,
    id: u32,
    time: u64,
    price: i32,
    volume: u32,
    ratio: f32,
    check: u16,
}

const TRADE: Trade = Trade {
    magic: 0x5452,
    kind: 3,
    flags: 0x81,
    id: 70_000,
    time: 1_700_000_000_000,
    price: -1_250,
    volume: 12,
    ratio: 0.75,
    check: 0xbeef,
};

/// Each job with the number of instructions that it aims at, where there is such a number.
const JOBS: [(&str, Option<u64>); 12] = [
    ("by hand with byteorder", None),
    ("pack_into a record", Some(300)),
    ("pack_into a tuple", None),
    ("pack_to a record", Some(350)),
    ("pack a record", None),
    ("serialize", Some(600)),
    ("deserialize", Some(500)),
    ("unpack_into", Some(250)),
    ("unpack", None),
    ("Struct::new", None),
    ("Struct::python", None),
    ("Struct::new, named", None),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, job, name] = &arguments[..]
        && job == "job"
    {
        return run(name);
    }
    let Some(empty) = count("nothing") else {
        return println!("valgrind is missing");
    };
    println!("instructions for each of {TIMES}\n");
    for (job, goal) in JOBS {
        let each = count(job).unwrap().saturating_sub(empty) / u64::from(TIMES);
        let goal = goal
            .map(|goal| format!("  goal {goal}"))
            .unwrap_or_default();
        println!("{job:<24} {each:>7}{goal}");
    }
}

/// The instructions of a whole run of a job.
fn count(job: &str) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().unwrap())
        .args(["job", job])
        .output()
        .ok()?;
    assert!(output.status.success(), "{job}: {output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    let (_, collected) = said.split_once("Collected : ").unwrap();
    collected.split_whitespace().next().unwrap().parse().ok()
}

fn run(job: &str) {
    let format = Struct::new(FORMAT).unwrap();
    let mut bytes = Vec::new();
    by_hand(&TRADE, &mut bytes);
    let record = format.unpack(&bytes).unwrap();
    assert_eq!(format.pack(&record).unwrap(), bytes);
    assert_eq!(format.serialize(&TRADE).unwrap(), bytes);
    assert_eq!(format.deserialize::<Trade>(&bytes).unwrap(), TRADE);
    let Trade {
        magic,
        kind,
        flags,
        id,
        time,
        price,
        volume,
        ratio,
        check,
    } = TRADE;
    let tuple = (magic, kind, flags, id, time, price, volume, ratio, check);
    let mut buffer = [0; 30];
    let mut out = Vec::with_capacity(30);
    let mut again = Record::default();
    let mut work: Box<dyn FnMut()> = match job {
        "nothing" => Box::new(|| ()),
        "by hand with byteorder" => Box::new(|| {
            out.clear();
            by_hand(black_box(&TRADE), &mut out);
        }),
        "pack_into a record" => Box::new(|| {
            let record = black_box(&record);
            format.pack_into(&mut buffer, 0, record).unwrap();
        }),
        "pack_into a tuple" => Box::new(|| {
            let tuple = black_box(&tuple);
            format.pack_into(&mut buffer, 0, tuple).unwrap();
        }),
        "pack_to a record" => Box::new(|| {
            out.clear();
            format.pack_to(&mut out, black_box(&record)).unwrap();
        }),
        "pack a record" => Box::new(|| {
            black_box(format.pack(black_box(&record)).unwrap());
        }),
        "serialize" => Box::new(|| {
            black_box(format.serialize(black_box(&TRADE)).unwrap());
        }),
        "deserialize" => Box::new(|| {
            black_box(format.deserialize::<Trade>(black_box(&bytes)).unwrap());
        }),
        "unpack_into" => Box::new(|| {
            format.unpack_into(black_box(&bytes), &mut again).unwrap();
        }),
        "unpack" => Box::new(|| {
            black_box(format.unpack(black_box(&bytes)).unwrap());
        }),
        "Struct::new" => Box::new(|| {
            black_box(Struct::new(black_box("<ccIIIIIIHH")).unwrap());
        }),
        "Struct::python" => Box::new(|| {
            black_box(Struct::python(black_box("<ccIIIIIIHH")).unwrap());
        }),
        "Struct::new, named" => Box::new(|| {
            black_box(Struct::new(black_box(FORMAT)).unwrap());
        }),
        _ => panic!("there is no job {job}"),
    };
    for _ in 0..TIMES {
        work();
    }
}

#[inline(never)]
fn by_hand(trade: &Trade, out: &mut Vec<u8>) {
    out.write_u16::<LittleEndian>(trade.magic).unwrap();
    out.write_u8(trade.kind).unwrap();
    out.write_u8(trade.flags).unwrap();
    out.write_u32::<LittleEndian>(trade.id).unwrap();
    out.write_u64::<LittleEndian>(trade.time).unwrap();
    out.write_i32::<LittleEndian>(trade.price).unwrap();
    out.write_u32::<LittleEndian>(trade.volume).unwrap();
    out.write_f32::<LittleEndian>(trade.ratio).unwrap();
    out.write_u16::<LittleEndian>(trade.check).unwrap();
}

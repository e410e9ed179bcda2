//! A case: a format, and what both sides are to do with it.

use bytewright::{Struct, Value};
use serde_json::json;

use super::formats;
use super::random::Random;
use super::tokens::{self, Tokens};
use super::values;

pub struct Case {
    pub format: String,
    /// Its parts, where it has only those that Python knows.
    pub tokens: Option<Tokens>,
    pub jobs: Vec<Job>,
}

#[derive(Debug)]
pub enum Job {
    Pack(Vec<Value>),
    PackInto(Vec<u8>, i64, Vec<Value>),
    Unpack(Vec<u8>),
    UnpackFrom(Vec<u8>, i64),
    IterUnpack(Vec<u8>),
    /// The printed form of values that no format limits.
    Repr(Vec<Value>),
}

/// The largest struct that is really packed and unpacked.
const MAX_SIZE: usize = 1 << 14;

/// Of three cases two have a right format.
pub fn right_formats(cases: u64) -> u64 {
    cases - cases / 3
}

impl Case {
    /// The case of this number: always the same one for the same seed.
    pub fn new(seed: u64, number: u64) -> Case {
        let mut random = Random::new(seed ^ number.wrapping_mul(0xd605_1f2c_9a4b_7e13));
        let random = &mut random;
        let format = match number % 3 {
            2 => formats::doubtful(random),
            n => formats::right(number / 3 * 2 + n, random),
        };
        let tokens = tokens::read(&format);
        // Our own size serves to make buffers that fit; whether it is right is compared, too.
        let size = Struct::python(&format).ok().and_then(|s| s.size());
        let jobs = match (&tokens, size) {
            (Some(tokens), Some(size)) => jobs(tokens, size, random),
            _ => Vec::new(),
        };
        Case {
            format,
            tokens,
            jobs,
        }
    }

    pub fn to_json(&self) -> serde_json::Value {
        let jobs: Vec<_> = self.jobs.iter().map(Job::to_json).collect();
        json!({ "format": self.format, "jobs": jobs })
    }
}

fn jobs(tokens: &Tokens, size: u64, random: &mut Random) -> Vec<Job> {
    let size = match usize::try_from(size) {
        Ok(size) if size <= MAX_SIZE => size,
        // Neither side can have such a buffer; between the two it depends on the memory.
        _ if tokens.arity() > 0 || size > 1 << 60 => {
            return vec![Job::Pack(Vec::new()), Job::Unpack(random.bytes(16))];
        }
        _ => return vec![Job::Unpack(random.bytes(16))],
    };
    let mut jobs = Vec::new();
    if let Some(values) = values::right(tokens, random) {
        jobs.push(Job::Pack(tame(values.clone())));
        jobs.push(Job::Pack(spoiled(values.clone(), tokens, random)));
        jobs.push(Job::Pack(miscounted(values, random)));
    }
    if let Some(values) = values::right(tokens, random) {
        let values = match random.below(4) {
            0 => spoiled(values, tokens, random),
            _ => values,
        };
        let (buffer, offset) = place(size, random);
        jobs.push(Job::PackInto(buffer, offset, values));
    }
    jobs.push(Job::Unpack(random.bytes(size)));
    let wrong = match random.below(3) {
        0 => size.saturating_sub(1 + random.below(3)),
        1 => random.below(2 * size + 2),
        _ => size + 1,
    };
    jobs.push(Job::Unpack(random.bytes(wrong)));
    let (buffer, offset) = place(size, random);
    jobs.push(Job::UnpackFrom(buffer, offset));
    let spare = if random.once_in(4) {
        random.below(4)
    } else {
        0
    };
    let many = size * random.below(4) + spare;
    jobs.push(Job::IterUnpack(random.bytes(many)));
    if random.once_in(4) {
        let token = random.pick(&ANYTHING);
        let anything = (0..4).map(|_| values::any(token, true, random));
        jobs.push(Job::Repr(anything.collect()));
    }
    jobs
}

const ANYTHING: [tokens::Token; 2] = [
    tokens::Token {
        code: 17,
        count: None,
    },
    tokens::Token {
        code: 22,
        count: Some(40),
    },
];

/// A buffer and an offset in it: most of them have room for the struct there.
fn place(size: usize, random: &mut Random) -> (Vec<u8>, i64) {
    let before = random.below(5) as i64;
    let length = (size as i64 + before + random.below(4) as i64 - 1).max(0);
    let offset = match random.below(8) {
        0..=2 => before,
        3..=5 => before - length,
        6 => random.below(2 * length as usize + 6) as i64 - length - 3,
        _ => random.pick(&[i64::MIN, i64::MAX, length, length + 1, -length, -length - 1]),
    };
    (random.bytes(length as usize), offset)
}

/// One value is replaced by any other.
fn spoiled(mut values: Vec<Value>, tokens: &Tokens, random: &mut Random) -> Vec<Value> {
    if let Some(last) = values.len().checked_sub(1) {
        let place = random.below(last + 1);
        let token = random.pick(&tokens.tokens);
        values[place] = values::any(token, tokens.is_native(), random);
    }
    values
}

fn miscounted(mut values: Vec<Value>, random: &mut Random) -> Vec<Value> {
    if values.is_empty() || random.once_in(2) {
        values.push(Value::from(1));
    } else {
        values.pop();
    }
    values
}

/// Every NaN becomes the ordinary one, about which all Pythons agree.
fn tame(mut values: Vec<Value>) -> Vec<Value> {
    let tame = |x: &mut f64| {
        if x.is_nan() {
            *x = f64::from_bits(0x7ff8_0000_0000_0000);
        }
    };
    for value in &mut values {
        match value {
            Value::Float(x) => tame(x),
            Value::Complex(re, im) => {
                tame(re);
                tame(im);
            }
            _ => {}
        }
    }
    values
}

impl Job {
    fn to_json(&self) -> serde_json::Value {
        let texts = |values: &[Value]| values.iter().map(encode).collect::<Vec<_>>();
        match self {
            Job::Pack(values) => json!(["pack", texts(values)]),
            Job::PackInto(buffer, offset, values) => {
                json!(["pack_into", hex(buffer), offset, texts(values)])
            }
            Job::Unpack(data) => json!(["unpack", hex(data)]),
            Job::UnpackFrom(data, offset) => json!(["unpack_from", hex(data), offset]),
            Job::IterUnpack(data) => json!(["iter_unpack", hex(data)]),
            Job::Repr(values) => json!(["repr", texts(values)]),
        }
    }
}

/// A value as `decode` in `peer.py` reads it.
fn encode(value: &Value) -> String {
    match value {
        Value::Bool(b) => format!("t{}", u8::from(*b)),
        Value::Int(n) => format!("i{n}"),
        Value::Uint(n) => format!("i{n}"),
        Value::Float(x) => format!("f{:016x}", x.to_bits()),
        Value::Complex(re, im) => format!("c{:016x}{:016x}", re.to_bits(), im.to_bits()),
        Value::Bytes(bytes) => format!("b{}", hex(bytes)),
        Value::List(items) => format!("l{}", items.len()),
        _ => unreachable!("no case has such a value"),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

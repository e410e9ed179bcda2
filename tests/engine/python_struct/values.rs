//! Values for the codes: right ones, ones at and beyond the borders, ones of a wrong type.

use bytewright::Value;

use super::random::Random;
use super::tokens::{Token, Tokens};

/// The most values that a case spells out.
pub const MAX_VALUES: u64 = 400;

/// As many values as the format wants, all of them right; `None` where they are too many.
pub fn right(tokens: &Tokens, random: &mut Random) -> Option<Vec<Value>> {
    if tokens.arity() > MAX_VALUES {
        return None;
    }
    let mut values = Vec::new();
    for &token in &tokens.tokens {
        for _ in 0..token.arity() {
            values.push(fitting(token, tokens.is_native(), random));
        }
    }
    Some(values)
}

/// Anything: mostly of the right type, often out of range.
pub fn any(token: Token, native: bool, random: &mut Random) -> Value {
    match random.below(4) {
        0 => fitting(token, native, random),
        1 => integer(random),
        2 => match random.below(3) {
            0 => Value::Float(float(random)),
            1 => Value::Complex(float(random), float(random)),
            _ => Value::Bool(random.once_in(2)),
        },
        _ => match random.below(3) {
            0 => Value::List(vec![Value::from(0); random.below(3)]),
            _ => {
                let length = random.below(4);
                Value::from(random.bytes(length))
            }
        },
    }
}

fn fitting(token: Token, native: bool, random: &mut Random) -> Value {
    match token.letters() {
        "c" => Value::from(random.bytes(1)),
        "s" | "p" => {
            let width = token.repetitions().min(300) as usize;
            let length = match random.below(2) {
                0 => random.below(width + 1),
                _ => (width + random.below(4)).saturating_sub(2),
            };
            Value::from(random.bytes(length))
        }
        "?" => match random.below(4) {
            0 => Value::from(0),
            1 => Value::Float(float(random)),
            _ => Value::Bool(random.once_in(2)),
        },
        "e" => match random.below(8) {
            0 => Value::from(random.below(65_519) as u64),
            _ => Value::Float(half(random)),
        },
        "f" => Value::Float(single(random)),
        "d" => match random.below(8) {
            0 => integer(random),
            _ => Value::Float(float(random)),
        },
        "F" | "Zf" => Value::Complex(single(random), single(random)),
        "D" | "Zd" => Value::Complex(float(random), float(random)),
        letters => in_range(letters, native, random),
    }
}

/// An integer that the code holds, at a border once in a while.
fn in_range(letters: &str, native: bool, random: &mut Random) -> Value {
    let bits = match letters {
        "b" | "B" => 8,
        "h" | "H" => 16,
        "i" | "I" => 32,
        "l" | "L" if !native => 32,
        _ => 64,
    };
    let all = i128::from(u64::MAX >> (64 - bits));
    let (min, max) = match letters {
        "P" if random.once_in(4) => (-(all >> 1) - 1, -1),
        "b" | "h" | "i" | "l" | "q" | "n" => (-(all >> 1) - 1, all >> 1),
        _ => (0, all),
    };
    Value::Int(match random.below(6) {
        0 => min,
        1 => max,
        2 => i128::from(random.below(2) as u64).clamp(min, max),
        _ => min + i128::from(random.bits()) % (max - min + 1),
    })
}

/// An integer near a power of two, or anywhere in 128 bits.
fn integer(random: &mut Random) -> Value {
    let power = 1i128 << random.pick(&[0, 7, 8, 15, 16, 31, 32, 63, 64, 100]);
    let near = power + random.below(5) as i128 - 2;
    match random.below(8) {
        0 => Value::from(u128::MAX - u128::from(random.bits())),
        1 => Value::Int(i128::from(random.bits()) << random.below(64)),
        2..=4 => Value::Int(-near),
        _ => Value::Int(near),
    }
}

/// Any float: noise over all bits, NaNs, infinities, borders of the narrower widths.
pub fn float(random: &mut Random) -> f64 {
    match random.below(8) {
        0 => random.pick(&[
            0.0,
            -0.0,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            -f64::NAN,
            5e-324,
            f64::MIN_POSITIVE,
            f64::MAX,
        ]),
        1 => nan(random),
        2 => half(random),
        3 => single(random),
        4 => random.below(1_000_000) as f64 / 100.0,
        5 => beyond(random),
        _ => f64::from_bits(random.bits()),
    }
}

/// A NaN of any sign, payload and signalling bit.
fn nan(random: &mut Random) -> f64 {
    let payload = match random.below(3) {
        0 => 1 << random.below(52),
        _ => random.bits() >> 12 | 1,
    };
    f64::from_bits(0x7ff << 52 | payload | random.bits() << 63)
}

/// Around the largest finite number of `e` and of `f`, where rounding decides on overflow.
fn beyond(random: &mut Random) -> f64 {
    let border: f64 = random.pick(&[65520.0, 3.402_823_567_797_336_6e38]);
    let near = f64::from_bits(border.to_bits() + random.below(5) as u64 - 2);
    if random.once_in(2) { near } else { -near }
}

/// What fits `e`: a half, a point midway between two, or close to that.
fn half(random: &mut Random) -> f64 {
    around(random, 15, 10, 42)
}

/// What fits `f`, likewise.
fn single(random: &mut Random) -> f64 {
    if random.once_in(16) {
        return random.pick(&[f64::INFINITY, f64::NEG_INFINITY, f64::NAN]);
    }
    around(random, 127, 23, 29)
}

/// A float with exponents up to `largest`, of `kept` fraction bits, and below them (`dropped` of
/// a double's) nothing, exactly half, nearly half, or noise.
fn around(random: &mut Random, largest: i64, kept: u32, dropped: u32) -> f64 {
    // Down into the subnormals, and to where all is rounded away.
    let lowest = 1 - largest - i64::from(kept) - 2;
    let exponent = match random.below(3) {
        0 => lowest + random.below(kept as usize + 4) as i64,
        _ => lowest + random.below((largest - lowest) as usize) as i64,
    };
    // A subnormal keeps fewer bits.
    let lost = (1 - largest - exponent).max(0).min(i64::from(kept)) as u32;
    let dropped = dropped + lost;
    let high = random.bits() >> 12 >> dropped << dropped;
    let middle = 1u64 << (dropped - 1);
    let low = match random.below(6) {
        0 => 0,
        1 | 2 => middle,
        3 => middle - 1,
        4 => middle + 1,
        _ => random.bits() & (middle * 2 - 1),
    };
    let fraction = (high | low) & ((1 << 52) - 1);
    let biased = (exponent + 1023) as u64;
    f64::from_bits(random.bits() << 63 | biased << 52 | fraction)
}

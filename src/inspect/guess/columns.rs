//! The columns of records: the sequence of types with the shortest description of the records.
//!
//! A number read in its right size and byte order lies near the others of its column, or near the
//! one before it; read in a wrong way it jumps.

use super::code_length::{CodeLengths, as_float, integers, share};
use super::{Column, Kind, Order, period};
use crate::offset::{Position, Tally};

/// The bits a record that one more column must save.
const COLUMN: f64 = 0.6;

/// The cost of a misaligned column, in bits a record.
const MISALIGNED: f64 = 0.75;

/// The bonus for floats, in bits a record, by size: few bit patterns are numbers that a person would measure or
/// compute, so a column of only such numbers is likely to be floats.
const FLOAT: [f64; 2] = [3.0, 7.0];

/// The most records that are read.
const ROWS: usize = 1000;

/// The longest text that is taken for one column.
const LONGEST_TEXT: usize = 256;

/// The least letters side by side: fewer are numbers that look like letters by chance.
const FEWEST_LETTERS: usize = 3;

/// The columns of records of a byte order, and their cost in bits a record.
pub(super) fn find(bytes: &[u8], size: usize, order: Order) -> (Vec<Column>, f64) {
    let table = Table::new(bytes, size, order);
    // The cheapest way to describe the bytes before each place, and its last column.
    let mut best: Vec<(f64, Option<Choice>)> = vec![(f64::INFINITY, None); size.past(1)];
    if let Some(start) = best.first_mut() {
        start.0 = 0.0;
    }
    for at in 0..size {
        let so_far = best.get(at).map_or(f64::INFINITY, |best| best.0);
        for choice in table.choices(at) {
            let cost = so_far + choice.cost + COLUMN;
            if let Some(end) = best.get_mut(at.past(choice.size))
                && cost < end.0
            {
                *end = (cost, Some(choice));
            }
        }
    }
    let cost = best.last().map_or(f64::INFINITY, |best| best.0);
    let mut columns = Vec::new();
    let mut end = size;
    while let Some(Some(choice)) = best.get(end).map(|best| best.1) {
        columns.push(table.column(choice));
        end = choice.at;
    }
    columns.reverse();
    (columns, cost)
}

/// A type at a place of the record, and its bits a record.
#[derive(Clone, Copy, Debug)]
struct Choice {
    at: usize,
    size: usize,
    kind: Kind,
    cost: f64,
}

struct Table<'a> {
    rows: Vec<&'a [u8]>,
    order: Order,
    lengths: CodeLengths,
    /// The cost of each byte on its own.
    bytes: Vec<f64>,
    zero: Vec<bool>,
    text: Vec<bool>,
}

impl<'a> Table<'a> {
    fn new(bytes: &'a [u8], size: usize, order: Order) -> Table<'a> {
        let rows: Vec<&[u8]> = bytes.chunks_exact(size.max(1)).take(ROWS).collect();
        let code = CodeLengths::new(256, rows.len());
        let column = |at: usize| rows.iter().filter_map(move |row| row.get(at).copied());
        let a_record = |at| period::column(column(at), &code) / as_float(rows.len().max(1));
        Table {
            bytes: (0..size).map(a_record).collect(),
            zero: (0..size)
                .map(|at| column(at).all(|byte| byte == 0))
                .collect(),
            text: (0..size).map(|at| is_text(column(at))).collect(),
            order,
            lengths: CodeLengths::new(65, rows.len()),
            rows,
        }
    }

    /// The types that may begin at a place.
    fn choices(&self, at: usize) -> Vec<Choice> {
        let mut choices = Vec::new();
        let run = |of: &[bool], at| of.iter().skip(at).take_while(|is| **is).count();
        let zeros = run(&self.zero, at);
        if zeros > 0 {
            choices.push(Choice {
                at,
                size: zeros,
                kind: Kind::Zeros,
                cost: 0.0,
            });
        }
        let letters = run(&self.text, at).min(LONGEST_TEXT);
        // Texts that are shorter than their field are filled up with zeros.
        let filled = letters.past(run(&self.zero, at.past(letters)));
        if letters >= FEWEST_LETTERS {
            for size in FEWEST_LETTERS..=filled {
                choices.push(Choice {
                    at,
                    size,
                    kind: Kind::Text,
                    // The longer it is, the less likely is chance.
                    cost: self.apart(at, size.min(letters)) - as_float(size.min(letters)) * 0.5,
                });
            }
        }
        let left = self.bytes.len().since(at);
        for size in [1, 2, 4, 8] {
            if usize::from(size) <= left {
                choices.extend(self.number(at, size, self.order));
            }
        }
        choices
    }

    /// The cost of bytes on their own, in bits a record.
    fn apart(&self, at: usize, size: usize) -> f64 {
        self.bytes.iter().skip(at).take(size).sum()
    }

    /// The likeliest number of a size.
    fn number(&self, at: usize, size: u8, order: Order) -> Option<Choice> {
        let width = usize::from(size);
        let unused = 64u32.since(u32::from(size) * 8);
        let (mut unsigned, mut signed) = (Vec::new(), Vec::new());
        for row in &self.rows {
            let raw = raw(row.get(at..)?.get(..width)?, order);
            unsigned.push(raw.cast_signed());
            signed.push(raw.wrapping_shl(unused).cast_signed().wrapping_shr(unused));
        }
        let has_negative = signed.iter().any(|value| *value < 0);
        let plain = self.integer(unsigned.clone());
        let (mut kind, mut cost) = (Kind::Unsigned(size), plain);
        if has_negative {
            let cheaper = self.integer(signed);
            // Of values all over the range, the sign tells nothing.
            if cheaper < plain - 0.2 {
                (kind, cost) = (Kind::Signed(size), cheaper);
            }
        }
        if size == 1 {
            cost = self.apart(at, 1);
        }
        if let Some(bonus) = float_bonus(&unsigned, size) {
            let cheaper = cost.min(self.integer(ordered(&unsigned, size))) - bonus;
            (kind, cost) = (Kind::Float(size), cheaper);
        }
        if at.checked_rem(width) != Some(0) {
            cost += MISALIGNED;
        }
        Some(Choice {
            at,
            size: width,
            kind,
            cost,
        })
    }

    /// The cost of integers, plain or as the steps between them, in bits a record.
    fn integer(&self, values: Vec<i64>) -> f64 {
        let rows = as_float(values.len().max(1));
        let after = values.iter().skip(1);
        let steps = values.iter().zip(after).map(|(a, b)| b.wrapping_sub(*a));
        let steps = self.around(steps.collect());
        steps.min(self.around(values)) / rows
    }

    /// The cost of integers as their distances from the median.
    fn around(&self, mut values: Vec<i64>) -> f64 {
        let half = values.len() / 2;
        let middle = match values.is_empty() {
            true => 0,
            false => *values.select_nth_unstable(half).1,
        };
        let apart = values.iter().map(|value| value.wrapping_sub(middle));
        integers(apart, &self.lengths)
    }

    fn column(&self, choice: Choice) -> Column {
        let Choice { at, size, kind, .. } = choice;
        let other = match self.order {
            Order::Little => Order::Big,
            Order::Big => Order::Little,
        };
        let apart = self.apart(at, size) + COLUMN * (as_float(size) - 1.0);
        let alternative = match (kind, u8::try_from(size)) {
            (Kind::Text | Kind::Zeros, _) | (_, Ok(1)) => choice.cost + as_float(size),
            (_, Ok(width)) => {
                let swapped = self.number(at, width, other);
                apart.min(swapped.map_or(f64::INFINITY, |swapped| swapped.cost))
            }
            _ => apart,
        };
        let margin = (alternative - choice.cost).max(0.0);
        Column {
            offset: at,
            size,
            kind,
            confidence: 1.0 - (-1.0 - margin).exp2(),
        }
    }
}

/// Whether bytes are those of words, or of names and numbers as one writes them.
fn is_text(column: impl Iterator<Item = u8>) -> bool {
    let (mut all, mut zeros, mut words) = (0usize, 0usize, 0usize);
    for byte in column {
        all.tally(1);
        match byte {
            0 => zeros.tally(1),
            b' ' | b'_' | b'-' | b'.' | b'/' => words.tally(1),
            _ if byte.is_ascii_alphanumeric() => words.tally(1),
            b'!'..=b'~' => {}
            _ => return false,
        }
    }
    let printed = all.since(zeros);
    printed > 0 && share(words, printed) > 0.9
}

fn raw(bytes: &[u8], order: Order) -> u64 {
    let push = |value: u64, byte: &u8| value.wrapping_shl(8) | u64::from(*byte);
    match order {
        Order::Big => bytes.iter().fold(0, push),
        Order::Little => bytes.iter().rev().fold(0, push),
    }
}

/// The bonus for floating-point numbers, in bits a record; `None` where they are none that
/// a person would measure or compute.
fn float_bonus(raw: &[i64], size: u8) -> Option<f64> {
    let value = |bits: &i64| match size {
        4 => u32::try_from(*bits).map_or(f64::NAN, |bits| f64::from(f32::from_bits(bits))),
        _ => f64::from_bits(bits.cast_unsigned()),
    };
    if size < 4 {
        return None;
    }
    let (mut measured, mut odd) = (0usize, 0usize);
    for value in raw.iter().map(value) {
        match value.abs() {
            0.0 => {}
            size if (1e-6..1e10).contains(&size) => measured.tally(1),
            _ => odd.tally(1),
        }
    }
    let plausible = measured > 0 && share(odd, raw.len()) <= 0.02;
    let [single, double] = FLOAT;
    let bonus = if size == 4 { single } else { double };
    plausible.then(|| bonus * share(measured, raw.len()))
}

/// Integers in the order of the floating-point numbers whose bits they are.
fn ordered(raw: &[i64], size: u8) -> Vec<i64> {
    let sign = match size {
        4 => 1i64.wrapping_shl(31),
        _ => i64::MIN,
    };
    let order = |bits: &i64| match bits & sign {
        0 => *bits,
        _ => (bits & !sign).wrapping_neg(),
    };
    raw.iter().map(order).collect()
}

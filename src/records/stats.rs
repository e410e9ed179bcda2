//! Statistics of columns, in one pass and in constant memory.

use super::batch::Batch;
use super::column::{Column, Values};
use super::schema::{Field, Schema, Type};
use crate::offset::{Position, Tally, sum};
use crate::value::Value;

/// Sums up columns.
///
/// ```
/// use bytewright::Struct;
/// use bytewright::records::{Batch, Columns, Stats};
///
/// let columns = Columns::new(&Struct::new("<H:n")?.into()).unwrap();
/// let mut batch = Batch::default();
/// columns.decode(&[1, 0, 3, 0, 0, 0, 3, 0], 0, &mut batch)?;
/// let mut stats = Stats::new(columns.schema());
/// stats.add(&batch, columns.schema());
/// let n = &stats.columns()[0];
/// assert_eq!((n.count, n.zeros, n.mean(), n.distinct()), (4, 1, Some(1.75), 3));
/// assert_eq!(n.most, Some(3.into()));
/// # Ok::<(), bytewright::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stats {
    rows: u64,
    columns: Vec<ColumnStats>,
}

/// The statistics of one column; for a column of arrays, those of their items.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ColumnStats {
    /// How many values there are.
    pub count: u64,
    /// How many rows have none.
    pub nulls: u64,
    /// How many are zero, or nothing but zeros, or empty.
    pub zeros: u64,
    /// The smallest.
    pub least: Option<Value>,
    /// The largest.
    pub most: Option<Value>,
    sum: Sum,
    distinct: Distinct,
    histogram: Histogram,
}

/// Bytes of a text that are kept as the smallest or the largest.
const KEPT: usize = 64;

impl Stats {
    /// For rows of these columns.
    pub fn new(schema: &Schema) -> Stats {
        let columns = schema.fields.iter().map(|_| ColumnStats::new());
        Stats {
            rows: 0,
            columns: columns.collect(),
        }
    }

    /// Adds the rows of a batch.
    pub fn add(&mut self, batch: &Batch, schema: &Schema) {
        self.rows.tally(batch.rows as u64);
        let columns = self.columns.iter_mut().zip(&batch.columns);
        for ((stats, column), field) in columns.zip(&schema.fields) {
            stats.add(column, field);
        }
    }

    /// How many rows there were.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// One for each column.
    pub fn columns(&self) -> &[ColumnStats] {
        &self.columns
    }
}

impl ColumnStats {
    fn new() -> ColumnStats {
        ColumnStats {
            count: 0,
            nulls: 0,
            zeros: 0,
            least: None,
            most: None,
            sum: Sum::default(),
            distinct: Distinct::new(),
            histogram: Histogram::default(),
        }
    }

    /// The mean of numbers.
    pub fn mean(&self) -> Option<f64> {
        self.sum.mean()
    }

    /// How many different values there are: to about two percent.
    pub fn distinct(&self) -> u64 {
        self.distinct.estimate().min(self.count)
    }

    /// How many numbers lie in each of some parts of the same width, from the smallest to the largest.
    pub fn histogram(&self) -> &[u64] {
        self.histogram.counts()
    }

    fn add(&mut self, column: &Column, field: &Field) {
        macro_rules! integers {
            ($($variant:ident)*) => {
                match &column.values {
                    $(Values::$variant(values) => return self.integers(values, column),)*
                    _ => {}
                }
            };
        }
        integers!(I8 I16 I32 I64 I128 U8 U16 U32 U64);
        match &column.values {
            Values::F32(values) => self.floats(values, column),
            Values::F64(values) => self.floats(values, column),
            Values::Array { items, .. } | Values::List { items, .. } => {
                if let Type::List { item, .. } = &field.data {
                    let absent = (0..column.len())
                        .filter(|row| !column.is_valid(*row))
                        .count();
                    self.nulls.tally(absent as u64);
                    self.add(items, item);
                }
            }
            Values::Fixed { .. } | Values::Bytes(_) | Values::Text(_) => {
                for row in 0..column.len() {
                    match column.values.bytes(row).filter(|_| column.is_valid(row)) {
                        Some(bytes) => self.bytes(bytes),
                        None => self.nulls.tally(1),
                    }
                }
            }
            _ => {
                for row in 0..column.len() {
                    match column.value(row, field) {
                        Some(value) => self.other(&value),
                        None => self.nulls.tally(1),
                    }
                }
            }
        }
    }

    fn integers<T: Copy + Ord + Into<i128>>(&mut self, values: &[T], column: &Column) {
        let valid = |row: &usize| column.is_valid(*row);
        let (mut least, mut most): (Option<T>, Option<T>) = (None, None);
        let mut seen = 0u64;
        let rows = values.iter().enumerate().filter(|(row, _)| valid(row));
        for (_, value) in rows {
            seen.tally(1);
            least = Some(least.map_or(*value, |least| least.min(*value)));
            most = Some(most.map_or(*value, |most| most.max(*value)));
            let n: i128 = (*value).into();
            self.zeros.tally(u64::from(n == 0));
            self.sum.add_int(n);
            let bits = n.cast_unsigned();
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a hash takes the lower half of large numbers, and the upper half"
            )]
            self.distinct
                .add((bits as u64) ^ ((bits >> 64) as u64).rotate_left(32));
            #[expect(clippy::cast_precision_loss, reason = "a part of a histogram is wider")]
            self.histogram.add(n as f64, true);
        }
        self.count.tally(seen);
        self.nulls.tally((values.len() as u64).since(seen));
        for value in [least, most].into_iter().flatten() {
            self.extend(Value::Int(value.into()));
        }
    }

    fn floats<T: Copy + Into<f64>>(&mut self, values: &[T], column: &Column) {
        for (row, value) in values.iter().enumerate() {
            if !column.is_valid(row) {
                self.nulls.tally(1);
                continue;
            }
            let x: f64 = (*value).into();
            self.count.tally(1);
            self.zeros.tally(u64::from(x == 0.0));
            self.distinct.add(x.to_bits());
            if x.is_nan() {
                continue;
            }
            self.sum.add_float(x);
            self.histogram.add(x, false);
            self.extend(Value::Float(x));
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.count.tally(1);
        let is_zero = bytes.iter().all(|byte| *byte == 0);
        self.zeros.tally(u64::from(is_zero));
        // FNV-1a.
        let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        self.distinct.add(hash);
        let kept = bytes.get(..KEPT).unwrap_or(bytes);
        let is_less = |value: &Option<Value>| {
            value
                .as_ref()
                .and_then(Value::as_bytes)
                .is_none_or(|least| kept < least)
        };
        let is_more = |value: &Option<Value>| {
            value
                .as_ref()
                .and_then(Value::as_bytes)
                .is_none_or(|most| kept > most)
        };
        if is_less(&self.least) {
            self.least = Some(Value::from(kept));
        }
        if is_more(&self.most) {
            self.most = Some(Value::from(kept));
        }
    }

    fn other(&mut self, value: &Value) {
        match value {
            Value::Bytes(bytes) => self.bytes(bytes),
            value => {
                self.count.tally(1);
                self.zeros.tally(u64::from(!value.truth()));
                let text = value.to_string();
                let hash = text.bytes().fold(0u64, |hash, byte| {
                    hash.rotate_left(7).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(byte)
                });
                self.distinct.add(hash);
                match value {
                    Value::Int(n) => self.sum.add_int(*n),
                    Value::Float(x) if !x.is_nan() => self.sum.add_float(*x),
                    _ => {}
                }
                if matches!(value, Value::Int(_) | Value::Uint(_) | Value::Bool(_)) {
                    self.extend(value.clone());
                }
            }
        }
    }

    /// Makes the range hold a number, too.
    fn extend(&mut self, value: Value) {
        let less = |a: &Value, b: &Value| match (a.as_int(), b.as_int()) {
            (Some(a), Some(b)) => a < b,
            _ => match (a.as_f64(), b.as_f64()) {
                (Some(a), Some(b)) => a < b,
                _ => false,
            },
        };
        if self.least.as_ref().is_none_or(|least| less(&value, least)) {
            self.least = Some(value.clone());
        }
        if self.most.as_ref().is_none_or(|most| less(most, &value)) {
            self.most = Some(value);
        }
    }
}

/// A sum, exact for integers as long as it fits.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    count: u64,
    exact: i128,
    rest: f64,
}

impl Sum {
    fn add_int(&mut self, n: i128) {
        self.count.tally(1);
        match self.exact.checked_add(n) {
            Some(sum) => self.exact = sum,
            #[expect(clippy::cast_precision_loss, reason = "a mean is a float")]
            None => self.rest += n as f64,
        }
    }

    fn add_float(&mut self, x: f64) {
        self.count.tally(1);
        self.rest += x;
    }

    #[expect(clippy::cast_precision_loss, reason = "a mean is a float")]
    fn mean(&self) -> Option<f64> {
        match self.count {
            0 => None,
            count => Some((self.exact as f64 + self.rest) / count as f64),
        }
    }
}

/// An estimate of how many different values there are (`HyperLogLog`, Flajolet and others 2007).
#[derive(Clone, Debug)]
struct Distinct {
    registers: Vec<u8>,
}

/// Bits of a hash that choose a register: 4,096 of them give an error of 1.6 %.
const BITS: u32 = 12;

impl Distinct {
    fn new() -> Distinct {
        Distinct {
            registers: vec![0; 1 << BITS],
        }
    }

    fn add(&mut self, value: u64) {
        // SplitMix64.
        let mut hash = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        hash ^= hash >> 31;
        let place = usize::try_from(hash >> 52).unwrap_or(0);
        let zeros = (hash << BITS | 1 << (BITS.since(1))).leading_zeros();
        let rank = u8::try_from(zeros.past(1)).unwrap_or(u8::MAX);
        if let Some(register) = self.registers.get_mut(place) {
            *register = (*register).max(rank);
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is an estimate, of a positive number"
    )]
    fn estimate(&self) -> u64 {
        let count = self.registers.len() as f64;
        let sum: f64 = self
            .registers
            .iter()
            .map(|rank| 0.5f64.powi(i32::from(*rank)))
            .sum();
        let raw = 0.7213 / (1.0 + 1.079 / count) * count * count / sum;
        let empty = self.registers.iter().filter(|rank| **rank == 0).count();
        let estimate = match empty {
            // With few values most registers are empty, and the number of empty ones is the better estimate.
            1.. if raw <= 2.5 * count => count * (count / empty as f64).ln(),
            _ => raw,
        };
        estimate.round() as u64
    }
}

/// Parts of a histogram, at most.
const PARTS: usize = 32;

/// Counts of numbers in parts of one width, a power of two, which grows with the range of the numbers.
#[derive(Clone, Debug, Default)]
struct Histogram {
    /// The width is 2 to this power.
    power: i32,
    /// Which multiple of the width the first part begins at.
    first: i64,
    counts: Vec<u64>,
}

impl Histogram {
    fn counts(&self) -> &[u64] {
        &self.counts
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "numbers are less than 2^52 times the width"
    )]
    fn part(&self, x: f64) -> i64 {
        (x / 2f64.powi(self.power)).floor() as i64
    }

    fn add(&mut self, x: f64, is_integer: bool) {
        if !x.is_finite() {
            return;
        }
        // The width is no less than 2^-40 of the number, and for integers no less than one.
        let exponent = |x: f64| {
            i32::try_from(x.abs().to_bits() >> 52)
                .unwrap_or(0)
                .saturating_sub(1023)
        };
        let least = match is_integer {
            true => exponent(x).saturating_sub(40).max(0),
            false => exponent(x).saturating_sub(40).max(-1000),
        };
        if self.counts.is_empty() {
            self.power = least;
            self.first = self.part(x);
            self.counts.push(1);
            return;
        }
        while self.power < least {
            self.widen();
        }
        loop {
            let place = self.part(x).saturating_sub(self.first);
            match usize::try_from(place) {
                Ok(place) if place < PARTS => {
                    if self.counts.len() <= place {
                        self.counts.resize(place.past(1), 0);
                    }
                    if let Some(count) = self.counts.get_mut(place) {
                        count.tally(1);
                    }
                    return;
                }
                Err(_) => {
                    let missing = usize::try_from(place.saturating_neg()).unwrap_or(usize::MAX);
                    if self.counts.len().saturating_add(missing) <= PARTS {
                        self.counts.splice(0..0, std::iter::repeat_n(0, missing));
                        self.first = self.part(x);
                        continue;
                    }
                }
                Ok(_) => {}
            }
            self.widen();
        }
    }

    /// Makes one part of two.
    fn widen(&mut self) {
        let is_odd = self.first.rem_euclid(2) == 1;
        let mut counts = Vec::with_capacity(PARTS);
        if is_odd {
            self.counts.insert(0, 0);
        }
        for pair in self.counts.chunks(2) {
            counts.push(sum(pair.iter().copied()));
        }
        self.counts = counts;
        self.first = self.first.div_euclid(2);
        self.power = self.power.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinct_values_are_estimated_to_some_percent() {
        for many in [1u64, 10, 1000, 100_000] {
            let mut distinct = Distinct::new();
            (0..many).chain(0..many).for_each(|n| distinct.add(n));
            let found = distinct.estimate();
            let error = found.abs_diff(many);
            assert!(error * 20 <= many, "{found} of {many}");
        }
    }

    #[test]
    fn a_histogram_counts_every_number_once() {
        let mut histogram = Histogram::default();
        (0..1000).for_each(|n| histogram.add(f64::from(n), true));
        assert_eq!(histogram.counts().iter().sum::<u64>(), 1000);
        assert_eq!(histogram.counts().len(), 32);
        assert_eq!(histogram.counts()[0], 32);
        let mut histogram = Histogram::default();
        for x in [-1e300, 1e300, 0.0, 1e-300, f64::NAN, f64::INFINITY] {
            histogram.add(x, false);
        }
        assert_eq!(histogram.counts().iter().sum::<u64>(), 4);
    }
}

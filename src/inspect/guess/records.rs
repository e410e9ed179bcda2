//! Records of a known size: where they begin, and their columns in the likelier byte order.

use super::{Column, Kind, Order, Records, columns, head};
use crate::offset::{Position, Tally};

/// A sample of a source.
pub(super) struct Sample<'a> {
    /// The first bytes of the source.
    pub(super) head: &'a [u8],
    pub(super) bytes: &'a [u8],
    /// Where `bytes` begin in the source.
    pub(super) start: u64,
    /// That of the source.
    pub(super) size: u64,
}

/// One way to read the records.
struct Reading {
    offset: u64,
    order: Order,
    columns: Vec<Column>,
    /// In bits a record.
    cost: f64,
    /// How much more the other byte order costs.
    margin: f64,
}

/// The bits a record that another start must save, so that noise doesn't rotate the records.
const ROTATION: f64 = 3.0;

pub(super) fn find(sample: &Sample<'_>, length: usize, confidence: f64) -> Records {
    let step = length as u64;
    // Records mostly end at the end of the file; in a truncated one, they begin at its beginning.
    let at_end = sample.size.checked_rem(step).unwrap_or(0);
    let mut best = read(sample, at_end, length);
    if at_end > 0 {
        let other = read(sample, 0, length);
        if other.cost < best.cost - ROTATION {
            best = other;
        }
    }
    let is_number = |kind| !matches!(kind, Kind::Text | Kind::Zeros);
    let ordered = best.columns.iter().any(|c| c.size > 1 && is_number(c.kind));
    let records = sample.size.saturating_sub(best.offset).checked_div(step);
    Records {
        size: length,
        offset: best.offset,
        count: records.unwrap_or(0),
        confidence,
        order: ordered.then_some(best.order),
        order_confidence: 1.0 - (-1.0 - best.margin).exp2(),
        format: format(best.order, &best.columns),
        columns: best.columns,
    }
}

/// Reads the records that begin at a phase, from 0 to their size.
fn read(sample: &Sample<'_>, phase: u64, length: usize) -> Reading {
    let rows = |from: usize| sample.bytes.get(from..).unwrap_or_default();
    let skip = to_boundary(sample.start, phase, length as u64);
    let header = head::length(sample.head, phase, rows(skip), length);
    let offset = phase.past(header);
    // The sample without the header.
    let after = usize::try_from(offset.saturating_sub(sample.start)).unwrap_or(0);
    let rows = rows(skip.max(after));
    let [little, big] = [Order::Little, Order::Big].map(|order| columns::find(rows, length, order));
    let margin = (little.1 - big.1).abs();
    let (order, (columns, cost)) = match little.1 <= big.1 {
        true => (Order::Little, little),
        false => (Order::Big, big),
    };
    Reading {
        offset,
        order,
        columns,
        cost,
        margin,
    }
}

/// How far after `start` the next record begins.
fn to_boundary(start: u64, phase: u64, step: u64) -> usize {
    let past = start.wrapping_sub(phase).checked_rem(step).unwrap_or(0);
    let ahead = step.since(past).checked_rem(step).unwrap_or(0);
    // An offset of 0 is before the first record, not between two.
    let ahead = if start < phase {
        phase.since(start)
    } else {
        ahead
    };
    usize::try_from(ahead).unwrap_or(0)
}

/// The format of a record; equal numbers that follow one another as one item.
fn format(order: Order, columns: &[Column]) -> String {
    let mut items: Vec<(usize, char)> = Vec::new();
    for column in columns {
        let code = column.kind.code();
        match (column.kind, items.last_mut()) {
            (Kind::Text | Kind::Zeros, _) => items.push((column.size, code)),
            (_, Some((count, last))) if *last == code => count.tally(1),
            _ => items.push((1, code)),
        }
    }
    let items = items.iter().map(|(count, code)| match count {
        1 => code.to_string(),
        _ => format!("{count}{code}"),
    });
    format!("{}{}", order.sign(), items.collect::<Vec<_>>().join(" "))
}

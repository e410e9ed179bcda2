//! Run lengths of 8, 4 and 24 bits. Rows end with an end of line, the last one with the end of the
//! bitmap.

/// Pixels of one run or literal.
const LONGEST: usize = 255;

pub(super) fn eight<'a>(rows: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    lines(rows, |row, out| {
        let run = |rest: &[u8]| same(rest, 1);
        let write = |run: &[u8], out: &mut Vec<u8>| out.extend(run.first());
        // Two equal pixels in a literal take no more than as a run.
        encode(row, 3, run, write, |literal, out| out.extend(literal), out);
    })
}

pub(super) fn four<'a>(rows: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    lines(rows, |row, out| {
        let run = |rest: &[u8]| same(rest, 2);
        let pair = |pair: &[u8], out: &mut Vec<u8>| {
            let [first, second] = [0, 1].map(|at| pair.get(at).copied().unwrap_or(0));
            out.push(first << 4 | second & 15);
        };
        let literal = |literal: &[u8], out: &mut Vec<u8>| {
            for two in literal.chunks(2) {
                pair(two, out);
            }
        };
        encode(row, 5, run, pair, literal, out);
    })
}

pub(super) fn twenty_four<'a>(rows: impl Iterator<Item = &'a [[u8; 4]]>) -> Vec<u8> {
    lines(rows, |row, out| {
        let bgr: Vec<[u8; 3]> = row.iter().map(|[r, g, b, _]| [*b, *g, *r]).collect();
        let run = |rest: &[[u8; 3]]| same(rest, 1);
        let write = |run: &[[u8; 3]], out: &mut Vec<u8>| {
            out.extend(run.first().into_iter().flatten());
        };
        let literal = |literal: &[[u8; 3]], out: &mut Vec<u8>| {
            out.extend(literal.iter().flatten());
        };
        encode(&bgr, 2, run, write, literal, out);
    })
}

fn lines<'a, T: 'a>(
    rows: impl Iterator<Item = &'a [T]>,
    mut line: impl FnMut(&[T], &mut Vec<u8>),
) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rows = rows.peekable();
    while let Some(row) = rows.next() {
        line(row, &mut out);
        out.extend(if rows.peek().is_some() {
            [0, 0]
        } else {
            [0, 1]
        });
    }
    out
}

/// How many items at the front repeat the first `period` of them.
fn same<T: PartialEq>(items: &[T], period: usize) -> usize {
    let behind = items.get(period..).unwrap_or_default();
    let equal = items.iter().zip(behind).take_while(|(a, b)| a == b).count();
    items.len().min(equal.saturating_add(period))
}

/// Runs of at least `worth` pixels are runs; what is between them are literals, or, where it is too
/// short for one, runs that are not worth it.
fn encode<T: PartialEq>(
    row: &[T],
    worth: usize,
    run: impl Fn(&[T]) -> usize,
    write_run: impl Fn(&[T], &mut Vec<u8>),
    write_literal: impl Fn(&[T], &mut Vec<u8>),
    out: &mut Vec<u8>,
) {
    let mut rest = row;
    while !rest.is_empty() {
        let mut plain = 0usize;
        while let Some(ahead) = rest.get(plain..).filter(|ahead| !ahead.is_empty()) {
            if run(ahead) >= worth.min(row.len()) || plain == LONGEST {
                break;
            }
            plain = plain.saturating_add(1);
        }
        let (size, is_literal) = match plain {
            0 => (run(rest), false),
            // 0, 1 and 2 behind a zero mean something else.
            1 | 2 => (run(rest.get(..plain).unwrap_or_default()), false),
            _ => (plain, true),
        };
        let size = size.clamp(1, LONGEST);
        let (now, later) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        let count = u8::try_from(now.len()).unwrap_or(u8::MAX);
        if is_literal {
            out.extend([0, count]);
            let start = out.len();
            write_literal(now, out);
            // Literals end on a whole 16-bit word.
            if out.len().saturating_sub(start) % 2 == 1 {
                out.push(0);
            }
        } else {
            out.push(count);
            write_run(now, out);
        }
        rest = later;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_literals_of_eight_bits() {
        let rows: [&[u8]; 3] = [&[7; 300], &[1, 2, 3, 4, 4, 4, 4, 9], &[5, 6]];
        let expected: Vec<u8> = [
            &[255, 7, 45, 7, 0, 0][..],
            &[0, 3, 1, 2, 3, 0, 4, 4, 1, 9, 0, 0],
            &[1, 5, 1, 6, 0, 1],
        ]
        .concat();
        assert_eq!(eight(rows.into_iter()), expected);
    }

    #[test]
    fn runs_of_four_bits_alternate() {
        let rows: [&[u8]; 2] = [&[1, 2, 1, 2, 1, 2, 1], &[3, 1, 4, 1, 5, 9]];
        let expected = [7, 0x12, 0, 0, 0, 6, 0x31, 0x41, 0x59, 0, 0, 1];
        assert_eq!(four(rows.into_iter()), expected);
    }

    #[test]
    fn runs_of_twenty_four_bits() {
        let (a, b, c) = ([1, 2, 3, 255], [4, 5, 6, 255], [7, 8, 9, 255]);
        let rows: [&[[u8; 4]]; 1] = [&[a, a, a, b, c, a]];
        let expected = [3, 3, 2, 1, 0, 3, 6, 5, 4, 9, 8, 7, 3, 2, 1, 0, 0, 1];
        assert_eq!(twenty_four(rows.into_iter()), expected);
    }
}

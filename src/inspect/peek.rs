//! The bytes at one place read as every type, in both byte orders.

use std::net::{Ipv4Addr, Ipv6Addr};

use encoding_rs::{Encoding, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::Order;
use crate::calendar;
use crate::offset::Position;
use crate::structs::Struct;
use crate::value::text::is_printable;
use crate::value::{Value, uuid};

/// The most bytes that are read; those after them only tell whether text goes on.
pub const MAX_BYTES: usize = 64;

/// The bytes that [`readings`] looks at, those that only tell whether text goes on among them.
pub const MAX_INPUT: usize = MAX_BYTES + MAX_CHARACTER;

/// The first and the last second that a date is plausible in: the years 1980 to 2099.
const PLAUSIBLE: std::ops::Range<i64> = 315_532_800..4_102_444_800;

/// The group of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Group {
    /// Whole numbers.
    Integer,
    /// Numbers with a fraction.
    Float,
    /// Points in time.
    Time,
    /// Text, as far as it is printable.
    Text,
    /// Addresses and identifiers.
    Identifier,
    /// Single bits.
    Bits,
}

/// The bytes as one type.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reading {
    /// What it is about.
    pub group: Group,
    /// The type: `uint16`, `filetime`.
    pub kind: &'static str,
    /// The byte order, where it makes a difference.
    pub order: Option<Order>,
    /// How many bytes it takes.
    pub size: usize,
    /// The format that reads the number, where it is one: `<H`.
    pub format: Option<String>,
    /// The value: a number, or text.
    pub value: Value,
    /// Whether the text goes on beyond [`MAX_BYTES`].
    pub cut: bool,
    /// Whether the value is a plausible one of its type, such as a date of recent decades.
    pub plausible: bool,
}

/// Every reading of the bytes that are there, in a fixed order; types that need more bytes are
/// left out.
///
/// ```
/// use bytewright::inspect::Order;
/// use bytewright::inspect::peek::readings;
///
/// let all = readings(b"\x80\x02\0\0");
/// let find = |kind, order| {
///     let is_it = |r: &&_| { let r: &bytewright::inspect::peek::Reading = r; r.kind == kind && r.order == order };
///     all.iter().find(is_it).map(|r| r.value.clone())
/// };
/// assert_eq!(find("uint32", Some(Order::Little)), Some(640.into()));
/// assert_eq!(find("uint16", Some(Order::Big)), Some(0x8002.into()));
/// assert_eq!(find("uint64", Some(Order::Little)), None);
/// ```
pub fn readings(bytes: &[u8]) -> Vec<Reading> {
    let mut all = Vec::new();
    numbers(bytes, &mut all);
    times(bytes, &mut all);
    texts(bytes, &mut all);
    identifiers(bytes, &mut all);
    for size in [1, 2, 4] {
        if let Some(front) = bytes.get(..size) {
            let digits: Vec<String> = front.iter().map(|byte| format!("{byte:08b}")).collect();
            all.push(text(Group::Bits, "bits", size, &digits.join(" ")));
        }
    }
    all
}

const INTEGERS: [(&str, &str); 14] = [
    ("int8", "b"),
    ("uint8", "B"),
    ("int16", "h"),
    ("uint16", "H"),
    ("int24", "j"),
    ("uint24", "J"),
    ("int32", "i"),
    ("uint32", "I"),
    ("int48", "k"),
    ("uint48", "K"),
    ("int64", "q"),
    ("uint64", "Q"),
    ("int128", "y"),
    ("uint128", "Y"),
];

const FLOATS: [(&str, &str); 3] = [("float16", "e"), ("float32", "f"), ("float64", "d")];

fn numbers(bytes: &[u8], all: &mut Vec<Reading>) {
    let groups = [(Group::Integer, &INTEGERS[..]), (Group::Float, &FLOATS[..])];
    for (group, types) in groups {
        for (kind, code) in types {
            for order in [Order::Little, Order::Big] {
                let format = format!("{}{code}", order.sign());
                let Some((value, size)) = one(&format, bytes) else {
                    continue;
                };
                if size == 1 && order == Order::Big {
                    continue;
                }
                all.push(Reading {
                    group,
                    kind,
                    order: (size > 1).then_some(order),
                    size,
                    plausible: is_usual(&value),
                    format: Some(format),
                    value,
                    cut: false,
                });
            }
        }
        if group == Group::Integer {
            for (kind, code) in [("sleb128", "v"), ("uleb128", "V")] {
                if let Some((value, size)) = one(code, bytes) {
                    all.push(Reading {
                        group,
                        kind,
                        order: None,
                        size,
                        format: Some(code.to_owned()),
                        value,
                        cut: false,
                        plausible: true,
                    });
                }
            }
        }
    }
}

/// The value of a format of one field, and its size.
fn one(format: &str, bytes: &[u8]) -> Option<(Value, usize)> {
    let (record, size) = Struct::new(format).ok()?.unpack_prefix(bytes).ok()?;
    let value = record.iter().next()?.clone();
    Some((value, size))
}

/// Floats that a person wrote are seldom tiny or huge.
fn is_usual(value: &Value) -> bool {
    match value {
        Value::Float(x) => *x == 0.0 || (1e-9..1e15).contains(&x.abs()),
        _ => true,
    }
}

fn text(group: Group, kind: &'static str, size: usize, value: &str) -> Reading {
    Reading {
        group,
        kind,
        order: None,
        size,
        format: None,
        value: Value::from(value),
        cut: false,
        plausible: true,
    }
}

/// Where a type counts time from and in what.
struct Clock {
    kind: &'static str,
    code: &'static str,
    /// Seconds from its start to 1970.
    epoch: i128,
    /// Units a second.
    units: i128,
}

const CLOCKS: [Clock; 8] = [
    Clock {
        kind: "unix",
        code: "i",
        epoch: 0,
        units: 1,
    },
    Clock {
        kind: "unix 64",
        code: "q",
        epoch: 0,
        units: 1,
    },
    Clock {
        kind: "unix ms",
        code: "q",
        epoch: 0,
        units: 1_000,
    },
    Clock {
        kind: "unix µs",
        code: "q",
        epoch: 0,
        units: 1_000_000,
    },
    Clock {
        kind: "unix ns",
        code: "q",
        epoch: 0,
        units: 1_000_000_000,
    },
    // From 1601, 1904 and 1900.
    Clock {
        kind: "filetime",
        code: "Q",
        epoch: 11_644_473_600,
        units: 10_000_000,
    },
    Clock {
        kind: "hfs",
        code: "I",
        epoch: 2_082_844_800,
        units: 1,
    },
    Clock {
        kind: "ntp",
        code: "I",
        epoch: 2_208_988_800,
        units: 1,
    },
];

fn times(bytes: &[u8], all: &mut Vec<Reading>) {
    for clock in &CLOCKS {
        for order in [Order::Little, Order::Big] {
            let read = one(&format!("{}{}", order.sign(), clock.code), bytes);
            let Some((size, count)) = read.and_then(|(value, size)| Some((size, value.as_int()?)))
            else {
                continue;
            };
            let seconds = count.checked_div_euclid(clock.units);
            let rest = count.checked_rem_euclid(clock.units).unwrap_or(0);
            let Some(seconds) = seconds.and_then(|s| s.checked_sub(clock.epoch)) else {
                continue;
            };
            time(clock.kind, order, size, (seconds, rest, clock.units), all);
        }
    }
    // Days since 1899-12-30, as spreadsheets and OLE count them.
    for order in [Order::Little, Order::Big] {
        if let Some((Value::Float(days), size)) = one(&format!("{}d", order.sign()), bytes)
            && days.abs() < 3e6
        {
            #[expect(clippy::cast_possible_truncation, reason = "below 3e11")]
            let seconds = (days * 86_400.0).round() as i128;
            time(
                "ole",
                order,
                size,
                (seconds.saturating_sub(2_209_161_600), 0, 1),
                all,
            );
        }
    }
    dos(bytes, all);
}

fn time(
    kind: &'static str,
    order: Order,
    size: usize,
    (seconds, rest, units): (i128, i128, i128),
    all: &mut Vec<Reading>,
) {
    let Ok(seconds) = i64::try_from(seconds) else {
        return;
    };
    let mut shown = calendar::utc(seconds);
    if rest > 0 {
        let digits = units.to_string().len().saturating_sub(1);
        let fraction = format!("{rest:0digits$}");
        shown = format!("{shown}.{}", fraction.trim_end_matches('0'));
    }
    all.push(Reading {
        group: Group::Time,
        kind,
        order: Some(order),
        size,
        format: None,
        value: Value::from(shown.as_str()),
        cut: false,
        plausible: PLAUSIBLE.contains(&seconds),
    });
}

/// The time and date words of FAT and zip, the time first: little-endian alone.
fn dos(bytes: &[u8], all: &mut Vec<Reading>) {
    let format = "<H{second:5 minute:6 hour:5} H{day:5 month:4 year:7}";
    let Ok((record, size)) = Struct::new(format)
        .map_err(|_| ())
        .and_then(|layout| layout.unpack_prefix(bytes).map_err(|_| ()))
    else {
        return;
    };
    let number = |name: &str| record.get(name).and_then(Value::as_int).unwrap_or(0);
    let (year, month, day) = (
        number("year").saturating_add(1980),
        number("month"),
        number("day"),
    );
    let second = number("second").saturating_mul(2);
    let (hour, minute) = (number("hour"), number("minute"));
    let valid = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if valid {
        all.push(Reading {
            order: Some(Order::Little),
            plausible: year < 2100,
            ..text(
                Group::Time,
                "dos",
                size,
                &format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
            )
        });
    }
}

/// The bytes of the longest character in any of the encodings.
const MAX_CHARACTER: usize = 4;

fn texts(bytes: &[u8], all: &mut Vec<Reading>) {
    let encodings: [(&str, &Encoding); 5] = [
        ("utf-8", UTF_8),
        ("utf-16le", UTF_16LE),
        ("utf-16be", UTF_16BE),
        ("gbk", GBK),
        ("latin-1", WINDOWS_1252),
    ];
    for (kind, encoding) in encodings {
        let (size, shown) = printable(bytes.get(..MAX_BYTES).unwrap_or(bytes), encoding);
        if size > 0 {
            let (next, _) = printable(bytes.get(size..).unwrap_or_default(), encoding);
            all.push(Reading {
                cut: size.past(MAX_CHARACTER) > MAX_BYTES && next > 0,
                plausible: shown.chars().count() > 1,
                ..text(Group::Text, kind, size, &shown)
            });
        }
    }
}

/// The longest front of the bytes that is printable text, and its length in bytes.
fn printable(bytes: &[u8], encoding: &'static Encoding) -> (usize, String) {
    let mut best = (0, String::new());
    let mut at = 0;
    let unit = if encoding == UTF_16LE || encoding == UTF_16BE {
        2
    } else {
        1
    };
    while at < bytes.len() {
        let next = (unit..=MAX_CHARACTER).find_map(|size| {
            let end = at.checked_add(size)?;
            let piece = bytes.get(at..end)?;
            let decoded = encoding.decode_without_bom_handling_and_without_replacement(piece)?;
            let one = decoded.chars().count() == 1;
            (one && is_printable(&decoded)).then(|| (end, decoded.into_owned()))
        });
        let Some((end, c)) = next else { break };
        best.1.push_str(&c);
        at = end;
        best.0 = at;
    }
    best
}

fn identifiers(bytes: &[u8], all: &mut Vec<Reading>) {
    if let Some(&[a, b, c, d]) = bytes.first_chunk() {
        let address = Ipv4Addr::new(a, b, c, d).to_string();
        all.push(text(Group::Identifier, "ipv4", 4, &address));
    }
    if let Some(mac) = bytes.get(..6) {
        let parts: Vec<String> = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        all.push(text(Group::Identifier, "mac", 6, &parts.join(":")));
    }
    let Some(sixteen) = bytes.first_chunk::<16>() else {
        return;
    };
    let address = Ipv6Addr::from(*sixteen).to_string();
    all.push(text(Group::Identifier, "ipv6", 16, &address));
    // RFC 9562 writes all parts big-endian; Microsoft's GUIDs have the first three little-endian.
    let little = uuid::swapped(*sixteen);
    for (order, bytes) in [(Order::Little, &little), (Order::Big, sixteen)] {
        all.push(Reading {
            order: Some(order),
            ..text(Group::Identifier, "uuid", 16, &uuid::text(bytes))
        });
    }
}

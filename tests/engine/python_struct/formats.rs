//! Formats for the comparison: right ones, code by code, and others that are nearly right.

use super::random::Random;
use super::tokens::{CODES, PREFIXES};

/// How many formats it takes until every byte order has met every code with every kind of count.
pub const ROUND: u64 = (PREFIXES.len() * CODES.len() * 3) as u64;

/// The `turn`th right format: byte order, a code and its kind of count come in turn, the items
/// around it and the white space by chance.
pub fn right(turn: u64, random: &mut Random) -> String {
    let turn = (turn % ROUND) as usize;
    let prefix = PREFIXES[turn % PREFIXES.len()];
    let code = CODES[turn / PREFIXES.len() % CODES.len()];
    let count = match turn / PREFIXES.len() / CODES.len() {
        0 => "0".to_owned(),
        1 => random.pick(&["", "1", "01"]).to_string(),
        _ => many(random),
    };
    let mut items = vec![format!("{count}{code}")];
    let native = matches!(prefix, "" | "@");
    for _ in 0..random.below(4) {
        let place = random.below(items.len() + 1);
        items.insert(place, item(native, random));
    }
    let mut format = prefix.to_owned();
    for item in items {
        format += blank(random);
        format += &item;
    }
    format + blank(random)
}

/// An item beside the one whose turn it is: none that some Python lacks, which would hide that one.
fn item(native: bool, random: &mut Random) -> String {
    let code = loop {
        let code = random.pick(&CODES);
        let lacking = matches!(code, "F" | "D" | "Zf" | "Zd");
        if !lacking && (native || !matches!(code, "n" | "N" | "P")) {
            break code;
        }
    };
    let count = match random.below(6) {
        0 if code != "p" => "0".to_owned(),
        1 => "1".to_owned(),
        2 => many(random),
        _ => String::new(),
    };
    format!("{count}{code}")
}

fn many(random: &mut Random) -> String {
    match random.below(12) {
        // About the longest string that a length byte can tell.
        0 | 1 => (253 + random.below(8)).to_string(),
        2 => format!("{:05}", 2 + random.below(9)),
        _ => (2 + random.below(9)).to_string(),
    }
}

fn blank(random: &mut Random) -> &'static str {
    const BLANKS: [&str; 8] = [" ", "  ", "\t", "\n", "\r", "\u{b}", "\u{c}", " \r\n"];
    if random.once_in(4) {
        random.pick(&BLANKS)
    } else {
        ""
    }
}

/// What Python takes, what only bytewright takes, and what neither does.
const ALPHABET: &str = "xcbB?hHiIlLqQnNefdFDspPZ@=<>!0123456789 \t\n\r\u{b}\u{c}\
    vVzjJkKyY()[]{}*%|:#'\"+-/._,;&^$~`\\aEgGmMoOrRStTuUwWXCA\0\u{1}\u{1c}\u{7f}\u{85}\u{a0}\u{e9}\u{2003}\u{663}\u{1f600}";

/// Counts about the largest size, and about the sizes of C's integers.
const LARGE: [&str; 22] = [
    "2147483647",
    "2147483648",
    "4294967296",
    "1152921504606846975",
    "1152921504606846976",
    "2305843009213693951",
    "2305843009213693952",
    "4611686018427387903",
    "4611686018427387904",
    "9223372036854775799",
    "9223372036854775800",
    "9223372036854775801",
    "9223372036854775806",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "18446744073709551617",
    "340282366920938463463374607431768211456",
    "00000000000000000000000000000000000000002",
    "00000000000000000009223372036854775807",
    "100000000000000000000000000000000000000000000000000000000000000",
];

/// A format that may be wrong.
pub fn doubtful(random: &mut Random) -> String {
    match random.below(4) {
        0 => noise(random),
        1 => large(random),
        _ => mutated(random),
    }
}

fn letter(random: &mut Random) -> char {
    let at = random.below(ALPHABET.chars().count());
    ALPHABET.chars().nth(at).unwrap()
}

fn noise(random: &mut Random) -> String {
    let length = random.below(7);
    (0..length).map(|_| letter(random)).collect()
}

fn large(random: &mut Random) -> String {
    let prefix = random.pick(&PREFIXES);
    let native = matches!(prefix, "" | "@");
    let mut format = prefix.to_owned();
    for _ in 0..=random.below(3) {
        format += blank(random);
        if random.once_in(2) {
            let item = item(native, random);
            format += random.pick(&LARGE);
            format += item.trim_start_matches(|c: char| c.is_ascii_digit());
        } else {
            format += &item(native, random);
        }
    }
    format
}

fn mutated(random: &mut Random) -> String {
    let turn = random.bits();
    let mut format: Vec<char> = right(turn, random).chars().collect();
    for _ in 0..=random.below(2) {
        let place = random.below(format.len() + 1);
        let other = random.below(format.len() + 1);
        match random.below(6) {
            0 if place < format.len() => drop(format.remove(place)),
            1 if place < format.len() && other < format.len() => format.swap(place, other),
            2 => format.insert(place, random.pick(&['@', '=', '<', '>', '!'])),
            3 => format.truncate(place),
            _ => format.insert(place, letter(random)),
        }
    }
    format.into_iter().collect()
}

//! Formats that are made up, to compare columns with what unpacking gives.

use crate::Random;

const CODES: [&str; 19] = [
    "b", "B", "h", "H", "i", "I", "q", "Q", "e", "f", "d", "?", "c", "j", "J", "k", "K", "y", "Y",
];

/// A format of fixed size, and with `kinds` one that only the interpreter of whole files reads.
pub fn format(random: &mut Random, kinds: bool) -> String {
    let order = match kinds {
        true => random.one(&["<", ">", "=", ""]),
        false => random.one(&["<", ">", "=", "!", "@", ""]),
    };
    let mut format = order.to_owned();
    let mut names = 0;
    items(random, kinds, 0, &mut names, &mut format);
    format
}

fn items(random: &mut Random, kinds: bool, depth: u32, names: &mut u32, format: &mut String) {
    for _ in 0..=random.below(5) {
        *names += 1;
        let name = format!("f{names}");
        let item = match random.below(if kinds { 14 } else { 9 }) {
            0 if depth < 3 => {
                let count = random.below(4);
                format.push_str(&match count {
                    0 => "(".to_owned(),
                    n => format!("{n}("),
                });
                items(random, kinds, depth + 1, names, format);
                format.push_str(&format!("):{name} "));
                continue;
            }
            1 => format!("{}s:{name}", random.below(20)),
            2 => format!("{}p:{name}", 1 + random.below(6)),
            3 => format!("{}{}:{name}", 1 + random.below(4), random.one(&CODES)),
            4 => bits(random, names),
            5 => format!("{}x", 1 + random.below(4)),
            6 if !kinds => format!("{}{}", 1 + random.below(3), random.one(&CODES)),
            7 => format!("|{}", 1 + random.below(8)),
            9 => format!(
                "8s~{}:{name}",
                random.one(&["ascii", "latin1", "utf8", "utf16le", "cp437"])
            ),
            10 => format!(
                "I~{}:{name}",
                random.one(&["unix", "hex", "fixed", "ipv4", "dos", "zigzag"])
            ),
            11 => format!("{}U:{name}", 1 + random.below(16)),
            12 => format!("16s~{}:{name}", random.one(&["guid", "uuid", "ipv6"])),
            13 => format!(
                "6s~{}:{name}",
                random.one(&["mac", "octal", "decimal", "bcd"])
            ),
            _ => format!("{}:{name}", random.one(&CODES)),
        };
        format.push_str(&item);
        format.push(' ');
    }
}

fn bits(random: &mut Random, names: &mut u32) -> String {
    let (code, width) = [("B", 8), ("H", 16), ("i", 32), ("Q", 64)][random.below(4) as usize];
    let mut left = width;
    let mut parts = Vec::new();
    while left > 0 {
        let take = 1 + random.below(left);
        left -= take;
        *names += 1;
        match random.below(4) {
            0 => parts.push(format!("_:{take}")),
            _ => parts.push(format!("b{names}:{take}")),
        }
    }
    let name = match random.below(2) {
        0 => String::new(),
        _ => format!(":bits{names}"),
    };
    format!("{code}{{{}}}{name}", parts.join(" "))
}

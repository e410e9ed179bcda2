//! Formats made at random: those of today stay plain, those of whole files go both ways.

use crate::offset::Tally as _;
use crate::structs::Struct;

/// A linear congruential generator: the same numbers each time.
pub(in crate::structs::whole) struct Random(pub(in crate::structs::whole) u64);

impl Random {
    pub(in crate::structs::whole) fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33)
            .unwrap()
            .checked_rem(n)
            .unwrap()
    }

    fn one_of<'a>(&mut self, parts: &[&'a str]) -> &'a str {
        parts[self.below(parts.len())]
    }
}

#[test]
fn plain_formats_are_what_they_were() {
    let mut random = Random(1);
    let mut valid = 0;
    for _ in 0..100_000 {
        let mut format = random.one_of(&["", "@", "=", "<", ">", "!"]).to_owned();
        let mut names = 0;
        for _ in 0..random.below(6) + 1 {
            format += random.one_of(&["", " ", "3", "0", "12", "1"]);
            format += random.one_of(&[
                "x",
                "c",
                "b",
                "B",
                "?",
                "h",
                "H",
                "i",
                "I",
                "l",
                "L",
                "q",
                "Q",
                "e",
                "f",
                "d",
                "s",
                "p",
                "z",
                "v",
                "V",
                "j",
                "k",
                "y",
                "(BH)",
                "(<I c)",
                "H{a:4 b:12}",
                "B{<_:1 c:7}",
            ]);
            if random.below(3) == 0 {
                names += 1;
                format += &format!(":n{names}");
                format += random.one_of(&[" ", ": "]);
            } else {
                format += random.one_of(&[" ", "", " |4 "]);
            }
        }
        if let Ok(layout) = Struct::new(&format) {
            valid += 1;
            assert!(!layout.is_whole(), "{format}");
        }
    }
    assert!(valid > 50_000, "{valid}");
}

/// A format of some items, whose names are letters of the alphabet in order.
pub(super) fn random_format(random: &mut Random, depth: usize, next: &mut u8) -> String {
    let mut format = String::new();
    for _ in 0..=random.below(3) {
        let name = char::from(b'a'.saturating_add(*next % 26)).to_string() + &next.to_string();
        *next = next.saturating_add(1);
        let choices = if depth > 2 { 10 } else { 38 };
        format += &match random.below(choices) {
            0 => format!("B:{name} "),
            1 => format!(">H:{name} ").replace('>', ""),
            2 => format!("B:{name}n [{name}n]s:{name} "),
            3 => format!("{}s~latin1:{name} ", random.below(4)),
            4 => format!("z:{name} "),
            5 => format!("M:{name} "),
            6 => format!("B{{{name}x:3 _:1 {name}y:4}} "),
            7 => format!("|{} ", random.below(4).saturating_add(1)),
            8 => format!("2s~rotate({}):{name} ", random.below(7).saturating_add(1)),
            9 => format!("2s:{name}d <H:{name}s=sum16({name}d) ").replace('<', ""),
            14 => {
                let inner = random_format(random, depth.saturating_add(1), next);
                format!("B:{name}n [{name}n]s~xor({name}n + 1):{name}=({inner}) ")
            }
            15 => {
                let inner = random_format(random, depth.saturating_add(1), next);
                format!("3s~xor(x\"c35a\")=({inner}) ")
            }
            16 => format!(
                "3(B:{name}i 1s:{name}t):{name} .{name}j=[join({name}[{name}i & 1].{name}t)] "
            ),
            17 => format!("B:{name}n [{name}n]s~xor(7):{name} B:{name}c=xor({name}.content) "),
            10 => {
                let inner = random_format(random, depth.saturating_add(1), next);
                format!("B:{name}n [{name}n]({inner}):{name} ")
            }
            11 => {
                let one = random_format(random, depth.saturating_add(1), next);
                let other = random_format(random, depth.saturating_add(1), next);
                format!("B:{name} {{{name} & 3 ; 0: {one}; 1, 2: ; else: {other}}} ")
            }
            12 => {
                let inner = random_format(random, depth.saturating_add(1), next);
                format!("B:{name}n [{name}n]s:{name}=({inner}) ")
            }
            13 => {
                let inner = random_format(random, depth.saturating_add(1), next);
                format!("*[{name}e & 1](B:{name}e {inner}):{name} ")
            }
            18 => format!("B:{name}at &[{name}at]B:{name} "),
            27 => {
                let inner = random_format(random, depth.saturating_add(1), next);
                format!("B:{name}n [{name}n & 7]s:{name}=?({inner}) ")
            }
            19 => {
                let one = random_format(random, depth.saturating_add(1), next);
                format!("1s:{name}k {{{name}k ; x\"00\": {one}; x\"01\", x\"02\": B:{name} }} ")
            }
            // Of an item that is found by a field of it, and of a level.
            20 => format!(
                "B:{name}n [{name}n]s:{name}r=(*(B:{name}i {{{name}i & 2: B:{name}w}}):{name}) \
                 .{name}p=[{name}r.{name}[{name}i == 1 || {name}i == 2].{name}w ?? 2] [{name}p & 3]s:{name}d "
            ),
            21 => format!(
                "(B:{name}a B{{{name}x:2 {name}y:6}}:{name}b):{name} [{name}.{name}a & 3]s:{name}c [{name}.{name}b.{name}x]s:{name}d "
            ),
            22 => {
                format!("V:{name}n M:{name}m [{name}n & 1]s:{name} [({name}m & 2) ?? 1]s:{name}c ")
            }
            23 => format!(
                "1s~octal:{name}n z:{name}t {{{name}t == \"\" && {name}n < 9: [{name}n]B:{name}}} "
            ),
            24 => format!(
                "B:{name}n .{name}v=[{name}n & 1 ? -{name}n : ~{name}n % 5] {{{name}v < 0: B:{name}x {{{name}x ; 0: ; 1..9: B:{name}n2}}}} "
            ),
            25 => {
                let inner = random_format(random, depth.saturating_add(1), next);
                format!(
                    "B:{name}n {{{name}n ; 0..3: {{{name}n > 1: [{name}n](B:{name}i {inner}):{name}}}; else: }} "
                )
            }
            26 => format!("B{{{name}x:1 {name}y:2 _:5}} {{{name}x: B:{name}}} "),
            // Of an item that is called by a field of it.
            28 => format!(
                "B:{name}n [{name}n & 3](1s:{name}k B:{name}v):{name}[{name}k] \
                 .{name}c=[{name}[\"\\x01\"].{name}v ?? 1] [{name}c & 3]s:{name}d "
            ),
            29 => format!("B:{name}n [{name}n & 3]&[@index * 2]B:{name} "),
            30 => format!("B:{name}o {{{name}o & 1 ; 1: >H:{name}h ; else: <H:{name}h}} "),
            31 => format!("z\"\\x01\\x00\"~latin1:{name} "),
            32 => format!("z~utf16le:{name} "),
            33 => {
                let kind = random.one_of(&[
                    "2s~utf16be",
                    "3s~utf8",
                    "4s~ipv4",
                    "6s~mac",
                    "16s~guid",
                    "I~unix",
                    "I~dos",
                    "H~fixed(8)",
                    "B~percent(0, 200)",
                    "3u",
                    "5U",
                    "3U{a:4 b:9 _:11}",
                ]);
                format!("{kind}:{name} ")
            }
            34 => format!(
                "B:{name}f I:{name}s=crc32({name}d, when={name}f & 1) [{name}f >> 6]s:{name}d "
            ),
            35 => format!("B:{name}n=[len({name}d)] [{name}n & 3]s:{name}d "),
            36 => {
                let inner = random_format(random, depth.saturating_add(1), next);
                format!("3(B:{name}i {inner}):{name} .{name}l=[{name}[1].{name}i] ")
            }
            _ => format!(".{name}=[@at * 2] B:{name}s=sum({name}b..{name}b) B:{name}b "),
        };
    }
    format
}

/// Reads random bytes a few times, and packs what was read onto them and alone; answers how often it read and packed.
fn goes_both_ways(format: &str, layout: &Struct, random: &mut Random) -> (u32, u32) {
    let (mut read, mut packed) = (0u32, 0u32);
    for _ in 0..4 {
        let data = data(random);
        let Ok((values, taken)) = layout.unpack_prefix(&data) else {
            continue;
        };
        read.tally(1);
        // What values don't say comes from the base: no byte differs.
        let onto = layout.pack_onto(&data[..taken], &values);
        let onto = onto.unwrap_or_else(|e| panic!("{format}: {values}: {e}"));
        assert_eq!(onto, &data[..taken], "{format}: {values}");
        // Without it the values stay, where no two fields are on the same bytes.
        if let Ok(alone) = layout.pack(&values) {
            packed.tally(1);
            let again = layout.unpack_prefix(&alone).unwrap().0;
            assert_eq!(again, values, "{format}");
        }
    }
    (read, packed)
}

/// Up to 40 bytes, small ones more often.
fn data(random: &mut Random) -> Vec<u8> {
    (0..random.below(40))
        .map(|_| u8::try_from(random.below(256) >> random.below(9)).unwrap())
        .collect()
}

#[test]
fn random_formats_of_whole_files_go_both_ways() {
    let mut random = Random(7);
    let (mut read, mut packed) = (0, 0);
    for _ in 0..6_000 {
        let mut next = 0;
        let format = random_format(&mut random, 0, &mut next) + "{0: x}";
        let layout = Struct::new(&format).unwrap_or_else(|e| panic!("{e}"));
        let (r, p) = goes_both_ways(&format, &layout, &mut random);
        read += r;
        packed += p;
    }
    assert!(read > 3_000 && packed > 2_000, "{read} {packed}");
}

/// What reads as bytes that are not coded is written and read as well where they are.
#[cfg(feature = "gzip")]
#[test]
fn random_formats_stand_in_compressed_bytes() {
    let mut random = Random(11);
    let mut packed = 0;
    for _ in 0..1_500 {
        let mut next = 0;
        let inner = random_format(&mut random, 0, &mut next);
        let plain = Struct::new(&format!("*s:x=({inner})")).unwrap();
        let coded = Struct::new(&format!("*s~zlib:x=({inner})")).unwrap();
        let data = data(&mut random);
        let Ok(values) = plain.unpack(&data) else {
            continue;
        };
        let Ok(bytes) = coded.pack(&values) else {
            continue;
        };
        packed += 1;
        let again = coded
            .unpack(&bytes)
            .unwrap_or_else(|e| panic!("{inner}: {e}"));
        assert_eq!(again, values, "{inner}");
        // The bytes of a base that yields the same stay, however they were compressed.
        assert_eq!(coded.pack_onto(&bytes, &values).unwrap(), bytes, "{inner}");
    }
    assert!(packed > 300, "{packed}");
}

/// Formats that take parameters, that contain themselves as data say, that fill regions and lie elsewhere.
const STORED: [(&str, &str); 6] = [
    ("pair", "B:x B{low:4 high:4}:y"),
    (
        "tree",
        "B:n {n & 1: %tree:left} {n & 2: [n >> 6]%tree:more}",
    ),
    (
        "sized",
        "{w & 3 ; 1: B:one ; 2: %sized{w: w - 1}:two ; else: [w & 3]s:text}",
    ),
    ("far", "B:at {at < @size: &[at]%pair:there}"),
    (
        "filled",
        "{from & 1 && @at < @end: B:x} *(B:n [n & 1]s:t):list",
    ),
    (
        "hidden",
        "B:n [n & 7]s~xor(n):inside=(B:a *s:rest_of_it) B:sum=sum(inside.content)",
    ),
];

#[test]
fn random_uses_of_stored_formats_go_both_ways() {
    let mut random = Random(31);
    let (mut read, mut packed) = (0, 0);
    for _ in 0..4_000 {
        let mut next = 0;
        let before = random_format(&mut random, 1, &mut next);
        let used = random.one_of(&[
            "%pair:p",
            "%tree:p",
            "[k & 3]%tree:p",
            "%sized{w: k}:p",
            "*[x == k]%pair:p",
            "[k & 15]s:p=%filled{from: k}",
            "[k & 15]s:p=?%tree",
            "[k & 3]%sized{w: @index}:p",
            "%far:p",
            "%hidden:p",
            "{k & 1 ; 0: %hidden:p ; else: %sized{w: k >> 4}:p}",
            "[k & 15]s~rotate(3):p=%filled{from: @start}",
        ]);
        let after = random_format(&mut random, 2, &mut next);
        let format = format!("{before}B:k {used} {after}{{0: x}}");
        let layout = super::compiled(&format, &STORED);
        let (r, p) = goes_both_ways(&format, &layout, &mut random);
        read += r;
        packed += p;
    }
    assert!(read > 2_000 && packed > 1_500, "{read} {packed}");
}

//! Searching and comparing bytes, against GNU grep and cmp.

#![cfg(all(unix, feature = "find"))]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Output};

use bytewright::Source;
use bytewright::inspect::align::{Align, Kind};
use bytewright::inspect::find::{Find, Pattern};

use crate::common::run_peer;

/// How much the search reads at a time.
const BLOCK: usize = 256 << 10;

/// Numbers without end, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut n = self.0;
        n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((n ^ (n >> 31)) % limit as u64) as usize
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn bytes(&mut self, letters: &[u8], size: usize) -> Vec<u8> {
        (0..size).map(|_| self.pick(letters)).collect()
    }

    /// A regular expression that reads the same to both.
    fn regex(&mut self, depth: usize) -> String {
        let mut regex = String::new();
        for _ in 0..=self.below(3) {
            let group = depth > 0 && self.below(3) == 0;
            if group {
                let (a, b) = (self.regex(depth - 1), self.regex(depth - 1));
                regex += &match self.below(2) {
                    0 => format!("(?:{a})"),
                    // Branches that begin alike are where the two differ: regex-syntax takes what
                    // they share out of them, and a lazy repetition then decides before them.
                    _ => format!("(?:a{a}|{b})"),
                };
                // Whether to go on repeating what can be empty is where the two differ.
                regex += self.pick(&["", "", "?", "??", "{2}"]);
            } else {
                let atoms = [
                    "a",
                    "b",
                    "c",
                    r"\xff",
                    r"\x80",
                    "[ab]",
                    r"[^a\n]",
                    r"[b-c\x80]",
                    ".",
                ];
                regex += self.pick(&atoms);
                regex += self.pick(&["", "", "", "?", "+", "{1,3}", "*?", "{2}", "??"]);
            }
        }
        regex
    }
}

fn cases() -> usize {
    let cases = std::env::var("BYTEWRIGHT_CASES").ok();
    cases.map_or(300, |cases| cases.parse().unwrap())
}

/// A tool's run, in the locale of plain bytes; `None`, said aloud, where it is missing.
fn peer(program: &str, args: &[&OsStr]) -> Option<Output> {
    run_peer(Command::new(program).env("LC_ALL", "C").args(args))
}

type Hits = Vec<(u64, Vec<u8>)>;

/// Offsets and bytes as `grep -ob` prints them; `Err` where it gives up.
fn grep(how: &str, pattern: &[u8], file: &Path) -> Option<Result<Hits, String>> {
    let args = ["-obUa", how, "-e"].map(OsStr::new);
    let tail = [OsStr::from_bytes(pattern), file.as_os_str()];
    let output = peer("grep", &[&args[..], &tail].concat())?;
    if output.status.code() > Some(1) {
        let said = String::from_utf8_lossy(&output.stderr);
        // It backtracks, and sets itself a limit.
        assert!(said.contains("limit"), "{said}");
        return Some(Err(said.into_owned()));
    }
    let lines = output.stdout.split(|&b| b == b'\n');
    let hit = |line: &[u8]| {
        let colon = line.iter().position(|&b| b == b':').unwrap();
        let offset = std::str::from_utf8(&line[..colon]).unwrap();
        (offset.parse().unwrap(), line[colon + 1..].to_vec())
    };
    Some(Ok(lines.filter(|line| !line.is_empty()).map(hit).collect()))
}

fn ours(pattern: &Pattern, file: &Path) -> Vec<(u64, Vec<u8>)> {
    let mut hits = Vec::new();
    let source = Source::open(file).unwrap();
    let mut find = Find::new(&source, pattern);
    while let Some(hit) = find.next() {
        hits.push((hit.unwrap().offset, find.bytes().to_vec()));
    }
    hits
}

/// A size, now and then one that a window ends in.
fn size(random: &mut Random, case: usize) -> usize {
    match case % 10 {
        0 => BLOCK * (1 + random.below(2)) + random.below(40),
        _ => 1 + random.below(2000),
    }
}

#[test]
fn grep_finds_the_same_bytes_at_the_same_places() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data");
    let mut random = Random(1);
    let mut found = 0;
    for case in 0..cases() {
        let size = size(&mut random, case);
        let letters = random.pick(&[&b"ab"[..], b"ab\n", b"\0a\xff\n", b"aaaaaaab"]);
        let bytes = random.bytes(letters, size);
        std::fs::write(&file, &bytes).unwrap();
        // An argument can't hold a NUL, and a pattern of grep's ends with the line.
        let letters: Vec<u8> = letters.iter().copied().filter(|&b| b > b'\n').collect();
        let length = 1 + random.below(8);
        let needle = random.bytes(&letters, length);
        let Some(expected) = grep("-F", &needle, &file) else {
            return;
        };
        let expected = expected.unwrap();
        found += expected.len();
        let pattern = Pattern::bytes(&needle).unwrap();
        assert!(
            ours(&pattern, &file) == expected,
            "case {case}: {needle:?} in {size} bytes"
        );
    }
    assert!(found > cases());
}

#[test]
fn grep_finds_the_same_matches_of_regular_expressions() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data");
    let mut random = Random(2);
    let mut found = 0;
    for case in 0..cases() {
        let size = size(&mut random, case);
        // Lines, so that no match is longer than what is found for certain.
        let letters = [&b"aaabbc\xff\x80".repeat(20)[..], b"\n"].concat();
        let bytes = random.bytes(&letters, size);
        std::fs::write(&file, &bytes).unwrap();
        let regex = random.regex(2);
        let Ok(pattern) = Pattern::regex(&format!("(?-u){regex}"), false) else {
            continue;
        };
        let Some(expected) = grep("-P", regex.as_bytes(), &file) else {
            return;
        };
        let Ok(expected) = expected else { continue };
        found += expected.len();
        assert!(
            ours(&pattern, &file) == expected,
            "case {case}: {regex} in {size} bytes"
        );
    }
    assert!(found > cases());
}

/// Offsets and both bytes, of bytes that differ, as `cmp -l` prints them.
fn cmp(a: &Path, b: &Path) -> Option<Vec<(u64, u8, u8)>> {
    let output = peer("cmp", &[OsStr::new("-l"), a.as_os_str(), b.as_os_str()])?;
    assert!(output.status.code() < Some(2), "{output:?}");
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let offset: u64 = words.next().unwrap().parse().unwrap();
        let mut byte = || u8::from_str_radix(words.next().unwrap(), 8).unwrap();
        (offset - 1, byte(), byte())
    };
    let printed = String::from_utf8(output.stdout).unwrap();
    Some(printed.lines().map(line).collect())
}

#[test]
fn cmp_finds_the_same_bytes_changed_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let (path_a, path_b) = (folder.path().join("a"), folder.path().join("b"));
    let mut random = Random(3);
    let all: Vec<u8> = (0..=255).collect();
    for case in 0..cases() {
        let size = size(&mut random, case);
        // Noise, or numbered records: data in which nothing looks as if it had moved.
        let a = match case % 3 {
            0 => (0..size.div_ceil(16) as u128)
                .flat_map(u128::to_be_bytes)
                .collect(),
            _ => random.bytes(&all, size),
        };
        let size = a.len();
        let mut b = a.clone();
        for _ in 0..random.below(30) {
            let at = random.below(size);
            let length = (1 + random.below(40)).min(size - at);
            for byte in &mut b[at..at + length] {
                *byte ^= 0x40 | random.pick(&all);
            }
        }
        std::fs::write(&path_a, &a).unwrap();
        std::fs::write(&path_b, &b).unwrap();
        let Some(expected) = cmp(&path_a, &path_b) else {
            return;
        };
        let (source_a, source_b) = (
            Source::open(&path_a).unwrap(),
            Source::open(&path_b).unwrap(),
        );
        let mut found = Vec::new();
        for edit in Align::new(&source_a, &source_b).unwrap() {
            let edit = edit.unwrap();
            assert_eq!(edit.a, edit.b, "case {case}: in place");
            if edit.kind == Kind::Changed {
                let places = edit.a.start..edit.a.end;
                let bytes = places.map(|at| (at, a[at as usize], b[at as usize]));
                found.extend(bytes.filter(|(_, a, b)| a != b));
            }
        }
        assert_eq!(found, expected, "case {case}");
    }
}

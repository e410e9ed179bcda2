//! Searching, against a search that looks at every byte of a file in memory.

#![cfg(feature = "find")]

use std::io::{self, Read};

use bytewright::Source;
use bytewright::inspect::find::{Encoding, Find, Hit, LONGEST, Pattern, PatternError};
use proptest::prelude::*;

/// How much the search reads at a time: hits around its multiples are the ones in danger.
const BLOCK: usize = 256 << 10;

fn offsets(hits: Find<'_>) -> Vec<usize> {
    hits.map(|hit| hit.unwrap().offset as usize).collect()
}

/// Every place where the bytes stand, by looking at all of them.
fn places(haystack: &[u8], needle: &[u8], overlapping: bool) -> Vec<usize> {
    let mut places = Vec::new();
    let mut at = 0;
    while at + needle.len() <= haystack.len() {
        if haystack[at..].starts_with(needle) {
            places.push(at);
            at += if overlapping { 1 } else { needle.len() };
        } else {
            at += 1;
        }
    }
    places
}

/// A reader that gives a few bytes at a time, as a pipe may.
struct Trickle<R>(R, usize);

impl<R: Read> Read for Trickle<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.1 = self.1 % 5000 + 1;
        let n = buf.len().min(self.1);
        self.0.read(&mut buf[..n])
    }
}

#[test]
fn hits_at_every_place_around_the_end_of_a_block_are_found() {
    let needle = b"<<needle>>";
    let pattern = Pattern::bytes(needle).unwrap();
    let regex = Pattern::regex("(?s-u)<<n[^>]*>>", false).unwrap();
    for blocks in [1, 2] {
        for shift in 0..120 {
            let at = blocks * BLOCK + shift - 60;
            let mut bytes = vec![b'.'; at + 100];
            bytes[at..at + needle.len()].copy_from_slice(needle);
            let source = Source::from(bytes);
            for pattern in [&pattern, &regex] {
                let mut find = Find::new(&source, pattern);
                let hit = find.next().unwrap().unwrap();
                assert_eq!(hit.offset as usize, at);
                assert_eq!(find.bytes(), needle);
                assert_eq!(find.before(4), b"....");
                assert_eq!(find.after(100), b"................");
                assert!(find.next().is_none());
            }
        }
    }
}

#[test]
fn a_match_as_long_as_promised_is_found_whole_across_blocks() {
    let pattern = Pattern::regex("<a*>", false).unwrap();
    let limited = Pattern::regex("<a{0,300}>", false).unwrap();
    for at in [
        BLOCK - LONGEST,
        BLOCK - LONGEST / 2,
        BLOCK - 1,
        2 * BLOCK - 3,
    ] {
        let mut bytes = vec![b'.'; at];
        bytes.push(b'<');
        bytes.extend(vec![b'a'; LONGEST - 2]);
        bytes.extend(b">....");
        let source = Source::from(bytes.clone());
        let hits: Vec<Hit> = Find::new(&source, &pattern).map(Result::unwrap).collect();
        assert_eq!(hits.len(), 1);
        assert_eq!(
            (hits[0].offset as usize, hits[0].size as usize),
            (at, LONGEST)
        );
        assert_eq!(Find::new(&source, &limited).count(), 0);
    }
}

#[test]
fn look_around_sees_what_is_really_there() {
    let mut bytes = vec![b'x'; 3 * BLOCK];
    bytes.extend(b" end");
    let source = Source::from(bytes);
    let found = |regex: &str| offsets(Find::new(&source, &Pattern::regex(regex, false).unwrap()));
    assert_eq!(
        found("^x"),
        [0],
        "a window begins in the middle of the source"
    );
    assert_eq!(found(r"\bx"), [0]);
    assert_eq!(found(r"x\b"), [3 * BLOCK - 1]);
    assert_eq!(found(r".$"), [3 * BLOCK + 3]);
    assert_eq!(found(r"(?m)^end"), [0; 0]);
}

#[test]
fn matches_of_no_bytes_are_no_hits_and_do_not_hang() {
    let source = Source::from(&b"baac"[..]);
    let hits = |regex| offsets(Find::new(&source, &Pattern::regex(regex, false).unwrap()));
    assert_eq!(hits("a*"), [1]);
    assert_eq!(hits("a*?"), [0; 0]);
    assert_eq!(hits("|a"), [0; 0]);
}

#[test]
fn of_several_patterns_the_first_place_and_then_the_first_given_counts() {
    let source = Source::from(&b"abc bc abc"[..]);
    let texts = ["bc", "ab", "abc"].map(|text| Pattern::text(text, Encoding::UTF_8).unwrap());
    let pattern = Pattern::any(texts).unwrap();
    let hits: Vec<_> = Find::new(&source, &pattern)
        .map(|hit| hit.map(|hit| (hit.offset, hit.size, hit.pattern)).unwrap())
        .collect();
    assert_eq!(hits, [(0, 2, 1), (4, 2, 0), (7, 2, 1)]);
}

#[test]
fn text_is_found_as_it_is_encoded() {
    let cases: [(&str, &str, &[u8]); 7] = [
        ("utf-8", "é漢", "é漢".as_bytes()),
        ("utf-16le", "a𝄞", b"a\0\x34\xd8\x1e\xdd"),
        ("utf-16be", "a𝄞", b"\0a\xd8\x34\xdd\x1e"),
        ("utf-32le", "a", b"a\0\0\0"),
        // GB 2312, row 54, cell 26: the bytes 0xA0 above.
        ("gbk", "中文", b"\xd6\xd0\xce\xc4"),
        ("shift_jis", "テ", b"\x83\x65"),
        ("latin-1", "é", b"\xe9"),
    ];
    for (name, text, bytes) in cases {
        let encoding = Encoding::named(name).unwrap();
        assert_eq!(encoding.encode(text).unwrap(), bytes, "{name}");
        let source = Source::from([b"..", bytes, b".."].concat());
        let pattern = Pattern::text(text, encoding).unwrap();
        assert_eq!(offsets(Find::new(&source, &pattern)), [2], "{name}");
    }
    assert!(matches!(
        Encoding::named("utf-16"),
        Err(PatternError::Encoding(_))
    ));
    assert!(matches!(
        Encoding::named("latin1").unwrap().encode("a漢"),
        Err(PatternError::Unencodable {
            character: '漢',
            ..
        })
    ));
}

#[test]
fn letters_are_found_in_either_case_in_every_encoding() {
    for name in ["utf-8", "utf-16le", "utf-32be", "latin1"] {
        let encoding = Encoding::named(name).unwrap();
        let bytes = encoding.encode("STRAßE Éa éA ea").unwrap();
        let source = Source::from(bytes);
        let hits = |text| {
            let pattern = Pattern::text_ignoring_case(text, encoding).unwrap();
            Find::new(&source, &pattern).count()
        };
        assert_eq!(
            (hits("straße"), hits("éa"), hits("EA")),
            (1, 2, 1),
            "{name}"
        );
    }
    // The Kelvin sign folds to a k, which UTF-8 writes in another length.
    let source = Source::from("\u{212a}k K".as_bytes());
    let pattern = Pattern::text_ignoring_case("k", Encoding::UTF_8).unwrap();
    assert_eq!(offsets(Find::new(&source, &pattern)), [0, 3, 5]);
}

#[test]
fn empty_and_wrong_patterns_are_refused() {
    let empty = [
        Pattern::bytes(b""),
        Pattern::hex(" "),
        Pattern::regex("", false),
        Pattern::regex(r"^|\b", false),
        Pattern::text("", Encoding::UTF_8),
        Pattern::text_ignoring_case("", Encoding::UTF_8),
        Pattern::any([]),
    ];
    for pattern in empty {
        assert_eq!(pattern.err(), Some(PatternError::Empty));
    }
    assert!(matches!(Pattern::hex("4"), Err(PatternError::Hex { .. })));
    assert!(matches!(
        Pattern::regex("(", false),
        Err(PatternError::Regex(_))
    ));
    let huge = Pattern::regex(r"(\pL{1000}){1000}", false);
    assert!(
        matches!(huge, Err(PatternError::Regex(_))),
        "memory has a limit"
    );
}

#[test]
fn an_error_while_reading_ends_the_search() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("broken"))
        }
    }
    let pattern = Pattern::bytes(b"ab").unwrap();
    for before in [0, 10, BLOCK as u64 * 5] {
        let reader = io::repeat(b'.').take(before).chain(Broken);
        let mut find = Find::stream(reader, 0, &pattern);
        assert_eq!(find.next().unwrap().unwrap_err().to_string(), "broken");
        assert!(find.next().is_none());
    }
}

#[test]
fn a_part_is_searched_as_if_nothing_were_around_it() {
    let source = Source::from(&b"ab ab ab ab"[..]);
    let pattern = Pattern::regex("^a?b|ab$", false).unwrap();
    assert_eq!(offsets(Find::within(&source, 1..8, &pattern)), [1, 6]);
    assert_eq!(offsets(Find::within(&source, 20..30, &pattern)), [0; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_same_is_found_as_by_looking_at_every_byte(
        // Two letters make patterns that overlap with themselves, over the ends of blocks too.
        letters in proptest::collection::vec(0u8..2, 1..2000),
        needle in proptest::collection::vec(0u8..2, 1..7),
        repeat in 1usize..400,
        overlapping: bool,
    ) {
        let bytes = letters.repeat(repeat);
        let expected = places(&bytes, &needle, overlapping);
        let pattern = Pattern::bytes(&needle).unwrap();
        let hex: String = needle.iter().map(|b| format!("{b:02x}")).collect();
        let regex = Pattern::any([Pattern::hex(&hex).unwrap(), Pattern::hex("ff ??").unwrap()]).unwrap();
        let source = Source::from(bytes.clone());
        prop_assert_eq!(&offsets(Find::new(&source, &pattern).overlapping(overlapping)), &expected);
        prop_assert_eq!(&offsets(Find::new(&source, &regex).overlapping(overlapping)), &expected);
        let trickle = Trickle(io::Cursor::new(bytes), letters.len());
        prop_assert_eq!(&offsets(Find::stream(trickle, 0, &pattern).overlapping(overlapping)), &expected);
    }

    #[test]
    fn wildcards_take_what_agrees(
        bytes in proptest::collection::vec(0u8..40, 0..3000),
        pattern in "[0-2?][0-9a-f?]( [0-2?][0-9a-f?]){0,3}",
    ) {
        let digits: Vec<char> = pattern.chars().filter(|c| *c != ' ').collect();
        let agrees = |window: &[u8]| {
            let shown: String = window.iter().map(|b| format!("{b:02x}")).collect();
            shown.chars().zip(&digits).all(|(a, &b)| b == '?' || a == b)
        };
        let size = digits.len() / 2;
        let expected: Vec<usize> = (0..(bytes.len() + 1).saturating_sub(size))
            .filter(|&at| agrees(&bytes[at..at + size]))
            .collect();
        let pattern = Pattern::hex(&pattern).unwrap();
        let find = Find::new(&Source::from(bytes), &pattern).overlapping(true);
        prop_assert_eq!(offsets(find), expected);
    }

    /// What comes in small pieces has the hits that it has in one: none is told while more bytes
    /// could change it.
    #[test]
    fn a_hit_that_is_told_early_stays_what_it_is(
        letters in proptest::collection::vec(0usize..5, 0..200),
        first in 0usize..7,
        context in any::<bool>(),
        overlapping in any::<bool>(),
    ) {
        let haystack: Vec<u8> = letters.iter().map(|&i| b"abz \n"[i]).collect();
        for expression in [
            "a.*z|b", "a+", "(?m)^a.*$", "(?m)a$|b+?", "(?s)a.*z|z", r"\bab*\b", r"(?-u:\b)ab*",
            "(ab)*", "a[^z]*z", "b|ba|baz+", "z$",
        ] {
            let pattern = Pattern::regex(expression, false).unwrap();
            let whole = Find::new(&Source::from(&haystack[..]), &pattern).overlapping(overlapping);
            let whole: Vec<Hit> = whole.map(Result::unwrap).collect();
            let slow = Trickle(io::Cursor::new(haystack.clone()), first);
            let mut slow = Find::stream(slow, 0, &pattern).overlapping(overlapping);
            if !context {
                slow = slow.without_context();
            }
            let slow: Vec<Hit> = slow.map(Result::unwrap).collect();
            prop_assert_eq!(&slow, &whole, "{}", expression);
        }
    }
}

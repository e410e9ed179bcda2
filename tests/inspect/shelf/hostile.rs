//! Files of each format cut and changed in one byte: reading them ends, in bounded work and memory, without a
//! panic.
//!
//! A few cases of each format run with the tests. `BYTEWRIGHT_HOSTILE=2000` runs all lengths up to 4 KiB, and
//! 2,000 changed bytes, of each.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use bytewright::Source;
use bytewright::format::Format;
use bytewright::formats::Registry;
use bytewright::inspect::{Document, Step, walk};

use crate::common;

/// The most nodes that are looked at: files of tests have far fewer.
const NODES: u64 = 200_000;

/// Nodes that a file of so many bytes may have, items that are made on demand included.
fn most(size: usize) -> u64 {
    20_000 + 20 * size as u64
}

/// What a changed file is, in words.
struct Case {
    name: String,
    bytes: Vec<u8>,
}

/// How many changed bytes are asked for, where not the few of each run.
fn asked() -> Option<usize> {
    let asked = std::env::var("BYTEWRIGHT_HOSTILE").ok();
    asked.map(|count| count.parse().unwrap())
}

fn cases(bytes: &[u8]) -> Vec<Case> {
    let asked = asked();
    let lengths = bytes.len().min(4096);
    let step = if asked.is_some() { 1 } else { lengths / 24 + 1 };
    let mut cases: Vec<Case> = (0..lengths)
        .step_by(step)
        .map(|length| Case {
            name: format!("the first {length} bytes"),
            bytes: bytes[..length].to_vec(),
        })
        .collect();
    // A generator of Knuth's, so that each run has the same cases.
    let mut state = 0x5eed_u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for count in 0..asked.unwrap_or(40) {
        // Most headers stand in front.
        let at = match count % 2 {
            0 => random(bytes.len().min(512)),
            _ => random(bytes.len()),
        };
        let mask = [0xff, 0x80, 0x01, 0x7f, 1 << random(8)][random(5)];
        let mut changed = bytes.to_vec();
        changed[at] ^= u8::try_from(mask).unwrap();
        cases.push(Case {
            name: format!("byte {at:#x} is {:#04x}", changed[at]),
            bytes: changed,
        });
    }
    cases
}

/// Reads what becomes of a file that is cut or changed, by its own format and by the one it is taken for.
pub(super) fn survives(format: &str, path: &Path) {
    let bytes = fs::read(path).unwrap();
    // Of a larger file each case would be a copy.
    let largest = if asked().is_some() {
        4 << 20
    } else {
        128 << 10
    };
    if bytes.is_empty() || bytes.len() > largest {
        return;
    }
    let own = Registry::built_in().named(format).unwrap();
    let cases = cases(&bytes);
    let limit = 20 + i64::try_from(cases.len()).unwrap();
    common::within_processor_seconds(limit, format, || {
        for case in &cases {
            let source = Source::from(case.bytes.clone());
            let told = Registry::built_in().detect(&source, None).unwrap();
            for format in [Some(own.clone()), told].into_iter().flatten() {
                let read = catch_unwind(AssertUnwindSafe(|| nodes(&case.bytes, format.clone())));
                let what = format!("{}: {}: {}", path.display(), format.name(), case.name);
                match read {
                    Ok(nodes) => assert!(nodes <= most(bytes.len()), "{what}: {nodes} nodes"),
                    Err(_) => panic!("{what}: it panics"),
                }
            }
        }
    });
}

/// How many nodes the tree has, all that is made on demand included.
fn nodes(bytes: &[u8], format: std::sync::Arc<dyn Format>) -> u64 {
    let document = Document::open(Source::from(bytes), format).unwrap();
    let mut count = 0;
    walk(document.root(), &mut |_, _, _| {
        count += 1;
        Ok(if count < NODES {
            Step::Into
        } else {
            Step::Stop
        })
    })
    .unwrap();
    count
}

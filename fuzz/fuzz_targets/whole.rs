//! A format of a whole file, a NUL, and data; it may refer to formats that contain themselves.
#![no_main]

use std::sync::LazyLock;

use bytewright::tree::Space;
use bytewright::{Formats, Struct};
use libfuzzer_sys::{Corpus, fuzz_target};

/// Where the data begin in their file.
const START: u64 = 7;

static FORMATS: LazyLock<Formats> = LazyLock::new(|| {
    Formats::from_iter([
        ("pair", "B:x B:y"),
        ("tree", "B:n {n & 1: %tree:left} {n & 2: [n]%tree:more}"),
        ("sized", "{w ; 1: B:one ; 2: %sized{w: w - 1}:two ; else: [w]s:text}"),
        ("far", "B:at &[at]%far:next"),
        ("hidden", "B:n [n]s~xor(n):inside=%tree B:sum=sum(inside.content)"),
        ("packed", "B:n [n]s~zlib:inside=%tree B:size=[len(inside.content)]"),
        ("joined", "*[n == 0](B:n [n]s:t):list .all~deflate=[join(list[n & 1].t)]"),
    ])
});

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some(end) = input.iter().position(|b| *b == 0) else {
        return Corpus::Reject;
    };
    let (format, data) = (&input[..end], &input[end + 1..]);
    let Ok(format) = std::str::from_utf8(format) else {
        return Corpus::Reject;
    };
    let Ok(layout) = Struct::with_formats(format, &FORMATS) else {
        return Corpus::Keep;
    };
    if !layout.is_whole() {
        return Corpus::Reject;
    }
    let (nodes, error) = layout.nodes_so_far(data, Space::FILE, START);
    for node in &nodes {
        assert!(node.range.offset >= START, "{node:?}");
        assert!(node.range.end() <= START + data.len() as u64, "{node:?}");
    }
    if let Ok((values, taken)) = layout.unpack_prefix(data) {
        assert!(error.is_none(), "{error:?}");
        assert!(taken <= data.len());
        let _ = layout.pack_onto(data, &values);
        if let Ok(packed) = layout.pack(&values) {
            let _ = layout.unpack_prefix(&packed);
        }
    }
    Corpus::Keep
});

//! A format, a NUL, and data: no format can hold a NUL, so every input splits in one way, and a
//! corpus can be read and written by hand.
#![no_main]

use bytewright::Struct;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some(end) = input.iter().position(|b| *b == 0) else {
        return Corpus::Reject;
    };
    let (format, data) = (&input[..end], &input[end + 1..]);
    let Ok(format) = std::str::from_utf8(format) else {
        return Corpus::Reject;
    };
    if let Ok(layout) = Struct::new(format) {
        bytewright_fuzz::check(&layout, data);
    }
    Corpus::Keep
});

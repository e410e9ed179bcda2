//! Formats that are always right, made from the input, and data after them.
#![no_main]

use bytewright::Struct;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: bytewright_fuzz::Generated| {
    match Struct::new(&input.format) {
        Ok(layout) => bytewright_fuzz::check(&layout, &input.data),
        Err(error) => panic!("a format made by the rules is refused: {error}"),
    }
});

//! Any text: compiles or is refused with an error that points into it.
#![no_main]

use bytewright::{FormatError, Formats, Struct};
use libfuzzer_sys::fuzz_target;

/// A message is for a terminal; it quotes an excerpt, never a whole hostile text.
const LONGEST_MESSAGE: usize = 10_000;

fuzz_target!(|text: &str| {
    let formats = Formats::from_iter([
        ("pair", "B:x B:y"),
        ("big", ">H:n [n]B:data"),
        ("circle", "%circle"),
        ("broken", "3"),
        ("self", text),
    ]);
    let whole = Struct::new(text);
    let python = Struct::python(text);
    if let Ok(python) = &python {
        let whole = whole.as_ref().expect("what Python accepts is accepted");
        assert_eq!(python.size(), whole.size());
        assert_eq!(python.layout(), whole.layout());
    }
    if whole.is_ok() {
        Struct::with_formats(text, &formats).expect("formats that nobody refers to do no harm");
    }
    for compiled in [whole, python, Struct::with_formats(text, &formats)] {
        match compiled {
            Ok(layout) => describe(&layout),
            Err(error) => refuse(&error),
        }
    }
});

fn describe(layout: &Struct) {
    let lines = layout.layout();
    assert_eq!(lines.size, layout.size());
    assert!(lines.size.is_none_or(|size| lines.min_size == size));
    if let Some(size) = lines.size {
        // Lines of a group without items show where its first item would be.
        let mut empty = None;
        for entry in lines.entries {
            if empty.is_some_and(|depth| entry.depth > depth) {
                continue;
            }
            empty = (entry.size == Some(0)).then_some(entry.depth);
            let offset = entry.offset.expect("a fixed size has fixed offsets");
            let size_of_entry = entry.size.expect("a fixed size has fixed parts");
            assert!(
                offset
                    .checked_add(size_of_entry)
                    .is_some_and(|end| end <= size)
            );
        }
    }
}

fn refuse(error: &FormatError) {
    assert!(error.format().get(error.span()).is_some(), "{error:?}");
    let message = error.to_string();
    assert_eq!(message.lines().count(), 3, "{message}");
    assert!(message.len() < LONGEST_MESSAGE);
}

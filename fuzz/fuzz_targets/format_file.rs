//! The text of a file of formats: read, checked, compiled, used to tell and explain a file, or
//! refused with an error that points into it.
#![no_main]

use bytewright::Source;
use bytewright::formats::user::{Error, Known};
use bytewright::tree::Space;
use libfuzzer_sys::fuzz_target;

/// An error is for a terminal; it quotes an excerpt, never a whole hostile text.
const LONGEST_MESSAGE: usize = 10_000;

fuzz_target!(|text: &str| {
    let known = match Known::from_text("fuzz.toml", text) {
        Ok(known) => known,
        Err(error) => return refuse(&error, text),
    };
    assert!(known.hidden().is_empty(), "TOML has no two equal names");
    let wrong = known.check();
    for error in &wrong {
        refuse(error, text);
    }
    // The file itself is data as good as any.
    let source = Source::from(text.as_bytes());
    let detected = known.detect(&source, None).expect("memory is read");
    assert!(detected.is_none_or(|format| known.get(&format.schema.name).is_some()));
    for stored in known.iter() {
        assert!(is_line(stored.line, text), "{stored:?}");
        match known.compile(&format!("%{}", stored.schema.name)) {
            Ok(compiled) => {
                let Ok(mut nodes) = compiled.layout.nodes(text.as_bytes(), Space::FILE, 0) else {
                    continue;
                };
                let before = nodes.len();
                compiled.meanings.annotate(&mut nodes);
                assert_eq!(nodes.len(), before, "meanings add no fields");
            }
            Err(error) => {
                assert!(
                    !wrong.is_empty(),
                    "check passes what compile refuses: {error}"
                );
                refuse(&error, text);
            }
        }
    }
});

fn refuse(error: &Error, text: &str) {
    let message = error.to_string();
    assert!(message.len() < LONGEST_MESSAGE, "{message}");
    assert!(error.path().is_some(), "an error names its file: {message}");
    assert!(
        error.line().is_none_or(|line| is_line(line, text)),
        "{message}"
    );
}

fn is_line(line: usize, text: &str) -> bool {
    (1..=text.split('\n').count()).contains(&line)
}

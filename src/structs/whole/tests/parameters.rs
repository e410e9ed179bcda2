//! Parameters of stored formats.

use super::{compiled, shown};
use crate::structs::{Formats, Struct};

fn formats() -> Formats {
    let mut formats = Formats::default();
    formats.insert_with_parameters("plain", "B:a", [""; 0]);
    formats.insert_with_parameters("sized", "[size]s:text {wide: H:more}", ["size", "wide"]);
    formats.insert_with_parameters("wrong", "[sise]s:text {0: x}", ["size"]);
    formats.insert_with_parameters("joining", "1s=%plain .b=[a]", [""; 0]);
    formats.insert("open", "[n]s:text {0: x}");
    formats
}

#[test]
fn parameters_are_those_that_a_format_states() {
    for (format, expected, at) in [
        (
            "B:n %sized{size: n}:x",
            "%sized has no value for its parameter wide",
            4,
        ),
        (
            "B:n %sized:x",
            "%sized has no value for its parameter size",
            4,
        ),
        ("B:n %sized{size: n, wise: 1}:x", "did you mean wide?", 20),
        ("B:n %plain{n: n}:x", "it takes none", 11),
        (
            "B:n %sized{size: n, size: n, wide: n}:x",
            "size has two values",
            20,
        ),
        ("B:n %sized{size: m, wide: n}:x", "m is not a field", 17),
        ("%wrong{size: 1}:x", "did you mean size?", 1),
    ] {
        let error = Struct::with_formats(format, &formats()).unwrap_err();
        assert!(error.to_string().contains(expected), "{format}: {error}");
        assert_eq!(error.span().start, at, "{format}: {error}");
    }
    for format in [
        "B:n %sized{size: n, wide: 0}:x",
        "B:n %open{n: n, m: 1}:x",
        "%joining:x",
        "%plain:x {0: x}",
    ] {
        assert!(Struct::with_formats(format, &formats()).is_ok(), "{format}");
    }
}

#[test]
fn parameters_reach_the_format() {
    let layout = Struct::with_formats("<B:n %sized{size: n + 1, wide: 1}:x", &formats()).unwrap();
    let values = layout.unpack(b"\x01ab\x02\x00").unwrap();
    assert_eq!(shown(&values), "n 1 x (text b'ab' more 2)");
    let layout = compiled("B:n %f{size: n}:x", &[("f", "[size]s:text")]);
    assert_eq!(
        shown(&layout.unpack(b"\x01a").unwrap()),
        "n 1 x (text b'a')"
    );
}

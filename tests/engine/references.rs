//! Formats that stand elsewhere, by `%name`.

use bytewright::{Formats, Struct};

fn with(formats: &[(&str, &str)], format: &str) -> Struct {
    let formats = Formats::from_iter(formats.iter().copied());
    Struct::with_formats(format, &formats).unwrap_or_else(|e| panic!("{e}"))
}

fn wrong(formats: &[(&str, &str)], format: &str) -> String {
    let formats = Formats::from_iter(formats.iter().copied());
    Struct::with_formats(format, &formats)
        .unwrap_err()
        .to_string()
}

#[test]
fn a_reference_is_a_group() {
    let format = with(&[("rgb", "B:red B:green B:blue")], "%rgb:ink 2%rgb:more");
    let record = format.unpack(&[1, 2, 3, 4, 5, 6, 7, 8, 9]).unwrap();
    assert_eq!(record.to_string(), "((1, 2, 3), [(4, 5, 6), (7, 8, 9)])");
    assert_eq!(record["ink"].as_record().unwrap()["green"], 2.into());
    assert_eq!(format.pack(&record).unwrap(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn formats_differ_by_what_they_refer_to() {
    use std::hash::{BuildHasher, RandomState};

    let word = |text: &str, other: &str| with(&[("word", text), ("other", other)], "%word:x");
    let (one, same, another) = (word("<H", "B"), word("<H", "b"), word("<I", "B"));
    assert_eq!(one, same);
    assert_ne!(one, another);
    let keys = RandomState::new();
    assert_eq!(keys.hash_one(&one), keys.hash_one(&same));
    assert_ne!(keys.hash_one(&one), keys.hash_one(&another));
}

#[test]
fn it_has_its_own_byte_order_or_the_one_around_it() {
    let formats = [("own", ">H"), ("any", "H")];
    let record = with(&formats, "<H %own %any").unpack(&[1, 0, 0, 1, 1, 0]);
    assert_eq!(record.unwrap().to_string(), "(1, (1,), (1,))");
    let record = with(&formats, ">%own %any (<%any)").unpack(&[0, 1, 0, 1, 1, 0]);
    assert_eq!(record.unwrap().to_string(), "((1,), (1,), ((1,),))");
}

#[test]
fn names_do_not_leak_in_but_can_be_reached() {
    let formats = [("head", "B:n"), ("body", "[n]B")];
    let record = with(&formats, "%head:h [h.n]B").unpack(&[2, 5, 6]).unwrap();
    assert_eq!(record.to_string(), "((2,), [5, 6])");
    assert_eq!(
        wrong(&formats, "B:n %body"),
        "in %body: n is not a field that was read before\n  [n]B\n   ^ a count refers to integers that stand to its left, in its group or around it"
    );
}

#[test]
fn circles_are_refused() {
    let formats = [("a", "B %b"), ("b", "(B 2%a)"), ("self", "%self")];
    assert!(wrong(&formats, "%self").contains("%self contains itself"));
    let message = wrong(&formats, "%a");
    assert!(message.contains("%a contains itself"), "{message}");
    assert!(message.contains("%a → %b → %a"), "{message}");
}

#[test]
fn unknown_names_and_names_nearly_right() {
    let formats = [("rgbquad", "4B")];
    assert_eq!(
        wrong(&formats, "B %rgb"),
        "%rgb is not known\n  B %rgb\n    ^^^^ did you mean %rgbquad?"
    );
    let error = Struct::new("%rgbquad").unwrap_err();
    assert_eq!(error.message(), "%rgbquad is not known");
}

#[test]
fn an_error_elsewhere_shows_the_text_it_is_in() {
    let formats = Formats::from_iter([("outer", "B %inner"), ("inner", "B 3")]);
    let error = Struct::with_formats("<%outer", &formats).unwrap_err();
    assert_eq!(error.origin(), Some("inner"));
    assert_eq!(error.format(), "B 3");
    assert_eq!(error.span(), 2..3);
}

#[test]
fn a_star_may_stand_in_the_last_reference() {
    let formats = [("rest", "B *s")];
    let record = with(&formats, "B %rest").unpack(b"\x01\x02ab").unwrap();
    assert_eq!(record.to_string(), "(1, (2, b'ab'))");
    assert!(wrong(&formats, "%rest B").contains("not the last one"));
    assert!(wrong(&formats, "2%rest").contains("not the last one"));
}

#[test]
fn only_used_formats_are_compiled() {
    let formats = [("broken", "("), ("good", "B")];
    assert_eq!(with(&formats, "%good").size(), Some(1));
    assert!(wrong(&formats, "%broken").contains("in %broken: a group is not closed"));
}

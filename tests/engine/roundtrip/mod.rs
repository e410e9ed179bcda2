//! There and back, for formats of the whole language, generated with values that fit them:
//! for every `b` that packing made, `pack(unpack(b)) == b`; for every `b` that unpacking accepts,
//! unpacking, packing and unpacking again gives the same values.

mod grammar;
mod values;

use bytewright::tree::Space;
use bytewright::{Formats, Record, Struct, Value};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestCaseResult;

use grammar::Format;

/// Equal down to the bits of floats and to the names of records.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        (Value::Complex(a, c), Value::Complex(b, d)) => {
            a.to_bits() == b.to_bits() && c.to_bits() == d.to_bits()
        }
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Record(a), Value::Record(b)) => same_record(a, b),
        _ => a == b,
    }
}

fn same_record(a: &Record, b: &Record) -> bool {
    a.len() == b.len()
        && (0..a.len()).all(|i| a.name(i) == b.name(i))
        && a.iter().zip(b).all(|(a, b)| same(a, b))
}

/// Equal as far as serde's model goes: it has sequences, and neither groups without names nor
/// complex numbers; an index that is a key is a name.
fn alike(read: &Value, value: &Value) -> bool {
    let all =
        |a: &[Value], b: &[Value]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b));
    match (read, value) {
        (Value::List(parts), Value::Complex(re, im)) => all(parts, &[(*re).into(), (*im).into()]),
        (Value::List(a), Value::List(b)) => all(a, b),
        (Value::List(items), Value::Record(record)) => !record.is_named() && all(items, record),
        (Value::Record(a), Value::Record(b)) => {
            a.entries().map(|e| e.0).eq(b.entries().map(|e| e.0)) && all(a, b)
        }
        _ => same(read, value),
    }
}

/// serde's ways in and out mean what unpacking and packing mean, and JSON carries every value to
/// who knows the format.
fn through_serde(layout: &Struct, data: &[u8], record: &Record, packed: &[u8]) -> TestCaseResult {
    let text = layout.format();
    let read = layout.deserialize_prefix::<Record>(data);
    prop_assert!(read.is_ok(), "{text} unpacks {record} but {read:?}");
    let (read, _) = read.unwrap();
    prop_assert!(
        alike(&read.clone().into(), &record.clone().into()),
        "{text}: {read} is not {record}"
    );
    prop_assert_eq!(&layout.serialize(record).unwrap(), packed, "{}", text);
    prop_assert_eq!(&layout.pack(&read).unwrap(), packed, "{}", text);
    #[cfg(feature = "cli")]
    {
        let json = serde_json::to_string(record).unwrap();
        let plain = bytewright::render::json::read(&json).unwrap();
        let plain = match plain {
            Value::Record(plain) => plain,
            Value::List(plain) => Record::new(plain),
            other => Record::new(vec![other]),
        };
        let values = layout.values_from_plain(&plain);
        prop_assert!(values.is_ok(), "{text} writes {json} but {values:?}");
        // JSON has one NaN for all of them.
        if !json.contains("nan") {
            let written = layout.pack(&values.unwrap()).unwrap();
            prop_assert_eq!(&written, packed, "{}: {}", text, json);
        }
    }
    Ok(())
}

/// Unpacks what may not fit; what does must survive.
fn survives(layout: &Struct, data: &[u8]) -> TestCaseResult {
    // Formats of whole files have tests of their own: serde doesn't know them.
    if layout.is_whole() {
        return Ok(());
    }
    let Ok((first, taken)) = layout.unpack_prefix(data) else {
        return Ok(());
    };
    prop_assert!(taken <= data.len());
    let packed = layout.pack(&first);
    prop_assert!(
        packed.is_ok(),
        "{} unpacks to {first} but {packed:?}",
        layout.format()
    );
    let packed = packed.unwrap();
    let second = layout.unpack(&packed);
    prop_assert!(
        second.is_ok(),
        "{} packs {first} but {second:?}",
        layout.format()
    );
    let second = second.unwrap();
    prop_assert!(same_record(&first, &second), "{first} became {second}");
    prop_assert_eq!(&layout.pack(&second).unwrap(), &packed);
    through_serde(layout, data, &first, &packed)?;
    // Names or not, the same bytes.
    prop_assert_eq!(&layout.pack(&second.to_vec()).unwrap(), &packed);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_packing_made_comes_back(format in grammar::formats(), seed: u64) {
        let (text, formats) = format.render();
        let layout = Struct::with_formats(&text, &formats);
        prop_assert!(layout.is_ok(), "{}", layout.unwrap_err());
        let layout = layout.unwrap();
        let values = values::Maker::new(seed).row(&format);

        let packed = layout.pack(&values.all);
        prop_assert!(packed.is_ok(), "{text}: {:?} of {:?}", packed, values.all);
        let packed = packed.unwrap();
        let unpacked = layout.unpack(&packed);
        prop_assert!(unpacked.is_ok(), "{text}: {unpacked:?} of {packed:?}");
        let unpacked = unpacked.unwrap();
        prop_assert_eq!(&layout.pack(&unpacked).unwrap(), &packed, "{}", &text);
        prop_assert_eq!(unpacked.len(), values.all.len());

        let reduced = layout.pack(&values.least);
        prop_assert!(reduced.is_ok(), "{text}: {:?} of {:?}", reduced, values.least);
        prop_assert_eq!(&reduced.unwrap(), &packed, "{}, without what follows from data", &text);

        if let Some(size) = layout.size() {
            prop_assert_eq!(size, packed.len() as u64);
        }
        prop_assert!(layout.layout().min_size <= packed.len() as u64);
        survives(&layout, &packed)?;
    }

    #[test]
    fn what_unpacking_accepts_survives(
        format in grammar::formats(),
        seed: u64,
        noise in prop::collection::vec(any::<u8>(), 0..80),
        place: prop::sample::Index,
        byte: u8,
    ) {
        let (text, formats) = format.render();
        let layout = Struct::with_formats(&text, &formats).unwrap();
        survives(&layout, &noise)?;
        // Close to what fits: one byte changed, or more after it.
        let mut data = layout.pack(&values::Maker::new(seed).row(&format).all).unwrap();
        data.extend_from_slice(&noise);
        survives(&layout, &data)?;
        if !data.is_empty() {
            let place = place.index(data.len());
            data[place] = byte;
            survives(&layout, &data)?;
            data.truncate(place);
            survives(&layout, &data)?;
        }
    }
}

/// A format, and the same with a computed value at its end: what whole files take reads it then.
fn means_the_same(plain: &Struct, whole: &Struct, data: &[u8]) -> TestCaseResult {
    let text = plain.format();
    match (plain.unpack_prefix(data), whole.unpack_prefix(data)) {
        (Ok((expected, taken)), Ok((mut found, size))) => {
            prop_assert_eq!(size, taken, "{} of {:?}", text, data);
            let one = found.len() - 1;
            found.remove(&if found.name(one).is_some() {
                "one".to_owned()
            } else {
                one.to_string()
            });
            prop_assert!(
                found.len() == expected.len()
                    && found.iter().zip(&expected).all(|(a, b)| same(a, b)),
                "{text}: {found} is not {expected}, of {data:?}"
            );
            let packed = whole.pack(&found);
            prop_assert!(packed.is_ok(), "{text} unpacks to {found} but {packed:?}");
            prop_assert_eq!(
                packed.unwrap(),
                plain.pack(&expected).unwrap(),
                "{}: {}",
                text,
                expected
            );
        }
        // Of several errors, each tells the one that it meets first.
        (Err(_), Err(_)) => {}
        (expected, found) => {
            return Err(TestCaseError::fail(format!(
                "{text}: {found:?} is not {expected:?}, of {data:?}"
            )));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plain_format_means_the_same_in_a_whole_one(
        format in grammar::formats(),
        seed: u64,
        noise in prop::collection::vec(any::<u8>(), 0..80),
        place: prop::sample::Index,
    ) {
        let (text, formats) = format.render();
        let plain = Struct::with_formats(&text, &formats).unwrap();
        let whole = Struct::with_formats(&format!("{text}\n.one=[1]"), &formats);
        prop_assert!(whole.is_ok(), "{}", whole.unwrap_err());
        let whole = whole.unwrap();
        means_the_same(&plain, &whole, &noise)?;
        let mut data = plain.pack(&values::Maker::new(seed).row(&format).all).unwrap();
        means_the_same(&plain, &whole, &data)?;
        data.truncate(place.index(data.len() + 1));
        means_the_same(&plain, &whole, &data)?;
    }
}

/// Pieces of formats, whole and broken.
const PIECES: [&str; 64] = [
    "B",
    "b:n",
    "H:m",
    "q",
    "3s",
    "p",
    "x",
    "z",
    "v:n",
    "V",
    "J",
    "y",
    "e",
    "F",
    "Zd",
    "?",
    "c",
    "0",
    "1",
    "2",
    "99999999999",
    "9223372036854775807",
    "(",
    ")",
    "(",
    ")",
    "[",
    "]",
    "[n]",
    "[m*2]",
    "[g.n]",
    "[n/m]",
    "*",
    "*s",
    "|",
    "|4",
    "|3",
    "{",
    "}",
    "{a:4 b:4}",
    "{<a:3 _:5}",
    ":",
    ":n",
    ":g",
    ":n:",
    "=",
    "=1",
    "='a'",
    "=x\"00\"",
    "\"",
    "'",
    "\\",
    "#",
    "\n",
    " ",
    " ",
    " ",
    "<",
    ">",
    "@",
    "%f",
    "%g",
    "\u{e9}",
    "\0",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_and_no_data_do_harm(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..14),
        data in prop::collection::vec(prop::sample::select(vec![0u8, 1, 2, 3, 0x80, 0xff]), 0..40),
    ) {
        let text = pieces.concat();
        let formats = Formats::from_iter([("f", "B:n [n]H"), ("g", "z |4")]);
        match Struct::with_formats(&text, &formats) {
            Ok(layout) => {
                survives(&layout, &data)?;
                if let Ok(whole) = layout.iter_unpack(&data) {
                    prop_assert!(whole.take(100).count() <= data.len());
                }
                let _ = layout.layout();
                let nodes = layout.nodes(&data, Space::FILE, 0);
                prop_assert!(nodes.is_ok() || layout.unpack_prefix(&data).is_err(), "{nodes:?}");
            }
            Err(e) => {
                prop_assert!(e.format().get(e.span()).is_some(), "{e:?}");
                prop_assert!(e.to_string().lines().count() == 3, "{e}");
            }
        }
    }
}

/// A generator that made only trivial formats would prove nothing.
#[test]
fn the_formats_are_of_the_whole_language() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let texts: Vec<String> = (0..2_000)
        .map(|_| {
            let format: Format = grammar::formats().new_tree(&mut runner).unwrap().current();
            let (text, formats) = format.render();
            let others = formats.iter().map(|(_, text)| text.to_owned());
            others.fold(text, |all, other| all + "\n" + &other)
        })
        .collect();
    for piece in [
        "=x\"", "=\"", "=-", "{", "{<", "{>", "_:", "[", "+1]", "*2]", "/2]", "*s", "*(", "2(",
        "(", "%", "|4", "|3", "z:", "v", "V", "j", "J", "k", "K", "y", "Y", "(>", "(@", "0s", "F",
        "Zd", "#", "e", "?",
    ] {
        let n = texts.iter().filter(|text| text.contains(piece)).count();
        assert!(n >= 10, "{piece} stands in {n} formats of {}", texts.len());
    }
}

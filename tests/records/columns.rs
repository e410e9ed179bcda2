//! Columns against what unpacking gives, on formats and bytes that are made up.

use bytewright::records::{Batch, Blocks, Columns, Error, Rows, Values};
use bytewright::schema::Compiled;
use bytewright::{Record, Source, Struct, Value};

use crate::Random;
use crate::random;

/// Values that are the same: a float that is no number is the same as another.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => {
            a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
        }
        (Value::Complex(a, b), Value::Complex(c, d)) => {
            same(&Value::Float(*a), &Value::Float(*c)) && same(&Value::Float(*b), &Value::Float(*d))
        }
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Record(a), Value::Record(b)) => same_record(a, b),
        (a, b) => a == b,
    }
}

fn same_record(a: &Record, b: &Record) -> bool {
    let names = |record: &Record| record.entries().map(|(key, _)| key).collect::<Vec<_>>();
    names(a) == names(b) && a.iter().zip(b).all(|(a, b)| same(a, b))
}

/// Groups of nothing have no column.
fn without_empty_groups(record: &Record) -> Record {
    let entries = record.entries().filter_map(|(key, value)| match value {
        Value::Record(group) => {
            let group = without_empty_groups(group);
            (!group.is_empty()).then_some((key, Value::Record(group)))
        }
        value => Some((key, in_arrays(value))),
    });
    entries.collect()
}

fn in_arrays(value: &Value) -> Value {
    match value {
        Value::List(items) => Value::List(items.iter().map(in_arrays).collect()),
        Value::Record(group) => Value::Record(without_empty_groups(group)),
        value => value.clone(),
    }
}

fn compare(kinds: bool, cases: u64) -> u64 {
    let mut compared = 0;
    for seed in 1..=cases {
        let mut random = Random::new(seed);
        let text = random::format(&mut random, kinds);
        let Ok(format) = Struct::new(&text) else {
            panic!("{text} is no format")
        };
        let compiled = Compiled::from(format.clone());
        let Some(columns) = Columns::new(&compiled) else {
            continue;
        };
        let size = columns.size();
        if format.size().is_some_and(|known| known != size as u64) {
            panic!("{text} has {:?} bytes, not {size}", format.size());
        }
        let rows = 3 + random.below(5) as usize;
        let bytes = random.bytes(size * rows);
        let mut batch = Batch::default();
        columns.decode(&bytes, 0, &mut batch).unwrap();
        assert_eq!(batch.rows, rows, "{text}");
        for (row, record) in bytes.chunks(size).enumerate() {
            let expected = format
                .unpack(record)
                .unwrap_or_else(|e| panic!("seed {seed}: {text}: {e}"));
            let expected = without_empty_groups(&expected);
            let found = batch.record(row, columns.schema());
            // Octal, decimal and other digits that are none: the bytes stay, and a column of numbers has none.
            let is_absent = batch.absent() > 0;
            let found = without_empty_groups(&found);
            assert!(
                is_absent || same_record(&expected, &found),
                "seed {seed}: {text}\n{expected}\n{found}\n{record:02x?}"
            );
        }
        compared += 1;
    }
    compared
}

#[test]
fn columns_of_plain_formats_are_what_unpacking_gives() {
    let compared = compare(false, 2000);
    assert!(compared > 1200, "only {compared} formats had a fixed size");
}

#[test]
fn columns_of_formats_with_kinds_are_what_unpacking_gives() {
    let compared = compare(true, 2000);
    assert!(compared > 1000, "only {compared} formats had a fixed size");
}

#[test]
fn integers_of_all_widths_keep_their_signs() {
    let columns = Columns::new(&Struct::new(">j k y").unwrap().into()).unwrap();
    let mut bytes = vec![0xff; 25];
    bytes.extend([0x7f, 0xff, 0xff, 0x80, 0, 0, 0, 0, 0, 0x80]);
    bytes.extend([0; 15]);
    let mut batch = Batch::default();
    columns.decode(&bytes, 0, &mut batch).unwrap();
    assert_eq!(batch.columns[0].values, Values::I32(vec![-1, 0x7f_ffff]));
    assert_eq!(batch.columns[1].values, Values::I64(vec![-1, -(1 << 47)]));
    assert_eq!(batch.columns[2].values, Values::I128(vec![-1, i128::MIN]));
}

#[test]
fn texts_that_fill_their_fields_and_such_that_do_not_mix_in_one_column() {
    let columns = Columns::new(&Struct::new("3s~utf8:t B").unwrap().into()).unwrap();
    // More records than the loops take at once, in each of the parts.
    let parts: [(&[u8], &[u8]); 5] = [
        (b"abc", b"abc"),
        (b"ab\0", b"ab"),
        (b"\0\0\0", b""),
        ("\u{20ac}".as_bytes(), "\u{20ac}".as_bytes()),
        // No text keeps what it has.
        (b"a\xff\0", b"a\xff\0"),
    ];
    let (mut bytes, mut wanted) = (Vec::new(), Vec::new());
    for (stored, text) in parts.iter().chain(&parts) {
        for n in 0..5_000u16 {
            bytes.extend_from_slice(stored);
            bytes.push(n.to_le_bytes()[0]);
            wanted.push(*text);
        }
    }
    let mut batch = Batch::default();
    columns.decode(&bytes, 0, &mut batch).unwrap();
    let Values::Text(texts) = &batch.columns[0].values else {
        panic!("the column is text");
    };
    assert_eq!(texts.len(), wanted.len());
    for (row, wanted) in wanted.iter().enumerate() {
        assert_eq!(texts.get(row), *wanted, "row {row}");
    }
}

#[test]
fn a_constant_that_is_not_there_is_told_with_its_offset() {
    let columns = Columns::new(&Struct::new("<2s:magic='BM' B:n").unwrap().into()).unwrap();
    let mut batch = Batch::default();
    columns.decode(b"BM\x01BM\x02", 100, &mut batch).unwrap();
    let error = columns
        .decode(b"BM\x01BN\x02", 100, &mut batch)
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("magic: expected the constant b'BM', found b'BN' at offset 0x67"),
        "{error}"
    );
    // Inside of arrays too.
    let columns = Columns::new(&Struct::new("<2(x B:v=7):a d:z=1").unwrap().into()).unwrap();
    let one = 1f64.to_le_bytes();
    let good = [&[0, 7, 0, 7][..], &one].concat();
    columns.decode(&good, 0, &mut batch).unwrap();
    let bad = [&[0, 7, 0, 8][..], &one].concat();
    let error = columns.decode(&bad, 0, &mut batch).unwrap_err();
    assert!(error.to_string().starts_with("a[1].v: "), "{error}");
}

#[test]
fn formats_without_a_fixed_size_have_no_columns() {
    for format in [
        "B:n [n]H:x",
        "z:name",
        "V:n",
        "",
        "0s",
        "*B:rest",
        "B:n {n: H:more}",
    ] {
        assert!(
            Columns::new(&Struct::new(format).unwrap().into()).is_none(),
            "{format}"
        );
    }
}

#[test]
fn records_cross_the_ends_of_blocks_and_of_reads() {
    // 7 divides no power of two; the reader gives 13 bytes at a time.
    struct Slow(std::io::Cursor<Vec<u8>>);
    impl std::io::Read for Slow {
        fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
            let most = buf.len().min(13);
            self.0.read(&mut buf[..most])
        }
    }
    let count = 400_000u32;
    let bytes: Vec<u8> = (0..count)
        .flat_map(|n| [&n.to_le_bytes()[..], b"abc"].concat())
        .collect();
    for is_live in [false, true] {
        let mut blocks = Blocks::new(Slow(std::io::Cursor::new(bytes.clone())), 7, 0);
        if is_live {
            blocks = blocks.live();
        }
        let mut next = 0u64;
        while let Some(block) = blocks.next(Vec::new()).unwrap() {
            assert_eq!((block.index, block.offset), (next, next * 7));
            assert_eq!(block.bytes.len() % 7, 0);
            let first = u32::from_le_bytes(block.bytes[..4].try_into().unwrap());
            assert_eq!(u64::from(first), next);
            next += (block.bytes.len() / 7) as u64;
        }
        assert_eq!(next, u64::from(count));
    }
}

#[test]
fn what_ends_inside_a_record_is_told_after_the_whole_ones() {
    let mut blocks = Blocks::new(&[0; 10][..], 4, 16);
    assert_eq!(blocks.next(Vec::new()).unwrap().unwrap().bytes.len(), 8);
    match blocks.next(Vec::new()) {
        Err(Error::Partial {
            offset: 24,
            found: 2,
            size: 4,
            ..
        }) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn records_of_any_size_have_the_columns_of_all_of_them() {
    let format = Struct::new("B:kind {kind; 0: B:a; 1: <H:b 2B:c}")
        .unwrap()
        .into();
    let source = Source::from(&b"\0\x05\x01\x06\0\x07\x08"[..]);
    let rows = Rows::new(&format, &source, 0);
    let schema = rows.schema().unwrap();
    let names: Vec<String> = schema.fields.iter().map(|field| field.name()).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    let mut seen = Vec::new();
    rows.each(&schema, &mut |batch| {
        for row in 0..batch.rows {
            let valid: Vec<bool> = batch
                .columns
                .iter()
                .map(|column| column.is_valid(row))
                .collect();
            seen.push(valid);
        }
        Ok(true)
    })
    .unwrap();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].iter().filter(|valid| **valid).count(), 2);
    assert_eq!(seen[1].iter().filter(|valid| **valid).count(), 3);
}

//! One reader for records of any format.

use std::num::NonZeroUsize;

use bytewright::Struct;
use bytewright::records::{Batch, Error, Options, Reader, Schema};

use crate::Folder;

fn format(text: &str) -> Struct {
    Struct::new(text).unwrap()
}

fn number(n: usize) -> NonZeroUsize {
    NonZeroUsize::new(n).unwrap()
}

fn shown(batches: &[Batch], schema: &Schema) -> Vec<String> {
    let rows = batches
        .iter()
        .flat_map(|batch| (0..batch.rows).map(|row| batch.record(row, schema).to_string()));
    rows.collect()
}

/// The rows before the end or an error, and the error.
fn read(reader: Reader) -> (Vec<String>, Option<Error>) {
    let schema = reader.schema().clone();
    let (mut batches, mut failed) = (Vec::new(), None);
    for batch in reader {
        assert!(failed.is_none(), "something came after an error");
        match batch {
            Ok(batch) => batches.push(batch),
            Err(error) => failed = Some(error),
        }
    }
    (shown(&batches, &schema), failed)
}

/// Ids from 0 on, and their remainders by 7.
fn records(count: u32) -> Vec<u8> {
    let record = |n: u32| [&n.to_le_bytes()[..], &[(n % 7) as u8]].concat();
    (0..count).flat_map(record).collect()
}

#[test]
fn threads_and_sizes_of_batches_change_no_row() {
    let count = 700_000;
    let bytes = records(count);
    let expected: Vec<String> = (0..count)
        .filter(|n| n % 2 == 0 && n % 7 > 2)
        .map(|n| format!("({n},)"))
        .collect();
    let options = || Options::new().every(2).condition("rest > 2").select(["id"]);
    for options in [
        options(),
        options().threads(number(3)),
        options().batch_rows(number(1)).limit(20),
        options().batch_rows(number(1001)).threads(number(2)),
        options().batch_rows(number(10_000_000)),
    ] {
        let limit = format!("{options:?}").contains("limit: Some(20)");
        let reader = options.reader(format("<I:id B:rest"), std::io::Cursor::new(bytes.clone()));
        let (found, failed) = read(reader.unwrap());
        assert!(failed.is_none(), "{options:?}: {failed:?}");
        let expected = if limit {
            &expected[..20]
        } else {
            &expected[..]
        };
        assert!(found == expected, "{options:?}: {} rows", found.len());
    }
}

#[test]
fn batches_have_as_many_rows_as_asked_for() {
    let options = Options::new().batch_rows(number(4));
    for text in ["<I:id B:rest", "<I:id {1: B:rest}"] {
        let reader = options.reader(format(text), std::io::Cursor::new(records(10)));
        let rows: Vec<usize> = reader.unwrap().map(|batch| batch.unwrap().rows).collect();
        assert_eq!(rows, [4, 4, 2], "{text}");
    }
}

#[test]
fn records_of_any_size_are_read_alike() {
    let folder = Folder::new();
    let bytes = b"HD\x02\x02hi\x05there\x00\x03you";
    let path = folder.file("in.bin", bytes);
    let options = Options::new()
        .skip(2)
        .header(format("B:count"))
        .condition("n > 0")
        .select(["text"]);
    let texts = ["(b'hi',)", "(b'there',)", "(b'you',)"];
    for reader in [
        options.open(format("B:n [n]s:text"), &path),
        options.reader(format("B:n [n]s:text"), &bytes[..]),
    ] {
        let (found, failed) = read(reader.unwrap());
        assert!(failed.is_none(), "{failed:?}");
        assert_eq!(found, texts);
    }
}

#[test]
fn a_record_that_is_cut_short_is_an_error_after_the_others() {
    let folder = Folder::new();
    for (text, bytes, rows, cut) in [
        ("<H:n", &[1, 0, 2, 0, 3][..], ["(1,)", "(2,)"], (4, 1)),
        (
            "B:n [n]B:of",
            &[1, 5, 0, 3, 1, 1],
            ["(1, [5])", "(0, [])"],
            (3, 3),
        ),
    ] {
        let path = folder.file("in.bin", bytes);
        let (found, failed) = read(Reader::open(format(text), &path).unwrap());
        assert_eq!(found, rows, "{text}");
        assert!(failed.is_some_and(|error| error.is_data()), "{text}");
        let options = Options::new().allow_partial();
        let mut reader = options.open(format(text), &path).unwrap();
        let schema = reader.schema().clone();
        let batches: Vec<Batch> = reader.by_ref().map(Result::unwrap).collect();
        assert_eq!(shown(&batches, &schema), rows, "{text}");
        assert_eq!(reader.partial(), Some(cut), "{text}");
        assert!(reader.next().is_none());
    }
}

#[test]
fn what_is_asked_for_wrongly_is_told_at_once() {
    let bytes = || std::io::Cursor::new(records(3));
    let of = |options: Options| options.reader(format("<I:id B:rest"), bytes());
    assert!(matches!(
        of(Options::new().select(["ids"])),
        Err(Error::Column(_))
    ));
    assert!(matches!(
        of(Options::new().condition("ids > 1")),
        Err(Error::Format(_))
    ));
    assert!(matches!(of(Options::new().skip(16)), Err(Error::Data(_))));
    let header = format("<4s:magic=\"LOGS\"");
    let error = of(Options::new().skip(5).header(header)).unwrap_err();
    assert!(error.to_string().contains("0x5"), "{error}");
    assert!(matches!(
        Reader::open(format("B"), "no/such/file"),
        Err(Error::Io(_))
    ));
    // A constant that isn't there ends the reading where it is.
    let (found, failed) = read(
        Options::new()
            .batch_rows(number(1))
            .reader(format("<H:n B=1"), &[7, 0, 1, 8, 0, 2][..])
            .unwrap(),
    );
    assert_eq!(found, ["(7, 1)"]);
    assert!(failed.unwrap().to_string().contains("0x5"));
}

#[test]
#[cfg(feature = "arrow")]
fn record_batches_are_those_of_arrow() {
    use arrow_array::RecordBatchReader;
    use arrow_array::cast::AsArray;
    use arrow_array::types::UInt32Type;
    use bytewright::records::arrow::RecordBatches;

    let options = Options::new().batch_rows(number(3)).condition("rest != 1");
    let reader = options.reader(format("<I:id B:rest"), std::io::Cursor::new(records(5)));
    let batches = RecordBatches::new(reader.unwrap());
    assert_eq!(batches.schema().field(1).data_type().to_string(), "UInt8");
    let ids: Vec<u32> = batches
        .flat_map(|batch| {
            let batch = batch.unwrap();
            let ids = batch.column(0).as_primitive::<UInt32Type>();
            ids.values().to_vec()
        })
        .collect();
    assert_eq!(ids, [0, 2, 3, 4]);
}

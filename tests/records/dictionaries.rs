//! Dictionaries and views of Arrow: their values, and the time that they take.

use std::io::{self, Cursor};
use std::sync::Arc;

use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Int8Array, Int32Array, ListArray, RecordBatch, StringArray,
    StringViewArray, StructArray,
};
use arrow_buffer::OffsetBuffer;
use arrow_ipc::writer::{DictionaryHandling, IpcWriteOptions, StreamWriter};
use arrow_schema::{DataType, Field};
use bytewright::records::Cell;
use bytewright::records::arrow::{Container, Input, rows};

use super::common::within_processor_seconds;
use super::hostile::messages;

/// A stream of batches of one schema.
fn stream(batches: &[RecordBatch], handling: DictionaryHandling) -> Vec<u8> {
    let options = IpcWriteOptions::default().with_dictionary_handling(handling);
    let schema = batches[0].schema();
    let mut writer = StreamWriter::try_new_with_options(Vec::new(), &schema, options).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.into_inner().unwrap()
}

fn read(bytes: Vec<u8>, visit: &mut dyn FnMut(&[Cell])) -> io::Result<()> {
    let input = Input::Stream(Box::new(Cursor::new(bytes)));
    rows(Container::Stream, input, &mut |_, cells| {
        visit(cells);
        Ok::<_, io::Error>(())
    })
}

/// The rows of a stream, one text each.
fn read_all(bytes: Vec<u8>) -> io::Result<Vec<String>> {
    let mut all = Vec::new();
    read(bytes, &mut |cells| {
        let cells = cells.iter().map(|cell| match cell {
            Cell::Plain(value) => value.to_string(),
            Cell::Absent => "-".to_owned(),
            other => format!("{other:?}"),
        });
        all.push(cells.collect::<Vec<_>>().join(" "));
    })?;
    Ok(all)
}

fn one_column(column: impl Array + 'static) -> RecordBatch {
    RecordBatch::try_from_iter([("name", Arc::new(column) as ArrayRef)]).unwrap()
}

/// Keys of a dictionary of texts.
fn named(keys: Vec<Option<i32>>, values: &[&str]) -> RecordBatch {
    let values = Arc::new(StringArray::from(values.to_vec()));
    one_column(DictionaryArray::<Int32Type>::new(
        Int32Array::from(keys),
        values,
    ))
}

#[test]
fn dictionaries_that_grow_and_that_are_replaced_have_their_values() {
    let batches = [
        named(vec![Some(1), Some(0), None], &["a", "b"]),
        named(vec![Some(2), Some(1)], &["a", "b", "c"]),
        named(vec![Some(4), Some(0), Some(3)], &["a", "b", "c", "d", "e"]),
        // No longer one that the last one begins.
        named(vec![Some(0), Some(1)], &["x", "y"]),
    ];
    let wanted = [
        "b'b'", "b'a'", "-", "b'c'", "b'b'", "b'e'", "b'a'", "b'd'", "b'x'", "b'y'",
    ];
    for handling in [DictionaryHandling::Delta, DictionaryHandling::Resend] {
        let found = read_all(stream(&batches, handling)).unwrap();
        assert_eq!(found, wanted);
    }
}

#[test]
fn texts_by_views_are_texts_wherever_they_stand() {
    let long = "a text of more than twelve bytes";
    let views = || Arc::new(StringViewArray::from(vec![Some(long), None, Some("b")]));
    let keys = Int8Array::from(vec![2, 0, 0]);
    let keyed = DictionaryArray::<Int8Type>::new(keys, views());
    let item = Arc::new(Field::new("item", DataType::Utf8View, true));
    let items = Arc::new(StringViewArray::from(vec![long, "x", "y"]));
    let lists = ListArray::new(item, OffsetBuffer::from_lengths([2, 0, 1]), items, None);
    let text = Arc::new(Field::new("text", DataType::Utf8View, true));
    let group = StructArray::from(vec![(text, views() as ArrayRef)]);
    let batch = RecordBatch::try_from_iter([
        ("view", views() as ArrayRef),
        ("keyed", Arc::new(keyed)),
        ("list", Arc::new(lists)),
        ("group", Arc::new(group)),
    ]);
    let found = read_all(stream(&[batch.unwrap()], DictionaryHandling::Resend)).unwrap();
    let wanted = [
        format!("b'{long}' b'b' [b'{long}', b'x'] (b'{long}',)"),
        format!("- b'{long}' [] ()"),
        format!("b'b' b'{long}' [b'y'] (b'b',)"),
    ];
    assert_eq!(found, wanted);
}

#[test]
fn views_of_bytes_that_are_no_text_are_refused_where_a_row_has_them() {
    let views = StringViewArray::from(vec!["a text of more than twelve bytes", "b"]);
    let mut bytes = stream(&[one_column(views)], DictionaryHandling::Resend);
    let at = bytes.windows(6).position(|part| part == b"twelve").unwrap();
    bytes[at] = 0xff;
    let error = read_all(bytes).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert!(error.to_string().contains("name: invalid utf-8"), "{error}");
}

#[test]
fn dictionaries_inside_of_columns_are_refused() {
    let names: DictionaryArray<Int8Type> = ["a", "b"].into_iter().collect();
    let item = Arc::new(Field::new("item", names.data_type().clone(), true));
    let lists = ListArray::new(
        item,
        OffsetBuffer::from_lengths([1, 1]),
        Arc::new(names),
        None,
    );
    let error = read_all(stream(&[one_column(lists)], DictionaryHandling::Resend)).unwrap_err();
    let words = "message 1 at 0x0: column \"name\": no field of a format is a Dictionary(Int8, Utf8) in another column";
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn a_dictionary_is_not_looked_through_for_each_batch() {
    // 2,000 batches of a row, and a million texts.
    let texts = (0..1_000_000).map(|n| format!("text {n}"));
    let values: ArrayRef = Arc::new(StringArray::from_iter_values(texts));
    let batches = (0..2000).map(|row| {
        let keys = Int32Array::from(vec![row * 100]);
        one_column(DictionaryArray::<Int32Type>::new(keys, Arc::clone(&values)))
    });
    let bytes = stream(&batches.collect::<Vec<_>>(), DictionaryHandling::Resend);
    let mut found = Vec::new();
    within_processor_seconds(10, "a large dictionary for many batches", || {
        read(bytes, &mut |cells| found.extend_from_slice(cells)).unwrap();
    });
    let wanted = (0..2000).map(|row| Cell::Plain(format!("text {}", row * 100).into()));
    assert_eq!(found, wanted.collect::<Vec<_>>());
}

#[test]
fn a_dictionary_that_grows_is_not_copied_for_each_part() {
    // 3,000 texts of 20,000 bytes, each with a batch that has it: the messages of the second batch again and again, as
    // the writer would compare the whole dictionary each time.
    let text = "b".repeat(20_000);
    let batches = [
        named(vec![Some(0)], &["a"]),
        named(vec![Some(1)], &["a", &text]),
    ];
    let bytes = stream(&batches, DictionaryHandling::Delta);
    // The schema, a dictionary, a batch, what it grows by, a batch, the end.
    let all = messages(&bytes);
    assert_eq!(all.len(), 5);
    let (begin, end) = (all[3].start - 8, bytes.len() - 8);
    let mut bytes = [&bytes[..begin], &bytes[begin..end].repeat(3000)].concat();
    bytes.extend_from_slice(&[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
    let mut count = 0;
    let wanted = [Cell::Plain(text.into())];
    within_processor_seconds(10, "a dictionary of many parts", || {
        read(bytes, &mut |cells| count += usize::from(cells == wanted)).unwrap();
    });
    assert_eq!(count, 3000);
}

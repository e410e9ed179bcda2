//! Files and streams of Arrow whose messages say what isn't: each is an error that says which message and column, and
//! nothing panics, whichever byte is another.

use std::fs::File;
use std::io::{self, Cursor};
use std::ops::Range;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, DictionaryArray, Int32Array, ListArray, NullArray, RecordBatch, RecordBatchOptions,
    StringArray, StringViewArray, StructArray,
};
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_ipc::{CompressionType, Message, root_as_footer, root_as_message};
use arrow_schema::Schema;
use bytewright::records::arrow::{Container, Input, rows};

use super::Folder;

/// Four rows: numbers of which one is null, texts, lists, two of names by their keys.
fn batch() -> RecordBatch {
    let numbers = Int32Array::from(vec![Some(1), None, Some(3), Some(4)]);
    let texts = StringArray::from(vec!["a", "bc", "", "d"]);
    let items = [[1, 2], [3, 4], [5, 6], [7, 8]].map(|pair| Some(pair.map(Some)));
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>(items);
    let names: DictionaryArray<Int32Type> = ["buy", "sell", "buy", "buy"].into_iter().collect();
    RecordBatch::try_from_iter([
        ("n", Arc::new(numbers) as ArrayRef),
        ("text", Arc::new(texts)),
        ("list", Arc::new(lists)),
        ("name", Arc::new(names.clone())),
        ("again", Arc::new(names)),
    ])
    .unwrap()
}

fn stream(batch: &RecordBatch, compression: Option<CompressionType>) -> Vec<u8> {
    let options = IpcWriteOptions::default().try_with_compression(compression);
    let mut bytes = Vec::new();
    let schema = batch.schema();
    let mut writer =
        StreamWriter::try_new_with_options(&mut bytes, &schema, options.unwrap()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    bytes
}

fn file(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = FileWriter::try_new(&mut bytes, &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    bytes
}

/// How many rows a stream has.
fn read(bytes: &[u8]) -> io::Result<usize> {
    let mut count = 0;
    let input = Input::Stream(Box::new(Cursor::new(bytes.to_vec())));
    rows(Container::Stream, input, &mut |_, _| {
        count += 1;
        Ok::<_, io::Error>(())
    })?;
    Ok(count)
}

/// The same of a file.
fn read_file(container: Container, bytes: &[u8]) -> io::Result<usize> {
    let folder = Folder::new();
    let path = folder.file("rows", bytes);
    let mut count = 0;
    rows(container, Input::File(File::open(path)?), &mut |_, _| {
        count += 1;
        Ok::<_, io::Error>(())
    })?;
    Ok(count)
}

/// Where the metadata of each message of a stream are.
pub(super) fn messages(stream: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        let size = i32::from_le_bytes(stream[at + 4..at + 8].try_into().unwrap());
        if size == 0 {
            return found;
        }
        let metadata = at + 8..at + 8 + size as usize;
        let body = root_as_message(&stream[metadata.clone()])
            .unwrap()
            .bodyLength();
        at = metadata.end + body as usize;
        found.push(metadata);
    }
}

/// Where a scalar of a table is.
macro_rules! place {
    ($table:expr, $field:expr) => {{
        let table = $table._tab;
        table.loc() + usize::from(table.vtable().get($field))
    }};
}

/// Where a structure is, of the metadata that it was found in.
fn place_of<T>(item: &T, metadata: &[u8]) -> usize {
    std::ptr::from_ref(item) as usize - metadata.as_ptr() as usize
}

const SCHEMA: usize = 0;
const DICTIONARY: usize = 2;
const BATCH: usize = 3;

/// Another value in a message, whose place `at` finds in its metadata.
fn with(which: usize, value: &[u8], at: impl Fn(&Message<'_>, &[u8]) -> usize) -> Vec<u8> {
    let mut bytes = stream(&batch(), None);
    let metadata = messages(&bytes)[which].clone();
    let own = &bytes[metadata.clone()];
    let place = metadata.start + at(&root_as_message(own).unwrap(), own);
    bytes[place..place + value.len()].copy_from_slice(value);
    bytes
}

/// Another number in a column of the batch: its length is at 0, how many are null at 8.
fn with_node(number: usize, at: usize, value: i64) -> Vec<u8> {
    with(BATCH, &value.to_le_bytes(), |message, metadata| {
        let batch = message.header_as_record_batch().unwrap();
        place_of(batch.nodes().unwrap().get(number), metadata) + at
    })
}

/// Another number in a buffer of the batch: its offset is at 0, its length at 8.
fn with_buffer(number: usize, at: usize, value: i64) -> Vec<u8> {
    with(BATCH, &value.to_le_bytes(), |message, metadata| {
        let batch = message.header_as_record_batch().unwrap();
        place_of(batch.buffers().unwrap().get(number), metadata) + at
    })
}

/// Another scalar in a field of the schema.
fn with_field(number: usize, value: &[u8], at: impl Fn(arrow_ipc::Field<'_>) -> usize) -> Vec<u8> {
    with(SCHEMA, value, |message, _| {
        let schema = message.header_as_schema().unwrap();
        at(schema.fields().unwrap().get(number))
    })
}

#[track_caller]
fn assert_refused(read: io::Result<usize>, words: &str) {
    let error = read.expect_err(words);
    assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{words}: {error}");
    assert!(error.to_string().contains(words), "{words}: {error}");
}

#[test]
fn what_is_right_is_read() {
    assert_eq!(read(&stream(&batch(), None)).unwrap(), 4);
    assert_eq!(read_file(Container::File, &file(&batch())).unwrap(), 8);
    for compression in [CompressionType::ZSTD, CompressionType::LZ4_FRAME] {
        assert_eq!(read(&stream(&batch(), Some(compression))).unwrap(), 4);
    }
    // No rows, no columns, columns without a byte, views with buffers of their own.
    let empty = RecordBatch::new_empty(batch().schema());
    assert_eq!(read(&stream(&empty, None)).unwrap(), 0);
    let options = RecordBatchOptions::new().with_row_count(Some(3));
    let none = RecordBatch::try_new_with_options(Arc::new(Schema::empty()), Vec::new(), &options);
    assert_eq!(read(&stream(&none.unwrap(), None)).unwrap(), 3);
    let views = [
        "a text of more than twelve bytes",
        "another one of that kind",
    ];
    let group = StructArray::new_empty_fields(2, None);
    let others = RecordBatch::try_from_iter([
        ("none", Arc::new(NullArray::new(2)) as ArrayRef),
        ("view", Arc::new(StringViewArray::from(views.to_vec()))),
        ("group", Arc::new(group)),
    ]);
    assert_eq!(read(&stream(&others.unwrap(), None)).unwrap(), 2);
}

#[test]
fn schemas_of_other_types_are_refused() {
    use arrow_ipc::{DictionaryEncoding, Field, Int, Type};
    let bits = with_field(0, &7i32.to_le_bytes(), |field| {
        place!(field.type_as_int().unwrap(), Int::VT_BITWIDTH)
    });
    assert_refused(
        read(&bits),
        "message 1 at 0x0: column \"n\": its Int has a width",
    );
    for (kind, words) in [
        (Type::NONE, "column \"n\": no field of a format is a NONE"),
        (Type::Union, "column \"n\": no field of a format is a Union"),
        (
            Type(99),
            "column \"n\": no field of a format is a type of a later version",
        ),
        // The width is read of what an integer has.
        (Type::List, "column \"n\": its List has a width"),
    ] {
        let other = with_field(0, &[kind.0], |field| place!(field, Field::VT_TYPE_TYPE));
        // A check of the table may come first.
        let error = read(&other).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        let is_broken = error.to_string().contains("its metadata are broken");
        assert!(
            is_broken || error.to_string().contains(words),
            "{words}: {error}"
        );
    }
    let keys = with_field(3, &12i32.to_le_bytes(), |field| {
        let keys = field.dictionary().unwrap().indexType().unwrap();
        place!(keys, Int::VT_BITWIDTH)
    });
    assert_refused(read(&keys), "column \"name\": keys of 12 bits");
    let id = with_field(4, &9i64.to_le_bytes(), |field| {
        place!(field.dictionary().unwrap(), DictionaryEncoding::VT_ID)
    });
    assert_refused(read(&id), "message 3 at 0x");
    assert_refused(read(&id), "it is dictionary 1, which no column has");
}

#[test]
fn batches_without_the_bytes_of_their_rows_are_refused() {
    // Columns: n, text, list, its items, name, again. Buffers: two of n, three of text, two of list, two of its items, two of
    // name, two of again.
    for (bytes, words) in [
        (with_node(0, 0, -1), "message 4 at 0x"),
        (with_node(0, 0, -1), "column \"n\": -1 rows"),
        (
            with_node(1, 0, 1 << 40),
            "column \"text\": 1099511627776 rows",
        ),
        (
            with_node(0, 0, 3),
            "column \"n\": it has 3 rows, and the batch 4",
        ),
        (with_node(0, 8, 5), "column \"n\": 5 of its 4 rows are null"),
        (
            with_node(0, 8, -1),
            "column \"n\": -1 of its 4 rows are null",
        ),
        (with_node(0, 8, 2), "null_count value (2)"),
        (
            with_buffer(0, 8, 0),
            "column \"n\": its validity bits have 0 bytes, and need 1",
        ),
        (
            with_buffer(1, 8, 15),
            "column \"n\": its values have 15 bytes, and need 16",
        ),
        (
            with_buffer(3, 8, 16),
            "column \"text\": its offsets have 16 bytes, and need 20",
        ),
        (
            with_buffer(3, 8, 21),
            "column \"text\": its offsets have 21 bytes, and 4 each",
        ),
        (
            with_buffer(4, 8, 1),
            "Last offset 4 of Utf8 is larger than values length 1",
        ),
        (
            with_buffer(10, 8, 12),
            "column \"name\": its keys have 12 bytes, and need 16",
        ),
        (
            with_buffer(1, 0, -8),
            "buffer 1, of 16 bytes from -8, lies outside of the body",
        ),
        (with_buffer(1, 0, 1 << 62), "lies outside of the body"),
        (with_buffer(1, 8, i64::MAX), "lies outside of the body"),
        (with_buffer(1, 8, -1), "lies outside of the body"),
    ] {
        assert_refused(read(&bytes), words);
    }
    let whole = {
        let right = stream(&batch(), None);
        let metadata = messages(&right)[BATCH].clone();
        root_as_message(&right[metadata]).unwrap().bodyLength()
    };
    let overlapping = {
        let bytes = with_buffer(1, 8, whole);
        let metadata = messages(&bytes)[BATCH].clone();
        let own = &bytes[metadata.clone()];
        let batch = root_as_message(own)
            .unwrap()
            .header_as_record_batch()
            .unwrap();
        let at = metadata.start + place_of(batch.buffers().unwrap().get(1), own);
        let mut bytes = bytes;
        bytes[at..at + 8].fill(0);
        bytes
    };
    assert_refused(read(&overlapping), "its buffers overlap");
    // More rows than there are bits.
    let rows = with(BATCH, &(1i64 << 50).to_le_bytes(), |message, _| {
        let batch = message.header_as_record_batch().unwrap();
        place!(batch, arrow_ipc::RecordBatch::VT_LENGTH)
    });
    assert_refused(
        read(&rows),
        "1125899906842624 rows, and there are bytes for",
    );
}

#[test]
fn keys_and_identifiers_of_no_dictionary_are_refused() {
    let id = with(DICTIONARY, &7i64.to_le_bytes(), |message, _| {
        let dictionary = message.header_as_dictionary_batch().unwrap();
        place!(dictionary, arrow_ipc::DictionaryBatch::VT_ID)
    });
    assert_refused(read(&id), "it is dictionary 7, which no column has");
    // The keys of the column "name".
    let mut key = stream(&batch(), None);
    let metadata = messages(&key)[BATCH].clone();
    let own = &key[metadata.clone()];
    let batch = root_as_message(own)
        .unwrap()
        .header_as_record_batch()
        .unwrap();
    let at = metadata.end + batch.buffers().unwrap().get(10).offset() as usize;
    key[at] = 200;
    assert_refused(
        read(&key),
        "name: its key is 200, and the dictionary has 2 values",
    );
}

#[test]
fn messages_that_the_input_does_not_hold_are_refused() {
    let right = stream(&batch(), None);
    let all = messages(&right);
    assert_refused(read(&[]), "begins with its schema, and the input is empty");
    assert_refused(
        read(&right[..2]),
        "message 1 at 0x0: the input ends in its length",
    );
    assert_refused(read(&right[..20]), "and the input ends after 12 of them");
    let cut = all[BATCH].end + 5;
    assert_refused(read(&right[..cut]), "and the input ends after 5 of them");
    assert_refused(
        read(&right[all[BATCH].start - 8..]),
        "it is the first of a stream, and no schema",
    );
    for (size, words) in [
        (i32::MIN, "its metadata have -2147483648 bytes"),
        (
            i32::MAX,
            "its metadata have 2147483647 bytes, and the input ends after",
        ),
    ] {
        let mut bytes = right.clone();
        bytes[4..8].copy_from_slice(&size.to_le_bytes());
        assert_refused(read(&bytes), words);
    }
    for (size, words) in [
        (-1, "its body has -1 bytes"),
        (
            i64::MAX,
            "its body has 9223372036854775807 bytes, and the input ends after",
        ),
    ] {
        let bytes = with(BATCH, &i64::to_le_bytes(size), |message, _| {
            place!(message, Message::VT_BODYLENGTH)
        });
        assert_refused(read(&bytes), words);
    }
    // Where streams end without the mark of their end.
    assert_eq!(read(&right[..right.len() - 8]).unwrap(), 4);
}

#[test]
fn columns_that_become_larger_than_their_limit_are_refused() {
    for compression in [CompressionType::ZSTD, CompressionType::LZ4_FRAME] {
        let right = stream(&batch(), Some(compression));
        let metadata = messages(&right)[BATCH].clone();
        let own = &right[metadata.clone()];
        let batch = root_as_message(own)
            .unwrap()
            .header_as_record_batch()
            .unwrap();
        let at = metadata.end + batch.buffers().unwrap().get(1).offset() as usize;
        for (size, words) in [
            (1 << 40, "after decompression, and may be"),
            (-2, "buffer 1 has -2 bytes after decompression"),
            // Fewer than its rows need, and fewer than there are.
            (3, "column \"n\": its values have 3 bytes, and need 16"),
        ] {
            let mut bytes = right.clone();
            bytes[at..at + 8].copy_from_slice(&i64::to_le_bytes(size));
            assert_refused(read(&bytes), words);
        }
    }
}

#[test]
fn footers_of_other_places_are_refused() {
    let right = file(&batch());
    let size = i32::from_le_bytes(right[right.len() - 10..right.len() - 6].try_into().unwrap());
    let footer = right.len() - 10 - size as usize..right.len() - 10;
    let own = &right[footer.clone()];
    let blocks = root_as_footer(own).unwrap().recordBatches().unwrap();
    let block = |number: usize| footer.start + place_of(blocks.get(number), own);
    let with = |at: usize, value: &[u8]| {
        let mut bytes = right.clone();
        bytes[at..at + value.len()].copy_from_slice(value);
        read_file(Container::File, &bytes)
    };
    let outside = "its blocks overlap, or lie outside of what is before it";
    // A block: its offset, the size of its metadata at 8, that of its body at 16.
    assert_refused(with(block(0), &(-1i64).to_le_bytes()), outside);
    assert_refused(with(block(0), &i64::MAX.to_le_bytes()), outside);
    assert_refused(with(block(0) + 8, &(-8i32).to_le_bytes()), outside);
    assert_refused(with(block(0) + 16, &i64::MAX.to_le_bytes()), outside);
    assert_refused(with(block(0) + 16, &(1i64 << 20).to_le_bytes()), outside);
    assert_refused(
        with(block(1) + 8, &4i32.to_le_bytes()),
        "don't fit into its block",
    );
    assert_refused(
        with(
            block(1),
            &blocks.get(0).offset().wrapping_add(1).to_le_bytes(),
        ),
        "message 4 at",
    );
    assert_refused(with(0, b"ARROW2"), "begins and ends with ARROW1");
    assert_refused(
        with(right.len() - 6, b"ARROW2"),
        "begins and ends with ARROW1",
    );
    assert_refused(
        with(right.len() - 10, &i32::MAX.to_le_bytes()),
        "the footer has 2147483647 bytes",
    );
    assert_refused(
        with(right.len() - 10, &(-1i32).to_le_bytes()),
        "the footer has -1 bytes",
    );
    assert_refused(
        read_file(Container::File, b"ARROW1"),
        "begins and ends with ARROW1",
    );
}

#[test]
fn nothing_panics_whichever_byte_is_another() {
    let streams = [
        stream(&batch(), None),
        stream(&batch(), Some(CompressionType::ZSTD)),
        stream(&batch(), Some(CompressionType::LZ4_FRAME)),
    ];
    for stream in streams {
        for at in 0..stream.len() {
            let mut bytes = stream.clone();
            for value in [0, 0xff, bytes[at] ^ 1, bytes[at] ^ 0x80] {
                bytes[at] = value;
                let _ = read(&bytes);
            }
        }
    }
    let file = file(&batch());
    let folder = Folder::new();
    let path = folder.path("rows");
    for at in 0..file.len() {
        let mut bytes = file.clone();
        for value in [0, 0xff] {
            bytes[at] = value;
            std::fs::write(&path, &bytes).unwrap();
            let input = Input::File(File::open(&path).unwrap());
            let _ = rows(Container::File, input, &mut |_, _| Ok::<_, io::Error>(()));
        }
    }
}

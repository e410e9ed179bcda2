//! Files of Parquet that say what isn't: what the decoder would take memory for, or overflow its stack by, is an error
//! before it sees it, and where it panics that is an error too.

use std::fs::File;
use std::io;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, MapBuilder, StringBuilder};
use arrow_array::{ArrayRef, FixedSizeBinaryArray, Int32Array, RecordBatch, StringArray};
use bytewright::records::Cell;
use bytewright::records::arrow::{Container, Input, rows};
use bytewright::value::Value;
use parquet::arrow::ArrowWriter;

use super::Folder;

fn read(folder: &Folder, bytes: &[u8]) -> io::Result<Vec<Vec<Cell>>> {
    let path = folder.file("rows.parquet", bytes);
    let mut all = Vec::new();
    rows(
        Container::Parquet,
        Input::File(File::open(path)?),
        &mut |_, cells| {
            all.push(cells.to_vec());
            Ok::<_, io::Error>(())
        },
    )?;
    Ok(all)
}

#[track_caller]
fn assert_refused(bytes: &[u8], words: &str) {
    let error = read(&Folder::new(), bytes).expect_err(words);
    assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{words}: {error}");
    assert!(error.to_string().contains(words), "{words}: {error}");
}

/// A number of Thrift's compact protocol: seven bits a byte, the lowest first.
fn unsigned(value: u64) -> Vec<u8> {
    let mut left = value;
    let mut bytes = Vec::new();
    while left >= 0x80 {
        bytes.push(left as u8 | 0x80);
        left >>= 7;
    }
    bytes.push(left as u8);
    bytes
}

/// A number that has a sign, in its lowest bit.
fn number(value: i64) -> Vec<u8> {
    unsigned((value << 1 ^ value >> 63) as u64)
}

/// A file of its pages, the elements of its schema, and its row groups.
fn file(pages: &[u8], elements: &[Vec<u8>], groups: &[Vec<u8>]) -> Vec<u8> {
    // A list of structures: its size is a number without a sign.
    let list =
        |items: &[Vec<u8>]| [vec![0xfc], unsigned(items.len() as u64), items.concat()].concat();
    let footer = [
        vec![0x15, 2, 0x19],
        list(elements),
        vec![0x16],
        number(1),
        vec![0x19],
        list(groups),
        vec![0],
    ]
    .concat();
    let size = (footer.len() as u32).to_le_bytes();
    [b"PAR1", pages, &footer, &size, b"PAR1"].concat()
}

/// An element of the schema that is a group of so many.
fn group(children: i64) -> Vec<u8> {
    [
        vec![0x35, 0, 0x18, 1, b'g', 0x15],
        number(children),
        vec![0],
    ]
    .concat()
}

/// An integer of 32 bits that is always there, or is any number of times.
fn integer(is_list: bool) -> Vec<u8> {
    vec![0x15, 2, 0x25, if is_list { 4 } else { 0 }, 0x18, 1, b'a', 0]
}

/// A row group of one column, compressed by zstd, whose pages have these bytes from an offset.
fn row_group(offset: i64, size: i64) -> Vec<u8> {
    let column = [
        // Its type, encodings (plain), path, codec, values, sizes after and before compression, the first page.
        vec![
            0x15, 2, 0x19, 0x15, 0, 0x19, 0x18, 1, b'a', 0x15, 12, 0x16, 2,
        ],
        [vec![0x16], number(4), vec![0x16], number(size)].concat(),
        [vec![0x26], number(offset), vec![0]].concat(),
    ]
    .concat();
    let chunk = [vec![0x26, 8, 0x1c], column, vec![0]].concat();
    [vec![0x19, 0x1c], chunk, vec![0x16, 8, 0x16, 2, 0]].concat()
}

/// A page of data: sizes after and before compression, values, their encoding, and the content.
fn page(unpacked: i64, packed: i64, values: i64, encoding: i64, content: &[u8]) -> Vec<u8> {
    [
        vec![0x15, 0, 0x15],
        number(unpacked),
        vec![0x15],
        number(packed),
        vec![0x2c, 0x15],
        number(values),
        vec![0x15],
        number(encoding),
        vec![0x15, 6, 0x15, 6, 0, 0],
        content.to_vec(),
    ]
    .concat()
}

fn of_page(page: &[u8], is_list: bool) -> Vec<u8> {
    let group = row_group(4, page.len() as i64);
    file(page, &[self::group(1), integer(is_list)], &[group])
}

/// The number 7, by zstd.
fn seven() -> Vec<u8> {
    // The magic number, one segment of 4 bytes, and a last block that isn't compressed.
    vec![0x28, 0xb5, 0x2f, 0xfd, 0x20, 4, 0x21, 0, 0, 7, 0, 0, 0]
}

#[test]
fn what_is_right_is_read() {
    let content = seven();
    let right = of_page(&page(4, content.len() as i64, 1, 0, &content), false);
    let all = read(&Folder::new(), &right).unwrap();
    assert_eq!(all, [[Cell::Plain(Value::Int(7))]]);
}

#[test]
fn schemas_that_are_no_tree_of_columns_are_refused() {
    // How many children elements have; those of none are integers.
    let of = |counts: &[i64]| {
        let elements = counts.iter().map(|count| match count {
            0 => integer(false),
            count => group(*count),
        });
        file(&[], &elements.collect::<Vec<_>>(), &[])
    };
    for right in [
        &[1, 0][..],
        &[2, 1, 0, 0],
        &[2, 0, 1, 0],
        &[&[1; 48][..], &[0]].concat(),
    ] {
        assert_eq!(
            read(&Folder::new(), &of(right)).unwrap(),
            Vec::<Vec<Cell>>::new()
        );
    }
    let deep = |levels| [vec![1; levels], vec![0]].concat();
    for (counts, words) in [
        (
            &[1][..],
            "the schema ends before the last child of an element",
        ),
        (
            &[2, 0],
            "the schema ends before the last child of an element",
        ),
        (&[1, 0, 0], "the schema has elements that are in none"),
        (
            &[-1, 0],
            "element 0 of the schema has more children than there are elements",
        ),
        (
            &[1, i64::from(i32::MAX), 0],
            "element 1 of the schema has more children",
        ),
        (&deep(49), "columns nest deeper than 48 levels"),
        (&deep(100_000), "columns nest deeper than 48 levels"),
    ] {
        assert_refused(&of(counts), words);
    }
    assert_refused(&file(&[], &[group(0)], &[]), "the file has no columns");
    // The decoder tells fields by their numbers alone: a set, a list of another field, a number of 16 bits.
    let deep = of(&deep(100_000));
    let at = deep.windows(2).position(|two| two == [0x19, 0xfc]).unwrap();
    for (byte, words) in [(0x1a, "the footer is broken"), (0x29, "it has no schema")] {
        let mut other = deep.clone();
        other[at] = byte;
        assert_refused(&other, words);
    }
    let short = [vec![0x35, 0, 0x18, 1, b'g', 0x14], number(1), vec![0]].concat();
    assert_refused(
        &file(&[], &[short, integer(false)], &[]),
        "the footer is broken",
    );
    // Field 65,538, of which the lowest 16 bits are 2.
    let far = [vec![0x15, 2, 0x09], number(65_538), vec![0x0c, 0]].concat();
    let size = (far.len() as u32).to_le_bytes();
    assert_refused(
        &[&b"PAR1"[..], &far, &size, b"PAR1"].concat(),
        "the footer is broken",
    );
    assert_refused(b"PAR1PAR1", "are before its end");
    assert_refused(b"PAR1", "a Parquet file ends with PAR1");
    // A footer of structures in structures.
    let deep = [vec![0x1c; 100_000], vec![0; 100_001]].concat();
    let size = (deep.len() as u32).to_le_bytes();
    let nested = [&b"PAR1"[..], &deep, &size, b"PAR1"].concat();
    assert_refused(&nested, "the footer is broken at its byte");
}

#[test]
fn pages_of_other_sizes_are_refused() {
    let content = seven();
    let size = content.len() as i64;
    let outside = "\"a\" of row group 0: its";
    let right = page(4, size, 1, 0, &content);
    let elements = [group(1), integer(false)];
    for (offset, length) in [(-1, 10), (4, -1), (4, i64::MAX), (1 << 40, 10)] {
        assert_refused(
            &file(&right, &elements, &[row_group(offset, length)]),
            outside,
        );
    }
    // As many bytes as a page can say that it has.
    let large = page(i32::MAX.into(), size, 1, 0, &content);
    assert_refused(
        &of_page(&large, false),
        "a page of each column has 2147483647 bytes together",
    );
    assert_refused(
        &of_page(&page(4, size + 1, 1, 0, &content), false),
        "and its column ends at",
    );
    assert_refused(
        &of_page(&page(4, -1, 1, 0, &content), false),
        "and its column ends at",
    );
    assert_refused(
        &of_page(&[0xff; 20], false),
        "the header of its page at 0x4 is broken",
    );
    // Lists of more items than pages of this size have.
    let many = page(4, size, i32::MAX.into(), 0, &content);
    assert_refused(&of_page(&many, true), "its 2147483647 items take");
    for (encoding, name) in [(6, "DELTA_LENGTH_BYTE_ARRAY"), (7, "DELTA_BYTE_ARRAY")] {
        for is_list in [false, true] {
            let page = page(4, size, 1, encoding, &content);
            assert_refused(&of_page(&page, is_list), name);
        }
    }
    // Sizes, numbers of values and encodings whose types are others, which the decoder reads all the same.
    for (at, byte) in [(2, 0x16), (4, 0x16), (7, 0x16), (9, 0x16)] {
        let mut other = right.clone();
        assert_eq!(other[at], 0x15, "{at}");
        other[at] = byte;
        assert_refused(&of_page(&other, false), "the header of its page");
    }
    // What only a page of data has, twice, and in a page of another kind.
    let own = |field: u8| [vec![field, 0x15], number(1), vec![0x15], number(0), vec![0]].concat();
    let begin = |kind: i64| {
        let sizes = [vec![0x15], number(4), vec![0x15], number(size)].concat();
        [vec![0x15], number(kind), sizes].concat()
    };
    for header in [
        [begin(0), own(0x2c), own(0x2c)].concat(),
        [begin(0), own(0x4c)].concat(),
        [begin(3), own(0x2c)].concat(),
        [begin(1), own(0x2c)].concat(),
        begin(0),
    ] {
        let page = [header, vec![0], content.clone()].concat();
        assert_refused(&of_page(&page, false), "the header of its page");
    }
    // A dictionary of more values than its bytes are.
    let dictionary = [
        begin(2),
        [vec![0x4c, 0x15], number(2), vec![0x15], number(0), vec![0]].concat(),
        vec![0],
        content.clone(),
    ];
    assert_refused(
        &of_page(&dictionary.concat(), false),
        "the dictionary at 0x4 has 2 values, and 4 bytes",
    );
}

/// A text that lies in the file once, and is each of many items.
#[test]
fn a_row_of_more_bytes_than_are_kept_is_refused() {
    let mut list = ListBuilder::new(StringBuilder::new());
    let text = "a".repeat(100_000);
    for count in [1, 2700] {
        for _ in 0..count {
            list.values().append_value(&text);
        }
        list.append(true);
    }
    let batch = RecordBatch::try_from_iter([("a", Arc::new(list.finish()) as ArrayRef)]).unwrap();
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    assert!(file.len() < 300_000);
    assert_refused(&file, "a: the row takes more than 268435456 bytes");
}

#[test]
fn maps_are_refused() {
    let mut map = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    map.keys().append_value("a");
    map.values().append_value("b");
    map.append(true).unwrap();
    let batch = RecordBatch::try_from_iter([("a", Arc::new(map.finish()) as ArrayRef)]).unwrap();
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    assert_refused(&file, "column \"a\": no field of a format is a map");
}

#[test]
fn nothing_panics_whichever_byte_is_another() {
    let names = ["buy", "sell", "buy", "buy"];
    let sized = FixedSizeBinaryArray::try_from_iter(names.iter().map(|name| &name[..3])).unwrap();
    let batch = RecordBatch::try_from_iter([
        (
            "n",
            Arc::new(Int32Array::from(vec![Some(1), None, Some(3), Some(4)])) as ArrayRef,
        ),
        ("name", Arc::new(StringArray::from(names.to_vec()))),
        ("sized", Arc::new(sized)),
    ])
    .unwrap();
    let mut right = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut right, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let folder = Folder::new();
    assert_eq!(read(&folder, &right).unwrap().len(), 4);
    for at in 0..right.len() {
        let mut bytes = right.clone();
        for value in [0, 0xff, right[at] ^ 1] {
            bytes[at] = value;
            let _ = read(&folder, &bytes);
        }
    }
}

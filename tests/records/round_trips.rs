//! Rows of CSV and JSON lines back to the bytes that they were made of.

use bytewright::records::Columns;
use bytewright::{Struct, Value};

use crate::{Folder, Random, failure, random, run, text};

/// Bytes that packing makes again: they are those that packing makes of what unpacking gives.
fn canonical(format: &Struct, size: usize, random: &mut Random) -> Vec<u8> {
    loop {
        let bytes = random.bytes(size);
        // Digits that are none, and text in other encodings that none is, take a few attempts.
        let Ok(values) = format.unpack(&bytes) else {
            continue;
        };
        if let Ok(packed) = format.pack(&values)
            && format.unpack(&packed).is_ok()
        {
            return packed;
        }
        if random.below(50) == 0 {
            return Vec::new();
        }
    }
}

fn records(kinds: bool, seed: u64) -> Option<(String, Vec<u8>)> {
    let mut random = Random::new(seed);
    let text = random::format(&mut random, kinds);
    let format = Struct::new(&text).unwrap();
    let columns = Columns::new(&format.clone().into())?;
    let bytes: Vec<Vec<u8>> = (0..4)
        .map(|_| canonical(&format, columns.size(), &mut random))
        .collect();
    let is_absent = bytes.iter().any(Vec::is_empty);
    (!is_absent && !columns.schema().fields.is_empty()).then(|| (text, bytes.concat()))
}

fn round_trips(kinds: bool, seeds: std::ops::Range<u64>) -> usize {
    let folder = Folder::new();
    let mut tried = 0;
    for seed in seeds {
        let Some((format, bytes)) = records(kinds, seed) else {
            continue;
        };
        let compiled = Struct::new(&format).unwrap().into();
        // Digits that are none are absent in a table.
        let columns = Columns::new(&compiled).unwrap();
        let mut batch = bytewright::records::Batch::default();
        columns.decode(&bytes, 0, &mut batch).unwrap();
        let is_nan = |row| {
            batch
                .record(row, columns.schema())
                .to_string()
                .contains("nan")
        };
        // A float that is no number is one of many, which text doesn't tell apart.
        if batch.absent() > 0 || (0..batch.rows).any(is_nan) {
            continue;
        }
        let file = folder.file("in.bin", &bytes);
        for form in ["csv", "jsonl", "json"] {
            for raw in [&[][..], &["--raw"]] {
                let out = format!("rows.{form}");
                let arguments = [&[&*format, &*file, "-o", &out, "--force"][..], raw].concat();
                let output = run(&folder, &arguments);
                assert!(
                    output.status.success(),
                    "{format}: {}",
                    String::from_utf8_lossy(&output.stderr)
                );
                let arguments = [
                    &["--pack", &*format, &out, "-o", "out.bin", "--force"][..],
                    raw,
                ]
                .concat();
                let output = run(&folder, &arguments);
                let rows = std::fs::read_to_string(folder.path(&out)).unwrap();
                assert!(
                    output.status.success(),
                    "seed {seed}: {format}: {}\n{rows}",
                    String::from_utf8_lossy(&output.stderr)
                );
                let packed = std::fs::read(folder.path("out.bin")).unwrap();
                assert!(
                    packed == bytes,
                    "seed {seed}: {format} {form} {raw:?}\n{rows}\n{bytes:02x?}\n{packed:02x?}"
                );
            }
        }
        tried += 1;
    }
    tried
}

#[test]
fn plain_formats_come_back_byte_for_byte() {
    assert!(round_trips(false, 1..40) > 8);
}

#[test]
fn formats_with_kinds_come_back_byte_for_byte() {
    assert!(round_trips(true, 1..60) > 4);
}

#[test]
fn meanings_come_back() {
    let folder = Folder::new();
    let format = "<I~unix:t q~unixms:ms Q~filetime:ft I~hfs:h I~dos:d i~fixed(8):x 16s~guid:g";
    let bytes = Struct::new(format)
        .unwrap()
        .pack(&[
            Value::from(1_709_208_000),
            1_709_208_000_123i64.into(),
            133_536_816_000_000_001u64.into(),
            0.into(),
            0x585d_645c.into(),
            (-384).into(),
            "00112233-4455-6677-8899-aabbccddeeff".into(),
        ])
        .unwrap();
    let file = folder.file("in.bin", &bytes);
    assert_eq!(
        text(&folder, &[format, &file, "-O", "csv"]),
        "t,ms,ft,h,d,x,g\n2024-02-29T12:00:00Z,2024-02-29T12:00:00.123Z,2024-02-29T12:00:00.0000001Z,\
         1904-01-01T00:00:00Z,2024-02-29T12:34:56,-1.5,00112233-4455-6677-8899-aabbccddeeff\n"
    );
    assert_eq!(
        text(
            &folder,
            &[format, &file, "-O", "csv", "--raw", "--select", "t,d,x"]
        ),
        "t,d,x\n1709208000,1482515548,-384\n"
    );
    for form in ["csv", "jsonl"] {
        let out = format!("rows.{form}");
        text(&folder, &[format, &file, "-o", &out]);
        text(
            &folder,
            &["--pack", format, &out, "-o", "out.bin", "--force"],
        );
        assert_eq!(
            std::fs::read(folder.path("out.bin")).unwrap(),
            bytes,
            "{form}"
        );
    }
}

#[test]
fn names_of_values_come_back() {
    let folder = Folder::new();
    let formats = r#"
        [formats.trade]
        format = "<B:side H:qty"
        [formats.trade.enums.side]
        1 = "buy"
        2 = "sell"
    "#;
    folder.file("own.toml", formats);
    let file = folder.file("in.bin", b"\x01\x05\0\x02\x06\0\x03\x07\0");
    let out = run(
        &folder,
        &["--formats", "own.toml", "%trade", &file, "-O", "csv"],
    );
    let rows = String::from_utf8(out.stdout).unwrap();
    assert_eq!(
        rows,
        "side,qty\nbuy,5\nsell,6\n3,7\n",
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    folder.file("rows.csv", rows);
    text(
        &folder,
        &[
            "--formats",
            "own.toml",
            "--pack",
            "%trade",
            "rows.csv",
            "-o",
            "out.bin",
        ],
    );
    assert_eq!(
        std::fs::read(folder.path("out.bin")).unwrap(),
        b"\x01\x05\0\x02\x06\0\x03\x07\0"
    );
    let rows = text(
        &folder,
        &[
            "--formats",
            "own.toml",
            "%trade",
            &file,
            "-O",
            "csv",
            "--where",
            "side == 'sell' or qty > 6",
        ],
    );
    assert_eq!(rows, "side,qty\nsell,6\n3,7\n");
    let arguments = [
        "--formats",
        "own.toml",
        "%trade",
        &file,
        "--where",
        "side == 'hold'",
    ];
    let (status, said) = failure(&folder, &arguments);
    assert_eq!(status, 3);
    assert!(said.contains("there are buy, sell"), "{said}");
}

#[test]
fn rows_that_cannot_be_packed_say_their_line_and_field() {
    let folder = Folder::new();
    for (rows, message) in [
        ("id,qty\n1,2\n1,x\n", "line 3: qty: \"x\" is not an integer"),
        (
            "id,qty\n1\n",
            "line 2: it has 1 fields, and there are 2 columns",
        ),
        (
            "id,qtyy\n1,2\n",
            "there is no column \"qtyy\"; did you mean qty?",
        ),
        ("id,qty\n1,70000\n", "line 2: qty: "),
        ("id\n1\n", "line 2: "),
        ("id,id\n1,2\n", "there are two columns \"id\""),
        ("", "there is no line of names"),
        ("id,qty\n\"1,2\n", "line 2: a quote is not closed"),
    ] {
        folder.file("rows.csv", rows);
        let (status, said) = failure(
            &folder,
            &["--pack", "<H:id H:qty", "rows.csv", "-o", "out.bin"],
        );
        assert_eq!(status, 4, "{said}");
        assert!(said.contains(message), "{said}");
        assert!(!folder.path("out.bin").exists());
    }
    folder.file(
        "rows.jsonl",
        "{\"id\":1,\"qty\":2}\n{\"id\":1,\"qty\":\"many\"}\n",
    );
    let (status, said) = failure(
        &folder,
        &["--pack", "<H:id H:qty", "rows.jsonl", "-o", "out.bin"],
    );
    assert_eq!(status, 4);
    assert!(
        said.contains("line 2: qty: \"many\" is not an integer"),
        "{said}"
    );
}

#[test]
fn constants_and_counts_need_no_column() {
    let folder = Folder::new();
    folder.file("rows.csv", "text,n\r\nhello,7\r\n\"a,b\",8\r\n");
    text(
        &folder,
        &[
            "--pack",
            "<2s:magic='OK' B:length [length]s:text H:n",
            "rows.csv",
            "-o",
            "out.bin",
        ],
    );
    assert_eq!(
        std::fs::read(folder.path("out.bin")).unwrap(),
        b"OK\x05hello\x07\0OK\x03a,b\x08\0"
    );
    folder.file("rows.jsonl", "{\"text\":\"hello\",\"n\":7}\n");
    text(
        &folder,
        &[
            "--pack",
            "<2s:magic='OK' B:length [length]s:text H:n",
            "rows.jsonl",
            "-o",
            "out.bin",
        ],
    );
    assert_eq!(
        std::fs::read(folder.path("out.bin")).unwrap(),
        b"OK\x05hello\x07\0"
    );
}

#[test]
fn packing_replaces_what_other_verbs_replace() {
    let folder = Folder::new();
    folder.file("rows.csv", "n\n256\n7\n");
    let pack = ["--pack", "<H:n", "rows.csv", "-o", "out.bin"];
    for present in [&b""[..], b"\0\x01\x02\x03"] {
        folder.file("out.bin", present);
        text(&folder, &pack);
        assert_eq!(std::fs::read(folder.path("out.bin")).unwrap(), [0, 1, 7, 0]);
        // Packed again over what it packed.
        text(&folder, &pack);
    }
    for bytes in [&b"a text\n"[..], b"\x89PNG\r\n\x1a\n"] {
        folder.file("out.bin", bytes);
        let (status, said) = failure(&folder, &pack);
        assert_eq!(status, 2);
        assert!(said.contains("--force"), "{said}");
        assert_eq!(std::fs::read(folder.path("out.bin")).unwrap(), bytes);
        text(&folder, &[&pack[..], &["--force"]].concat());
        assert_eq!(std::fs::read(folder.path("out.bin")).unwrap(), [0, 1, 7, 0]);
    }
}

#[test]
#[cfg(feature = "arrow")]
fn files_of_tables_replace_those_of_their_kind() {
    let folder = Folder::new();
    folder.file("in.bin", [1, 0, 2, 0]);
    for suffix in ["arrow", "arrows", "parquet", "csv"] {
        let out = format!("out.{suffix}");
        for _ in 0..2 {
            text(&folder, &["<H:n", "in.bin", "-o", &out]);
        }
        folder.file(&out, "\x7fELF\x02\x01\x01");
        assert_eq!(
            failure(&folder, &["<H:n", "in.bin", "-o", &out]).0,
            2,
            "{suffix}"
        );
    }
}

//! Dumps as other programs make and read them: `xxd`, in both directions, and `hexdump -C`.
//!
//! A program that isn't there is reported as skipped; with `BYTEWRIGHT_REQUIRE_PEERS=1` it is a
//! failure.

use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::process::Command;

use bytewright::render::hex::{Canonical, Plain, Reverse};
use tempfile::NamedTempFile;

use crate::common::peer_output;

/// Standard output of a program; `None` where it is missing and may be.
fn peer(program: &str, arguments: &str, file: &NamedTempFile) -> Option<Vec<u8>> {
    let mut command = Command::new(program);
    peer_output(command.args(arguments.split_whitespace()).arg(file.path()))
}

fn file(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

/// Numbers at random, the same for the same seed (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn bytes(&mut self, length: u64) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }

    /// With runs that dumps leave out.
    fn sparse(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for _ in 0..self.below(6) {
            let length = self.below(90) as usize;
            match self.below(3) {
                0 => bytes.resize(bytes.len() + length, 0),
                1 => bytes.resize(bytes.len() + length, 0xff),
                _ => bytes.extend(self.bytes(length as u64)),
            }
        }
        bytes
    }
}

fn plain(layout: &Plain, bytes: &[u8], start: u64) -> Vec<u8> {
    let mut dump = Vec::new();
    layout.write(bytes, start, &mut dump).unwrap();
    dump
}

fn canonical(columns: u16, bytes: &[u8]) -> Vec<u8> {
    let mut dump = Vec::new();
    let layout = Canonical::new().columns(Some(columns));
    layout.write(bytes, 0, &mut dump).unwrap();
    dump
}

fn reversed(reverse: &Reverse, dump: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    reverse.to_stream(dump, &mut bytes).unwrap();
    bytes
}

#[track_caller]
fn same(ours: &[u8], theirs: &[u8], what: &str) {
    assert!(
        ours == theirs,
        "{what}\nours:\n{}theirs:\n{}",
        String::from_utf8_lossy(ours),
        String::from_utf8_lossy(theirs)
    );
}

#[test]
fn plain_dumps_are_those_of_xxd() {
    let mut random = Random(1);
    for columns in [1, 2, 3, 5, 8, 15, 16, 17, 32, 60, 255, 256] {
        for group in [0, 1, 2, 3, 4, 5, 8, 16, 300] {
            let length = match random.below(3) {
                0 => 3 * columns,
                1 => 0,
                _ => random.below(4 * columns),
            };
            let (bytes, upper) = (random.bytes(length), random.below(2) == 0);
            let u = if upper { "-u" } else { "" };
            let arguments = format!("-c {columns} -g {group} {u}");
            let Some(theirs) = peer("xxd", &arguments, &file(&bytes)) else {
                return;
            };
            let layout = Plain::new().columns(columns as u16).group(group);
            same(&plain(&layout.upper(upper), &bytes, 0), &theirs, &arguments);
        }
    }
}

#[test]
fn digits_alone_are_those_of_xxd() {
    let mut random = Random(2);
    for columns in [1, 7, 30, 300] {
        for length in [0, 1, columns - 1, columns, 2 * columns, 5 * columns + 1] {
            let bytes = random.bytes(length);
            let Some(theirs) = peer("xxd", &format!("-p -c {columns}"), &file(&bytes)) else {
                return;
            };
            let ours = plain(&Plain::digits().columns(columns as u16), &bytes, 0);
            same(&ours, &theirs, &format!("{columns} {length}"));
            assert_eq!(reversed(&Reverse::digits(), &theirs), bytes);
        }
    }
}

#[test]
fn many_pages_are_those_of_xxd() {
    let bytes = Random(3).bytes(100_003);
    for (columns, arguments) in [(16, "-c 16"), (7, "-c 7"), (250, "-c 250")] {
        let Some(theirs) = peer("xxd", arguments, &file(&bytes)) else {
            return;
        };
        let ours = plain(&Plain::new().columns(columns), &bytes, 0);
        assert!(ours == theirs, "{arguments}");
    }
}

#[test]
fn offsets_grow_where_those_of_xxd_do() {
    // Holes: none of it is on the disk.
    for (size, start) in [
        (0x1_0000_0020, 0xffff_ffd3_u64),
        (0x100_0000_0010, 0xff_ffff_ffff),
    ] {
        let mut file = NamedTempFile::new().unwrap();
        file.as_file().set_len(size).unwrap();
        let Some(theirs) = peer("xxd", &format!("-s {start}"), &file) else {
            return;
        };
        file.seek(SeekFrom::Start(start)).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        same(&plain(&Plain::new(), &bytes, start), &theirs, "offsets");
    }
}

#[test]
fn dumps_of_xxd_become_bytes_again() {
    let mut random = Random(4);
    for (columns, arguments) in [
        (16, ""),
        (16, "-g 1 -u"),
        (32, "-c 32 -g 0"),
        (16, "-a"),
        (5, "-c 5 -a"),
    ] {
        for _ in 0..15 {
            let bytes = random.sparse();
            let Some(dump) = peer("xxd", arguments, &file(&bytes)) else {
                return;
            };
            same(&reversed(&Reverse::new(), &dump), &bytes, arguments);

            let ours = plain(
                &Plain::new().columns(columns).group(random.below(6) as u16),
                &bytes,
                0,
            );
            let theirs = peer("xxd", &format!("-r -c {columns}"), &file(&ours)).unwrap();
            same(&theirs, &bytes, "xxd -r of ours");
        }
    }
}

/// Bytes of which every line of a dump has a letter, so that the text at the right tells the order
/// of bytes, and no two neighbours are the same.
fn lettered(random: &mut Random) -> Vec<u8> {
    let length = 2 + random.below(200);
    (0..length)
        .map(|i| match i % 4 {
            0 => b'A' + (i % 23) as u8,
            2 => b'a' + (i % 25) as u8,
            _ => random.below(256) as u8,
        })
        .collect()
}

#[test]
fn dumps_of_xxd_in_all_its_modes_become_bytes_again() {
    let mut random = Random(9);
    for arguments in [
        "-e",
        "-e -g 2",
        "-e -g 8",
        "-e -c 32",
        "-e -c 4",
        "-e -u -g 4",
        "-b",
        "-b -c 9",
        "-b -g 2",
        "-b -g 0",
        "-d",
        "-d -c 3",
        "-d -g 1 -c 20",
        "-E",
        "-E -g 4",
        "-p",
        "-p -c 7",
        "-u -p",
        "-i",
        "-i -C -c 5",
        "-g 4",
        "-g 8 -u",
    ] {
        for _ in 0..8 {
            let bytes = lettered(&mut random);
            let Some(dump) = peer("xxd", arguments, &file(&bytes)) else {
                return;
            };
            same(&reversed(&Reverse::new(), &dump), &bytes, arguments);
        }
    }
    // Bits are told by their text, whatever they are.
    for bytes in [&[0; 100][..], b"\x00\x01\x10\x11", b" ", b"\xff"] {
        for arguments in ["-b", "-g 4", "-g 8"] {
            let Some(dump) = peer("xxd", arguments, &file(bytes)) else {
                return;
            };
            if !dump.is_empty() {
                same(&reversed(&Reverse::new(), &dump), bytes, arguments);
            }
        }
    }
}

#[test]
fn dumps_of_od_become_bytes_again_whatever_the_base_of_their_offsets() {
    let mut random = Random(10);
    for arguments in [
        "-A x -t x1z",
        "-A x -t x1",
        "-A x -t x1 -w5",
        "-A d -t x1z",
        "-A o -t x1",
        "-t x1",
        "-t x1 -w4",
        "-A d -t x1 -w7",
        "-A n -t x1",
        "-A n -t x1z",
        "-v -t x1",
    ] {
        for _ in 0..20 {
            let mut bytes = lettered(&mut random);
            if arguments.contains("-A x") {
                bytes.extend(random.sparse());
            }
            let Some(dump) = peer("od", arguments, &file(&bytes)) else {
                return;
            };
            same(&reversed(&Reverse::new(), &dump), &bytes, arguments);
        }
    }
}

/// A table as `hexyl` draws it: its documentation shows the layout.
fn table(bytes: &[u8], panels: usize, digits: fn(u8) -> String) -> String {
    let mut table = String::from("┌────────┬─────────────────────────┬────────┐\n");
    let width = 1 + 8 * (digits(0).len() + 1);
    let mut above = None;
    let mut starred = false;
    for (i, row) in bytes.chunks(8 * panels).enumerate() {
        let is_last = 8 * panels * (i + 1) >= bytes.len();
        if above == Some(row) && !is_last {
            if !starred {
                table += &format!("│*       │{}│\n", " ".repeat(width));
            }
            starred = true;
            continue;
        }
        (above, starred) = (Some(row), false);
        let part = |panel: usize| row.chunks(8).nth(panel).unwrap_or_default();
        let cells = (0..panels).map(|panel| {
            let digits: Vec<String> = part(panel).iter().map(|&byte| digits(byte)).collect();
            format!(" {:<1$}", digits.join(" "), width - 1)
        });
        let texts = (0..panels).map(|panel| {
            let text: String = part(panel)
                .iter()
                .map(|&byte| match byte {
                    0 => '⋄',
                    b' '..=b'~' => char::from(byte),
                    b'\t' | b'\n' | b'\r' => '_',
                    0x80.. => '×',
                    _ => '•',
                })
                .collect();
            format!("{text:<8}")
        });
        let (cells, texts): (Vec<_>, Vec<_>) = (cells.collect(), texts.collect());
        table += &format!(
            "│\x1b[90m{:08x}\x1b[39m│{}│{}│\n",
            8 * panels * i,
            cells.join("┊"),
            texts.join("┊")
        );
    }
    table + "└────────┴─────────────────────────┴────────┘\n"
}

#[test]
fn tables_become_bytes_again() {
    let mut random = Random(11);
    for round in 0..60 {
        let mut bytes = random.sparse();
        bytes.extend("a|b|c│┊ 41 42 |".bytes());
        let panels = 1 + round % 3;
        for digits in [
            (|byte| format!("{byte:02x}")) as fn(u8) -> String,
            |byte| format!("{byte:02X}"),
            |byte| format!("{byte:08b}"),
        ] {
            let unicode = table(&bytes, panels, digits);
            same(
                &reversed(&Reverse::new(), unicode.as_bytes()),
                &bytes,
                &unicode,
            );
            let ascii = unicode
                .replace(['│', '┊'], "|")
                .replace(['┌', '┬', '┐', '└', '┴', '┘'], "+")
                .replace('─', "-");
            same(&reversed(&Reverse::new(), ascii.as_bytes()), &bytes, &ascii);
        }
    }
}

#[test]
fn digits_without_offsets_need_no_option() {
    for (dump, bytes) in [
        ("424d\n0a\n", &b"BM\n"[..]),
        ("\n\n42 4D 0a", b"BM\n"),
        ("41", b"A"),
        (" 41 42 43\n 44\n", b"ABCD"),
        ("00000000\n00\n", &[0; 5]),
        (" 41 42 43  >ABC<\n", b"ABC"),
        // Colors, as xxd -R writes them.
        (
            "00000000: \x1b[1;32m42\x1b[0m\x1b[1;32m4d\x1b[0m \x1b[1;33m0a\x1b[0m  \x1b[1;32mBM\x1b[0m.\n",
            b"BM\n",
        ),
        ("0x41, 0x42,\n0x0", b"AB\0"),
        ("unsigned char a[] = {\n};\nunsigned int a_len = 0;\n", b""),
        ("", b""),
        ("\n \n", b""),
    ] {
        same(&reversed(&Reverse::new(), dump.as_bytes()), bytes, dump);
    }
    let long = "41".repeat(1 << 18);
    assert_eq!(reversed(&Reverse::new(), long.as_bytes()), [b'A'; 1 << 18]);
}

#[test]
fn an_edited_byte_changes_how_no_other_line_is_read() {
    // The text no longer shows the byte that was changed in the first line.
    for (dump, bytes) in [
        (
            "00000000: 5a424344  ABCD\n00000004: 45464748  EFGH\n",
            &b"ZBCDEFGH"[..],
        ),
        (
            "00000000: 4443425a  ABCD\n00000004: 48474645  EFGH\n",
            b"ZBCDEFGH",
        ),
    ] {
        same(&reversed(&Reverse::new(), dump.as_bytes()), bytes, dump);
    }
}

#[test]
fn what_can_not_be_told_is_an_error_with_its_line() {
    let many = "00000000: 00000000  ....\n".repeat(300) + "00000000: 44434241  ABCD\n";
    for (dump, expected) in [
        // Text where bytes should be, and words in an order that nothing tells.
        (
            "0000: 41\n0001: hello\n",
            "line 2, column 7: expected a hexadecimal digit, found h",
        ),
        (
            "0000000 4241 4443\n",
            "line 1, column 11: expected a space after a byte of two digits, found 4",
        ),
        (
            "4142 4344\n",
            "line 1, column 8: expected a space after a byte of two digits, found 4",
        ),
        (
            "41 42\nhello\n",
            "line 2, column 1: expected a hexadecimal digit, found h",
        ),
        (
            "4142\nhello\n",
            "line 2, column 1: expected a hexadecimal digit, found h",
        ),
        (
            "0x41, 0x142\n",
            "line 1, column 7: expected a byte such as 0x41, or };, found 0",
        ),
        (
            "unsigned char a[] = {\n0x41\n};\nunsigned int a_len = 2;\n",
            "line 4, column 1: the length is 2, the array has 1 bytes",
        ),
        (
            "│00000000│ 41 4x 43 44 45 46 47 48 │AB      │\n",
            "line 1, column 20: expected a hexadecimal digit, found x",
        ),
        (
            "│hello   │ 41 42 43 44 45 46 47 48 │AB      │\n",
            "line 1, column 4: expected an offset of up to 16 hexadecimal digits, found h",
        ),
        // An offset and nothing else, where bytes go on elsewhere.
        (
            "0000: 41\n1000\n",
            "line 2, column 1: expected bytes, or the offset 0x1, where the bytes above end; found the offset 0x1000 alone",
        ),
        (
            "1000:\n",
            "line 1, column 1: expected bytes, or the offset 0x0, where the bytes above end; found the offset 0x1000 alone",
        ),
        // Names of fields stand in dumps without a colon alone.
        (
            "0000: 41\n                         42\n",
            "line 2, column 1: expected an offset",
        ),
        // Bits or bytes, octal or hexadecimal offsets, without anything that tells.
        (
            "0000: 00000001 00010001\n",
            "line 1, column 1: these may be bits as well as hexadecimal digits; the text at the right would tell",
        ),
        (
            "0000000 00 00\n*\n0000100\n",
            "line 3, column 1: this offset may be octal or decimal, as od writes it, as well as \
             hexadecimal, and no two lines follow each other and would tell; od -A x writes \
             hexadecimal ones",
        ),
        (
            &many,
            "line 301, column 1: the text at the right shows that this dump was made by xxd -e or \
             xxd -b, which no line before has told",
        ),
    ] {
        let mut bytes = Cursor::new(Vec::new());
        let error = Reverse::new()
            .to_file(dump.as_bytes(), &mut bytes)
            .unwrap_err();
        assert_eq!(error.to_string(), expected, "{dump}");
    }
}

#[test]
fn lines_that_are_missing_are_zeros_as_for_xxd() {
    let mut random = Random(5);
    for _ in 0..60 {
        let length = random.below(400);
        let dump = plain(&Plain::new(), &random.bytes(length), random.below(100));
        let kept: Vec<&[u8]> = dump
            .split_inclusive(|&c| c == b'\n')
            .filter(|_| random.below(3) > 0)
            .collect();
        let kept = file(&kept.concat());
        let Some(theirs) = peer("xxd", "-r", &kept) else {
            return;
        };
        let dump = std::fs::read(kept.path()).unwrap();
        same(
            &reversed(&Reverse::new(), &dump),
            &theirs,
            &String::from_utf8_lossy(&dump),
        );
        let mut placed = Cursor::new(Vec::new());
        Reverse::new().to_file(&dump[..], &mut placed).unwrap();
        same(&placed.into_inner(), &theirs, "in a file");
    }
}

#[test]
fn the_layout_for_people_is_that_of_hexdump() {
    let mut random = Random(6);
    for length in [1, 7, 8, 9, 15, 16, 17, 160, 40_000] {
        let bytes = random.bytes(length);
        let Some(theirs) = peer("hexdump", "-C", &file(&bytes)) else {
            return;
        };
        // Theirs ends with a line that has an offset and nothing else.
        let ours = canonical(16, &bytes);
        same(&ours, &theirs[..ours.len()], "hexdump -C");
        assert_eq!(theirs.len() - ours.len(), "00000000\n".len());
    }
}

#[test]
fn dumps_of_hexdump_become_bytes_again() {
    let mut random = Random(7);
    for _ in 0..60 {
        let bytes = random.sparse();
        let Some(dump) = peer("hexdump", "-C", &file(&bytes)) else {
            return;
        };
        same(&reversed(&Reverse::new(), &dump), &bytes, "hexdump -C");
    }
}

#[test]
fn every_dump_becomes_its_bytes_again() {
    let mut random = Random(8);
    for _ in 0..2000 {
        let bytes = random.sparse();
        let columns = 1 + random.below(40) as u16;
        for dump in [
            canonical(columns, &bytes),
            plain(
                &Plain::new().columns(columns).group(random.below(9) as u16),
                &bytes,
                0,
            ),
        ] {
            same(
                &reversed(&Reverse::new(), &dump),
                &bytes,
                &String::from_utf8_lossy(&dump),
            );
            let mut placed = Cursor::new(Vec::new());
            Reverse::new().to_file(&dump[..], &mut placed).unwrap();
            same(&placed.into_inner(), &bytes, "in a file");
        }
    }
}

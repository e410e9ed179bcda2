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

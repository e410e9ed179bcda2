//! Hostile archives are read, or refused, in a process that may have little memory.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write;
use std::process::Command;

use crate::run::{Folder, Run};

/// What a run may map, in KiB: the program itself, its buffers, and the window of `xz -9`.
const LIMIT: u32 = 160 << 10;

fn list(archive: &std::path::Path) -> Run {
    let script = format!("ulimit -v {LIMIT}; exec \"$0\" tar list \"$1\"");
    let shell = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_bytewright")])
        .arg(archive)
        .output();
    shell.unwrap().into()
}

fn header(flag: u8, size: &[u8; 12]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.as_old_mut().linkflag = [flag];
    header.as_old_mut().name[..4].copy_from_slice(b"name");
    header.as_old_mut().size = *size;
    header.set_cksum();
    header.as_bytes().to_vec()
}

/// So many bytes of zeros after `start`, compressed.
fn bomb(start: &[u8], zeros: usize) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(start).unwrap();
    for _ in 0..zeros >> 20 {
        encoder.write_all(&[0; 1 << 20]).unwrap();
    }
    encoder.finish().unwrap()
}

#[test]
fn what_an_archive_claims_is_not_what_is_allocated() {
    let folder = Folder::new();
    let mut many = Vec::new();
    for _ in 0..20_000 {
        many.extend(header(b'x', b"00000000014\0"));
        many.extend(b"12 path=a/b\n");
        many.resize(many.len().next_multiple_of(512), 0);
    }
    // A window of 1.5 GiB; a frame that is all of 2^56 bytes in one piece.
    let xz = b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46\x02\0\x21\x01\x25\0\0\0\x3b\x78\x7b\x41\x01\0\0a";
    let zstd = b"\x28\xb5\x2f\xfd\xe0\0\0\0\0\0\0\0\x01\x01\0\0";
    for (name, bytes, status, said) in [
        (
            "long name of 7 GiB",
            header(b'L', b"70000000000\0"),
            4,
            "limit",
        ),
        (
            "pax header of 7 GiB",
            header(b'x', b"70000000000\0"),
            4,
            "limit",
        ),
        (
            "file of 2^33 bytes",
            header(b'0', b"77777777777\0"),
            4,
            "missing",
        ),
        ("20,000 headers", many, 4, "limit"),
        (
            "zeros in gzip",
            bomb(&header(b'0', b"00000000000\0"), 400 << 20),
            0,
            "",
        ),
        (
            "data in gzip",
            bomb(&header(b'0', b"02000000000\0"), 300 << 20),
            0,
            "",
        ),
        (
            "a long name in gzip",
            bomb(&header(b'L', b"02000000000\0"), 300 << 20),
            4,
            "limit",
        ),
        ("xz", xz.to_vec(), 4, "max-window"),
        ("zstd", zstd.to_vec(), 4, "max-window"),
    ] {
        let path = folder.path("archive");
        fs::write(&path, bytes).unwrap();
        let run = list(&path);
        assert_eq!(run.status, status, "{name}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{name}: {}", run.stderr);
    }
}

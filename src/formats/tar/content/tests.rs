#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::single_range_in_vec_init,
    reason = "a test that can't go on fails, and a file may have one piece"
)]

use super::*;
use crate::formats::tar::draft::Draft;
use crate::formats::tar::layout::{Layout, field};

/// A sparse file of GNU's first format with these pieces of sevens, and a plain file after it.
fn archive(size: u64, pieces: &[(u64, u64)]) -> Vec<u8> {
    let number = |number: u64| format!("{number:011o}\0").into_bytes();
    let stored: u64 = pieces.iter().map(|(_, size)| size).sum();
    let mut draft = Draft::new(Layout::Gnu).unwrap();
    draft.put(field!("name"), b"sparse").unwrap();
    draft.put(field!("typeflag"), b"S").unwrap();
    draft.put_octal(field!("size"), stored).unwrap();
    let mut block = *draft.block();
    for (i, (offset, size)) in pieces.iter().enumerate() {
        let entry = [number(*offset), number(*size)].concat();
        block[386 + i * 24..386 + (i + 1) * 24].copy_from_slice(&entry);
    }
    block[483..495].copy_from_slice(&number(size));
    let mut bytes = Draft::of(block, Layout::Gnu).seal().unwrap().to_vec();
    bytes.extend((0..stored).map(|_| 7));
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    let mut draft = Draft::new(Layout::Ustar).unwrap();
    draft.put(field!("name"), b"plain").unwrap();
    draft.put_octal(field!("size"), 3).unwrap();
    bytes.extend(draft.seal().unwrap());
    bytes.extend(b"abc");
    bytes.resize(bytes.len().next_multiple_of(512) + 1024, 0);
    bytes
}

/// The pieces in order: a hole or data, each with its bytes.
fn walked(content: &mut Content<'_, '_>) -> Vec<(&'static str, u64, u64)> {
    let mut found = Vec::new();
    let mut buffer = [0; 1000];
    loop {
        // One hole after the other where a piece of nothing lies between them.
        loop {
            let at = content.position();
            match content.skip_hole() {
                0 => break,
                hole => found.push(("hole", at, hole)),
            }
        }
        let at = content.position();
        match content.read(&mut buffer).unwrap() {
            0 => return found,
            read => {
                assert!(buffer[..read].iter().all(|&byte| byte == 7));
                found.push(("data", at, read as u64));
            }
        }
    }
}

#[test]
fn a_sparse_file_is_data_and_holes_and_reads_as_it_was() {
    for (size, pieces, steps) in [
        (100, &[(0, 100)][..], &[("data", 0, 100)][..]),
        (100, &[(100, 0)], &[("hole", 0, 100)]),
        (
            100,
            &[(10, 5), (100, 0)],
            &[("hole", 0, 10), ("data", 10, 5), ("hole", 15, 85)],
        ),
        (
            100,
            &[(0, 5), (50, 50)],
            &[("data", 0, 5), ("hole", 5, 45), ("data", 50, 50)],
        ),
        // A piece of nothing in the middle, and two that touch.
        (
            60,
            &[(10, 0), (20, 10), (30, 10), (60, 0)],
            &[
                ("hole", 0, 10),
                ("hole", 10, 10),
                ("data", 20, 10),
                ("data", 30, 10),
                ("hole", 40, 20),
            ],
        ),
        (
            5000,
            &[(2000, 3000)],
            &[
                ("hole", 0, 2000),
                ("data", 2000, 1000),
                ("data", 3000, 1000),
                ("data", 4000, 1000),
            ],
        ),
    ] {
        let bytes = archive(size, pieces);
        let open = || {
            let mut archive = Archive::new(bytes.clone().into()).unwrap();
            let member = archive.next_member().unwrap().unwrap();
            assert!(member.sparse && member.size == size);
            (archive, member)
        };
        let data: u64 = pieces.iter().map(|(_, size)| size).sum();
        let (mut archive, member) = open();
        let mut content = archive.content(&member).unwrap();
        assert_eq!((content.size(), content.holes()), (size, size - data));
        assert_eq!(content.compressed_position(), None);
        let found: Vec<_> = content
            .pieces()
            .iter()
            .map(|p| (p.offset, p.size))
            .collect();
        let there: Vec<_> = pieces
            .iter()
            .copied()
            .filter(|(_, size)| *size > 0)
            .collect();
        let kept: Vec<_> = found
            .iter()
            .copied()
            .filter(|(_, size)| *size > 0)
            .collect();
        assert_eq!(kept, there);
        let walked = walked(&mut content);
        let merged = |steps: &[(&'static str, u64, u64)]| {
            let mut kinds: Vec<(&'static str, u64)> = Vec::new();
            for (kind, _, size) in steps {
                match kinds.last_mut() {
                    Some((last, sum)) if last == kind => *sum += size,
                    _ => kinds.push((kind, *size)),
                }
            }
            kinds
        };
        assert_eq!(merged(&walked), merged(steps));
        assert_eq!(content.position(), size);
        // A reader without interest in holes reads zeros.
        let (mut archive, member) = open();
        let mut read = Vec::new();
        archive
            .content(&member)
            .unwrap()
            .read_to_end(&mut read)
            .unwrap();
        let mut expected = vec![0; usize::try_from(size).unwrap()];
        for (offset, size) in pieces {
            let start = usize::try_from(*offset).unwrap();
            expected[start..start + usize::try_from(*size).unwrap()].fill(7);
        }
        assert!(read == expected);
        // What comes after it is in its place.
        let member = archive.next_member().unwrap().unwrap();
        let mut content = archive.content(&member).unwrap();
        assert_eq!((content.size(), content.holes()), (3, 0));
        assert_eq!((content.pieces().len(), content.skip_hole()), (1, 0));
        let mut read = String::new();
        content.read_to_string(&mut read).unwrap();
        assert_eq!((&*read, content.position()), ("abc", 3));
    }
}

#[test]
fn a_compressed_archive_says_how_far_it_was_read() {
    use std::io::Write;
    let mut writer = crate::codecs::gzip::Writer::new(Vec::new(), 6);
    writer.write_all(&archive(100, &[(0, 100)])).unwrap();
    let bytes = writer.finish().unwrap().0;
    let size = bytes.len() as u64;
    let mut archive = Archive::new(bytes.clone().into()).unwrap();
    let member = archive.next_member().unwrap().unwrap();
    let content = archive.content(&member).unwrap();
    assert_eq!(content.compressed_position(), Some(size));
    let mut archive = Archive::stream(io::Cursor::new(bytes)).unwrap();
    let member = archive.next_member().unwrap().unwrap();
    let content = archive.content(&member).unwrap();
    assert_eq!(content.compressed_position(), Some(size));
}

#[test]
fn an_archive_that_ends_in_content_says_so_with_an_error_of_its_own() {
    let bytes = archive(100, &[(0, 100)]);
    let mut archive = Archive::new(bytes[..562].to_vec().into()).unwrap();
    let member = archive.next_member().unwrap().unwrap();
    let mut content = archive.content(&member).unwrap();
    assert_eq!(content.read_some(&mut [0; 100]).unwrap(), 50);
    let error = content.read_some(&mut [0; 100]).unwrap_err();
    assert_eq!(error.offset(), Some(562));
    assert!(matches!(
        error.kind(),
        crate::formats::tar::ErrorKind::Truncated { missing: 50, .. }
    ));
}

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::single_range_in_vec_init,
    reason = "a test that can't go on fails, and a file may have one piece"
)]

use std::fs::File;

use super::super::sparse::Map;
use crate::formats::tar::draft::Draft;
use crate::formats::tar::layout::{Layout, field};
use crate::formats::tar::{Builder, Time};

fn map(size: u64, pieces: &[(u64, u64)]) -> Map {
    let pieces = pieces.iter().map(|&(start, size)| start..start + size);
    Map {
        size,
        pieces: pieces.collect(),
    }
}

/// A number a line: how many pieces, then where each begins and how long it is. A piece of nothing
/// says where a file ends that ends in a hole.
#[test]
fn a_map_is_lines_in_whole_blocks() {
    for (size, pieces, text) in [
        (10, &[][..], "1\n10\n0\n"),
        (10, &[(2, 8)], "1\n2\n8\n"),
        (10, &[(2, 3)], "2\n2\n3\n10\n0\n"),
        (100, &[(0, 5), (50, 50)], "2\n0\n5\n50\n50\n"),
        (100, &[(0, 5), (50, 49)], "3\n0\n5\n50\n49\n100\n0\n"),
    ] {
        let map = map(size, pieces);
        let mut expected = text.as_bytes().to_vec();
        expected.resize(512, 0);
        assert_eq!(map.text(), expected, "{text:?}");
        let stored: u64 = pieces.iter().map(|(_, size)| size).sum();
        assert_eq!(map.stored(), stored);
    }
    let many: Vec<_> = (0..100).map(|i| (i * 1000, 1)).collect();
    assert_eq!(map(1_000_000, &many).text().len() % 512, 0);
}

/// GNU's manual: four entries in the header from byte 386 on, whether more follow at 482, the size
/// with holes at 483; 21 entries in each block after it, and whether more follow at 504.
#[test]
fn gnus_map_is_in_the_header_and_goes_on_behind_it() {
    for count in [0, 1, 3, 4, 5, 24, 25, 26, 46, 47] {
        let pieces: Vec<_> = (0..count).map(|i| (i * 1000, 7)).collect();
        let size = 1_000_000;
        let map = map(size, &pieces);
        let mut draft = Draft::new(Layout::Gnu).unwrap();
        draft.put(field!("name"), b"n").unwrap();
        let blocks = map.gnu_blocks(&draft).unwrap();
        let entries: Vec<_> = pieces.iter().copied().chain([(size, 0)]).collect();
        let field = |number: u64| format!("{number:011o}\0").into_bytes();
        let mut expected = vec![0; 512];
        expected[..1].copy_from_slice(b"n");
        expected[257..265].copy_from_slice(b"ustar  \0");
        for (i, (offset, size)) in entries.iter().take(4).enumerate() {
            let entry = [field(*offset), field(*size)].concat();
            expected[386 + i * 24..386 + (i + 1) * 24].copy_from_slice(&entry);
        }
        expected[482] = if entries.len() > 4 { b'1' } else { 0 };
        expected[483..495].copy_from_slice(&field(size));
        expected[148..156].fill(b' ');
        let sum: u32 = expected.iter().map(|&byte| u32::from(byte)).sum();
        expected[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let rest = entries.get(4..).unwrap_or_default();
        let mut left = rest.len();
        for chunk in rest.chunks(21) {
            left -= chunk.len();
            let mut block: Vec<u8> = chunk
                .iter()
                .flat_map(|(offset, size)| [field(*offset), field(*size)].concat())
                .collect();
            block.resize(512, 0);
            block[504] = if left > 0 { b'1' } else { 0 };
            expected.extend(block);
        }
        assert!(blocks == expected, "{count}");
    }
}

/// What lies beyond octal digits is in base 256.
#[test]
fn a_map_of_gnu_holds_offsets_beyond_8_gib() {
    let map = map(9 << 30, &[((9 << 30) - 5, 5)]);
    let draft = Draft::new(Layout::Gnu).unwrap();
    let block = map.gnu_blocks(&draft).unwrap();
    let offset = [&[0x80, 0, 0, 0][..], &((9u64 << 30) - 5).to_be_bytes()].concat();
    assert_eq!(block[386..398], offset);
    let size = [&[0x80, 0, 0, 0][..], &(9u64 << 30).to_be_bytes()].concat();
    assert_eq!(block[483..495], size);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_with_holes_has_a_map_and_one_without_has_none() {
    const STEP: u64 = 1 << 20;
    let made = |pieces: &[(u64, usize)], size: u64| -> File {
        let file = tempfile::tempfile().unwrap();
        for &(at, length) in pieces {
            crate::output::write_all_at(&file, &vec![7; length], at).unwrap();
        }
        file.set_len(size).unwrap();
        file
    };
    use std::os::unix::fs::MetadataExt;
    if made(&[], STEP).metadata().unwrap().blocks() > 0 {
        println!("skipped: this file system keeps no holes");
        return;
    }
    let of = |file: &File, size| {
        Map::of(file, size)
            .unwrap()
            .map(|map| (map.size, map.pieces))
    };
    assert_eq!(of(&made(&[], 0), 0), None);
    assert_eq!(of(&made(&[(0, 5000)], 5000), 5000), None, "no hole");
    assert_eq!(of(&made(&[], STEP), STEP), Some((STEP, vec![])));
    // File systems keep whole blocks, the last of which goes to the end of the file.
    let (size, pieces) = of(&made(&[(STEP, 5)], STEP + 5), STEP + 5).unwrap();
    assert_eq!((size, pieces.len()), (STEP + 5, 1));
    assert_eq!((pieces[0].start, pieces[0].end), (STEP, STEP + 5));
    let (_, pieces) = of(&made(&[(0, 5), (2 * STEP, 5)], 4 * STEP), 4 * STEP).unwrap();
    assert_eq!(pieces.len(), 2);
    assert!(pieces[0].start == 0 && pieces[0].end <= 1 << 16);
    assert!(pieces[1].start == 2 * STEP && pieces[1].end < 3 * STEP);
    // A map that is not taken isn't made.
    let two = made(&[(0, 5), (2 * STEP, 5)], 4 * STEP);
    for (most, is_made) in [(3, true), (2, false), (1, false)] {
        let map = Map::of_up_to(&two, 4 * STEP, most).unwrap();
        assert_eq!(map.is_some(), is_made, "{most}");
    }
    // What was added since isn't of the size that the header announced.
    let grown = made(&[(0, 5), (2 * STEP, 5)], 4 * STEP);
    let (size, pieces) = of(&grown, 2 * STEP + 2).unwrap();
    assert_eq!(
        (size, pieces.last().unwrap().end),
        (2 * STEP + 2, 2 * STEP + 2)
    );
    assert_eq!(of(&grown, 2), None);
    // Reading on begins at the start.
    use std::io::Seek;
    assert_eq!((&grown).stream_position().unwrap(), 0);
}

/// An archive that is the same on any machine has no map of holes, which file systems have in different places.
#[cfg(target_os = "linux")]
#[test]
fn a_reproducible_archive_has_the_zeros_of_holes() {
    let folder = tempfile::tempdir().unwrap();
    let made = |name: &str| {
        let path = folder.path().join(name);
        let mut builder = Builder::new(Vec::new())
            .sparse(true)
            .reproducible(Time::at(7));
        builder.add(&path, "a", &mut |_| {}).unwrap();
        builder.finish().unwrap()
    };
    let holes = File::create(folder.path().join("holes")).unwrap();
    holes.set_len(200_000).unwrap();
    std::fs::write(folder.path().join("zeros"), vec![0; 200_000]).unwrap();
    assert!(made("holes") == made("zeros"));
}

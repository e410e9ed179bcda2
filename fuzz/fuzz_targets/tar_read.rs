//! Any bytes as a tar archive: as they are, or as the plan of one whose checksums are right. Read
//! from positions and as a stream, it has the same members, the same data and the same end.
#![no_main]

use std::io::{Cursor, Read};

use bytewright::Source;
use bytewright::formats::tar::{Archive, BLOCK, Member};
use bytewright_fuzz::archive;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, data)) = data.split_first() else {
        return;
    };
    let bytes = match first % 4 {
        0 => data.to_vec(),
        _ => archive::build(data),
    };
    let size = bytes.len() as u64;
    let plain = bytes.first() != Some(&0x1f);
    let seeking = Archive::new(Source::from(&*bytes)).map(read);
    let streaming = Archive::stream(Cursor::new(bytes)).map(read);
    match (seeking, streaming) {
        (Ok(a), Ok(b)) => {
            assert_eq!(a.members.len(), b.members.len());
            for (a, b) in a.members.iter().zip(&b.members) {
                same(a, b);
            }
            assert_eq!(a.end, b.end);
            if plain {
                check(&a, size);
            }
        }
        (Err(a), Err(b)) => assert_eq!(a.to_string(), b.to_string()),
        _ => panic!("only one of them opens it"),
    }
});

struct Found {
    members: Vec<(Member, Vec<u8>)>,
    end: (Option<String>, Vec<(&'static str, u64)>),
}

fn read(mut archive: Archive) -> Found {
    let mut members = Vec::new();
    let mut error = None;
    loop {
        match archive.next_member() {
            Ok(Some(member)) => {
                let mut data = Vec::new();
                // What is left is skipped by the next step.
                let part = u64::from(member.name.first().copied().unwrap_or(0)) * 8;
                if let Err(e) = archive.data().take(part).read_to_end(&mut data) {
                    error = Some(e.to_string());
                }
                members.push((member, data));
            }
            Ok(None) => break,
            Err(e) => {
                error = Some(e.to_string());
                break;
            }
        }
    }
    assert!(archive.next_member().expect("the end stays").is_none());
    let problems = archive.problems().iter();
    let problems = problems.map(|p| (p.code, p.range.offset)).collect();
    Found {
        members,
        end: (error, problems),
    }
}

fn same((a, a_data): &(Member, Vec<u8>), (b, b_data): &(Member, Vec<u8>)) {
    assert_eq!(a.name, b.name);
    assert_eq!((a.kind, a.size, a.stored_size), (b.kind, b.size, b.stored_size));
    assert_eq!((a.offset, a.header_offset, a.data_offset), (b.offset, b.header_offset, b.data_offset));
    assert_eq!(a.problems.len(), b.problems.len());
    assert!(a_data == b_data);
}

/// Members lie one after the other, within the archive but for the last one's data.
fn check(found: &Found, size: u64) {
    let mut end = 0;
    for (member, data) in &found.members {
        assert!(end <= member.offset && member.offset <= member.header_offset);
        assert!(member.header_offset + BLOCK as u64 <= member.data_offset);
        assert!(member.data_offset <= size);
        assert!(data.len() as u64 <= member.stored_size);
        for problem in &member.problems {
            assert!(problem.message.len() < 1000, "{problem:?}");
        }
        end = member.end();
    }
}

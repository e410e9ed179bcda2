//! From a ZIP archive, whole or broken, to the files in it.

use std::process::Stdio;

use crate::run::{Folder, command, peer, run};

/// "text" a hundred times, as a stream of deflate that zlib wrote, and the CRC-32 of these bytes.
const DEFLATED: (&[u8], u32, u32) = (
    b"\x2b\x49\xad\x28\x29\x19\xc5\x83\x06\x03\x00",
    400,
    0x7106_94e7,
);

/// A line as it is: its CRC-32 is that of section 4.4.7 of the specification.
const STORED: (&[u8], u32, u32) = (b"hello\n", 6, 0x363a_3020);

/// A local header and the data after it. With `after`, the sizes come after the data, as in what was written to a pipe.
fn local(name: &str, method: u8, member: (&[u8], u32, u32), after: bool) -> Vec<u8> {
    let (data, size, crc) = member;
    let packed = data.len() as u32;
    let mut bytes = b"PK\x03\x04\x14\0".to_vec();
    bytes.extend([if after { 8 } else { 0 }, 0, method, 0, 0, 0, 0, 0]);
    let sizes = [crc, packed, size].map(u32::to_le_bytes).concat();
    match after {
        true => bytes.extend([0; 12]),
        false => bytes.extend(&sizes),
    }
    bytes.extend((name.len() as u16).to_le_bytes());
    bytes.extend([0, 0]);
    bytes.extend(name.as_bytes());
    bytes.extend(data);
    if after {
        bytes.extend(b"PK\x07\x08");
        bytes.extend(&sizes);
    }
    bytes
}

/// An entry of the central directory, for the local header at this offset, where nothing comes after the data.
fn entry(local: &[u8], at: u32) -> Vec<u8> {
    let name_length = usize::from(local[26]);
    let mut bytes = b"PK\x01\x02\x14\0".to_vec();
    bytes.extend(&local[4..30]);
    bytes.extend([0; 10]);
    bytes.extend(at.to_le_bytes());
    bytes.extend(&local[30..30 + name_length]);
    bytes
}

fn whole() -> Vec<u8> {
    let first = local("a.txt", 8, DEFLATED, false);
    let second = local("b.txt", 0, STORED, false);
    let mut bytes = [&first[..], &second].concat();
    let at = bytes.len() as u32;
    bytes.extend(entry(&first, 0));
    bytes.extend(entry(&second, first.len() as u32));
    let size = bytes.len() as u32 - at;
    bytes.extend(b"PK\x05\x06\0\0\0\0\x02\0\x02\0");
    bytes.extend(size.to_le_bytes());
    bytes.extend(at.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

#[test]
fn who_would_unzip_is_told_lines_that_work() {
    let folder = Folder::new();
    let archive = folder.file("a.zip", &whole());
    assert_eq!(run(["inspect", &archive]).status, 0);
    let said = run(["unzip", &archive]).fails(2);
    let path = "members[\"a.txt\"].local.data.content";
    let line = format!("bytewright extract {archive} '{path}' -o OUT");
    assert!(said.contains(&line), "{said}");
    let taken = run(["extract", &archive, path]);
    assert_eq!(taken.stdout, b"text".repeat(100), "{}", taken.stderr);
}

/// `tar extract a.zip`: what this program does with archives of other formats.
#[test]
fn verbs_of_tar_say_what_takes_members_out_of_other_archives() {
    let folder = Folder::new();
    let zip = folder.file("a.zip", &whole());
    let taken = format!("bytewright extract {zip} 'members[\"a.txt\"].local.data.content' -o OUT");
    for verb in ["list", "extract", "manifest"] {
        let said = run(["tar", verb, &zip]).fails(4);
        let cause = "it is a ZIP archive; unzip opens it";
        assert_eq!(said.matches(cause).count(), 1, "{said}");
        assert!(
            said.contains(&format!("  bytewright inspect {zip}\n  {taken}\n")),
            "{said}"
        );
    }
    let checked = run(["tar", "check", &zip]);
    assert!(checked.stderr.contains(&taken), "{}", checked.stderr);
    // An ar archive, as a Debian package is: a header of 60 bytes for each member.
    let member = |name: &str, data: &[u8]| {
        let header = format!(
            "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n",
            0,
            0,
            0,
            100644,
            data.len()
        );
        [header.as_bytes(), data].concat()
    };
    let tar = run(["tar", "create", "-", "src/lib.rs=a"]).stdout;
    let parts = [
        b"!<arch>\n".to_vec(),
        member("debian-binary", b"2.0\n"),
        member("control.tar", &tar),
        member("data.tar", &tar),
    ];
    let deb = folder.file("a.deb", &parts.concat());
    let said = run(["tar", "extract", &deb]).fails(4);
    let path = "members[2].data";
    let line = format!("bytewright extract {deb} '{path}' | bytewright tar extract - -C FOLDER\n");
    assert!(said.contains(&line), "{said}");
    assert_eq!(run(["extract", &deb, path]).stdout, tar);
    // Of cpio, the first member with content, by its name: 13 numbers of 8 digits after the signature.
    let entry = |name: &str, size: usize| {
        let mut numbers = [0; 13];
        (numbers[1], numbers[6], numbers[11]) = (0o100_644, size, name.len() + 1);
        let numbers: String = numbers.iter().map(|n| format!("{n:08x}")).collect();
        let mut entry = format!("070701{numbers}{name}\0");
        entry.push_str(&"\0".repeat(entry.len().next_multiple_of(4) - entry.len()));
        entry
    };
    let cpio = [
        entry("d", 0),
        entry("d/a", 4),
        "text".into(),
        entry("TRAILER!!!", 0),
    ]
    .concat();
    let cpio = folder.file("a.cpio", cpio.as_bytes());
    let said = run(["tar", "list", &cpio]).fails(4);
    let line = format!("bytewright extract {cpio} 'members[\"d/a\"].data' -o OUT\n");
    assert!(said.contains(&line), "{said}");
    assert_eq!(
        run(["extract", &cpio, "members[\"d/a\"].data"]).stdout,
        b"text"
    );
    let bmp = run(["tar", "list", "fixtures/bmp/core-24.bmp"]).fails(4);
    let line = "What is in it is shown by\n\n  bytewright inspect fixtures/bmp/core-24.bmp\n";
    assert!(bmp.contains(line), "{bmp}");
    // Of what isn't known, the program that opens it.
    let rar = folder.file("a.rar", &[&b"Rar!\x1a\x07\x01\0"[..], &[0; 600]].concat());
    let said = run(["tar", "list", &rar]).fails(4);
    assert!(
        said.contains("unrar x opens it") && !said.contains("bytewright"),
        "{said}"
    );
}

#[test]
fn members_of_an_archive_without_its_end_are_shown_and_taken_out() {
    let folder = Folder::new();
    let whole = whole();
    let data = 30 + 5 + DEFLATED.0.len() + 30 + 5 + STORED.0.len();
    for (cut, members) in [
        // In the end record, in the directory, at its beginning, in the second member, in its header.
        (whole.len() - 3, 2),
        (data + 50, 2),
        (data, 2),
        (data - 2, 2),
    ] {
        let archive = folder.file("cut.zip", &whole[..cut]);
        let shown = run(["inspect", &archive]);
        assert_eq!(shown.status, 4);
        let text = String::from_utf8(shown.stdout).unwrap();
        assert!(text.contains("no end record in the last"), "{text}");
        assert!(text.contains("members[0].local.data.content"), "{text}");
        let names = run(["get", &archive, "members[*].name"]).out();
        assert_eq!(names.lines().count(), members, "{cut}: {names}");
        let taken = run(["extract", &archive, "members[\"a.txt\"].local.data.content"]);
        assert_eq!(taken.stdout, b"text".repeat(100), "{}", taken.stderr);
    }
    let archive = folder.file("cut.zip", &whole[..data]);
    assert_eq!(
        run(["extract", &archive, "members[\"b.txt\"].local.data"]).stdout,
        b"hello\n"
    );
    // What is cut has another checksum than the one that was written down.
    let archive = folder.file("cut.zip", &whole[..data - 2]);
    let text = String::from_utf8(run(["inspect", &archive]).stdout).unwrap();
    assert!(text.contains("error S004"), "{text}");
}

#[test]
fn sizes_after_the_data_are_found_without_the_end() {
    let folder = Folder::new();
    let bytes = [
        local("a.txt", 8, DEFLATED, true),
        local("b.txt", 0, STORED, true),
    ]
    .concat();
    let archive = folder.file("pipe.zip", &bytes);
    assert_eq!(
        run(["extract", &archive, "members[\"b.txt\"].local.data"]).stdout,
        b"hello\n"
    );
    assert_eq!(
        run(["get", &archive, "members[0].local.found_size"]).out(),
        format!("{}\n", DEFLATED.0.len())
    );
    // Of ZIP64, the sizes after the data have eight bytes each (section 4.3.9.2).
    let large = |name: &str, method: u8, member: (&[u8], u32, u32)| {
        let mut bytes = local(name, method, member, true);
        bytes.truncate(bytes.len() - 8);
        for size in [member.0.len() as u64, member.1.into()] {
            bytes.extend(size.to_le_bytes());
        }
        bytes
    };
    let bytes = [
        large("a.txt", 8, DEFLATED),
        local("b.txt", 0, STORED, true),
        large("c.txt", 0, STORED),
    ];
    let archive = folder.file("pipe64.zip", &bytes.concat());
    assert_eq!(
        run(["get", &archive, "members[*].name"]).out(),
        "a.txt\nb.txt\nc.txt\n"
    );
    assert_eq!(
        run(["get", &archive, "members[*].local.descriptor_size"]).out(),
        "400\n6\n6\n"
    );
}

#[test]
fn an_archive_that_may_be_a_member_of_a_cut_one_is_told() {
    let folder = Folder::new();
    let inner = whole();
    let member = (&inner[..], inner.len() as u32, crc32fast::hash(&inner));
    let outer = [
        local("inner.zip", 0, member, false),
        local("b.txt", 0, STORED, false),
    ]
    .concat();
    let shown = run(["inspect", &folder.file("outer.zip", &outer)]);
    assert_eq!(shown.status, 4);
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(
        text.contains("another archive begins before this one"),
        "{text}"
    );
}

#[test]
fn what_is_no_archive_at_all_is_told_apart() {
    let folder = Folder::new();
    let noise = folder.file("noise.bin", &[b'P'; 100]);
    let shown = run(["inspect", "-f", "zip", &noise]);
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(
        text.contains("the front and the end of one are missing"),
        "{text}"
    );
    // A signature and what no header has after it.
    let bytes = [&b"PK\x03\x04"[..], &[0xff; 100]].concat();
    let shown = run(["inspect", &folder.file("odd.zip", &bytes)]);
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(text.contains("no member begins so"), "{text}");
}

#[test]
fn where_nothing_is_inside_the_file_itself_is_named() {
    let folder = Folder::new();
    // A pipe that has been read isn't opened again: nothing would write into it.
    let fifo = folder.path("fifo");
    if peer("mkfifo", &[&fifo.to_string_lossy()]).is_some() {
        let child = command(["find", "--embedded"])
            .arg(&fifo)
            .stdout(Stdio::piped())
            .spawn();
        std::fs::write(&fifo, [b'a'; 1000]).unwrap();
        let found = child.unwrap().wait_with_output().unwrap();
        assert_eq!((found.status.code(), &*found.stdout), (Some(1), &b""[..]));
    }
    let whole = whole();
    let archive = folder.file("cut.zip", &whole[..whole.len() - 3]);
    let found = run(["find", "--embedded", &archive]);
    assert_eq!((found.status, &*found.stdout), (1, &b""[..]));
    assert!(
        found.stderr.contains(&format!(
            "it is zip itself, which bytewright inspect {archive} shows"
        )),
        "{}",
        found.stderr
    );
    let found = run(["find", "--embedded", &folder.file("a.bin", &[7; 100])]);
    assert_eq!((found.status, &*found.stderr), (1, ""));
}

#[test]
fn a_member_that_is_extracted_as_what_the_archive_says_of_it_is_told() {
    let folder = Folder::new();
    let zip = folder.file("a.zip", &whole());
    let names = run(["get", &zip, "members[*].name"]).out();
    let name = names.lines().next().unwrap();
    let name = name.rsplit('=').next().unwrap();
    let path = format!("members[\"{name}\"]");
    let out = folder.path("out");
    let told = run(["extract", &zip, &path, "-o", out.to_str().unwrap()]);
    assert_eq!(told.status, 0, "{}", told.stderr);
    assert!(
        told.stderr
            .contains(&format!("bytewright extract {zip} '{path}.local.data")),
        "{}",
        told.stderr
    );
    // What stands inside the part itself needs no telling.
    let header = run(["extract", &zip, &format!("{path}.local")]);
    assert_eq!((header.status, &*header.stderr), (0, ""));
}

//! Compressed archives, made by the tools of each compression and by this library: read to the
//! end, or refused with the reason.
#![cfg(all(feature = "bzip2", feature = "lz4", feature = "xz", feature = "zstd"))]

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use bytewright::codecs::CodecError;
use bytewright::formats::tar::{Archive, Compression, Error, ErrorKind};

use crate::common::skip;

const CODECS: [&str; 5] = ["gzip", "bzip2", "xz", "zstd", "lz4"];

/// Runs a tool on bytes; `None`, and a word about it, where it is missing.
fn tool(program: &str, arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        skip(program, "it can't be started");
        return None;
    };
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}");
    Some(output.stdout)
}

fn ours(codec: &str, data: &[u8]) -> Vec<u8> {
    ours_on(Compression::named(codec).unwrap(), data, 1)
}

fn ours_on(compression: Compression, data: &[u8], threads: usize) -> Vec<u8> {
    let mut out = compression.writer_on(Vec::new(), threads.try_into().unwrap());
    out.write_all(data).unwrap();
    out.finish().unwrap()
}

/// An archive of one member `a`, with this content.
fn archive(content: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(content.len() as u64);
    builder.append_data(&mut header, "a", content).unwrap();
    builder.into_inner().unwrap()
}

/// Bytes that no compression makes small, with some that all do.
fn noise(size: usize) -> Vec<u8> {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed.to_le_bytes()
    };
    let mut bytes: Vec<u8> = (0..size / 16).flat_map(|_| next()).collect();
    bytes.resize(size, b'x');
    bytes
}

/// The content of `a`, and the codes of the archive's problems.
fn read(bytes: &[u8]) -> Result<(Vec<u8>, Vec<&'static str>), Error> {
    let mut streamed = Archive::stream(std::io::Cursor::new(bytes.to_vec()))?;
    let read = read_from(&mut streamed);
    let again = read_from(&mut Archive::new(bytes.to_vec().into())?);
    assert_eq!(
        read.as_ref().map_err(ToString::to_string),
        again.as_ref().map_err(ToString::to_string),
        "a stream is read as a file is"
    );
    again
}

fn read_from(archive: &mut Archive) -> Result<(Vec<u8>, Vec<&'static str>), Error> {
    let mut content = Vec::new();
    while archive.next_member()?.is_some() {
        archive.data().read_to_end(&mut content)?;
    }
    Ok((content, archive.problems().iter().map(|p| p.code).collect()))
}

#[test]
fn what_the_tools_compress_is_read_and_what_we_compress_they_read() {
    let content = noise(3 << 20);
    let inner = archive(&content);
    for codec in CODECS {
        let ours = ours(codec, &inner);
        assert_eq!(read(&ours).unwrap(), (content.clone(), vec![]), "{codec}");
        if let Some(theirs) = tool(codec, &["-dc"], &ours) {
            assert!(theirs == inner, "{codec}");
        }
        for level in ["-1", "-9"] {
            if let Some(theirs) = tool(codec, &[level, "-c"], &inner) {
                assert_eq!(read(&theirs).unwrap(), (content.clone(), vec![]), "{codec}");
            }
        }
    }
    for arguments in [
        &["-c", "--check=crc32"][..],
        &["-c", "--check=sha256", "-T2", "--block-size=100000"],
        &["-c", "--x86", "--lzma2=dict=64MiB"],
    ] {
        if let Some(theirs) = tool("xz", arguments, &inner) {
            assert_eq!(read(&theirs).unwrap().0, content, "{arguments:?}");
        }
    }
    let python = |call: &str, input: &[u8]| {
        let code = format!(
            "import sys, zlib; sys.stdout.buffer.write(zlib.{call}(sys.stdin.buffer.read()))"
        );
        tool("python3", &["-c", &code], input)
    };
    if let Some(theirs) = python("compress", &inner) {
        assert_eq!(read(&theirs).unwrap(), (content.clone(), vec![]));
        assert_eq!(
            python("decompress", &ours("zlib", &inner)),
            Some(inner.clone())
        );
    }
    for arguments in [
        &["-c", "-BD", "-BX"][..],
        &["-c", "-B4", "--content-size"],
        &["-c", "-l"],
    ] {
        if let Some(theirs) = tool("lz4", arguments, &inner) {
            assert_eq!(read(&theirs).unwrap().0, content, "{arguments:?}");
        }
    }
}

#[test]
fn the_same_content_gives_the_same_bytes_on_any_number_of_threads() {
    // Several blocks of xz (1 MiB at this level) and several jobs of zstd (2 MiB).
    let data = noise(9 << 20);
    for compression in [Compression::Xz(0), Compression::Zstd(1)] {
        let one = ours_on(compression, &data, 1);
        assert!(one == ours_on(compression, &data, 1), "{compression:?}");
        assert!(one == ours_on(compression, &data, 3), "{compression:?}");
    }
}

/// In one stream or many, with padding or frames of metadata between them.
#[test]
fn streams_one_behind_the_other_are_one() {
    let content = noise(5000);
    let inner = archive(&content);
    let skippable = b"\x5a\x2a\x4d\x18\x03\0\0\0abc";
    for codec in CODECS {
        let parts = [
            ours(codec, &inner[..700]),
            ours(codec, b""),
            ours(codec, &inner[700..]),
        ];
        let mut cases = vec![
            parts.concat(),
            [&parts.concat()[..], &[0; 100_000]].concat(),
        ];
        let padded = parts.join(&[0; 8][..]);
        match codec {
            "xz" => cases.push(padded),
            // Nobody else reads on either.
            _ => assert!(read(&padded).is_err(), "{codec}"),
        }
        if codec == "zstd" || codec == "lz4" {
            cases.push(parts.join(&skippable[..]));
            cases.push([&skippable[..], &parts.concat(), skippable].concat());
            let long = [b"\x50\x2a\x4d\x18\xe8\x03\0\0", &[7; 1000][..]].concat();
            cases.push([&long[..], skippable, &parts.concat()].concat());
        }
        for case in cases {
            assert_eq!(read(&case).unwrap(), (content.clone(), vec![]), "{codec}");
        }
        // Something else after it.
        let garbage = [&parts.concat()[..], b"garbage"].concat();
        assert_eq!(
            read(&garbage).unwrap(),
            (content.clone(), vec!["T013"]),
            "{codec}"
        );
        let inside = ours(codec, &[&inner[..], b"garbage"].concat());
        assert_eq!(
            read(&inside).unwrap(),
            (content.clone(), vec!["T012"]),
            "{codec}"
        );
        // Nothing at all.
        assert_eq!(
            read(&ours(codec, b"")).unwrap(),
            (vec![], vec!["T002"]),
            "{codec}"
        );
    }
}

#[test]
fn a_cut_stream_is_never_taken_for_a_whole_one() {
    let inner = archive(&noise(120));
    for codec in CODECS {
        let whole = ours(codec, &inner);
        for cut in 16..whole.len() {
            let error = read(&whole[..cut]).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::Codec(CodecError::Broken { codec: found, .. }) if *found == codec),
                "{codec} cut at {cut}: {error}"
            );
        }
    }
}

/// A changed byte anywhere is an error, or changes nothing that is read.
#[test]
fn a_damaged_stream_is_told() {
    const MASKS: [u8; 3] = [1, 0x80, 0xff];
    let content = noise(120);
    let inner = archive(&content);
    for codec in CODECS.into_iter().chain(["zlib"]) {
        let whole = ours(codec, &inner);
        for at in 0..whole.len() {
            // The headers and the trailers with every mask, the data between them with one.
            let masks = match at < 64 || at + 64 > whole.len() {
                true => &MASKS[..],
                false => &MASKS[at % 3..][..1],
            };
            for mask in masks {
                let mut damaged = whole.clone();
                damaged[at] ^= mask;
                if let Ok((found, codes)) = read(&damaged) {
                    assert!(found == content || !codes.is_empty(), "{codec} at {at:#x}");
                }
            }
        }
    }
}

#[test]
fn a_window_beyond_the_limit_is_refused_with_what_it_takes() {
    let content = noise(1000);
    let inner = archive(&content);
    let refused = |bytes: &[u8], limit: u64| {
        let archive = Archive::new(bytes.to_vec().into()).unwrap();
        match read_from(&mut archive.max_window(limit)) {
            Ok((found, _)) => {
                assert!(found == content);
                None
            }
            Err(error) => match error.kind() {
                ErrorKind::Codec(CodecError::Window {
                    needed,
                    limit: found,
                    ..
                }) => {
                    assert_eq!(*found, limit);
                    Some(*needed)
                }
                _ => panic!("{error}"),
            },
        }
    };
    if let Some(xz) = tool("xz", &["-9", "-c"], &inner) {
        assert_eq!(refused(&xz, 64 << 20), None);
        assert_eq!(refused(&xz, 32 << 20), Some(None));
        assert!(read(&xz).is_ok(), "the default reads what xz makes");
    }
    if let Some(zstd) = tool("zstd", &["--long=27", "-c"], &inner) {
        assert_eq!(refused(&zstd, 128 << 20), None);
        assert_eq!(refused(&zstd, 100 << 20), Some(Some(128 << 20)));
        assert!(read(&zstd).is_err(), "the default takes less");
    }
    if let Some(zstd) = tool("zstd", &["-19", "-c"], &inner) {
        assert!(read(&zstd).is_ok(), "the default reads what zstd makes");
    }
}

/// Errors of the system stay what they are.
#[test]
fn an_error_below_the_decoder_is_not_the_streams() {
    struct Fails(std::io::Cursor<Vec<u8>>);
    impl Read for Fails {
        fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
            match self.0.read(buf)? {
                0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
                read => Ok(read),
            }
        }
    }
    for codec in CODECS.into_iter().chain(["zlib"]) {
        let mut whole = ours(codec, &archive(&noise(300_000)));
        whole.truncate(whole.len() / 2);
        let archive = Archive::stream(Fails(std::io::Cursor::new(whole)));
        let error = read_from(&mut archive.unwrap()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Io(_)), "{codec}: {error}");
    }
}

use super::*;

fn name(start: &[u8]) -> &'static str {
    of_start(start).map_or("", |codec| codec.name)
}

#[test]
fn streams_are_told_by_what_they_begin_with() {
    assert_eq!(name(b"\x1f\x8b\x08"), "gzip");
    assert_eq!(name(b"BZh91AY&SY"), "bzip2");
    assert_eq!(name(b"BZh0 a name"), "");
    assert_eq!(name(b"\xfd7zXZ\0\0\x04"), "xz");
    assert_eq!(name(b"\x28\xb5\x2f\xfd"), "zstd");
    assert_eq!(name(b"\x04\x22\x4d\x18"), "lz4");
    assert_eq!(name(b"\x02\x21\x4c\x18"), "lz4");
    let skippable = b"\x50\x2a\x4d\x18\x04\0\0\0abcd";
    assert_eq!(name(&[&skippable[..], skippable, LZ4].concat()), "lz4");
    let long = [b"\x5f\x2a\x4d\x18\x2c\x01\0\0", &[0; 300][..], LZ4].concat();
    assert_eq!(name(&long), "lz4");
    assert_eq!(
        name(&[&skippable[..], b"\x28\xb5\x2f\xfd"].concat()),
        "zstd"
    );
    assert_eq!(name(b""), "");
}

#[test]
fn what_a_build_cannot_read_it_names_with_the_way_out() {
    for codec in CODECS.iter().filter(|codec| codec.open.is_none()) {
        let refused = codec.open(Box::new(io::empty()));
        let message = refused.unwrap_err().to_string();
        assert!(message.contains(codec.command), "{message}");
        assert!(message.contains(codec.feature), "{message}");
    }
}

/// A codec that a caller names, or that zlib's weak signature was taken for, says so as of bytes after a stream.
#[test]
fn bytes_that_are_no_stream_hold_nothing_and_are_told() {
    for codec in CODECS.iter().filter(|codec| codec.open.is_some()) {
        // As of a stream, its first byte could be the first of all.
        let mut decoder = codec
            .open(Box::new(&b"no stream of any codec"[..]))
            .unwrap();
        let mut content = Vec::new();
        let read = decoder.read_to_end(&mut content);
        let is_told = read.is_err() || decoder.garbage();
        assert!(is_told && content.is_empty(), "{}", codec.name);
        let is_error = codec.name == "gzip";
        assert_eq!(read.is_err(), is_error, "{}", codec.name);
    }
}

/// Bytes that come in pieces of a given size, each after an interruption.
struct Haltingly(io::Cursor<Vec<u8>>, usize, bool);

impl Read for Haltingly {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.2 = !self.2;
        if self.2 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let size = buf.len().min(self.1);
        self.0.read(&mut buf[..size])
    }
}

/// What a stream holds, and whether other bytes follow it.
fn read_by(bytes: &[u8], step: usize) -> io::Result<(Vec<u8>, bool)> {
    let codec = of_start(bytes).expect("it is compressed");
    let stream = Haltingly(io::Cursor::new(bytes.to_vec()), step, false);
    let mut decoder = codec.open(Box::new(stream)).unwrap();
    assert_eq!(decoder.name(), codec.name);
    let mut content = Vec::new();
    decoder.read_to_end(&mut content)?;
    Ok((content, decoder.garbage()))
}

/// The same, however the bytes come.
fn read(bytes: &[u8]) -> io::Result<(Vec<u8>, bool)> {
    let found = read_by(bytes, 1 << 20);
    let other = read_by(bytes, 9);
    assert_eq!(found.is_ok(), other.is_ok());
    if let (Ok(found), Ok(other)) = (&found, other) {
        assert!(*found == other);
    }
    found
}

#[cfg(all(feature = "bzip2", feature = "lz4", feature = "xz", feature = "zstd"))]
fn compressed(codec: &str, content: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let compression = Compression::named(codec).unwrap();
    let mut writer = compression.writer_on(Vec::new(), std::num::NonZeroUsize::MIN);
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

/// As `bzip2`, `xz`, `zstd` and `lz4` read on: `xz` over zeros in fours, the last two over frames that
/// hold nothing, all of them over zeros at the end; another stream after other zeros is garbage.
#[cfg(all(feature = "bzip2", feature = "lz4", feature = "xz", feature = "zstd"))]
#[test]
fn streams_are_read_on_as_their_tools_read_them() {
    let skippable = b"\x5e\x2a\x4d\x18\x05\0\0\0abcde";
    for codec in ["gzip", "bzip2", "xz", "zstd", "lz4"] {
        let (one, two) = (compressed(codec, b"one"), compressed(codec, b"two"));
        let joined = |parts: &[&[u8]]| read(&parts.concat()).unwrap();
        let text = |text: &str, garbage| (text.as_bytes().to_vec(), garbage);
        assert_eq!(joined(&[&one]), text("one", false), "{codec}");
        assert_eq!(joined(&[&one, &two]), text("onetwo", false), "{codec}");
        for zeros in [1, 4, 6, 8] {
            let zeros = vec![0; zeros];
            assert_eq!(joined(&[&one, &zeros]), text("one", false), "{codec}");
            assert_eq!(joined(&[&one, &zeros, b"x"]), text("one", true), "{codec}");
            let goes_on = codec == "xz" && zeros.len() % 4 == 0;
            let expected = match goes_on {
                true => text("onetwo", false),
                false => text("one", true),
            };
            assert_eq!(
                joined(&[&one, &zeros, &two]),
                expected,
                "{codec} {}",
                zeros.len()
            );
            assert_eq!(
                joined(&[&one, &zeros, skippable]),
                text("one", true),
                "{codec}"
            );
        }
        for garbage in [
            &b"x"[..],
            b"garbage that is longer than a header",
            &one[1..],
        ] {
            assert_eq!(joined(&[&one, garbage]), text("one", true), "{codec}");
        }
        let has_skippable = matches!(codec, "zstd" | "lz4");
        let expected = match has_skippable {
            true => text("onetwo", false),
            false => text("one", true),
        };
        assert_eq!(joined(&[&one, skippable, &two]), expected, "{codec}");
        if has_skippable {
            assert_eq!(
                joined(&[skippable, &one, skippable]),
                text("one", false),
                "{codec}"
            );
            for cut in 8..skippable.len() {
                let cut = [&one[..], &skippable[..cut]].concat();
                assert!(read(&cut).is_err(), "{codec} {}", cut.len());
            }
        }
        for cut in 10..one.len() {
            assert!(read_by(&one[..cut], 50).is_err(), "{codec} cut at {cut}");
        }
    }
}

#[cfg(all(feature = "bzip2", feature = "lz4", feature = "xz", feature = "zstd"))]
#[test]
fn an_error_is_the_streams_or_that_of_what_is_below() {
    struct Fails(io::Cursor<Vec<u8>>);
    impl Read for Fails {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buf)? {
                0 => Err(io::Error::new(io::ErrorKind::TimedOut, "no answer")),
                read => Ok(read),
            }
        }
    }
    for codec in ["gzip", "bzip2", "xz", "zstd", "lz4"] {
        let whole = compressed(codec, &[7; 1000]);
        let half = whole[..whole.len() / 2].to_vec();
        let error = read(&half).unwrap_err();
        let error = error.downcast::<CodecError>().unwrap();
        assert!(
            matches!(&error, CodecError::Broken { codec: found, .. } if *found == codec),
            "{error}"
        );
        let stream = Fails(io::Cursor::new(half.clone()));
        let mut decoder = of_start(&half).unwrap().open(Box::new(stream)).unwrap();
        let error = decoder.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut, "{codec}");
        assert_eq!(error.to_string(), "no answer", "{codec}");
    }
}

/// A frame of zstd states its window, xz's decoder needs some memory beside it.
#[cfg(all(feature = "xz", feature = "zstd"))]
#[test]
fn a_window_may_be_as_large_as_the_limit() {
    let read = |bytes: &[u8], limit: u64| {
        let mut decoder = of_start(bytes)
            .unwrap()
            .open(Box::new(io::Cursor::new(bytes.to_vec())))
            .unwrap();
        decoder.max_window(limit);
        let mut content = Vec::new();
        let read = decoder.read_to_end(&mut content);
        match read {
            Ok(_) => Ok(content),
            Err(e) => match e.downcast::<CodecError>().unwrap() {
                CodecError::Window {
                    codec,
                    needed,
                    limit: told,
                } => {
                    assert_eq!(told, limit);
                    Err((codec, needed))
                }
                other => panic!("{other:?}"),
            },
        }
    };
    // A block of one byte after a header that states a window of 1 MiB (RFC 8878, section 3.1.1).
    let zstd = b"\x28\xb5\x2f\xfd\x00\x50\x09\x00\x00x";
    assert_eq!(read(zstd, 1 << 20).unwrap(), b"x");
    let refused = Err(("zstd", Some(1 << 20)));
    assert_eq!(read(zstd, (1 << 20) - 1), refused);
    // A stream of level 6 refers back 8 MiB at most.
    let mut coder = Compression::Xz(6).writer_on(Vec::new(), std::num::NonZeroUsize::MIN);
    io::Write::write_all(&mut coder, b"x").unwrap();
    let xz = coder.finish().unwrap();
    assert_eq!(read(&xz, 8 << 20).unwrap(), b"x");
    assert_eq!(read(&xz, 4 << 20), Err(("xz", None)));
}

#[test]
fn a_name_that_begins_as_bzip2_does_is_not_compressed() {
    for (start, expected) in [
        (&b"BZh91AY&SY"[..], "bzip2"),
        (b"BZh1\x17\x72\x45\x38\x50\x90", "bzip2"),
        (b"BZh9", ""),
        (b"BZh9 is a file", ""),
        (b"BZh01AY&SY", ""),
        (b"BZx91AY&SY", ""),
        (b"\x1f\x9d\x90", "compress"),
        (b"\x50\x2a\x4d\x18", "zstd"),
        (b"\x4f\x2a\x4d\x18", ""),
        (b"\x60\x2a\x4d\x18", ""),
    ] {
        assert_eq!(name(start), expected, "{start:x?}");
    }
}

/// RFC 1950 has one stream; what `pigz -dz` finds after it, other than zeros, it refuses.
#[test]
fn a_stream_of_zlib_is_alone_and_told_by_more_than_its_header() {
    use std::io::Write;
    let compress = |content: &[u8]| {
        let mut writer = Compression::Zlib(6).writer(Vec::new());
        writer.write_all(content).unwrap();
        writer.finish().unwrap()
    };
    let one = compress(b"one");
    // Python's zlib.compress(b'one').
    assert_eq!(one, b"\x78\x9c\xcb\xcf\x4b\x05\0\x02\x91\x01\x43");
    assert_eq!(read(&one).unwrap(), (b"one".to_vec(), false));
    assert_eq!(
        read(&[&one[..], &[0; 5]].concat()).unwrap(),
        (b"one".to_vec(), false)
    );
    for behind in [&b"x"[..], &one, b"\0\0x"] {
        let joined = [&one[..], behind].concat();
        assert_eq!(read(&joined).unwrap(), (b"one".to_vec(), true));
    }
    let noise: Vec<u8> = (0..9999u32)
        .flat_map(|n| n.wrapping_mul(0x9e37_79b9).to_le_bytes())
        .collect();
    let long = compress(&noise);
    assert_eq!(read(&long).unwrap().0, noise);
    for cut in [32, 100, 4096, long.len() - 1] {
        assert_eq!(name(&long[..cut]), "zlib");
        assert!(read(&long[..cut]).is_err(), "{cut}");
    }
    let mut wrong = long.clone();
    *wrong.last_mut().unwrap() ^= 1;
    // Only the first bytes tell: what is after them is the decoder's to refuse.
    let codec = of_start(&wrong[..4096]).unwrap();
    let mut decoder = codec.open(Box::new(io::Cursor::new(wrong))).unwrap();
    assert!(decoder.read_to_end(&mut Vec::new()).is_err());
    // A header that says so, and text that goes on as no deflate does.
    for text in [
        &b"x^2 + y^2 = z^2, as every school child knows by heart"[..],
        b"HG is what the third line of the table has instead",
        &one[..one.len() - 1],
        &[&one[..2], &[0xff; 4000]].concat(),
    ] {
        assert_eq!(name(text), "", "{text:?}");
    }
}

/// The places of the first frames are kept, and what follows them changes none of those.
#[cfg(all(feature = "bzip2", feature = "lz4", feature = "xz", feature = "zstd"))]
#[test]
fn as_many_frames_have_places_as_are_kept() {
    let skippable = b"\x50\x2a\x4d\x18\0\0\0\0";
    let one = compressed("zstd", b"one");
    for before in [0, 1, MAX_FRAMES - 1, MAX_FRAMES, MAX_FRAMES + 1] {
        let bytes = [&skippable.repeat(before)[..], &one].concat();
        let codec = of_start(&bytes).unwrap();
        let mut decoder = codec.open(Box::new(io::Cursor::new(&bytes))).unwrap();
        let mut content = Vec::new();
        decoder.read_to_end(&mut content).unwrap();
        assert_eq!(content, b"one");
        let spans = decoder.spans();
        assert_eq!(spans.len(), MAX_FRAMES.min(before + 1), "{before}");
        for (i, span) in spans.iter().enumerate() {
            let start = 8 * i as u64;
            let end = match i < before {
                true => start + 8,
                false => bytes.len() as u64,
            };
            assert_eq!(
                *span,
                Span {
                    start,
                    end: Some(end)
                },
                "{before}: {i}"
            );
        }
    }
}

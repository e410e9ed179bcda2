//! What errors say, where, and what sort they are.

use std::error::Error as _;
use std::io;

use super::*;
use crate::Source;
use crate::codecs::CodecError;
use crate::formats::tar::{ErrorKind, Format, NumberFault, SparseFault};

fn io_error() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "no")
}

fn of_path(path: &str) -> ErrorKind {
    ErrorKind::Path {
        path: path.into(),
        action: "open",
        error: io_error(),
    }
}

fn number(fault: NumberFault) -> ErrorKind {
    ErrorKind::Number {
        field: "uid",
        found: b"0x1\0".to_vec(),
        fault,
    }
}

fn window(needed: Option<u64>) -> ErrorKind {
    ErrorKind::Codec(CodecError::Window {
        codec: "zstd",
        needed,
        limit: 8,
    })
}

fn compressed(feature: &'static str) -> ErrorKind {
    ErrorKind::Codec(CodecError::Unsupported {
        name: "xz",
        command: "unxz",
        feature,
    })
}

#[test]
fn an_error_says_what_was_expected_and_found_and_what_to_do() {
    for (kind, expected) in [
        (ErrorKind::Io(io_error()), "no"),
        (of_path("a/b"), "can't open a/b: no"),
        (of_path(""), "can't open '': no"),
        (
            ErrorKind::NotTar,
            "this is no tar archive: its first block has no header with a right checksum",
        ),
        (
            compressed("xz"),
            "it is compressed with xz, which is not read here; build with the cargo \
             feature xz, or decompress it first: unxz",
        ),
        (
            compressed(""),
            "it is compressed with xz, which is not read here; decompress it first: unxz",
        ),
        (
            ErrorKind::Codec(CodecError::Broken {
                codec: "gzip",
                error: io_error(),
            }),
            "the gzip stream is broken: no",
        ),
        (
            window(Some(9)),
            "the zstd stream refers back 9 bytes, and no more than 8 are kept; a larger \
             max-window reads it",
        ),
        (
            window(None),
            "the zstd stream refers back further than the 8 bytes that are kept; a larger \
             max-window reads it",
        ),
        (
            ErrorKind::Checksum {
                stored: Some(8),
                computed: 9,
            },
            "header checksum: stored is 0o10, the bytes add up to 0o11",
        ),
        (
            ErrorKind::Checksum {
                stored: None,
                computed: 9,
            },
            "header checksum: stored is no number, the bytes add up to 0o11",
        ),
        (
            number(NumberFault::NotOctal(b'x')),
            "uid: \"0x1\\0\" is no valid number: 'x' is not an octal digit",
        ),
        (
            number(NumberFault::Negative),
            "uid: \"0x1\\0\" is no valid number: it is negative",
        ),
        (
            number(NumberFault::TooLarge),
            "uid: \"0x1\\0\" is no valid number: it is too large",
        ),
        (
            ErrorKind::Truncated {
                what: "a header".to_owned(),
                missing: 4,
            },
            "the archive ends in a header: 4 bytes are missing",
        ),
        (
            ErrorKind::Limit { size: 9, limit: 8 },
            "the extended headers of one member take 9 bytes or more, the limit is 8",
        ),
        (
            ErrorKind::Names { limit: 8 },
            "the names of all members, which are kept, take more than the limit of 8 bytes",
        ),
        (
            ErrorKind::Holes {
                name: b"a".to_vec(),
                beyond: 9,
            },
            "\"a\": the holes of its file are 9 bytes more than are read as zeros; a larger \
             max-holes reads them",
        ),
        (
            ErrorKind::Sparse(SparseFault::Short),
            "the map of the sparse file is wrong: it ends before its last entry does",
        ),
        (
            ErrorKind::TooMuch {
                what: "bytes",
                limit: 8,
            },
            "extracting would make more than 8 bytes",
        ),
        (ErrorKind::Glob("why".to_owned()), "why"),
        (
            ErrorKind::Unfit {
                name: b"a".to_vec(),
                what: "its name",
                format: Format::V7,
            },
            "\"a\": its name doesn't fit into the v7 format; the pax format holds everything",
        ),
    ] {
        assert_eq!(kind.to_string(), expected);
        let error = Error::new(kind).at(0x200);
        assert_eq!(error.to_string(), format!("{expected} (at offset 0x200)"));
        // The first place is nearer to the fault.
        assert_eq!(error.at(7).offset(), Some(0x200));
    }
    let bare = Error::new(ErrorKind::NotTar);
    assert_eq!(bare.offset(), None);
    assert_eq!(bare.to_string(), ErrorKind::NotTar.to_string());
}

/// The system, or who calls, is to blame for these; a check goes on after all others.
#[test]
fn an_error_is_the_data_s_unless_it_is_the_system_s_or_the_caller_s() {
    let name = ErrorKind::Name {
        name: b"a".to_vec(),
        reason: "no",
    };
    let unfit = ErrorKind::Unfit {
        name: b"a".to_vec(),
        what: "its name",
        format: Format::V7,
    };
    for kind in [
        ErrorKind::Io(io_error()),
        of_path("a"),
        name,
        unfit,
        ErrorKind::Glob(String::new()),
    ] {
        assert!(!Error::new(kind).is_data());
    }
    for kind in [
        ErrorKind::NotTar,
        compressed(""),
        window(None),
        ErrorKind::AnotherArchive,
        ErrorKind::Limit { size: 9, limit: 8 },
        ErrorKind::Sparse(SparseFault::Short),
    ] {
        assert!(Error::new(kind).is_data());
    }
}

#[test]
fn an_error_that_passes_through_io_comes_out_as_it_went_in() {
    let name = |name: &[u8]| ErrorKind::Name {
        name: name.to_vec(),
        reason: "no",
    };
    let unfit = ErrorKind::Unfit {
        name: b"a".to_vec(),
        what: "its name",
        format: Format::V7,
    };
    let truncated = ErrorKind::Truncated {
        what: "a header".to_owned(),
        missing: 4,
    };
    for (kind, expected) in [
        (ErrorKind::Io(io_error()), io::ErrorKind::PermissionDenied),
        (of_path("a"), io::ErrorKind::PermissionDenied),
        (truncated, io::ErrorKind::UnexpectedEof),
        (name(b"a"), io::ErrorKind::InvalidInput),
        (unfit, io::ErrorKind::InvalidInput),
        (ErrorKind::NotTar, io::ErrorKind::InvalidData),
        (window(None), io::ErrorKind::InvalidData),
    ] {
        let said = kind.to_string();
        let outer = io::Error::from(Error::new(kind).at(5));
        assert_eq!(outer.kind(), expected, "{said}");
        let back = Error::from(outer);
        assert_eq!(back.offset(), Some(5));
        assert_eq!(back.kind().to_string(), said);
    }
    let other = Error::from(io_error());
    assert!(matches!(other.kind(), ErrorKind::Io(e) if e.to_string() == "no"));
}

#[test]
fn an_error_names_what_caused_it_once() {
    let stream = ErrorKind::Codec(CodecError::Broken {
        codec: "gzip",
        error: io_error(),
    });
    for kind in [ErrorKind::Io(io_error()), of_path("a"), stream] {
        let error = Error::new(kind);
        assert!(error.to_string().ends_with("no"), "{error}");
        assert!(error.source().is_none(), "the text has it");
    }
    let sparse = Error::new(ErrorKind::Sparse(SparseFault::Short));
    assert_eq!(sparse.to_string(), SparseFault::Short.to_string());
    assert!(sparse.source().is_none());
    assert!(Error::new(ErrorKind::NotTar).source().is_none());
    let header = Block::new(b"a", b'0', 0).sealed();
    let header = tar::Header::parse(&header).unwrap();
    let error = header.field("nothing").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Header(_)));
    assert!(error.to_string().starts_with("header: "), "{error}");
    assert!(error.source().is_none());
}

#[test]
fn formats_and_kinds_have_the_words_of_listings() {
    use crate::formats::tar::Kind::*;
    let kinds = [
        (File, "file"),
        (Directory, "dir"),
        (Symlink, "symlink"),
        (Hardlink, "hardlink"),
        (CharDevice, "char"),
        (BlockDevice, "block"),
        (Fifo, "fifo"),
        (Other, "other"),
    ];
    for (kind, word) in kinds {
        assert_eq!(kind.name(), word);
    }
    for (format, word) in [
        (Format::V7, "v7"),
        (Format::Ustar, "ustar"),
        (Format::Pax, "pax"),
        (Format::Gnu, "gnu"),
        (Format::Star, "star"),
    ] {
        assert_eq!(format.name(), word);
    }
}

/// A file of another kind may be shorter than a block.
#[test]
fn a_short_file_of_another_kind_is_told_from_positions_and_from_a_stream() {
    for bytes in [&b"Rar!\x1a\x07\0"[..], b"PK\x05\x06\0\0", b"none"] {
        let positions = Archive::new(Source::from(bytes)).unwrap().next_member();
        let stream = Archive::stream(bytes).unwrap().next_member();
        let said = [positions, stream].map(|member| member.unwrap_err().to_string());
        assert_eq!(said[0], said[1]);
        assert_eq!(said[0].contains("it is a"), bytes != b"none", "{}", said[0]);
    }
}

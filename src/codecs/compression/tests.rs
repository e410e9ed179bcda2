#![cfg(all(feature = "bzip2", feature = "lz4", feature = "xz", feature = "zstd"))]

use std::path::Path;
use std::sync::{Arc, Mutex};

use super::*;

#[test]
fn a_compression_has_its_name_its_suffixes_and_its_levels() {
    for (compression, name, suffixes, levels) in [
        (Compression::None, "none", &["tar"][..], None),
        (Compression::Gzip(6), "gzip", &["gz", "tgz"], Some((0, 12))),
        (Compression::Zlib(6), "zlib", &["zz", "zlib"], Some((0, 9))),
        (
            Compression::Bzip2(9),
            "bzip2",
            &["bz2", "tbz", "tbz2"],
            Some((1, 9)),
        ),
        (Compression::Xz(6), "xz", &["xz", "txz"], Some((0, 9))),
        (
            Compression::Zstd(3),
            "zstd",
            &["zst", "tzst"],
            Some((1, 19)),
        ),
        (Compression::Lz4, "lz4", &["lz4"], None),
    ] {
        assert!(Compression::ALL.contains(&compression));
        assert_eq!(compression.name(), name);
        assert_eq!(Compression::named(name), Some(compression));
        for suffix in suffixes {
            for file in [
                format!("a.tar.{suffix}"),
                format!("a.{}", suffix.to_uppercase()),
            ] {
                assert_eq!(
                    Compression::of_name(Path::new(&file)),
                    compression,
                    "{file}"
                );
            }
        }
        assert_eq!(compression.holds_index(), name == "gzip");
        match levels {
            None => {
                assert_eq!(compression.levels(), None);
                assert_eq!(compression.at_level(1), None);
            }
            Some((least, most)) => {
                assert_eq!(compression.levels(), Some(least..=most));
                for level in [least, most] {
                    let at = compression.at_level(level).unwrap();
                    let shown = format!("{at:?}");
                    assert!(shown.ends_with(&format!("({level})")), "{shown}");
                    assert_eq!(at.name(), name);
                }
                assert_eq!(compression.at_level(most + 1), None);
                if least > 0 {
                    assert_eq!(compression.at_level(least - 1), None);
                }
            }
        }
    }
    assert_eq!(Compression::ALL.len(), 7);
    for name in ["", "rar", "Gzip", "gz"] {
        assert_eq!(Compression::named(name), None, "{name}");
    }
    for file in ["a", "a.rar", "gz", ".gz", "a.gz.bak"] {
        assert_eq!(
            Compression::of_name(Path::new(file)),
            Compression::None,
            "{file}"
        );
    }
}

/// What is written comes out of each with its first bytes, and flushing reaches what is below.
#[test]
fn what_is_compressed_begins_as_its_format_says() {
    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<(Vec<u8>, usize)>>);
    impl Write for Shared {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().0.write(buf)
        }
        fn flush(&mut self) -> io::Result<()> {
            self.0.lock().unwrap().1 += 1;
            Ok(())
        }
    }
    for compression in Compression::ALL {
        let out = Shared::default();
        let mut writer = compression.writer(out.clone());
        assert_eq!(writer.write(b"con").unwrap(), 3);
        writer.flush().unwrap();
        if matches!(compression, Compression::None | Compression::Gzip(_)) {
            assert!(out.0.lock().unwrap().1 > 0, "{compression:?}");
        }
        writer.write_all(b"tent").unwrap();
        writer.finish().unwrap();
        let bytes = out.0.lock().unwrap().0.clone();
        let start: &[u8] = match compression {
            Compression::None => b"content",
            Compression::Gzip(_) => b"\x1f\x8b\x08",
            Compression::Zlib(_) => b"\x78",
            Compression::Bzip2(_) => b"BZh9",
            Compression::Xz(_) => b"\xfd7zXZ\0",
            Compression::Zstd(_) => b"\x28\xb5\x2f\xfd",
            Compression::Lz4 => b"\x04\x22\x4d\x18",
        };
        assert!(bytes.starts_with(start), "{compression:?}: {bytes:x?}");
    }
}

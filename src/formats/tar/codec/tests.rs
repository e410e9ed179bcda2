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

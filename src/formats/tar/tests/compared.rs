//! Archives compared with each other and with lists of digests, a field at a time.

use super::{Block, END, file, link, pax};
use crate::Value;
use crate::formats::tar::Archive;
use crate::formats::tar::compare::{
    DEFAULT_MAX_HOLES, Difference, Field, Listing, Manifest, Verdict, diff,
};
use crate::hash::{Algorithm, Entry};
use crate::value::literal::to_hex;

fn listing(parts: &[&[u8]]) -> Listing {
    let bytes = [&parts.concat()[..], END].concat();
    let mut archive = Archive::new(bytes.into()).unwrap();
    Listing::read(&mut archive, DEFAULT_MAX_HOLES, &mut |_, _| {}).unwrap()
}

/// The lines of a comparison: `+ name`, `- name`, and fields with their values.
fn told(a: &Listing, b: &Listing, fields: &[Field]) -> Vec<String> {
    let mut told = Vec::new();
    let same = diff(a, b, fields, &mut |difference| {
        let text = |name: &[u8]| String::from_utf8(name.to_vec()).unwrap();
        told.push(match difference {
            Difference::Added(name) => format!("+ {}", text(name)),
            Difference::Removed(name) => format!("- {}", text(name)),
            Difference::Changed(name, changes) => {
                let changes = changes.iter().map(|change| {
                    let values = change.values.as_ref();
                    let values = values.map(|(a, b)| format!(" {a} {b}")).unwrap_or_default();
                    format!(", {}{values}", change.field.name())
                });
                format!("{}{}", text(name), changes.collect::<String>())
            }
        });
        Ok(())
    });
    assert_eq!(same.unwrap(), told.is_empty());
    told
}

#[test]
fn a_field_that_differs_is_told_and_no_other() {
    let one = || Block::new(b"a", b'0', 3);
    let with = |at: usize, bytes: &[u8]| one().with(at, bytes).and(b"abc");
    let device = |flag: u8, minor: &[u8]| Block::new(b"a", flag, 0).with(337, minor).and(b"");
    let xattr =
        |keyword: &str, value: &[u8]| [pax(&[(keyword, value)]), file("a", b"abc")].concat();
    let base = one().and(b"abc");
    for (a, b, expected) in [
        (base.clone(), base.clone(), &[][..]),
        (base.clone(), with(100, b"0000600\0"), &["a, mode 420 384"]),
        (base.clone(), with(108, b"0000007\0"), &["a, uid 1 7"]),
        (base.clone(), with(116, b"0000007\0"), &["a, gid 2 7"]),
        (base.clone(), with(265, b"me"), &["a, uname b'' b'me'"]),
        (base.clone(), with(297, b"us"), &["a, gname b'' b'us'"]),
        (
            base.clone(),
            with(136, b"00000000007\0"),
            &["a, mtime b'3' b'7'"],
        ),
        (base.clone(), one().and(b"abd"), &["a, content"]),
        (base.clone(), file("a", b"abcd"), &["a, size 3 4, content"]),
        (
            device(b'3', b"0000001\0"),
            device(b'4', b"0000001\0"),
            &["a, type b'char' b'block'"],
        ),
        (
            device(b'3', b"0000001\0"),
            device(b'3', b"0000002\0"),
            &["a, device b'0,1' b'0,2'"],
        ),
        (
            link(b'2', "a", b"x"),
            link(b'2', "a", b"./x"),
            &["a, link b'x' b'./x'"],
        ),
        // The name of a member has more than one spelling.
        (link(b'1', "a", b"x"), link(b'1', "a", b"./x"), &[]),
        (
            link(b'1', "a", b"x"),
            link(b'1', "a", b"y"),
            &["a, link b'x' b'y'"],
        ),
        (file("./a", b"abc"), file("a", b"abc"), &[]),
        (
            xattr("SCHILY.xattr.user.k", b"1"),
            xattr("SCHILY.xattr.user.k", b"2"),
            &["a, xattrs"],
        ),
        (
            xattr("SCHILY.acl.access", b"u::rw-"),
            xattr("SCHILY.acl.access", b"u::r--"),
            &["a, xattrs"],
        ),
        (
            xattr("LIBARCHIVE.xattr.k", b"1"),
            base.clone(),
            &["a, xattrs"],
        ),
        (
            xattr("RHT.security.selinux", b"1"),
            base.clone(),
            &["a, xattrs"],
        ),
        (
            xattr("VENDOR.key", b"1"),
            xattr("VENDOR.key", b"2"),
            &["a, pax"],
        ),
        // Where the value of one record ends and the next begins counts.
        (
            [pax(&[("V.a", b"1"), ("V.b", b"2")]), base.clone()].concat(),
            [pax(&[("V.b", b"2"), ("V.a", b"1")]), base.clone()].concat(),
            &[],
        ),
        (
            [pax(&[("V.a", b"1"), ("V.b", b"2")]), base.clone()].concat(),
            [pax(&[("V.a", b"2"), ("V.b", b"1")]), base.clone()].concat(),
            &["a, pax"],
        ),
        // What other fields say, and times of access, are no records of their own.
        (xattr("atime", b"1"), xattr("atime", b"2"), &[]),
        (xattr("ctime", b"1"), base.clone(), &[]),
        (xattr("comment", b"1"), base.clone(), &[]),
        (xattr("uid", b"1"), base.clone(), &[]),
        (
            xattr("mtime", b"3.5"),
            base.clone(),
            &["a, mtime b'3.5' b'3'"],
        ),
    ] {
        let (old, new) = (listing(&[&a]), listing(&[&b]));
        assert_eq!(told(&old, &new, &Field::ALL), expected);
        // Only what is asked for is compared.
        for field in Field::ALL {
            let alone = told(&old, &new, &[field]);
            let is_told = expected.iter().any(|told| {
                let mut fields = told.split(", ").skip(1);
                fields.any(|shown| shown.split(' ').next() == Some(field.name()))
            });
            assert_eq!(!alone.is_empty(), is_told, "{field:?} of {expected:?}");
        }
    }
}

#[test]
fn members_are_told_that_only_one_archive_has() {
    let (a, b, c) = (file("a", b"1"), file("b", b"2"), file("c", b"3"));
    let old = listing(&[&a, &b]);
    let new = listing(&[&c, &b]);
    assert_eq!(told(&old, &new, &Field::ALL), ["+ c", "- a"]);
    assert_eq!(told(&new, &old, &Field::ALL), ["+ a", "- c"]);
    // The place among those that both have.
    let (abc, cab) = (listing(&[&a, &b, &c]), listing(&[&c, &a, &b]));
    assert_eq!(told(&abc, &cab, &[Field::Mode]), [""; 0]);
    assert_eq!(
        told(&abc, &cab, &[Field::Order]),
        ["c, order 2 0", "a, order 0 1", "b, order 1 2"]
    );
    let bc = listing(&[&b, &c]);
    assert_eq!(told(&abc, &bc, &[Field::Order]), ["- a"]);
}

#[test]
fn of_several_members_of_one_name_the_last_counts() {
    let (one, two) = (file("a", b"1"), file("./a", b"2"));
    let (b, none) = (file("b", b""), listing(&[]));
    assert_eq!(listing(&[&one, &b]).repeated(), None);
    assert_eq!(
        listing(&[&one, &b, &two]).repeated(),
        Some((1, &b"./a"[..]))
    );
    let thrice = listing(&[&one, &two, &b, &one, &b]);
    assert_eq!(thrice.repeated(), Some((3, &b"./a"[..])));
    assert_eq!(told(&none, &thrice, &[]), ["+ a", "+ b"]);
    let last = listing(&[&one, &b]);
    assert_eq!(told(&thrice, &last, &Field::ALL), [""; 0]);
    assert_eq!(
        told(
            &listing(&[&one, &two]),
            &listing(&[&one]),
            &[Field::Content]
        ),
        ["a, content"]
    );
}

fn manifest(parts: &[&[u8]], algorithms: &[Algorithm]) -> Manifest {
    let bytes = [&parts.concat()[..], END].concat();
    let mut archive = Archive::new(bytes.into()).unwrap();
    Manifest::of_archive(&mut archive, algorithms, DEFAULT_MAX_HOLES, &mut |_, _| {}).unwrap()
}

/// Digests that `crc32` of Perl and `md5sum` tell.
#[test]
fn a_manifest_has_the_digests_of_each_file_in_the_order_that_was_asked_for() {
    let parts: [&[u8]; 5] = [
        &file("/a", b"123456789"),
        &file("b", b"abc"),
        &link(b'1', "h", b"a"),
        &link(b'2', "s", b"a"),
        &link(b'1', "dangling", b"none"),
    ];
    let (crc, md5) = (Algorithm::Crc32, Algorithm::Md5);
    for algorithms in [&[crc, md5][..], &[md5, crc], &[crc], &[md5]] {
        let manifest = manifest(&parts, algorithms);
        let lines: Vec<(String, u64, String)> = manifest
            .lines()
            .map(|line| {
                let digests: Vec<String> = line
                    .digests
                    .iter()
                    .map(|digest| to_hex(&digest.bytes))
                    .collect();
                let name = String::from_utf8(line.name.to_vec()).unwrap();
                (name, line.size, digests.join(" "))
            })
            .collect();
        let digests = |crc_digest: &str, md5_digest: &str| {
            let digests: Vec<&str> = algorithms
                .iter()
                .map(|algorithm| {
                    if *algorithm == crc {
                        crc_digest
                    } else {
                        md5_digest
                    }
                })
                .collect();
            digests.join(" ")
        };
        let nine = digests("cbf43926", "25f9e794323b453885f5181f1b624d0b");
        let abc = digests("352441c2", "900150983cd24fb0d6963f7d28e17f72");
        let line = |name: &str, size, digests: &str| (name.to_owned(), size, digests.to_owned());
        assert_eq!(
            lines,
            [
                line("a", 9, &nine),
                line("b", 3, &abc),
                line("h", 0, &nine),
                line("s", 0, ""),
                line("dangling", 0, ""),
            ]
        );
    }
}

#[test]
fn a_list_of_digests_is_compared_with_files_alone() {
    let parts: [&[u8]; 4] = [
        &file("a", b"123456789"),
        &file("b", b"abc"),
        &link(b'1', "h", b"b"),
        &link(b'2', "s", b"a"),
    ];
    let manifest = manifest(&parts, &[Algorithm::Crc32]);
    let verdicts = |list: &[&str]| {
        let entry = |line: &&str| (Entry::parse(line.as_bytes()).unwrap(), Algorithm::Crc32);
        let list: Vec<_> = list.iter().map(entry).collect();
        let mut told = Vec::new();
        manifest
            .verify(&list, &mut |name, verdict| {
                told.push((String::from_utf8(name.to_vec()).unwrap(), verdict));
                Ok(())
            })
            .unwrap();
        told
    };
    let said = |told: &[(&str, Verdict)]| {
        let told = told
            .iter()
            .map(|(name, verdict)| ((*name).to_owned(), *verdict));
        told.collect::<Vec<_>>()
    };
    use Verdict::{Differs, Extra, Missing, Same};
    assert_eq!(
        verdicts(&["cbf43926  ./a", "352441c2  b", "352441c2  h"]),
        said(&[("./a", Same), ("b", Same), ("h", Same)])
    );
    assert_eq!(
        verdicts(&["352441c2  a", "cbf43926  s", "352441c2  none"]),
        said(&[
            ("a", Differs),
            ("s", Missing),
            ("none", Missing),
            ("b", Extra),
            ("h", Extra),
        ])
    );
}

#[test]
fn a_field_of_members_is_found_by_its_name() {
    for field in Field::ALL {
        assert_eq!(Field::named(field.name()), Some(field));
    }
    assert_eq!(Field::named("colour"), None);
    assert_eq!(Value::from(Field::Mtime.name()), Value::from("mtime"));
}

/// As docs/tar.md states the keys.
#[cfg(feature = "render")]
#[test]
fn a_line_of_a_manifest_is_serialized_with_what_it_has() {
    let parts: [&[u8]; 3] = [
        &file("a", b"123456789"),
        &Block::new(b"d/", b'5', 0).with(100, b"0001755\0").and(b""),
        &link(b'2', "s", b"a"),
    ];
    let manifest = manifest(&parts, &[Algorithm::Crc32]);
    let lines: Vec<_> = manifest.lines().collect();
    assert_eq!(
        serde_json::to_value(lines).unwrap(),
        serde_json::json!([
            {"name": "a", "type": "file", "size": 9, "mode": "0644", "crc32": "cbf43926"},
            {"name": "d/", "type": "dir", "mode": "1755"},
            {"name": "s", "type": "symlink", "mode": "0644", "link": "a"},
        ])
    );
}

/// What is wrong with the archive itself comes after what is wrong with its members.
#[test]
fn comparing_tells_what_is_wrong_with_the_archive_too() {
    let open = || {
        let bytes = [&file("a", b"abc")[..], &[0; 512]].concat();
        Archive::new(bytes.into()).unwrap()
    };
    let mut codes = Vec::new();
    let mut tell = |member: Option<&crate::formats::tar::Member>,
                    problems: &[crate::tree::Problem]| {
        codes.extend(
            problems
                .iter()
                .map(|problem| (member.is_some(), problem.code)),
        );
    };
    Listing::read(&mut open(), DEFAULT_MAX_HOLES, &mut tell).unwrap();
    Manifest::of_archive(
        &mut open(),
        &[Algorithm::Crc32],
        DEFAULT_MAX_HOLES,
        &mut tell,
    )
    .unwrap();
    assert_eq!(codes, [(false, "T002"), (false, "T002")]);
}

/// The same bytes, parted otherwise into keywords and values, are other attributes.
#[test]
fn attributes_are_compared_with_their_borders() {
    let with = |records: &[(&str, &[u8])]| listing(&[&pax(records), &file("a", b"abc")]);
    let attribute = "SCHILY.xattr.user.a";
    let one = with(&[(attribute, b"bc")]);
    for (other, is_same) in [
        (with(&[(attribute, b"bc")]), true),
        (with(&[("SCHILY.xattr.user.ab", b"c")]), false),
        (
            with(&[(attribute, b"b"), ("SCHILY.xattr.user.c", b"")]),
            false,
        ),
        (with(&[]), false),
    ] {
        assert_eq!(told(&one, &other, &Field::ALL).is_empty(), is_same);
    }
}

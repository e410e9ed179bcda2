//! `hash`: the digests that coreutils and published test vectors give, and lists both ways.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::run::{command, run, run_with};

/// FIPS 180-4 and RFC 1321: "abc"; the CRC-32 of "123456789" is the catalogue's check value.
const VECTORS: [(&str, &str, &str); 6] = [
    ("crc32", "123456789", "cbf43926"),
    ("md5", "abc", "900150983cd24fb0d6963f7d28e17f72"),
    ("sha1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (
        "sha256",
        "abc",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ),
    (
        "sha512",
        "abc",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
         2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ),
    (
        "blake3",
        "",
        "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    ),
];

#[test]
fn digests_are_those_of_published_vectors() {
    for (name, text, digest) in VECTORS {
        let answer = run_with(["hash", "-a", name], text.as_bytes());
        assert_eq!(
            String::from_utf8(answer.stdout).unwrap(),
            format!("{digest}  -\n")
        );
    }
}

/// RFC 4231, section 4.3, and RFC 2202, sections 2 and 3: test case 2.
#[test]
fn hmacs_are_those_of_the_rfcs() {
    for (name, mac) in [
        ("md5", "750c783e6ab0b503eaa86e310a5db738"),
        ("sha1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        (
            "sha256",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
    ] {
        for key in ["Jefe", "hex:4a656665"] {
            let data = b"what do ya want for nothing?";
            let answer = run_with(["hash", "-a", name, "--hmac", key], data);
            assert_eq!(
                String::from_utf8(answer.stdout).unwrap(),
                format!("{mac}  -\n")
            );
        }
    }
    assert_eq!(
        run_with(["hash", "-a", "blake3", "--hmac", "k"], b"").status,
        2
    );
}

#[test]
fn lists_are_those_of_coreutils_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["a", "with space", "new\nline", "back\\slash", "-dash"];
    for (i, name) in names.iter().enumerate() {
        let bytes = b"some bytes that repeat".repeat(5000 * i);
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    for name in ["md5", "sha1", "sha256", "sha512"] {
        let peer = format!("{name}sum");
        for tag in [&[][..], &["--tag"]] {
            let mut theirs = Command::new(&peer);
            theirs.args(tag).arg("--").args(names).current_dir(&folder);
            let Some(theirs) = crate::common::run_peer(&mut theirs) else {
                return;
            };
            let ours = command([&["hash", "-a", name], tag, &["--"], &names].concat())
                .current_dir(&folder)
                .output()
                .unwrap();
            assert_eq!(
                String::from_utf8(ours.stdout.clone()).unwrap(),
                String::from_utf8(theirs.stdout.clone()).unwrap(),
            );
            fs::write(folder.path().join("list"), &theirs.stdout).unwrap();
            let check = ["hash", "--check", "-a", name, "list"];
            let answer = command(check).current_dir(&folder).output().unwrap();
            let text = String::from_utf8(answer.stdout).unwrap();
            assert_eq!(text.matches(": OK\n").count(), names.len(), "{text}");
            assert!(answer.status.success());
            fs::write(folder.path().join("list"), &ours.stdout).unwrap();
            let answer = Command::new(&peer)
                .args(["--check", "list"])
                .current_dir(&folder)
                .output()
                .unwrap();
            assert!(answer.status.success(), "{answer:?}");
        }
    }
}

#[test]
fn a_list_that_does_not_hold_says_so() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "abc").unwrap();
    let digest = VECTORS[3].2;
    let wrong = digest.replace("ba78", "ba79");
    let check = |list: &str, more: &[&str]| {
        fs::write(folder.path().join("list"), list).unwrap();
        let output = command([&["hash", "--check", "list"], more].concat())
            .current_dir(&folder)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), text)
    };
    let good = format!("{digest}  a\n");
    assert_eq!(check(&good, &[]), (0, "a: OK\n".to_owned()));
    assert_eq!(check(&good.to_uppercase().replace("  A", " *a"), &[]).0, 0);
    assert_eq!(check(&good, &["--quiet"]), (0, String::new()));
    assert_eq!(
        check(&format!("{wrong}  a\n"), &[]),
        (1, "a: FAILED\n".to_owned())
    );
    assert_eq!(
        check(&format!("{wrong}  a\n"), &["--status"]),
        (1, String::new())
    );
    assert_eq!(check(&format!("{good}junk\n"), &[]).0, 0);
    assert_eq!(check(&format!("{good}junk\n"), &["--strict"]).0, 1);
    let gone = format!("{good}{digest}  gone\n");
    assert_eq!(check(&gone, &[]).1, "a: OK\ngone: FAILED open or read\n");
    assert_eq!(
        check(&gone, &["--ignore-missing"]),
        (0, "a: OK\n".to_owned())
    );
    assert_eq!(check("junk\n", &[]).0, 2);
    assert_eq!(
        check(&format!("{digest}  gone\n"), &["--ignore-missing"]).0,
        1
    );
}

#[test]
fn parts_and_fields_are_hashed_alone() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tar/ustar.tar");
    let file = file.to_str().unwrap();
    let first = |args: &[&str]| {
        let answer = run([&["hash", file], args].concat());
        String::from_utf8(answer.stdout).unwrap()[..64].to_owned()
    };
    let hello = run_with(["hash"], b"hello\n");
    let hello = String::from_utf8(hello.stdout).unwrap()[..64].to_owned();
    assert_eq!(first(&["--field", r#"members["d/a.txt"].data"#]), hello);
    assert_eq!(first(&["--offset", "0x400", "--length", "6"]), hello);
    assert_eq!(run(["hash", file, "--field", "nothing"]).status, 1);
}

/// The digests are those that Python has of the four bytes of each color.
#[test]
fn each_part_that_a_path_leads_to_has_a_line_of_its_own() {
    let bitmap = "fixtures/bmp/info-8.bmp";
    let output = run(["hash", "-a", "sha1", bitmap, "palette[0:2]"]).out();
    let expected = format!(
        "5507dd3c91f8dafda90e2180a211e61a48cf81fe  {bitmap}:palette[0]\n\
         0587e3dc142e6f3c441d398013bee022bed7b569  {bitmap}:palette[1]\n"
    );
    assert_eq!(output, expected);
    let output = run(["hash", "-a", "sha1", bitmap, "palette[1]", "-O", "jsonl"]).out();
    let expected = format!(
        "{{\"file\":\"{bitmap}\",\"path\":\"palette[1]\",\"sha1\":\"0587e3dc142e6f3c441d398013bee022bed7b569\"}}\n"
    );
    assert_eq!(output, expected);
}

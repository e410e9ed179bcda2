//! Which rows and columns come out.

use crate::{Folder, failure, text};

/// Rows of a number and a letter: (0, A), (1, B) … (25, Z), (26, A) …
fn letters(count: u32) -> Vec<u8> {
    (0..count)
        .flat_map(|n| [n.to_le_bytes().to_vec(), vec![b'A' + (n % 26) as u8]].concat())
        .collect()
}

const FORMAT: &str = "<i:n c:letter";

fn numbers(folder: &Folder, more: &[&str]) -> Vec<i64> {
    let arguments = [&[FORMAT, "in.bin", "-O", "csv", "--select", "n"], more].concat();
    let rows = text(folder, &arguments);
    rows.lines()
        .skip(1)
        .map(|line| line.parse().unwrap())
        .collect()
}

#[test]
fn conditions_keep_rows() {
    let folder = Folder::new();
    folder.file("in.bin", letters(100));
    for (condition, expected) in [
        ("n < 3", vec![0, 1, 2]),
        ("3 > n", vec![0, 1, 2]),
        ("n == 7 or n == 0x63", vec![7, 99]),
        ("letter == 'B'", vec![1, 27, 53, 79]),
        ("letter == \"B\" and n > 30", vec![53, 79]),
        ("letter == 'B' && n > 30", vec![53, 79]),
        ("not n < 98", vec![98, 99]),
        ("not (n < 98 or letter == 'U')", vec![99]),
        ("not n < 97 and not letter == 'U'", vec![97, 99]),
        ("n < 2.5", vec![0, 1, 2]),
        ("n * 2 == 14", vec![7]),
        ("n / 2.0 == 1.5", vec![3]),
        ("n % 50 == 1", vec![1, 51]),
        ("n > -1 and n < 1e0", vec![0]),
        ("n >= 4294967296", vec![]),
        ("letter >= 'Y' and n < 50", vec![24, 25]),
        ("letter == x'42' and n < 5", vec![1]),
        ("n == 3 ? true : n == 5", vec![3, 5]),
    ] {
        assert_eq!(
            numbers(&folder, &["--where", condition]),
            expected,
            "{condition}"
        );
    }
}

#[test]
fn conditions_that_cannot_be_are_refused_with_their_place() {
    let folder = Folder::new();
    folder.file("in.bin", letters(1));
    for (condition, message) in [
        ("m == 1", "there is no column \"m\""),
        ("n == 'x'", "n holds numbers"),
        ("letter == 1", "letter holds bytes"),
        ("n ==", "the expression is malformed"),
        ("n == 1 n", "the condition goes on after its end"),
        ("@at > 1", "rows have no positions"),
        ("find('x') > 1", "rows can't be searched"),
        ("sqrt(n) > 1", "sqrt is no function"),
    ] {
        let (status, said) = failure(&folder, &[FORMAT, "in.bin", "--where", condition]);
        assert_eq!(status, 3, "{condition}: {said}");
        assert!(said.contains(message), "{condition}: {said}");
        assert!(said.contains('^'), "{said}");
    }
    let (status, said) = failure(&folder, &[FORMAT, "in.bin", "--where", "n / 0 == 1"]);
    assert_eq!(status, 4);
    assert!(said.contains("divides by zero"), "{said}");
}

#[test]
fn absent_values_fulfill_no_comparison() {
    let folder = Folder::new();
    folder.file("in.bin", b"\0\x05\x01\x06\0\0\x07");
    let format = "<B:kind {kind; 0: B:a; 1: H:b}";
    let rows = text(&folder, &[format, "in.bin", "-O", "csv"]);
    assert_eq!(rows.lines().count(), 4, "{rows}");
    let name = rows
        .lines()
        .next()
        .unwrap()
        .split(',')
        .nth(1)
        .unwrap()
        .to_owned();
    for (condition, count) in [("> 0", 2), ("!= 5", 1), ("== 5", 1), ("< 0", 0)] {
        let condition = format!("{name} {condition}");
        let rows = text(
            &folder,
            &[format, "in.bin", "-O", "jsonl", "--where", &condition],
        );
        assert_eq!(rows.lines().count(), count, "{condition}");
    }
}

#[test]
fn limits_tails_and_steps() {
    let folder = Folder::new();
    // More than a block has.
    folder.file("in.bin", letters(250_000));
    assert_eq!(numbers(&folder, &["--limit", "3"]), [0, 1, 2]);
    assert_eq!(numbers(&folder, &["--limit", "0"]), [0i64; 0]);
    assert_eq!(numbers(&folder, &["--tail", "2"]), [249_998, 249_999]);
    assert_eq!(numbers(&folder, &["--tail", "0"]), [0i64; 0]);
    assert_eq!(
        numbers(&folder, &["--every", "100k"]),
        [0, 100_000, 200_000]
    );
    let many = numbers(&folder, &["--limit", "220000", "--threads", "3"]);
    assert_eq!(many, (0..220_000).collect::<Vec<i64>>());
    let many = numbers(&folder, &["--tail", "220000", "--threads", "2"]);
    assert_eq!(many, (30_000..250_000).collect::<Vec<i64>>());
    let some = numbers(&folder, &["--where", "letter == 'A'", "--limit", "3"]);
    assert_eq!(some, [0, 26, 52]);
    let some = numbers(&folder, &["--where", "letter == 'A'", "--tail", "1"]);
    assert_eq!(some, [249_990]);
    // Of one record in a hundred thousand, those for which it holds.
    assert_eq!(
        numbers(&folder, &["--every", "100000", "--where", "n > 0"]),
        [100_000, 200_000]
    );
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let folder = Folder::new();
    folder.file("in.bin", letters(250_000));
    for form in ["csv", "jsonl", "json", "text"] {
        let of = |threads: &str| {
            text(
                &folder,
                &[
                    FORMAT,
                    "in.bin",
                    "-O",
                    form,
                    "--where",
                    "n % 7 == 1",
                    "--threads",
                    threads,
                ],
            )
        };
        let one = of("1");
        assert!(one.lines().count() > 35_000, "{form}");
        assert!(one == of("4"), "{form}");
    }
}

#[test]
fn columns_come_in_the_order_that_is_asked_for() {
    let folder = Folder::new();
    folder.file("in.bin", [1, 2, 3, 4]);
    let format = "<B:a (B:x B:y):at B:b";
    let csv = |more: &[&str]| text(&folder, &[&[format, "in.bin", "-O", "csv"], more].concat());
    assert_eq!(csv(&["--select", "b,a"]), "b,a\n4,1\n");
    assert_eq!(csv(&["--select", "at,a"]), "at.x,at.y,a\n2,3,1\n");
    assert_eq!(csv(&["--select", "at.y", "--select", "b"]), "at.y,b\n3,4\n");
    assert_eq!(csv(&["--select", "a", "--where", "at.y == 3"]), "a\n1\n");
    let json = text(
        &folder,
        &[format, "in.bin", "-O", "jsonl", "--select", "at.y,b"],
    );
    assert_eq!(json, "{\"at\":{\"y\":3},\"b\":4}\n");
    let (status, said) = failure(&folder, &[format, "in.bin", "--select", "c"]);
    assert_eq!(status, 2);
    assert!(said.contains("there is no column \"c\"; "), "{said}");
}

#[test]
fn columns_of_the_condition_alone_disturb_no_other_block() {
    // Several blocks of a MiB on each thread, whose room is used again.
    let folder = Folder::new();
    let count = 600_000u32;
    let record = |n: u32| [&n.to_le_bytes()[..], &[b'a' + (n % 5) as u8, (n % 3) as u8]].concat();
    folder.file("in.bin", (0..count).flat_map(record).collect::<Vec<u8>>());
    let mut expected = String::from("file,letter\n");
    for n in (0..count).filter(|n| n % 3 == 2 && n % 100_000 < 50_000) {
        expected.push_str("in.bin,");
        expected.push(char::from(b'a' + (n % 5) as u8));
        expected.push('\n');
    }
    for threads in ["1", "3"] {
        let arguments = [
            "<I:id c:letter B:rest",
            "in.bin",
            "-O",
            "csv",
            "--file-column",
            "file",
            "--select",
            "letter",
            "--where",
            "rest == 2 and id % 100000 < 50000",
            "--threads",
            threads,
        ];
        assert!(text(&folder, &arguments) == expected, "{threads} threads");
    }
}

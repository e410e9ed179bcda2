//! `peek`: the table, JSON, and places that are not there.

use crate::run::{BMP, run_with};

#[test]
fn both_byte_orders_stand_side_by_side() {
    let answer = run_with(["peek", "-", "0x12"], BMP);
    let text = String::from_utf8(answer.stdout).unwrap();
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = text.lines().map(words).collect();
    assert_eq!(lines[0], "standard input at 0x12:");
    assert!(lines.contains(&"uint16 2 640 32770".to_owned()), "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    assert!(!text.contains('\x1b'), "no colour in a pipe");
}

#[test]
fn json_has_every_reading() {
    let answer = run_with(["peek", "-", "-4", "-O", "json"], BMP);
    let json: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(json["offset"], BMP.len() - 4);
    assert_eq!(json["bytes"], "01001800");
    let readings = json["readings"].as_array().unwrap();
    let uint32 = |order: &str| {
        let found = readings
            .iter()
            .find(|r| r["type"] == "uint32" && r["order"] == order);
        found.unwrap()["value"].clone()
    };
    assert_eq!(
        (uint32("little"), uint32("big")),
        (0x18_0001.into(), 0x0100_1800.into())
    );
}

#[test]
fn text_that_goes_on_says_so() {
    let text = "é".repeat(40);
    for (size, cut) in [(64, false), (66, true)] {
        let bytes = &text.as_bytes()[..size];
        let shown = String::from_utf8(run_with(["peek", "-"], bytes).stdout).unwrap();
        let line = shown
            .lines()
            .find(|line| line.starts_with("utf-8"))
            .unwrap();
        assert_eq!(
            line.ends_with(&format!("{}\"…", "é".repeat(32))),
            cut,
            "{line}"
        );
        let json = run_with(["peek", "-", "-O", "json"], bytes).stdout;
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let mut readings = json["readings"].as_array().unwrap().iter();
        let utf8 = readings.find(|r| r["type"] == "utf-8").unwrap();
        assert_eq!(utf8.get("cut"), cut.then_some(&true.into()), "{utf8}");
    }
    // What follows is no text, or not the whole of a character.
    for behind in [&b"\xff"[..], b"\xc3", b"\0"] {
        let bytes = [&text.as_bytes()[..64], behind].concat();
        let json = run_with(["peek", "-", "-O", "json"], &bytes).stdout;
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let mut readings = json["readings"].as_array().unwrap().iter();
        let utf8 = readings.find(|r| r["type"] == "utf-8").unwrap();
        assert_eq!(utf8.get("cut"), None, "{behind:?}");
    }
}

#[test]
fn a_place_behind_the_end_is_told_with_the_size() {
    for offset in ["30", "0xffff_ffff"] {
        let answer = run_with(["peek", "-", offset], BMP);
        assert_eq!(answer.status, 2);
        assert!(
            answer.stderr.contains("the file has 30 bytes"),
            "{}",
            answer.stderr
        );
    }
    assert_eq!(run_with(["peek", "-", "-31"], BMP).status, 4);
}

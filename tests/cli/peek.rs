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

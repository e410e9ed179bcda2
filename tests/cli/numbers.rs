//! Numbers of 128 bits come out whole wherever a verb writes JSON.

use std::fs;

use crate::run::{run, run_with};

#[test]
fn json_has_the_widest_numbers_digit_for_digit() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, number: u128| {
        let path = folder.path().join(name);
        fs::write(&path, number.to_le_bytes()).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    let (most, zero) = (file("most", u128::MAX), file("zero", 0));
    let digits = u128::MAX.to_string();
    let field = format!(r#""value":{digits}"#);
    for arguments in [
        &["unpack", "<Y:n", &most, "-O", "json"][..],
        &["get", "-f", "<Y:n", &most, "n", "-O", "json"],
    ] {
        let answer = run(arguments);
        assert_eq!(answer.status, 0, "{arguments:?}: {}", answer.stderr);
        let text = String::from_utf8(answer.stdout).unwrap();
        assert!(text.contains(&digits), "{arguments:?}: {text}");
    }
    for arguments in [
        &["inspect", "-f", "<Y:n", &most, "-O", "json"][..],
        &["inspect", "-f", "<Y:n", &most, "-O", "jsonl"],
        &["diff", "-f", "<Y:n", &zero, &most, "-O", "json"],
        &["peek", &most, "-O", "jsonl"],
    ] {
        let answer = run(arguments);
        assert!(answer.stderr.is_empty(), "{arguments:?}: {}", answer.stderr);
        let text = String::from_utf8(answer.stdout).unwrap();
        assert!(text.contains(&field), "{arguments:?}: {text}");
    }
    let least = i128::MIN.to_le_bytes();
    let text = run_with(["inspect", "-f", "<y:n", "-", "-O", "jsonl"], &least).stdout;
    let text = String::from_utf8(text).unwrap();
    assert!(
        text.contains(&format!(r#""value":{}"#, i128::MIN)),
        "{text}"
    );
}

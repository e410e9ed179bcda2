//! `layout` and `size`.

use serde_json::json;

use crate::run::{peer, run};

#[test]
fn a_layout_has_a_picture_and_a_line_for_each_field() {
    assert_eq!(
        run(["layout", "<2s:magic I:size"]).out(),
        "\
6 bytes

      0   1   2   3   4   5
  0  |magic  |size           |

offset  size  align  code  field
   0x0     2         2s    magic
   0x2     4         I     size
"
    );
}

#[test]
fn a_layout_as_json_has_null_for_what_data_decide() {
    let layout = run(["layout", "<H:n 2x [n]I:items z:name", "-O", "json"]).json();
    assert_eq!(layout["size"], json!(null));
    assert_eq!(layout["min_size"], json!(5));
    let lines: Vec<_> = layout["fields"].as_array().unwrap().iter().collect();
    let told = |i: usize| {
        let line = lines[i];
        json!([line["path"], line["offset"], line["size"], line["kind"]])
    };
    assert_eq!(told(0), json!(["n", 0, 2, "field"]));
    assert_eq!(told(1), json!(["", 2, 2, "padding"]));
    assert_eq!(told(2), json!(["items", 4, null, "field"]));
    assert_eq!(told(3), json!(["name", null, null, "field"]));
    assert_eq!(lines.len(), 4);
}

#[test]
fn sizes_are_what_python_calculates() {
    let formats = [
        "<I",
        "<ccIIIIIIHH",
        "ci",
        "=ci",
        "0q",
        "c0q",
        "3sH",
        "9223372036854775807s",
        "",
    ];
    let program = "import struct, sys\nfor f in sys.argv[1:]: print(struct.calcsize(f))";
    let args: Vec<&str> = ["-c", program].into_iter().chain(formats).collect();
    let Some(sizes) = peer("python3", &args) else {
        return;
    };
    for (format, size) in formats.iter().zip(sizes.lines()) {
        assert_eq!(run(["size", format]).out(), format!("{size}\n"), "{format}");
    }
}

#[test]
fn a_size_that_data_decide_is_no_number() {
    let error = run(["size", "<H:n [n]I:items"]).fails(2);
    assert!(error.contains("at least 2"), "{error}");
}

#[test]
fn a_layout_in_another_language_says_when_there_is_none() {
    let rust = run(["layout", "<H:type B{low:4 high:4}:bits", "--as", "rust"]).out();
    assert!(
        rust.contains("pub type_: u16, // 0x0; type in the format; little-endian"),
        "{rust}"
    );
    assert!(
        rust.contains("low: bits 0 to 3, high: bits 4 to 7"),
        "{rust}"
    );
    let refused = run(["layout", "H:n [n]B:data", "--as", "c"]);
    assert_eq!(refused.status, 1);
    assert_eq!(refused.stdout, b"");
}

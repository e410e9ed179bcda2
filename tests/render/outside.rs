//! The example of a format of another crate does what it says.

#[path = "../../examples/icon.rs"]
#[allow(dead_code, reason = "a test has no use for its main")]
mod icon;

use bytewright::Source;
use bytewright::inspect::Document;

#[test]
fn a_format_of_another_crate_is_searched_changed_compared_and_shown() {
    let (mut log, mut page) = (Vec::new(), Vec::new());
    icon::run(&mut log, &mut page).unwrap();
    let log = String::from_utf8(log).unwrap();
    let plain = anstream::adapter::strip_str(&log).to_string();
    let (found, changed) = plain.split_once('\n').unwrap();
    assert_eq!(found, "found in image1");
    assert!(changed.contains("entries[1].width"), "{changed}");
    assert!(changed.contains('0') && changed.contains("48"), "{changed}");
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("icon, 45 bytes"), "{page}");
}

#[test]
fn an_image_that_the_file_has_not_is_told_with_a_code() {
    let mut file = b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0".to_vec();
    file.extend([9, 0, 0, 0, 22, 0, 0, 0, 1]);
    let document = Document::open(Source::from(file), icon::Icon).unwrap();
    let image = document.find(&"image0".parse().unwrap()).unwrap().remove(0);
    assert_eq!(image.node.problems[0].code, "X001");
    assert_eq!(image.node.range.size, 1);
}

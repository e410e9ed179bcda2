//! The example of a format of another crate does what it says.

#[path = "../../examples/icon.rs"]
#[allow(dead_code, reason = "a test has no use for its main")]
mod icon;

use std::io;

use bytewright::Source;
use bytewright::format::{Content, Edited, Fit, Follow, Format, Head, Picture};
use bytewright::inspect::{Document, edit};
use bytewright::render::html;
use bytewright::tree::{Node, Range};

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

/// One pixel of red, green and blue, and their sum, under names that are no words.
#[derive(Debug)]
struct Pixel;

impl Format for Pixel {
    fn name(&self) -> &str {
        "pixel"
    }

    fn fit(&self, head: &Head<'_>) -> io::Result<Option<Fit>> {
        Ok((head.start().len() == 4).then_some(Fit::Possible))
    }

    fn tree(&self, source: &Source, _: &mut Content<'_>) -> io::Result<Node> {
        let bytes = source.read(0, 4)?;
        let field = |(i, name): (usize, &'static str)| {
            let mut node = Node::new(name, Range::file(i as u64, 1));
            node.value = Some(bytes[i].into());
            node.format = Some("B".into());
            node
        };
        let fields = ["red", "green", "blue", "the sum"];
        let fields = fields.into_iter().enumerate().map(field).collect();
        let group = Node::new("a pixel", Range::file(0, 4)).with_children(fields);
        Ok(Node::new("pixel", Range::file(0, 4)).with_children(vec![group]))
    }

    fn follow(&self, edited: &Edited<'_>) -> io::Result<Vec<Follow>> {
        let [place] = edited.places() else {
            return Ok(Vec::new());
        };
        let mut sum = place.clone();
        sum.pop();
        sum.push("the sum".into());
        let all = edited.after().read(0, 3)?;
        let total: u8 = all.iter().sum();
        assert_eq!(edited.node(&sum)?.unwrap().range, Range::file(3, 1));
        Ok(vec![Follow::new(sum, vec![total], total.to_string())])
    }

    fn picture(&self, source: &Source, max_pixels: u64) -> Option<Picture<'static>> {
        let mut rgba = source.read(0, 4).ok().filter(|_| max_pixels > 0)?;
        rgba[3] = 255;
        Picture::new(1, 1, rgba).ok()
    }

    fn remedy(&self, is_compressed: bool) -> Option<&str> {
        (!is_compressed).then_some("mend FILE")
    }
}

#[test]
fn a_format_of_another_crate_has_its_picture_and_what_follows() {
    let open = |at: &[u8], start| Document::open_at(Source::from(at), Pixel, start).unwrap();
    let document = open(b"\x01\x02\x03\x06", 0);
    let picture = document.picture(1).unwrap();
    assert_eq!((picture.width(), picture.rgba()), (1, &[1, 2, 3, 255][..]));
    assert_eq!(document.picture(0), None);
    assert_eq!(open(b"-\x01\x02\x03\x06", 1).picture(1), Some(picture));
    assert_eq!(document.remedy().unwrap().as_deref(), Some("mend FILE"));

    let red = r#"["a pixel"].red"#.parse().unwrap();
    let edit = edit::plan(&document, &[(red, "7".to_owned())], true, &|_| None).unwrap();
    let changes: Vec<_> = edit
        .changes
        .iter()
        .map(|c| (&*c.path, c.offset, &*c.new))
        .collect();
    let expected: [(&str, u64, &[u8]); 2] = [
        (r#"["a pixel"].red"#, 0, &[7]),
        (r#"["a pixel"]["the sum"]"#, 3, &[12]),
    ];
    assert_eq!(changes, expected);

    let page = |part: &str| {
        let part = document.find(&part.parse().unwrap()).unwrap().remove(0);
        let mut page = Vec::new();
        html::page("a", &document, &part, None, None, &mut page).unwrap();
        String::from_utf8(page).unwrap()
    };
    let image = page("").contains("src=\"data:image/png;base64,iVBORw0KGgo");
    let of_field = page(r#"["a pixel"].red"#).contains("<img");
    assert_eq!((image, of_field), (true, false));
}

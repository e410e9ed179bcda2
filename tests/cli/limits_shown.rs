//! What docs/limits.md says of showing: as much as the limit is shown whole, and of more there is a
//! sign.

use crate::run::{Folder, run};

#[test]
fn a_tree_shows_sixteen_items_and_a_hundred_members() {
    let folder = Folder::new();
    let file = folder.file("a", &[7; 17]);
    let tree = |count: usize, all: &[&str]| {
        let format = format!("{count}(B:x):g");
        run([&["inspect", "-f", &format, &file][..], all].concat()).out()
    };
    assert!(!tree(16, &[]).contains("more (--all"));
    assert!(tree(17, &[]).contains("… and 1 more (--all shows them)"));
    assert!(!tree(17, &["--all"]).contains("more (--all"));
    let archive = |count: usize| {
        let mut builder = tar::Builder::new(Vec::new());
        for i in 0..count {
            let mut header = tar::Header::new_ustar();
            header.set_size(0);
            header.set_path(format!("f{i}")).unwrap();
            header.set_cksum();
            builder.append(&header, &[][..]).unwrap();
        }
        let file = folder.file("a.tar", &builder.into_inner().unwrap());
        run(["inspect", &file]).out()
    };
    assert!(!archive(100).contains("more (--all"));
    assert!(archive(101).contains("… and 1 more (--all shows them)"));
}

#[test]
fn a_tree_shows_thirty_two_characters_of_a_value() {
    let folder = Folder::new();
    let file = folder.file("a", &[b'a'; 40]);
    let tree = |size: usize, all: &[&str]| {
        let format = format!("{size}s:a");
        run([&["inspect", "-f", &format, &file][..], all].concat()).out()
    };
    // With b and the quotes.
    let whole = |size: usize| format!("b'{}'", "a".repeat(size));
    assert!(tree(29, &[]).contains(&whole(29)));
    let cut = format!("b'{}…", "a".repeat(29));
    assert!(tree(30, &[]).contains(&cut), "{}", tree(30, &[]));
    assert!(tree(30, &["--all"]).contains(&whole(30)));
}

#[test]
fn an_edit_shows_sixteen_bytes_and_in_json_256() {
    let folder = Folder::new();
    let none = folder.file("none", b"");
    let diff = |size: usize, args: &[&str]| {
        let file = folder.file("a", &vec![b'a'; size]);
        let run = run([&["diff", &none, &file][..], args].concat());
        assert_eq!(run.status, 1, "{}", run.stderr);
        String::from_utf8(run.stdout).unwrap()
    };
    assert!(!diff(16, &[]).contains('…'));
    assert!(diff(17, &[]).contains(" …"));
    assert!(!diff(17, &["--all"]).contains('…'));
    let text = |size: usize| format!("\"{}\"", "a".repeat(size));
    let json = ["-O", "jsonl"];
    assert!(diff(256, &json).contains(&text(256)));
    assert!(!diff(257, &json).contains(&text(257)));
    assert!(diff(257, &json).contains("\"size\":257"));
}

#[test]
fn a_string_in_json_has_up_to_65536_characters_and_says_where_it_is_cut() {
    let folder = Folder::new();
    let strings = |size: usize| {
        let file = folder.file("a", &vec![b'a'; size]);
        run(["strings", &file, "-O", "json"]).json()
    };
    let whole = strings(65_536);
    assert_eq!(whole.as_array().unwrap().len(), 1);
    assert!(whole[0].get("cut").is_none());
    let pieces = strings(65_537);
    assert_eq!(pieces[0]["value"].as_str().unwrap().len(), 65_536);
    assert_eq!(pieces[0]["cut"], true);
    assert_eq!(
        (&pieces[1]["value"], &pieces[1]["offset"]),
        (&"a".into(), &65_536.into())
    );
}

#[test]
fn peek_reads_sixty_four_bytes_of_text() {
    let folder = Folder::new();
    for (size, read, more) in [(63, 63, ""), (64, 64, ""), (65, 64, "…")] {
        let text = run(["peek", &folder.file("a", &vec![b'a'; size])]).out();
        let line = text.lines().find(|line| line.starts_with("utf-8")).unwrap();
        let expected = [
            "utf-8".to_owned(),
            read.to_string(),
            format!("\"{}\"{more}", "a".repeat(read)),
        ];
        assert_eq!(
            line.split_whitespace().collect::<Vec<_>>(),
            expected,
            "{size}"
        );
    }
}

#[test]
fn a_layout_shows_thirty_two_rows_and_writes_ten_thousand_items() {
    let layout = |rows: usize| {
        let fields: Vec<_> = (0..rows).map(|i| format!("16s:f{i}")).collect();
        run(["layout", &fields.join(" ")]).out()
    };
    assert!(!layout(32).contains("bytes more"));
    assert!(layout(33).contains("… 16 bytes more"));
    assert!(layout(35).contains("… 48 bytes more"));
    // The group itself is one, and so is each of its items, with two fields.
    let python = |format: &str| run(["layout", "--as", "python", format]);
    assert_eq!(python("3333(BB)").status, 0);
    let error = python("3333(BB) B").fails(1);
    assert!(error.contains("more than 10000 items"), "{error}");
}

//! Names of formats where formats are expected, and trees of formats that are given.

use crate::run::{Folder, run};

const SHELF: &str = "[formats.zip]\nformat = '<4s:magic'\n[formats.elf64]\nformat = '<B:class'\n";

/// Every verb that takes a format or a name.
fn verbs(format: &str, file: &str) -> Vec<Vec<String>> {
    [
        &["inspect", "-f", format, file][..],
        &["get", "-f", format, file, "[0]"],
        &["set", "-f", format, file, "[0]=1"],
        &["dump", "-f", format, file],
        &["find", "-f", format, "--hex", "00", file],
        &["diff", "-f", format, file, file],
        &["hash", "-f", format, "--field", "[0]", file],
    ]
    .iter()
    .map(|args| args.iter().map(|&arg| arg.to_owned()).collect())
    .collect()
}

#[test]
fn a_bare_name_is_an_error_that_says_what_to_write() {
    let folder = Folder::new();
    let file = folder.file("a.bin", &[0; 64]);
    let shelf = folder.file("shelf.toml", SHELF.as_bytes());
    for (word, advice) in [
        ("zip", "written %zip"),
        ("Zip", "written %zip"),
        ("elf", "%elf64"),
        ("pcx", "--formats FILE"),
        ("jpeg", "no format of the name jpeg is known"),
    ] {
        for mut args in verbs(word, &file) {
            args.extend(["--formats".to_owned(), shelf.clone()]);
            let error = run(&args).fails(3);
            assert!(error.contains(advice), "{args:?}: {error}");
        }
    }
    assert_eq!(std::fs::read(folder.path("a.bin")).unwrap(), [0; 64]);
}

#[test]
fn formats_of_bare_letters_are_formats_still() {
    let folder = Folder::new();
    let file = folder.file("a.bin", &[0; 64]);
    let text = run(["inspect", "-f", "@pcx", &file]).out();
    assert!(text.contains("struct, 64 bytes"), "{text}");
    assert_eq!(run(["get", "-f", "hhl", &file, "[2]"]).out(), "0\n");
}

#[test]
fn built_in_names_are_told_in_letters_of_either_case() {
    let bmp = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/bmp/info-4.bmp");
    for name in ["bmp", "BMP", "Bmp", " bmp "] {
        let args = ["get", "-f", name, bmp, "dib_header.width"];
        assert_eq!(run(args).out(), "12\n", "{name}");
    }
    let error = run(["formats", "BMP"]).fails(2);
    assert!(error.contains("inspect -f bmp FILE"), "{error}");
}

/// The directory of an icon: seven values an image, and bytes between them.
#[test]
fn a_group_is_short_only_where_nothing_is_left_out() {
    let folder = Folder::new();
    let entry = [16, 16, 0, 0, 1, 0, 32, 0, 40, 1, 0, 0, 22, 0, 0, 0];
    let file = folder.file("a.ico", &entry);
    let format = "<*(B:w B:h B:colors x H:planes H:bpp I:size I:offset):images";
    let text = run(["inspect", "-f", format, &file]).out();
    let lines: Vec<String> = text
        .lines()
        .skip(4)
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        lines,
        [
            "0x0 1 w 16",
            "0x1 1 h 16",
            "0x2 1 colors 0",
            "0x3 1 padding 00",
            "0x4 2 planes 1",
            "0x6 2 bpp 32",
            "0x8 4 size 296",
            "0xc 4 offset 22"
        ]
    );
    let text = run(["inspect", "-f", "<*(B:w x H:n):images", &file]).out();
    assert!(text.contains("w 16, …, n 0"), "{text}");
}

#[test]
fn a_group_as_python_prints_it_has_all_its_fields() {
    let folder = Folder::new();
    let file = folder.file("a.bin", &[1, 2, 3, 4]);
    let get = |format: &str| run(["get", "-f", format, "-O", "python", &file, "o"]).out();
    assert_eq!(get("(B:a (B:x B:y):g B:b):o"), "(1, (2, 3), 4)\n");
    assert_eq!(get("2(B:a B:b):o"), "[(1, 2), (3, 4)]\n");
    assert_eq!(get("(B 2B:pair x):o"), "(1, [2, 3])\n");
}

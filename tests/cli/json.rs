//! JSON of the verbs that make something.

use crate::run::{BMP, Folder, run, run_with};

const USTAR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/tar/ustar.tar");
const BITMAP: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/fixtures/bmp/rgb24-640x360.bmp"
);

#[test]
fn a_dump_is_lines_of_objects_and_none_is_left_out() {
    let lines = run_with(["dump", "--json", "-c", "10"], BMP).json();
    assert_eq!(lines.as_array().unwrap().len(), 3);
    assert_eq!(lines[0]["hex"], "424d388c0a0000000000");
    assert_eq!(lines[0]["text"], "BM8.......");
    assert_eq!(lines[2]["offset"], 20);
    let zeros = run_with(["dump", "-O", "jsonl"], &[0; 64]).out();
    assert_eq!(zeros.lines().count(), 4);
    // More than a page of them, and a last line that is short.
    let many = run_with(["dump", "-O", "json", "-c", "7"], &[65; 100_000]).json();
    let last = many.as_array().unwrap().last().unwrap().clone();
    assert_eq!(many.as_array().unwrap().len(), 14_286);
    assert_eq!(
        (last["offset"].as_u64(), &last["hex"]),
        (Some(99_995), &"4141414141".into())
    );
    let part = run(["dump", USTAR, "members[1].data", "-O", "jsonl", "-n", "3"]).json();
    assert_eq!(part["offset"], 0x400);
    run(["dump", "--json", "--plain", USTAR]).fails(2);
    run(["dump", "--json", USTAR, BITMAP]).fails(2);
}

#[test]
fn packed_bytes_are_written_in_the_form_that_is_asked_for() {
    let pack = |form: &str| run(["pack", ">I", "10240099", "-O", form]);
    assert_eq!(
        pack("json").json(),
        serde_json::json!({"size": 4, "hex": "009c4063"})
    );
    assert_eq!(pack("hex").out(), "009c4063\n");
    assert_eq!(pack("base64").out(), "AJxAYw==\n");
    assert_eq!(pack("raw").stdout, [0, 0x9c, 0x40, 0x63]);
    run(["pack", ">I", "1", "--hex", "-O", "json"]).fails(2);
}

#[test]
fn a_picture_that_was_written_is_told() {
    let folder = Folder::new();
    let out = folder.path("a.png");
    let out = out.to_str().unwrap();
    let told = run(["bmp", "convert", BITMAP, out, "--json"]).json();
    let size = std::fs::metadata(out).unwrap().len();
    let expected = serde_json::json!({
        "file": BITMAP, "out": out, "format": "png", "width": 640, "height": 360, "size": size,
    });
    assert_eq!(told, expected);
    let both = run([
        "bmp",
        "convert",
        BITMAP,
        "-",
        "--to-format",
        "png",
        "--json",
    ]);
    assert!(both.stdout.is_empty());
    both.fails(2);
}

#[test]
fn checked_digests_are_objects() {
    let folder = Folder::new();
    let file = folder.file("a", b"abc");
    let file = &*file;
    // The digest of "abc" in FIPS 180-2, of nothing, and a file that isn't there.
    let list = format!(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  {file}\n\
         e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  {file}\n\
         e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  {file}.gone\n"
    );
    let checked = run_with(["hash", "--check", "--json", "-"], list.as_bytes());
    assert_eq!(checked.status, 1, "{}", checked.stderr);
    let values: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
    let verdicts: Vec<_> = (0..3).map(|i| values[i]["verdict"].clone()).collect();
    assert_eq!(verdicts, ["ok", "differs", "unread"]);
    assert_eq!(values[0]["file"], file);
    assert_eq!(values[0]["algorithm"], "sha256");
}

#[test]
fn members_that_go_and_come_are_objects() {
    let folder = Folder::new();
    let archive = folder.file("a.tar", &std::fs::read(USTAR).unwrap());
    let archive = &*archive;
    let names = |values: &serde_json::Value| -> Vec<String> {
        let values = values.as_array().unwrap().iter();
        values
            .map(|value| value["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let both = folder.path("both.tar");
    let both = both.to_str().unwrap();
    let mut names_of_both = names(&run(["tar", "list", archive, "--json"]).json());
    assert_eq!(names_of_both.len(), 5);
    names_of_both.extend(names_of_both.clone());
    let put = run(["tar", "concat", archive, archive, "-o", both, "--json"]).json();
    assert_eq!(names(&put), names_of_both);
    let gone = run(["tar", "delete", both, "d/link", "--json"]).json();
    assert_eq!(names(&gone), ["d/link", "d/link"]);
    names_of_both.retain(|name| name != "d/link");
    let left = run(["tar", "list", both, "--json"]).json();
    assert_eq!(names(&left), names_of_both);
    let nothing = run(["tar", "delete", both, "no", "--json"]);
    assert_eq!((nothing.status, &*nothing.stdout), (1, &b"[]\n"[..]));
    run(["tar", "concat", archive, "-o", "-", "--json"]).fails(2);
}

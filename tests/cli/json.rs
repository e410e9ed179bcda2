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

#[test]
fn pictures_are_told_instead_of_shown() {
    let icon = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/bmp/core-24.bmp");
    // 640 by 360 pixels fit 80 by 21 cells, which are twice as high as wide, as 75 by 21.
    let shown = run([
        "bmp",
        "show",
        BITMAP,
        icon,
        "--json",
        "--columns",
        "80",
        "--rows",
        "21",
    ]);
    let values = shown.json();
    assert_eq!(values[0]["file"], BITMAP);
    for (key, value) in [
        ("width", 640),
        ("height", 360),
        ("bit_count", 24),
        ("columns", 75),
        ("rows", 21),
    ] {
        assert_eq!(values[0][key], value, "{key}");
    }
    assert_eq!(values[0]["compression"], "BI_RGB");
    assert_eq!(values[0]["problems"], serde_json::json!([]));
    assert_eq!(values[1]["file"], icon);
    // What can't be shown leaves the others.
    let one = run(["bmp", "show", "no.bmp", icon, "-O", "jsonl"]);
    let value: serde_json::Value = serde_json::from_slice(&one.stdout).unwrap();
    assert_eq!(value["file"], icon);
    assert_eq!(one.status, 2);
}

#[test]
fn scripts_and_pages_are_told_with_the_names_they_are_installed_by() {
    for (shell, file) in [
        ("bash", "bytewright"),
        ("zsh", "_bytewright"),
        ("fish", "bytewright.fish"),
    ] {
        let value = run(["completions", shell, "--json"]).json();
        assert_eq!(
            (&value["shell"], &value["file"]),
            (&shell.into(), &file.into())
        );
        assert_eq!(value["script"], *run(["completions", shell]).out());
    }
    let page = run(["man", "tar", "list", "--json"]).json();
    assert_eq!(page[0]["name"], "bytewright-tar-list");
    assert_eq!(page[0]["section"], "1");
    assert_eq!(page[0]["text"], *run(["man", "tar", "list"]).out());
    let language = run(["man", "language", "--json"]).json();
    assert_eq!(language[0]["section"], "7");
    let folder = Folder::new();
    let folder = folder.path("");
    let written = run(["man", "--out", folder.to_str().unwrap(), "--json"]).json();
    let written = written.as_array().unwrap();
    assert!(written.len() > 40, "{}", written.len());
    for page in written {
        let (name, section) = (&page["name"], &page["section"]);
        let file = std::path::Path::new(page["file"].as_str().unwrap());
        let expected = format!("{}.{}", name.as_str().unwrap(), section.as_str().unwrap());
        assert!(file.is_file() && file.ends_with(expected), "{page}");
    }
}

#[test]
fn every_verb_has_json_but_the_one_that_is_a_screen() {
    let verbs = |line: &[&str]| -> Vec<String> {
        let words = run(["complete", "--"].iter().chain(line).chain(&[""])).out();
        let words = words
            .lines()
            .map(|line| line.split('\t').next().unwrap().to_owned());
        words
            .filter(|word| !word.starts_with([':', '-']) && word != "help")
            .collect()
    };
    let mut without = Vec::new();
    for verb in verbs(&[]) {
        let below = match &*verb {
            "tar" | "bmp" => verbs(&[&verb]),
            _ => vec![String::new()],
        };
        for below in &below {
            let line = [&*verb, below].into_iter().filter(|word| !word.is_empty());
            let help = run(line.clone().chain(["--help"])).out();
            if !help.contains("--json") {
                without.push(line.collect::<Vec<_>>().join(" "));
            }
        }
    }
    assert_eq!(without, ["view"]);
    for json in [&["--json"][..], &["-O", "json"], &["--jsonl"]] {
        let message = run(["view", BITMAP].iter().chain(json)).fails(2);
        assert!(
            message.contains("bytewright inspect FILE --json"),
            "{message}"
        );
    }
}

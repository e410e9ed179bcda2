//! Files of formats that are wrong: each a clear error, none a hang.

#![cfg(feature = "cli")]

use std::path::PathBuf;

use bytewright::formats::user::{Known, MAX_FILE, discover};

fn parse_error(text: &str) -> String {
    Known::from_text("f.toml", text).unwrap_err().to_string()
}

fn compile_error(text: &str, format: &str) -> String {
    let known = Known::from_text("f.toml", text).unwrap();
    known.compile(format).unwrap_err().to_string()
}

#[test]
fn what_is_no_file_of_formats_is_told_with_its_line() {
    for (text, start) in [
        ("[formats.a\nformat = 'H'", "f.toml:1: "),
        ("[formats.a]\nformat = 3", "f.toml:2: "),
        (
            "[formats.a]\nformat = 'H'\ncolour = 1",
            "f.toml:3: unknown field `colour`",
        ),
        ("[formats.a]\ndoc = 'x'", "f.toml:1: missing field `format`"),
        (
            "[formats.a]\nformat = 'H'\n[formats.a]\nformat = 'I'",
            "f.toml:3: ",
        ),
        (
            "[formats.1a]\nformat = 'H'",
            "f.toml:1: \"1a\" can't stand behind %",
        ),
        (
            "[formats.a]\nformat='H:x'\n[formats.a.flags.x]\nzero='0'",
            "f.toml:4: \"zero\" is no mask",
        ),
        (
            "[formats.a]\nformat='H:x'\n[formats.a.enums.x]\n1='a'\n0x1='b'",
            "f.toml:",
        ),
        (
            "[formats.a]\nformat='H'\ndetect=[{}]",
            "f.toml:3: a rule needs bytes",
        ),
    ] {
        let error = parse_error(text);
        assert!(error.starts_with(start), "{text}\n{error}");
    }
}

#[test]
fn a_format_that_is_wrong_is_told_when_it_is_used() {
    let circle = "[formats.a]\nformat = '%b'\n[formats.b]\nformat = '%a'";
    assert!(compile_error(circle, "%a").contains("contains itself"));
    assert!(compile_error(circle, "H %b").contains("contains itself"));
    assert!(
        Known::from_text("f.toml", circle)
            .unwrap()
            .compile("H")
            .is_ok()
    );
    let unknown = "[formats.a]\nformat = '%c'";
    assert!(compile_error(unknown, "%a").contains("%c is not known"));
    let field = "[formats.a]\nformat = 'H:x'\n[formats.a.enums.y]\n1 = 'one'";
    let error = compile_error(field, "%a");
    assert!(
        error.starts_with("f.toml:3: in %a, enums: there is no field \"y\""),
        "{error}"
    );
}

#[test]
fn exponential_references_end_soon() {
    let mut text = String::from("[formats.f0]\nformat = 'H'\n");
    for i in 1..40 {
        let before = i - 1;
        text += &format!("[formats.f{i}]\nformat = '%f{before} %f{before}'\n");
    }
    assert!(compile_error(&text, "%f39").contains("too many fields"));
}

#[test]
fn what_is_no_regular_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let error = |path: PathBuf| Known::load(&[path]).unwrap_err().to_string();
    assert!(error(path("missing.toml")).contains("missing.toml: "));
    assert!(error(folder.path().to_owned()).contains("directory"));
    std::fs::write(
        path("huge.toml"),
        vec![b'#'; usize::try_from(MAX_FILE).unwrap() + 1],
    )
    .unwrap();
    assert!(error(path("huge.toml")).contains("at most"));
    std::fs::write(path("latin.toml"), b"# \xe9\n").unwrap();
    assert!(error(path("latin.toml")).contains("not UTF-8"));
    #[cfg(unix)]
    {
        let fifo = path("fifo.toml");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.unwrap().success());
        assert!(error(fifo).contains("not a regular file"));
    }
}

#[test]
fn the_nearest_format_counts() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("a/b");
    let own = folder.path().join("own");
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::create_dir_all(&own).unwrap();
    let write = |path: PathBuf, code: &str| {
        std::fs::write(&path, format!("[formats.x]\nformat = '{code}'\n")).unwrap();
        path
    };
    let given = write(folder.path().join("given.toml"), "B");
    write(folder.path().join("a/bytewright.toml"), "H");
    write(own.join("mine.toml"), "I");
    let size = |given: &[PathBuf], here, own| {
        let known = Known::load(&discover(given, here, own).unwrap()).unwrap();
        let size = known.compile("%x").unwrap().layout.size();
        (size, known.hidden().len())
    };
    assert_eq!(size(&[given], Some(&*deep), Some(&*own)), (Some(1), 2));
    assert_eq!(size(&[], Some(&*deep), Some(&*own)), (Some(2), 1));
    assert_eq!(size(&[], None, Some(&*own)), (Some(4), 0));
}

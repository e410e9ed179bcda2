//! Files of formats that are wrong: each a clear error, none a hang.

#![cfg(feature = "cli")]

use std::path::PathBuf;

use bytewright::formats::user::{Known, MAX_FILE, discover};
use bytewright::tree::{Node, Space};

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
            "f.toml:1: \"1a\" can't stand after %",
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

/// The paths of the leaves that mean something, with what they mean.
fn meanings(known: &Known, format: &str, data: &[u8]) -> Vec<String> {
    fn walk(prefix: &str, nodes: &[Node], said: &mut Vec<String>) {
        for node in nodes {
            let path = format!("{prefix}{}", node.name);
            if let Some(meaning) = &node.meaning {
                said.push(format!("{path}: {meaning}"));
            }
            let children: Vec<Node> = node.children().map(|c| c.unwrap().into_owned()).collect();
            walk(&format!("{path}."), &children, said);
        }
    }
    let compiled = known.compile(format).unwrap();
    let mut nodes = compiled.layout.nodes(data, Space::FILE, 0).unwrap();
    compiled.meanings.annotate(&mut nodes);
    let mut said = Vec::new();
    walk("", &nodes, &mut said);
    said
}

/// A point has an enumeration, flags and a note; a line is two of it, a picture many lines.
const NESTED: &str = r#"
[formats.point]
format = "<B:color B:style B:weight"
enums.color = { 1 = "red", 2 = "blue" }
flags.style = { 1 = "bold", 4 = "dashed" }
notes.weight = "in grams"

[formats.line]
format = "<%point:from %point:to B:kind"
enums.kind = { 7 = "straight" }
enums."to.color" = { 2 = "azure" }

[formats.picture]
format = "<B:n [n]%line:lines %point"
"#;

#[test]
fn what_a_stored_format_says_holds_wherever_it_is_referred_to() {
    let known = Known::from_text("f.toml", NESTED).unwrap();
    let point = ["color: red", "style: bold | dashed", "weight: in grams"];
    assert_eq!(meanings(&known, "%point", &[1, 5, 9]), point);
    // Named, by its index, beside other fields, in a group, in an array, at the end of the input.
    let at = |prefix: &str| point.map(|said| format!("{prefix}.{said}")).to_vec();
    assert_eq!(meanings(&known, "%point:p", &[1, 5, 9]), at("p"));
    assert_eq!(meanings(&known, "B %point", &[0, 1, 5, 9]), at("1"));
    assert_eq!(meanings(&known, "(B %point:p):g", &[0, 1, 5, 9]), at("g.p"));
    let two = [1, 5, 9, 1, 5, 9];
    let both = [at("p.0"), at("p.1")].concat();
    assert_eq!(meanings(&known, "2%point:p", &two), both);
    assert_eq!(meanings(&known, "*%point:p", &two), both);
    assert_eq!(
        meanings(&known, "B:n [n]%point:p", &[&[2], &two[..]].concat()),
        both
    );
    assert_eq!(
        meanings(&known, "*(%point:p):g", &two),
        [at("g.0.p"), at("g.1.p")].concat()
    );
}

#[test]
fn the_format_around_a_stored_one_has_the_last_word_about_its_fields() {
    let known = Known::from_text("f.toml", NESTED).unwrap();
    assert_eq!(
        meanings(&known, "%picture", &[1, 2, 1, 0, 2, 4, 0, 7, 1, 0, 0]),
        [
            "lines.0.from.color: blue",
            "lines.0.from.style: bold",
            "lines.0.from.weight: in grams",
            "lines.0.to.color: azure",
            "lines.0.to.style: dashed",
            "lines.0.to.weight: in grams",
            "lines.0.kind: straight",
            "2.color: red",
            "2.weight: in grams",
        ]
    );
}

#[test]
fn a_stored_format_that_describes_a_field_it_has_not_is_told_where_it_is_referred_to() {
    let file = "[formats.a]\nformat = 'B:x'\n[formats.a.enums.y]\n1 = 'one'";
    for format in ["%a", "%a:a", "2%a:a B"] {
        let error = compile_error(file, format);
        assert!(
            error.starts_with("f.toml:3: in %a, enums: there is no field \"y\""),
            "{error}"
        );
    }
}

/// What is said of a field that no file can have would be shown nowhere.
#[test]
fn paths_of_whole_formats_lead_to_fields() {
    let said_of = |path: &str| {
        let text = format!(
            "[formats.a]\nformat = '''B:end *(B:kind {{kind ; 1: [2](H:x B{{lo:4 hi:4}}):pairs ; else: %b:other}} 2H:sizes [2]s=(B:inner)):tags'''\n\
             notes.\"{path}\" = \"a note\"\n[formats.b]\nformat = '2(B:deep):more'\n"
        );
        let known = Known::from_text("f.toml", &text).unwrap();
        known.compile("%a").map(|_| ()).map_err(|e| e.to_string())
    };
    for path in [
        "tags",
        "tags[]",
        "tags[].kind",
        "tags[].pairs",
        "tags[].pairs[]",
        "tags[].pairs[].x",
        "tags[].pairs[].lo",
        "tags[].other.more[].deep",
        "tags[].sizes",
        "tags[].sizes[]",
        "tags[].inner",
        "end",
    ] {
        assert_eq!(said_of(path), Ok(()), "{path}");
    }
    for (path, meant) in [
        ("tags.kind", Some("tags[].kind")),
        ("tags[].pairs.x", Some("tags[].pairs[].x")),
        ("tags.pairs.hi", Some("tags[].pairs[].hi")),
        ("tags[].kind[]", Some("tags[].kind")),
        (
            "tags[].other[].more[].deep",
            Some("tags[].other.more[].deep"),
        ),
        ("end[]", Some("end")),
        ("kind", None),
        ("tags[].x", None),
        ("tags[].pairs[].x.y", None),
        ("tags[].other.deep", None),
        ("tags[].sizes.kind", None),
    ] {
        let error = said_of(path).unwrap_err();
        let message = match meant {
            Some(meant) => {
                format!("in %a, notes: there is no field {path:?}; did you mean {meant:?}?")
            }
            None => format!("in %a, notes: there is no field {path:?} in it"),
        };
        assert!(error.ends_with(&message), "{error}");
    }
}

/// A format that another refers to may say something of fields as well.
#[test]
fn paths_of_formats_that_a_whole_format_refers_to_lead_to_fields() {
    let said_of = |path: &str, format: &str| {
        let text = format!(
            "[formats.a]\nformat = '''B:kind {{kind: %b:one; else: [2]%b:all}} z\"\\n\":end'''\n\
             [formats.b]\nformat = '{format}'\nnotes.\"{path}\" = \"a note\"\n"
        );
        let known = Known::from_text("f.toml", &text).unwrap();
        known.compile("%a").map(|_| ()).map_err(|e| e.to_string())
    };
    for path in ["size", "items", "items[].x", "items[].lo"] {
        let format = "H:size 2(B:x B{lo:4 hi:4}):items";
        assert_eq!(said_of(path, format), Ok(()), "{path}");
    }
    // By itself such a format calls a group without a name by its index.
    for path in ["0.x", "1[].y", "2"] {
        assert_eq!(said_of(path, "(B:x) 2(B:y) 2H"), Ok(()), "{path}");
    }
    let whole = "B:n {n: [n](H:x):pairs}";
    assert_eq!(said_of("pairs[].x", whole), Ok(()));
    for (path, format, message) in [
        (
            "items.x",
            "H:size 2(B:x):items",
            "; did you mean \"items[].x\"?",
        ),
        ("pairs.x", whole, "; did you mean \"pairs[].x\"?"),
        ("pears", whole, " in it"),
    ] {
        let error = said_of(path, format).unwrap_err();
        let expected = format!("f.toml:5: in %b, notes: there is no field {path:?}{message}");
        assert_eq!(error, expected);
    }
}

/// Each level is gone through once, however often a format contains itself.
#[test]
fn a_path_into_a_format_that_contains_itself_twice_is_told_at_once() {
    let text =
        "[formats.a]\nformat = 'B:n {n; 1: %a %a %a; 2: %a %a; 3: H:x}'\nnotes.y = \"a note\"\n";
    let known = Known::from_text("f.toml", text).unwrap();
    let error = known.compile("%a").unwrap_err().to_string();
    assert!(error.ends_with("there is no field \"y\" in it"), "{error}");
    let known = Known::from_text("f.toml", &text.replace("notes.y", "notes.x")).unwrap();
    assert!(known.compile("%a").is_ok());
}

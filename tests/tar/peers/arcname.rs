//! Members are named as Python names them.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use bytewright::formats::tar::{Archive, Builder, Notice};

use super::have;

/// A path that is added, by the name given, if any: members are named as Python names them,
/// whether or not with what is in folders, and with `..` as far as that is allowed. `@` stands
/// for the folder that everything lies in.
const ARCNAMES: [(&str, Option<&str>); 55] = [
    ("files", None),
    ("files/", None),
    ("./files", None),
    ("files/sub", None),
    ("files//sub", None),
    ("files/./sub", None),
    ("one", None),
    ("./one", None),
    (".", None),
    ("./", None),
    ("files", Some("newfile")),
    ("files", Some("newfile/")),
    ("files", Some("newfile//")),
    ("files", Some("/newfile")),
    ("files", Some("//newfile")),
    ("files", Some("///new/file")),
    ("files", Some("a/b/c")),
    ("files", Some("a//b")),
    ("files", Some("a/./b")),
    ("files", Some("./a")),
    ("files", Some(".")),
    ("files", Some("./")),
    ("files", Some("./.")),
    ("files", Some(".hidden")),
    ("files", Some("...")),
    ("files", Some("..a/b..")),
    ("files", Some("with space")),
    ("files", Some("größe/画像")),
    ("files", Some("a=b")),
    ("files", Some("a\nb")),
    ("files", Some("back\\slash")),
    ("files", Some("C:x")),
    ("one", Some("two")),
    ("one", Some("/deep/two")),
    ("one", Some("./two")),
    ("files/sub/b", Some("b")),
    ("@/files", None),
    ("@/one", None),
    ("@//files//sub", None),
    ("@/files", Some("newfile")),
    ("@/files", Some("/abs/newfile")),
    ("@/one", Some("a/b/two")),
    ("with space", None),
    ("with space", Some("other space ")),
    ("größe", None),
    ("größe/画像", Some("naïve")),
    ("a=b", None),
    ("a=b", Some("c=d=e")),
    ("empty", None),
    ("empty", Some("void")),
    ("files/../one", Some("plain")),
    ("files", Some("..")),
    ("files", Some("../up")),
    ("one", Some("a/../two")),
    ("files/../one", None),
];

/// The path, the arcname, what Python does, what we do; `None` where we refuse.
type Different = (
    &'static str,
    &'static str,
    &'static [&'static str],
    Option<&'static [&'static str]>,
);

/// Where we differ on purpose.
const DIFFERENT: [Different; 5] = [
    ("one", "../two", &["../two"], None),
    ("one", "a/../two", &["a/../two"], None),
    ("files", "..", &["../", "../a", "../sub/", "../sub/b"], None),
    (
        "files",
        "",
        &["/", "a", "sub/", "sub/b"],
        Some(&["a", "sub/", "sub/b"]),
    ),
    (
        "files",
        "/",
        &["/", "a", "sub/", "sub/b"],
        Some(&["a", "sub/", "sub/b"]),
    ),
];

#[test]
fn arcnames_are_those_of_python() {
    if !have("python3") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join("files/sub")).unwrap();
    for folder in ["empty", "with space", "größe"] {
        fs::create_dir(home.path().join(folder)).unwrap();
    }
    for name in [
        "one",
        "files/a",
        "files/sub/b",
        "with space/a b",
        "größe/画像",
        "a=b",
    ] {
        fs::write(home.path().join(name), name).unwrap();
    }
    let place = |path: &str| path.replace('@', home.path().to_str().unwrap());
    let same = ARCNAMES.iter().flat_map(|&(path, arcname)| {
        [true, false].map(|recursive| (place(path), arcname, recursive))
    });
    let different = DIFFERENT
        .iter()
        .map(|&(path, arcname, ..)| (place(path), Some(arcname), true));
    let cases: Vec<_> = same.chain(different).collect();
    let script = "\
import sys, os, json, io, tarfile
os.chdir(sys.argv[1])
for path, arcname, recursive in json.load(sys.stdin):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w') as t:
        t.add(path, arcname, recursive)
    out.seek(0)
    print(json.dumps([t.name + '/' * t.isdir() for t in tarfile.open(fileobj=out)]))";
    let mut child = Command::new("python3")
        .args(["-c", script])
        .arg(home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(serde_json::to_string(&cases).unwrap().as_bytes())
        .unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let output = String::from_utf8(output.stdout).unwrap();
    let mut lines = output
        .lines()
        .map(|line| serde_json::from_str::<Vec<String>>(line).unwrap());

    for (path, arcname) in ARCNAMES {
        for recursive in [true, false] {
            let pythons: Vec<String> = lines.next().unwrap();
            let allowing = |builder: Adding| builder.allow_parent(true).recursive(recursive);
            let ours = our_names(home.path(), &place(path), arcname, allowing).unwrap();
            // Reading, Python takes every `/` off a folder's end; we keep what is there.
            let ours: Vec<_> = ours.iter().map(|name| one_slash(name)).collect();
            let case = format!("{path:?} as {arcname:?}, recursive: {recursive}");
            assert_eq!(ours, pythons, "{case}");
            let has_parent = arcname.unwrap_or(path).split('/').any(|part| part == "..");
            let plain = our_names(home.path(), &place(path), arcname, |builder| builder);
            assert_eq!(plain.is_err(), has_parent, "{case}: {plain:?}");
        }
    }
    for (path, arcname, pythons, ours) in DIFFERENT {
        assert_eq!(
            lines.next().unwrap(),
            pythons,
            "Python, {path:?} as {arcname:?}"
        );
        let found = our_names(home.path(), path, Some(arcname), |builder| builder).ok();
        let ours = ours.map(|names| names.iter().map(|&name| name.to_owned()).collect());
        assert_eq!(found, ours, "{path:?} as {arcname:?}");
    }
    assert_eq!(lines.next(), None);
}

type Adding = Builder<'static, Vec<u8>>;

fn one_slash(name: &str) -> String {
    match name.trim_end_matches('/') {
        trimmed if trimmed.len() < name.len() => format!("{trimmed}/"),
        trimmed => trimmed.to_owned(),
    }
}

/// The members of an archive of `path`, seen from `folder`.
fn our_names(
    folder: &Path,
    path: &str,
    arcname: Option<&str>,
    options: impl Fn(Adding) -> Adding,
) -> Result<Vec<String>, String> {
    let mut builder = options(Builder::new(Vec::new()));
    // As `-C` does: the name is that of the path as it was given.
    let name = Path::new(arcname.unwrap_or(path));
    let mut notice = |notice: Notice| {
        assert!(!notice.is_failure(), "{notice}");
    };
    let added = builder.add(folder.join(path), Some(name), &mut notice);
    added.map_err(|e| e.to_string())?;
    let archive = builder.finish().unwrap();
    let mut archive = Archive::new(archive.into()).unwrap();
    let names = archive
        .members()
        .map(|m| String::from_utf8(m.unwrap().name).unwrap());
    Ok(names.collect())
}

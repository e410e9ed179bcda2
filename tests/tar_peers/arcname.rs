//! Members are named as Python names them.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use bytewright::formats::tar::{Archive, Builder, Notice};

use crate::have;

/// A path that is added, by the name given, if any: members are named as Python names them.
const ARCNAMES: [(&str, Option<&str>); 36] = [
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
    for name in ["one", "files/a", "files/sub/b"] {
        fs::write(home.path().join(name), name).unwrap();
    }
    let same = ARCNAMES.iter().map(|&(path, arcname)| (path, arcname));
    let different = DIFFERENT
        .iter()
        .map(|&(path, arcname, ..)| (path, Some(arcname)));
    let cases: Vec<_> = same.chain(different).collect();
    let script = "\
import sys, os, json, io, tarfile
os.chdir(sys.argv[1])
for path, arcname in json.load(sys.stdin):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w') as t:
        t.add(path, arcname)
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
        let pythons: Vec<String> = lines.next().unwrap();
        let ours = our_names(home.path(), path, arcname).unwrap();
        // Reading, Python takes every `/` off a folder's end; we keep what is there.
        let ours: Vec<_> = ours.iter().map(|name| one_slash(name)).collect();
        assert_eq!(ours, pythons, "{path:?} as {arcname:?}");
    }
    for (path, arcname, pythons, ours) in DIFFERENT {
        assert_eq!(
            lines.next().unwrap(),
            pythons,
            "Python, {path:?} as {arcname:?}"
        );
        let found = our_names(home.path(), path, Some(arcname)).ok();
        let ours = ours.map(|names| names.iter().map(|&name| name.to_owned()).collect());
        assert_eq!(found, ours, "{path:?} as {arcname:?}");
    }
    assert_eq!(lines.next(), None);
}

fn one_slash(name: &str) -> String {
    match name.trim_end_matches('/') {
        trimmed if trimmed.len() < name.len() => format!("{trimmed}/"),
        trimmed => trimmed.to_owned(),
    }
}

/// The members of an archive of `path`, seen from `folder`.
fn our_names(folder: &Path, path: &str, arcname: Option<&str>) -> Result<Vec<String>, String> {
    let mut builder = Builder::new(Vec::new());
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

//! Items of arrays in the trees of files, as rows.

use crate::{Folder, failure, text};

fn archive(folder: &Folder) -> String {
    folder.file("one.txt", "first");
    folder.file("two.txt", "the second");
    let path = folder.path("x.tar");
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_bytewright"))
        .args(["tar", "create", "x.tar", "one.txt", "two.txt"])
        .current_dir(folder.at())
        .output()
        .unwrap();
    assert!(
        status.status.success(),
        "{}",
        String::from_utf8_lossy(&status.stderr)
    );
    path.to_str().unwrap().to_owned()
}

#[test]
fn headers_of_members_are_rows() {
    let folder = Folder::new();
    let file = archive(&folder);
    let rows = text(
        &folder,
        &[
            "members[*].header",
            &file,
            "--select",
            "name,size",
            "-O",
            "csv",
        ],
    );
    assert_eq!(rows, "name,size\none.txt,5\ntwo.txt,10\n");
    let rows = text(
        &folder,
        &[
            "members[*].header",
            &file,
            "--select",
            "name",
            "--where",
            "size > 5",
            "-O",
            "csv",
        ],
    );
    assert_eq!(rows, "name\ntwo.txt\n");
    // The name of an array is a path to its items.
    let rows = text(
        &folder,
        &["members", &file, "--select", "header.name", "-O", "jsonl"],
    );
    assert_eq!(
        rows,
        "{\"header\":{\"name\":\"one.txt\"}}\n{\"header\":{\"name\":\"two.txt\"}}\n"
    );
}

#[test]
fn plain_values_are_rows_of_one_column() {
    let folder = Folder::new();
    folder.file("in.bin", [1, 0, 2, 0, 3, 0]);
    let rows = text(&folder, &["n[*]", "in.bin", "-f", "<3H:n", "-O", "csv"]);
    assert_eq!(rows, "value\n1\n2\n3\n");
}

#[test]
fn items_that_differ_have_the_columns_of_all() {
    let folder = Folder::new();
    folder.file("in.bin", [0, 5, 1, 6, 0, 0, 7]);
    let format = "*(B:kind {kind; 0: B:a; 1: <H:b}):items";
    let rows = text(&folder, &["items[*]", "in.bin", "-f", format, "-O", "csv"]);
    let mut lines = rows.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!(names.len(), 3, "{rows}");
    let cells: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let column = |name: &str| {
        names
            .iter()
            .position(|known| known.ends_with(name))
            .unwrap()
    };
    let (a, b) = (column("a"), column("b"));
    let of = |column: usize| cells.iter().map(|row| row[column]).collect::<Vec<_>>();
    assert_eq!(of(a), ["5", "", "7"]);
    assert_eq!(of(b), ["", "6", ""]);
}

#[test]
fn paths_that_lead_nowhere_are_no() {
    let folder = Folder::new();
    let file = archive(&folder);
    assert_eq!(failure(&folder, &["membres[*]", &file]).0, 1);
    let (status, said) = failure(&folder, &["--pack", "members[*]", &file]);
    assert_eq!(status, 2);
    assert!(
        said.contains("--pack needs the format of a record"),
        "{said}"
    );
}

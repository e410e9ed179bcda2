//! The built program: what it prints, and how it ends.

use std::process::{Command, Output};

use super::*;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bytewright-sql"))
        .args(arguments)
        .output()
        .unwrap()
}

/// Runs a query over ticks; answers the status, the output and the errors.
fn query(path: &Path, sql: &str, more: &[&str]) -> (i32, String, String) {
    let table = format!("t={TICK}@{}", path.display());
    let output = run(&[&[sql, "--table", &table][..], more].concat());
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn printed(path: &Path, sql: &str, more: &[&str]) -> String {
    let (status, out, error) = query(path, sql, more);
    assert_eq!((status, error.as_str()), (0, ""), "{out}");
    out
}

#[test]
fn rows_are_written_in_each_form() {
    let (folder, path) = file(&ticks(3));
    let sql = "SELECT at, qty, side FROM t WHERE qty < -1";
    assert_eq!(
        printed(&path, sql, &[]),
        "at                    qty  side\n\
         2023-11-14T22:13:20Z   -3  B\n\
         2023-11-14T22:13:21Z   -2  S\n"
    );
    assert_eq!(
        printed(&path, sql, &["-O", "csv"]),
        "at,qty,side\n2023-11-14T22:13:20Z,-3,B\n2023-11-14T22:13:21Z,-2,S\n"
    );
    assert_eq!(
        printed(&path, "SELECT qty, side FROM t", &["-O", "jsonl"]),
        "{\"qty\":-3,\"side\":\"B\"}\n{\"qty\":-2,\"side\":\"S\"}\n{\"qty\":-1,\"side\":\"B\"}\n"
    );
    assert_eq!(
        printed(&path, "SELECT qty FROM t LIMIT 1", &["-O", "json"]),
        "[{\"qty\":-3}]\n"
    );
    // Without a row, the names are there all the same.
    assert_eq!(
        printed(&path, "SELECT qty FROM t WHERE qty > 9", &["-O", "csv"]),
        "qty\n"
    );
    assert_eq!(
        printed(&path, "SELECT qty FROM t WHERE qty > 9", &[]),
        "qty\n"
    );
    assert_eq!(
        printed(&path, "SELECT qty FROM t WHERE qty > 9", &["-O", "jsonl"]),
        ""
    );
    let parquet = folder.path().join("out.parquet");
    printed(&path, sql, &["-o", parquet.to_str().unwrap()]);
    let written = std::fs::read(&parquet).unwrap();
    assert!(written.starts_with(b"PAR1") && written.ends_with(b"PAR1"));
    let arrow = folder.path().join("out.arrow");
    printed(&path, sql, &["-o", arrow.to_str().unwrap()]);
    assert!(std::fs::read(&arrow).unwrap().starts_with(b"ARROW1"));
}

#[test]
fn arrays_and_bytes_are_text_where_only_text_can_be() {
    let (_folder, path) = file(b"\x01\x02ab\xff\x00");
    let table = format!("t=2B:pair 2s:text 2s:bytes@{}", path.display());
    let csv = run(&["SELECT * FROM t", "--table", &table, "-O", "csv"]);
    assert_eq!(
        String::from_utf8(csv.stdout).unwrap(),
        "pair,text,bytes\n\"[1,2]\",ab,x'ff00'\n"
    );
    let json = run(&["SELECT * FROM t", "--table", &table, "-O", "jsonl"]);
    assert_eq!(
        String::from_utf8(json.stdout).unwrap(),
        "{\"pair\":[1,2],\"text\":\"ab\",\"bytes\":\"x'ff00'\"}\n"
    );
    let found = run(&[
        "SELECT pair[2] AS b FROM t WHERE text = X'6162'",
        "--table",
        &table,
    ]);
    let error = String::from_utf8(found.stderr).unwrap();
    assert!(found.status.success(), "{error}");
}

#[test]
fn errors_point_at_what_is_wrong() {
    let (_folder, path) = file(&ticks(3));
    let bad = format!("t=<I:a 3@{}", path.display());
    let output = run(&["SELECT a FROM t", "--table", &bad]);
    assert_eq!(output.status.code(), Some(3));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("error: --table t: "), "{error}");
    assert!(
        error.contains("  <I:a 3\n") && error.contains('^'),
        "{error}"
    );

    let (status, out, error) = query(&path, "SELECT a FROM x", &[]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(
        error.contains("'datafusion.public.x' not found; of tables, there are t"),
        "{error}"
    );

    let (status, _, error) = query(&path, "SELECT quantity FROM t", &[]);
    assert_eq!(status, 2);
    assert!(
        error.contains("quantity") && error.contains("qty"),
        "{error}"
    );

    let (status, _, error) = query(&path, "SELEC qty FROM t", &[]);
    assert_eq!(status, 2);
    assert!(error.contains("SELEC"), "{error}");

    for forbidden in ["CREATE TABLE x AS SELECT * FROM t", "COPY t TO 'x.csv'"] {
        assert_eq!(query(&path, forbidden, &[]).0, 2);
    }
    assert_eq!(run(&[]).status.code(), Some(2));
    let variable = format!("t=B:n [n]s:text@{}", path.display());
    let output = run(&["SELECT n FROM t", "--table", &variable]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("have no fixed size"), "{error}");
}

#[test]
fn data_that_are_wrong_are_status_4_and_leave_no_file() {
    let (folder, path) = file(&ticks(3)[..33]);
    let out = folder.path().join("out.csv");
    let (status, _, error) = query(&path, "SELECT qty FROM t", &["-o", out.to_str().unwrap()]);
    assert_eq!(status, 4);
    assert!(
        error.contains("ticks.bin: the last record, which begins at 0x1c"),
        "{error}"
    );
    assert!(error.contains("--allow-partial"), "{error}");
    assert!(!out.exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let lax = printed(&path, "SELECT count(*) AS n FROM t", &["--allow-partial"]);
    assert_eq!(lax, "n\n2\n");
}

#[test]
fn a_file_of_another_kind_is_replaced_by_force_alone() {
    let (folder, path) = file(&ticks(3));
    let out = folder.path().join("notes.txt");
    std::fs::write(&out, "mine").unwrap();
    let to = ["-o", out.to_str().unwrap(), "-O", "csv"];
    assert_eq!(query(&path, "SELECT qty FROM t", &to).0, 2);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "mine");
    let forced = [&to[..], &["--force"]].concat();
    printed(&path, "SELECT qty FROM t LIMIT 1", &forced);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "qty\n-3\n");
}

#[test]
fn names_are_as_the_format_writes_them() {
    let (_folder, path) = file(b"\x01\x02\x03");
    let table = format!("t=B:Qty (B:x B:y):at@{}", path.display());
    let output = run(&[
        "SELECT Qty, \"at.x\", SUM(\"at.y\") AS Sum FROM t GROUP BY 1, 2",
        "--table",
        &table,
    ]);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "Qty  at.x  Sum\n  1     2    3\n"
    );
}

#[test]
fn plans_are_shown_line_by_line() {
    let (_folder, path) = file(&ticks(3));
    let out = printed(&path, "EXPLAIN SELECT side FROM t WHERE qty > 1", &[]);
    assert!(
        out.contains("condition=(qty > 1)") || out.contains("RecordScan"),
        "{out}"
    );
}

#[test]
fn values_that_are_lost_are_told() {
    let (_folder, path) = file(b"\xff\x41");
    let table = format!("t=s~ascii:c@{}", path.display());
    let output = run(&["SELECT c FROM t", "--table", &table]);
    assert!(output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.starts_with("warning: 1 values are none that their column can hold"),
        "{error}"
    );
}

#[test]
fn a_reader_that_goes_ends_the_query_quietly() {
    use std::io::Read as _;
    use std::process::Stdio;
    let (_folder, path) = file(&ticks(300_000));
    let table = format!("t={TICK}@{}", path.display());
    let mut child = Command::new(env!("CARGO_BIN_EXE_bytewright-sql"))
        .args(["SELECT * FROM t", "--table", &table, "-O", "csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 11];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"at,qty,side");
    let ended = child.wait_with_output().unwrap();
    assert_eq!(
        (ended.status.code(), ended.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}

//! The same sums by NumPy over the bytes, and by `DuckDB` over a Parquet file that the program has written.

use std::process::Command;

use super::*;

/// What a script of Python prints; `None`, which is said, where NumPy or `DuckDB` is missing, unless peers are required.
fn python(script: &str, arguments: &[&str]) -> Option<String> {
    let run = |script: &str| {
        Command::new("python3")
            .arg("-c")
            .arg(script)
            .args(arguments)
            .output()
    };
    if !run("import numpy, duckdb").is_ok_and(|output| output.status.success()) {
        let required = std::env::var("BYTEWRIGHT_REQUIRE_PEERS").is_ok_and(|set| set == "1");
        assert!(!required, "python3 with NumPy and DuckDB is required");
        println!("skipped: python3 has no NumPy or no DuckDB");
        return None;
    }
    let output = run(script).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Records with numbers of every kind that NumPy has, from a generator of its own.
const MAKE: &str = "
import sys, numpy as np
kind = np.dtype([('id','<u4'),('key','>i2'),('x','<f4'),('y','>f8'),('z','<i8'),('b','u1')])
r = np.random.default_rng(5)
a = np.zeros(20011, kind)
a['id'] = np.arange(len(a)); a['key'] = r.integers(-3, 4, len(a)); a['b'] = r.integers(0, 256, len(a))
a['x'] = r.integers(-1000, 1000, len(a)) / 8; a['y'] = r.integers(-1000, 1000, len(a)) / 16
a['z'] = r.integers(-2**40, 2**40, len(a))
a.tofile(sys.argv[1])
";

/// The same as a format: groups state orders of their bytes.
const FORMAT: &str = "<I:id (>h:key):k f:x (>d:y):l q:z B:b";

const SQL: &str = "SELECT \"k.key\" AS key, count(*) AS n, sum(id) AS id, sum(x) AS x, sum(\"l.y\") AS y, \
                   min(z) AS least, max(z) AS most, sum(b) AS b FROM t WHERE b < 200 GROUP BY 1 ORDER BY 1";

fn sums(path: &Path) -> String {
    let table = format!("t={FORMAT}@{}", path.display());
    let output = Command::new(env!("CARGO_BIN_EXE_bytewright-sql"))
        .args([SQL, "--table", &table, "-O", "csv"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn sums_are_those_of_numpy() {
    let (_folder, path) = file(b"");
    let text = path.to_str().unwrap();
    let script = format!(
        "{MAKE}
a = np.frombuffer(open(sys.argv[1],'rb').read(), kind)
a = a[a['b'] < 200]
print('key,n,id,x,y,least,most,b')
for key in np.unique(a['key']):
    g = a[a['key'] == key]
    print(key, len(g), g['id'].sum(dtype='u8'), g['x'].sum(dtype='f8'), g['y'].sum(), g['z'].min(), g['z'].max(), g['b'].sum(dtype='u8'), sep=',')
"
    );
    // All sums of these floats are exact, in any order.
    let Some(theirs) = python(&script, &[text]) else {
        return;
    };
    assert_eq!(sums(&path), theirs);
}

#[test]
fn sums_are_those_of_duckdb_over_parquet() {
    let (folder, path) = file(b"");
    if python(MAKE, &[path.to_str().unwrap()]).is_none() {
        return;
    }
    let parquet = folder.path().join("t.parquet");
    let table = format!("t={FORMAT}@{}", path.display());
    let written = Command::new(env!("CARGO_BIN_EXE_bytewright-sql"))
        .args([
            "SELECT * FROM t",
            "--table",
            &table,
            "-o",
            parquet.to_str().unwrap(),
        ])
        .status()
        .unwrap();
    assert!(written.success());
    let script = "
import sys, duckdb
rows = duckdb.sql(sys.argv[2].replace(' t ', f\" '{sys.argv[1]}' \")).fetchall()
print('key,n,id,x,y,least,most,b')
for row in rows: print(*row, sep=',')
";
    let Some(theirs) = python(script, &[parquet.to_str().unwrap(), SQL]) else {
        return;
    };
    assert_eq!(sums(&path), theirs);
}

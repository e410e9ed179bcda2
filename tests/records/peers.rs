//! The same values as NumPy reads; files that pyarrow, Polars and `DuckDB` read as what they are.

use std::process::Command;

use crate::common::{have_peer, peer_output};
use crate::{Folder, Random, run, text};

fn python(folder: &Folder, program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("python3");
    command
        .arg("-c")
        .arg(program)
        .args(arguments)
        .current_dir(folder.at());
    let output = peer_output(&mut command)?;
    Some(String::from_utf8(output).unwrap())
}

fn has(module: &str) -> bool {
    have_peer("python3", &["-c", &format!("import {module}")])
}

/// A format of NumPy's types, and the dtype that it is.
fn dtype(random: &mut Random) -> (String, String) {
    const TYPES: [(&str, &str); 12] = [
        ("b", "i1"),
        ("B", "u1"),
        ("h", "i2"),
        ("H", "u2"),
        ("i", "i4"),
        ("I", "u4"),
        ("q", "i8"),
        ("Q", "u8"),
        ("f", "f4"),
        ("d", "f8"),
        ("e", "f2"),
        ("?", "?"),
    ];
    let order = random.one(&["<", ">"]);
    let mut format = order.to_owned();
    let mut fields = Vec::new();
    for i in 0..=random.below(8) {
        let (code, kind) = TYPES[random.below(12) as usize];
        let count = random.below(4);
        match count {
            0 => {
                format += &format!("{code}:f{i} ");
                fields.push(format!("('f{i}', '{order}{kind}')"));
            }
            count => {
                format += &format!("{count}{code}:f{i} ");
                fields.push(format!("('f{i}', '{order}{kind}', ({count},))"));
            }
        }
        if random.below(4) == 0 {
            format += "2x ";
            fields.push(format!("('pad{i}', 'V2')"));
        }
    }
    (format, format!("[{}]", fields.join(", ")))
}

const READ_BY_NUMPY: &str = r#"
import sys, json, numpy as np
rows = np.frombuffer(open('in.bin', 'rb').read(), dtype=np.dtype(eval(sys.argv[1])))
names = [name for name in rows.dtype.names if not name.startswith('pad')]
ours = [json.loads(line) for line in open('rows.jsonl')]
assert len(ours) == len(rows), (len(ours), len(rows))
special = {'nan': float('nan'), 'inf': float('inf'), '-inf': float('-inf')}
def same(a, b, dtype):
    if isinstance(a, list):
        return len(a) == len(b) and all(same(x, y, dtype) for x, y in zip(a, b))
    a = special.get(a, a)
    a = np.array(a).astype(dtype.base)
    b = np.array(b).astype(dtype.base)
    return a == b or (a != a and b != b)
for index, (one, row) in enumerate(zip(ours, rows)):
    for name in names:
        assert same(one[name], row[name].tolist(), rows.dtype[name]), (index, name, one[name], row[name])
print(len(rows))
"#;

#[test]
fn values_are_those_of_numpy() {
    if !has("numpy") {
        return;
    }
    let folder = Folder::new();
    for seed in 1..=25 {
        let mut random = Random::new(seed);
        let (format, dtype) = dtype(&mut random);
        let size = bytewright::calcsize(&format).unwrap() as usize;
        // Truth values that are no 0 or 1 are none to NumPy.
        let mut bytes = random.bytes(size * 50);
        if format.contains('?') {
            bytes.iter_mut().for_each(|byte| *byte &= 1);
        }
        folder.file("in.bin", &bytes);
        text(&folder, &[&format, "in.bin", "-o", "rows.jsonl"]);
        let rows = python(&folder, READ_BY_NUMPY, &[&dtype]);
        assert_eq!(rows.as_deref().map(str::trim), Some("50"), "{format}");
    }
}

/// Ticks: numbers, text, times.
fn ticks(folder: &Folder) -> &'static str {
    let rows: Vec<u8> = (0..1000u32)
        .flat_map(|n| {
            let mut row = u64::from(n).to_le_bytes().to_vec();
            row.extend((n as i32 - 500).to_le_bytes());
            row.push(if n % 2 == 0 { b'B' } else { b'S' });
            row.extend((1_709_208_000 + n).to_le_bytes());
            row.extend((n as f32 / 4.0).to_le_bytes());
            row.extend(format!("sym{:05}", n % 7).as_bytes());
            row
        })
        .collect();
    folder.file("in.bin", rows);
    "<Q:id i:qty c~ascii:side I~unix:time f:price 8s~ascii:sym"
}

#[test]
fn polars_reads_the_csv() {
    if !has("polars") {
        return;
    }
    let folder = Folder::new();
    let format = ticks(&folder);
    text(&folder, &[format, "in.bin", "-o", "rows.csv"]);
    let program = r#"
import polars as pl
rows = pl.read_csv('rows.csv', try_parse_dates=True)
print(rows.columns, [str(t) for t in rows.dtypes])
print(rows['id'].sum(), rows['qty'].sum(), rows['price'].sum(), rows['side'].n_unique(), rows['time'].max(), rows['sym'][6])
"#;
    let Some(said) = python(&folder, program, &[]) else {
        return;
    };
    let lines: Vec<&str> = said.lines().collect();
    assert!(
        lines[0].starts_with(
            "['id', 'qty', 'side', 'time', 'price', 'sym'] ['Int64', 'Int64', 'String', \"Datetime("
        ),
        "{said}"
    );
    assert_eq!(
        lines[1], "499500 -500 124875.0 2 2024-02-29 12:16:39+00:00 sym00006",
        "{said}"
    );
}

#[test]
#[cfg_attr(not(feature = "arrow"), ignore = "needs the feature arrow")]
fn parquet_and_arrow_are_read_with_their_types() {
    if !has("pyarrow") || !has("polars") || !has("duckdb") {
        return;
    }
    let folder = Folder::new();
    let format = ticks(&folder);
    for form in ["parquet", "arrow", "arrows"] {
        let out = format!("rows.{form}");
        text(&folder, &[format, "in.bin", "-o", &out]);
        text(&folder, &["--pack", format, &out, "-o", "back.bin"]);
        let read = |name: &str| std::fs::read(folder.path(name)).unwrap();
        assert!(read("in.bin") == read("back.bin"), "{form}");
    }
    let program = r#"
import pyarrow as pa, pyarrow.parquet as pq, pyarrow.ipc as ipc, duckdb, polars as pl
rows = pq.read_table('rows.parquet')
print([str(t) for t in rows.schema.types], rows.schema.metadata[b'bytewright.format'].decode())
assert ipc.open_file('rows.arrow').read_all().equals(rows)
assert ipc.open_stream('rows.arrows').read_all().equals(rows)
print(duckdb.sql("select side, count(*), sum(qty)::bigint, max(sym) from 'rows.parquet' group by side order by side").fetchall())
for frame in pl.read_parquet('rows.parquet'), pl.read_ipc('rows.arrow'):
    print(frame['price'].sum(), frame['time'].max(), frame.dtypes == [pl.UInt64, pl.Int32, pl.String, pl.Datetime('ms', 'UTC'), pl.Float32, pl.String])
"#;
    let Some(said) = python(&folder, program, &[]) else {
        return;
    };
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(
        lines[0],
        format!(
            "['uint64', 'int32', 'string', 'timestamp[ms, tz=UTC]', 'float', 'string'] {format}"
        )
    );
    assert_eq!(
        lines[1],
        "[('B', 500, -500, 'sym00006'), ('S', 500, 0, 'sym00006')]"
    );
    assert_eq!(lines[2], "124875.0 2024-02-29 12:16:39+00:00 True");
    assert_eq!(lines[3], lines[2]);
}

#[test]
#[cfg_attr(not(feature = "arrow"), ignore = "needs the feature arrow")]
fn every_type_goes_into_parquet_and_arrow_and_back() {
    let folder = Folder::new();
    let format = ">b B h j J k K Y:big y:bigs e:half d:dbl F:cplx ?:flag H{a:3 _:5 b:8}:bits \
                  2(B:r 2H:g (b:x b:y):at):pts 3f:vec 16s~guid:g 4s~ipv4:ip I~fixed:fx Q~filetime:ft 5p:pas \
                  4s:raw 6s~mac:mac 0s:none I~dos:dos";
    let layout = bytewright::Struct::new(format).unwrap();
    let mut random = Random::new(5);
    let mut bytes = Vec::new();
    for _ in 0..50 {
        let mut record = random.bytes(152 + 3);
        let columns = bytewright::records::Columns::new(&layout.clone().into()).unwrap();
        record.resize(columns.size(), 1);
        // Times that are some, floats that are numbers, bits that packing makes.
        let mut batch = bytewright::records::Batch::default();
        columns.decode(&record, 0, &mut batch).unwrap();
        let mut values = layout.unpack(&record).unwrap();
        values["half"] = 1.5.into();
        values["ft"] = 133_536_816_000_000_001u64.into();
        values["dos"] = 0x585d_645c.into();
        if values.to_string().contains("nan") {
            continue;
        }
        bytes.extend(layout.pack(&values).unwrap());
    }
    assert!(bytes.len() > 1000);
    folder.file("in.bin", &bytes);
    for form in ["parquet", "arrow", "arrows"] {
        let out = format!("rows.{form}");
        text(&folder, &[format, "in.bin", "-o", &out]);
        text(&folder, &["--pack", format, &out, "-o", "back.bin"]);
        assert!(
            std::fs::read(folder.path("back.bin")).unwrap() == bytes,
            "{form}"
        );
    }
    let program = r#"
import polars as pl, duckdb
print(pl.read_parquet('rows.parquet').height == duckdb.sql("select count(*) from 'rows.parquet'").fetchall()[0][0])
"#;
    if has("polars") && has("duckdb") {
        assert_eq!(python(&folder, program, &[]).unwrap().trim(), "True");
    }
}

#[test]
#[cfg_attr(not(feature = "arrow"), ignore = "needs the feature arrow")]
fn rows_of_pyarrow_are_packed() {
    if !has("pyarrow") {
        return;
    }
    let folder = Folder::new();
    let program = r#"
import pyarrow as pa, pyarrow.parquet as pq, datetime
rows = pa.table({
    'time': pa.array([datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.timezone.utc)] * 2, pa.timestamp('us', 'UTC')),
    'n': pa.array([1, 2], pa.int64()),
    'name': pa.array(['a', 'bc'], pa.large_string()),
    'kind': pa.array(['x', 'y']).dictionary_encode(),
    'list': pa.array([[1, 2], [3, 4]], pa.list_(pa.int32())),
})
pq.write_table(rows, 'rows.parquet')
"#;
    if python(&folder, program, &[]).is_none() {
        return;
    }
    let format = "<B:n 2s~ascii:name I~unix:time 2H:list c:kind";
    text(
        &folder,
        &["--pack", format, "rows.parquet", "-o", "out.bin"],
    );
    let expected = b"\x01a\0\xc0\x71\xe0\x65\x01\0\x02\0x\x02bc\xc0\x71\xe0\x65\x03\0\x04\0y";
    assert_eq!(std::fs::read(folder.path("out.bin")).unwrap(), expected);
    // What is no Parquet is an error of the data.
    folder.file("bad.parquet", b"PAR1 nothing PAR1");
    let output = run(
        &folder,
        &["--pack", format, "bad.parquet", "-o", "out2.bin"],
    );
    assert_eq!(
        output.status.code(),
        Some(4),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

//! `layout --as` against the languages it writes: what it prints is compiled and run.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use bytewright::render::export;
use bytewright::{Record, Struct, Value};

use crate::common::{run_peer, skip};

/// Formats at random, the same for the same seed (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }

    /// A format of fixed size; without what Python's `struct` can't take apart, if `plain`.
    fn format(&mut self, plain: bool) -> String {
        let order = if plain {
            self.pick(&["<", ">", "@"])
        } else {
            self.pick(&["<", ">", "@", "=", ""])
        };
        format!("{order}{}", self.items(0, plain))
    }

    fn items(&mut self, depth: u32, plain: bool) -> String {
        let mut items = String::new();
        let names = [
            "a", "type", "int", "fn", "class", "x1", "value", "self", "struct",
        ];
        for i in 0..=self.below(5) {
            let name = format!("{}{}", names[self.below(9) as usize], i);
            let name = if i == 0 {
                self.pick(&names).to_owned()
            } else {
                name
            };
            let count = if self.below(3) == 0 {
                format!("{}", 1 + self.below(4))
            } else {
                String::new()
            };
            let item = match self.below(if plain { 10 } else { 13 }) {
                0 => format!("{}x", 1 + self.below(5)),
                1 => format!("{}s:{name}", 1 + self.below(7)),
                2 if depth < 2 => format!("{count}({}):{name}", self.items(depth + 1, plain)),
                3 => format!("|{}", 1 << self.below(4)),
                10 => format!("H{{a:3 b:13}}:{name}"),
                11 => format!(
                    "{count}{}:{name}",
                    self.pick(&["j", "J", "k", "K", "y", "Y", "F", "D"])
                ),
                12 => format!("{}p", 2 + self.below(9)),
                _ => format!(
                    "{count}{}:{name}",
                    self.pick(&[
                        "b", "B", "h", "H", "i", "I", "q", "Q", "e", "f", "d", "?", "c"
                    ])
                ),
            };
            let _ = write!(items, "{item} ");
        }
        items
    }

    /// Many formats whose shape can be had.
    fn formats(&mut self, n: usize, plain: bool) -> Vec<Struct> {
        let mut formats = Vec::new();
        while formats.len() < n {
            let Ok(format) = Struct::new(&self.format(plain)) else {
                continue;
            };
            // Items of an aligned group may differ in size, which no language can say.
            if format.shape().is_ok() {
                formats.push(format);
            }
        }
        formats
    }
}

/// Runs a peer; `None`, said aloud, where it is missing.
fn run(program: &str, args: &[&str]) -> Option<Output> {
    run_peer(Command::new(program).args(args))
}

fn check(output: &Output, source: &Path) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}:\n{errors}", source.display());
}

#[test]
fn c_compilers_agree_about_every_offset() {
    let folder = tempfile::tempdir().unwrap();
    let mut source = String::new();
    for (i, format) in Random(1).formats(300, false).iter().enumerate() {
        let text = export::c(&format.shape().unwrap());
        let text = text.replace("struct record", &format!("struct record{i}"));
        let _ = writeln!(source, "/* {} */\n{text}", format.format());
    }
    let path = folder.path().join("layout.c");
    std::fs::write(&path, source + "int main(void) { return 0; }\n").unwrap();
    let path_text = path.to_str().unwrap();
    let args = ["-std=c11", "-Wall", "-Werror", "-fsyntax-only", path_text];
    if let Some(output) = run("cc", &args) {
        check(&output, &path);
    }
}

#[test]
fn rust_agrees_about_every_offset() {
    let folder = tempfile::tempdir().unwrap();
    let mut source = String::from("#![allow(dead_code)]\n");
    for (i, format) in Random(2).formats(300, false).iter().enumerate() {
        let text = export::rust(&format.shape().unwrap());
        let _ = writeln!(source, "// {}\npub mod m{i} {{\n{text}}}", format.format());
    }
    let path = folder.path().join("layout.rs");
    std::fs::write(&path, source).unwrap();
    let out = folder.path().to_str().unwrap();
    let path_text = path.to_str().unwrap();
    let args = [
        "--edition=2021",
        "--crate-type=lib",
        "--emit=metadata",
        "--out-dir",
        out,
        path_text,
    ];
    if let Some(output) = run("rustc", &args) {
        check(&output, &path);
    }
}

/// The single values of a record, in order.
fn leaves(record: &Record, out: &mut Vec<Value>) {
    for value in record {
        leaves_of(value, out);
    }
}

fn leaves_of(value: &Value, out: &mut Vec<Value>) {
    match value {
        Value::Record(record) => leaves(record, out),
        Value::List(items) => items.iter().for_each(|item| leaves_of(item, out)),
        value => out.push(value.clone()),
    }
}

#[test]
fn python_and_numpy_read_the_same_values() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(3);
    let mut script = String::from(
        "import struct, warnings\nwarnings.simplefilter('ignore')\ntry:\n    import numpy as np\nexcept ImportError:\n    np = None\n",
    );
    for format in random.formats(300, true) {
        let shape = format.shape().unwrap();
        // One byte order in a Python format is all there is here.
        let python = export::python(&shape).unwrap();
        let numpy = export::numpy(&shape);
        let data: Vec<u8> = (0..shape.size).map(|_| random.below(256) as u8).collect();
        let mut values = Vec::new();
        leaves(&format.unpack(&data).unwrap(), &mut values);
        let values = Record::new(values);
        let hex: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = write!(
            script,
            "\n# {}\n{python}data = bytes.fromhex('{hex}')\n\
             assert struct.calcsize(FORMAT) == {}, FORMAT\n\
             assert repr(struct.unpack(FORMAT, data)) == {:?}, FORMAT\n\
             assert len(NAMES) == {}, NAMES\n\
             if np:\n",
            format.format(),
            shape.size,
            values.to_string(),
            values.len(),
        );
        for line in numpy.lines().skip(2) {
            let _ = writeln!(script, "    {line}");
        }
        let _ = write!(
            script,
            "    assert record.itemsize == {}\n    \
             if record.names:\n        \
             row = np.frombuffer(data, record)[0]\n        \
             flat = []\n        \
             def leaves(v):\n            \
             if isinstance(v, np.void) and v.dtype.names is not None: [leaves(v[n]) for n in v.dtype.names]\n            \
             elif isinstance(v, np.ndarray): [leaves(x) for x in v]\n            \
             elif isinstance(v, np.void): flat.append(v.tobytes())\n            \
             else: flat.append(v.item())\n        \
             leaves(row)\n        \
             mine = struct.unpack(FORMAT, data)\n        \
             same = lambda a, b: a == b or (a != a and b != b) or (isinstance(b, bool) and bool(a) == b)\n        \
             assert len(flat) == len(mine) and all(map(same, flat, mine)), (FORMAT, flat, mine)\n",
            shape.size
        );
    }
    let _ = writeln!(script, "print('numpy' if np else 'no numpy')");
    let path = folder.path().join("layout.py");
    std::fs::write(&path, script).unwrap();
    if let Some(output) = run("python3", &[path.to_str().unwrap()]) {
        check(&output, &path);
        let without = String::from_utf8_lossy(&output.stdout).contains("no numpy");
        if without {
            skip("numpy", "Python has no such module");
        }
    }
}

#[test]
fn what_a_language_cannot_say_is_refused() {
    for (format, message) in [
        ("<H:n [n]B:data", "data: only data can tell its size"),
        ("<z:name B", "name: only data can tell its size"),
        (
            "@3(I:a c:b):items",
            "items: alignment makes its items differ in size",
        ),
    ] {
        let error = Struct::new(format).unwrap().shape().unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    let mixed = Struct::new("<H:a (>H:b):g").unwrap().shape().unwrap();
    let error = export::python(&mixed).unwrap_err().to_string();
    assert!(
        error.starts_with("g.b: a Python format has one byte order"),
        "{error}"
    );
    let many = Struct::new("<20000(B:a):g").unwrap().shape().unwrap();
    assert!(export::python(&many).is_err());
}

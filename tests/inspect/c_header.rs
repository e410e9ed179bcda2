//! Headers of C as formats, compared with what a C compiler makes of them.

use std::fmt::Write as _;
use std::process::Command;

use bytewright::format::StructFormat;
use bytewright::formats::user::{Known, from_c, read_c};
use bytewright::inspect::Document;
use bytewright::{Source, Struct};

use crate::common;

/// A struct, and values of its fields as C and our paths write them.
type Filled = (String, Vec<(String, String)>);

const HEADER: &str = r"
#ifndef SAMPLE_H
#define SAMPLE_H
#include <stdint.h>
#include <stdbool.h>
#define COUNT 3 /* how many */
#define LENGTH (COUNT * 2 + 0x2)
/* a comment
   of two lines */
enum color { RED, GREEN = 5, BLUE };
typedef enum { LOW = -1, HIGH = 1 } level_t;
typedef unsigned short word;
typedef word pair_t[2];
struct point { char tag; int x, y; }; // with padding
typedef struct { uint8_t a; double d; struct point p; } wide;
struct all {
    char text[LENGTH];
    struct point points[COUNT];
    uint16_t grid[2][3];
    enum color color;
    level_t level;
    pair_t pair;
    bool is_set;
    void *next;
    struct all *self;
    long l;
    unsigned char small;
    struct { short s; long long q; } inner;
    struct { uint8_t first; uint32_t second; };
    wide w[2];
    float f;
};
#pragma pack(push, 1)
struct tight { uint8_t a; uint32_t b; uint16_t c[3]; unsigned x : 3, y : 7; uint8_t z; };
#pragma pack(pop)
struct __attribute__((packed)) close { uint8_t a; uint64_t b; struct point p; };
struct bits { unsigned a : 3; unsigned : 2; unsigned b : 20; unsigned c : 12; uint8_t d; int e : 5; long f : 40; unsigned : 0; uint8_t g : 4; };
#pragma pack(2)
struct half { uint8_t a; uint32_t b; uint64_t c; };
#pragma pack()
struct aligned { uint8_t a; uint16_t b __attribute__((aligned(8))); } __attribute__((aligned(16)));
#endif
";

fn filled() -> Vec<Filled> {
    let of = |name: &str, values: &[(&str, &str)]| {
        let values = values
            .iter()
            .map(|(path, value)| ((*path).to_owned(), (*value).to_owned()));
        (name.to_owned(), values.collect())
    };
    vec![
        of(
            "struct point",
            &[("tag", "65"), ("x", "-2"), ("y", "70000")],
        ),
        of("wide", &[("a", "200"), ("d", "1.5"), ("p.y", "-9")]),
        of(
            "struct all",
            &[
                ("points[2].x", "7"),
                ("points[0].tag", "3"),
                ("grid[1][2]", "513"),
                ("color", "6"),
                ("level", "-1"),
                ("pair[1]", "40000"),
                ("is_set", "1"),
                ("l", "-5"),
                ("small", "9"),
                ("inner.q", "-6"),
                ("first", "1"),
                ("second", "4000000000"),
                ("w[1].p.x", "12"),
                ("f", "0.5"),
            ],
        ),
        of(
            "struct tight",
            &[
                ("b", "4000000000"),
                ("c[2]", "3"),
                ("x", "5"),
                ("y", "100"),
                ("z", "8"),
            ],
        ),
        of("struct close", &[("b", "99"), ("p.y", "5")]),
        of(
            "struct bits",
            &[
                ("a", "5"),
                ("b", "1000000"),
                ("c", "4095"),
                ("d", "7"),
                ("e", "-3"),
                ("f", "-77"),
                ("g", "9"),
            ],
        ),
        of("struct half", &[("b", "5"), ("c", "6")]),
        of("struct aligned", &[("a", "1"), ("b", "2")]),
    ]
}

/// Structs of members that a generator of numbers picks.
fn picked(header: &mut String, count: usize) -> Vec<Filled> {
    let mut state = 20_240_917u64;
    let mut next = |most: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let types = [
        ("uint8_t", 8),
        ("uint16_t", 16),
        ("uint32_t", 32),
        ("uint64_t", 64),
        ("unsigned", 32),
    ];
    let mut all = Vec::new();
    for index in 0..count {
        let pack = [None, None, Some(1), Some(2), Some(4)][next(5) as usize];
        if let Some(pack) = pack {
            writeln!(header, "#pragma pack(push, {pack})").unwrap();
        }
        let packed = if next(5) == 0 {
            " __attribute__((packed))"
        } else {
            ""
        };
        write!(header, "struct r{index} {{").unwrap();
        let mut values = Vec::new();
        for member in 0..=next(9) {
            let (name, width) = types[next(5) as usize];
            let (bits, suffix) = match next(3) {
                0 => (width, String::new()),
                1 if next(6) == 0 => {
                    write!(header, " {name} : 0;").unwrap();
                    continue;
                }
                _ => {
                    let bits = 1 + next(width);
                    (bits, format!(" : {bits}"))
                }
            };
            write!(header, " {name} m{member}{suffix};").unwrap();
            let value =
                (u128::from(next(1 << 31)) << 33 | u128::from(next(1 << 31))) % (1u128 << bits);
            values.push((format!("m{member}"), value.to_string()));
        }
        writeln!(header, " uint8_t last; }}{packed};").unwrap();
        values.push(("last".to_owned(), next(256).to_string()));
        if pack.is_some() {
            header.push_str("#pragma pack(pop)\n");
        }
        all.push((format!("struct r{index}"), values));
    }
    all
}

#[test]
fn a_c_compiler_has_the_same_sizes_and_places() {
    let mut header = HEADER.to_owned();
    let mut structs = filled();
    structs.extend(picked(&mut header, 200));
    if !common::have_peer("gcc", &["--version"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut program = String::from(
        "#include <stdio.h>\n#include <string.h>\n#include \"sample.h\"\nint main(void) {\n",
    );
    for (name, values) in &structs {
        writeln!(program, "{{ {name} s; memset(&s, 0, sizeof s);").unwrap();
        for (path, value) in values {
            let suffix = if value.contains('.') { "" } else { "ULL" };
            let value = if value.starts_with('-') {
                value.clone()
            } else {
                format!("{value}{suffix}")
            };
            writeln!(program, "s.{path} = {value};").unwrap();
        }
        program.push_str("for (size_t i = 0; i < sizeof s; i++) printf(\"%02x\", ((unsigned char *)&s)[i]); puts(\"\"); }\n");
    }
    program.push_str("return 0; }\n");
    std::fs::write(folder.path().join("sample.h"), &header).unwrap();
    std::fs::write(folder.path().join("sample.c"), program).unwrap();
    let made = folder.path().join("sample");
    let compiled = Command::new("gcc")
        .args(["-w", "-o"])
        .arg(&made)
        .arg(folder.path().join("sample.c"))
        .output()
        .unwrap();
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    let output = Command::new(&made).output().unwrap().stdout;
    let output = String::from_utf8(output).unwrap();

    let converted = from_c("sample.h", &header);
    // Bit fields may lie across bytes for longer than an integer is wide: that is told.
    let long = "bit fields that lie across one another have more than 128 bits";
    let told: Vec<&str> = converted
        .left_out
        .iter()
        .map(|left| &*left.message)
        .collect();
    assert!(
        told.iter().all(|told| *told == long) && told.len() < 10,
        "{told:?}"
    );
    let known = Known::from_text("sample.toml", &converted.text).unwrap();
    let (mut compared, all) = (0, structs.len());
    let mut wrong = Vec::new();
    for ((name, values), line) in structs.iter().zip(output.lines()) {
        let bytes: Vec<u8> = (0..line.len() / 2)
            .map(|i| u8::from_str_radix(&line[2 * i..2 * i + 2], 16).unwrap())
            .collect();
        let name = name.strip_prefix("struct ").unwrap_or(name);
        if known.get(name).is_none() {
            continue;
        }
        compared += 1;
        let compiled = known.compile(&format!("%{name}")).unwrap();
        // Integers of odd sizes take an interpreter, which knows a size only with the bytes.
        let fits = match compiled.layout.size() {
            Some(size) => size == bytes.len() as u64,
            None => {
                let shorter = &bytes[..bytes.len() - 1];
                compiled.layout.unpack(&bytes).is_ok() && compiled.layout.unpack(shorter).is_err()
            }
        };
        if !fits {
            wrong.push(format!(
                "{name} has {} bytes, not {:?}",
                bytes.len(),
                compiled.layout.size()
            ));
            continue;
        }
        let format = StructFormat::new(name, compiled.layout);
        let document = Document::open(Source::from(bytes), format).unwrap();
        for (path, value) in values {
            // An array of arrays has rows.
            let ours = path.replace("[1][2]", "[1].row[2]");
            let found = document
                .find(&ours.parse().unwrap())
                .unwrap_or_else(|e| panic!("{name}.{ours}: {e}"));
            let shown = found[0].node.value.as_ref().unwrap().to_string();
            let shown = shown.replace("True", "1");
            if shown != *value {
                wrong.push(format!("{name}.{path} is {shown}, not {value}"));
            }
        }
    }
    assert_eq!(output.lines().count(), all);
    assert_eq!(compared, all - told.len());
    assert!(
        wrong.is_empty(),
        "{}\n{header}\n{}",
        wrong.join("\n"),
        converted.text
    );
}

#[test]
fn what_is_not_plain_is_told_with_its_line() {
    let text = "struct a { int n; };\nunion u { int i; float f; };\nint f(int x) { return x; }\n\
                struct b {\n  int n;\n  void (*call)(int);\n};\nstruct c { struct b inner; };\n\
                struct d { unknown_t x; };\n#if X\n#endif\nstruct e { struct a a; };\n";
    let converted = from_c("a.h", text);
    let told: Vec<String> = converted.left_out.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "a.h:2: a union has no counterpart",
            "a.h:3: a function is no type",
            "a.h:6: pointers to functions and arrays are not read",
            "a.h:8: struct b is not known",
            "a.h:9: unknown_t is no type that is known",
            "a.h:10: #if X: both sides of a condition are read",
        ]
    );
    let known = Known::from_text("a.toml", &converted.text).unwrap();
    let names: Vec<&str> = known.iter().map(|format| &*format.schema.name).collect();
    assert_eq!(names, ["a", "e"]);
    assert_eq!(known.compile("%e").unwrap().layout.size(), Some(4));
}

#[test]
fn names_of_enums_are_meanings() {
    let text =
        "enum kind { NONE, SOME = 0x10, MORE };\nstruct a { enum kind kind; enum kind many[2]; };";
    let known = Known::from_text("a.toml", &from_c("a.h", text).text).unwrap();
    let compiled = known.compile("%a").unwrap();
    let bytes = [0x11, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0];
    let mut nodes = compiled
        .layout
        .nodes(&bytes, bytewright::tree::Space::FILE, 0)
        .unwrap();
    compiled.meanings.annotate(&mut nodes);
    assert_eq!(nodes[0].meaning.as_deref(), Some("MORE"));
}

#[test]
fn a_layout_written_as_c_reads_back() {
    for text in [
        "<2s:magic I:size 3(B:r H:g x):p 2B:q d:f q:n",
        "@B:a I:b 2q:c",
        "<H:a 4x 3h:b f:c",
    ] {
        let format = Struct::new(text).unwrap();
        let c = bytewright::render::export::c(&format.shape().unwrap());
        let converted = from_c("record.h", &c);
        assert_eq!(converted.left_out, [], "{c}");
        let known = Known::from_text("record.toml", &converted.text).unwrap();
        let back = known.compile("%record").unwrap();
        assert_eq!(back.layout.size(), format.size(), "{c}");
        let bytes: Vec<u8> = (0..back.layout.size().unwrap() as u8)
            .map(|i| i + 1)
            .collect();
        let (ours, theirs) = (
            back.layout.unpack(&bytes).unwrap(),
            format.unpack(&bytes).unwrap(),
        );
        assert_eq!(ours.to_string(), theirs.to_string(), "{c}");
    }
}

#[test]
fn of_a_header_that_is_too_long_the_length_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.h");
    // Its first 4 MiB and a byte end within a character.
    std::fs::write(&path, "é".repeat((2 << 20) + 1)).unwrap();
    let error = read_c(&path).unwrap_err().to_string();
    assert!(error.contains("at most 4194304 bytes"), "{error}");
    std::fs::write(&path, [0xff]).unwrap();
    let error = read_c(&path).unwrap_err().to_string();
    assert!(error.contains("valid UTF-8"), "{error}");
}

/// The bits of the array end 8 before the largest number.
#[test]
fn bits_beyond_the_largest_place_are_too_large() {
    for last in ["char b : 3;", "int b : 9;", "int : 0;", "int b : 9; int c;"] {
        let text = format!("struct a {{ char x[0x1fffffffffffffff]; {last} }};");
        let converted = from_c("a.h", &text);
        let told: Vec<String> = converted.left_out.iter().map(ToString::to_string).collect();
        let [told] = &told[..] else {
            panic!("{last}: {told:?}");
        };
        assert!(told.ends_with("the struct is too large"), "{last}: {told}");
    }
}

#[test]
fn hostile_headers_end() {
    let deep = "struct { ".repeat(5000);
    let open = "struct a { int x[".to_owned() + &"(".repeat(100_000);
    let many = "typedef struct".repeat(10_000);
    let large = "struct a { char x[0xffffffffffffffff][0xffffffff]; };".to_owned();
    for text in [
        deep,
        open,
        many,
        large,
        "#define".to_owned(),
        "/*".to_owned(),
        "struct a { int \"".to_owned(),
    ] {
        let converted = from_c("a.h", &text);
        assert!(Known::from_text("a.toml", &converted.text).is_ok());
    }
}

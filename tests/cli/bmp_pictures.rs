//! `bmp check|show|convert|fix`.

use std::fs;

use crate::run::{Folder, run, run_with};

/// A path in a folder as an argument.
fn place(folder: &Folder, name: &str) -> String {
    folder.path(name).into_os_string().into_string().unwrap()
}

fn fixture(name: &str) -> String {
    format!("{}/fixtures/bmp/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_bitmap_becomes_a_png_and_again_the_same_bitmap() {
    let folder = Folder::new();
    let (png, back) = (place(&folder, "a.png"), place(&folder, "b.bmp"));
    for name in ["info-24.bmp", "v4-srgb.bmp", "core-24.bmp"] {
        run(["bmp", "convert", &fixture(name), &png]).out();
        assert!(fs::read(&png).unwrap().starts_with(b"\x89PNG"));
        run(["bmp", "convert", &png, &back]).out();
        let report = run(["bmp", "check", "-v", &back]).out();
        assert_eq!(report, format!("{back}: ok\n"));
    }
    // With the settings it had, every byte is the same.
    let settings = ["--top-down", "--header", "v5"];
    let first = place(&folder, "first.bmp");
    let args = ["bmp", "convert", &fixture("info-24-top-down.bmp"), &first];
    run(args.iter().chain(&settings)).out();
    run(["bmp", "convert", &first, &back]).out();
    assert_eq!(fs::read(&first).unwrap(), fs::read(&back).unwrap());
}

#[test]
fn nothing_is_lost_in_silence() {
    let folder = Folder::new();
    let out = place(&folder, "out.bmp");
    let refused = |file: &str, settings: &[&str], says: &str| {
        let file = fixture(file);
        let args = ["bmp", "convert", &file, &out];
        let error = run(args.iter().chain(settings)).fails(1);
        assert!(error.contains(says) && error.contains("--lossy"), "{error}");
        assert!(!std::path::Path::new(&out).exists());
    };
    refused(
        "rgb24-640x360.bmp",
        &["--bits", "8"],
        "5367 colors, the palette takes 256",
    );
    refused("info-64.bmp", &["--bits", "24"], "is not opaque");
    let deep = ["--bits", "32", "--header", "v4"];
    refused("info-64.bmp", &deep, "would be rounded");
    refused("v3-4444.bmp", &["--bits", "24"], "not opaque");
    refused("rgb24-640x360.bmp", &["--bits", "16"], "would be rounded");
    let wrong = [
        "bmp",
        "convert",
        &fixture("info-8.bmp"),
        &out,
        "--header",
        "core",
        "--bits",
        "16",
    ];
    assert!(run(wrong).fails(2).contains("BITMAPCOREHEADER"));

    let lossy = ["bmp", "convert", &fixture("rgb24-640x360.bmp"), &out];
    let settings = ["--lossy", "--bits", "4", "--compression", "rle4"];
    run(lossy.iter().map(|s| &**s).chain(settings)).out();
    assert_eq!(run(["bmp", "check", &out]).out(), "");
}

#[test]
fn a_damaged_picture_is_converted_as_far_as_it_is_there_on_request() {
    let folder = Folder::new();
    let (cut, out) = (place(&folder, "cut.bmp"), place(&folder, "out.png"));
    let whole = fs::read(fixture("rgb24-640x360.bmp")).unwrap();
    fs::write(&cut, &whole[..400_000]).unwrap();
    let error = run(["bmp", "convert", &cut, &out]).fails(4);
    assert!(error.contains("152 rows of 360 lost"), "{error}");
    let partial = run(["bmp", "convert", &cut, &out, "--partial"]);
    assert_eq!(partial.status, 0);
    assert!(partial.stderr.contains("B020"), "{}", partial.stderr);
    // 360 - 209 rows at the top are missing: transparent.
    let bytes = fs::read(&out).unwrap();
    let png = bytewright::formats::png::Png::read(&bytes, 1 << 20).unwrap();
    let bytewright::formats::png::Samples::Eight(rgba) = png.samples else {
        panic!("8 bits");
    };
    let alpha = |y: usize| rgba[y * 640 * 4 + 3];
    assert_eq!((alpha(150), alpha(151), alpha(359)), (0, 255, 255));
}

#[test]
fn fixing_makes_files_that_need_no_fixing() {
    let folder = Folder::new();
    let file = place(&folder, "a.bmp");
    let path = |name: &str| fs::copy(fixture(name), &file).map(drop).unwrap();

    path("broken-offset-past-end.bmp");
    let before = fs::read(&file).unwrap();
    let said = run(["bmp", "fix", "--dry-run", &file]).out();
    assert_eq!(
        said,
        format!("{file}: B005: file_header.pixel_offset: 2147483647 → 54\n")
    );
    assert_eq!(fs::read(&file).unwrap(), before);
    // Nothing says where to write.
    let refused = run(["bmp", "fix", &file]);
    assert_eq!(
        (refused.status, refused.stdout),
        (2, said.clone().into_bytes())
    );
    assert!(refused.stderr.contains("--in-place"), "{}", refused.stderr);
    assert_eq!(fs::read(&file).unwrap(), before);
    let undo = place(&folder, "undo.txt");
    let fix = ["bmp", "fix", &file, "--in-place", "--undo", &undo];
    assert_eq!(run(fix).out(), said);
    assert_eq!(run(["bmp", "check", &file]).out(), "");
    run(["apply", "--reverse", &undo, &file]).out();
    assert_eq!(fs::read(&file).unwrap(), before);
    assert_eq!(run(["bmp", "fix", "-i", &file]).out(), said);
    assert_eq!(
        run(["bmp", "fix", &file]).out(),
        format!("{file}: nothing to mend\n")
    );

    // A run-length file that ends before its end of bitmap, with sizes that count it.
    let (whole, cut) = (place(&folder, "whole.bmp"), place(&folder, "cut.bmp"));
    run([
        "bmp",
        "convert",
        &fixture("info-8.bmp"),
        &whole,
        "--compression",
        "rle8",
    ])
    .out();
    let bytes = fs::read(&whole).unwrap();
    assert!(bytes.ends_with(&[0, 1]));
    fs::write(&cut, &bytes[..bytes.len() - 2]).unwrap();
    assert!(
        run(["bmp", "check", &cut])
            .stdout
            .starts_with(cut.as_bytes())
    );
    run(["bmp", "fix", &cut, "-o", &file]).out();
    assert_eq!(fs::read(&file).unwrap(), bytes);

    // Padding, planes and the size.
    let mut bytes = fs::read(fixture("info-24.bmp")).unwrap();
    bytes[2] = 99;
    bytes[26] = 3;
    bytes[54 + 9] = b'!';
    fs::write(&file, &bytes).unwrap();
    let said = run(["bmp", "fix", "-i", &file]).out();
    assert!(
        said.contains("planes: 3 → 1") && said.contains("padding of 1 row"),
        "{said}"
    );
    assert_eq!(
        fs::read(&file).unwrap(),
        fs::read(fixture("info-24.bmp")).unwrap()
    );

    // What needs a decision is left, and said.
    path("broken-masks.bmp");
    let left = run(["bmp", "fix", "-i", &file]);
    assert_eq!(left.status, 1);
    assert!(left.stderr.contains("left: B041"), "{}", left.stderr);
}

#[test]
fn many_files_are_checked_in_their_order() {
    let folder = Folder::new();
    for i in 0..300 {
        let name = if i % 7 == 0 {
            "broken-cut-pixels.bmp"
        } else {
            "info-24.bmp"
        };
        fs::copy(fixture(name), place(&folder, &format!("{i:03}.BMP"))).unwrap();
    }
    fs::write(place(&folder, "notes.txt"), "no bitmap").unwrap();
    let root = place(&folder, "");
    let checked = run(["bmp", "check", "--min", "error", &root]);
    assert_eq!(checked.status, 1);
    assert!(
        checked.stderr.contains("300 files: 43 errors"),
        "{}",
        checked.stderr
    );
    let text = String::from_utf8(checked.stdout).unwrap();
    let names: Vec<&str> = text
        .lines()
        .map(|line| &line[..line.find(": ").unwrap()])
        .collect();
    assert_eq!(names.len(), 43);
    assert!(names.is_sorted());

    // Neither a pipe nor a link to a folder is looked into.
    #[cfg(unix)]
    {
        let pipe = place(&folder, "pipe.bmp");
        assert!(crate::run::peer("mkfifo", &[&pipe]).is_some());
        std::os::unix::fs::symlink(&root, place(&folder, "link.bmp")).unwrap();
    }
    let shown = run(["bmp", "info", &root, "-O", "json"]).json();
    assert_eq!(shown.as_array().unwrap().len(), 300);
    let problems = run(["bmp", "check", "-O", "json", &place(&folder, "007.BMP")]);
    let problems: serde_json::Value = serde_json::from_slice(&problems.stdout).unwrap();
    assert_eq!(problems[1]["code"], "B020");
}

#[test]
fn a_picture_is_shown_in_half_blocks() {
    let file = fs::read(fixture("info-24.bmp")).unwrap();
    let shown = run_with(
        ["--color", "always", "bmp", "show", "--columns", "3"],
        &file,
    )
    .out();
    assert!(shown.contains("3 × 2 pixels, 24 bits, BI_RGB"), "{shown}");
    assert_eq!(shown.matches('▀').count(), 3, "{shown}");
    assert!(
        run_with(["bmp", "show"], &file)
            .stderr
            .contains("--color always")
    );
}

#[test]
fn of_a_file_of_another_format_it_is_told_what_shows_it() {
    let folder = Folder::new();
    let png = place(&folder, "a.png");
    run(["bmp", "convert", &fixture("info-24.bmp"), &png]).out();
    let gzip = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/gzip/all-fields.gz");
    for (file, line) in [
        (&*png, format!("bytewright bmp convert {png} OUT.bmp")),
        (gzip, format!("bytewright inspect {gzip}")),
    ] {
        let said = run(["bmp", "show", file]).fails(4);
        let cause = "is no signature of a bitmap";
        assert_eq!(said.matches(cause).count(), 1, "{said}");
        assert!(said.contains(&line), "{said}");
    }
}

#[test]
fn of_a_color_icon_the_colors_are_taken() {
    let folder = Folder::new();
    let out = place(&folder, "out.bmp");
    run(["bmp", "convert", &fixture("color-icon.bmp"), &out]).out();
    let made = run(["bmp", "info", &out, "-O", "json"]).json();
    let dib = |json: &serde_json::Value, bitmap: usize| json["bitmaps"][bitmap].clone();
    let icon = run(["bmp", "info", &fixture("color-icon.bmp"), "-O", "json"]).json();
    assert_eq!(dib(&made, 0)["bit_count"], dib(&icon, 1)["bit_count"]);
    assert_ne!(dib(&icon, 0)["bit_count"], dib(&icon, 1)["bit_count"]);
}

/// The fixtures, as far as they have a bitmap's suffix, and a broken one as their bytes.
fn bitmaps() -> Vec<(String, Vec<u8>)> {
    let folder = format!("{}/fixtures/bmp", env!("CARGO_MANIFEST_DIR"));
    let mut all: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|suffix| suffix != "tree"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    all.sort();
    all
}

/// The `2 rows of 3 lost` of a message.
fn lost(text: &str) -> Option<String> {
    let (before, _) = text.split_once(" lost")?;
    let (_, rows) = before.rsplit_once(": ")?;
    Some(rows.to_owned())
}

#[test]
fn check_convert_and_fix_agree_about_lost_rows() {
    let folder = Folder::new();
    let out = place(&folder, "out.png");
    let mut compared = 0;
    for (name, _) in bitmaps() {
        let file = fixture(&name);
        let converted = run(["bmp", "convert", &file, &out]);
        if converted.stderr.contains("no pixel is there") {
            continue;
        }
        let checked = run(["bmp", "check", &file]);
        let checked = lost(&String::from_utf8(checked.stdout).unwrap());
        let fixed = lost(&run(["bmp", "fix", "--dry-run", &file]).stderr);
        // Of several bitmaps, one is converted.
        assert_eq!(lost(&converted.stderr), checked, "{name}");
        assert_eq!(fixed, checked, "{name}");
        if converted.status == 0 {
            assert_eq!(checked, None, "{name}");
        }
        compared += usize::from(checked.is_some());
    }
    assert!(compared >= 5, "{compared}");
}

#[test]
fn a_picture_that_is_all_there_is_converted_whatever_is_said_of_its_end() {
    let folder = Folder::new();
    let out = place(&folder, "out.png");
    for name in [
        "corner-rle8-early-end.bmp",
        "broken-cut-padding.bmp",
        "broken-rle8-no-end.bmp",
        "broken-rle8-no-pad.bmp",
        "broken-rle8-in-delta.bmp",
        "broken-rle8-size.bmp",
    ] {
        assert_eq!(
            run(["bmp", "convert", &fixture(name), &out]).status,
            0,
            "{name}"
        );
    }
}

#[test]
fn next_to_nothing_of_a_large_picture_is_refused_with_the_option_that_allows_it() {
    let folder = Folder::new();
    let out = place(&folder, "out.png");
    let tall = fixture("broken-tall.bmp");
    let error = run(["bmp", "convert", "--partial", &tall, &out]).fails(4);
    let says = "the file holds data for 1 of 20000000 pixels";
    assert!(
        error.contains(says) && error.contains("--max-pixels"),
        "{error}"
    );
    assert!(!std::path::Path::new(&out).exists());
}

#[test]
fn bitmaps_without_a_file_header_and_icons_are_read_by_every_verb() {
    let folder = Folder::new();
    let out = place(&folder, "out.png");
    for (name, bitmap) in [
        ("dib-24.bmp", "0"),
        ("dib-8-core.bmp", "0"),
        ("icon.ico", "0"),
        ("icon.ico", "1"),
        ("cursor.cur", "0"),
    ] {
        let file = fixture(name);
        assert!(
            run(["inspect", &file]).out().contains("dib_header"),
            "{name}"
        );
        assert!(
            run(["bmp", "info", &file]).out().contains("picture:"),
            "{name}"
        );
        assert_eq!(run(["bmp", "check", &file]).out(), "", "{name}");
        run(["bmp", "convert", &file, &out, "--bitmap", bitmap]).out();
    }
    let missing = run([
        "bmp",
        "convert",
        &fixture("icon.ico"),
        &out,
        "--bitmap",
        "2",
    ]);
    assert!(missing.fails(4).contains("the file has 2"));
}

#[test]
fn what_is_read_with_a_warning_becomes_a_bitmap_without_one() {
    let folder = Folder::new();
    let (out, first, second) = (
        place(&folder, "out.bmp"),
        place(&folder, "first.png"),
        place(&folder, "second.png"),
    );
    for name in [
        "broken-bitfields-24.bmp",
        "broken-masks-zero.bmp",
        "broken-palette-missing.bmp",
        "broken-palette-forgotten.bmp",
        "broken-palette-forgotten-core.bmp",
        "dib-24.bmp",
    ] {
        let file = fixture(name);
        assert_eq!(run(["bmp", "convert", &file, &out]).status, 0, "{name}");
        assert_eq!(run(["bmp", "check", &out]).out(), "", "{name}");
        assert_eq!(
            run(["bmp", "convert", &file, &first, "--bits", "24"]).status,
            0
        );
        run(["bmp", "convert", &out, &second, "--bits", "24"]).out();
        assert_eq!(
            fs::read(&first).unwrap(),
            fs::read(&second).unwrap(),
            "{name}"
        );
    }
}

/// The bits of a channel and the color type of a PNG file.
fn depth(file: &[u8]) -> (u8, u8) {
    (file[24], file[25])
}

#[test]
fn grays_and_palettes_keep_their_bits_both_ways() {
    let folder = Folder::new();
    let (png, back) = (place(&folder, "a.png"), place(&folder, "b.bmp"));
    // Color type 0 is gray, 3 has a palette.
    for (name, bits, color) in [
        ("corner-1-white-first.bmp", 1, 0),
        ("broken-palette-missing.bmp", 8, 0),
        ("info-4.bmp", 4, 3),
        ("info-8.bmp", 8, 3),
    ] {
        assert_eq!(run(["bmp", "convert", &fixture(name), &png]).status, 0);
        assert_eq!(depth(&fs::read(&png).unwrap()), (bits, color), "{name}");
        run(["bmp", "convert", &png, &back]).out();
        let file = fs::read(&back).unwrap();
        assert_eq!((file[14], file[28]), (40, bits), "{name}");
    }
}

#[test]
fn bits_of_a_png_are_those_asked_for_or_refused() {
    let folder = Folder::new();
    let out = place(&folder, "out.png");
    let convert = |name: &str, settings: &[&str]| {
        let file = fixture(name);
        run(["bmp", "convert", &file, &out].iter().chain(settings))
    };
    for (bits, expected) in [
        ("8", (8, 3)),
        ("24", (8, 2)),
        ("32", (8, 6)),
        ("48", (16, 2)),
        ("64", (16, 6)),
    ] {
        convert("info-4.bmp", &["--bits", bits]).out();
        assert_eq!(depth(&fs::read(&out).unwrap()), expected, "{bits}");
    }
    let refused = convert("rgb24-640x360.bmp", &["--bits", "8"]).fails(1);
    assert!(refused.contains("--lossy"), "{refused}");
    convert("rgb24-640x360.bmp", &["--bits", "8", "--lossy"]).out();
    assert_eq!(depth(&fs::read(&out).unwrap()), (8, 3));
    for option in [
        &["--header", "v4"][..],
        &["--compression", "rle8"],
        &["--top-down"],
        &["--bottom-up"],
    ] {
        assert!(convert("info-8.bmp", option).fails(2).contains(option[0]));
    }
}

#[test]
fn sixteen_bits_a_channel_stay() {
    let folder = Folder::new();
    let (png, back) = (place(&folder, "a.png"), place(&folder, "b.bmp"));
    for name in ["corner-bitfields-1010102.bmp", "info-64.bmp"] {
        let file = fixture(name);
        // A bitmap of the same kind has the same pixels, byte for byte.
        run(["bmp", "convert", &file, &back]).out();
        let (before, after) = (fs::read(&file).unwrap(), fs::read(&back).unwrap());
        if name == "corner-bitfields-1010102.bmp" {
            assert_eq!(after[66..], before[66..], "{name}");
        }
        run(["bmp", "convert", &back, &png]).out();
        assert_eq!(fs::read(&png).unwrap()[24], 16, "{name}");
        // Only a whole PNG file keeps every color of 16 bits.
        let target = place(&folder, "c.bmp");
        let error = run(["bmp", "convert", &png, &target]).fails(1);
        assert!(error.contains("--compression png"), "{error}");
        run([
            "bmp",
            "convert",
            &png,
            &target,
            "--bits",
            "0",
            "--compression",
            "png",
        ])
        .out();
    }
}

#[test]
fn alpha_takes_a_header_that_has_it_or_the_message_names_one() {
    let folder = Folder::new();
    let (png, out) = (place(&folder, "a.png"), place(&folder, "b.bmp"));
    run(["bmp", "convert", &fixture("v3-4444.bmp"), &png]).out();
    for (settings, header) in [
        (&[][..], 108),
        (&["--bits", "32"], 108),
        (&["--header", "v5"], 124),
        (&["--header", "v3", "--bits", "32"], 56),
    ] {
        run(["bmp", "convert", &png, &out].iter().chain(settings)).out();
        let file = fs::read(&out).unwrap();
        assert_eq!(
            (file[14], file[28], file[30]),
            (header, 32, 3),
            "{settings:?}"
        );
    }
    for settings in [
        &["--header", "info"][..],
        &["--bits", "24"],
        &["--bits", "8"],
    ] {
        let error = run(["bmp", "convert", &png, &out].iter().chain(settings)).fails(1);
        assert!(error.contains("--header v4 --bits 32"), "{error}");
    }
}

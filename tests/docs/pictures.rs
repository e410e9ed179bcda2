//! The pictures in docs/pictures: what commands print, a screen of the browser, and a page of HTML.
//!
//! `BYTEWRIGHT_BLESS=1 cargo test --test docs pictures` draws them anew.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bytewright::Source;
use bytewright::view::{Colors, Opening};
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::Place;

#[path = "../view/browser.rs"]
#[allow(dead_code, reason = "tests of the browser use more of it")]
mod browser;

use browser::{Browser, fixture};

/// Pictures of commands, each of those that it shows.
const COMMANDS: &[(&str, &[&str])] = &[
    (
        "dump",
        &["bytewright dump --length 64 --columns 8 fixtures/bmp/rgb24-640x360.bmp"],
    ),
    (
        "inspect",
        &["bytewright inspect fixtures/bmp/broken-palette.bmp"],
    ),
    (
        "set",
        &[
            "cp fixtures/tar/ustar.tar mine.tar",
            "bytewright set mine.tar 'members[\"d/a.txt\"].header.mode=0o600'",
            "bytewright diff fixtures/tar/ustar.tar mine.tar",
        ],
    ),
    (
        "show",
        &["bytewright bmp show --columns 48 fixtures/bmp/rgb24-640x360.bmp"],
    ),
];

/// The page that the picture `page.png` shows.
const PAGE: &str = "bytewright dump --html fixtures/bmp/info-8.bmp -o page.html";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures")
}

fn blesses() -> bool {
    std::env::var_os("BYTEWRIGHT_BLESS").is_some()
}

/// Compares what is shown, with the escape sequences of a terminal in it, with the picture that is stored, or
/// stores it.
fn same(name: &str, shown: &str) {
    let picture = anstyle_svg::Term::new().render_svg(shown);
    let path = folder().join(name).with_extension("svg");
    if blesses() {
        fs::write(&path, picture).unwrap();
        return;
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == picture,
        "{} is not what the tool prints; draw it anew with \
         BYTEWRIGHT_BLESS=1 cargo test --test docs pictures",
        path.display()
    );
}

#[test]
fn pictures_of_commands_are_what_the_tool_prints() {
    for (name, commands) in COMMANDS {
        let place = Place::new();
        let mut shown = String::new();
        for command in *commands {
            let output = place.output(command, true);
            writeln!(shown, "\x1b[1m$\x1b[0m {command}").unwrap();
            // What draws the picture reads one color in an escape sequence.
            shown += &output.replace(";48;", "m\x1b[48;");
        }
        same(name, &shown);
    }
}

#[test]
fn the_picture_of_the_browser_is_what_it_draws() {
    let opening = Opening {
        name: "rgb24-640x360.bmp".to_owned(),
        source: Source::open(fixture("bmp/rgb24-640x360.bmp")).unwrap(),
        path: None,
        format: None,
        other: None,
    };
    let mut browser = Browser::in_colors(opening, Colors::True, (120, 30));
    // To a field in the tree; the panel goes from values to problems to the picture.
    browser.keys("gdib_header.width<Enter>ii");
    same("view", &escaped(browser.buffer()));
}

/// A screen as a terminal is told it.
fn escaped(buffer: &Buffer) -> String {
    let mut text = String::new();
    for row in buffer.content().chunks(usize::from(buffer.area.width)) {
        let mut style = String::new();
        for cell in row {
            let new = codes(cell);
            if new != style {
                write!(text, "\x1b[0m{new}").unwrap();
                style = new;
            }
            text += cell.symbol();
        }
        text += "\x1b[0m\n";
    }
    text
}

/// The escape sequences that set the style of a cell.
fn codes(cell: &Cell) -> String {
    let modifiers = [
        (Modifier::BOLD, 1),
        (Modifier::DIM, 2),
        (Modifier::ITALIC, 3),
        (Modifier::UNDERLINED, 4),
        (Modifier::REVERSED, 7),
    ];
    let mut codes = String::new();
    for (modifier, code) in modifiers {
        if cell.modifier.contains(modifier) {
            write!(codes, "\x1b[{code}m").unwrap();
        }
    }
    for (color, which) in [(cell.fg, 38), (cell.bg, 48)] {
        match color {
            Color::Reset => {}
            Color::Indexed(index) => write!(codes, "\x1b[{which};5;{index}m").unwrap(),
            Color::Rgb(red, green, blue) => {
                write!(codes, "\x1b[{which};2;{red};{green};{blue}m").unwrap();
            }
            named => panic!("{named:?} depends on a terminal's theme"),
        }
    }
    codes
}

/// Chromium draws the same page with other pixels from version to version, so the picture is drawn where it
/// is asked for, and what is tested is that there is one.
#[test]
fn a_picture_of_the_page_is_there() {
    let path = folder().join("page.png");
    if blesses() && crate::common::have_peer("chromium", &["--version"]) {
        let place = Place::new();
        assert_eq!(place.output(PAGE, false), "");
        let page = place.folder.path().join("page.html");
        let user = place.folder.path().join("user");
        let drawn = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
            ])
            .args([
                "--hide-scrollbars",
                "--window-size=1280,480",
                "--virtual-time-budget=2000",
            ])
            .arg(format!("--user-data-dir={}", user.display()))
            .arg(format!("--screenshot={}", path.display()))
            .arg(format!("file://{}#dib_header.width", page.display()))
            .output()
            .unwrap();
        assert!(drawn.status.success(), "{drawn:?}");
    }
    let picture = fs::read(&path).unwrap();
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
}

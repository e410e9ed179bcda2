//! The first word of the command line: a verb, a file to look into, or neither.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;

use super::error::error;
use super::tar::letters;
use super::{Context, Exit, words};
use crate::offset::Position;
use crate::render::escape;

/// The verbs, so that no parser has to be built to tell one from a file. A test compares them with
/// those that the parser knows.
const VERBS: [&str; 25] = [
    "unpack",
    "pack",
    "layout",
    "inspect",
    "view",
    "get",
    "extract",
    "set",
    "apply",
    "dump",
    "bmp",
    "find",
    "strings",
    "diff",
    "peek",
    "guess",
    "hash",
    "formats",
    "size",
    "records",
    "tar",
    "completions",
    "complete",
    "man",
    "help",
];

/// The output without arguments.
const GREETING: &str = "\
bytewright shows what bytes mean, changes them, and makes them. Try:

  bytewright photo.bmp         the fields of a file, and what is wrong with it
  bytewright dump photo.bmp    its bytes, each in the color of its field
  bytewright unpack '<2s:magic I:size' photo.bmp    a format of your own
  curl -s example.org | bytewright -    what comes through a pipe

It knows more than a hundred formats, such as PNG, ZIP, ELF, SQLite and tar, and
each that you describe; of any other file, bytewright guess says what it may be.
bytewright -h lists the verbs, bytewright VERB --help has examples.
";

/// `-h`: what fits into 24 lines of 80 columns, with the line that asked for it and the prompt after it.
const SCREEN: &str = "\
Turn bytes into named fields and named fields back into bytes.

Usage: bytewright FILE [PATH]             the fields of a file: inspect
       bytewright VERB [OPTIONS] ...      VERB -h tells its options
Verbs:
  look into files  inspect, get, extract, dump, peek, find, strings, guess,
                   hash, diff
  change them      set, apply; view, on a full screen
  your own format  unpack, pack, layout, size, formats
  bitmaps          bmp info|check|show|convert|fix
  archives         tar create|list|extract|append|check|diff|...
  many records     records, to CSV, JSON lines, Parquet, and back
  for packagers    completions, man
Examples:
  bytewright photo.bmp                          what is in it, what is wrong
  bytewright dump a.tar --color always | less -R    bytes in colors of fields
  bytewright find disk.img 'some text'          where it stands, in which field
  bytewright records '<I:time f:value' log -o log.csv
  bytewright tar extract backup.tar.gz -C restored

--color auto|always|never; --formats FILE adds formats; -V tells the version.
--help has a line on every verb, how numbers are written, and the exit status.
";

/// The examples of the first screen, for the pages that say more.
pub(super) fn examples() -> &'static str {
    let from = SCREEN.find("Examples:\n").unwrap_or(SCREEN.len());
    let rest = SCREEN.get(from..).unwrap_or_default();
    rest.split("\n\n").next().unwrap_or_default()
}

/// The interpretation of a command line before its arguments are parsed.
pub(super) enum Interpretation {
    /// These arguments are parsed; the name of the program comes first.
    Parse(Vec<OsString>),
    /// It is answered.
    Answered(Exit),
}

/// Finds out what the first word means.
pub(super) fn look(mut args: Vec<OsString>) -> Interpretation {
    let at = first_word(&args);
    let Some(word) = args.get(at).cloned() else {
        return match args.len() {
            0 | 1 => Interpretation::Answered(greet()),
            _ => Interpretation::Parse(args),
        };
    };
    if word == "-h" {
        return Interpretation::Answered(screen());
    }
    let text = word.to_str().unwrap_or_default();
    let rest = at.past(1);
    if VERBS.contains(&text) {
        if text == "tar" {
            return match letters::to_verb(args.get(rest..).unwrap_or_default()) {
                Ok(None) => parse_verb(args, rest, text),
                Ok(Some(translated)) => {
                    args.truncate(rest);
                    args.extend(translated);
                    Interpretation::Parse(args)
                }
                Err(message) => refuse(&message),
            };
        }
        if text == "bmp"
            && let Some(file) = args.get(rest).filter(|file| Path::new(file).is_file())
        {
            let name = words::quoted(file);
            return refuse(&format!(
                "expected a verb before the file:\n\n  bytewright bmp info {name}\n  \
                 bytewright bmp show {name}\n"
            ));
        }
        let below = args.get(rest).and_then(|word| word.to_str());
        let after = args.get(rest.past(1)..).unwrap_or_default();
        return match below.and_then(|below| words::meant_below(text, below, after)) {
            Some(message) => refuse(&message),
            None => parse_verb(args, rest, text),
        };
    }
    // Options of inspect may come before the file.
    let is_option = text.starts_with('-') && text != "-";
    if is_option && matches!(text, "--help" | "-V" | "--version") {
        return Interpretation::Parse(args);
    }
    if word.is_empty() {
        return refuse("the first argument is empty; bytewright -h lists the verbs");
    }
    let is_of_tar = text.len() > "-x".len() && letters::are_letters(&word);
    let looks_into = match is_option {
        true => !is_of_tar && args.iter().skip(rest).any(|arg| is_named(arg)),
        false => text == "-" || is_there(&word),
    };
    if looks_into {
        args.insert(at, "inspect".into());
        return Interpretation::Parse(args);
    }
    let arguments = args.get(rest..).unwrap_or_default();
    if let Some(message) = words::meant(text, arguments) {
        return refuse(&message);
    }
    if is_of_tar {
        let line = args.get(at..).unwrap_or_default().iter();
        let line: Vec<String> = line.map(words::quoted).collect();
        let line = line.join(" ");
        return refuse(&format!(
            "these are letters of tar, which is a verb here:\n\n  bytewright tar {line}\n"
        ));
    }
    if !is_option && !is_like_a_verb(text) {
        let name = escape::path(Path::new(&word));
        return refuse(&format!(
            "{name}: there is no such file, and no such verb; bytewright -h lists the verbs"
        ));
    }
    Interpretation::Parse(args)
}

/// A verb wins over a file of its name: where nothing follows, the file may have been meant.
fn parse_verb(args: Vec<OsString>, rest: usize, verb: &str) -> Interpretation {
    if args.len() == rest && Path::new(verb).is_file() {
        Context::new(Vec::new()).note(format_args!(
            "{verb} is a verb, and the name of a file here: bytewright ./{verb} looks into the file"
        ));
    }
    Interpretation::Parse(args)
}

/// Where the first word is: after the name of the program and the options that every verb takes.
pub(super) fn first_word(args: &[OsString]) -> usize {
    let words = args.get(1..).unwrap_or_default();
    shared(words).past(1)
}

/// The number of words at the beginning that are options which every verb takes, and values of these.
pub(super) fn shared(words: &[OsString]) -> usize {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let text = word.to_str().unwrap_or_default();
        at = match text {
            "--color" | "--formats" => at.past(2),
            _ if text.starts_with("--color=") || text.starts_with("--formats=") => at.past(1),
            _ => return at,
        };
    }
    at
}

/// Whether a word may be a verb with a slip of the finger, for which the parser suggests the right one.
fn is_like_a_verb(word: &str) -> bool {
    const ALIKE: f64 = 0.7;
    !word.contains(['.', '/', '\\']) && VERBS.iter().any(|verb| strsim::jaro(verb, word) > ALIKE)
}

/// Whether a word after options may name a file, be it there or not.
fn is_named(arg: &OsStr) -> bool {
    is_there(arg) || !arg.is_empty() && !arg.as_encoded_bytes().starts_with(b"-")
}

fn is_there(arg: &OsStr) -> bool {
    !arg.is_empty() && Path::new(arg).exists()
}

fn refuse(message: &str) -> Interpretation {
    Interpretation::Answered(Context::new(Vec::new()).finish(Err(error!("{message}"))))
}

/// A call without arguments isn't a success: a script may have forgotten them.
fn greet() -> Exit {
    let _ = write!(anstream::stderr().lock(), "{GREETING}");
    Exit::Failed
}

fn screen() -> Exit {
    let mut cx = Context::new(Vec::new());
    let written = cx.out().write_all(SCREEN.as_bytes());
    cx.finish(written.map(|()| Exit::Done).map_err(Into::into))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parsed(args: &[&str]) -> Option<Vec<String>> {
        let args = std::iter::once("bytewright").chain(args.iter().copied());
        match look(args.map(OsString::from).collect()) {
            Interpretation::Parse(args) => Some(
                args.into_iter()
                    .skip(1)
                    .map(|arg| arg.into_string().unwrap())
                    .collect(),
            ),
            Interpretation::Answered(_) => None,
        }
    }

    #[test]
    fn the_verbs_are_those_of_the_parser_and_the_screen_names_them() {
        let mut known: Vec<String> = crate::cli::Cli::command()
            .get_subcommands()
            .filter(|command| !command.is_hide_set())
            .map(|command| command.get_name().to_owned())
            .collect();
        for verb in &known {
            assert!(SCREEN.contains(verb), "{verb}");
        }
        known.extend(["complete".to_owned(), "help".to_owned()]);
        known.sort();
        let mut verbs = VERBS.to_vec();
        verbs.sort_unstable();
        assert_eq!(known, verbs);
    }

    #[test]
    fn the_first_screen_fits_a_terminal_of_80_by_24() {
        for (text, lines) in [(SCREEN, 22), (GREETING, 12)] {
            assert!(text.lines().count() <= lines, "{text}");
        }
        let mut lines = SCREEN.lines().chain(GREETING.lines());
        assert_eq!(lines.find(|line| line.chars().count() > 80), None);
    }

    #[test]
    fn a_file_is_inspected_and_a_verb_stays_one() {
        assert_eq!(
            parsed(&["Cargo.toml", "a.b"]).unwrap(),
            ["inspect", "Cargo.toml", "a.b"]
        );
        assert_eq!(
            parsed(&["--color", "never", "Cargo.toml"]).unwrap(),
            ["--color", "never", "inspect", "Cargo.toml"]
        );
        assert_eq!(
            parsed(&["--depth=2", "Cargo.toml"]).unwrap(),
            ["inspect", "--depth=2", "Cargo.toml"]
        );
        assert_eq!(parsed(&["-"]).unwrap(), ["inspect", "-"]);
        assert_eq!(
            parsed(&["--", "Cargo.toml"]).unwrap(),
            ["inspect", "--", "Cargo.toml"]
        );
        // fq's way to name a format; the parser of inspect says how it is written.
        assert_eq!(
            parsed(&["-d", "toml", "Cargo.toml"]).unwrap(),
            ["inspect", "-d", "toml", "Cargo.toml"]
        );
        assert_eq!(parsed(&["-tvf", "Cargo.toml"]), None);
        assert_eq!(parsed(&[""]), None);
        assert_eq!(
            parsed(&["dump", "Cargo.toml"]).unwrap(),
            ["dump", "Cargo.toml"]
        );
        assert_eq!(parsed(&["no-such-file.bmp"]), None);
        assert_eq!(parsed(&["LICENSE.old"]), None);
        assert_eq!(parsed(&["measurements"]), None);
        assert_eq!(parsed(&["unpak"]).unwrap(), ["unpak"]);
    }

    #[test]
    fn the_letters_of_tar_become_verbs() {
        assert_eq!(
            parsed(&["tar", "xf", "a.tar"]).unwrap(),
            ["tar", "extract", "a.tar"]
        );
    }
}

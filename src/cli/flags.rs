//! Options that people try because other tools have them, and those that they mean.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory, Error};

use super::command_words::{self, CommandWords};
use super::{Cli, words};
use crate::offset::Position;

/// Options of other tools, and what may be written for them: the first that the verb has counts.
const OPTIONS: &[(&[&str], &[&str])] = &[
    (
        &[
            "--skip",
            "--seek",
            "--start",
            "--from",
            "--begin",
            "--skip-bytes",
            "--at",
            "--address",
            "-j",
        ],
        &["--offset"],
    ),
    (
        &[
            "--len",
            "--size",
            "--bytes",
            "--count",
            "--limit",
            "--num",
            "--end",
            "--read-bytes",
            "-N",
            "-l",
        ],
        &["--length", "--count", "--limit", "--long"],
    ),
    (
        &["--head", "--first", "--top", "--lines", "--max-count", "-m"],
        &["--limit", "--count", "--length"],
    ),
    (
        &["--width", "--cols", "--line-width", "-w", "-c"],
        &["--columns"],
    ),
    (&["--group-size", "--groupsize"], &["--group"]),
    (
        &["--output-file", "--outfile", "--write", "--dest", "--save"],
        &["--out"],
    ),
    (
        &["--no-color", "--no-colour", "--nocolor", "--plain-text"],
        &["--color never"],
    ),
    (&["--colour", "--colors"], &["--color"]),
    (&["--jsonl", "--ndjson", "--json-lines"], &["-O jsonl"]),
    (&["--json", "-j"], &["--json"]),
    (&["--csv", "--tsv"], &["-O csv"]),
    (&["--raw", "--binary"], &["-O raw"]),
    (&["--base64"], &["-O base64"]),
    (
        &["--hex", "--as-hex", "-x"],
        &["-O hex", "--hex-ints", "--hex"],
    ),
    (
        &[
            "--type",
            "--fmt",
            "--decode",
            "--template",
            "--struct",
            "-t",
            "-d",
        ],
        &["--format"],
    ),
    (&["--levels", "--max-depth", "--level", "-L"], &["--depth"]),
    (
        &["--full", "--everything", "--verbose", "-a", "-v"],
        &["--all", "--verbose", "--long"],
    ),
    (
        &["--xxd", "--postscript", "--simple", "-ps"],
        &["--digits", "--plain"],
    ),
    (&["--revert", "--undump", "-r"], &["--reverse"]),
    (
        &["--ignorecase", "--case-insensitive", "--nocase"],
        &["--ignore-case"],
    ),
    (&["--pattern", "--string", "--search"], &["--text"]),
    (&["--regexp", "--perl-regexp", "-E", "-P"], &["--regex"]),
    (&["--field", "--member", "--part", "--section"], &["--path"]),
    (
        &["--dir", "--folder", "--output-dir", "--to", "--into", "-d"],
        &["--directory"],
    ),
    (
        &["--gzip", "--zstd", "--xz", "--bzip2", "-z", "-J"],
        &["--compress"],
    ),
    (&["--algo", "--alg", "--hash", "--type"], &["--algorithm"]),
    (&["--md5"], &["-a md5"]),
    (&["--sha1"], &["-a sha1"]),
    (&["--sha256"], &["-a sha256"]),
    (&["--sha512"], &["-a sha512"]),
    (&["--crc32", "--crc"], &["-a crc32"]),
    (&["--blake3", "--b3"], &["-a blake3"]),
    (
        &["--salvage", "--fix", "--recover", "--mend", "--save"],
        &["--repair"],
    ),
    (
        &["--simulate", "--preview", "--check-only", "--pretend"],
        &["--dry-run"],
    ),
    (
        &["--skip-old-files", "--keep-old-files", "--no-clobber"],
        &["--keep"],
    ),
    (
        &["--name", "--prefix", "--as", "--rename"],
        &["--arcname", "--transform"],
    ),
    (&["--xform"], &["--transform"]),
    (&["--overwrite", "--yes", "-y", "-f"], &["--force"]),
    (&["--backup", "--save-undo"], &["--undo"]),
    (&["--inplace", "-i"], &["--in-place"]),
    (&["--brief", "--silent", "-s"], &["--quiet", "--summary"]),
    (
        &["--min", "--minimum", "--min-len", "--chars"],
        &["--min-length"],
    ),
    (
        &["--little", "--le", "--little-endian", "-e"],
        &["'<...' as the first character of the format"],
    ),
    (
        &["--big", "--be", "--big-endian"],
        &["'>...' as the first character of the format"],
    ),
];

/// Options of other tools that change nothing here, with the verbs that are written so.
const NEEDLESS: &[(&str, &[&str], &str)] = &[
    (
        "dump",
        &["-C", "--canonical"],
        "digits and text are shown side by side",
    ),
    ("strings", &["-a", "--all"], "all of a file is looked at"),
    ("diff", &["-u"], "what changed is shown field by field"),
];

/// Adds a suggestion to an error about an unknown option.
pub(super) fn advise(error: &mut Error, args: &[OsString]) {
    let mut command = Cli::command();
    command.build();
    let Some((verb, words)) = command_words::verb(&command, args) else {
        return;
    };
    match error.kind() {
        ErrorKind::ValueValidation => advise_assignment(error, verb, words),
        ErrorKind::ArgumentConflict => advise_digits(error, words),
        ErrorKind::MissingRequiredArgument => {
            let found = CommandWords::of(verb, words);
            advise_company(error, &found);
            advise_archive(error, verb, words);
            advise_joined(error, verb, words);
            advise_path(error, &found);
        }
        ErrorKind::UnknownArgument => advise_unknown(error, &command, verb),
        _ => {}
    }
}

/// An option that the verb doesn't have.
fn advise_unknown(error: &mut Error, command: &Command, verb: &Command) {
    let Some(ContextValue::String(given)) = error.get(ContextKind::InvalidArg) else {
        return;
    };
    let given = given.split('=').next().unwrap_or_default().to_owned();
    // To take an option for a value helps only where it is the name of a file.
    if !Path::new(&given).exists() {
        error.remove(ContextKind::Suggested);
    }
    if let Some(tip) = tip(command, verb, &given) {
        error.remove(ContextKind::SuggestedArg);
        suggest(error, &tip);
    }
}

/// A suggestion for an option that the verb doesn't have, where there is one.
fn tip(command: &Command, verb: &Command, given: &str) -> Option<String> {
    let name = verb.get_name();
    if matches!(given, "-f" | "--file") && has_archive(verb) {
        return Some(format!(
            "the archive is the first argument, without {given}: bytewright tar {name} ARCHIVE ..."
        ));
    }
    let asks_out = matches!(given, "-o" | "--out" | "--output" | "--outfile");
    if asks_out && !has(verb, "--out") {
        return Some(where_it_goes(verb, given));
    }
    let asks_json = matches!(given, "--json" | "--jsonl" | "--ndjson" | "-O" | "-j");
    if asks_json && name == "view" {
        return Some(
            "view is a screen to look at: bytewright inspect FILE --json prints its tree, \
             bytewright diff A B --json what differs"
                .to_owned(),
        );
    }
    let asks_path = matches!(given, "--path" | "--field" | "--key" | "--member");
    if asks_path && !has(verb, "--path") && takes_paths(verb) {
        return Some(format!(
            "a path comes after the file, without {given}: bytewright {name} FILE PATH"
        ));
    }
    let needless =
        |(of, options, _): &&(&str, &[&str], &str)| *of == name && options.contains(&given);
    if let Some((_, _, shown)) = NEEDLESS.iter().find(needless) {
        return Some(format!("{shown} without {given}"));
    }
    let level = given.strip_prefix('-').filter(|level| is_digit(level));
    if let Some(level) = level.filter(|_| has(verb, "--level")) {
        return Some(format!("{given} is written --level {level} here"));
    }
    if matches!(given, "-f" | "--format" | "-t") && has_format_first(verb) {
        return Some(format!(
            "the format is the first argument, without {given}: bytewright {name} FORMAT ..."
        ));
    }
    if let Some(name) = given.strip_prefix("--")
        && command.find_subcommand(name).is_some()
    {
        return Some(format!("{name} is a verb: bytewright {name} ..."));
    }
    let known = OPTIONS.iter().filter(|(words, _)| words.contains(&given));
    let mut meant = known.flat_map(|(_, options)| *options);
    let meant = meant.find(|option| has(verb, option))?;
    Some(format!("{given} is written {meant} here"))
}

/// Whether a text is one digit.
fn is_digit(text: &str) -> bool {
    matches!(text.as_bytes(), [b'0'..=b'9'])
}

/// Where a verb without `--out` writes.
fn where_it_goes(verb: &Command, given: &str) -> String {
    match verb.get_name() {
        _ if writes_last(verb) => {
            format!("the file to write is the last argument, without {given}")
        }
        "set" | "apply" => {
            "the file itself is changed, and --undo keeps the way back; for another one, cp it first".to_owned()
        }
        "append" | "update" | "delete" => {
            "the archive itself is changed; for another one, cp it first".to_owned()
        }
        "view" => "the file itself is changed, where s saves; for another one, cp it first".to_owned(),
        "create" => format!("the archive to write is the first argument, without {given}"),
        _ if has(verb, "--directory") => "the folder to write into comes after -C".to_owned(),
        _ if has(verb, "--repair") => "what is whole is written by --repair OUT".to_owned(),
        _ => "what is printed goes into a file by > OUT".to_owned(),
    }
}

/// An option that is there only with another one: the error names that one alone.
fn advise_company(error: &mut Error, words: &CommandWords<'_>) {
    let Some(ContextValue::Strings(missing)) = error.get(ContextKind::InvalidArg) else {
        return;
    };
    if let [option] = missing.as_slice()
        && option.starts_with("--")
    {
        let tip = match words.options.as_slice() {
            [] => return,
            [(given, _)] => {
                let given = given.to_string_lossy();
                let given = given.split('=').next().unwrap_or_default();
                format!("{given} goes with {option} alone")
            }
            _ => format!("one of the options that are given goes with {option} alone"),
        };
        suggest(error, &tip);
    }
}

/// `tar create FOLDER` lacks the archive, and `tar create ARCHIVE` the files.
fn advise_archive(error: &mut Error, verb: &Command, words: &[OsString]) {
    let Some(ContextValue::Strings(missing)) = error.get(ContextKind::InvalidArg) else {
        return;
    };
    if !missing.iter().any(|argument| argument.contains("ARCNAME")) {
        return;
    }
    let found = CommandWords::of(verb, words);
    let Some(given) = found.arguments.first() else {
        return;
    };
    // The files to add are relative to the folder after -C.
    let folders = found.values(verb, "directory").into_iter();
    let folder = folders.fold(PathBuf::new(), |path, folder| path.join(folder));
    let path = folder.join(given);
    let line = words.iter().map(words::quoted);
    let line: Vec<String> = line.collect();
    let line = line.join(" ");
    let tip = match path.is_dir() || path.is_file() && !words::names_archive(&path) {
        true => format!(
            "the archive to write comes first, then what to put in: bytewright tar {} {} {line}",
            verb.get_name(),
            words::archive_of(&path),
        ),
        false => format!(
            "what to put in is missing: bytewright tar {} {line} FOLDER",
            verb.get_name()
        ),
    };
    suggest(error, &tip);
}

/// `tar concat A B` lacks the archive to write.
fn advise_joined(error: &mut Error, verb: &Command, words: &[OsString]) {
    let Some(ContextValue::Strings(missing)) = error.get(ContextKind::InvalidArg) else {
        return;
    };
    if verb.get_name() != "concat" || !missing.iter().any(|argument| argument.contains("--out")) {
        return;
    }
    let found = CommandWords::of(verb, words).arguments;
    let new = found.last().filter(|last| !Path::new(last).exists());
    let read = found.len().since(new.iter().len());
    let read: Vec<String> = found
        .iter()
        .take(read)
        .map(|word| words::quoted(word))
        .collect();
    if read.is_empty() {
        return;
    }
    let out = new.map_or("OUT.tar".to_owned(), |new| words::quoted(new));
    let tip = format!(
        "the archive to write comes after -o: bytewright tar concat {} -o {out}",
        read.join(" ")
    );
    suggest(error, &tip);
}

/// A file without the path of a field in it: for verbs that print paths.
fn advise_path(error: &mut Error, words: &CommandWords<'_>) {
    let Some(ContextValue::Strings(missing)) = error.get(ContextKind::InvalidArg) else {
        return;
    };
    let asks = |argument: &String| argument.starts_with("<PATH>") || argument.starts_with("<PATH=");
    let file = words.arguments.iter().find(|arg| Path::new(arg).is_file());
    if let (true, Some(file)) = (missing.iter().any(asks), file) {
        let file = words::quoted(file);
        suggest(
            error,
            &format!("bytewright inspect {file} shows which paths there are"),
        );
    }
}

/// `--hex 0102 0304`: what the words are together.
fn advise_digits(error: &mut Error, words: &[OsString]) {
    let is_hex = |value: &ContextValue| value.to_string().contains("--hex");
    let mut named = [ContextKind::InvalidArg, ContextKind::PriorArg].into_iter();
    if !named.any(|kind| error.get(kind).is_some_and(is_hex)) {
        return;
    }
    let words = words.iter().skip_while(|arg| *arg != "--hex").skip(1);
    let digits = words.map_while(|word| {
        let word = word.to_str()?;
        word.bytes().all(|b| b.is_ascii_hexdigit()).then_some(word)
    });
    let digits: Vec<&str> = digits.collect();
    if digits.len() > 1 {
        let digits = digits.join(" ");
        suggest(
            error,
            &format!("digits with spaces are one argument: --hex '{digits}'"),
        );
    }
}

/// `set FILE PATH VALUE`: what the two words are together.
fn advise_assignment(error: &mut Error, verb: &Command, words: &[OsString]) {
    let (Some(ContextValue::String(name)), Some(ContextValue::String(path))) = (
        error.get(ContextKind::InvalidArg),
        error.get(ContextKind::InvalidValue),
    ) else {
        return;
    };
    let is_path = ["<PATH>", "PATH=VALUE", "|PATH]"]
        .iter()
        .any(|end| name.contains(end));
    if is_path && !path.contains('=') && Path::new(path).is_file() {
        let tip = format!("{path} is a file: the file comes first, then the path");
        suggest(error, &tip);
        return;
    }
    let arguments = CommandWords::of(verb, words).arguments;
    let mut after = arguments
        .into_iter()
        .skip_while(|arg| *arg != &**path)
        .skip(1);
    if !name.contains("PATH=VALUE") || path.contains('=') {
        return;
    }
    let value = after.next().and_then(|arg| arg.to_str());
    let value = value.filter(|value| !value.contains('='));
    let written = words::quoted(&format!("{path}={}", value.unwrap_or("VALUE")).into());
    suggest(
        error,
        &format!("a field and its value are one argument: {written}"),
    );
}

fn suggest(error: &mut Error, text: &str) {
    let tip = StyledStr::from(text.to_owned());
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
}

/// Whether the first argument of a verb is an archive, which GNU tar takes after `-f`.
fn has_archive(verb: &Command) -> bool {
    let first = verb.get_positionals().next();
    first.is_some_and(|arg| matches!(arg.get_id().as_str(), "archive" | "archives"))
}

/// Whether the first argument of a verb is a format, which other tools take after an option.
fn has_format_first(verb: &Command) -> bool {
    let first = verb.get_positionals().next();
    first.is_some_and(|arg| arg.get_id() == "format") && !has(verb, "--format")
}

/// Whether a verb takes paths of fields after the file.
fn takes_paths(verb: &Command) -> bool {
    let is_path = |arg: &clap::Arg| matches!(arg.get_id().as_str(), "path" | "paths");
    verb.get_positionals().any(is_path)
}

/// Whether the last argument of a verb is the file that it writes.
fn writes_last(verb: &Command) -> bool {
    let last = verb.get_positionals().last();
    last.is_some_and(|arg| arg.get_id() == "to")
}

/// Whether a verb has an option, with the value that is written after it.
fn has(verb: &Command, option: &str) -> bool {
    let (name, value) = match option.split_once(' ') {
        Some((name, value)) => (name, Some(value)),
        None => (option, None),
    };
    // A suggestion about formats applies to verbs with a format.
    if option.starts_with('\'') {
        return verb.get_arguments().any(|arg| arg.get_id() == "format");
    }
    let long = name.strip_prefix("--");
    let short = name.strip_prefix('-').and_then(|rest| rest.chars().next());
    let arg = verb.get_arguments().find(|arg| match long {
        Some(long) => arg.get_long() == Some(long),
        None => arg.get_short() == short,
    });
    let Some(arg) = arg else {
        return name == "--color";
    };
    let Some(value) = value else { return true };
    let takes = arg.get_possible_values();
    takes.is_empty() || takes.iter().any(|known| known.get_name() == value)
}

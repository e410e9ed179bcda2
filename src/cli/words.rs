//! Words that people try as verbs because other tools have them, and the verbs that they mean.

mod members;

pub(super) use members::{OtherArchive, separate_content};

use std::ffi::OsString;
use std::path::Path;

use clap::CommandFactory as _;
use clap::error::ErrorKind;

use super::Cli;
use super::command_words::CommandWords;
use crate::offset::Position;
use crate::render::escape;

/// Words, the commands to write instead, and what these do.
type Word = (&'static [&'static str], &'static str, &'static str);

/// Tools that decompress.
const DECOMPRESSORS: &[&str] = &[
    "gunzip", "zcat", "gzcat", "bunzip2", "bzcat", "unxz", "xzcat", "unzstd", "zstdcat", "unlz4",
    "lz4cat",
];

const WORDS: &[Word] = &[
    (
        &["compare", "cmp", "difference", "bindiff", "vbindiff"],
        "diff",
        "tells what changed from one file to another",
    ),
    (
        &["grep", "search", "rg", "bgrep", "locate"],
        "find",
        "finds bytes and text in files",
    ),
    (
        &[
            "hexdump", "xxd", "hexyl", "hd", "od", "hex", "cat", "hexdiff",
        ],
        "dump",
        "prints bytes in hexadecimal",
    ),
    (
        &[
            "info",
            "show",
            "file",
            "identify",
            "open",
            "tree",
            "describe",
            "parse",
            "print",
            "look",
            "fields",
            "headers",
            "header",
            "readelf",
            "objdump",
            "exiftool",
            "fq",
            "zipinfo",
            "mediainfo",
            "ffprobe",
            "sqlite3",
            "list-fields",
        ],
        "inspect",
        "shows the fields of a file",
    ),
    (
        &["browse", "hexedit", "tui", "vi"],
        "view",
        "shows a file on a full screen, to look around and to change it",
    ),
    (
        &["decode", "struct", "read"],
        "unpack",
        "turns bytes into values by a format",
    ),
    (
        &["encode", "build", "make"],
        "pack",
        "turns values into bytes by a format",
    ),
    (
        &["calcsize", "sizeof"],
        "size",
        "tells how many bytes a format takes",
    ),
    (
        &["offsets", "offsetof"],
        "layout",
        "tells where the fields of a format stand",
    ),
    (
        &["value", "field", "query", "jq"],
        "get",
        "prints single fields",
    ),
    (
        &["edit", "write", "poke", "modify", "change"],
        "set",
        "changes fields",
    ),
    (
        &["carve", "foremost", "rip"],
        "extract",
        "writes a field, or a file inside a file, to a file of its own",
    ),
    (
        &["binwalk"],
        "find --embedded",
        "tells which files are inside a file",
    ),
    (&["patch"], "apply", "applies a patch that set wrote"),
    (
        &["undo", "revert"],
        "apply --reverse",
        "takes back what a patch did",
    ),
    (
        &["digest", "checksum", "sum", "cksum"],
        "hash",
        "prints digests",
    ),
    (
        &["sha256", "sha256sum", "shasum"],
        "hash -a sha256",
        "prints digests",
    ),
    (&["sha1", "sha1sum"], "hash -a sha1", "prints digests"),
    (&["sha512", "sha512sum"], "hash -a sha512", "prints digests"),
    (&["md5", "md5sum"], "hash -a md5", "prints digests"),
    (&["crc32", "crc"], "hash -a crc32", "prints digests"),
    (&["blake3", "b3sum"], "hash -a blake3", "prints digests"),
    (
        &["ls", "list", "tvf", "tf"],
        "tar list",
        "lists the members of an archive",
    ),
    (
        &["untar", "x", "xf", "xvf", "xzf", "xzvf", "unzip"],
        "tar extract",
        "takes files out of an archive",
    ),
    (
        &[
            "create", "archive", "cf", "czf", "cvf", "czvf", "compress", "zip",
        ],
        "tar create",
        "puts files into an archive",
    ),
    (&["bsdtar", "gtar"], "tar", "makes and opens archives"),
    (
        &["convert", "topng"],
        "bmp convert",
        "makes other pictures of bitmaps",
    ),
    (
        &["fix", "repair"],
        "bmp fix",
        "mends bitmaps, and tar check --repair archives",
    ),
    (
        &["check", "validate", "verify", "lint"],
        "bmp check",
        "checks bitmaps, tar check archives, and inspect any file",
    ),
    (
        &["detect", "entropy", "magic", "type"],
        "guess",
        "tells what a file of unknown format may be",
    ),
    (
        &[
            "table", "csv", "columns", "parquet", "arrow", "jsonl", "ndjson",
        ],
        "records",
        "makes tables of many records, and of the items of files",
    ),
    (
        &["types", "codes", "shelf"],
        "formats",
        "lists codes and formats",
    ),
    (&["version"], "--version", "tells the version"),
    (
        &["usage", "?", "-?", "-help", "/?"],
        "-h",
        "lists the verbs",
    ),
    (
        &["completion"],
        "completions",
        "prints a script for a shell",
    ),
];

/// Words after `tar`.
const OF_TAR: &[Word] = &[
    (
        &["ls", "toc", "names", "show", "info"],
        "list",
        "lists members",
    ),
    (&["untar", "unpack", "get"], "extract", "takes files out"),
    (
        &["make", "new", "pack", "build"],
        "create",
        "makes an archive",
    ),
    (&["add", "insert"], "append", "puts more files in"),
    (&["refresh", "upgrade"], "update", "puts in newer files"),
    (
        &["remove", "rm", "del", "drop"],
        "delete",
        "takes members out for good",
    ),
    (&["compare", "cmp"], "diff", "compares archives"),
    (
        &["test", "validate", "fsck", "lint"],
        "check",
        "tells what is wrong with an archive",
    ),
    (
        &["repair", "fix", "recover", "salvage"],
        "check --repair OUT",
        "saves what is whole",
    ),
    (
        &["cat", "print"],
        "extract --to-stdout",
        "prints the content of members",
    ),
    (
        &["merge", "join", "concatenate"],
        "concat",
        "makes one archive of several",
    ),
    (
        &["hash", "digest", "sha256sum", "checksum"],
        "manifest",
        "prints the digests of files in an archive",
    ),
    (
        &["headers", "fields", "dump"],
        "inspect",
        "shows headers field by field",
    ),
];

/// Words after `bmp`.
const OF_BMP: &[Word] = &[
    (
        &["view", "display", "preview", "open", "cat"],
        "show",
        "draws the picture in the terminal",
    ),
    (
        &["inspect", "header", "headers", "identify", "list", "dump"],
        "info",
        "shows every header",
    ),
    (&["repair", "mend"], "fix", "puts right what can be"),
    (
        &["validate", "verify", "lint", "test"],
        "check",
        "tells what is wrong with bitmaps",
    ),
    (
        &["export", "topng", "png", "save"],
        "convert",
        "makes other pictures",
    ),
];

/// The advice for a word that is no verb but has a meaning, with the arguments after it.
pub(super) fn meant(word: &str, arguments: &[OsString]) -> Option<String> {
    if DECOMPRESSORS.contains(&word) {
        return Some(decompressed(word, arguments));
    }
    let (verb, does) = look_up(WORDS, word)?;
    if matches!(verb, "tar list" | "tar extract")
        && let Some(archive) = arguments.iter().find_map(OtherArchive::at)
    {
        return Some(archive.said(word));
    }
    // GNU tar's letters are those of tar here.
    let mut arguments = match verb == "tar" || parses(verb, arguments) {
        true => arguments.to_vec(),
        // The arguments may also be patterns, and files that don't exist.
        false if matches!(verb, "find" | "get" | "diff" | "apply") => {
            words_alone(word, arguments).into_iter().cloned().collect()
        }
        false => without_options(word, arguments),
    };
    // For grep and jq, the pattern comes first.
    if matches!(verb, "find" | "get")
        && let [.., pattern, file] = arguments.as_mut_slice()
        && is_file(file)
        && !is_file(pattern)
        && !is_option(pattern)
    {
        std::mem::swap(pattern, file);
    }
    Some(said("bytewright", word, verb, does, &arguments))
}

/// The content of a compressed file is a field of it; if that is an archive, its members are suggested.
fn decompressed(word: &str, arguments: &[OsString]) -> String {
    let file = without_options(word, arguments).into_iter().next();
    let file = file.unwrap_or_else(|| "FILE".into());
    let path = Path::new(&file);
    if names_archive(path) {
        let (verb, does) = ("tar extract", "takes files out of an archive");
        return said("bytewright", word, verb, does, &[file]);
    }
    let mut line = vec![file.clone(), "content".into()];
    if !word.ends_with("cat") {
        let out = path
            .file_stem()
            .filter(|stem| path.extension().is_some() && !stem.is_empty());
        line.extend(["-o".into(), out.unwrap_or("OUT".as_ref()).to_owned()]);
    }
    let does = "writes what a compressed file holds";
    said("bytewright", word, "extract", does, &line)
}

/// The commands that decompress an archive which this build doesn't read, for a pipe and into a
/// file.
pub(super) fn decompress_commands(command: &str, archive: &Path) -> String {
    let mut plain = archive.file_stem().unwrap_or_default().to_owned();
    if Path::new(&plain).extension().is_none_or(|end| end != "tar") {
        plain.push(".tar");
    }
    let (archive, plain) = (quoted(&archive.into()), quoted(&plain));
    let to_pipe = match command.ends_with("-dc") {
        true => command.to_owned(),
        false => format!("{command} -c"),
    };
    format!("  {to_pipe} {archive} | bytewright tar list -\n  {to_pipe} {archive} > {plain}\n")
}

/// Whether a name is one of an archive, as a.tar and a.tar.gz.
pub(super) fn names_archive(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".tar") || name.contains(".tar.") || name.ends_with(".tgz")
}

/// The same for the word after `tar` or `bmp`.
pub(super) fn meant_below(above: &str, word: &str, arguments: &[OsString]) -> Option<String> {
    let table = match above {
        "tar" => OF_TAR,
        "bmp" => OF_BMP,
        _ => return None,
    };
    let (verb, does) = look_up(table, word)?;
    let program = format!("bytewright {above}");
    Some(said(&program, word, verb, does, arguments))
}

fn look_up(table: &[Word], word: &str) -> Option<(&'static str, &'static str)> {
    let word = word.to_ascii_lowercase();
    let found = table.iter().find(|(words, ..)| words.contains(&&*word));
    found.map(|(_, verb, does)| (*verb, *does))
}

/// Whether a verb has all the options among these arguments, which are those of another tool.
fn parses(verb: &str, arguments: &[OsString]) -> bool {
    if arguments.iter().all(|argument| !is_option(argument)) || verb.starts_with('-') {
        return true;
    }
    let words = std::iter::once("bytewright").chain(verb.split(' '));
    let words = words.map(OsString::from).chain(arguments.iter().cloned());
    match Cli::command().try_get_matches_from(words) {
        Ok(_) => true,
        Err(error) => !matches!(
            error.kind(),
            ErrorKind::UnknownArgument | ErrorKind::InvalidValue | ErrorKind::DisplayHelp
        ),
    }
}

/// Letters of other tools after which a value comes, with the words of these tools.
const VALUED: &[(&[&str], &str)] = &[
    (&["grep", "bgrep"], "ABCDdfm"),
    (&["rg"], "ABCEfgjMmTt"),
    (&["cmp"], "in"),
    (&["od"], "AjNSt"),
    (&["hexdump", "hd"], "efns"),
    (&["xxd"], "cglnoRs"),
    (&["hexyl"], "bcno"),
    (&["shasum"], "a"),
    (&["objdump"], "bjmM"),
    (&["readelf"], "pRx"),
    (&["file"], "Ffm"),
    (&["unzip"], "dPx"),
];

/// The words among the arguments of another tool that are neither options nor values of these.
fn words_alone<'w>(word: &str, arguments: &'w [OsString]) -> Vec<&'w OsString> {
    let word = word.to_ascii_lowercase();
    let letters = VALUED.iter().find(|(words, _)| words.contains(&&*word));
    let letters = letters.map_or("", |(_, letters)| *letters);
    let takes_next = |option: &str| {
        // The rest of the word after such a letter is its value.
        let at = option.find(|letter| letters.contains(letter));
        !option.starts_with("--") && at.is_some_and(|at| at.past(1) == option.len())
    };
    CommandWords::split(arguments, takes_next).arguments
}

/// The files among the arguments of another tool; where none is there, what is no option.
fn without_options(word: &str, arguments: &[OsString]) -> Vec<OsString> {
    let alone = words_alone(word, arguments);
    let files: Vec<OsString> = alone
        .iter()
        .copied()
        .filter(|a| is_file(a))
        .cloned()
        .collect();
    match files.is_empty() {
        false => files,
        true => alone.into_iter().cloned().collect(),
    }
}

fn is_option(argument: &OsString) -> bool {
    argument.as_encoded_bytes().starts_with(b"-")
}

fn said(program: &str, word: &str, verb: &str, does: &str, arguments: &[OsString]) -> String {
    let mut line = format!("{program} {verb}");
    for argument in arguments {
        line.push(' ');
        line.push_str(&quoted(argument));
    }
    let word = escape::message(word);
    format!("there is no verb {word}; {verb} {does}:\n\n  {line}\n")
}

/// The name of an archive of a folder or a file, as a shell takes it.
pub(super) fn archive_of(path: &Path) -> String {
    let mut name = path.file_name().unwrap_or("archive".as_ref()).to_owned();
    name.push(".tar.gz");
    quoted(&name)
}

/// An argument as a shell takes it.
pub(super) fn quoted(argument: &OsString) -> String {
    let text = argument.to_string_lossy();
    let is_plain = |c: char| c.is_alphanumeric() || "._/-+=:,@%".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.into_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

fn is_file(argument: &OsString) -> bool {
    Path::new(argument).is_file()
}

#[cfg(test)]
mod tests;

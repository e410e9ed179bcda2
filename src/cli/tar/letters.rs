//! The letters of GNU tar, `tar xf a.tar` and `tar -tvf a.tar`, as verbs and options of this tool.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::slice::Iter;

use clap::CommandFactory as _;

use crate::cli::{Cli, command_words, words};
use crate::offset::Position;

/// The verbs after `tar`; a test compares them with those that the parser knows.
const VERBS: [&str; 13] = [
    "create", "list", "check", "inspect", "diff", "manifest", "verify", "append", "update",
    "delete", "concat", "extract", "help",
];

/// Letters of operations.
const OPERATIONS: &str = "xtcrudA";
/// Letters of modifiers.
const MODIFIERS: &str = "vfCTXzjJaklOhmSpPwWZ";

/// The arguments after `tar` where they begin with letters of GNU tar, as this tool takes them;
/// `None` where they are this tool's already. The error says what to write instead.
pub(in crate::cli) fn to_verb(args: &[OsString]) -> Result<Option<Vec<OsString>>, String> {
    let Some(first) = args.first() else {
        return Ok(None);
    };
    let text = first.to_str().unwrap_or_default();
    if VERBS.contains(&text) {
        return Ok(None);
    }
    if is_line(args) {
        let mut line = Line::default();
        line.read(args)?;
        return line.written().map(Some);
    }
    if let Some(meant) = words::meant_below("tar", text, args.get(1..).unwrap_or_default()) {
        return Err(meant);
    }
    if Path::new(first).is_file() {
        let name = words::quoted(first);
        return Err(format!(
            "expected a verb before the archive:\n\n  bytewright tar list {name}\n  \
             bytewright tar extract {name}\n"
        ));
    }
    Ok(None)
}

/// Whether an argument is letters after a dash, one of which says what is done.
pub(in crate::cli) fn are_letters(arg: &OsStr) -> bool {
    let text = arg.to_str().unwrap_or_default();
    // The rest of the word after a letter with a value is the value.
    let letters = text.strip_prefix('-').map(|letters| {
        let end = letters.find(['f', 'C', 'T', 'X']);
        let end = end.map_or(letters.len(), |at| at.past(1));
        letters.get(..end).unwrap_or_default()
    });
    letters.is_some_and(is_bundle)
}

fn is_bundle(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_known) && text.contains(|c| OPERATIONS.contains(c))
}

fn is_known(letter: char) -> bool {
    OPERATIONS.contains(letter) || MODIFIERS.contains(letter)
}

fn long_operation(text: &str) -> Option<char> {
    Some(match text {
        "--extract" | "--get" => 'x',
        "--list" => 't',
        "--create" => 'c',
        "--append" => 'r',
        "--update" => 'u',
        "--diff" | "--compare" => 'd',
        "--catenate" | "--concatenate" => 'A',
        "--delete" => DELETE,
        _ => return None,
    })
}

/// Stands for an operation of GNU tar that has no letter.
const DELETE: char = '\u{7f}';

/// Whether the words are a line of GNU tar, whose operation may come after other options: `tar -C d -xf a.tar`.
fn is_line(args: &[OsString]) -> bool {
    let texts = args.iter().map(|arg| arg.to_str().unwrap_or_default());
    let mut texts = texts.enumerate();
    while let Some((at, text)) = texts.next() {
        if text == "-h" || text == "--help" || text == "--" {
            return false;
        }
        if let Some(long) = text.strip_prefix("--") {
            if long_operation(text).is_some() {
                return true;
            }
            if long == "file" || has_value(long) {
                texts.next();
            }
            continue;
        }
        let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            return at == 0 && is_bundle(text);
        };
        // The rest of the word after a letter with a value is the value.
        let end = letters.find(['f', 'C', 'T', 'X']);
        let own = letters
            .get(..end.unwrap_or(letters.len()))
            .unwrap_or_default();
        if own.contains(|c| OPERATIONS.contains(c)) {
            return own.chars().all(is_known);
        }
        if end.is_some_and(|at| at.past(1) == letters.len()) {
            texts.next();
        }
    }
    false
}

/// Whether a long option of a verb after `tar` has a value, which is the next word.
fn has_value(long: &str) -> bool {
    let option = format!("--{long}");
    let mut command = Cli::command();
    command.build();
    let tar = command.find_subcommand("tar");
    tar.is_some_and(|tar| {
        let mut verbs = tar.get_subcommands();
        verbs.any(|verb| command_words::takes_next(verb, &option))
    })
}

/// A command line of GNU tar as far as it was read.
#[derive(Default)]
struct Line {
    operation: Option<char>,
    archive: Option<OsString>,
    compression: Option<&'static str>,
    verbose: bool,
    /// All that is left, in its order: a folder counts for the names after it.
    words: Vec<Word>,
}

enum Word {
    /// An option with its value, as this tool takes it.
    Option(Vec<OsString>),
    /// The value of the letter C.
    Folder(OsString),
    Name(OsString),
    /// What follows are names.
    End,
}

type Args<'a> = Peekable<Iter<'a, OsString>>;

impl Line {
    /// Takes the first name for the archive where it is a file, and something is read from one.
    fn take_forgotten(&mut self) {
        if !matches!(self.operation, Some('x' | 't' | 'd')) {
            return;
        }
        let is_name = |word: &Word| matches!(word, Word::Name(_));
        let first = self.words.iter().position(is_name);
        if let Some(at) = first
            && let Some(Word::Name(name)) = self.words.get(at)
            && Path::new(name).is_file()
        {
            self.archive = Some(name.clone());
            self.words.remove(at);
        }
    }

    fn read(&mut self, args: &[OsString]) -> Result<(), String> {
        let mut args = args.iter().peekable();
        let mut is_first = true;
        while let Some(arg) = args.next() {
            let text = arg.to_str().unwrap_or_default();
            if is_first && !text.starts_with('-') {
                // Without a dash, values come after all letters, in their order.
                for letter in text.chars() {
                    self.letter(letter, None, &mut args)?;
                }
            } else if text == "--" {
                self.words.push(Word::End);
                self.words.extend(args.by_ref().cloned().map(Word::Name));
            } else if let Some(long) = text.strip_prefix("--") {
                self.long(arg, long, &mut args)?;
            } else if let Some(letters) = text.strip_prefix('-').filter(|rest| !rest.is_empty()) {
                self.bundle(letters, &mut args)?;
            } else {
                self.words.push(Word::Name(arg.clone()));
            }
            is_first = false;
        }
        Ok(())
    }

    /// Letters after a dash: what follows a letter with a value is the value.
    fn bundle(&mut self, letters: &str, args: &mut Args<'_>) -> Result<(), String> {
        for (at, letter) in letters.char_indices() {
            let rest = letters.get(at.past(letter.len_utf8())..);
            let rest = rest.filter(|rest| !rest.is_empty());
            if self.letter(letter, rest, args)? {
                break;
            }
        }
        Ok(())
    }

    /// One letter; whether it took the rest of its bundle as its value.
    fn letter(
        &mut self,
        letter: char,
        rest: Option<&str>,
        args: &mut Args<'_>,
    ) -> Result<bool, String> {
        let mut value = || match rest {
            Some(rest) => Ok(OsString::from(rest)),
            None => args.next().cloned().ok_or_else(|| match letter {
                'f' => "the archive is missing after the letter f".to_owned(),
                _ => format!("a value is missing after the letter {letter}"),
            }),
        };
        let option = match letter {
            'f' => {
                self.archive = Some(value()?);
                return Ok(rest.is_some());
            }
            'C' => {
                self.words.push(Word::Folder(value()?));
                return Ok(rest.is_some());
            }
            'T' | 'X' => {
                let option = match letter {
                    'T' => "--files-from",
                    _ => "--exclude-from",
                };
                let value = value()?;
                self.words.push(Word::Option(vec![option.into(), value]));
                return Ok(rest.is_some());
            }
            'v' => {
                self.verbose = true;
                return Ok(false);
            }
            'z' | 'j' | 'J' => {
                self.compression = Some(match letter {
                    'z' => "gzip",
                    'j' => "bzip2",
                    _ => "xz",
                });
                return Ok(false);
            }
            // The suffix of the archive's name says it anyway.
            'a' => return Ok(false),
            'k' => "--keep",
            'O' => "--to-stdout",
            'h' => "--dereference",
            'm' => "--touch",
            'S' => "--sparse",
            'p' => {
                return Err(
                    "modes are kept but for setuid, setgid, sticky and writing by others: \
                            instead of the letter p, --filter tar keeps all of them"
                        .to_owned(),
                );
            }
            'P' => {
                return Err(
                    "the / in front of names is left out: instead of the letter P, \
                            --filter trusted takes names as they are when extracting"
                        .to_owned(),
                );
            }
            _ if OPERATIONS.contains(letter) => {
                if self.operation.is_some_and(|known| known != letter) {
                    return Err(format!("only one of {OPERATIONS} can be done at once"));
                }
                self.operation = Some(letter);
                return Ok(false);
            }
            _ => {
                return Err(format!(
                    "the letter {letter} of GNU tar has no meaning here; tar VERB --help lists the options"
                ));
            }
        };
        self.words.push(Word::Option(vec![option.into()]));
        Ok(false)
    }

    fn long(&mut self, arg: &OsString, long: &str, args: &mut Args<'_>) -> Result<(), String> {
        if let Some(operation) = long_operation(&format!("--{long}")) {
            self.operation = Some(operation);
            return Ok(());
        }
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(OsString::from(value))),
            None => (long, None),
        };
        match name {
            "file" => {
                self.archive = value.or_else(|| args.next().cloned());
                if self.archive.is_none() {
                    return Err("a name is missing after --file".to_owned());
                }
            }
            "verbose" => self.verbose = true,
            "gzip" | "gunzip" | "ungzip" => self.compression = Some("gzip"),
            "bzip2" => self.compression = Some("bzip2"),
            "xz" => self.compression = Some("xz"),
            "zstd" => self.compression = Some("zstd"),
            "auto-compress" => {}
            "directory" => {
                let folder = value.or_else(|| args.next().cloned());
                let folder = folder.ok_or("a folder is missing after --directory")?;
                self.words.push(Word::Folder(folder));
            }
            _ => {
                let mut option = vec![arg.clone()];
                if value.is_none() && has_value(name) {
                    option.extend(args.next().cloned());
                }
                self.words.push(Word::Option(option));
            }
        }
        Ok(())
    }

    /// The same as this tool takes it.
    fn written(mut self) -> Result<Vec<OsString>, String> {
        // `tar t a.tar`: GNU tar would read from a tape, and nobody types an archive.
        if self.archive.is_none() && io::stdin().is_terminal() {
            self.take_forgotten();
        }
        let Some(operation) = self.operation else {
            return Err(
                "expected one of the letters x (extract), t (list) and c (create)".to_owned(),
            );
        };
        let verb = match operation {
            'x' => "extract",
            't' => "list",
            'c' => "create",
            'r' => "append",
            'u' => "update",
            'd' => "diff",
            DELETE => "delete",
            _ => {
                let archive = self
                    .archive
                    .ok_or("the archive is missing after the letter f")?;
                self.words
                    .insert(0, Word::Option(vec!["-o".into(), archive.clone()]));
                self.archive = Some(archive);
                "concat"
            }
        };
        let mut line: Vec<OsString> = vec![verb.into()];
        line.push(self.archive.unwrap_or_else(|| "-".into()));
        if self.verbose {
            match operation {
                't' => line.push("--long".into()),
                'x' | 'c' | 'r' | 'u' => line.push("--verbose".into()),
                _ => {}
            }
        }
        // The compression of an archive that is read is detected.
        if let Some(compression) = self.compression.filter(|_| operation == 'c') {
            line.extend(["--compress".into(), compression.into()]);
        }
        // The folder to compare with.
        let mut folder = PathBuf::new();
        let mut has_names = false;
        for word in self.words {
            match word {
                Word::Option(option) => line.extend(option),
                Word::Folder(name) if matches!(operation, 'c' | 'r' | 'u' | 'x') => {
                    line.extend(["-C".into(), name]);
                }
                Word::Folder(name) => folder.push(name),
                Word::Name(name) => {
                    has_names = true;
                    line.push(name);
                }
                Word::End => line.push("--".into()),
            }
        }
        let is_named = !folder.as_os_str().is_empty();
        if operation == 'd' && !has_names {
            line.push(match is_named {
                true => folder.into(),
                false => ".".into(),
            });
        }
        Ok(line)
    }
}

#[cfg(test)]
mod tests;

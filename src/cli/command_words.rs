//! The words of a command line, split as the parser of its verb does into options, their values, and arguments.
//! Advice about a line that the parser refused is computed from these.

use std::ffi::{OsStr, OsString};

use clap::{Arg, Command};

use super::first_word;
use crate::offset::Position;

/// Words after a verb.
#[derive(Debug, Default)]
pub(super) struct CommandWords<'w> {
    /// Options, and the values that are words of their own.
    pub(super) options: Vec<(&'w OsString, Option<&'w OsString>)>,
    /// Words that are neither options nor their values.
    pub(super) arguments: Vec<&'w OsString>,
}

impl<'w> CommandWords<'w> {
    /// The words after a verb, as it takes them. An option that the verb doesn't have takes no value.
    pub(super) fn of(verb: &Command, words: &'w [OsString]) -> CommandWords<'w> {
        CommandWords::split(words, |option| takes_next(verb, option))
    }

    /// The same, where `takes_next` says of an option whether the next word is its value.
    pub(super) fn split(
        words: &'w [OsString],
        takes_next: impl Fn(&str) -> bool,
    ) -> CommandWords<'w> {
        let mut found = CommandWords::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let text = word.to_str().unwrap_or_default();
            if text == "--" {
                found.arguments.extend(words.by_ref());
            } else if !text.starts_with('-') || text == "-" {
                found.arguments.push(word);
            } else {
                let value = takes_next(text).then(|| words.next()).flatten();
                found.options.push((word, value));
            }
        }
        found
    }

    /// The values that an option has, by its long name.
    pub(super) fn values(&self, verb: &Command, long: &str) -> Vec<&'w OsStr> {
        let of = |&(option, value): &(&'w OsString, Option<&'w OsString>)| {
            let (arg, attached) = valued(verb, option.to_str()?)?;
            let value = value.map(OsString::as_os_str);
            (arg.get_long() == Some(long)).then(|| attached.map(OsStr::new).or(value))?
        };
        self.options.iter().filter_map(of).collect()
    }
}

/// The verb that a command line calls for, down to one of tar or bmp, and the words after it.
pub(super) fn verb<'c, 'w>(
    command: &'c Command,
    args: &'w [OsString],
) -> Option<(&'c Command, &'w [OsString])> {
    let mut below = command;
    let mut words = args.get(first_word::first_word(args)..)?;
    let mut found = None;
    while let Some((word, rest)) = words.split_first() {
        let Some(verb) = word.to_str().and_then(|word| below.find_subcommand(word)) else {
            break;
        };
        found = Some((verb, rest));
        if !verb.has_subcommands() {
            break;
        }
        below = verb;
        words = rest.get(first_word::shared(rest)..).unwrap_or_default();
    }
    found
}

/// Whether the value of an option of a verb is the next word: of `-C` and `--directory`, but neither of `-Cd` nor of
/// `--directory=d`.
pub(super) fn takes_next(verb: &Command, option: &str) -> bool {
    match valued(verb, option) {
        Some((arg, None)) => !arg.is_require_equals_set() && least(arg) > 0,
        Some((_, Some(_))) => false,
        // Those that every verb has.
        None => matches!(option, "--color" | "--formats"),
    }
}

/// The option of a verb in this word that has a value, and the value where it is in the same word.
fn valued<'c, 't>(verb: &'c Command, word: &'t str) -> Option<(&'c Arg, Option<&'t str>)> {
    let all = || {
        verb.get_arguments()
            .filter(|arg| arg.get_action().takes_values())
    };
    if let Some(long) = word.strip_prefix("--") {
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (long, None),
        };
        let found = all().find(|arg| {
            let aliases = arg.get_all_aliases().unwrap_or_default();
            arg.get_long() == Some(name) || aliases.contains(&name)
        });
        return Some((found?, value));
    }
    let letters = word.strip_prefix('-')?;
    letters.char_indices().find_map(|(at, letter)| {
        let found = all().find(|arg| {
            let aliases = arg.get_all_short_aliases().unwrap_or_default();
            arg.get_short() == Some(letter) || aliases.contains(&letter)
        });
        // The rest of the word after such a letter is its value.
        let rest = letters.get(at.past(letter.len_utf8())..);
        Some((found?, rest.filter(|rest| !rest.is_empty())))
    })
}

/// The number of values that an option has at least.
fn least(arg: &Arg) -> usize {
    arg.get_num_args().map_or(1, |values| values.min_values())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn values_of_options_are_no_arguments() {
        let mut command = Cli::command();
        command.build();
        for (line, verb, arguments) in [
            ("tar create -C d name", "create", "name"),
            (
                "tar create -Cd --exclude x a.tar --exclude=y b",
                "create",
                "a.tar b",
            ),
            (
                "--color never tar --color never create -vC d a",
                "create",
                "a",
            ),
            ("tar create --color never a -- -b", "create", "a -b"),
            ("tar extract a.tar --one-top-level x", "extract", "a.tar x"),
            ("get -f <I a.bin - b", "get", "a.bin - b"),
            ("dump -s 4 --at 4 a", "dump", "a"),
            ("--formats tar get a", "get", "a"),
        ] {
            let words = format!("bytewright {line}");
            let words: Vec<OsString> = words.split(' ').map(OsString::from).collect();
            let (found, rest) = super::verb(&command, &words).unwrap();
            assert_eq!(found.get_name(), verb, "{line}");
            let left = CommandWords::of(found, rest).arguments;
            let left: Vec<&str> = left.iter().map(|word| word.to_str().unwrap()).collect();
            assert_eq!(left.join(" "), arguments, "{line}");
        }
    }

    #[test]
    fn values_are_found_in_the_word_and_after_it() {
        let mut command = Cli::command();
        command.build();
        let words = "bytewright tar create -C a -vCb --directory=c --directory d -C";
        let words: Vec<OsString> = words.split(' ').map(OsString::from).collect();
        let (called, rest) = verb(&command, &words).unwrap();
        let found = CommandWords::of(called, rest).values(called, "directory");
        assert_eq!(found, ["a", "b", "c", "d"]);
    }
}

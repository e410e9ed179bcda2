//! Completions of a command line, for the scripts of shells: `complete WORD…`.

mod line;

use std::io::Write;

use clap::{Arg, Command, CommandFactory};

use super::document::FormatArgs;
use super::error::Result;
use super::{Cli, Context, Exit, Input, tar};
use crate::formats::Registry;
use crate::hash::Algorithm;
use crate::inspect;
use line::Line;

/// The largest file whose fields are completed, in bytes: larger ones take long to open.
const MOST_BYTES: u64 = 256 << 20;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The line up to the cursor, as bash has it; what is printed replaces the --current word
    #[arg(long, allow_hyphen_values = true, requires = "current")]
    line: Option<String>,

    /// The word before the cursor as bash splits lines
    #[arg(long, allow_hyphen_values = true)]
    current: Option<String>,

    /// The words after the program's name; the last one is completed
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

/// The completions of a word.
#[derive(Debug, Default)]
struct Answer {
    words: Vec<(String, String)>,
    /// Files may, too.
    files: bool,
    /// Whether more follows in the same word: then the shell adds no space.
    goes_on: bool,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let line = match (&self.line, &self.current) {
            (Some(line), Some(current)) => Some(Line::split(line, current)),
            _ => None,
        };
        let words = match &line {
            Some(line) => line.words.as_slice(),
            None => self.words.as_slice(),
        };
        let Some((word, before)) = words.split_last() else {
            return Ok(Exit::Done);
        };
        let answer = answer(before, word, cx);
        for (candidate, about) in &answer.words {
            let Some(line) = &line else {
                match about.is_empty() {
                    true => writeln!(cx.out(), "{candidate}")?,
                    false => writeln!(cx.out(), "{candidate}\t{about}")?,
                }
                continue;
            };
            writeln!(cx.out(), "{}", line.replacing(candidate))?;
        }
        if answer.goes_on {
            writeln!(cx.out(), ":goes-on")?;
        }
        if answer.files {
            writeln!(cx.out(), ":files")?;
        }
        Ok(Exit::Done)
    }
}

/// The completions of a begun word, after the words before it.
fn answer(before: &[String], word: &str, cx: &Context) -> Answer {
    let mut root = Cli::command();
    root.build();
    let typed = Typed::read(&root, before);
    let mut answer = Answer::default();
    if let Some(option) = typed.awaited {
        answer.values_of(option, "", word, &typed, cx);
    } else if let Some((name, value)) = word.split_once('=').filter(|_| word.starts_with("--")) {
        let option = typed
            .options()
            .find(|arg| arg.get_long() == name.strip_prefix("--"));
        if let Some(option) = option {
            answer.values_of(option, &format!("{name}="), value, &typed, cx);
        }
    } else if word.starts_with('-') && word != "-" && !typed.only_values {
        answer.options(word, &typed);
    } else {
        answer.positional(word, &typed, cx);
    }
    answer
        .words
        .retain(|(candidate, _)| candidate.starts_with(word));
    answer
}

/// The words before the completed one, as the parser takes them.
struct Typed<'c> {
    root: &'c Command,
    command: &'c Command,
    /// Names of verbs, such as `tar list`.
    verbs: Vec<&'c str>,
    values: Vec<&'c str>,
    /// The option whose value comes next.
    awaited: Option<&'c Arg>,
    only_values: bool,
}

impl<'c> Typed<'c> {
    fn read(root: &'c Command, before: &'c [String]) -> Typed<'c> {
        let mut typed = Typed {
            root,
            command: root,
            verbs: Vec::new(),
            values: Vec::new(),
            awaited: None,
            only_values: false,
        };
        for word in before {
            if typed.awaited.take().is_some() {
                continue;
            }
            let known = typed.command.find_subcommand(word);
            if word == "--" {
                typed.only_values = true;
            } else if word.starts_with('-') && word != "-" && !typed.only_values {
                typed.awaited = typed.waiting(word);
            } else if let Some(verb) = known.filter(|_| typed.values.is_empty()) {
                typed.command = verb;
                typed.verbs.push(verb.get_name());
            } else {
                // A file in the place of a verb is inspected.
                if typed.verbs.is_empty()
                    && let Some(inspect) = root.find_subcommand("inspect")
                {
                    typed.command = inspect;
                    typed.verbs.push(inspect.get_name());
                }
                typed.values.push(word);
            }
        }
        typed
    }

    fn options(&self) -> impl Iterator<Item = &'c Arg> + use<'c> {
        let own = self.command.get_arguments();
        let global = self.root.get_arguments().filter(|arg| arg.is_global_set());
        own.chain(global)
            .filter(|arg| !arg.is_positional() && !arg.is_hide_set())
    }

    /// The option of a word, where its value is the next one.
    fn waiting(&self, word: &str) -> Option<&'c Arg> {
        if word.contains('=') {
            return None;
        }
        let mut options = self.options();
        let option = match word.strip_prefix("--") {
            Some(long) => options.find(|arg| {
                let mut aliases = arg.get_all_aliases().unwrap_or_default().into_iter();
                arg.get_long() == Some(long) || aliases.any(|alias| alias == long)
            }),
            // Of letters in a bundle, the last may have a value.
            None => {
                let last = word.chars().next_back();
                options.find(|arg| arg.get_short() == last)
            }
        };
        option.filter(|arg| takes_value(arg) && !arg.is_require_equals_set())
    }

    /// The file whose fields or members are completed.
    fn file(&self) -> Option<Input> {
        let file = self.values.first().filter(|file| **file != "-")?;
        let input = Input::from(std::ffi::OsString::from(file));
        let path = input.path()?;
        let metadata = path.metadata().ok()?;
        (metadata.is_file() && metadata.len() <= MOST_BYTES).then_some(input)
    }
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_action().takes_values()
}

impl Answer {
    fn add(&mut self, word: impl Into<String>, about: impl Into<String>) {
        self.words.push((word.into(), about.into()));
    }

    /// Options, and their help's first line.
    fn options(&mut self, word: &str, typed: &Typed<'_>) {
        for option in typed.options() {
            let about = option.get_help().map(ToString::to_string);
            let about = about.unwrap_or_default();
            let about = about.lines().next().unwrap_or_default();
            if let Some(long) = option.get_long() {
                self.add(format!("--{long}"), about);
            } else if let Some(short) = option.get_short().filter(|_| !word.starts_with("--")) {
                self.add(format!("-{short}"), about);
            }
        }
        self.add("--help", "Options and examples");
    }

    /// Values of an option, with what is in the same word before them.
    fn values_of(
        &mut self,
        option: &Arg,
        before: &str,
        word: &str,
        typed: &Typed<'_>,
        cx: &Context,
    ) {
        let possible = option.get_possible_values();
        if !possible.is_empty() {
            for value in possible.iter().filter(|value| !value.is_hide_set()) {
                let about = value.get_help().map(ToString::to_string);
                self.add(
                    format!("{before}{}", value.get_name()),
                    about.unwrap_or_default(),
                );
            }
            return;
        }
        match option.get_id().as_str() {
            "format" => self.formats(before, true, cx),
            "algorithm" => {
                // Values of a list are separated by commas.
                let last = word.rsplit(',').next().unwrap_or_default();
                let list = word.strip_suffix(last).unwrap_or_default();
                for algorithm in Algorithm::ALL {
                    self.add(format!("{before}{list}{}", algorithm.name()), "");
                }
            }
            "path" | "field" => self.paths(before, word, "", typed, cx),
            _ => {
                let names = option.get_value_names().unwrap_or_default();
                let is_file = names.iter().any(|name| {
                    ["FILE", "FOLDER", "PATCH", "OUT", "PATH", "DIR"].contains(&name.as_str())
                });
                self.files |= is_file;
            }
        }
    }

    fn positional(&mut self, word: &str, typed: &Typed<'_>, cx: &Context) {
        if typed.command.has_subcommands() && typed.values.is_empty() {
            let verbs = typed.command.get_subcommands();
            for verb in verbs.filter(|verb| !verb.is_hide_set()) {
                let about = verb.get_about().map(ToString::to_string);
                self.add(verb.get_name(), about.unwrap_or_default());
            }
            if let ["formats"] = typed.verbs.as_slice() {
                self.formats("", true, cx);
            }
            // A file alone is inspected.
            self.files |= typed.verbs.is_empty();
            return;
        }
        let count = typed.values.len();
        match (typed.verbs.as_slice(), count) {
            (["unpack" | "pack" | "layout" | "size"], 0) => self.formats("", false, cx),
            (["records"], 0) => {
                self.formats("", false, cx);
                self.add("stats", "What the columns are like");
            }
            (["pack" | "layout" | "size"], _) => {}
            (["man"], _) => {
                let below = typed
                    .values
                    .iter()
                    .try_fold(typed.root, |command, verb| command.find_subcommand(verb));
                let verbs = below.into_iter().flat_map(Command::get_subcommands);
                for verb in verbs.filter(|verb| !verb.is_hide_set()) {
                    self.add(verb.get_name(), "");
                }
            }
            (["completions"], 0) => {
                let shell = typed.command.get_positionals().next();
                for value in shell.map(Arg::get_possible_values).unwrap_or_default() {
                    self.add(value.get_name(), "");
                }
            }
            (["get" | "extract" | "peek"], 1..) => self.paths("", word, "", typed, cx),
            (["set"], 1..) => self.paths("", word, "=", typed, cx),
            (["inspect" | "dump" | "hash" | "strings"], 1..) => {
                self.paths("", word, "", typed, cx);
                self.files = true;
            }
            (["tar", "list" | "extract" | "delete" | "inspect"], 1..) => self.members(word, typed),
            _ => self.files = true,
        }
    }

    /// Formats by name: with their percent sign, or as `--format` takes them.
    fn formats(&mut self, before: &str, built_in: bool, cx: &Context) {
        if built_in {
            for format in Registry::built_in().iter() {
                self.add(format!("{before}{}", format.name()), "built in");
            }
        }
        // A broken file of formats is reported when one of its formats is used.
        for format in cx.known().unwrap_or_default().iter() {
            let about = format.schema.doc.lines().next().unwrap_or_default();
            self.add(format!("{before}%{}", format.schema.name), about);
        }
    }

    fn paths(&mut self, before: &str, word: &str, after: &str, typed: &Typed<'_>, cx: &Context) {
        let Some(file) = typed.file() else { return };
        let Ok(document) = FormatArgs::default().open(&file, cx) else {
            return;
        };
        for path in inspect::complete(&document, word) {
            self.add(format!("{before}{path}{after}"), "");
        }
        self.goes_on = true;
    }

    /// Names of members, folder by folder.
    fn members(&mut self, word: &str, typed: &Typed<'_>) {
        let Some(file) = typed.file() else { return };
        let names = tar::members(&file, word);
        self.goes_on = names.iter().any(|name| name.ends_with('/'));
        for name in names {
            self.add(name, "");
        }
    }
}

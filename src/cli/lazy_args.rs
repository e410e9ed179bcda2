//! Arguments that are only described when their verb is called, and options that all verbs share.

use clap::builder::ArgPredicate;
use clap::builder::Resettable::{Reset, Value};
use clap::builder::StyledStr;
use clap::{Arg, ArgAction, ArgMatches, Command, Error, FromArgMatches};

/// The arguments of a verb. Describing those of all verbs, each option with its help, takes longer
/// than most of them take to run.
#[derive(Debug)]
pub(super) struct LazyArgs<T>(pub(super) T);

impl<T: clap::Args> clap::Args for LazyArgs<T> {
    fn augment_args(command: Command) -> Command {
        command.defer(|command| keep_about(command, T::augment_args))
    }

    fn augment_args_for_update(command: Command) -> Command {
        command.defer(|command| keep_about(command, T::augment_args_for_update))
    }
}

/// Keeps the description of the verb, which the docs of shared arguments would replace.
fn keep_about(command: Command, augment: fn(Command) -> Command) -> Command {
    let kept = |about: Option<&StyledStr>| about.cloned().map_or(Reset, Value);
    let about = kept(command.get_about());
    let long = kept(command.get_long_about());
    with_json(augment(command)).about(about).long_about(long)
}

/// Where a verb has `-O json`, `--json` says so too.
fn with_json(command: Command) -> Command {
    let output = command.get_arguments().find(|arg| arg.get_id() == "output");
    let has_json = output.is_some_and(|output| {
        let forms = output.get_possible_values();
        forms.iter().any(|form| form.get_name() == "json")
    });
    let is_taken = command
        .get_arguments()
        .any(|arg| arg.get_long() == Some("json"));
    if !has_json || is_taken {
        return command;
    }
    let is_rare = output.is_some_and(Arg::is_hide_short_help_set);
    let conflicts = output.map_or_else(Vec::new, |output| conflicts(&command, output));
    let json = Arg::new("output_json")
        .long("json")
        .action(ArgAction::SetTrue)
        .conflicts_with("output")
        .conflicts_with_all(conflicts)
        .hide_short_help(is_rare)
        .help("The same as -O json");
    command
        .mut_arg("output", |output| {
            output.default_value_if("output_json", ArgPredicate::IsPresent, "json")
        })
        .arg(json)
}

/// The options that conflict with an option, whichever of the two declares it.
fn conflicts(command: &Command, option: &Arg) -> Vec<clap::Id> {
    let mut ids: Vec<clap::Id> = command
        .get_arg_conflicts_with(option)
        .into_iter()
        .map(|arg| arg.get_id().clone())
        .collect();
    for arg in command.get_arguments() {
        let others = command.get_arg_conflicts_with(arg);
        if others.iter().any(|other| other.get_id() == option.get_id()) {
            ids.push(arg.get_id().clone());
        }
    }
    ids
}

impl<T: FromArgMatches> FromArgMatches for LazyArgs<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches(matches).map(LazyArgs)
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches_mut(matches).map(LazyArgs)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

//! Arguments that are described only when their verb is called for.

use clap::builder::Resettable::{Reset, Value};
use clap::builder::StyledStr;
use clap::{ArgMatches, Command, Error, FromArgMatches};

/// The arguments of a verb. Describing those of all verbs, each option with its help, takes longer
/// than most of them take to run.
#[derive(Debug)]
pub(super) struct Late<T>(pub(super) T);

impl<T: clap::Args> clap::Args for Late<T> {
    fn augment_args(command: Command) -> Command {
        command.defer(|command| keep_about(command, T::augment_args))
    }

    fn augment_args_for_update(command: Command) -> Command {
        command.defer(|command| keep_about(command, T::augment_args_for_update))
    }
}

/// What a verb does stands beside its name; arguments that several verbs share would say what they
/// are for in its place.
fn keep_about(command: Command, augment: fn(Command) -> Command) -> Command {
    let kept = |about: Option<&StyledStr>| about.cloned().map_or(Reset, Value);
    let about = kept(command.get_about());
    let long = kept(command.get_long_about());
    augment(command).about(about).long_about(long)
}

impl<T: FromArgMatches> FromArgMatches for Late<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches(matches).map(Late)
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches_mut(matches).map(Late)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

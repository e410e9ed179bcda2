//! Which files go into the archive, and what becomes of their names, owners, modes and times.

use std::path::PathBuf;

use crate::cli::error::{Context as _, Result};
use crate::formats::tar::{Rules, Time};
use crate::render::escape;

#[derive(Debug, clap::Args)]
pub(super) struct RuleArgs {
    /// Leave out what matches, whole or after any /; * matches / too
    #[arg(long, value_name = "GLOB", help_heading = "Which files")]
    exclude: Vec<String>,

    /// Leave out what matches a line of this file
    #[arg(
        hide_short_help = true,
        long,
        value_name = "FILE",
        help_heading = "Which files"
    )]
    exclude_from: Vec<PathBuf>,

    /// Put in only what matches, and what is in folders that match
    #[arg(
        hide_short_help = true,
        long,
        value_name = "GLOB",
        help_heading = "Which files"
    )]
    include: Vec<String>,

    /// Leave out what .gitignore files in the folders say
    #[arg(hide_short_help = true, long, help_heading = "Which files")]
    gitignore: bool,

    /// Leave out files that weren't changed after this time
    #[arg(hide_short_help = true, long, value_name = "TIME", value_parser = time,
          help_heading = "Which files")]
    newer_than: Option<Time>,

    /// Change names: s/REGEX/WITH/FLAGS, where & and \1 are what was matched
    #[arg(
        hide_short_help = true,
        long,
        value_name = "SED",
        allow_hyphen_values = true,
        help_heading = "Names"
    )]
    transform: Vec<String>,

    /// Take this many parts off the front of each name
    #[arg(
        hide_short_help = true,
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true,
        help_heading = "Names"
    )]
    strip_components: usize,

    /// The owner of everything: NAME, NUMBER, or both
    #[arg(
        hide_short_help = true,
        long,
        value_name = "NAME[:NUMBER]",
        help_heading = "Owners, modes and times"
    )]
    owner: Option<String>,

    /// The group of everything: NAME, NUMBER, or both
    #[arg(
        hide_short_help = true,
        long,
        value_name = "NAME[:NUMBER]",
        help_heading = "Owners, modes and times"
    )]
    group: Option<String>,

    /// Owners and groups by number alone
    #[arg(hide_short_help = true, long, help_heading = "Owners, modes and times")]
    pub(super) numeric_owner: bool,

    /// Modes: octal, or changes such as go-w
    #[arg(
        hide_short_help = true,
        long,
        value_name = "MODE",
        allow_hyphen_values = true,
        help_heading = "Owners, modes and times"
    )]
    mode: Option<String>,

    /// The time of everything: a date (in UTC), @SECONDS since 1970, or a file that has it
    #[arg(hide_short_help = true, long, value_name = "TIME", value_parser = time,
          help_heading = "Owners, modes and times")]
    pub(super) mtime: Option<Time>,

    /// The time of what would have a later one
    #[arg(hide_short_help = true, long, value_name = "TIME", conflicts_with = "mtime",
          value_parser = time, help_heading = "Owners, modes and times")]
    clamp_mtime: Option<Time>,
}

fn time(text: &str) -> Result<Time, String> {
    // The error that has this one as its source names the argument.
    Rules::time(text).map_err(|e| e.reason().to_owned())
}

impl RuleArgs {
    pub(super) fn rules(&self) -> Result<Rules> {
        let mut rules = Rules::new()
            .gitignore(self.gitignore)
            .strip_components(self.strip_components);
        for pattern in &self.exclude {
            rules = rules.exclude(pattern)?;
        }
        for file in &self.exclude_from {
            let name = || escape::path(file).to_string();
            let patterns = std::fs::read_to_string(file).with_context(name)?;
            for pattern in patterns.lines().filter(|line| !line.is_empty()) {
                rules = rules.exclude(pattern).with_context(name)?;
            }
        }
        for pattern in &self.include {
            rules = rules.include(pattern)?;
        }
        for expression in &self.transform {
            rules = rules.transform(expression)?;
        }
        if let Some(owner) = &self.owner {
            rules = rules.owner(owner)?;
        }
        if let Some(group) = &self.group {
            rules = rules.group(group)?;
        }
        if self.numeric_owner {
            rules = rules.numeric_owner();
        }
        if let Some(mode) = &self.mode {
            rules = rules.mode(mode)?;
        }
        if let Some(time) = self.mtime {
            rules = rules.mtime(time);
        }
        if let Some(time) = self.clamp_mtime {
            rules = rules.clamp_mtime(time);
        }
        if let Some(time) = self.newer_than {
            rules = rules.newer_than(time);
        }
        Ok(rules)
    }
}

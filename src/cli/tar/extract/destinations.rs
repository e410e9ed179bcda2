//! The folders that members are extracted into: one, or with several `-C` one for each name.

use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command, FromArgMatches};

use crate::cli::tar::folders::Folders;
use crate::formats::tar::{Extractor, Limits, Preview, Selection};
use crate::offset::Position;

/// Folders, each once, and which of them the names that were asked for go into.
#[derive(Debug)]
pub(super) struct Destinations {
    pub(super) folders: Vec<PathBuf>,
    /// The place among the folders for each name, in the order of names.
    of_each: Vec<usize>,
    /// The place for members that no argument names: those of a list, or all.
    of_rest: usize,
}

impl Destinations {
    /// `has_rest` says whether there is more than the arguments name.
    pub(super) fn new(given: &Folders, has_rest: bool) -> Destinations {
        let mut folders: Vec<PathBuf> = Vec::new();
        let mut place = |folder: &Path| {
            let folder = match folder.as_os_str().is_empty() {
                true => Path::new("."),
                false => folder,
            };
            let known = folders.iter().position(|known| known == folder);
            known.unwrap_or_else(|| {
                folders.push(folder.to_owned());
                folders.len().since(1)
            })
        };
        let of_each: Vec<usize> = given.of_each.iter().map(|folder| place(folder)).collect();
        let of_rest = match has_rest || of_each.is_empty() {
            true => place(&given.last),
            false => 0,
        };
        Destinations {
            folders,
            of_each,
            of_rest,
        }
    }

    /// The place of the folder that a member goes into, by the first name that means it.
    pub(super) fn of(&self, name: &[u8], selection: &Selection) -> usize {
        let first = selection.first(name);
        let place = first.and_then(|first| self.of_each.get(first));
        place.copied().unwrap_or(self.of_rest)
    }
}

/// An extractor or a preview, with its limits.
pub(super) trait HasLimits {
    fn limits(&mut self) -> &mut Limits;
}

impl HasLimits for Extractor {
    fn limits(&mut self) -> &mut Limits {
        self.limits()
    }
}

impl HasLimits for Preview {
    fn limits(&mut self) -> &mut Limits {
        self.limits()
    }
}

/// An extractor or a preview for each folder, with limits for all together.
pub(super) struct PerFolder<T> {
    pub(super) all: Vec<T>,
    /// The one that has the shared limits at present.
    last: usize,
}

impl<T: HasLimits> PerFolder<T> {
    pub(super) fn new<E>(
        folders: &[PathBuf],
        make: impl FnMut(&PathBuf) -> Result<T, E>,
    ) -> Result<PerFolder<T>, E> {
        let all = folders.iter().map(make).collect::<Result<_, E>>()?;
        Ok(PerFolder { all, last: 0 })
    }

    /// The one at a place of [`Destinations`].
    pub(super) fn at(&mut self, place: usize) -> Option<&mut T> {
        if place != self.last
            && let Ok([last, next]) = self.all.get_disjoint_mut([self.last, place])
        {
            std::mem::swap(last.limits(), next.limits());
            self.last = place;
        }
        self.all.get_mut(place)
    }
}

#[derive(Clone, Debug, clap::Args)]
struct FolderOptions {
    /// Extract into this folder, which must be there; for names after it
    #[arg(short = 'C', long, value_name = "FOLDER")]
    directory: Vec<PathBuf>,
}

/// The folders of `-C`, and the names that they count for.
#[derive(Clone, Debug)]
pub(super) struct FolderArgs(pub(super) Folders);

impl clap::Args for FolderArgs {
    fn augment_args(command: Command) -> Command {
        FolderOptions::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        FolderOptions::augment_args_for_update(command)
    }
}

impl FromArgMatches for FolderArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<FolderArgs, clap::Error> {
        Ok(FolderArgs(Folders::of(matches, "directory", "names")))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = FolderArgs::from_arg_matches(matches)?;
        Ok(())
    }
}

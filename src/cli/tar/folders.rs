//! The folders of several `-C`, each seen from the one before it, and the arguments that each counts for.

use std::path::PathBuf;

use clap::ArgMatches;

/// The folders that arguments are relative to.
#[derive(Clone, Debug, Default)]
pub(super) struct Folders {
    /// The folder of each argument, in their order; empty where no -C is before it.
    pub(super) of_each: Vec<PathBuf>,
    /// Where the last -C leads; empty without any.
    pub(super) last: PathBuf,
}

impl Folders {
    /// The folders that were given by an option, for the arguments of another name: a folder counts for those that
    /// follow.
    pub(super) fn of(matches: &ArgMatches, option: &str, arguments: &str) -> Folders {
        let places = |id| matches.indices_of(id).into_iter().flatten();
        let given = matches.get_many::<PathBuf>(option).into_iter().flatten();
        let folders: Vec<(usize, &PathBuf)> = places(option).zip(given).collect();
        // A single -C after all arguments applies to them, too, since nothing follows it.
        let is_before = match (places(arguments).last(), folders.as_slice()) {
            (Some(argument), [(folder, _)]) => argument > *folder,
            _ => true,
        };
        let from = |place: usize| {
            let before = folders.iter().filter(|(at, _)| !is_before || *at < place);
            before.fold(PathBuf::new(), |from, (_, folder)| from.join(folder))
        };
        Folders {
            of_each: places(arguments).map(from).collect(),
            last: from(usize::MAX),
        }
    }
}

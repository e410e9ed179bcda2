//! The folders of several `-C`, each seen from the one before it, and the arguments that each counts for.

use std::path::PathBuf;

use clap::ArgMatches;

/// Where arguments are at home.
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
        // A folder that stands after all arguments is where they are, too: there is nothing else for it.
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

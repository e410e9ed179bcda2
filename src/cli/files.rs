//! Files as arguments, and a path to one part of each of them.

use std::ffi::OsString;
use std::path::{Component, PathBuf};

use globset::GlobBuilder;

use super::error::{self, Context as _, Result, bail};
use super::{Context, Exit, Input, number};
use crate::inspect::{Document, Found, Path};
use crate::render::escape;

/// For verbs that work on files, or on one part of each.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct FilesArgs {
    /// The files; - is standard input. What stands last and is no file is a path into each of them
    #[arg(value_name = "FILE")]
    pub(super) arguments: Vec<OsString>,

    /// Only this part of each file, such as 'members["a.txt"].data'
    #[arg(long, visible_alias = "field", value_name = "PATH")]
    path: Option<Path>,
}

/// Files, and the part of each that is meant.
#[derive(Debug)]
pub(super) struct Files {
    /// One at least.
    pub(super) files: Vec<Input>,
    pub(super) part: FilePart,
}

/// Which part of a file is meant: all of it, where there is no path.
#[derive(Clone, Debug, Default)]
pub(super) struct FilePart {
    pub(super) path: Option<Path>,
    /// The path was in the place of a file.
    was_argument: bool,
}

impl FilesArgs {
    /// The files and the path of the arguments; without any, standard input.
    pub(super) fn resolve(self) -> Result<Files> {
        let mut part = FilePart {
            path: self.path,
            was_argument: false,
        };
        let mut arguments = self.arguments;
        if part.path.is_none()
            && let [_, .., last] = arguments.as_slice()
            && let Some(path) = path(last)
        {
            part.path = Some(path);
            part.was_argument = true;
            arguments.pop();
        } else if part.path.is_none()
            && let [first, last] = arguments.as_slice()
            && !is_file(first)
            && is_file(last)
            && path_of(first).is_some()
        {
            let (file, path) = (escape::path(last.as_ref()), escape::path(first.as_ref()));
            bail!("{path} is no file, and {file} is one: the file comes first, then the path");
        } else if let [first, .., last] = arguments.as_slice()
            && is_file(first)
            && !is_file(last)
        {
            refuse_part(&last.to_string_lossy())?;
        }
        let mut files: Vec<Input> = arguments.into_iter().map(Input::from).collect();
        if files.is_empty() {
            files.push(Input::Stdin);
        }
        Ok(Files { files, part })
    }
}

/// Arguments, with the files below a folder in its place, sorted, as far as they are wanted. Links to
/// folders are not followed, and only files are read, no pipes. Folders that can't be read are reported, with their
/// status, and the rest is processed.
pub(super) fn expand(
    arguments: &[Input],
    is_wanted: impl Fn(&std::path::Path) -> bool,
    cx: &mut Context,
) -> Result<(Vec<Input>, Exit)> {
    let mut files = Vec::new();
    let mut exit = Exit::Done;
    for argument in arguments {
        let Some(folder) = argument.path().filter(|path| path.is_dir()) else {
            files.push(argument.clone());
            continue;
        };
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
            match entry {
                Ok(entry) if is_wanted(entry.path()) && entry.path().is_file() => {
                    files.push(Input::File(entry.into_path()));
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(folder);
                    let path = escape::path(path).to_string();
                    let error = error::Error::from(std::io::Error::from(error));
                    exit = exit.max(cx.report(error.context(path))?);
                }
            }
        }
    }
    Ok((files, exit))
}

/// Arguments, with the files that a pattern stands for in its place, sorted, for shells that leave patterns alone.
/// What is there as a file is one, and what fits no file stays as it is.
pub(super) fn globbed(arguments: Vec<OsString>) -> Vec<OsString> {
    let mut all = Vec::with_capacity(arguments.len());
    for argument in arguments {
        match fitting(&argument).filter(|found| !found.is_empty()) {
            Some(found) => all.extend(found),
            None => all.push(argument),
        }
    }
    all
}

/// The files that fit a pattern of `*`, `?` and `[…]` in any of its parts; `None` where it is none.
fn fitting(argument: &OsString) -> Option<Vec<OsString>> {
    let is_pattern = |text: &str| text.contains(['*', '?', '[']);
    let text = argument.to_str().filter(|text| is_pattern(text))?;
    if is_file(argument) {
        return None;
    }
    let mut found = vec![PathBuf::new()];
    for part in std::path::Path::new(text).components() {
        let pattern = match part {
            Component::Normal(name) => name.to_str().filter(|name| is_pattern(name)),
            _ => None,
        };
        let Some(pattern) = pattern else {
            found.iter_mut().for_each(|path| path.push(part));
            continue;
        };
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        let matcher = glob.ok()?.compile_matcher();
        // As in shells, a dot at the front of a name has to be written.
        let takes_hidden = pattern.starts_with('.');
        let fits = |name: &OsString| {
            let is_hidden = name.as_encoded_bytes().starts_with(b".");
            (takes_hidden || !is_hidden) && matcher.is_match(name)
        };
        let folders = std::mem::take(&mut found);
        for folder in folders {
            let here = match folder.as_os_str().is_empty() {
                true => std::path::Path::new("."),
                false => &folder,
            };
            let entries = std::fs::read_dir(here).into_iter().flatten().flatten();
            let mut names: Vec<OsString> = entries.map(|entry| entry.file_name()).collect();
            names.retain(fits);
            names.sort();
            found.extend(names.into_iter().map(|name| folder.join(name)));
        }
    }
    found.retain(|path| path.symlink_metadata().is_ok());
    Some(found.into_iter().map(PathBuf::into_os_string).collect())
}

impl FilePart {
    /// The nodes that are meant.
    pub(super) fn find(&self, document: &Document, name: &str) -> Result<Vec<Found>> {
        let root = Path::default();
        let path = self.path.as_ref().unwrap_or(&root);
        let found = document.find(path);
        let in_file = || match self.was_argument {
            true => format!("{name}: no file is called {path}, and as a path into the file"),
            false => name.to_owned(),
        };
        found.with_context(in_file)
    }
}

/// Refuses a last argument that is neither a file nor a path: an offset, or a path with an error in its brackets.
fn refuse_part(text: &str) -> Result<()> {
    let shown = escape::message(text);
    if number::offset(text).is_ok() {
        bail!("no file is called {shown}; an offset is written --offset {shown}");
    }
    if let (true, Err(error)) = (text.contains('['), text.parse::<Path>()) {
        return Err(error)
            .with_context(|| format!("no file is called {shown}, and as a path into the file"));
    }
    Ok(())
}

/// The path that an argument is, if it is no file.
fn path(argument: &OsString) -> Option<Path> {
    path_of(argument).filter(|_| !is_file(argument))
}

fn path_of(argument: &OsString) -> Option<Path> {
    argument.to_str()?.parse().ok()
}

fn is_file(argument: &OsString) -> bool {
    argument == "-" || std::path::Path::new(argument).symlink_metadata().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(arguments: &[&str]) -> Result<(usize, Option<String>)> {
        let args = FilesArgs {
            arguments: arguments.iter().map(OsString::from).collect(),
            path: None,
        };
        let files = args.resolve()?;
        let path = files.part.path.map(|path| path.to_string());
        Ok((files.files.len(), path))
    }

    #[test]
    fn patterns_stand_for_files_in_order() {
        let globbed = |text: &str| {
            let all = globbed(vec![text.into()]);
            let texts = all
                .iter()
                .map(|path| path.to_string_lossy().replace('\\', "/"));
            texts.collect::<Vec<_>>()
        };
        assert_eq!(globbed("src/li?.rs"), ["src/lib.rs"]);
        assert_eq!(globbed("./src/[lm]*.rs"), ["./src/lib.rs", "./src/main.rs"]);
        assert_eq!(
            globbed("s*/records/c*/[np]u*.rs"),
            [
                "src/records/column/push.rs",
                "src/records/columns/numbers.rs"
            ]
        );
        // Paths into files have brackets and asterisks, too.
        for text in [
            "src/none*.rs",
            "members[*].header",
            "Cargo.toml",
            "-",
            "[",
            "*.Toml",
        ] {
            assert_eq!(globbed(text), [text]);
        }
        assert_eq!(globbed(".gitign*"), [".gitignore"]);
        assert_eq!(globbed("*gitign*"), ["*gitign*"]);
    }

    #[test]
    fn what_is_there_as_a_file_is_one() {
        for (arguments, files, path) in [
            (&[][..], 1, None),
            (&["Cargo.toml"], 1, None),
            (&["-"], 1, None),
            (&["Cargo.toml", "README.md"], 2, None),
            (&["Cargo.toml", "a[0].b"], 1, Some("a[0].b")),
            (&["Cargo.toml", "README.md", "a.b"], 2, Some("a.b")),
            (&["Cargo.toml", "no/such/file"], 2, None),
            (&["-", "header"], 1, Some("header")),
        ] {
            let path = path.map(str::to_owned);
            assert_eq!(resolved(arguments).unwrap(), (files, path), "{arguments:?}");
        }
        let swapped = resolved(&["a.b", "Cargo.toml"]).unwrap_err().to_string();
        assert!(swapped.contains("the file comes first"), "{swapped}");
    }
}

//! Several files, one after another.

use std::io::Write;

use super::{Context, Exit, Input};

/// Does something with each file. In JSON (`keys`), a list of objects with the name of the file, and what `one` writes,
/// or `null` where that fails, under these keys; else each follows what `heading` writes, which is given how many files
/// were before.
pub(super) fn each<'i>(
    files: impl IntoIterator<Item = &'i Input>,
    keys: Option<(&str, &str)>,
    cx: &mut Context,
    mut heading: impl FnMut(usize, &Input, &mut Context) -> anyhow::Result<()>,
    mut one: impl FnMut(&Input, &mut Context) -> anyhow::Result<Exit>,
) -> anyhow::Result<Exit> {
    let mut exit = Exit::Done;
    for (i, file) in files.into_iter().enumerate() {
        match keys {
            Some((of_name, of_value)) => {
                let separator = if i == 0 { "[\n" } else { ",\n" };
                let name = serde_json::to_string(&file.to_string())?;
                write!(
                    cx.out(),
                    "{separator}{{\"{of_name}\": {name}, \"{of_value}\": "
                )?;
            }
            None => heading(i, file, cx)?,
        }
        let answer = match one(file, cx) {
            Ok(answer) => answer,
            Err(error) => {
                if keys.is_some() {
                    write!(cx.out(), "null")?;
                }
                cx.report(error)?
            }
        };
        if keys.is_some() {
            write!(cx.out(), "}}")?;
        }
        exit = exit.max(answer);
    }
    if keys.is_some() {
        writeln!(cx.out(), "\n]")?;
    }
    Ok(exit)
}

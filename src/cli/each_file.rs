//! Several files, one after another.

use std::io::Write;

use super::error::Result;
use super::{Context, Exit, Input};
use crate::render::json::List;

/// Runs `one` for each file. In JSON (`keys`), the output is a list of objects with the file's name and the output of
/// `one`, or `null` where that fails, under these keys. Otherwise the output of `heading`, which gets the number of
/// files so far, comes before each.
pub(super) fn each<'i>(
    files: impl IntoIterator<Item = &'i Input>,
    keys: Option<(&str, &str)>,
    cx: &mut Context,
    mut heading: impl FnMut(usize, &Input, &mut Context) -> Result<()>,
    mut one: impl FnMut(&Input, &mut Context) -> Result<Exit>,
) -> Result<Exit> {
    let mut exit = Exit::Done;
    let mut list = List::new();
    for (i, file) in files.into_iter().enumerate() {
        match keys {
            Some((of_name, of_value)) => {
                let name = serde_json::to_string(&file.to_string())?;
                list.next(&mut cx.out())?;
                write!(cx.out(), "{{\"{of_name}\": {name}, \"{of_value}\": ")?;
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
        list.end(&mut cx.out())?;
    }
    Ok(exit)
}

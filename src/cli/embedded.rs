//! `find --embedded`: which formats begin where inside files.

use std::io::Write;
use std::ops::ControlFlow;

use serde::Serialize;

use super::error::{Context as _, Result};
use super::progress::{self, Progress};
use super::{Context, Exit, Input, Output, words};
use crate::formats::Registry;
use crate::inspect::embedded::{self, Embedded};
use crate::render::escape;

/// The options of searching and writing embedded files.
pub(super) struct EmbeddedOptions {
    pub(super) overlapping: bool,
    pub(super) limit: Option<u64>,
    pub(super) count: bool,
    pub(super) offsets: bool,
    pub(super) output: Output,
}

impl EmbeddedOptions {
    pub(super) fn run(&self, files: &[Input], cx: &mut Context) -> Result<Exit> {
        let mut exit = Exit::No;
        let mut failed = Exit::Done;
        let mut values = self.output.list();
        let mut progress = Progress::files(files.len());
        for (i, file) in files.iter().enumerate() {
            progress.set(i as u64);
            let name = file.to_string();
            let prefix = match files.len() {
                1 => String::new(),
                _ => format!("{name}: "),
            };
            let found = match self.found(file) {
                Ok(found) => found,
                Err(error) => {
                    failed = failed.max(cx.report(error.context(name))?);
                    continue;
                }
            };
            match found.is_empty() {
                false => exit = Exit::Done,
                true => self.tell_none(file, cx)?,
            }
            let out = &mut *cx.out();
            let written = (|| {
                if self.count {
                    return writeln!(out, "{prefix}{}", found.len());
                }
                for one in &found {
                    match self.output {
                        _ if self.offsets => writeln!(out, "{prefix}{}", one.range.offset)?,
                        Output::Text => line(&prefix, one, out)?,
                        _ => values.write(
                            &InFile {
                                file: &name,
                                embedded: one,
                            },
                            out,
                        )?,
                    }
                }
                Ok(())
            })();
            written.context("standard output")?;
        }
        values.end(cx.out()).context("standard output")?;
        Ok(exit.max(failed))
    }

    /// Where nothing is embedded, the file itself may have been meant.
    fn tell_none(&self, file: &Input, cx: &mut Context) -> Result<()> {
        // A pipe has been read, and to open it again would wait for another writer.
        let is_asked = self.limit != Some(0) && file.is_regular();
        let Some(path) = file.path().filter(|_| is_asked) else {
            return Ok(());
        };
        let Some(format) = Registry::built_in().detect(&file.open()?, None)? else {
            return Ok(());
        };
        let (name, quoted) = (escape::path(path), words::quoted(&path.into()));
        cx.note(format!(
            "{name}: no other file begins inside it; it is {} itself, which bytewright inspect {quoted} shows",
            format.name()
        ));
        Ok(())
    }

    fn found(&self, file: &Input) -> Result<Vec<Embedded>> {
        let mut found = Vec::new();
        let limit = self.limit.unwrap_or(u64::MAX);
        if limit == 0 {
            return Ok(found);
        }
        let source = progress::source(file.open()?, false);
        embedded::each(&source, self.overlapping, |one| {
            found.push(one);
            match found.len() as u64 >= limit {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        Ok(found)
    }
}

fn line(prefix: &str, one: &Embedded, out: &mut impl Write) -> std::io::Result<()> {
    let (offset, size) = (one.range.offset, one.range.size);
    write!(out, "{prefix}{offset:#10x}  {size:>10}  {}", one.format)?;
    if let Some(problem) = &one.problem {
        write!(out, "  broken: {}", escape::message(problem))?;
    }
    writeln!(out)
}

#[derive(Serialize)]
struct InFile<'a> {
    file: &'a str,
    #[serde(flatten)]
    embedded: &'a Embedded,
}

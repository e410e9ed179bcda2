//! The file that a verb works on, in the format that was named or that its content tells.

use anyhow::Context as _;

use super::{Context, Input, number};
use crate::formats::user::Compiled;
use crate::inspect::{self, Document, Format, Layout};
use crate::{Source, Struct};

/// Which format the file has, for every verb that works on its tree.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct FormatArgs {
    /// bmp, tar, gzip, a stored %name, or a format such as '<2s:magic I:size'; otherwise the
    /// content tells
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<String>,

    /// With a format: where its struct begins; a negative offset counts from the end
    #[arg(long, value_name = "N", value_parser = number::offset, allow_hyphen_values = true,
          requires = "format")]
    at: Option<i64>,

    /// With a format: structs one behind the other up to the end, records[0], records[1]…
    #[arg(long, requires = "format")]
    repeat: bool,
}

impl FormatArgs {
    /// Whether a format was named.
    pub(super) fn is_given(&self) -> bool {
        self.format.is_some()
    }

    /// Opens a file with its tree.
    pub(super) fn open(&self, file: &Input, cx: &Context) -> anyhow::Result<Document> {
        let source = file.open()?;
        self.document(source, file, cx)
            .with_context(|| file.to_string())
    }

    fn document(&self, source: Source, file: &Input, cx: &Context) -> anyhow::Result<Document> {
        let format = match &self.format {
            Some(name) => match Format::named(name.trim()) {
                Some(format) => format,
                None => self.given(name, &source, cx)?,
            },
            None => detect(&source, file, cx)?,
        };
        Ok(Document::open(source, format)?)
    }

    fn given(&self, name: &str, source: &Source, cx: &Context) -> anyhow::Result<Format> {
        let shown = name.trim().strip_prefix('%').unwrap_or("struct");
        let mut layout = layout(shown, cx.compile_unless_name(name)?);
        if let Some(at) = self.at {
            layout = layout.at(number::start(source, at)?);
        }
        if self.repeat {
            layout = layout.repeated();
        }
        Ok(layout.into())
    }
}

/// By content; stored formats are asked where no built-in one fits.
fn detect(source: &Source, file: &Input, cx: &Context) -> anyhow::Result<Format> {
    if let Some(format) = inspect::detect(source, file.path())? {
        return Ok(format);
    }
    let known = cx.known()?;
    Ok(match known.detect(source, file.path())? {
        Some(stored) => {
            let name = stored.name.clone();
            layout(&name, known.compile(&format!("%{name}"))?).into()
        }
        None => Format::Unknown,
    })
}

fn layout(name: &str, compiled: Compiled) -> Layout {
    let meanings = compiled.meanings;
    let layout: Struct = compiled.layout;
    Layout::new(name, layout).annotated(move |nodes| meanings.annotate(nodes))
}

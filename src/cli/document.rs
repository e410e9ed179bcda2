//! The file that a verb works on, in the format that was named or that its content tells.

use std::sync::Arc;

use super::error::{Context as _, Result, bail};
use super::{Context, Input, number, progress};
use crate::Source;
use crate::format::{Format, Head, StructFormat, Unknown};
use crate::formats::kaitai::Kaitai;
use crate::formats::{Registry, shelf};
use crate::inspect::{Document, Path};
use crate::schema::Compiled;
use crate::structs::{DataError, DataErrorKind};

/// Which format the file has, for every verb that works on its tree.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct FormatArgs {
    /// The name of a format that formats lists, a stored %name, a file.ksy, or a format such as
    /// '<2s:magic I:size'; otherwise the content tells
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<String>,

    /// With a format: where it begins in the file; a negative offset counts from the end
    #[arg(long, value_name = "N", value_parser = number::offset, allow_hyphen_values = true,
          requires = "format")]
    at: Option<i64>,

    /// With a format that is a struct: structs one after the other up to the end, records[0], records[1]…
    #[arg(long, requires = "format")]
    repeat: bool,

    /// Of what comes through a pipe, keep this many bytes [default: 1GiB]
    #[arg(long, value_name = "N", value_parser = number::size)]
    max_stream: Option<u64>,
}

/// The default limit of bytes that are kept of a stream: an endless one ends there.
pub(super) const MAX_STREAM: u64 = 1 << 30;

impl FormatArgs {
    /// The format that the content tells.
    pub(super) fn detected(max_stream: Option<u64>) -> FormatArgs {
        FormatArgs {
            max_stream,
            ..FormatArgs::default()
        }
    }

    /// The format of that name, or the one that the content tells.
    pub(super) fn named(format: Option<String>, max_stream: Option<u64>) -> FormatArgs {
        FormatArgs {
            format,
            ..FormatArgs::detected(max_stream)
        }
    }

    /// The given limit of bytes that are kept of a stream.
    pub(super) fn max_stream(&self) -> Option<u64> {
        self.max_stream
    }

    /// Whether a format was named.
    pub(super) fn is_given(&self) -> bool {
        self.format.is_some()
    }

    /// Opens a file with its tree.
    pub(super) fn open(&self, file: &Input, cx: &Context) -> Result<Document> {
        self.open_for(file, &[], cx)
    }

    /// The same for a caller that is going to ask for these paths.
    pub(super) fn open_for(&self, file: &Input, paths: &[Path], cx: &Context) -> Result<Document> {
        let source = file.open_up_to(self.max_stream.unwrap_or(MAX_STREAM))?;
        let source = progress::source(source, false);
        self.document(source, file, paths, cx)
            .with_context(|| file.to_string())
    }

    fn document(
        &self,
        source: Source,
        file: &Input,
        paths: &[Path],
        cx: &Context,
    ) -> Result<Document> {
        let (format, at) = self.format(&source, file, cx)?;
        Ok(Document::open_for(source, format, at, paths)?)
    }

    /// The format of a file, and where in it that begins.
    pub(super) fn format(
        &self,
        source: &Source,
        file: &Input,
        cx: &Context,
    ) -> Result<(Arc<dyn Format>, u64)> {
        let at = self.start(source)?;
        let format = match &self.format {
            None => detect(source, file, cx)?,
            Some(name) => self.by_name(name, cx)?,
        };
        Ok((format, at))
    }

    /// The format of a name, or of a format string.
    pub(super) fn by_name(&self, name: &str, cx: &Context) -> Result<Arc<dyn Format>> {
        Ok(match built_in(name.trim(), cx) {
            Some(format) if self.repeat => bail!(
                "--repeat is for structs: a {} file says itself how much is in it",
                format.name()
            ),
            Some(format) => format,
            None => match cx.description(name.trim())? {
                Some(_) if self.repeat => {
                    bail!("--repeat is for structs: a description says itself what repeats")
                }
                Some(description) => Arc::new(description),
                None => self.given(name, cx)?,
            },
        })
    }

    /// Where the format begins, which is not after the end.
    fn start(&self, source: &Source) -> Result<u64> {
        let Some(offset) = self.at else { return Ok(0) };
        let start = number::start(source, offset)?;
        let available = source.size()?;
        match start > available {
            true => Err(DataError::new(DataErrorKind::Offset { offset, available }).into()),
            false => Ok(start),
        }
    }

    fn given(&self, name: &str, cx: &Context) -> Result<Arc<dyn Format>> {
        let shown = name.trim().strip_prefix('%').unwrap_or("struct");
        let format = of_struct(shown, cx.compile_unless_name(name)?);
        Ok(match self.repeat {
            true => Arc::new(format.repeated()),
            false => Arc::new(format),
        })
    }
}

/// The format of that name, unless it is one of the shelf and users have one of the same name, which is
/// then written with a percent sign.
fn built_in(name: &str, cx: &Context) -> Option<Arc<dyn Format>> {
    let format = Registry::built_in().named(name)?;
    // A broken file of formats is only an error for formats that refer to it.
    let is_hidden = || {
        let known = cx.known().unwrap_or_default();
        let mut names = known.iter().map(|stored| &*stored.schema.name);
        names.any(|own| own.eq_ignore_ascii_case(name))
    };
    (shelf::named(name).is_none() || !is_hidden()).then_some(format)
}

/// By content. Users' stored formats are asked before those of the shelf, and after those that are
/// more than descriptions.
pub(super) fn detect(source: &Source, file: &Input, cx: &Context) -> Result<Arc<dyn Format>> {
    let found = Registry::built_in().detect(source, file.path())?;
    if let Some(format) = &found
        && shelf::named(format.name()).is_none()
    {
        return Ok(Arc::clone(format));
    }
    let known = cx.known()?;
    if let Some(stored) = known.detect(source, file.path())? {
        let name = stored.schema.name.clone();
        return Ok(Arc::new(of_struct(
            &name,
            cx.compile_stored(&format!("%{name}"))?,
        )));
    }
    if let Some(description) = described(source, file, cx)? {
        return Ok(Arc::new(description));
    }
    Ok(found.unwrap_or_else(|| Arc::new(Unknown)))
}

/// The description of which a file has the first bytes, or else the name.
fn described(source: &Source, file: &Input, cx: &Context) -> Result<Option<Kaitai>> {
    let head = Head::new(source)?;
    let name = file.path().and_then(std::path::Path::extension);
    let name = name.map(|name| name.to_string_lossy().to_ascii_lowercase());
    let mut best = None;
    for description in cx.descriptions()?.usable() {
        let by_name = name
            .as_ref()
            .is_some_and(|name| description.extensions().contains(name));
        let fit = (description.fit(&head)?, by_name);
        if fit != (None, false) && best.as_ref().is_none_or(|(most, _)| fit > *most) {
            best = Some((fit, description));
        }
    }
    Ok(best.map(|(_, description)| description))
}

fn of_struct(name: &str, compiled: Compiled) -> StructFormat {
    StructFormat::new(name, compiled.layout).meanings(compiled.meanings)
}

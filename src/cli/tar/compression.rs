//! How an archive that is written is compressed.

use std::path::Path;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cli::error::{Result, bail};
use crate::formats::tar::Compression;
use crate::render::escape;

#[derive(Debug, clap::Args)]
pub(super) struct CompressArgs {
    /// How the archive is compressed; without it, the suffix of its name says so
    #[arg(long, value_name = "HOW", value_parser = compress())]
    compress: Option<Compression>,

    /// The larger, the smaller the archive: up to 9, with gzip up to 12, with zstd up to 19
    #[arg(long, value_name = "N")]
    level: Option<u32>,
}

fn compress() -> impl TypedValueParser<Value = Compression> {
    let names = Compression::ALL
        .iter()
        .map(|compression| compression.name());
    PossibleValuesParser::new(names).map(|name| Compression::named(&name).unwrap_or_default())
}

impl CompressArgs {
    /// The compression of an archive of this name.
    pub(super) fn of(&self, archive: &Path) -> Result<Compression> {
        let compression = match self.compress {
            Some(compression) => compression,
            None => Compression::of_name(archive),
        };
        if compression == Compression::None && self.compress.is_none() {
            check_suffix(archive)?;
        }
        let Some(level) = self.level else {
            return Ok(compression);
        };
        match (compression.at_level(level), compression.levels()) {
            (Some(compression), _) => Ok(compression),
            (None, Some(levels)) => bail!(
                "{} has levels {} to {}, and no {level}",
                compression.name(),
                levels.start(),
                levels.end()
            ),
            (None, None) => bail!("--level has no meaning with {}", compression.name()),
        }
    }
}

/// A suffix that promises another compression than the archive would have.
fn check_suffix(archive: &Path) -> Result<()> {
    const OTHERS: &[&str] = &[
        "xz", "txz", "bz2", "tbz", "tbz2", "zst", "tzst", "lz4", "lzma", "lz", "br", "z", "zip",
        "7z", "rar",
    ];
    let suffix = archive.extension().and_then(|suffix| suffix.to_str());
    let suffix = suffix.unwrap_or_default().to_ascii_lowercase();
    if OTHERS.contains(&suffix.as_str()) {
        bail!(
            "{}: .{suffix} archives can't be made; .tar.gz, .tar.zst and others can, and \
             --compress none makes a plain archive of any name",
            escape::path(archive)
        );
    }
    Ok(())
}

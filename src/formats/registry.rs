//! The one list of formats, and detecting which of them a file has.

use std::io;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use crate::Source;
use crate::format::{Format, Head};

/// Formats by name, and by what files hold.
///
/// ```
/// use bytewright::Source;
/// use bytewright::formats::Registry;
///
/// let formats = Registry::built_in();
/// assert!(formats.named("TAR").is_some());
/// let found = formats.detect(&Source::from(&b"\x1f\x8b\x08\0"[..]), None)?;
/// assert_eq!(found.unwrap().name(), "gzip");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Registry {
    formats: Vec<Arc<dyn Format>>,
}

static BUILT_IN: LazyLock<Registry> = LazyLock::new(|| {
    let formats = coded().into_iter();
    #[cfg(feature = "shelf")]
    let formats =
        formats.chain(super::shelf::all().map(|described| -> Arc<dyn Format> {
            Arc::new(super::shelf::Shelved::new(described))
        }));
    Registry {
        formats: formats.collect(),
    }
});

/// The formats of this crate that are implemented in Rust, a line each; the others are on the
/// shelf.
fn coded() -> Vec<Arc<dyn Format>> {
    vec![
        #[cfg(feature = "gzip")]
        Arc::new(super::gzip::Gzip),
        #[cfg(feature = "gzip")]
        Arc::new(super::compressed::BZIP2),
        #[cfg(feature = "gzip")]
        Arc::new(super::compressed::XZ),
        #[cfg(feature = "gzip")]
        Arc::new(super::compressed::ZSTD),
        #[cfg(feature = "gzip")]
        Arc::new(super::compressed::LZ4),
        #[cfg(feature = "gzip")]
        Arc::new(super::compressed::ZLIB),
        #[cfg(feature = "bmp")]
        Arc::new(super::bmp::Bmp),
        #[cfg(feature = "bmp")]
        Arc::new(super::ico::Ico),
        #[cfg(feature = "tar")]
        Arc::new(super::tar::Tar),
    ]
}

impl Registry {
    /// The formats of this crate.
    pub fn built_in() -> &'static Registry {
        &BUILT_IN
    }

    /// These formats and another one, which is the last that is asked.
    #[must_use]
    pub fn with(mut self, format: impl Format + 'static) -> Registry {
        self.formats.push(Arc::new(format));
        self
    }

    /// The formats, in the order in which they are asked.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Format>> {
        self.formats.iter()
    }

    /// The format of that name, in letters of either case.
    pub fn named(&self, name: &str) -> Option<Arc<dyn Format>> {
        let mut formats = self.formats.iter();
        formats
            .find(|format| format.name().eq_ignore_ascii_case(name))
            .cloned()
    }

    /// The format that a file's content fits best, or else that of its name.
    ///
    /// # Errors
    ///
    /// When the source can't be read.
    pub fn detect(
        &self,
        source: &Source,
        name: Option<&Path>,
    ) -> io::Result<Option<Arc<dyn Format>>> {
        let head = Head::new(source)?;
        let mut best = None;
        for format in &self.formats {
            let fit = format.fit(&head)?;
            // Of formats that fit equally well, the first.
            if fit > best.map(|(fit, _)| fit) {
                best = fit.map(|fit| (fit, format));
            }
        }
        match best {
            Some((_, format)) => Ok(Some(Arc::clone(format))),
            None => self.by_name(&head, name),
        }
    }

    /// The first format with the suffix of the file's name that its content allows.
    fn by_name(&self, head: &Head<'_>, name: Option<&Path>) -> io::Result<Option<Arc<dyn Format>>> {
        let extension = name.and_then(|name| name.extension()?.to_str());
        let Some(extension) = extension.map(str::to_ascii_lowercase) else {
            return Ok(None);
        };
        for format in &self.formats {
            if format.suffixes().contains(&&*extension) && format.may_be(head)? {
                return Ok(Some(Arc::clone(format)));
            }
        }
        Ok(None)
    }
}

//! How an archive is to be read.

use super::Archive;

impl Archive<'_> {
    /// Refuses extended headers that take more than `bytes` for one member; 1 MiB unless said
    /// otherwise.
    #[must_use]
    pub fn limit(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// Reads past the blocks of zeros that end an archive: to another one that was put after it.
    #[must_use]
    pub fn ignore_zeros(mut self, yes: bool) -> Self {
        self.ignore_zeros = yes;
        self
    }

    /// Refuses compressed streams that refer back further than `bytes`, which decompressing takes
    /// in memory; [`DEFAULT_MAX_WINDOW`](crate::formats::tar::DEFAULT_MAX_WINDOW) unless said otherwise.
    #[must_use]
    pub fn max_window(mut self, bytes: u64) -> Self {
        self.input.max_window(bytes);
        self
    }

    /// Takes names that aren't UTF-8 for text of this encoding: names, links and owners become
    /// UTF-8, the bytes of the archive stay in [`Member::raw_name`](crate::formats::tar::Member::raw_name) and its kin. Without this,
    /// names are the archive's bytes, whatever they are.
    #[cfg(feature = "encodings")]
    #[must_use]
    pub fn encoding(mut self, encoding: crate::formats::tar::Encoding) -> Self {
        self.encoding = Some(encoding);
        self
    }
}

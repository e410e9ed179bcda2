//! Where files are: paths, patterns, addresses of object stores.

use std::fmt;

use datafusion::datasource::listing::ListingTableUrl;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::object_store::path::Path;
use datafusion::object_store::{self, ObjectStore, ObjectStoreExt as _};
use futures::TryStreamExt as _;
use glob::{MatchOptions, Pattern};

use crate::error::Error;

/// One file, or all files that a pattern matches, in an object store: the file system is one.
#[derive(Clone, Debug)]
pub struct Place {
    text: String,
    url: ListingTableUrl,
    pattern: Option<Pattern>,
}

/// A file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its path in the store.
    pub path: Path,
    /// Its length in bytes.
    pub length: u64,
}

/// `*` and `?` match within a name of a path, `**` any number of folders, as in shells.
const MATCHING: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

impl Place {
    /// A path of the file system, absolute or not, or an address such as `s3://bucket/ticks/*.bin`. Both may be
    /// patterns with `*`, `?` and `[…]`, addresses without `?`; a file that is called like a pattern is that file.
    /// The end `/` means all files below a folder.
    ///
    /// # Errors
    ///
    /// [`Error::Path`] where the text is neither.
    pub fn new(text: &str) -> Result<Place, Error> {
        let wrong = |reason: String| Error::Path {
            path: text.to_owned(),
            reason,
        };
        if text.is_empty() {
            return Err(wrong("a path is empty".to_owned()));
        }
        let address = text.contains("://");
        let is_file = !address && std::path::Path::new(text).exists();
        let signs: &[char] = if address {
            &['*', '[']
        } else {
            &['*', '?', '[']
        };
        let sign = text.find(signs).filter(|_| !is_file);
        let (base, pattern) = match sign {
            None => (text, None),
            Some(at) => {
                // From the folder on in which the first sign stands.
                let (before, _) = text.split_at(at);
                let from = before.rfind('/').map_or(0, |slash| slash.saturating_add(1));
                let (base, pattern) = text.split_at(from);
                let pattern = Pattern::new(pattern).map_err(|error| wrong(error.to_string()))?;
                (base, Some(pattern))
            }
        };
        let base = match (address, base) {
            (true, base) => base.to_owned(),
            // The parser would take a path with signs for a pattern: it gets the address of it.
            (false, base) => {
                let path = std::path::absolute(if base.is_empty() { "./" } else { base });
                let path = path.map_err(|error| wrong(error.to_string()))?;
                let is_folder = base.is_empty() || base.ends_with('/') || path.is_dir();
                let url = match is_folder {
                    true => url::Url::from_directory_path(&path),
                    false => url::Url::from_file_path(&path),
                };
                url.map_err(|()| wrong("it is no path of a file".to_owned()))?
                    .into()
            }
        };
        let url = url::Url::parse(&base).map_err(|error| wrong(error.to_string()))?;
        let url = ListingTableUrl::try_new(url, None).map_err(|error| wrong(error.to_string()))?;
        Ok(Place {
            text: text.to_owned(),
            url,
            pattern,
        })
    }

    /// The same on any machine: paths are absolute.
    ///
    /// # Errors
    ///
    /// Where the current folder is gone.
    pub fn absolute(text: &str) -> std::io::Result<String> {
        if text.is_empty() || text.contains("://") {
            return Ok(text.to_owned());
        }
        let path = std::path::absolute(text)?;
        Ok(path.to_string_lossy().into_owned())
    }

    /// The store that it is in.
    pub fn store(&self) -> ObjectStoreUrl {
        self.url.object_store()
    }

    /// The files, by their paths in order.
    ///
    /// # Errors
    ///
    /// Those of the store; [`Error::Missing`] where there is none.
    pub async fn find(&self, store: &dyn ObjectStore) -> datafusion::error::Result<Vec<Found>> {
        let prefix = self.url.prefix();
        if self.pattern.is_none() && !self.url.is_collection() {
            return match store.head(prefix).await {
                Ok(meta) => Ok(vec![Found {
                    path: meta.location,
                    length: meta.size,
                }]),
                Err(object_store::Error::NotFound { .. }) => Err(self.missing()),
                Err(error) => Err(error.into()),
            };
        }
        let listed = store.list(Some(prefix)).try_filter_map(|meta| async move {
            Ok(self.matches(&meta.location).then_some(Found {
                path: meta.location,
                length: meta.size,
            }))
        });
        let mut found: Vec<Found> = listed.try_collect().await?;
        if found.is_empty() {
            return Err(self.missing());
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    fn missing(&self) -> datafusion::error::DataFusionError {
        Error::Missing(self.text.clone()).into()
    }

    fn matches(&self, path: &Path) -> bool {
        let Some(parts) = self.url.strip_prefix(path) else {
            return false;
        };
        let parts: Vec<&str> = parts.collect();
        match &self.pattern {
            Some(pattern) => pattern.matches_with(&parts.join("/"), MATCHING),
            None => !parts.iter().any(|part| part.starts_with('.')),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::object_store::memory::InMemory;

    async fn found(text: &str, files: &[&str]) -> Vec<String> {
        let store = InMemory::new();
        for file in files {
            store
                .put(&Path::from(*file), b"ab".to_vec().into())
                .await
                .unwrap();
        }
        let found = Place::new(text).unwrap().find(&store).await;
        let found = found.unwrap_or_default();
        assert!(found.iter().all(|file| file.length == 2));
        found.iter().map(|file| file.path.to_string()).collect()
    }

    #[tokio::test]
    async fn patterns_match_as_in_shells() {
        let files = ["d/b.bin", "d/a.bin", "d/c.txt", "d/e/a.bin", "d/.x.bin"];
        assert_eq!(
            found("memory://s/d/*.bin", &files).await,
            ["d/a.bin", "d/b.bin"]
        );
        assert_eq!(
            found("memory://s/d/**/*.bin", &files).await,
            ["d/a.bin", "d/b.bin", "d/e/a.bin"]
        );
        assert_eq!(
            found("memory://s/*/e/[ab].bin", &files).await,
            ["d/e/a.bin"]
        );
        assert_eq!(found("memory://s/d/c.txt", &files).await, ["d/c.txt"]);
        assert_eq!(found("memory://s/d/e/", &files).await, ["d/e/a.bin"]);
        assert_eq!(found("memory://s/d/none*", &files).await, [""; 0]);
        assert_eq!(found("memory://s/d", &files).await, [""; 0]);
    }

    #[test]
    fn what_is_no_path_is_refused() {
        assert!(Place::new("").is_err());
        assert!(Place::new("a/[b").is_err());
        assert!(Place::new("s3://[/x").is_err());
    }

    #[test]
    fn a_file_that_is_called_like_a_pattern_is_that_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a[1].bin");
        std::fs::write(&path, "").unwrap();
        let place = Place::new(path.to_str().unwrap()).unwrap();
        assert!(place.pattern.is_none());
        assert!(place.url.prefix().as_ref().ends_with("a[1].bin"));
    }
}

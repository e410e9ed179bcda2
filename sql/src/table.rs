//! The table: what a format string and paths describe.

use std::sync::Arc;

use async_trait::async_trait;
use bytewright::Struct;
use bytewright::records::{self, Columns, Extent};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use serde::{Deserialize, Serialize};

use crate::condition::{Condition, pushed};
use crate::error::Error;
use crate::place::Place;
use crate::plan::{File, RecordScan};

/// What a table is made of. It says all that there is to know, so that a table can be made again of it elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Description {
    /// The format of a record.
    pub format: String,
    /// The files: each a path, a pattern, or an address of an object store; see [`Place`].
    pub paths: Vec<String>,
    /// Bytes before the first record of each file.
    pub skip: u64,
    /// Whether a last record that is cut short is left out; otherwise it is an error.
    pub allow_partial: bool,
}

impl Description {
    /// Records of a format, in no file yet.
    pub fn new(format: impl Into<String>) -> Description {
        Description {
            format: format.into(),
            paths: Vec::new(),
            skip: 0,
            allow_partial: false,
        }
    }

    /// Adds a file, or all files that a pattern matches. Paths that are not absolute count from the current folder
    /// of now.
    #[must_use]
    pub fn file(mut self, path: impl AsRef<str>) -> Description {
        let path = path.as_ref();
        let absolute = Place::absolute(path).unwrap_or_else(|_| path.to_owned());
        self.paths.push(absolute);
        self
    }

    /// Bytes before the first record of each file.
    #[must_use]
    pub fn skip(mut self, bytes: u64) -> Description {
        self.skip = bytes;
        self
    }

    /// Leaves out a last record that is cut short.
    #[must_use]
    pub fn allow_partial(mut self, allow: bool) -> Description {
        self.allow_partial = allow;
        self
    }
}

/// A table of records. Files are looked for when a query is planned: each query sees the records that are there
/// then, and no others.
#[derive(Clone, Debug)]
pub struct RecordTable {
    description: Arc<Description>,
    columns: Arc<Columns>,
    schema: SchemaRef,
    places: Arc<[Place]>,
    /// Whether plans go to several machines.
    is_spread: bool,
}

impl RecordTable {
    /// The table that is described.
    ///
    /// # Errors
    ///
    /// Where the format is wrong or of no fixed size, or a path is none.
    pub fn new(description: Description) -> Result<RecordTable, Error> {
        let format = Struct::new(&description.format)?;
        let columns =
            Columns::new(&format.into()).ok_or_else(|| Error::Size(description.format.clone()))?;
        let places = description.paths.iter().map(|path| Place::new(path));
        let places = places.collect::<Result<_, Error>>()?;
        Ok(RecordTable {
            schema: Arc::new(records::arrow::schema(columns.schema())),
            columns: Arc::new(columns),
            description: Arc::new(description),
            places,
            is_spread: false,
        })
    }

    /// The same for plans whose partitions several machines do.
    #[cfg(feature = "cluster")]
    pub(crate) fn spread(mut self) -> RecordTable {
        self.is_spread = true;
        self
    }

    /// What it is made of.
    pub fn description(&self) -> &Arc<Description> {
        &self.description
    }

    /// How records are read.
    pub fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// The records of a file of this length.
    pub(crate) fn extent(&self, path: String, length: u64) -> Result<Extent, Error> {
        let extent = Extent::new(length, self.description.skip, self.columns.size());
        let error = match extent {
            Ok(extent) => match extent.partial().filter(|_| !self.description.allow_partial) {
                None => return Ok(extent),
                Some(error) => error,
            },
            Err(error) => error,
        };
        Err(Error::Records { path, error })
    }

    /// The files that are there.
    async fn files(&self, state: &dyn Session) -> Result<Vec<File>> {
        let mut files = Vec::new();
        for place in &*self.places {
            let url = place.store();
            let store = state.runtime_env().object_store(&url)?;
            let found = place.find(&*store).await?;
            files.extend(found.into_iter().map(|found| File {
                store: url.clone(),
                path: found.path,
                length: found.length,
            }));
        }
        Ok(files)
    }
}

#[async_trait]
impl TableProvider for RecordTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let one = |filter: &&Expr| match pushed(filter, self.columns.schema()) {
            Some(Condition { is_exact: true, .. }) => TableProviderFilterPushDown::Exact,
            Some(_) => TableProviderFilterPushDown::Inexact,
            None => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(one).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let files = self.files(state).await?;
        let all = || (0..self.schema.fields().len()).collect();
        let projection = projection.cloned().unwrap_or_else(all);
        let conditions = filters
            .iter()
            .filter_map(|filter| pushed(filter, self.columns.schema()));
        let texts: Vec<String> = conditions.map(|condition| condition.text).collect();
        let condition = (!texts.is_empty()).then(|| texts.join(" and "));
        let scan = RecordScan::new(self.clone(), files, projection, condition, limit)?;
        let options = state.config_options();
        let parts = match scan.bytes() < options.optimizer.repartition_file_min_size as u64 {
            true => 1,
            false => state.config().target_partitions(),
        };
        let scan = scan.in_parts(parts);
        Ok(Arc::new(match self.is_spread {
            true => scan.with_numbers()?,
            false => scan,
        }))
    }
}

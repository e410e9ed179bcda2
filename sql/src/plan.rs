//! The step of a plan that reads records.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use bytewright::records::{Extent, part};
use datafusion::arrow::array::{ArrayRef, AsArray as _, RecordBatch, UInt64Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, UInt64Type};
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::object_store::path::Path;
use datafusion::physical_expr::EquivalenceProperties;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::metrics::{
    BaselineMetrics, ExecutionPlanMetricsSet, MetricBuilder, MetricsSet,
};
use datafusion::physical_plan::statistics::StatisticsArgs;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PhysicalExpr, PlanProperties,
    Statistics,
};
use futures::{TryStreamExt as _, stream};

use crate::error::Error;
use crate::keys::Keys;
use crate::read::{Decoder, Local, Piece, Reading};
use crate::table::RecordTable;

/// A file that was there when the query was planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) store: ObjectStoreUrl,
    pub(crate) path: Path,
    pub(crate) length: u64,
}

impl File {
    /// What people know it by.
    fn name(&self) -> String {
        match self.is_local() {
            true => format!("/{}", self.path),
            false => format!("{}{}", self.store.as_str(), self.path),
        }
    }

    fn is_local(&self) -> bool {
        self.store.as_str().starts_with("file:")
    }
}

/// Reads the records of some files, each of its partitions as many of them as any other, or one more.
#[derive(Clone, Debug)]
pub struct RecordScan {
    table: RecordTable,
    files: Arc<[(File, Extent)]>,
    projection: Vec<usize>,
    condition: Option<String>,
    /// The columns of the projection that come out as keys, by their indexes there.
    keys: Vec<usize>,
    fetch: Option<usize>,
    parts: usize,
    /// Which of the parts each partition reads; without it, each the one of its number.
    numbers: Option<Arc<dyn ExecutionPlan>>,
    decoder: Arc<Decoder>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl RecordScan {
    /// Reads all files in one partition.
    ///
    /// # Errors
    ///
    /// Where a file ends before its first record or inside its last one, or the condition is none over the columns.
    pub(crate) fn new(
        table: RecordTable,
        files: Vec<File>,
        projection: Vec<usize>,
        condition: Option<String>,
        fetch: Option<usize>,
    ) -> Result<RecordScan, Error> {
        let files = files.into_iter().map(|file| {
            let extent = table.extent(file.name(), file.length)?;
            Ok((file, extent))
        });
        let files = files.collect::<Result<_, Error>>()?;
        let decoder = Decoder::new(table.columns(), &projection, &[], condition.as_deref())?;
        let schema = Arc::clone(decoder.converter().schema());
        Ok(RecordScan {
            table,
            files,
            projection,
            condition,
            keys: Vec::new(),
            fetch,
            parts: 1,
            numbers: None,
            decoder: Arc::new(decoder),
            properties: properties(schema, 1),
            metrics: ExecutionPlanMetricsSet::new(),
        })
    }

    /// The same with keys in the place of a column's values; `None` where it has none.
    pub(crate) fn with_keys(&self, column: usize) -> Option<(RecordScan, Keys)> {
        if self.keys.contains(&column) {
            return None;
        }
        let mut scan = self.clone();
        scan.keys.push(column);
        let (columns, condition) = (self.table.columns(), self.condition.as_deref());
        let decoder = Decoder::new(columns, &self.projection, &scan.keys, condition).ok()?;
        let keys = decoder.keys(column)?;
        let schema = Arc::clone(decoder.converter().schema());
        scan.decoder = Arc::new(decoder);
        scan.properties = properties(schema, self.properties.partitioning.partition_count());
        scan.metrics = ExecutionPlanMetricsSet::new();
        Some((scan, keys))
    }

    /// The same in this number of partitions; no more than there are records.
    #[must_use]
    pub(crate) fn in_parts(mut self, parts: usize) -> RecordScan {
        let rows = usize::try_from(self.rows()).unwrap_or(usize::MAX);
        self.parts = parts.clamp(1, rows.max(1));
        self.properties = properties(self.schema(), self.parts);
        self
    }

    /// The same for plans whose partitions are given out to several machines.
    ///
    /// Ballista sends each task a plan that has the partitions of the task alone. Of leaves it can do that for files and
    /// for rows in memory; any other it sends as it is, and the rows of that come once for each task. So the numbers of
    /// the parts are rows in memory, one a partition, and this step reads the parts whose numbers it gets.
    pub(crate) fn with_numbers(self) -> Result<RecordScan> {
        let field = Field::new("part", DataType::UInt64, false);
        let schema = Arc::new(Schema::new(vec![field]));
        let partitions = (0..self.parts).map(|number| {
            let column: ArrayRef = Arc::new(UInt64Array::from(vec![number as u64]));
            Ok(vec![RecordBatch::try_new(
                Arc::clone(&schema),
                vec![column],
            )?])
        });
        let partitions = partitions.collect::<Result<Vec<Vec<RecordBatch>>>>()?;
        let source = MemorySourceConfig::try_new(&partitions, schema, None)?;
        Ok(self.reading(DataSourceExec::from_data_source(source)))
    }

    /// The same for other numbers.
    pub(crate) fn reading(mut self, numbers: Arc<dyn ExecutionPlan>) -> RecordScan {
        let partitions = numbers.properties().partitioning.partition_count();
        self.properties = properties(self.schema(), partitions);
        self.numbers = Some(numbers);
        self.metrics = ExecutionPlanMetricsSet::new();
        self
    }

    /// The table.
    pub fn table(&self) -> &RecordTable {
        &self.table
    }

    #[cfg(feature = "cluster")]
    pub(crate) fn files(&self) -> impl Iterator<Item = &File> {
        self.files.iter().map(|(file, _)| file)
    }

    /// The columns of the table that come out, by their indexes.
    pub fn projection(&self) -> &[usize] {
        &self.projection
    }

    /// The condition that is asked, in bytewright's language.
    pub fn condition(&self) -> Option<&str> {
        self.condition.as_deref()
    }

    /// The columns that come out as keys, by their indexes in the projection.
    pub fn keys(&self) -> &[usize] {
        &self.keys
    }

    /// Into how many parts the rows are split: a partition reads one, or those whose numbers its task was given.
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// How many records all files have.
    pub fn rows(&self) -> u64 {
        let rows = self.files.iter().map(|(_, extent)| extent.rows());
        rows.fold(0, u64::saturating_add)
    }

    /// How many bytes all records have.
    pub fn bytes(&self) -> u64 {
        self.rows().saturating_mul(self.decoder.size() as u64)
    }

    /// Values that became absent, or texts that have another character where bytes are no UTF-8, since the types
    /// of Arrow can't hold them; as far as the plan has run in this process.
    pub fn lost(&self) -> u64 {
        self.decoder.lost()
    }

    /// Values that are absent since they are none of their kind, such as digits; as far as the plan has run in
    /// this process.
    pub fn absent(&self) -> u64 {
        self.decoder.absent()
    }

    /// What is read of a part.
    fn pieces(&self, index: usize, context: &TaskContext) -> Result<Vec<Piece>> {
        let part = part(self.rows(), index, self.parts);
        let mut pieces = Vec::new();
        let mut first = 0u64;
        for (file, extent) in &*self.files {
            let end = first.saturating_add(extent.rows());
            let (from, to) = (part.start.max(first), part.end.min(end));
            if from < to {
                let store = context.runtime_env().object_store(&file.store)?;
                pieces.push(Piece {
                    name: file.name().into(),
                    local: Local::of(&*store, &file.path).map(Arc::new),
                    store,
                    path: file.path.clone(),
                    bytes: extent.bytes(from.saturating_sub(first)..to.saturating_sub(first)),
                });
            }
            first = end;
        }
        Ok(pieces)
    }
}

impl RecordScan {
    /// Reads some of the parts as one partition.
    fn reading_of(
        &self,
        parts: &[usize],
        partition: usize,
        context: &TaskContext,
    ) -> Result<Reading> {
        let mut pieces = VecDeque::new();
        for part in parts {
            pieces.extend(self.pieces(*part, context)?);
        }
        Ok(Reading::new(
            pieces,
            Arc::clone(&self.decoder),
            context.session_config().batch_size(),
            self.fetch,
            BaselineMetrics::new(&self.metrics, partition),
            MetricBuilder::new(&self.metrics).counter("bytes_scanned", partition),
        ))
    }
}

fn properties(schema: SchemaRef, parts: usize) -> Arc<PlanProperties> {
    Arc::new(PlanProperties::new(
        EquivalenceProperties::new(schema),
        Partitioning::UnknownPartitioning(parts),
        EmissionType::Incremental,
        Boundedness::Bounded,
    ))
}

impl DisplayAs for RecordScan {
    fn fmt_as(&self, t: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schema = self.schema();
        let names: Vec<&str> = schema
            .fields()
            .iter()
            .map(|field| &**field.name())
            .collect();
        let (all, rows) = (names.join(", "), self.rows());
        let (count, parts) = (self.files.len(), self.parts);
        if let DisplayFormatType::TreeRender = t {
            writeln!(f, "files={count}")?;
            writeln!(f, "rows={rows}")?;
            return writeln!(f, "columns={all}");
        }
        write!(
            f,
            "RecordScan: files={count}, rows={rows}, partitions={parts}, columns=[{all}]"
        )?;
        if let Some(condition) = &self.condition {
            write!(f, ", condition={condition}")?;
        }
        if !self.keys.is_empty() {
            let keys = self.keys.iter().filter_map(|at| names.get(*at).copied());
            write!(f, ", keys=[{}]", keys.collect::<Vec<&str>>().join(", "))?;
        }
        if let Some(fetch) = self.fetch {
            write!(f, ", fetch={fetch}")?;
        }
        Ok(())
    }
}

impl ExecutionPlan for RecordScan {
    fn name(&self) -> &str {
        "RecordScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        self.numbers.iter().collect()
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        self.numbers.iter().map(|_| false).collect()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(match children.pop() {
            Some(numbers) => Arc::new((*self).clone().reading(numbers)),
            None => self,
        })
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let scan = self.clone();
        let Some(numbers) = &self.numbers else {
            let reading = scan.reading_of(&[partition], partition, &context)?;
            let stream = RecordBatchStreamAdapter::new(self.schema(), reading.stream());
            return Ok(Box::pin(stream));
        };
        let numbers = numbers.execute(partition, Arc::clone(&context))?;
        let stream = stream::once(async move {
            let numbers: Vec<RecordBatch> = numbers.try_collect().await?;
            let parts = numbers.iter().flat_map(|batch| {
                let numbers = batch.column(0).as_primitive::<UInt64Type>().values();
                numbers.iter().map(|number| usize::try_from(*number))
            });
            let parts = parts.collect::<Result<Vec<usize>, _>>();
            let parts = parts.map_err(|error| Error::Plan(error.to_string()))?;
            let reading = scan.reading_of(&parts, partition, &context)?;
            Ok::<_, DataFusionError>(reading.stream())
        });
        let stream = RecordBatchStreamAdapter::new(self.schema(), stream.try_flatten());
        Ok(Box::pin(stream))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn statistics_from_inputs(
        &self,
        _: &[Arc<Statistics>],
        args: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        let rows = match args.partition() {
            None => self.rows(),
            Some(index) => {
                let rows = part(self.rows(), index, self.parts);
                rows.end.saturating_sub(rows.start)
            }
        };
        let rows = usize::try_from(rows).unwrap_or(usize::MAX);
        // Of a part of the partitions it isn't known here which rows they have.
        let partitions = self.properties.partitioning.partition_count();
        let rows = match (&self.condition, self.fetch) {
            (None, None) if partitions == self.parts => Precision::Exact(rows),
            (_, fetch) => Precision::Inexact(rows.min(fetch.unwrap_or(usize::MAX))),
        };
        let statistics = Statistics::new_unknown(&self.schema());
        Ok(Arc::new(statistics.with_num_rows(rows)))
    }

    fn with_fetch(&self, limit: Option<usize>) -> Option<Arc<dyn ExecutionPlan>> {
        let mut scan = self.clone();
        scan.fetch = limit;
        scan.metrics = ExecutionPlanMetricsSet::new();
        Some(Arc::new(scan))
    }

    fn fetch(&self) -> Option<usize> {
        self.fetch
    }
}

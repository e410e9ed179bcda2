//! Tables and steps of plans as bytes, for schedulers and executors on other machines. A table is what describes it,
//! a step the files that were found besides: nothing of either needs to be known elsewhere but the bytes of the files.

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::datasource::file_format::FileFormatFactory;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{AggregateUDF, Extension, LogicalPlan, ScalarUDF, WindowUDF};
use datafusion::object_store::path::Path;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr_common::physical_expr::proto_decode::PhysicalExprDecodeCtx;
use datafusion::physical_expr_common::physical_expr::proto_encode::PhysicalExprEncodeCtx;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::grouping::{ValuesOfKeys, only};
use crate::indexing::GroupsByIndex;
use crate::plan::{File, RecordScan};
use crate::table::{Description, RecordTable};

/// What bytes of a table begin with; the number counts versions.
const TABLE: &[u8] = b"bytewright table 1\n";

/// What bytes of a step begin with.
const SCAN: &[u8] = b"bytewright scan 3\n";

/// Codes [`RecordTable`]s, and leaves all else to another codec.
#[derive(Debug)]
pub struct LogicalCodec {
    other: Arc<dyn LogicalExtensionCodec>,
}

impl LogicalCodec {
    /// With a codec for all that is no table of records.
    pub fn new(other: Arc<dyn LogicalExtensionCodec>) -> LogicalCodec {
        LogicalCodec { other }
    }
}

/// Codes [`RecordScan`]s and the steps that [`GroupByKeys`](crate::GroupByKeys) adds, and leaves all else to another codec.
#[derive(Debug)]
pub struct PhysicalCodec {
    other: Arc<dyn PhysicalExtensionCodec>,
}

impl PhysicalCodec {
    /// With a codec for all other steps.
    pub fn new(other: Arc<dyn PhysicalExtensionCodec>) -> PhysicalCodec {
        PhysicalCodec { other }
    }
}

/// What bytes of a step that makes values of keys begin with.
const VALUES: &[u8] = b"bytewright values 2\n";

/// What a step that looks groups up is; the step below it says the rest.
const BY_INDEX: &[u8] = b"bytewright groups by index 1\n";

/// A scan, in what it is made of.
#[derive(Debug, Serialize, Deserialize)]
struct Scan {
    table: Description,
    /// The store, the path and the length of each file.
    files: Vec<(String, String, u64)>,
    projection: Vec<usize>,
    condition: Option<String>,
    #[serde(default)]
    keys: Vec<usize>,
    fetch: Option<usize>,
    partitions: usize,
}

impl Scan {
    fn of(scan: &RecordScan) -> Scan {
        let files = scan.files().map(|file| {
            let store = file.store.as_str().to_owned();
            (store, file.path.to_string(), file.length)
        });
        Scan {
            table: (**scan.table().description()).clone(),
            files: files.collect(),
            projection: scan.projection().to_vec(),
            condition: scan.condition().map(str::to_owned),
            keys: scan.keys().to_vec(),
            fetch: scan.fetch(),
            partitions: scan.parts(),
        }
    }

    fn make(self) -> Result<RecordScan> {
        let files = self.files.into_iter().map(|(store, path, length)| {
            Ok(File {
                store: ObjectStoreUrl::parse(store)?,
                path: Path::parse(path).map_err(|error| Error::Plan(error.to_string()))?,
                length,
            })
        });
        let files = files.collect::<Result<Vec<File>>>()?;
        let table = RecordTable::new(self.table)?;
        let scan = RecordScan::new(table, files, self.projection, self.condition, self.fetch)?;
        let mut scan = scan.in_parts(self.partitions);
        for column in self.keys {
            let keyed = scan.with_keys(column);
            (scan, _) = keyed.ok_or_else(|| Error::Plan(format!("column {column} has no keys")))?;
        }
        Ok(scan)
    }
}

fn write(begin: &[u8], value: &impl Serialize, out: &mut Vec<u8>) -> Result<()> {
    out.extend_from_slice(begin);
    let json = serde_json::to_vec(value).map_err(|error| Error::Plan(error.to_string()))?;
    out.extend_from_slice(&json);
    Ok(())
}

fn read<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(json).map_err(|error| Error::Plan(error.to_string()))
}

impl LogicalExtensionCodec for LogicalCodec {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[LogicalPlan],
        context: &TaskContext,
    ) -> Result<Extension> {
        self.other.try_decode(bytes, inputs, context)
    }

    fn try_encode(&self, node: &Extension, out: &mut Vec<u8>) -> Result<()> {
        self.other.try_encode(node, out)
    }

    fn try_decode_table_provider(
        &self,
        bytes: &[u8],
        name: &TableReference,
        schema: SchemaRef,
        context: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        match bytes.strip_prefix(TABLE) {
            Some(json) => Ok(Arc::new(RecordTable::new(read(json)?)?.spread())),
            None => self
                .other
                .try_decode_table_provider(bytes, name, schema, context),
        }
    }

    fn try_encode_table_provider(
        &self,
        name: &TableReference,
        table: Arc<dyn TableProvider>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        match (*table).downcast_ref::<RecordTable>() {
            Some(table) => write(TABLE, &**table.description(), out),
            None => self.other.try_encode_table_provider(name, table, out),
        }
    }

    fn try_decode_file_format(
        &self,
        bytes: &[u8],
        context: &TaskContext,
    ) -> Result<Arc<dyn FileFormatFactory>> {
        self.other.try_decode_file_format(bytes, context)
    }

    fn try_encode_file_format(
        &self,
        out: &mut Vec<u8>,
        format: Arc<dyn FileFormatFactory>,
    ) -> Result<()> {
        self.other.try_encode_file_format(out, format)
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        self.other.try_decode_udf(name, bytes)
    }

    fn try_encode_udf(&self, function: &ScalarUDF, out: &mut Vec<u8>) -> Result<()> {
        self.other.try_encode_udf(function, out)
    }

    fn try_decode_udaf(&self, name: &str, bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
        self.other.try_decode_udaf(name, bytes)
    }

    fn try_encode_udaf(&self, function: &AggregateUDF, out: &mut Vec<u8>) -> Result<()> {
        self.other.try_encode_udaf(function, out)
    }

    fn try_decode_udwf(&self, name: &str, bytes: &[u8]) -> Result<Arc<WindowUDF>> {
        self.other.try_decode_udwf(name, bytes)
    }

    fn try_encode_udwf(&self, function: &WindowUDF, out: &mut Vec<u8>) -> Result<()> {
        self.other.try_encode_udwf(function, out)
    }
}

impl PhysicalExtensionCodec for PhysicalCodec {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if let Some(json) = bytes.strip_prefix(SCAN) {
            let scan = read::<Scan>(json)?.make()?;
            return Ok(Arc::new(match inputs.first() {
                Some(numbers) => scan.reading(Arc::clone(numbers)),
                None => scan,
            }));
        }
        if let Some(json) = bytes.strip_prefix(VALUES) {
            let values = ValuesOfKeys::new(only(inputs)?, read(json)?)?;
            return Ok(Arc::new(values));
        }
        if bytes == BY_INDEX {
            // What was possible where it was planned is here, too, where both are of one version.
            return only(inputs).map(GroupsByIndex::or);
        }
        self.other.try_decode(bytes, inputs, context, converter)
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        out: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        if let Some(scan) = node.downcast_ref::<RecordScan>() {
            return write(SCAN, &Scan::of(scan), out);
        }
        if let Some(values) = node.downcast_ref::<ValuesOfKeys>() {
            return write(VALUES, &values.columns(), out);
        }
        if node.is::<GroupsByIndex>() {
            out.extend_from_slice(BY_INDEX);
            return Ok(());
        }
        self.other.try_encode(node, out, converter)
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        self.other.try_decode_udf(name, bytes)
    }

    fn try_encode_udf(&self, function: &ScalarUDF, out: &mut Vec<u8>) -> Result<()> {
        self.other.try_encode_udf(function, out)
    }

    fn try_decode_expr(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn PhysicalExpr>],
        context: &PhysicalExprDecodeCtx<'_>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        self.other.try_decode_expr(bytes, inputs, context)
    }

    fn try_encode_expr(
        &self,
        expr: &Arc<dyn PhysicalExpr>,
        out: &mut Vec<u8>,
        context: &PhysicalExprEncodeCtx<'_>,
    ) -> Result<()> {
        self.other.try_encode_expr(expr, out, context)
    }

    fn try_decode_udaf(&self, name: &str, bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
        self.other.try_decode_udaf(name, bytes)
    }

    fn try_encode_udaf(&self, function: &AggregateUDF, out: &mut Vec<u8>) -> Result<()> {
        self.other.try_encode_udaf(function, out)
    }

    fn try_decode_udwf(&self, name: &str, bytes: &[u8]) -> Result<Arc<WindowUDF>> {
        self.other.try_decode_udwf(name, bytes)
    }

    fn try_encode_udwf(&self, function: &WindowUDF, out: &mut Vec<u8>) -> Result<()> {
        self.other.try_encode_udwf(function, out)
    }
}

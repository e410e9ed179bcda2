//! `GROUP BY` over keys of at most two bytes: the group of a row is looked up in an array, which has a place for every
//! key that there can be. An engine that hashes takes most of a query's time for that where the functions are simple.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array as _, ArrayRef, ArrowPrimitiveType, AsArray as _, PrimitiveArray, RecordBatch,
};
use datafusion::arrow::datatypes::{
    DataType, Int8Type, Int16Type, SchemaRef, UInt8Type, UInt16Type,
};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};
use datafusion::physical_expr::aggregate::AggregateFunctionExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, InputOrderMode, PhysicalExpr, PlanProperties,
};
use futures::stream::{self, TryStreamExt as _};

use crate::error::Error;
use crate::grouping::only;

/// Functions whose state has one size for each group, so that no memory has to be counted.
const FUNCTIONS: [&str; 13] = [
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "count",
    "max",
    "min",
    "stddev",
    "stddev_pop",
    "sum",
    "var",
];

/// Values of a byte, and their absence.
const BYTE: u32 = (1 << 8) + 1;

/// Values of two bytes, and their absence.
const TWO_BYTES: u32 = (1 << 16) + 1;

/// In the place of a group's number, where there is no group.
const NONE: u32 = u32::MAX;

/// Keys that there can be at most: those of two columns of a byte each.
const KEYS: u32 = BYTE * BYTE;

/// The step of a plan that does what the step below it says, which groups rows as they are read, by looking groups up.
///
/// The step below is whole, and can be sent to other machines as it is; it never runs.
#[derive(Debug)]
pub(crate) struct GroupsByIndex {
    step: Arc<dyn ExecutionPlan>,
    metrics: ExecutionPlanMetricsSet,
}

impl GroupsByIndex {
    /// In the place of a step; `None` where that doesn't group by keys of two bytes, or does more than this one can.
    pub(crate) fn of(step: Arc<dyn ExecutionPlan>) -> Option<GroupsByIndex> {
        step.downcast_ref::<AggregateExec>().and_then(parts)?;
        Some(GroupsByIndex {
            step,
            metrics: ExecutionPlanMetricsSet::new(),
        })
    }

    /// In the place of a step where that is possible; else the step.
    pub(crate) fn or(step: Arc<dyn ExecutionPlan>) -> Arc<dyn ExecutionPlan> {
        match GroupsByIndex::of(Arc::clone(&step)) {
            Some(indexed) => Arc::new(indexed),
            None => step,
        }
    }
}

/// A column of the input that is a key, or a part of one.
#[derive(Clone, Copy, Debug)]
struct Part {
    column: usize,
    /// Values that there can be, and one more for their absence.
    places: u32,
    /// How far apart the keys of two values are that follow one another.
    stride: u32,
}

/// The columns that make up keys; `None` where a step can't be done so.
fn parts(step: &AggregateExec) -> Option<Vec<Part>> {
    let is_first = matches!(step.mode(), AggregateMode::Partial | AggregateMode::Single);
    let is_plain = step.group_expr().is_single()
        && *step.input_order_mode() == InputOrderMode::Linear
        && step.limit_options().is_none();
    let is_possible = |function: &Arc<AggregateFunctionExpr>| {
        function.groups_accumulator_supported()
            && !function.is_distinct()
            && function.order_bys().is_empty()
            && FUNCTIONS.contains(&function.fun().name())
    };
    if !is_first || !is_plain || !step.aggr_expr().iter().all(is_possible) {
        return None;
    }
    let schema = step.input().schema();
    let mut parts = Vec::new();
    let mut stride = 1u32;
    for (group, _) in step.group_expr().expr() {
        let column = group.downcast_ref::<Column>()?.index();
        let places = match schema.fields().get(column)?.data_type() {
            DataType::Int8 | DataType::UInt8 => BYTE,
            DataType::Int16 | DataType::UInt16 => TWO_BYTES,
            _ => return None,
        };
        parts.push(Part {
            column,
            places,
            stride,
        });
        stride = stride.checked_mul(places).filter(|keys| *keys <= KEYS)?;
    }
    (!parts.is_empty()).then_some(parts)
}

impl DisplayAs for GroupsByIndex {
    fn fmt_as(&self, t: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match t {
            DisplayFormatType::TreeRender => Ok(()),
            _ => write!(f, "GroupsByIndex"),
        }
    }
}

impl ExecutionPlan for GroupsByIndex {
    fn name(&self) -> &str {
        "GroupsByIndex"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.step.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.step]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        // Where the step below became another, that one runs.
        only(&children).map(GroupsByIndex::or)
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let Some(step) = self.step.downcast_ref::<AggregateExec>() else {
            return self.step.execute(partition, context);
        };
        let mut groups = Groups::new(step)?;
        let most = context.session_config().batch_size().max(1);
        let metrics = BaselineMetrics::new(&self.metrics, partition);
        let mut rows = step.input().execute(partition, context)?;
        let all = stream::once(async move {
            let elapsed = metrics.elapsed_compute().clone();
            while let Some(batch) = rows.try_next().await? {
                let timer = elapsed.timer();
                groups.add(&batch)?;
                timer.done();
            }
            let batch = groups.end()?;
            metrics.record_output(batch.num_rows());
            let parts = (0..batch.num_rows()).step_by(most).map(move |from| {
                let rows = batch.num_rows().saturating_sub(from).min(most);
                Ok(batch.slice(from, rows))
            });
            Ok::<_, DataFusionError>(stream::iter(parts))
        });
        let all = RecordBatchStreamAdapter::new(self.schema(), all.try_flatten());
        Ok(Box::pin(all))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }
}

/// A function of rows, and its state for each group.
struct Function {
    arguments: Vec<Arc<dyn PhysicalExpr>>,
    filter: Option<Arc<dyn PhysicalExpr>>,
    states: Box<dyn GroupsAccumulator>,
}

/// The groups of one partition.
struct Groups {
    schema: SchemaRef,
    /// Whether the values of functions come out, and not what they are joined of.
    is_final: bool,
    parts: Vec<Part>,
    /// The number of the group of each key.
    numbers: Vec<u32>,
    /// The key of each group.
    keys: Vec<u32>,
    functions: Vec<Function>,
    /// The key of each row of a batch.
    row_keys: Vec<u32>,
    /// The group of each row of a batch.
    rows: Vec<usize>,
}

impl Groups {
    fn new(step: &AggregateExec) -> Result<Groups> {
        let parts = parts(step);
        let parts = parts.ok_or_else(|| Error::Plan("groups have no small keys".to_owned()))?;
        let functions = step.aggr_expr().iter().zip(step.filter_expr());
        let functions = functions.map(|(function, filter)| {
            Ok(Function {
                arguments: function.expressions(),
                filter: filter.clone(),
                states: function.create_groups_accumulator()?,
            })
        });
        Ok(Groups {
            schema: step.schema(),
            is_final: *step.mode() == AggregateMode::Single,
            parts,
            numbers: vec![NONE; KEYS as usize],
            keys: Vec::new(),
            functions: functions.collect::<Result<_>>()?,
            row_keys: Vec::new(),
            rows: Vec::new(),
        })
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        self.row_keys.clear();
        for part in &self.parts {
            part.add_keys(batch.column(part.column), &mut self.row_keys)?;
        }
        self.find();
        for function in &mut self.functions {
            let values = |expr: &Arc<dyn PhysicalExpr>| -> Result<ArrayRef> {
                expr.evaluate(batch)?.into_array(batch.num_rows())
            };
            let arguments = function.arguments.iter().map(values);
            let arguments = arguments.collect::<Result<Vec<ArrayRef>>>()?;
            let filter = function.filter.as_ref().map(values).transpose()?;
            let filter = filter.as_ref().map(|filter| filter.as_boolean());
            let states = &mut function.states;
            states.update_batch(&arguments, &self.rows, filter, self.keys.len())?;
        }
        Ok(())
    }

    /// Finds the groups of the rows.
    fn find(&mut self) {
        // A loop that begins no groups is one load and one store a row; nearly all batches have none that are new.
        let look_up = |numbers: &[u32], rows: &mut Vec<usize>| {
            rows.clear();
            let number = |key: &u32| numbers.get(*key as usize).copied().unwrap_or(NONE);
            rows.extend(self.row_keys.iter().map(|key| number(key) as usize));
            !rows.contains(&(NONE as usize))
        };
        if look_up(&self.numbers, &mut self.rows) {
            return;
        }
        for key in &self.row_keys {
            if let Some(number @ &mut NONE) = self.numbers.get_mut(*key as usize) {
                *number = u32::try_from(self.keys.len()).unwrap_or(NONE);
                self.keys.push(*key);
            }
        }
        look_up(&self.numbers, &mut self.rows);
    }

    /// All groups.
    fn end(&mut self) -> Result<RecordBatch> {
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        for (part, field) in self.parts.iter().zip(self.schema.fields()) {
            columns.push(part.values(&self.keys, field.data_type())?);
        }
        for function in &mut self.functions {
            match self.is_final {
                true => columns.push(function.states.evaluate(EmitTo::All)?),
                false => columns.extend(function.states.state(EmitTo::All)?),
            }
        }
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), columns)?)
    }
}

impl Part {
    /// Adds to the key of each row what this column makes of it.
    fn add_keys(self, column: &ArrayRef, keys: &mut Vec<u32>) -> Result<()> {
        match column.data_type() {
            DataType::UInt8 => self.add::<UInt8Type>(column, keys, u32::from),
            DataType::Int8 => self.add::<Int8Type>(column, keys, |n| n.cast_unsigned().into()),
            DataType::UInt16 => self.add::<UInt16Type>(column, keys, u32::from),
            DataType::Int16 => self.add::<Int16Type>(column, keys, |n| n.cast_unsigned().into()),
            other => return Err(no_key(other)),
        }
        Ok(())
    }

    fn add<T: ArrowPrimitiveType>(
        self,
        column: &ArrayRef,
        keys: &mut Vec<u32>,
        place: impl Fn(T::Native) -> u32,
    ) {
        let column = column.as_primitive::<T>();
        let absent = self.places.saturating_sub(1);
        match (self.stride, column.null_count()) {
            (1, 0) => keys.extend(column.values().iter().map(|value| place(*value))),
            (1, _) => keys.extend(column.iter().map(|value| value.map_or(absent, &place))),
            _ => {
                let rows = keys.iter_mut().zip(column);
                rows.for_each(|(key, value)| {
                    // No sum is beyond the keys that there can be.
                    let place = value.map_or(absent, &place);
                    *key = key.wrapping_add(place.wrapping_mul(self.stride));
                });
            }
        }
    }

    /// The values that keys have in this column.
    fn values(self, keys: &[u32], data: &DataType) -> Result<ArrayRef> {
        Ok(match data {
            DataType::UInt8 => self.all::<UInt8Type>(keys, |[byte, _]| byte),
            DataType::Int8 => self.all::<Int8Type>(keys, |[byte, _]| byte.cast_signed()),
            DataType::UInt16 => self.all::<UInt16Type>(keys, u16::from_le_bytes),
            DataType::Int16 => self.all::<Int16Type>(keys, i16::from_le_bytes),
            other => return Err(no_key(other)),
        })
    }

    fn all<T: ArrowPrimitiveType>(
        self,
        keys: &[u32],
        value: impl Fn([u8; 2]) -> T::Native,
    ) -> ArrayRef {
        let places = keys.iter().map(|key| {
            let before = key.checked_div(self.stride).unwrap_or(0);
            before.checked_rem(self.places).unwrap_or(0)
        });
        let absent = self.places.saturating_sub(1);
        let values = places.map(|place| {
            let [low, high, ..] = place.to_le_bytes();
            (place != absent).then(|| value([low, high]))
        });
        Arc::new(values.collect::<PrimitiveArray<T>>())
    }
}

fn no_key(data: &DataType) -> DataFusionError {
    Error::Plan(format!("a key of at most two bytes is no {data}")).into()
}

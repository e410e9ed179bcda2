//! `GROUP BY` over short texts and bytes: rows are grouped by integers, and what comes out has its values again.
//!
//! Each step of a plan that groups rows as they are read gets keys of up to eight bytes in the place of values, and the
//! groups that it gives out are turned back at once: all steps after it, which join the groups of several threads or
//! machines, see the values that they see without this. Groups of keys of one or two bytes are looked up in an array.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, AsArray as _, FixedSizeBinaryBuilder, RecordBatch, StringBuilder,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef, UInt64Type};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode as _, TreeNodeRecursion};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::EquivalenceProperties;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::utils::collect_columns;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, InputOrderMode, Partitioning, PhysicalExpr,
    PlanProperties, replace_children_if_necessary,
};
use futures::TryStreamExt as _;

use crate::error::Error;
use crate::indexing::GroupsByIndex;
use crate::keys::{self, Keys};
use crate::plan::RecordScan;

/// Groups records by integers where plans group them by short texts or bytes, and looks groups up where they are made by
/// integers of one or two bytes. For sessions that ask tables of records:
///
/// ```
/// use std::sync::Arc;
///
/// use bytewright_sql::GroupByKeys;
/// use datafusion::execution::SessionStateBuilder;
/// use datafusion::prelude::SessionContext;
///
/// let state = SessionStateBuilder::new()
///     .with_default_features()
///     .with_physical_optimizer_rule(Arc::new(GroupByKeys));
/// let session = SessionContext::new_with_state(state.build());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct GroupByKeys;

impl PhysicalOptimizerRule for GroupByKeys {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let changed = plan.transform_up(|step| {
            let grouped = step.downcast_ref::<AggregateExec>();
            Ok(match grouped.and_then(by_keys) {
                Some(grouped) => Transformed::yes(grouped),
                None => match GroupsByIndex::of(Arc::clone(&step)) {
                    Some(grouped) => Transformed::yes(Arc::new(grouped)),
                    None => Transformed::no(step),
                },
            })
        });
        Ok(changed?.data)
    }

    fn name(&self) -> &str {
        "group_by_keys"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The same groups by keys; `None` where no column that the step groups by has any.
fn by_keys(step: &AggregateExec) -> Option<Arc<dyn ExecutionPlan>> {
    // The steps after these see groups, not records. An order of keys is none of texts.
    let is_first = matches!(step.mode(), AggregateMode::Partial | AggregateMode::Single);
    let is_ordered = *step.input_order_mode() != InputOrderMode::Linear
        || step
            .limit_options()
            .is_some_and(|limit| limit.descending().is_some());
    if !is_first || is_ordered || !step.group_expr().is_single() {
        return None;
    }
    let arguments = step.aggr_expr().iter().flat_map(|function| {
        let expressions = function.all_expressions();
        expressions
            .args
            .into_iter()
            .chain(expressions.order_by_exprs)
    });
    let others: Vec<Arc<dyn PhysicalExpr>> = arguments
        .chain(step.filter_expr().iter().flatten().cloned())
        .collect();
    let mut input = Arc::clone(step.input());
    let mut made = Vec::new();
    for (at, (group, _)) in step.group_expr().expr().iter().enumerate() {
        let Some(column) = group.downcast_ref::<Column>() else {
            continue;
        };
        let groups = step.group_expr().expr().iter().enumerate();
        let mut elsewhere = groups
            .filter(|(other, _)| *other != at)
            .map(|(_, (group, _))| group)
            .chain(&others);
        if elsewhere.any(|expr| reads(expr, column.index())) {
            continue;
        }
        if let Some((keyed, keys)) = with_keys(&input, column.index()) {
            input = keyed;
            made.push((at, keys));
        }
    }
    if made.is_empty() {
        return None;
    }
    let schema = input.schema();
    let grouped = AggregateExec::try_new(
        *step.mode(),
        step.group_expr().clone(),
        step.aggr_expr().to_vec(),
        step.filter_expr().to_vec(),
        input,
        schema,
    );
    let grouped = grouped.ok()?.with_limit_options(step.limit_options());
    let grouped = GroupsByIndex::or(Arc::new(grouped));
    let values = ValuesOfKeys::new(grouped, made).ok()?;
    (values.schema() == step.schema()).then(|| Arc::new(values) as _)
}

/// Whether an expression looks at a column.
fn reads(expr: &Arc<dyn PhysicalExpr>, column: usize) -> bool {
    collect_columns(expr)
        .iter()
        .any(|read| read.index() == column)
}

/// A plan whose column of this index has keys; `None` where it doesn't come from records, or something on the way
/// looks at its values. As deep as the steps between reading and grouping.
fn with_keys(
    plan: &Arc<dyn ExecutionPlan>,
    column: usize,
) -> Option<(Arc<dyn ExecutionPlan>, Keys)> {
    if let Some(scan) = plan.downcast_ref::<RecordScan>() {
        let (scan, keys) = scan.with_keys(column)?;
        return Some((Arc::new(scan), keys));
    }
    let passes = match plan.downcast_ref::<RepartitionExec>() {
        // Rows are dealt out in turn, whatever they hold.
        Some(dealt) => matches!(dealt.partitioning(), Partitioning::RoundRobinBatch(_)),
        None => plan.is::<CooperativeExec>(),
    };
    let below = if passes {
        column
    } else if let Some(filter) = plan.downcast_ref::<FilterExec>() {
        let below = match filter.projection() {
            Some(projection) => {
                let below = *projection.get(column)?;
                let times = projection.iter().filter(|index| **index == below).count();
                (times == 1).then_some(below)?
            }
            None => column,
        };
        (!reads(filter.predicate(), below)).then_some(below)?
    } else if let Some(projection) = plan.downcast_ref::<ProjectionExec>() {
        let below = projection
            .expr()
            .get(column)?
            .expr
            .downcast_ref::<Column>()?;
        let below = below.index();
        let readers = projection.expr().iter();
        let readers = readers
            .filter(|projected| reads(&projected.expr, below))
            .count();
        (readers == 1).then_some(below)?
    } else {
        return None;
    };
    let [input] = plan.children()[..] else {
        return None;
    };
    let (input, keys) = with_keys(input, below)?;
    let plan = match plan.downcast_ref::<ProjectionExec>() {
        // With another input, a projection would keep the types that it had.
        Some(projection) => {
            let projected = ProjectionExec::try_new(projection.expr().to_vec(), input);
            Arc::new(projected.ok()?) as _
        }
        None => replace_children_if_necessary(Arc::clone(plan), vec![input]).ok()?,
    };
    Some((plan, keys))
}

/// The step of a plan that makes values of the keys that rows were grouped by.
#[derive(Debug)]
pub(crate) struct ValuesOfKeys {
    input: Arc<dyn ExecutionPlan>,
    columns: Arc<[(usize, Keys)]>,
    properties: Arc<PlanProperties>,
}

impl ValuesOfKeys {
    /// For the columns of these indexes.
    pub(crate) fn new(
        input: Arc<dyn ExecutionPlan>,
        columns: Vec<(usize, Keys)>,
    ) -> Result<ValuesOfKeys, Error> {
        let schema = input.schema();
        let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
        for (index, keys) in &columns {
            let field = fields
                .get_mut(*index)
                .filter(|field| keys.are_possible() && is_key(field.data_type()));
            let Some(field) = field else {
                return Err(Error::Plan(format!("column {index} has no keys")));
            };
            let own = field.as_ref().clone().with_data_type(keys.data_type());
            *field = Arc::new(own);
        }
        let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
        let properties = PlanProperties::new(
            EquivalenceProperties::new(Arc::new(schema)),
            Partitioning::UnknownPartitioning(
                input.properties().output_partitioning().partition_count(),
            ),
            input.properties().emission_type,
            input.properties().boundedness,
        );
        Ok(ValuesOfKeys {
            input,
            columns: columns.into(),
            properties: Arc::new(properties),
        })
    }

    /// The columns that have keys before this step, by their indexes.
    #[cfg(feature = "cluster")]
    pub(crate) fn columns(&self) -> &[(usize, Keys)] {
        &self.columns
    }
}

impl DisplayAs for ValuesOfKeys {
    fn fmt_as(&self, t: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schema = self.schema();
        let names = self.columns.iter().filter_map(|(index, _)| {
            let field = schema.fields().get(*index)?;
            Some(field.name().as_str())
        });
        let names = names.collect::<Vec<&str>>().join(", ");
        match t {
            DisplayFormatType::TreeRender => writeln!(f, "columns={names}"),
            _ => write!(f, "ValuesOfKeys: columns=[{names}]"),
        }
    }
}

impl ExecutionPlan for ValuesOfKeys {
    fn name(&self) -> &str {
        "ValuesOfKeys"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
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
        let own = ValuesOfKeys::new(only(&children)?, self.columns.to_vec())?;
        Ok(Arc::new(own))
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        let (schema, columns) = (self.schema(), Arc::clone(&self.columns));
        let groups = self.input.execute(partition, context)?;
        let values = groups.and_then(move |batch| {
            let values = values(&batch, &columns, &schema);
            async move { values }
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            self.schema(),
            values,
        )))
    }
}

/// The input of a step that has one.
pub(crate) fn only(inputs: &[Arc<dyn ExecutionPlan>]) -> Result<Arc<dyn ExecutionPlan>> {
    match inputs {
        [input] => Ok(Arc::clone(input)),
        _ => Err(Error::Plan("a step has one input".to_owned()).into()),
    }
}

/// Whether keys may be of a type.
fn is_key(data: &DataType) -> bool {
    matches!(data, DataType::UInt8 | DataType::UInt16 | DataType::UInt64)
}

/// The same rows with values in the place of keys.
fn values(
    batch: &RecordBatch,
    columns: &[(usize, Keys)],
    schema: &SchemaRef,
) -> Result<RecordBatch> {
    let mut all = batch.columns().to_vec();
    for (index, keys) in columns {
        if let Some(column) = all.get_mut(*index) {
            *column = values_of(column, *keys)?;
        }
    }
    Ok(RecordBatch::try_new(Arc::clone(schema), all)?)
}

fn values_of(column: &ArrayRef, keys: Keys) -> Result<ArrayRef> {
    if !is_key(column.data_type()) {
        return Err(DataFusionError::from(Error::Plan(
            "keys are integers".to_owned(),
        )));
    }
    let column = cast(column, &DataType::UInt64)?;
    let column = column.as_primitive::<UInt64Type>();
    Ok(match keys {
        Keys::Text => {
            let mut texts = StringBuilder::new();
            for key in column {
                texts.append_option(key.map(keys::text));
            }
            Arc::new(texts.finish())
        }
        Keys::Bytes(width) => {
            let mut all = FixedSizeBinaryBuilder::with_capacity(column.len(), width);
            let width = usize::try_from(width).unwrap_or(0);
            for key in column {
                let bytes = key.map(u64::to_le_bytes);
                match bytes.as_ref().and_then(|bytes| bytes.get(..width)) {
                    Some(bytes) => all.append_value(bytes)?,
                    None => all.append_null(),
                }
            }
            Arc::new(all.finish())
        }
    })
}

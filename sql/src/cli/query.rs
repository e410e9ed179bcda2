//! A query: tables, a plan, rows.

use std::sync::Arc;

use bytewright_sql::{GroupByKeys, RecordScan};
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::context::SQLOptions;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::TryStreamExt as _;

use super::output::{Form, Sink};
use super::tables::{Said, tables};
use super::{Query, text};

/// Tables that are listed in an error.
const LISTED: usize = 20;

impl Query {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let sql = self.sql.as_deref().unwrap_or_default();
        let form = match (self.output, self.path()) {
            (Some(form), _) => form,
            (None, Some(path)) => Form::of_file(path)?,
            (None, None) => Form::Text,
        };
        let said = self.table.iter().map(|text| Said::parse(text));
        let said = said.collect::<anyhow::Result<Vec<Said>>>()?;
        let tables = tables(&said, &self.skip, &self.header, self.allow_partial)?;
        let session = self.session().await?;
        let mut names = Vec::new();
        for (name, table) in tables {
            let quoted = datafusion::common::TableReference::bare(name.as_str());
            session.register_table(quoted, Arc::new(table))?;
            names.push(name);
        }
        let options = SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false);
        let frame = session.sql_with_options(sql, options).await;
        let frame = frame.map_err(|error| explained(error.into(), &names))?;
        let context = Arc::new(frame.task_ctx());
        let plan = frame.create_physical_plan().await?;
        let schema = plan.schema();
        let mut sink = Sink::open(self.path(), form, self.force, &schema)?;
        let mut rows = execute_stream(Arc::clone(&plan), context)?;
        while let Some(batch) = rows.try_next().await? {
            sink.write(&batch)?;
        }
        sink.end()?;
        warn(&plan);
        Ok(())
    }

    /// The file that is written; none where it is standard output.
    fn path(&self) -> Option<&std::path::Path> {
        self.out.as_deref().filter(|path| path.as_os_str() != "-")
    }

    async fn session(&self) -> anyhow::Result<SessionContext> {
        let mut config = SessionConfig::new().with_information_schema(true);
        // Names of fields are as the format writes them.
        config.options_mut().sql_parser.enable_ident_normalization = false;
        if let Some(threads) = self.threads {
            config = config.with_target_partitions(threads.into());
        }
        #[cfg(feature = "cluster")]
        if let Some(address) = &self.cluster {
            return super::cluster::session(address, config).await;
        }
        let state = SessionStateBuilder::new()
            .with_config(config)
            .with_default_features()
            .with_physical_optimizer_rule(Arc::new(GroupByKeys))
            .build();
        Ok(SessionContext::new_with_state(state))
    }
}

/// An error of planning, with what is known of the tables.
fn explained(error: anyhow::Error, names: &[String]) -> anyhow::Error {
    let message = error.to_string();
    let is_table = message.contains("table '") && message.contains("not found");
    if !is_table {
        return error;
    }
    let listed: Vec<&str> = names.iter().take(LISTED).map(String::as_str).collect();
    let known = match (listed.as_slice(), names.len().saturating_sub(listed.len())) {
        ([], _) => "there is none: --table NAME=FORMAT@PATH says what one is".to_owned(),
        (listed, 0) => format!("there are {}", listed.join(", ")),
        (listed, more) => format!("there are {} and {more} more", listed.join(", ")),
    };
    anyhow::anyhow!("{message}; of tables, {known}")
}

/// Says which values were lost on the way. What was read on other machines isn't known here.
fn warn(plan: &Arc<dyn ExecutionPlan>) {
    let (mut lost, mut absent) = (0u64, 0u64);
    let mut open = vec![plan];
    while let Some(step) = open.pop() {
        if let Some(scan) = step.downcast_ref::<RecordScan>() {
            lost = lost.saturating_add(scan.lost());
            absent = absent.saturating_add(scan.absent());
        }
        open.extend(step.children());
    }
    let say = |message: String| {
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "warning: {}", text::shown(&message));
    };
    if lost > 0 {
        say(format!(
            "{lost} values are none that their column can hold: times beyond all timestamps are absent, and bytes \
             that are no UTF-8 are another character"
        ));
    }
    if absent > 0 {
        say(format!(
            "{absent} values are not what their kind wants, such as digits, and are absent: without the kind, a \
             field is the bytes that it has"
        ));
    }
}

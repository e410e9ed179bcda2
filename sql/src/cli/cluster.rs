//! More than one machine: the scheduler, the executors, and queries that they answer.

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use ballista::prelude::{SessionConfigExt as _, SessionContextExt as _};
use ballista_core::serde::{BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec};
use ballista_core::utils::default_session_builder;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use bytewright_sql::{GroupByKeys, LogicalCodec, PhysicalCodec};
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};

/// What runs until it is stopped.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Plan queries, and give their tasks to executors
    Scheduler(Scheduler),
    /// Do the tasks that a scheduler gives
    Executor(Executor),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Scheduler {
    /// The address that clients and executors connect to; port 0 takes one that is free
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:50050")]
    bind: SocketAddr,

    /// The name or address of this machine that executors know it by [default: that of --bind]
    #[arg(long, value_name = "HOST")]
    external_host: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Executor {
    /// The scheduler
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
    scheduler: String,

    /// The address that the scheduler and other executors connect to
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    bind: IpAddr,

    /// The name or address of this machine that others know it by [default: that of --bind]
    #[arg(long, value_name = "HOST")]
    external_host: Option<String>,

    /// The port for results between tasks [default: one that is free]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,

    /// The port for the scheduler [default: one that is free]
    #[arg(long, value_name = "PORT")]
    task_port: Option<u16>,

    /// Tasks that are done at the same time [default: as many as the machine has processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,

    /// Where results between tasks are kept [default: a folder that goes in the end]
    #[arg(long, value_name = "FOLDER")]
    work_dir: Option<PathBuf>,
}

impl Verb {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        // Warnings of the libraries; without a logger they say nothing.
        let _ = log::set_logger(&Stderr).map(|()| log::set_max_level(log::LevelFilter::Warn));
        match self {
            Verb::Scheduler(scheduler) => scheduler.run().await,
            Verb::Executor(executor) => executor.run().await,
        }
    }
}

fn logical() -> Arc<LogicalCodec> {
    let other = BallistaLogicalExtensionCodec::default();
    Arc::new(LogicalCodec::new(Arc::new(other)))
}

fn physical() -> Arc<PhysicalCodec> {
    let other = BallistaPhysicalExtensionCodec::default();
    Arc::new(PhysicalCodec::new(Arc::new(other)))
}

/// A session whose queries the cluster answers.
pub(crate) async fn session(
    address: &str,
    config: SessionConfig,
) -> anyhow::Result<SessionContext> {
    let config = config
        .with_ballista_logical_extension_codec(logical())
        .with_ballista_physical_extension_codec(physical());
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features()
        .build();
    let address = address.strip_prefix("df://").unwrap_or(address);
    let session = SessionContext::remote_with_state(&format!("df://{address}"), state).await;
    session.with_context(|| format!("--cluster {address}"))
}

impl Scheduler {
    async fn run(self) -> anyhow::Result<()> {
        let listener = tokio::net::TcpListener::bind(self.bind).await;
        let listener = listener.with_context(|| format!("--bind {}", self.bind))?;
        let address = listener.local_addr()?;
        let host = self.external_host.unwrap_or(address.ip().to_string());
        let mut config = SchedulerConfig::default()
            .with_hostname(host)
            .with_port(address.port());
        config.bind_host = address.ip().to_string();
        config.override_logical_codec = Some(logical());
        config.override_physical_codec = Some(physical());
        config.override_session_builder = Some(Arc::new(|config| {
            let state = default_session_builder(config)?;
            let state = SessionStateBuilder::new_from_existing(state);
            let rule = Arc::new(GroupByKeys);
            Ok(state.with_physical_optimizer_rule(rule).build())
        }));
        config.validate()?;
        let cluster = BallistaCluster::new_from_config(&config).await?;
        let config = Arc::new(config);
        let scheduler =
            create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, config).await?;
        say(&format!("the scheduler listens on {address}"));
        Ok(start_grpc_service_with_listener(listener, scheduler).await?)
    }
}

impl Executor {
    async fn run(self) -> anyhow::Result<()> {
        let (host, port) = self
            .scheduler
            .trim_start_matches("df://")
            .rsplit_once(':')
            .ok_or_else(|| anyhow!("--scheduler {}: expected HOST:PORT", self.scheduler))?;
        let scheduler_port = port
            .parse()
            .map_err(|_| anyhow!("--scheduler {}: {port:?} is no port", self.scheduler))?;
        // Both are bound at once, so that they differ.
        let free = || TcpListener::bind((self.bind, 0));
        let (results, tasks) = (free()?, free()?);
        let ports = (results.local_addr()?.port(), tasks.local_addr()?.port());
        drop((results, tasks));
        let temporary = tempfile::tempdir()?;
        let folder = self.work_dir.as_deref().unwrap_or(temporary.path());
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let config = ExecutorProcessConfig {
            bind_host: self.bind.to_string(),
            external_host: Some(self.external_host.unwrap_or(self.bind.to_string())),
            port: self.port.unwrap_or(ports.0),
            grpc_port: self.task_port.unwrap_or(ports.1),
            scheduler_host: host.to_owned(),
            scheduler_port,
            vcores: self.threads.map_or(threads, usize::from),
            work_dir: Some(folder.to_string_lossy().into_owned()),
            override_logical_codec: Some(logical()),
            override_physical_codec: Some(physical()),
            ..ExecutorProcessConfig::default()
        };
        say(&format!(
            "the executor listens on {} and {}, and asks {} for work",
            config.port, config.grpc_port, self.scheduler
        ));
        let ended = start_executor_process(Arc::new(config)).await;
        ended.with_context(|| format!("--scheduler {}", self.scheduler))
    }
}

fn say(message: &str) {
    let _ = writeln!(std::io::stderr(), "{message}");
}

/// Writes what libraries warn of to standard error.
struct Stderr;

impl log::Log for Stderr {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Warn
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            say(&format!(
                "{}: {}",
                record.level().as_str().to_lowercase(),
                super::text::shown(&record.args().to_string())
            ));
        }
    }

    fn flush(&self) {}
}

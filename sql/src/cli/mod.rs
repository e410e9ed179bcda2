//! The command line: arguments, queries, errors and the exit status.

#[cfg(feature = "cluster")]
mod cluster;
mod exit;
mod output;
mod query;
mod readable;
mod tables;
mod text;

use std::io::Write as _;
use std::path::PathBuf;

use clap::Parser;
use clap::error::ErrorKind;

use exit::Exit;
use output::Form;
use tables::Skip;

/// SQL over files of binary records of one size, which a format string describes.
#[derive(Debug, Parser)]
#[command(name = "bytewright-sql", version, max_term_width = 100, after_help = EXAMPLES)]
#[cfg_attr(
    feature = "cluster",
    command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)
)]
struct Cli {
    #[cfg(feature = "cluster")]
    #[command(subcommand)]
    verb: Option<cluster::Verb>,

    #[command(flatten)]
    query: Query,
}

// What a query has. As a doc comment, the parser would take this for what the program does.
#[derive(Debug, clap::Args)]
struct Query {
    /// The query: SELECT, WITH, EXPLAIN, DESCRIBE or SHOW, as DataFusion reads them
    #[arg(required = true)]
    sql: Option<String>,

    /// A table: its name, the format of a record, its files, as in ticks='<I:qty s:side@data/*.bin'. Several of one
    /// name and format are one table
    #[arg(short, long = "table", value_name = "NAME=FORMAT@PATH")]
    table: Vec<String>,

    /// Bytes before the first record of each file, of one table or of all
    #[arg(long, value_name = "[NAME=]N", value_parser = Skip::parse)]
    skip: Vec<Skip>,

    /// The format of a header before the first record of each file, after what --skip says, of one table or of all; its size
    /// is the same for all data
    #[arg(long, value_name = "[NAME=]FORMAT")]
    header: Vec<String>,

    /// Leave out a last record that is cut short
    #[arg(long)]
    allow_partial: bool,

    /// Write to this file; its suffix tells the form: .csv, .jsonl, .json, .arrow, .arrows, .parquet
    #[arg(short = 'o', long = "out", value_name = "FILE")]
    out: Option<PathBuf>,

    /// How rows are written
    #[arg(short = 'O', long, value_name = "FORM")]
    output: Option<Form>,

    /// Threads that do the work [default: as many as the machine runs]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,

    /// Replace a file of another kind; write bytes to a terminal too
    #[arg(long)]
    force: bool,

    /// Let the executors of this scheduler do the work
    #[cfg(feature = "cluster")]
    #[arg(long, value_name = "HOST:PORT")]
    cluster: Option<String>,
}

const EXAMPLES: &str = "\
A field of the format is a column; those of groups are called \"group.field\",
in quotes. Names are written as in the format: case matters. Bytes are text
where the format says so, s~ascii:side, and are compared as X'42' otherwise.
A last record that is cut short is an error (status 4).

Examples:
  bytewright-sql 'SELECT side, sum(qty) FROM ticks GROUP BY side' \\
      --table ticks='<I:qty s~ascii:side@data/*.bin'
  bytewright-sql \"SELECT * FROM log WHERE at >= '2024-02-29'\" \\
      --table log='<I~unix:at f:value@log.bin' --skip 16 -o february.parquet
  bytewright-sql 'EXPLAIN SELECT count(*) FROM t WHERE a > 5' -t t='<HH:a@t.bin'";

/// Runs the tool.
pub(crate) fn run() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe: the reader has read enough.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done,
                _ => Exit::Failed,
            };
        }
    };
    let answer = runtime().and_then(|runtime| {
        let answer = runtime.block_on(cli.run());
        // What is still read for a query that has its rows, or an error, is waited for by no one.
        runtime.shutdown_background();
        answer
    });
    let error = match answer {
        Ok(()) => return Exit::Done,
        Err(_) if output::is_closed() => return Exit::Done,
        Err(error) => error,
    };
    let exit = Exit::of(&error);
    let _ = writeln!(std::io::stderr(), "error: {}", message(&error));
    exit
}

impl Cli {
    async fn run(self) -> anyhow::Result<()> {
        #[cfg(feature = "cluster")]
        if let Some(verb) = self.verb {
            return verb.run().await;
        }
        tokio::spawn(interrupted());
        self.query.run().await
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Plans of many steps are walked by recursion.
        .thread_stack_size(16 << 20)
        .build();
    Ok(runtime?)
}

/// Waits for Ctrl-C, or for being asked to end: half-written files go.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut end) = signal(SignalKind::terminate()) else {
            return;
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = end.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    bytewright::output::discard_all();
    std::process::exit(Exit::Interrupted as i32);
}

/// An error and its causes, each said once.
fn message(error: &anyhow::Error) -> String {
    let mut message = String::new();
    for cause in error.chain() {
        let text = cause.to_string();
        let text = text.strip_prefix("External error: ").unwrap_or(&text);
        if message.contains(text) {
            continue;
        }
        if !message.is_empty() {
            message.push_str(": ");
        }
        message.push_str(text);
    }
    let lines: Vec<String> = message.lines().map(text::shown).collect();
    let mut message = lines.join("\n");
    if message.contains("FixedSizeBinary") {
        message.push_str(
            "\n  s is bytes; ~ascii makes text of them in a format, 4s~ascii:name, and X'42' is bytes in SQL",
        );
    }
    message
}

//! `tar inspect ARCHIVE [NAME…]`: the headers of members, field by field.

use std::ffi::OsString;

use super::{selection, tell_missing};
use crate::cli::error::{Context as _, Result};
use crate::cli::inspect::View;
use crate::cli::{Context, Exit, Input};
use crate::formats::tar;
use crate::inspect::{Document, Found};
use crate::tree::{Name, Place};

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The archive, plain or compressed; - or none is standard input
    #[arg(value_parser = Input::parser())]
    archive: Option<Input>,

    /// Only members of these names, and what is below them
    #[arg(value_name = "NAME")]
    names: Vec<OsString>,

    #[command(flatten)]
    view: View,
}

const AFTER_HELP: &str = "\
Exit status: 1 where a name is no member's; 4 where an error is among the
problems that are shown.";

const EXAMPLES: &str = "\
Offsets in a compressed archive count what it holds.

Exit status: 1 where a name is no member's; 4 where an error is among the
problems that are shown.

Examples:
  bytewright tar inspect backup.tar.gz etc/hosts
  bytewright tar inspect backup.tar
  bytewright tar inspect backup.tar.gz etc -O jsonl | jq 'select(.path | endswith(\".mode\"))'";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let input = self.archive.clone().unwrap_or_default();
        let name = input.to_string();
        let content = tar::plain(&input.open()?).with_context(|| name.clone())?;
        let document = Document::open(content, tar::Tar).with_context(|| name.clone())?;
        self.view.heading(&name, &document, cx)?;
        if self.names.is_empty() {
            let whole = Found {
                path: Place::default(),
                node: document.root().clone(),
            };
            return Ok(self.view.part(&document, &whole, true, cx)?);
        }
        let mut selection = selection(&self.names);
        let mut exit = Exit::Done;
        for part in document.root().children() {
            let part = part.with_context(|| name.clone())?;
            for (i, member) in part.children().enumerate() {
                let member = member.with_context(|| name.clone())?;
                let key = member.key.as_ref();
                if key.is_some_and(|key| selection.takes(key)) {
                    let shown = Found {
                        path: [part.name.clone(), Name::from(i)].into(),
                        node: member.into_owned(),
                    };
                    exit = exit.max(self.view.part(&document, &shown, false, cx)?);
                }
            }
        }
        Ok(exit.max(tell_missing(cx, &input, &selection)))
    }
}

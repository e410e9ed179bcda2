//! stub
use super::{Context, Exit};
#[derive(Debug, clap::Args)]
pub(super) struct Args {}
impl Args {
    pub(super) fn run(self, _cx: &mut Context) -> anyhow::Result<Exit> {
        Ok(Exit::Done)
    }
}

//! Nodes of a struct whose values are there already.

use super::super::Struct;
use super::super::error::DataError;
use super::MAX_VALUE;
use super::input::Input;
use super::{Builder, Node, Space};

impl Struct {
    /// As [`Struct::nodes`], without the values of long fields and arrays: a second copy would take
    /// as much memory as the record that has them.
    pub(crate) fn nodes_beside_values(
        &self,
        data: &[u8],
        space: Space,
        offset: u64,
    ) -> Result<Vec<Node>, DataError> {
        if let Some(whole) = &self.whole {
            let made = whole.read(ValueNodes(data), space, offset);
            return made.error.map_or(Ok(made.nodes), Err);
        }
        let (nodes, error, _) = Builder::new(self, ValueNodes(data), space, offset).all(self);
        error.map_or(Ok(nodes), Err)
    }
}

struct ValueNodes<'d>(&'d [u8]);

impl Input for ValueNodes<'_> {
    fn bytes(&mut self, at: u64, size: u64) -> &[u8] {
        self.0.bytes(at, size)
    }

    fn end(&self) -> u64 {
        self.0.end()
    }

    fn max_value(&self) -> u64 {
        MAX_VALUE
    }
}

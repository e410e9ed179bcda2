//! The stack of levels and arrays that are being read, the outermost first.

use smol_str::SmolStr;

use super::super::eval::Operand;
use crate::tree::Node;

/// A level that is being read, or an array.
#[derive(Clone, Debug, Default)]
pub(in crate::structs::whole) struct Frame {
    pub(in crate::structs::whole) nodes: Vec<Node>,
    /// The name of the array.
    pub(in crate::structs::whole) name: Option<SmolStr>,
    pub(in crate::structs::whole) is_array: bool,
    /// Whether it is a group, from whose beginning `@start` counts.
    pub(in crate::structs::whole) is_level: bool,
    /// Whether what is around it can't be seen.
    pub(in crate::structs::whole) is_boundary: bool,
    pub(in crate::structs::whole) parameters: Vec<(SmolStr, Operand)>,
    pub(in crate::structs::whole) start: u64,
    /// The item of the array that is being read.
    pub(in crate::structs::whole) index: u64,
    /// How many values it has so far: one without a name is called by its index.
    pub(in crate::structs::whole) values: u64,
    /// How many of them packing computes, since no value was given.
    pub(in crate::structs::whole) left_out: u64,
}

impl Frame {
    pub(in crate::structs::whole) fn of_parameters(parameters: Vec<(SmolStr, Operand)>) -> Frame {
        Frame {
            parameters,
            ..Frame::default()
        }
    }

    /// The level of the whole.
    pub(in crate::structs::whole) fn of_file() -> Frame {
        Frame::of_level(Vec::new(), true, 0)
    }

    pub(in crate::structs::whole) fn of_level(
        parameters: Vec<(SmolStr, Operand)>,
        is_boundary: bool,
        start: u64,
    ) -> Frame {
        Frame {
            is_level: true,
            is_boundary,
            parameters,
            start,
            ..Frame::default()
        }
    }

    pub(in crate::structs::whole) fn of_array(name: Option<SmolStr>) -> Frame {
        Frame {
            name,
            is_array: true,
            ..Frame::default()
        }
    }

    /// The same frame with other nodes.
    pub(in crate::structs::whole) fn with_nodes(&self, nodes: Vec<Node>) -> Frame {
        Frame {
            nodes,
            name: self.name.clone(),
            parameters: self.parameters.clone(),
            ..*self
        }
    }

    pub(in crate::structs::whole) fn is_of_array(&self) -> bool {
        self.is_array
    }
}

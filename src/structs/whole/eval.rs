//! Evaluating expressions over the fields that have been read.

mod functions;

use smallvec::SmallVec;

use super::compute::{binary, no_integer, overflow, texts_equal};
use super::read::{CONTENT, Frame, Reader};
use crate::offset::{Position as _, Tally};
use crate::structs::ast::{Expression, Operator, Position, Term, Unary};
use crate::structs::error::DataError;
use crate::structs::nodes::Input;
use crate::tree::Node;
use crate::value::Value;

/// Where a node is: its frame, and the indexes that lead to it. Without an index it is the array that the
/// frame builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NodePlace {
    pub(super) frame: usize,
    pub(super) path: SmallVec<[u32; 4]>,
}

/// The result of an expression.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    /// A field that isn't there: of a case that was not taken, or none of the items.
    Missing,
    Value(Value),
    Node(NodePlace),
    /// What the coding of the bytes of a field yields.
    Content(NodePlace),
}

impl Operand {
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Operand::Missing)
    }
}

/// Names of a level that may be compared for one step of the budget.
const NAMES_PER_STEP: u64 = 16;

impl<I: Input> Reader<'_, I> {
    /// An integer for a count or an offset.
    pub(super) fn number(&mut self, expression: &Expression, what: &str) -> Result<u64, DataError> {
        let got = self.eval(expression)?;
        let value = self.value_of(&got);
        let number = match &value {
            Some(value) => value.as_int(),
            None => {
                let missing = self.missing(expression);
                return Err(DataError::other(format!(
                    "the {what} has no value: {missing}"
                )));
            }
        };
        match number {
            Some(n) => u64::try_from(n).map_err(|_| {
                DataError::other(match n < 0 {
                    true => format!("the {what} is negative: {n}"),
                    false => format!("the {what} is too large: {n}"),
                })
            }),
            None => Err(DataError::other(format!("the {what} is no integer"))),
        }
    }

    /// Whether a condition holds; one without a value doesn't.
    pub(super) fn holds(&mut self, condition: &Expression) -> Result<bool, DataError> {
        let got = self.eval(condition)?;
        Ok(self.is_true(&got))
    }

    fn is_true(&self, got: &Operand) -> bool {
        match got {
            Operand::Missing => false,
            Operand::Value(value) => value.truth(),
            // A group or an array that is there, with items or without.
            Operand::Content(_) => true,
            Operand::Node(place) => match self.node(place).and_then(|node| node.value.as_ref()) {
                Some(Value::List(_)) | None => true,
                Some(value) => value.truth(),
            },
        }
    }

    /// Why an expression has no value.
    fn missing(&self, expression: &Expression) -> String {
        match expression.path() {
            Some(path) => format!("{path} was not read"),
            None => "a field in it was not read".to_owned(),
        }
    }

    pub(super) fn node(&self, place: &NodePlace) -> Option<&Node> {
        let (first, rest) = place.path.split_first()?;
        let mut node = self.frames.get(place.frame)?.nodes.get(*first as usize)?;
        for index in rest {
            node = node.made().get(*index as usize)?;
        }
        Some(node)
    }

    pub(super) fn node_mut(&mut self, place: &NodePlace) -> Option<&mut Node> {
        let (first, rest) = place.path.split_first()?;
        let mut node = self
            .frames
            .get_mut(place.frame)?
            .nodes
            .get_mut(*first as usize)?;
        for index in rest {
            node = node.children_mut().get_mut(*index as usize)?;
        }
        Some(node)
    }

    pub(super) fn children(&self, place: &NodePlace) -> &[Node] {
        match place.path.is_empty() {
            true => self
                .frames
                .get(place.frame)
                .map_or(&[], |frame| &frame.nodes),
            false => self.node(place).map_or(&[], Node::made),
        }
    }

    pub(super) fn value_of(&self, got: &Operand) -> Option<Value> {
        match got {
            Operand::Missing => None,
            Operand::Value(value) => Some(value.clone()),
            Operand::Node(place) => self.node(place)?.value.clone(),
            Operand::Content(place) => {
                let index = self.index_of(place)?;
                Some(Value::from(&self.content(index)[..]))
            }
        }
    }

    pub(super) fn eval(&mut self, expression: &Expression) -> Result<Operand, DataError> {
        let got = self.found(expression)?;
        if let Operand::Content(place) = &got
            && let Some(index) = self.index_of(place)
        {
            self.decode(index)?;
        }
        Ok(got)
    }

    /// The same without a value: nothing is decoded.
    pub(super) fn found(&mut self, expression: &Expression) -> Result<Operand, DataError> {
        self.step()?;
        Ok(match &expression.term {
            Term::Number(n) => Operand::Value(Value::Int(*n)),
            Term::Float(x) => Operand::Value(Value::Float(*x)),
            Term::Text(bytes) => Operand::Value(Value::from(bytes.as_slice())),
            Term::Bool(b) => Operand::Value(Value::Bool(*b)),
            Term::Name(name) => self.lookup(name),
            Term::Position(position) => self.position(*position),
            Term::Member(of, name) => {
                let of = self.eval(of)?;
                self.member(&of, name)
            }
            Term::Item(of, index) => {
                let of = self.eval(of)?;
                self.item_of(&of, index)?
            }
            Term::Unary(operator, value) => {
                let got = self.eval(value)?;
                if *operator == Unary::Not {
                    return Ok(Operand::Value(Value::Bool(!self.is_true(&got))));
                }
                let Some(value) = self.value_of(&got) else {
                    return Ok(Operand::Missing);
                };
                let n = value.as_int();
                Operand::Value(Value::Int(match operator {
                    Unary::Minus => n.and_then(i128::checked_neg).ok_or_else(overflow)?,
                    _ => !n.ok_or_else(no_integer)?,
                }))
            }
            Term::Binary(Operator::And, left, right) => {
                let both = self.holds(left)? && self.holds(right)?;
                Operand::Value(Value::Bool(both))
            }
            Term::Binary(Operator::Or, left, right) => {
                let any = self.holds(left)? || self.holds(right)?;
                Operand::Value(Value::Bool(any))
            }
            Term::Binary(operator, left, right) => {
                let (left, right) = (self.eval(left)?, self.eval(right)?);
                match (self.value_of(&left), self.value_of(&right)) {
                    (Some(left), Some(right)) => Operand::Value(binary(*operator, &left, &right)?),
                    _ => Operand::Missing,
                }
            }
            Term::Default(value, other) => match self.found(value)? {
                Operand::Missing => self.found(other)?,
                got => got,
            },
            Term::IfElse(parts) => {
                let [condition, one, other] = &**parts;
                match self.holds(condition)? {
                    true => self.found(one)?,
                    false => self.found(other)?,
                }
            }
            Term::Call(function, arguments) => self.call(*function, arguments)?,
        })
    }

    /// A field by its name, from the innermost level outwards; a parameter; the array that is being read.
    pub(super) fn lookup(&mut self, name: &str) -> Operand {
        let mut looked_at = 0usize;
        let mut found = Operand::Missing;
        for (index, frame) in self.frames.iter().enumerate().rev() {
            if frame.is_array {
                if frame.name.as_deref() == Some(name) {
                    found = Operand::Node(NodePlace {
                        frame: index,
                        path: SmallVec::new(),
                    });
                    break;
                }
            } else {
                looked_at.tally(frame.nodes.len());
                if let Some(path) = in_nodes(&frame.nodes, name) {
                    found = Operand::Node(NodePlace { frame: index, path });
                    break;
                }
            }
            if let Some((_, got)) = frame.parameters.iter().find(|(known, _)| known == name) {
                found = got.clone();
                break;
            }
            if frame.is_boundary {
                break;
            }
        }
        self.look_at(looked_at);
        found
    }

    /// Charges the budget for the names of a long level.
    fn look_at(&mut self, names: usize) {
        let steps = names as u64 / NAMES_PER_STEP;
        self.steps.tally(steps);
    }

    pub(super) fn member(&mut self, of: &Operand, name: &str) -> Operand {
        if let Operand::Node(place) = of {
            self.look_at(self.children(place).len());
        }
        match of {
            Operand::Node(place) if name == CONTENT && self.index_of(place).is_some() => {
                Operand::Content(place.clone())
            }
            Operand::Node(place) | Operand::Content(place) => {
                match in_nodes(self.children(place), name) {
                    Some(more) => {
                        let mut path = place.path.clone();
                        path.extend(more);
                        Operand::Node(NodePlace {
                            frame: place.frame,
                            path,
                        })
                    }
                    None => Operand::Missing,
                }
            }
            _ => Operand::Missing,
        }
    }

    fn item_of(&mut self, of: &Operand, index: &Expression) -> Result<Operand, DataError> {
        let place = match of {
            Operand::Missing => return Ok(Operand::Missing),
            Operand::Value(value) => {
                let got = self.eval(index)?;
                let index = self.value_of(&got).and_then(|v| v.as_u64());
                return Ok(index.map_or(Operand::Missing, |index| value_at(value, index)));
            }
            Operand::Content(_) => {
                let value = self.value_of(of);
                return match value {
                    Some(value) => self.item_of(&Operand::Value(value), index),
                    None => Ok(Operand::Missing),
                };
            }
            Operand::Node(place) => place.clone(),
        };
        // The content of coded bytes is a child of their node, and their value as well.
        let is_coded = self
            .node(&place)
            .is_some_and(|node| node.content.is_some() && node.value.is_some());
        if is_coded || self.children(&place).is_empty() {
            let got = self.eval(index)?;
            let index = self.value_of(&got).and_then(|v| v.as_u64());
            let value = self.node(&place).and_then(|node| node.value.as_ref());
            return Ok(match (value, index) {
                (Some(value), Some(index)) => value_at(value, index),
                _ => Operand::Missing,
            });
        }
        let within = |i: usize| {
            let mut path = place.path.clone();
            path.push(u32::try_from(i).unwrap_or(u32::MAX));
            NodePlace {
                frame: place.frame,
                path,
            }
        };
        if is_condition(index) {
            let count = self.children(&place).len();
            for i in 0..count {
                self.selected.push(within(i));
                let holds = self.holds_for_selected(index);
                self.selected.pop();
                if holds? {
                    return Ok(Operand::Node(within(i)));
                }
            }
            return Ok(Operand::Missing);
        }
        let got = self.eval(index)?;
        self.look_at(self.children(&place).len());
        Ok(match self.value_of(&got) {
            Some(Value::Bytes(key)) => {
                let found = self
                    .children(&place)
                    .iter()
                    .position(|node| node.key.as_ref().is_some_and(|k| texts_equal(k, &key)));
                found.map_or(Operand::Missing, |i| Operand::Node(within(i)))
            }
            Some(value) => match value.as_u64().and_then(|i| usize::try_from(i).ok()) {
                Some(i) if i < self.children(&place).len() => Operand::Node(within(i)),
                _ => Operand::Missing,
            },
            None => Operand::Missing,
        })
    }

    /// Whether a condition holds, with the fields of the item to be selected in scope.
    pub(super) fn holds_for_selected(&mut self, condition: &Expression) -> Result<bool, DataError> {
        let Some(place) = self.selected.last().cloned() else {
            return Ok(false);
        };
        // The item's fields are in scope as parameters of a temporary level.
        let fields: Vec<_> = self
            .children(&place)
            .iter()
            .enumerate()
            .map(|(i, node)| {
                let mut path = place.path.clone();
                path.push(u32::try_from(i).unwrap_or(u32::MAX));
                let frame = place.frame;
                (
                    smol_str::SmolStr::new(&node.name),
                    Operand::Node(NodePlace { frame, path }),
                )
            })
            .collect();
        self.frames.push(Frame::of_parameters(fields));
        let holds = self.holds(condition);
        self.frames.pop();
        holds
    }

    /// Where the innermost level begins.
    pub(super) fn start_of_level(&self) -> u64 {
        let group = self.frames.iter().rev().find(|frame| frame.is_level);
        group.map_or(0, |frame| frame.start)
    }

    /// The index of the item that is read, in the innermost array.
    pub(super) fn index_of_array(&self) -> Option<u64> {
        let array = self.frames.iter().rev().find(|frame| frame.is_array);
        array.map(|frame| frame.index)
    }

    fn position(&self, position: Position) -> Operand {
        let int = |n: u64| Operand::Value(Value::Int(i128::from(n)));
        let array = || {
            self.frames
                .iter()
                .enumerate()
                .rev()
                .find(|(_, frame)| frame.is_array)
        };
        match position {
            Position::At => int(self.at.since(self.file.0)),
            Position::Start => int(self.start_of_level().since(self.file.0)),
            Position::End => int(self.end.since(self.file.0)),
            Position::Size => int(self.file.1.since(self.file.0)),
            Position::Index => self.index_of_array().map_or(Operand::Missing, int),
            Position::Item => match array() {
                Some((frame, array)) if !array.nodes.is_empty() => {
                    let last = array.nodes.len().since(1);
                    let path = std::iter::once(u32::try_from(last).unwrap_or(u32::MAX)).collect();
                    Operand::Node(NodePlace { frame, path })
                }
                _ => Operand::Missing,
            },
        }
    }
}

/// Whether an expression in brackets is a condition over the items' fields, not an index.
pub(in crate::structs::whole) fn is_condition(index: &Expression) -> bool {
    use Operator::{And, Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual, Or};
    matches!(
        index.term,
        Term::Binary(
            And | Or | Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual,
            ..
        ) | Term::Unary(Unary::Not, _)
    )
}

/// The last field of that name among some nodes, those of unnamed groups of bit fields included.
fn in_nodes(nodes: &[Node], name: &str) -> Option<SmallVec<[u32; 4]>> {
    let index = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
    for (i, node) in nodes.iter().enumerate().rev() {
        if node.name == name {
            return Some(std::iter::once(index(i)).collect());
        }
        // Bit fields, contents, and bit fields in contents: no deeper than the levels that they are in.
        if node.is_joined
            && let Some(inner) = in_nodes(node.made(), name)
        {
            return Some(std::iter::once(index(i)).chain(inner).collect());
        }
    }
    None
}

fn value_at(value: &Value, index: u64) -> Operand {
    let index = usize::try_from(index).unwrap_or(usize::MAX);
    match value {
        Value::List(items) => items
            .get(index)
            .cloned()
            .map_or(Operand::Missing, Operand::Value),
        Value::Bytes(bytes) => match bytes.get(index) {
            Some(byte) => Operand::Value(Value::Int(i128::from(*byte))),
            None => Operand::Missing,
        },
        _ => Operand::Missing,
    }
}

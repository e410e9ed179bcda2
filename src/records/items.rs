//! The items of an array in the tree of a file, as rows.

use super::batch::Batch;
use super::build::Builder;
use super::error::Error;
use super::infer::{Inference, Leaf};
use super::rows::hand_over;
use super::schema::Schema;
use crate::inspect::{Document, Path};
use crate::tree::{Node, Role};
use crate::value::Value;

/// How deep an item is looked into.
const MAX_DEPTH: usize = 64;

/// The nodes that a path with a pattern leads to in a file: `members[*].header` of an archive.
///
/// The columns are the fields of the items; a field that an item lacks is absent. Arrays of plain values are lists;
/// arrays of groups are records of their own, which a longer path leads to.
///
/// ```
/// use bytewright::inspect::Document;
/// use bytewright::format::StructFormat;
/// use bytewright::records::Items;
/// use bytewright::{Source, Struct};
///
/// let format = StructFormat::new("pairs", Struct::new("<2(B:a B:b):pairs")?);
/// let document = Document::open(Source::from(&[1, 2, 3, 4][..]), format)?;
/// let items = Items::new(&document, "pairs[*]".parse()?);
/// let schema = items.schema()?;
/// let mut rows = Vec::new();
/// items.each(&schema, &mut |batch| {
///     rows.extend((0..batch.rows).map(|row| batch.record(row, &schema).to_string()));
///     Ok(true)
/// })?;
/// assert_eq!(rows, ["(1, 2)", "(3, 4)"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Items<'d> {
    document: &'d Document,
    path: Path,
}

impl<'d> Items<'d> {
    /// The items of a path.
    pub fn new(document: &'d Document, path: Path) -> Items<'d> {
        Items { document, path }
    }

    /// The columns: the union of the fields of all items.
    ///
    /// # Errors
    ///
    /// When the file can't be read, the path leads nowhere, or there are too many different fields.
    pub fn schema(&self) -> Result<Schema, Error> {
        let mut found = Inference::default();
        self.infer(&mut found)?;
        Ok(found.schema(""))
    }

    /// Adds the fields of all items to those that were found.
    pub(crate) fn infer(&self, found: &mut Inference) -> Result<(), Error> {
        let mut failed = None;
        self.document.each(&self.path, &mut |one| {
            let added = leaves(&one.node).and_then(|leaves| found.add(leaves));
            failed = added.err();
            failed.is_none()
        })?;
        match failed {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Calls `visit` with the items in batches, as long as it wants more.
    ///
    /// # Errors
    ///
    /// When the file can't be read, the path leads nowhere, or `visit` fails.
    pub fn each(
        &self,
        schema: &Schema,
        visit: &mut dyn FnMut(&mut Batch) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let mut builder = Builder::new(schema);
        let mut failed = None;
        let mut is_over = false;
        let found = self.document.each(&self.path, &mut |one| {
            let offset = one.node.range.offset;
            let goes_on = leaves(&one.node)
                .and_then(|leaves| hand_over(Some((offset, leaves)), &mut builder, visit));
            match goes_on {
                Ok(true) => true,
                Ok(false) => {
                    is_over = true;
                    false
                }
                Err(error) => {
                    failed = Some(error);
                    false
                }
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
        if builder.batch().rows > 0 && !is_over {
            visit(builder.batch())?;
        }
        Ok(found?)
    }
}

/// The fields with a value that are in an item; an item that is a value itself is called `value`.
fn leaves(node: &Node) -> Result<Vec<Leaf>, Error> {
    let mut found = Vec::new();
    if node.is_leaf() {
        found.extend(leaf(node, vec!["value".to_owned()]));
    } else {
        level(node, &[], MAX_DEPTH, &mut found)?;
    }
    Ok(found)
}

fn level(node: &Node, path: &[String], depth: usize, found: &mut Vec<Leaf>) -> Result<(), Error> {
    let Some(deeper) = depth.checked_sub(1) else {
        return Ok(());
    };
    for child in node.children() {
        let child = child?;
        if matches!(child.role, Role::Padding | Role::Gap | Role::Data) || is_reserved(&child) {
            continue;
        }
        // Bit fields without a name are among the fields around them.
        if child.is_joined {
            level(&child, path, deeper, found)?;
            continue;
        }
        let mut path = path.to_vec();
        path.push(child.name.to_string());
        if child.is_leaf() {
            found.extend(leaf(&child, path));
        } else if !child.is_array() && !child.is_on_demand() {
            level(&child, &path, deeper, found)?;
        } else if let Some(items) = plain_items(&child) {
            found.push(Leaf {
                path,
                value: Value::List(items),
                names: None,
                hex: child.hex,
            });
        }
    }
    Ok(())
}

fn is_reserved(node: &Node) -> bool {
    node.name == "reserved" && node.range.bits.is_some()
}

fn leaf(node: &Node, path: Vec<String>) -> Option<Leaf> {
    Some(Leaf {
        path,
        value: node.value.clone()?,
        names: node.names.clone(),
        hex: node.hex,
    })
}

/// The values of an array of nothing but values.
fn plain_items(node: &Node) -> Option<Vec<Value>> {
    let items = node.made();
    if items.is_empty() || node.is_on_demand() {
        return None;
    }
    let value = |item: &Node| item.value.clone().filter(|_| item.is_leaf());
    items.iter().map(value).collect()
}

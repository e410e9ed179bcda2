//! Headers as JSON.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::Header;
use crate::tree::{Node, Role, Space, serial};
use crate::value::plain::Ints;

/// The fields of the [layout](Header::layout) by their names, with the values that they spell; null for a
/// number that is none.
///
/// ```
/// use bytewright::formats::tar::{Builder, Header, NewMember};
///
/// let mut builder = Builder::new(Vec::new());
/// builder.add_bytes(NewMember::file("a"), b"content")?;
/// let archive = builder.finish()?;
/// let block = archive.first_chunk().expect("a header");
/// let json = serde_json::to_value(Header::parse(block)?)?;
/// assert_eq!((&json["name"], &json["size"]), (&"a".into(), &7.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Serialize for Header {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let header = self.layout.header();
        Fields(&header.nodes(&self.block, Space::FILE, 0)).serialize(serializer)
    }
}

/// The fields of a header, or of an entry of its map.
struct Fields<'a>(&'a [Node]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for node in self.0.iter().filter(|node| node.role != Role::Padding) {
            match (&node.value, node.made()) {
                (_, items @ [_, ..]) => map.serialize_entry(&*node.name, &Items(items))?,
                (value, []) => {
                    let value = value
                        .as_ref()
                        .map(|v| serial::value(node, v, Ints::Numbers));
                    map.serialize_entry(&*node.name, &value)?;
                }
            }
        }
        map.end()
    }
}

/// The entries of a map.
struct Items<'a>(&'a [Node]);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for item in self.0 {
            list.serialize_element(&Fields(item.made()))?;
        }
        list.end()
    }
}

//! Archives as a [`Format`].

use std::io;
use std::sync::LazyLock;

use super::codes::CODES;
use super::header::checksum_field;
use super::layout::{Layout, MAGIC, field};
use super::tree::{is_archive, tree};
use crate::Source;
use crate::format::{Code, Content, Edited, Fit, Follow, Format, Head};
use crate::schema::Schema;
use crate::tree::{Name, Node, Place, Space};

/// Tar archives that are not compressed.
#[derive(Clone, Copy, Debug)]
pub struct Tar;

impl Format for Tar {
    fn name(&self) -> &'static str {
        "tar"
    }

    fn title(&self) -> &'static str {
        "A tar archive: v7, ustar, pax, GNU or star"
    }

    fn schemas(&self) -> Vec<&Schema> {
        let layouts = Layout::ALL.into_iter();
        layouts.map(|layout| layout.header().schema()).collect()
    }

    fn suffixes(&self) -> &[&str] {
        &["tar"]
    }

    /// By the checksum of the first header.
    fn fit(&self, head: &Head<'_>) -> io::Result<Option<Fit>> {
        Ok(is_archive(head.start()).then_some(Fit::Checked))
    }

    /// The magic of ustar and of GNU tar; older archives have none.
    fn signatures(&self) -> &[(i64, &[u8])] {
        static SIGNATURE: LazyLock<[(i64, &[u8]); 1]> = LazyLock::new(|| {
            let magic = Layout::Ustar.header().range(field!("magic"), 0);
            let at = magic.and_then(|magic| i64::try_from(magic.offset).ok());
            [(at.unwrap_or(0), MAGIC)]
        });
        &*SIGNATURE
    }

    fn tree(&self, source: &Source, _: &mut Content<'_>) -> io::Result<Node> {
        Ok(tree(source, Space::FILE)?)
    }

    /// The checksum of every header that a change lies in.
    fn follow(&self, edited: &Edited<'_>) -> io::Result<Vec<Follow>> {
        let mut follow: Vec<Follow> = Vec::new();
        for place in edited.places() {
            // The header that the field is in, which is no field of it.
            let Some((_, around)) = place.names().split_last() else {
                continue;
            };
            let is_header = |name: &Name| name.ends_with("header");
            let last = around.iter().rposition(is_header);
            let Some(header) = last.and_then(|last| around.get(..=last)) else {
                continue;
            };
            let header: Place = header.iter().cloned().collect();
            let place = header.child(field!("chksum").name().into());
            if follow.iter().any(|follow| follow.place == place) {
                continue;
            }
            let Some(block) = edited.node(&header)? else {
                continue;
            };
            if let Some((field, sum)) = checksum_field(&edited.bytes(block.range)?) {
                follow.push(Follow::new(place, field.to_vec(), sum.to_string()));
            }
        }
        Ok(follow)
    }

    fn remedy(&self, _: bool) -> Option<&str> {
        Some("what is whole can be saved: bytewright tar check FILE --repair SAVED.tar")
    }

    fn codes(&self) -> &[Code] {
        CODES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_magic_where_posix_has_it() {
        assert_eq!(Tar.signatures(), [(257, &b"ustar"[..])]);
    }
}

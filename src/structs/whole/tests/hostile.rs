//! Files of which a few bytes are on the disk and terabytes are none: what a format asks of them is bounded.

use super::compiled;
use crate::source::ReadAt;
use crate::structs::nodes::Window;
use crate::structs::whole::ReadMode;
use crate::tree::{Node, Space};
use crate::{Source, Struct};

/// A head, and zeros after it.
struct Sparse {
    head: Vec<u8>,
    size: u64,
}

impl ReadAt for Sparse {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
        let left = self.size.saturating_sub(offset);
        let n = buf.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        for (byte, at) in buf[..n].iter_mut().zip(offset..) {
            let at = usize::try_from(at).unwrap();
            *byte = self.head.get(at).copied().unwrap_or(0);
        }
        Ok(n)
    }

    fn size(&self) -> std::io::Result<u64> {
        Ok(self.size)
    }
}

/// The nodes of a petabyte that begins so, and the error that ends them.
fn read(format: &str, formats: &[(&str, &str)], head: &[u8]) -> (Vec<Node>, String) {
    // A choice that is never taken: the interpreter reads the rest, too.
    let layout = compiled(
        &format
            .replacen('*', "{0: x} *", 1)
            .replacen("[1 << 45]", "{0: x} [1 << 45]", 1),
        formats,
    );
    let program = layout.whole.as_ref().unwrap();
    let source = Source::new(Sparse {
        head: head.to_vec(),
        size: 1 << 50,
    });
    let how = ReadMode {
        most_steps: 1 << 16,
        ..ReadMode::at(Space::FILE, 0)
    };
    let made = program.read_on_demand(&mut Window::new(&source).unwrap(), &how);
    let error = made.error.map(|e| e.to_string()).unwrap_or_default();
    (made.nodes, error)
}

#[test]
fn sums_over_petabytes_are_not_begun() {
    for (format, head) in [
        (
            "<Q:n I:crc=crc32(data) [n]s:data",
            &[0, 0, 0, 0, 0, 0, 2, 0][..],
        ),
        ("B:n I:crc=sum(n..last) &[@size - 9]s:last", &[1]),
        ("I:crc=adler32(rest_of_it) *s:rest_of_it", &[]),
    ] {
        let (_, error) = read(format, &[], head);
        assert!(error.contains("more than 64 GiB"), "{format}: {error}");
    }
}

#[test]
fn items_that_never_end_are_told() {
    for (format, formats) in [
        ("*[x == 1](B:x):all", &[][..]),
        ("*(B:x):all", &[]),
        ("[1 << 45](B:x B:y):all", &[]),
        ("*(B:x [4](B:y):inner):all", &[]),
        (
            "*%item:all",
            &[("item", "B:n [n + 1]%leaf:leaves"), ("leaf", "B:x")],
        ),
        ("*(B:x [2 + x]s~latin1:text {text ; \"no\": B:y}):all", &[]),
        // Each item looks for the first of all.
        ("*(B:x .first=[all[x == 0].x]):all", &[]),
    ] {
        let (_, error) = read(format, formats, &[]);
        let is_told =
            error.contains("more than 65536 items") || error.contains("fields of the file");
        assert!(is_told, "{format}: {error}");
    }
}

#[test]
fn what_is_far_away_costs_nothing() {
    let (nodes, error) = read(
        "<Q:at &[at]4s:there [1 << 48]s:data B:after",
        &[],
        &[0, 0, 0, 0, 0, 0, 1, 0],
    );
    assert_eq!(error, "");
    assert_eq!(nodes[1].range.offset, 1 << 48);
    assert_eq!(
        (nodes[2].range.size, nodes[2].value.is_none()),
        (1 << 48, true)
    );
    assert_eq!(nodes[3].range.offset, (1 << 48) + 8);
    // Places that lead to one another end where they come back.
    let (_, error) = read(
        "%far",
        &[("far", "<Q:at &[at]%far:next")],
        &[8, 0, 0, 0, 0, 0, 0, 0],
    );
    assert!(error.contains("contains itself"), "{error}");
    // A region over the end, and one that ends where another begins.
    let (_, error) = read("[1 << 51]s:data=(B:x)", &[], &[]);
    assert!(error.contains("needs 2251799813685248 bytes"), "{error}");
    // All of the numbers take more bytes than 64 bits say: the first that isn't there is told.
    let count = [0, 0, 0, 0, 0, 0, 0, 0x40];
    let (_, error) = read("<Q:n .one=[1] [n]I:items", &[], &count);
    let missing = "items[281474976710654]: needs 4 bytes at offset 0x4000000000000";
    assert!(error.contains(missing), "{error}");
}

/// The choice and its field are two of them.
#[test]
fn a_format_has_65536_items() {
    for (more, fits) in [(65_534, true), (65_535, false)] {
        let compiled = Struct::new(&format!("{{0: B}} {}", "B ".repeat(more)));
        assert_eq!(compiled.is_ok(), fits, "{more}");
        if let Err(error) = compiled {
            assert!(
                error.message().contains("too many items"),
                "{}",
                error.message()
            );
        }
    }
}

//! Formats that are nothing but Python's letters, compiled in one pass over the text.

use smallvec::SmallVec;

use super::{Flat, INLINE, Item};
use crate::offset::Tally;
use crate::structs::code::{CODES, Order};
use crate::structs::read::Read;

/// What compiling needs to know of a letter.
#[derive(Clone, Copy)]
#[repr(align(32))]
struct Letter {
    /// The item that it is by itself, at the front.
    item: Item,
    size: u32,
    /// How many values it has without a count.
    values: u32,
    /// Its alignment minus 1; alignments are powers of two.
    below: u16,
    is_known: bool,
}

impl Letter {
    /// Where it begins after `end`.
    #[inline(always)]
    fn aligned(&self, end: u32) -> Option<u32> {
        let below = u32::from(self.below);
        Some(end.checked_add(below)? & !below)
    }
}

/// By letter, with standard sizes and with native ones.
type Letters = [Letter; 256];
static STANDARD: Letters = letters(false);
static NATIVE: Letters = letters(true);

#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "runs at compile time over the table of codes"
)]
const fn letters(native: bool) -> Letters {
    let unknown = Letter {
        item: Item::NOTHING,
        size: 0,
        values: 0,
        below: 0,
        is_known: false,
    };
    let mut letters: Letters = [unknown; 256];
    let mut i = 0;
    while i < CODES.len() {
        let code = &CODES[i];
        i += 1;
        let name = code.letters.as_bytes();
        let (size, align) = match (native, code.standard) {
            (true, _) => code.native,
            (false, Some(size)) => (size, 1),
            (false, None) => continue,
        };
        if code.python && name.len() == 1 {
            let letter = &mut letters[name[0] as usize];
            letter.item.letter = name[0];
            letter.item.size = size;
            letter.item.read = Read::of(code.kind, size);
            letter.size = size as u32;
            letter.values = letter.item.values();
            letter.below = if align == 0 { 0 } else { align as u16 - 1 };
            letter.is_known = true;
        }
    }
    letters
}

fn letters_of(order: Order) -> &'static Letters {
    match order {
        Order::Native => &NATIVE,
        _ => &STANDARD,
    }
}

/// The alignment of a letter in bytes.
pub(super) fn alignment(order: Order, letter: u8) -> Option<u8> {
    let letter = letters_of(order).get(usize::from(letter))?;
    u8::try_from(letter.below.checked_add(1)?).ok()
}

impl Flat {
    /// Compiles a format that is nothing but Python's codes; `None` for any other, a wrong one
    /// included: what is wrong with it is for the grammar to say.
    pub(in crate::structs) fn compile(text: &str) -> Option<Box<Flat>> {
        let (order, text) = match text.as_bytes() {
            [first, rest @ ..] => match Order::from_char(char::from(*first)) {
                Some(order) => (order, rest),
                None => (Order::Native, text.as_bytes()),
            },
            [] => (Order::Native, &[][..]),
        };
        let letters = letters_of(order);
        // `Box::new` would build it on the stack and copy it, a quarter of the time.
        let mut flat = Box::write(
            Box::new_uninit(),
            Flat {
                items: SmallVec::from_buf_and_len([Item::NOTHING; INLINE], INLINE),
                ..Flat::new(order, None)
            },
        );
        let (mut len, mut end, mut arity, mut one_each) = (0usize, 0u32, 0u32, true);
        // Letters without counts, as far as there is room for them.
        for (&byte, place) in text.iter().zip(&mut flat.items) {
            let letter = letters.get(usize::from(byte))?;
            if !letter.is_known {
                break;
            }
            *place = letter.item;
            place.offset = letter.aligned(end)?;
            place.first = arity;
            end = place.offset.checked_add(letter.size)?;
            arity.tally(letter.values);
            one_each &= letter.values == 1;
            len.tally(1);
        }
        flat.items.truncate(len);
        flat.size = end;
        flat.arity = arity;
        flat.one_each = one_each;
        flat.extend(letters, text.get(len..)?)?;
        Some(flat)
    }

    /// The rest of a text: letters with counts, white space between them.
    fn extend(&mut self, letters: &Letters, text: &[u8]) -> Option<()> {
        let mut bytes = text.iter();
        while let Some(&byte) = bytes.next() {
            let mut letter = letters.get(usize::from(byte))?;
            let mut item = letter.item;
            if !letter.is_known {
                if matches!(byte, b' ' | b'\t'..=b'\r') {
                    continue;
                }
                let (byte, count) = counted(byte, &mut bytes)?;
                letter = letters
                    .get(usize::from(byte))
                    .filter(|code| code.is_known)?;
                item = Item {
                    count,
                    counted: true,
                    ..letter.item
                };
            }
            item.offset = letter.aligned(self.size)?;
            item.first = self.arity;
            let length = item.count.checked_mul(letter.size)?;
            self.size = item.offset.checked_add(length)?;
            let values = item.values();
            self.arity = self.arity.checked_add(values)?;
            self.one_each &= values == 1;
            self.items.push(item);
        }
        Some(())
    }
}

/// The count that begins with this byte, and the letter after it.
fn counted(first: u8, rest: &mut std::slice::Iter<'_, u8>) -> Option<(u8, u32)> {
    if !first.is_ascii_digit() {
        return None;
    }
    let mut count = u32::from(first & 0x0f);
    loop {
        match *rest.next()? {
            digit @ b'0'..=b'9' => {
                count = count
                    .checked_mul(10)?
                    .checked_add(u32::from(digit & 0x0f))?;
            }
            letter => return Some((letter, count)),
        }
    }
}

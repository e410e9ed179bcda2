//! A faster way over items of which only the end, or one field, is needed. It makes no nodes, and keeps integers and
//! short texts alone, in slots that names are resolved to once. Where an item has something that it doesn't support, or
//! something is wrong, it gives the item up, and the reader reads it from its beginning.

mod compile;
mod flat;
mod infallible;
mod leaves;
mod levels;
mod names;
mod run;
mod run_levels;
mod run_terms;
mod terms;

#[cfg(test)]
mod tests;

use smol_str::SmolStr;

use super::kinds::Kind;
use super::program::Item;
use crate::offset::Position;
use crate::structs::ast::Operator;
use crate::structs::code::Order;

/// Items that are given up in a row before passing over is no longer tried.
pub(super) const HOPELESS: u32 = 64;

/// Passes over the items of an array.
#[derive(Debug)]
pub(super) struct Skim<'p> {
    code: Compiled<'p>,
    state: State<'p>,
    /// Items that were given up in a row.
    given_up: u32,
    /// Items in a row in which the wanted field was not found.
    pub(super) missed: u32,
}

/// The compiled items of an array.
#[derive(Debug)]
struct Compiled<'p> {
    /// The steps of an item, then those of the formats that it calls.
    steps: Vec<Step<'p>>,
    /// By the number of a format: its first step, and how many slots it has.
    formats: Vec<(usize, usize)>,
    /// How many slots the item has itself.
    frame: usize,
    /// By the number of an array: the selectors that search its items.
    selects: Vec<Vec<Select>>,
    /// The levels that lead to the wanted field, for each place where it may be.
    paths: Vec<Vec<OuterLevel>>,
    /// Names that are found around the array.
    names: Vec<SmolStr>,
}

/// The state of passing over items.
#[derive(Debug, Default)]
struct State<'p> {
    /// The values of the formats that are passed over, the outermost first.
    slots: Vec<SlotValue>,
    /// The open levels, regions and arrays.
    open: OpenLevels,
    /// Fields around the array, once an expression needed them.
    outer: Vec<Option<SlotValue>>,
    /// The wanted field of the last item.
    place: Option<FieldLocation<'p>>,
    /// The hash of the arrays around this one, for the keys of claims.
    outer_key: Option<u64>,
}

impl<'p> Skim<'p> {
    /// The wanted field of the last item.
    pub(super) fn place(&self) -> Option<&FieldLocation<'p>> {
        self.state.place.as_ref()
    }

    /// The levels that lead to it.
    pub(super) fn path(&self, place: &FieldLocation<'_>) -> Option<&[OuterLevel]> {
        Some(self.code.paths.get(place.field.path)?)
    }
}

/// A stored format.
#[derive(Debug, Default)]
struct Format<'p> {
    parts: Vec<Part<'p>>,
    /// How many slots it has.
    frame: usize,
}

/// The slot of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    /// In the current format.
    Own(usize),
    /// In the format that it called last.
    Called(usize),
}

/// The value of a field in its slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum SlotValue {
    /// The field was not met.
    #[default]
    Absent,
    /// The field is there and has no value.
    Missing,
    /// Larger integers are left to the reader.
    Int(i64),
    /// A text of up to eight bytes, filled with zeros: texts that differ in zeros at their ends are equal.
    Text(u64),
    /// A longer text, which equals no short one.
    LongText,
    /// A value that only the reader knows.
    Hidden,
}

/// The most bytes of a field that is read as a text.
const MAX_TEXT: u64 = 64;

/// An item to be passed over, in the structure of the format.
#[derive(Debug)]
enum Part<'p> {
    Fixed(Fixed<'p>),
    Read(Read),
    /// A level, whose slots are emptied when it begins.
    Level {
        parts: Vec<Part<'p>>,
        slots: Slots,
    },
    Call(Call),
    Choice {
        on: Option<Term>,
        cases: Vec<Case<'p>>,
    },
    Region {
        size: Term,
        parts: Vec<Part<'p>>,
    },
    Place {
        offset: Term,
        item: &'p Item,
        part: Box<Part<'p>>,
    },
    Array {
        times: Times,
        part: Box<Part<'p>>,
    },
    /// Several, one after another.
    Several(Vec<Part<'p>>),
    /// Notes where the wanted item is.
    Wanted {
        field: Field<'p>,
        part: Box<Part<'p>>,
    },
}

/// An item without parts.
#[derive(Debug)]
enum Read {
    Bytes {
        size: Term,
        into: Option<(usize, Text)>,
    },
    Rest,
    /// As many items of this size as fit.
    RestOf(u64),
    Align(u64),
    /// Groups of seven bits; the lowest first, or the highest.
    Leb128 {
        signed: bool,
        into: Option<usize>,
    },
    Base128 {
        signed: bool,
        is_sqlite: bool,
        into: Option<usize>,
    },
    /// A text up to a NUL.
    Ended {
        into: Option<(usize, Text)>,
    },
    Computed {
        into: Option<usize>,
        value: Term,
    },
    /// The end of an array's item: the number of the array if selectors search it, and the condition that ends it.
    Finish {
        array: Option<usize>,
        until: Option<Term>,
    },
    /// Something that only the reader supports.
    Unknown,
}

/// A known number of bytes, and the values that are read from them.
#[derive(Debug)]
struct Fixed<'p> {
    size: u64,
    notes: Vec<SlotRead>,
    /// How many bytes from the first on are read.
    looked_at: u64,
    wanted: Vec<WantedAt<'p>>,
}

/// A step of the compiled items. Jumps are indexes of other steps.
#[derive(Debug)]
enum Step<'p> {
    Fixed(Fixed<'p>),
    Read(Read),
    Go(usize),
    /// Jumps unless the condition holds.
    Unless(Term, usize),
    /// Jumps to the case that is taken, or to the end of the choice.
    Choose {
        on: Option<Term>,
        cases: Vec<(Labels, usize)>,
        end: usize,
    },
    Level(Slots),
    EndLevel,
    Call(Call),
    Return,
    Region(Term),
    EndRegion,
    Place(Term, &'p Item),
    EndPlace,
    Array(Times),
    /// Jumps if the array has no more items.
    Item(usize),
    /// Jumps back for the next item, unless this was the last.
    NextItem(usize),
    Wanted,
    EndWanted(Field<'p>),
    End,
}

/// The stacks of open levels, regions, calls, places and arrays, each with the state to restore; the outermost first.
#[derive(Debug, Default)]
struct OpenLevels {
    /// How many levels and arrays are open.
    depth: usize,
    /// Where the outer levels begin.
    levels: Vec<u64>,
    /// Where the outer regions and files end.
    regions: Vec<(u64, (u64, u64))>,
    calls: Vec<Caller>,
    places: Vec<ReturnPoint>,
    arrays: Vec<Items>,
    /// The index of the current item in each array.
    indexes: Vec<u64>,
    /// Where wanted items began.
    wanted: Vec<u64>,
}

/// A call of a format.
#[derive(Clone, Copy, Debug)]
struct Caller {
    step: usize,
    base: usize,
    frame: usize,
    /// Where the outer level began, if the format is a level of its own.
    around: Option<u64>,
}

/// Where to go on after an item at an offset of its own.
#[derive(Clone, Copy, Debug)]
struct ReturnPoint {
    at: u64,
    end: u64,
    was_placed: bool,
    /// Whether the wanted field had been found.
    is_found: bool,
    place: u64,
    key: Option<u64>,
}

/// An array whose items are passed over inside an item.
#[derive(Clone, Copy, Debug)]
struct Items {
    /// The index of the current item of the outer array.
    around: Option<u64>,
    /// How many there are, if that is known.
    count: Option<u64>,
    /// Whether the items fill the region.
    is_rest: bool,
    /// Where the last item began.
    before: u64,
}

/// The slots of a level, which are emptied when it begins.
type Slots = std::ops::Range<usize>;

/// A stored format with its parameters.
#[derive(Debug)]
struct Call {
    format: usize,
    parameters: Vec<(usize, Term)>,
    /// Whether it is a file inside the file, which fills its region.
    is_file: bool,
    /// Whether it is a level of its own.
    is_level: bool,
}

/// The wanted field, and the index of the path that leads to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'p> {
    pub(super) item: &'p Item,
    pub(super) order: Order,
    path: usize,
}

/// A value that is read into a slot from bytes that are passed over.
#[derive(Clone, Copy, Debug)]
struct SlotRead {
    /// Its first byte, and its end, in the bytes.
    at: usize,
    end: usize,
    what: SlotType,
    into: usize,
}

#[derive(Clone, Copy, Debug)]
enum SlotType {
    Number(Number),
    Text(Text),
}

/// An integer among the bits of eight bytes: the bits above it are shifted out to the left, then those below it to the
/// right.
#[derive(Clone, Copy, Debug)]
struct Number {
    is_little: bool,
    is_signed: bool,
    up: u32,
    down: u32,
}

/// The wanted field, in a known number of bytes.
#[derive(Clone, Copy, Debug)]
struct WantedAt<'p> {
    /// Its first byte, and its end, in the bytes.
    at: usize,
    end: usize,
    field: Field<'p>,
}

impl WantedAt<'_> {
    /// Whether its bytes are kept with its place.
    fn is_held(&self) -> bool {
        self.end.since(self.at) <= MAX_HELD
    }
}

/// The text that expressions see in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Text {
    Bytes,
    /// Bytes below 0x80, which mean the same in all encodings of this kind.
    Ascii,
    /// A number in digits.
    Spelled(Kind),
}

/// The first item of an array for which a condition holds.
#[derive(Debug)]
struct Select {
    condition: Term,
    /// The slot of the field that is asked for; its value goes to `into`.
    value: Option<Slot>,
    into: usize,
}

#[derive(Debug)]
struct Case<'p> {
    labels: Labels,
    parts: Vec<Part<'p>>,
}

/// The condition of a case.
#[derive(Debug)]
enum Labels {
    Else,
    /// The value is this number.
    Number(i64),
    /// The value is one of these numbers, or ranges of them.
    Numbers(Vec<(i64, i64)>),
    Terms(Vec<(Term, Option<Term>)>),
}

#[derive(Debug)]
enum Times {
    Number(Term),
    Rest,
    Until,
}

/// An expression of integers and short texts.
#[derive(Debug)]
enum Term {
    Number(i64),
    Text(u64),
    /// A text that is too long for a slot.
    LongText,
    /// A field of a level, where it occurs once.
    Slot(usize),
    /// The first of these slots that has a value; else the field around the array by that number.
    Name(Box<[Slot]>, Option<usize>),
    At,
    Start,
    End,
    /// Whether the region ends here: `@at == @end`, as arrays have it that fill one.
    Ended,
    Size,
    Index,
    Not(Box<Term>),
    Minus(Box<Term>),
    Complement(Box<Term>),
    Both(Box<[Term; 2]>),
    Either(Box<[Term; 2]>),
    Default(Box<[Term; 2]>),
    IfElse(Box<[Term; 3]>),
    Binary(Operator, Box<[Term; 2]>),
}

/// A level that leads to a wanted field.
#[derive(Clone, Debug)]
pub(super) struct OuterLevel {
    pub(super) name: SmolStr,
    /// The stored format that it is.
    pub(super) reference: Option<SmolStr>,
}

/// The place of a wanted field.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldLocation<'p> {
    pub(super) field: Field<'p>,
    pub(super) at: u64,
    pub(super) size: u64,
    pub(super) end: u64,
    pub(super) file: (u64, u64),
    /// The bytes of a short field: what is read after it may be far from it.
    held: Option<[u8; MAX_HELD]>,
}

/// The longest field whose bytes are kept with its place.
const MAX_HELD: usize = 8;

impl FieldLocation<'_> {
    /// The bytes, where they are kept.
    pub(super) fn held(&self) -> Option<&[u8]> {
        self.held.as_ref()?.get(..usize::try_from(self.size).ok()?)
    }
}

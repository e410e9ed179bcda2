//! A shorter way over items of which nothing is wanted but where they end, or one field: no nodes, and values of
//! integers and short texts alone, in slots that names are resolved to once. It knows less than the reader does.
//! Where something is not among what it knows, or is wrong, it gives the item up, and the reader takes it from its
//! beginning.

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
use crate::structs::ast::Operator;
use crate::structs::code::Order;

/// Of how many items that were given up one after another it follows that all are.
pub(super) const HOPELESS: u32 = 64;

/// How the items of an array are passed over.
#[derive(Debug)]
pub(super) struct Skim<'p> {
    code: Compiled<'p>,
    state: State<'p>,
    /// Items that were given up one after another.
    given_up: u32,
    /// Items one after another in which the wanted field was not found.
    pub(super) missed: u32,
}

/// What items of an array are compiled to.
#[derive(Debug)]
struct Compiled<'p> {
    /// What is done for an item; formats that are called stand after it.
    steps: Vec<Step<'p>>,
    /// Where formats begin, by their numbers, and how many slots they have.
    formats: Vec<(usize, usize)>,
    /// How many slots the item has itself.
    frame: usize,
    /// What is looked for among the items of arrays, by the numbers of the arrays.
    selects: Vec<Vec<Select>>,
    /// The levels that lead to the wanted field, for each place where it may stand.
    paths: Vec<Vec<OuterLevel>>,
    /// Names that are found around the array.
    names: Vec<SmolStr>,
}

/// What is known while items are passed over.
#[derive(Debug, Default)]
struct State<'p> {
    /// The values of the formats that are passed over, the outermost first.
    slots: Vec<SlotValue>,
    /// What is open where it is.
    open: OpenLevels,
    /// Fields around the array whose items are passed over, once they are asked for.
    outer: Vec<Option<SlotValue>>,
    /// The field of the last item that is wanted.
    place: Option<FieldLocation<'p>>,
    /// What the arrays around the one whose items are passed over give to keys of places.
    outer_key: Option<u64>,
}

impl<'p> Skim<'p> {
    /// The field of the last item that is wanted.
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

/// Where a value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    /// In the format that is passed over.
    Own(usize),
    /// In the one that it called last.
    Called(usize),
}

/// What is known of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum SlotValue {
    /// It was not met.
    #[default]
    Absent,
    /// It is there, and has no value.
    Missing,
    /// Larger integers are left to the reader.
    Int(i64),
    /// A text of up to eight bytes, filled with zeros: texts that differ in zeros at their ends are equal.
    Text(u64),
    /// A longer one: it is none of the short ones.
    LongText,
    /// A value that only the reader knows.
    Hidden,
}

/// The most bytes of a field that are looked at as a text.
const MAX_TEXT: u64 = 64;

/// Something to be passed over, as it stands in the format.
#[derive(Debug)]
enum Part<'p> {
    Fixed(Fixed<'p>),
    Read(Read),
    /// What has fields of its own, in slots that are emptied when it begins.
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
    /// Notes where the item stands that is wanted.
    Wanted {
        field: Field<'p>,
        part: Box<Part<'p>>,
    },
}

/// Something without parts.
#[derive(Debug)]
enum Read {
    Bytes {
        size: Term,
        into: Option<(usize, Text)>,
    },
    Rest,
    /// As many of a size as fit.
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
    /// The end of an item of an array: what is looked for among the items of the array of that number, and the
    /// condition that ends it.
    Finish {
        array: Option<usize>,
        until: Option<Term>,
    },
    /// What only the reader knows.
    Unknown,
}

/// Bytes of a known number, and what is read of them.
#[derive(Debug)]
struct Fixed<'p> {
    size: u64,
    notes: Vec<SlotRead>,
    /// How many bytes from the first on are looked at.
    looked_at: u64,
    wanted: Vec<WantedAt<'p>>,
}

/// What is done one after another, and where it goes on: by the places of other steps.
#[derive(Debug)]
enum Step<'p> {
    Fixed(Fixed<'p>),
    Read(Read),
    Go(usize),
    /// Goes there, unless the condition holds.
    Unless(Term, usize),
    /// Goes to the first case that is taken, or to where all of them end.
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
    /// Goes there if the array is over.
    Item(usize),
    /// Goes there, to the next item, unless this was the last.
    NextItem(usize),
    Wanted,
    EndWanted(Field<'p>),
    End,
}

/// What is open where something is passed over, each with what it changed: the outermost first.
#[derive(Debug, Default)]
struct OpenLevels {
    /// How many levels and arrays are open.
    depth: usize,
    /// Where the levels begin that are around.
    levels: Vec<u64>,
    /// Where the regions and the files end that are around.
    regions: Vec<(u64, (u64, u64))>,
    calls: Vec<Caller>,
    places: Vec<ReturnPoint>,
    arrays: Vec<Items>,
    /// Which items of these it is.
    indexes: Vec<u64>,
    /// Where what is wanted began.
    wanted: Vec<u64>,
}

/// Where a format was called.
#[derive(Clone, Copy, Debug)]
struct Caller {
    step: usize,
    base: usize,
    frame: usize,
    /// Where the level began that is around it, if it is a level of its own.
    around: Option<u64>,
}

/// Where something was left for what stands elsewhere.
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
    /// Which item of the array around it is.
    around: Option<u64>,
    /// How many there are, if that is known.
    count: Option<u64>,
    /// Whether they fill the region.
    is_rest: bool,
    /// Where the last one began.
    before: u64,
}

/// The slots of a level, which are emptied when it begins.
type Slots = std::ops::Range<usize>;

/// A stored format with its parameters.
#[derive(Debug)]
struct Call {
    format: usize,
    parameters: Vec<(usize, Term)>,
    /// Whether it is a file in the file, which fills its region.
    is_file: bool,
    /// Whether it is a level of its own.
    is_level: bool,
}

/// The field that is wanted, and which of the paths leads to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'p> {
    pub(super) item: &'p Item,
    pub(super) order: Order,
    path: usize,
}

/// What is read of bytes that are passed over.
#[derive(Clone, Copy, Debug)]
struct SlotRead {
    /// From where to where in the bytes.
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

/// Bits of eight bytes, of which an integer is the first: what stands above them is shifted out, then what stands
/// below.
#[derive(Clone, Copy, Debug)]
struct Number {
    is_little: bool,
    is_signed: bool,
    up: u32,
    down: u32,
}

/// The field that is wanted, among bytes of a known number.
#[derive(Clone, Copy, Debug)]
struct WantedAt<'p> {
    /// From where to where in the bytes.
    at: usize,
    end: usize,
    field: Field<'p>,
}

impl WantedAt<'_> {
    /// Whether its bytes are kept with its place.
    fn is_held(&self) -> bool {
        self.end.saturating_sub(self.at) <= MAX_HELD
    }
}

/// What bytes are to expressions.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Text {
    Bytes,
    /// Bytes below 0x80 are the same in all encodings that have this.
    Ascii,
    /// A number that is spelled.
    Spelled(Kind),
}

/// The first item of an array for which a condition holds.
#[derive(Debug)]
struct Select {
    condition: Term,
    /// Where the field of it is that is asked for, and where it goes.
    value: Option<Slot>,
    into: usize,
}

#[derive(Debug)]
struct Case<'p> {
    labels: Labels,
    parts: Vec<Part<'p>>,
}

/// When a case is taken.
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
    /// A text that is longer than those that are kept.
    LongText,
    /// A field of a level, where it stands once.
    Slot(usize),
    /// The first that was met; else what is around the array by that number.
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

/// A field that is wanted, where it was found.
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

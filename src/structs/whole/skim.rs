//! A shorter way over items of which nothing is wanted but where they end: no nodes, and values of integers
//! alone. It knows less than the reader does. Where something is not among what it knows, or is wrong, it gives
//! the item up, and the reader takes it from its beginning.

mod compile;
mod run;

use smol_str::SmolStr;

pub(super) use run::Level as SkimmedLevel;

use super::program::Item;
use crate::structs::ast::Operator;
use crate::structs::code::Order;

/// Of how many items that were given up one after another it follows that all are.
pub(super) const HOPELESS: u32 = 64;

/// A name of a field that expressions look at, by its number.
type Name = u32;

/// How the items of an array are passed over.
#[derive(Debug)]
pub(super) struct Skim<'p> {
    /// What an item is.
    item: Part<'p>,
    until: Option<Term>,
    /// Formats by their numbers: they may contain themselves.
    formats: Vec<Vec<Part<'p>>>,
    names: Vec<SmolStr>,
    /// Values of names that are found around the array, once they are asked for.
    around: Vec<Option<Option<i128>>>,
    /// Items that were given up one after another.
    given_up: u32,
    /// Items one after another in which the wanted field was not found.
    pub(super) missed: u32,
    /// The field of the last item that is wanted.
    pub(super) place: Option<Place<'p>>,
}

/// Something to be passed over.
#[derive(Debug)]
enum Part<'p> {
    Skip(u64),
    Integer {
        size: u8,
        is_little: bool,
        is_signed: bool,
        name: Name,
    },
    Bytes(Term),
    Rest,
    /// As many of a size as fit.
    RestOf(u64),
    Align(u64),
    Level {
        parts: Vec<Part<'p>>,
    },
    Format {
        format: usize,
        parameters: Vec<(Name, Term)>,
    },
    Choice {
        on: Option<Term>,
        cases: Vec<Case<'p>>,
        is_level: bool,
    },
    Region {
        size: Term,
        inside: Box<Part<'p>>,
        is_level: bool,
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
    Computed {
        name: Option<Name>,
        value: Term,
    },
    /// One of several, one after another.
    Several(Vec<Part<'p>>),
    /// Notes where the item stands that is wanted.
    Wanted {
        item: &'p Item,
        order: Order,
        part: Box<Part<'p>>,
    },
    /// What only the reader knows.
    Unknown,
}

#[derive(Debug)]
struct Case<'p> {
    /// Nothing is else.
    labels: Option<Vec<(Term, Option<Term>)>>,
    parts: Vec<Part<'p>>,
}

#[derive(Debug)]
enum Times {
    Number(Term),
    Rest,
    Until(Term),
}

/// An expression of integers.
#[derive(Debug)]
enum Term {
    Number(i128),
    Name(Name),
    At,
    Start,
    End,
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

/// A field that is wanted, where it was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'p> {
    pub(super) item: &'p Item,
    pub(super) order: Order,
    pub(super) at: u64,
    pub(super) size: u64,
    pub(super) end: u64,
    pub(super) file: (u64, u64),
}

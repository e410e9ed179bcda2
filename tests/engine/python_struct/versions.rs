//! What older Pythons do otherwise: these classes of cases, and no others, are left out of the
//! comparison with them. What bytewright gives for each is pinned in `pinned.rs`.

use bytewright::Value;

use super::cases::{Case, Job};
use super::tokens::{Token, Tokens};

pub type Version = (u64, u64);

pub struct Class {
    pub name: &'static str,
    /// The first version that does as bytewright does.
    pub since: Version,
    pub why: &'static str,
    applies: fn(&Case, Part<'_>) -> bool,
}

/// The size of a case's format, or one of its jobs.
#[derive(Clone, Copy)]
pub enum Part<'c> {
    Size,
    Job(&'c Job),
}

pub const CLASSES: [Class; 8] = [
    Class {
        name: "F and D",
        since: (3, 14),
        why: "older versions don't know complex numbers",
        applies: |case, part| {
            !is_repr(part) && any_token(case, |t| matches!(t.letters(), "F" | "D"))
        },
    },
    Class {
        name: "Zf and Zd",
        since: (3, 15),
        why: "older versions don't know these names of F and D",
        applies: |case, part| !is_repr(part) && any_token(case, |t| t.letters().starts_with('Z')),
    },
    Class {
        name: "0p, unpacked",
        since: (3, 13),
        why: "older versions read a length byte that isn't there, and fail",
        applies: |case, part| is_unpacking(part) && any_token(case, is_empty_pascal),
    },
    Class {
        name: "0p, packed",
        since: (3, 16),
        why: "older versions write a length byte after the field; late patches of 3.13 on don't",
        applies: |case, part| {
            let packing = matches!(part, Part::Job(Job::Pack(_) | Job::PackInto(..)));
            packing && any_token(case, is_empty_pascal)
        },
    },
    Class {
        name: "NaN payloads",
        since: (3, 14),
        why: "older versions pack every NaN as the ordinary one for e, and make it quiet for f",
        applies: |case, part| {
            any_float(case, part, |token, _, x| match token.letters() {
                "e" => x.is_nan() && x.to_bits() << 1 != f64::NAN.to_bits() << 1,
                "f" => is_signalling(x),
                _ => false,
            })
        },
    },
    Class {
        name: "signalling NaNs in native f",
        since: (u64::MAX, 0),
        why: "a cast in C converts them, and whether it makes them quiet is the machine's affair",
        applies: |case, part| {
            any_float(case, part, |token, tokens, x| {
                matches!(token.letters(), "f" | "F" | "Zf")
                    && tokens.is_native()
                    && is_signalling(x)
            })
        },
    },
    Class {
        name: "native f that overflows",
        since: (3, 15),
        why: "older versions pack infinity, as a cast in C does; late patches of 3.14 don't",
        applies: |case, part| {
            any_float(case, part, |token, tokens, x| {
                token.letters() == "f" && tokens.is_native() && overflows(x)
            })
        },
    },
    Class {
        name: "F that overflows",
        since: (u64::MAX, 0),
        why: "no release refuses it in every byte order: little-endian and native pack infinity",
        applies: |case, part| {
            any_float(case, part, |token, _, x| {
                matches!(token.letters(), "F" | "Zf") && overflows(x)
            })
        },
    },
];

/// The class that keeps a part of a case out of the comparison with this version.
pub fn class_of(case: &Case, part: Part<'_>, version: Version) -> Option<usize> {
    CLASSES
        .iter()
        .position(|class| version < class.since && (class.applies)(case, part))
}

/// Leaves out the jobs that can't be compared; answers how many, by class.
pub fn set_aside(case: &mut Case, version: Version) -> [u64; CLASSES.len()] {
    let mut left_out = [0; CLASSES.len()];
    if let Some(class) = class_of(case, Part::Size, version) {
        left_out[class] += 1;
    }
    let jobs = std::mem::take(&mut case.jobs);
    for job in jobs {
        match class_of(case, Part::Job(&job), version) {
            Some(class) => left_out[class] += 1,
            None => case.jobs.push(job),
        }
    }
    left_out
}

fn is_repr(part: Part<'_>) -> bool {
    matches!(part, Part::Job(Job::Repr(_)))
}

fn is_unpacking(part: Part<'_>) -> bool {
    matches!(
        part,
        Part::Job(Job::Unpack(_) | Job::UnpackFrom(..) | Job::IterUnpack(_))
    )
}

fn is_empty_pascal(token: Token) -> bool {
    token.letters() == "p" && token.repetitions() == 0
}

fn any_token(case: &Case, is: impl Fn(Token) -> bool) -> bool {
    case.tokens
        .as_ref()
        .is_some_and(|tokens| tokens.tokens.iter().any(|t| is(*t)))
}

/// Whether a float that is to be packed is so, beside the code that it is for.
fn any_float(case: &Case, part: Part<'_>, is: fn(Token, &Tokens, f64) -> bool) -> bool {
    let (Part::Job(Job::Pack(values) | Job::PackInto(_, _, values)), Some(tokens)) =
        (part, &case.tokens)
    else {
        return false;
    };
    let codes = tokens.tokens.iter().flat_map(|token| {
        let arity = usize::try_from(token.arity()).unwrap_or(usize::MAX);
        std::iter::repeat_n(*token, arity)
    });
    values.iter().zip(codes).any(|(value, token)| match value {
        Value::Float(x) => is(token, tokens, *x),
        Value::Complex(re, im) => is(token, tokens, *re) || is(token, tokens, *im),
        _ => value.as_f64().is_some_and(|x| is(token, tokens, x)),
    })
}

fn overflows(x: f64) -> bool {
    x.is_finite() && (x as f32).is_infinite()
}

fn is_signalling(x: f64) -> bool {
    x.is_nan() && x.to_bits() & (1 << 51) == 0
}

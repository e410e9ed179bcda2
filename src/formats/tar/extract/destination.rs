//! Where a member goes, before anything is made: for extracting and for its preview.

use super::limits::Limits;
use super::{Failure, Policy, Refusal};
use crate::formats::tar::member::{Kind, Member};
use crate::formats::tar::member_path::parts_of;

/// What becomes of a member by its kind and its name.
pub(super) enum Destination<'m> {
    /// It is no file.
    PassedOver,
    /// Its name has no more parts than are taken off.
    Stripped,
    /// `./`, the folder itself.
    Root,
    /// A file of these folders and this name.
    At(Vec<&'m [u8]>),
}

impl<'m> Destination<'m> {
    pub(super) fn of(
        member: &'m Member,
        policy: &Policy,
        limits: &mut Limits,
    ) -> Result<Destination<'m>, Failure> {
        limits.member(member)?;
        if member.kind == Kind::Other {
            return Ok(Destination::PassedOver);
        }
        let Some(parts) = parts_of(&member.name, policy.strip_components, policy.filter)? else {
            return Ok(Destination::Stripped);
        };
        if parts.is_empty() {
            return match member.kind {
                Kind::Directory => Ok(Destination::Root),
                _ => Err(Refusal::Empty.into()),
            };
        }
        policy.takes(member)?;
        Ok(Destination::At(parts))
    }
}

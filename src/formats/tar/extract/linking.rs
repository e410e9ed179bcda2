//! Members that are neither files nor directories.

use std::borrow::Cow;

#[cfg(target_os = "linux")]
use super::system::special;
use super::{Extractor, Failure, Filter, Outcome, Refusal, Warning, links, system};
use crate::formats::tar::member::{Kind, Member};

impl Extractor {
    /// Symbolic links, devices, named pipes.
    pub(super) fn other(
        &mut self,
        member: &Member,
        above: &[&[u8]],
        name: &[u8],
    ) -> Result<Outcome, Failure> {
        let target = match (member.kind, self.policy.filter) {
            (Kind::Symlink, Filter::Data) => {
                links::stays_inside(above, &member.link, &self.folder)?
            }
            _ => Cow::Borrowed(&*member.link),
        };
        let parent = self.folder.parent(above)?;
        if !self.makes_room(&parent, above, name, member)? {
            return Ok(Outcome::Kept);
        }
        let attributes = self.attributes(member);
        let unset = match member.kind {
            Kind::Symlink => system::symlink(&parent, name, &target, &attributes)?,
            kind => special(&parent, name, kind, member.device, &attributes)?,
        };
        self.folder.link_changed();
        Warning::unset(&member.name, unset, &mut self.warnings);
        if let Cow::Owned(target) = target {
            let name = member.name.clone();
            Warning::append(&mut self.warnings, [Warning::Straightened { name, target }]);
        }
        Ok(Outcome::Extracted)
    }

    pub(super) fn hard_link(
        &mut self,
        member: &Member,
        above: &[&[u8]],
        name: &[u8],
    ) -> Result<Outcome, Failure> {
        let link = &member.link;
        let outside = || Refusal::LinkOutside(link.clone());
        let missing = || Refusal::LinkMissing(link.clone());
        let (target, followed) = links::target(link, &self.policy)?;
        let (target_name, target_parent) = target.split_last().ok_or_else(missing)?;
        let from = match followed {
            true => self.folder.followed(target_parent)?,
            false => self.folder.existing_parent(target_parent)?,
        };
        let from = from.ok_or_else(missing)?;
        if self.policy.filter == Filter::Data {
            if let Some(symlink) = system::read_link(&from, target_name) {
                links::moves(&symlink, link, above, &self.folder)?;
            }
            if !system::is_plain(&from, target_name) {
                return Err(outside().into());
            }
        }
        // Nothing makes room for a link that can't be made.
        match system::present(&from, target_name) {
            None => return Err(missing().into()),
            Some(there) if there.is_directory => return Err(outside().into()),
            Some(_) => {}
        }
        let parent = self.folder.parent(above)?;
        if !self.makes_room(&parent, above, name, member)? {
            return Ok(Outcome::Kept);
        }
        let made = system::hard_link(&from, target_name, &parent, name);
        self.folder.link_changed();
        made.map_err(|why| match why {
            Refusal::LinkMissing(_) => missing(),
            why => why,
        })?;
        Ok(Outcome::Extracted)
    }
}

/// Other systems make devices and named pipes in other ways, or have none.
#[cfg(not(target_os = "linux"))]
fn special(
    _: &system::Directory,
    _: &[u8],
    _: Kind,
    _: (u32, u32),
    _: &super::policy::Attributes,
) -> Result<Vec<super::policy::Unset>, Refusal> {
    Err(std::io::Error::from(std::io::ErrorKind::Unsupported).into())
}

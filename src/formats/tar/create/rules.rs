//! Which files go into an archive, and what becomes of their names, owners, modes and times.

mod gitignore;
mod globs;
mod mode;
mod owner;
mod time;
mod transform;

use std::io::Write;
use std::path::Path;

use gitignore::Gitignores;
pub(super) use gitignore::Unread;
use globs::Globs;
use mode::Mode;
use owner::Owner;
use transform::Transform;

use super::owners::Owners;
use super::{Builder, NewMember};
use crate::formats::tar::member::{Kind, Member};
use crate::formats::tar::member_path::meaning_parts;
use crate::formats::tar::time::Time;

/// Which files go into an archive, and what becomes of their names, owners, modes and times.
///
/// Whether a file is taken goes by the name that it would have without these rules. Then names
/// are changed, [stripped](Rules::strip_components) first and [transformed](Rules::transform)
/// afterwards; a member that has no name left is not added, but what is in it may be.
///
/// ```
/// use bytewright::formats::tar::{Archive, Builder, Rules};
/// # let home = tempfile::tempdir()?;
/// # let files = home.path().join("files");
/// # std::fs::create_dir_all(files.join("target"))?;
/// # for name in ["a.c", "a.o", "target/x"] { std::fs::write(files.join(name), "")?; }
///
/// let rules = Rules::new()
///     .exclude("*.o")?
///     .exclude("target")?
///     .transform("s/^files/tool-1.0/")?
///     .owner("root:0")?
///     .mode("go-w")?;
/// let mut builder = Builder::new(Vec::new()).rules(rules);
/// builder.add(&files, "files", &mut |notice| eprintln!("{notice}"))?;
///
/// let mut archive = Archive::new(builder.finish()?.into())?;
/// let names: Vec<_> = archive.members().map(|m| m.unwrap().name).collect();
/// assert_eq!(names, [&b"tool-1.0/"[..], b"tool-1.0/a.c"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Rules {
    files: Files,
    members: Members,
}

/// Rules that a path is enough for.
#[derive(Clone, Debug, Default)]
struct Files {
    exclude: Globs,
    include: Globs,
    gitignores: Option<Gitignores>,
}

/// Rules that need to know the file, or change the member.
#[derive(Clone, Debug, Default)]
struct Members {
    include: Globs,
    newer_than: Option<Time>,
    strip_components: usize,
    transforms: Vec<Transform>,
    owner: Option<Owner>,
    group: Option<Owner>,
    mode: Option<Mode>,
    mtime: Option<Time>,
    clamp_mtime: Option<Time>,
}

/// A rule that can't be understood: which one, and why.
#[derive(Debug, thiserror::Error)]
#[error("the {rule} {text:?}: {reason}")]
pub struct RuleError {
    rule: &'static str,
    text: String,
    reason: String,
}

impl RuleError {
    fn new(rule: &'static str, text: &str, reason: impl Into<String>) -> RuleError {
        let (text, reason) = (text.to_owned(), reason.into());
        RuleError { rule, text, reason }
    }

    /// Why, without the rule itself.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl Rules {
    /// No rules: everything is taken as it is.
    pub fn new() -> Rules {
        Rules::default()
    }

    /// Leaves out files and folders that a pattern matches, with everything in them.
    ///
    /// Patterns are those of shells, matched as GNU tar matches those of its `--exclude`: `*`,
    /// `?` and `[!a-z]` match `/` too, and a match may begin after any `/` of the name. Beyond
    /// GNU's, a pattern that ends in `/` matches folders alone, and what is in them; one that begins
    /// with `/` is matched with the path where the file is found, from its first byte on.
    ///
    /// # Errors
    ///
    /// When the pattern can't be understood.
    pub fn exclude(mut self, pattern: &str) -> Result<Rules, RuleError> {
        self.files.exclude.push(pattern)?;
        Ok(self)
    }

    /// Takes only what some pattern matches, and everything in folders that one matches; of other
    /// folders, only what they hold. What is [excluded](Rules::exclude) stays so.
    ///
    /// # Errors
    ///
    /// When the pattern can't be understood.
    pub fn include(mut self, pattern: &str) -> Result<Rules, RuleError> {
        self.files.include.push(pattern)?;
        self.members.include = self.files.include.clone();
        Ok(self)
    }

    /// Leaves out what the `.gitignore` files of the folders that are added say: each for what is
    /// below its folder. Those of folders above count no more than those of another repository;
    /// neither do `.git/info/exclude` and the user's own file. A link, and a file over 1 MiB, is
    /// not followed, and [noticed](super::NoticeKind::Gitignore) where the rules are those of
    /// [`Builder::rules`].
    #[must_use]
    pub fn gitignore(mut self, yes: bool) -> Rules {
        self.files.gitignores = yes.then(Gitignores::default);
        self
    }

    /// Leaves out files that weren't changed after a time. Folders are added whatever theirs is.
    #[must_use]
    pub fn newer_than(mut self, time: Time) -> Rules {
        self.members.newer_than = Some(time);
        self
    }

    /// Takes this many parts off the front of names. What has no more parts than that isn't added.
    #[must_use]
    pub fn strip_components(mut self, count: usize) -> Rules {
        self.members.strip_components = count;
        self
    }

    /// Changes names as `sed` would: `s/REGEX/REPLACEMENT/FLAGS`, or several of these with `;`
    /// between them; with another character than `/` if that is nicer.
    ///
    /// The expression has the syntax of the `regex` crate, and takes time in proportion to a
    /// name's length. In the replacement, `&` is what was matched, `\1` to `\9` are its groups.
    /// The flags are `g`, every match and not the first alone; a number, that match alone (with
    /// `g`, from that one on); `i`, in upper or lower case; `s`, targets of symbolic links too,
    /// which are left alone otherwise; `R`, names not. `r` and `S` are what happens anyway, and
    /// `x` is how expressions are written here. Hard links follow the name of what they link to.
    ///
    /// # Errors
    ///
    /// When the text can't be parsed; the error says why.
    pub fn transform(mut self, expression: &str) -> Result<Rules, RuleError> {
        self.members
            .transforms
            .extend(Transform::parse(expression)?);
        Ok(self)
    }

    /// The owner of every member: `NAME:NUMBER`, a `NUMBER`, whose name is the one that this
    /// system has for it, or a `NAME` that this system has a number for.
    ///
    /// # Errors
    ///
    /// When it is neither.
    pub fn owner(mut self, owner: &str) -> Result<Rules, RuleError> {
        let known = Owners::of_this_system();
        self.members.owner = Some(Owner::parse("owner", owner, known.users())?);
        Ok(self)
    }

    /// The group of every member, in the same words as its [owner](Rules::owner).
    ///
    /// # Errors
    ///
    /// When the text can't be parsed; the error says why.
    pub fn group(mut self, group: &str) -> Result<Rules, RuleError> {
        let known = Owners::of_this_system();
        self.members.group = Some(Owner::parse("group", group, known.groups())?);
        Ok(self)
    }

    /// Owners and groups that were given keep their numbers alone.
    #[must_use]
    pub fn numeric_owner(mut self) -> Rules {
        for owner in [&mut self.members.owner, &mut self.members.group] {
            owner.iter_mut().for_each(Owner::forget_name);
        }
        self
    }

    /// The mode of every member but symbolic links: octal, or changes as `chmod` takes them, such
    /// as `u+rw,go-w` and `a+X`. One that says nobody means all, whatever the umask.
    ///
    /// # Errors
    ///
    /// When the text can't be parsed; the error says why.
    pub fn mode(mut self, mode: &str) -> Result<Rules, RuleError> {
        self.members.mode = Some(Mode::parse(mode)?);
        Ok(self)
    }

    /// The time of every member.
    #[must_use]
    pub fn mtime(mut self, time: Time) -> Rules {
        self.members.mtime = Some(time);
        self
    }

    /// The time of members that would have a later one.
    #[must_use]
    pub fn clamp_mtime(mut self, time: Time) -> Rules {
        self.members.clamp_mtime = Some(time);
        self
    }

    /// A time in words: `@SECONDS` since 1970, with decimals if need be; a date such as
    /// `2024-02-29`, with a time of day after it (`2024-02-29 13:45`), in UTC unless an offset
    /// follows (`2024-02-29T13:45:00+01:00`); or that of an existing file, by its path.
    ///
    /// ```
    /// use bytewright::formats::tar::{Rules, Time};
    ///
    /// assert_eq!(Rules::time("@1.5")?.to_string(), "1.5");
    /// assert_eq!(Rules::time("2024-02-29")?, Time::at(1_709_164_800));
    /// assert_eq!(Rules::time("2024-02-29 13:45:01.5")?.to_string(), "1709214301.5");
    /// assert_eq!(Rules::time("1970-01-01T01:00:00+01:00")?, Time::at(0));
    /// # Ok::<(), bytewright::formats::tar::RuleError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When it is none of these.
    pub fn time(text: &str) -> Result<Time, RuleError> {
        time::parse(text)
    }

    /// The rules as a [selection](Builder::select) and a [filter](Builder::filter), for a builder
    /// that is to have more than these.
    ///
    /// ```
    /// use bytewright::formats::tar::{Builder, Rules};
    ///
    /// let (select, mut filter) = Rules::new().exclude("*.o")?.into_parts();
    /// let builder = Builder::new(Vec::new())
    ///     .select(select)
    ///     .filter(move |member| member.size < 1_000_000 && filter(member));
    /// # Ok::<(), bytewright::formats::tar::RuleError>(())
    /// ```
    #[expect(clippy::type_complexity, reason = "two closures have no shorter names")]
    pub fn into_parts(
        self,
    ) -> (
        impl FnMut(&Path, &[u8], bool) -> bool,
        impl FnMut(&mut NewMember) -> bool,
    ) {
        let Rules { mut files, members } = self;
        (
            move |path: &Path, name: &[u8], is_folder| files.take(path, name, is_folder),
            move |member: &mut NewMember| members.change(member),
        )
    }
}

impl Rules {
    /// Changes the name of a member that is extracted as [`Rules::transform`] says, and with it the
    /// target of a hard link, which is a name as well.
    ///
    /// ```
    /// use bytewright::formats::tar::{Archive, NewMember, Builder, Rules};
    ///
    /// let mut builder = Builder::new(Vec::new());
    /// builder.add_bytes(NewMember::file("old/a"), b"content")?;
    /// let mut archive = Archive::new(builder.finish()?.into())?;
    /// let mut member = archive.next_member()?.unwrap();
    /// Rules::new().transform("s/^old/new/")?.rename(&mut member);
    /// assert_eq!(member.name, b"new/a");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rename(&self, member: &mut Member) {
        for transform in &self.members.transforms {
            if transform.names {
                member.name = transform.apply(&member.name);
                if member.kind == Kind::Hardlink {
                    member.link = transform.apply(&member.link);
                }
            }
            if transform.symlinks && member.kind == Kind::Symlink {
                member.link = transform.apply(&member.link);
            }
        }
    }
}

impl<W: Write> Builder<'_, W> {
    /// Adds what these rules take, as they say: in place of a [selection](Builder::select) and a
    /// [filter](Builder::filter).
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.unread = rules.files.gitignores.as_ref().map(Gitignores::unread);
        let (select, filter) = rules.into_parts();
        self.select(select).filter(filter)
    }
}

impl Files {
    fn take(&mut self, path: &Path, name: &[u8], is_folder: bool) -> bool {
        if self.exclude.matches(path, name, is_folder) {
            return false;
        }
        // What folders hold may be included though they aren't.
        let included =
            is_folder || self.include.is_empty() || self.include.matches(path, name, false);
        let ignored = |gitignores: &mut Gitignores| gitignores.ignore(path, is_folder);
        included && !self.gitignores.as_mut().is_some_and(ignored)
    }
}

impl Members {
    /// Makes of a member what it is to be, and answers whether to add it, or what it holds.
    fn change(&self, member: &mut NewMember) -> bool {
        let is_folder = member.kind == Kind::Directory;
        if is_folder
            && !self.include.is_empty()
            && !self.include.matches(&member.path, &member.name, true)
        {
            member.name.clear();
        }
        if self.newer_than.is_some_and(|than| member.mtime <= than) && !is_folder {
            return false;
        }
        self.rename(member);
        if let Some(owner) = &self.owner {
            member.uid = owner.number;
            member.uname.clone_from(&owner.name);
        }
        if let Some(group) = &self.group {
            member.gid = group.number;
            member.gname.clone_from(&group.name);
        }
        if let Some(mode) = self.mode.as_ref().filter(|_| member.kind != Kind::Symlink) {
            member.mode = mode.of(member.mode, is_folder);
        }
        member.mtime = self.mtime.unwrap_or(member.mtime);
        if let Some(latest) = self.clamp_mtime {
            member.mtime = member.mtime.min(latest);
        }
        true
    }

    fn rename(&self, member: &mut NewMember) {
        if self.strip_components > 0 {
            let parts = meaning_parts(&member.name).skip(self.strip_components);
            member.name = parts.collect::<Vec<_>>().join(&b'/');
        }
        for transform in &self.transforms {
            if member.name.is_empty() {
                break;
            }
            if transform.names {
                member.name = transform.apply(&member.name);
                let slashes = member.name.iter().take_while(|&&byte| byte == b'/').count();
                member.name.drain(..slashes);
            }
            if transform.symlinks && member.kind == Kind::Symlink {
                member.link = transform.apply(&member.link);
            }
        }
    }
}

#[cfg(test)]
mod tests;

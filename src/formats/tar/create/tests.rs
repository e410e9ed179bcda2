//! What is promised of making archives: which members there are, what is said about them, and how
//! files become bytes.

#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, unused_imports, reason = "what tests of Linux use")
)]

mod copying;
mod files;
mod members;
mod new_members;
mod sparse;

use std::fs;
use std::path::Path;

use super::{Builder, Notice, NoticeKind};
use crate::formats::tar::archive::Archive;
use crate::formats::tar::member::Member;

/// Writes files, each holding its own name.
fn write(folder: &Path, names: &[&str]) {
    for name in names {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, name).unwrap();
    }
}

fn members(bytes: &[u8]) -> Vec<Member> {
    let mut archive = Archive::new(bytes.into()).unwrap();
    let members: Vec<_> = archive.members().map(Result::unwrap).collect();
    assert!(archive.problems().is_empty(), "{:?}", archive.problems());
    members
}

fn names(bytes: &[u8]) -> Vec<String> {
    let members = members(bytes).into_iter();
    members
        .map(|member| String::from_utf8(member.name).unwrap())
        .collect()
}

/// Adds these paths under these names, and answers the archive and what was said.
fn made(builder: Builder<'_, Vec<u8>>, sources: &[(&Path, &str)]) -> (Vec<u8>, Vec<NoticeKind>) {
    let mut builder = builder;
    let mut said = Vec::new();
    for (path, name) in sources {
        let mut notice = |notice: Notice| said.push(notice.kind);
        builder.add(path, *name, &mut notice).unwrap();
    }
    (builder.finish().unwrap(), said)
}

/// The same where nothing is to be said.
fn quietly(builder: Builder<'_, Vec<u8>>, sources: &[(&Path, &str)]) -> Vec<u8> {
    let (bytes, said) = made(builder, sources);
    assert!(said.is_empty(), "{said:?}");
    bytes
}

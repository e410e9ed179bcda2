//! Reading an archive in both ways, and what came of it.

use bytewright::formats::tar::{Archive, Error, Member};

use crate::common::within_processor_seconds;

/// Reads to the end or to an error; in little processor time, whatever comes.
pub(crate) fn read(bytes: impl Into<Vec<u8>>) -> (Vec<Member>, Option<Error>, Vec<&'static str>) {
    let bytes = bytes.into();
    let (streamed, (members, error, codes)) = within_processor_seconds(10, "reading", || {
        let stream = std::io::Cursor::new(bytes.clone());
        (
            members_of(&mut Archive::stream(stream).unwrap()),
            members_of(&mut Archive::new(bytes.into()).unwrap()),
        )
    });
    assert_eq!(
        streamed.0.iter().map(|m| &m.name).collect::<Vec<_>>(),
        members.iter().map(|m| &m.name).collect::<Vec<_>>(),
        "a stream is read as a file is"
    );
    let told = |error: &Option<Error>| error.as_ref().map(ToString::to_string);
    assert_eq!(
        told(&streamed.1),
        told(&error),
        "a stream is read as a file is"
    );
    assert_eq!(streamed.2, codes, "a stream is read as a file is");
    (members, error, codes)
}

/// Codes of the members' problems come first, then those of the archive.
pub(crate) fn members_of(archive: &mut Archive) -> (Vec<Member>, Option<Error>, Vec<&'static str>) {
    let mut members = Vec::new();
    let error = loop {
        match archive.next_member() {
            Ok(Some(member)) => members.push(member),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    assert!(
        archive.next_member().unwrap().is_none(),
        "nothing follows the end"
    );
    let problems = members
        .iter()
        .flat_map(|m| &m.problems)
        .chain(archive.problems());
    let codes = problems.map(|p| p.code).collect();
    (members, error, codes)
}

pub(crate) fn names(members: &[Member]) -> Vec<String> {
    members
        .iter()
        .map(|m| String::from_utf8_lossy(&m.name).into_owned())
        .collect()
}

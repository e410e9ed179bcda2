//! What each filter lets through.

use super::*;
use crate::formats::tar::NewMember;
use crate::schema::Field;

#[test]
fn permissions_are_those_of_the_data_filter() {
    for (mode, expected) in [
        (0o644, 0o644),
        (0o4755, 0o755),
        (0o777, 0o755),
        (0o000, 0o600),
        (0o111, 0o711),
        (0o011, 0o600),
        (0o2664, 0o644),
        (0o400, 0o600),
    ] {
        assert_eq!(data_mode(mode), expected, "{mode:o}");
    }
}

const FILTERS: [Filter; 3] = [Filter::Data, Filter::Tar, Filter::Trusted];

fn member(kind: Kind, mode: u32, records: &[(&str, &[u8])]) -> Member {
    let mut member = NewMember {
        kind,
        mode,
        name: b"m".to_vec(),
        ..NewMember::default()
    }
    .as_listed();
    for (keyword, value) in records {
        member.pax.push(*keyword, *value);
    }
    member
}

/// A number that the kernel would cut off would be that of another device.
#[test]
fn a_device_has_a_number_that_the_system_can_have() {
    let refused = |kind, device, unread: &[Field], filter| {
        let mut member = member(kind, 0o600, &[]);
        member.device = device;
        member.unread = unread.to_vec();
        Policy::new(filter)
            .takes(&member)
            .err()
            .map(|why| why.to_string())
    };
    for kind in [Kind::CharDevice, Kind::BlockDevice] {
        for filter in [Filter::Tar, Filter::Trusted] {
            let refused = |device, unread: &[Field]| refused(kind, device, unread, filter);
            assert_eq!(refused((4095, 1_048_575), &[]), None);
            let number = "it is the device 4096,0, and there are none beyond 4095,1048575";
            assert_eq!(refused((4096, 0), &[]).as_deref(), Some(number));
            let number = "it is the device 0,1048576, and there are none beyond 4095,1048575";
            assert_eq!(refused((0, 1_048_576), &[]).as_deref(), Some(number));
            for field in [field!("devmajor"), field!("devminor")] {
                let unread = refused((0, 0), &[field]);
                assert_eq!(unread.as_deref(), Some("its device number can't be read"));
            }
            assert_eq!(refused((1, 3), &[field!("uid")]), None);
        }
    }
    for (kind, why) in [
        (Kind::CharDevice, Some("it is a device")),
        (Kind::BlockDevice, Some("it is a device")),
        (Kind::Fifo, Some("it is a named pipe")),
        (Kind::File, None),
        (Kind::Symlink, None),
    ] {
        assert_eq!(refused(kind, (1, 3), &[], Filter::Data).as_deref(), why);
        assert_eq!(refused(kind, (1, 3), &[], Filter::Tar), None);
    }
}

#[test]
fn what_is_there_goes_or_stays_as_was_asked() {
    let makes_room = |existing, is_directory, older_by: i64| {
        let mut member = member(Kind::File, 0o600, &[]);
        member.mtime = Time::at(1000);
        let mut policy = Policy::new(Filter::Data);
        policy.existing = existing;
        let present = Present {
            is_directory,
            time: Time::at(1000 - older_by),
        };
        assert!(matches!(policy.makes_room(None, &member), Ok(true)));
        policy.makes_room(Some(&present), &member).ok()
    };
    for (existing, older, same, newer, directory) in [
        (
            Existing::Replace,
            Some(true),
            Some(true),
            Some(true),
            Some(true),
        ),
        (
            Existing::Keep,
            Some(false),
            Some(false),
            Some(false),
            Some(false),
        ),
        (
            Existing::Newer,
            Some(true),
            Some(false),
            Some(false),
            Some(true),
        ),
        (Existing::Fail, None, None, None, None),
    ] {
        assert_eq!(makes_room(existing, false, 1), older, "{existing:?}");
        assert_eq!(makes_room(existing, false, 0), same, "{existing:?}");
        assert_eq!(makes_room(existing, false, -1), newer, "{existing:?}");
        assert_eq!(makes_room(existing, true, -1), directory, "{existing:?}");
    }
}

/// The list says `rw-` of the group, its mask `r-x`; the mode has the mask in the group's place.
#[test]
fn a_mode_is_what_the_filter_leaves_of_it_and_the_list_of_its_group() {
    let list = b"user::rwx,group::rw-,mask::r-x,other::---";
    let xattr = Acl::of_text(list)
        .unwrap()
        .to_xattr(|_| None, |_| None)
        .unwrap();
    let named = format!("SCHILY.xattr.{}", String::from_utf8_lossy(acl::ACCESS.1));
    let other = [("SCHILY.xattr.user.x", &xattr[..])];
    let modes = |kind, mode, records: &[(&str, &[u8])]| {
        let member = member(kind, mode, records);
        FILTERS.map(|filter| Policy::new(filter).mode(&member))
    };
    for (kind, mode, expected) in [
        (
            Kind::File,
            0o7777,
            [Some(0o755), Some(0o1777), Some(0o7777)],
        ),
        (Kind::File, 0o070, [Some(0o640), Some(0o070), Some(0o070)]),
        (Kind::Directory, 0o7750, [None, Some(0o1750), Some(0o7750)]),
        (Kind::Fifo, 0o4640, [Some(0o640), Some(0o640), Some(0o4640)]),
        (Kind::Symlink, 0o777, [None; 3]),
    ] {
        assert_eq!(modes(kind, mode, &[]), expected, "{kind:?}");
        assert_eq!(modes(kind, mode, &other), expected, "{kind:?}");
    }
    let expected = [Some(0o740), Some(0o740), Some(0o740)];
    for records in [[(acl::ACCESS.0, &list[..])], [(&*named, &xattr)]] {
        assert_eq!(modes(Kind::File, 0o750, &records), expected);
        assert_eq!(modes(Kind::File, 0o710, &records)[1], Some(0o700));
    }
    let records = [(acl::ACCESS.0, &b"group::rwx,mask::rwx"[..])];
    assert_eq!(modes(Kind::File, 0o070, &records)[2], Some(0o070));
}

#[test]
fn extended_attributes_are_those_that_the_filter_lets_through() {
    let records: [(&str, &[u8]); 3] = [
        ("SCHILY.xattr.user.a", b"1"),
        ("SCHILY.xattr.security.b", b"2"),
        ("comment", b"3"),
    ];
    let member = member(Kind::File, 0o600, &records);
    let names = |policy: &Policy| -> Vec<String> {
        let (attributes, unset) = policy.attributes(&member, None);
        assert!(unset.is_empty());
        let names = attributes.xattrs.iter().map(|(name, _)| name.clone());
        names.map(|name| String::from_utf8(name).unwrap()).collect()
    };
    let mut asked = Policy::new(Filter::Data);
    asked.xattrs = true;
    assert_eq!(names(&Policy::new(Filter::Data)), [""; 0]);
    assert_eq!(names(&asked), ["user.a"]);
    assert_eq!(names(&Policy::new(Filter::Tar)), ["user.a"]);
    let all = ["user.a", "security.b"];
    assert_eq!(names(&Policy::new(Filter::Trusted)), all);
}

/// A list of another system has numbers of its own: what the text says takes its place.
#[test]
fn access_control_lists_are_set_where_the_archive_is_trusted() {
    let text = &b"user::rw-,group::r--,other::---"[..];
    let value = Acl::of_text(text).unwrap().to_xattr(|_| None, |_| None);
    let value = value.unwrap();
    let old = format!("SCHILY.xattr.{}", String::from_utf8_lossy(acl::ACCESS.1));
    let records = [
        (&*old, &b"of another system"[..]),
        ("SCHILY.xattr.user.a", b"1"),
        (acl::ACCESS.0, text),
        (acl::DEFAULT.0, text),
    ];
    let owners = Owners::of_this_system(false);
    let set = |kind, records: &[(&str, &[u8])], filter| {
        let member = member(kind, 0o640, records);
        let (attributes, unset) = Policy::new(filter).attributes(&member, Some(&owners));
        let unset: Vec<_> = unset
            .iter()
            .map(|(name, why)| format!("{name}: {why}"))
            .collect();
        (attributes.xattrs.into_vec(), unset)
    };
    let user = (b"user.a".to_vec(), b"1".to_vec());
    let access = (acl::ACCESS.1.to_vec(), value.clone());
    let default = (acl::DEFAULT.1.to_vec(), value);
    let (of_file, unset) = set(Kind::File, &records, Filter::Trusted);
    assert_eq!(
        (of_file, unset),
        (vec![user.clone(), access.clone()], vec![])
    );
    let (of_directory, _) = set(Kind::Directory, &records, Filter::Trusted);
    assert_eq!(of_directory, [user.clone(), access, default]);
    assert_eq!(set(Kind::Directory, &records, Filter::Tar).0, [user]);

    // An empty record takes an earlier one back.
    let (none, unset) = set(Kind::File, &[(acl::ACCESS.0, b"")], Filter::Trusted);
    assert_eq!((none, unset), (vec![], vec![]));
    let (none, unset) = set(Kind::File, &[(acl::ACCESS.0, b"junk")], Filter::Trusted);
    assert_eq!(none, []);
    let expected = "user::rwx,user:NAME:rwx,group::rwx,mask::rwx,other::rwx";
    let why = format!("SCHILY.acl.access: it is \"junk\", not like {expected}");
    assert_eq!(unset, [why]);
    let unknown = [(acl::ACCESS.0, &b"user:no such user here:rwx"[..])];
    let (_, unset) = set(Kind::File, &unknown, Filter::Trusted);
    let why = "SCHILY.acl.access: \"no such user here\" has no number here";
    assert_eq!(unset, [why]);
}

/// Root's name is known on every system, and its number is 0.
#[test]
fn names_in_lists_count_over_numbers_unless_numbers_are_asked_for() {
    let here = Owners::of_this_system(false);
    if (here.user(b"root"), here.group(b"root")) != (Some(0), Some(0)) {
        println!("skipped: root has no name here");
        return;
    }
    let records = [(acl::ACCESS.0, &b"user:root:rwx:7,group:root:rwx:8"[..])];
    let member = member(Kind::File, 0o600, &records);
    let ids = |numeric| {
        let mut policy = Policy::new(Filter::Trusted);
        policy.numeric_owner = numeric;
        let (attributes, _) = policy.attributes(&member, Some(&here));
        let (_, list) = attributes.xattrs.first().unwrap();
        [list[8..12].to_vec(), list[16..20].to_vec()]
    };
    assert_eq!(ids(false), [[0, 0, 0, 0], [0, 0, 0, 0]]);
    assert_eq!(ids(true), [[7, 0, 0, 0], [8, 0, 0, 0]]);
}

#[cfg(unix)]
#[test]
fn only_what_has_nothing_else_is_a_time_alone() {
    let time = || Attributes {
        time: Time::at(1),
        mode: None,
        owner: None,
        xattrs: Box::default(),
    };
    assert!(time().is_time_alone());
    let with_mode = Attributes {
        mode: Some(0o700),
        ..time()
    };
    let owner = Owner {
        user: None,
        group: None,
        is_given: false,
    };
    let with_owner = Attributes {
        owner: Some(owner),
        ..time()
    };
    let xattrs = [(b"user.a".to_vec(), Vec::new())];
    let with_xattr = Attributes {
        xattrs: xattrs.into(),
        ..time()
    };
    for more in [with_mode, with_owner, with_xattr] {
        assert!(!more.is_time_alone(), "{more:?}");
    }
}

//! The extended attributes of a file: those of users, and those that hold its access control
//! lists.

use std::fs::File;
use std::io;
use std::path::Path;

/// Names and values.
pub(super) type Xattrs = Vec<(Vec<u8>, Vec<u8>)>;

#[cfg(target_os = "linux")]
pub(super) fn of_file(file: &File) -> io::Result<Xattrs> {
    use rustix::fs::{fgetxattr, flistxattr};
    read(
        |buffer| flistxattr(file, buffer),
        |name, buffer| fgetxattr(file, name, buffer),
    )
}

#[cfg(target_os = "linux")]
pub(super) fn of_path(path: &Path, follow: bool) -> io::Result<Xattrs> {
    use rustix::fs::{getxattr, lgetxattr, listxattr, llistxattr};
    match follow {
        true => read(
            |buffer| listxattr(path, buffer),
            |name, buffer| getxattr(path, name, buffer),
        ),
        false => read(
            |buffer| llistxattr(path, buffer),
            |name, buffer| lgetxattr(path, name, buffer),
        ),
    }
}

#[cfg(target_os = "linux")]
fn read(
    list: impl Fn(&mut [u8]) -> rustix::io::Result<usize>,
    get: impl Fn(&[u8], &mut [u8]) -> rustix::io::Result<usize>,
) -> io::Result<Xattrs> {
    use rustix::io::Errno;

    /// The most that Linux keeps of either.
    const MOST: usize = 64 << 10;
    let mut buffer = vec![0; MOST];
    let names = match list(&mut buffer) {
        Ok(size) => buffer.get(..size).unwrap_or_default().to_vec(),
        Err(Errno::NOTSUP) => return Ok(Vec::new()),
        Err(e) => return Err(e.into()),
    };
    let mut xattrs = Vec::new();
    for name in names
        .split(|&byte| byte == 0)
        .filter(|name| !name.is_empty())
    {
        match get(name, &mut buffer) {
            Ok(size) => {
                let value = buffer.get(..size).unwrap_or_default().to_vec();
                xattrs.push((name.to_vec(), value));
            }
            // Gone meanwhile, or not for us.
            Err(Errno::NODATA | Errno::PERM | Errno::ACCESS) => {}
            Err(e) => return Err(e.into()),
        }
    }
    // The system lists them in the order of its own tables.
    xattrs.sort();
    Ok(xattrs)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn of_file(_: &File) -> io::Result<Xattrs> {
    Ok(Vec::new())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn of_path(_: &Path, _: bool) -> io::Result<Xattrs> {
    Ok(Vec::new())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        reason = "a test that can't go on fails"
    )]

    use super::*;
    use rustix::io::Errno;

    type Gotten = Result<&'static [u8], Errno>;

    /// What is read of these attributes.
    fn found(attributes: &[(&'static [u8], Gotten)]) -> io::Result<Xattrs> {
        let fill = |buffer: &mut [u8], bytes: &[u8]| {
            buffer[..bytes.len()].copy_from_slice(bytes);
            Ok(bytes.len())
        };
        let names: Vec<u8> = attributes
            .iter()
            .flat_map(|(name, _)| [name, &b"\0"[..]].concat())
            .collect();
        read(
            |buffer| fill(buffer, &names),
            |name, buffer| {
                let (_, value) = attributes.iter().find(|(own, _)| *own == name).unwrap();
                value.and_then(|value| fill(buffer, value))
            },
        )
    }

    #[test]
    fn what_can_be_read_is_in_order_and_what_cannot_is_left_out_or_told() {
        let long = &[7; 4000];
        let all = found(&[
            (b"user.b", Ok(b"2")),
            (b"user.a", Ok(long)),
            (b"user.gone", Err(Errno::NODATA)),
            (b"trusted.x", Err(Errno::PERM)),
            (b"security.y", Err(Errno::ACCESS)),
            (b"user.none", Ok(b"")),
        ]);
        let expected = [
            (b"user.a".to_vec(), long.to_vec()),
            (b"user.b".to_vec(), b"2".to_vec()),
            (b"user.none".to_vec(), Vec::new()),
        ];
        assert_eq!(all.unwrap(), expected);
        assert_eq!(found(&[]).unwrap(), []);
        found(&[(b"user.a", Err(Errno::IO))]).unwrap_err();
        let no_names = |errno: Errno| read(|_| Err(errno), |_, _| Ok(0));
        assert_eq!(no_names(Errno::NOTSUP).unwrap(), []);
        assert!(no_names(Errno::IO).is_err());
    }
}

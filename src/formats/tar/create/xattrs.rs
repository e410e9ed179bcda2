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

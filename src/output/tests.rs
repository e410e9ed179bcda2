use super::*;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn dropping_leaves_nothing_behind_and_keeps_the_old_content() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "old").unwrap();
    let mut file = AtomicFile::create(&path).unwrap();
    file.write_all(b"new").unwrap();
    assert_eq!(names(folder.path()).len(), 2);
    drop(file);
    assert_eq!(names(folder.path()), ["a"]);
    assert_eq!(fs::read(&path).unwrap(), b"old");
}

#[test]
fn a_directory_is_no_target() {
    let folder = tempfile::tempdir().unwrap();
    let error = AtomicFile::create(folder.path()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::IsADirectory);
}

#[test]
fn a_position_is_answered_and_written_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let mut file = AtomicFile::create(&path).unwrap();
    file.write_all(b"0123").unwrap();
    assert_eq!(file.seek(SeekFrom::End(-2)).unwrap(), 2);
    file.write_all(b"x").unwrap();
    assert_eq!(file.stream_position().unwrap(), 3);
    write_all_at(file.file(), b"y", 0).unwrap();
    file.commit().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"y1x3");
}

/// A list that keeps what is gone would grow, and an interruption would remove what has a
/// name again by then.
#[test]
fn what_is_finished_or_dropped_is_listed_no_longer() {
    let folder = tempfile::tempdir().unwrap();
    let listed = || {
        let is_here = |path: &&PathBuf| path.starts_with(folder.path());
        listed().iter().filter(is_here).count()
    };
    let mut files: Vec<_> = (0..300)
        .map(|i| AtomicFile::create(folder.path().join(i.to_string())).unwrap())
        .collect();
    assert_eq!(listed(), 300);
    files.pop().unwrap().commit().unwrap();
    assert_eq!(listed(), 299);
    drop(files);
    assert_eq!(listed(), 0);
}

#[cfg(unix)]
#[test]
fn links_are_followed_to_what_is_not_there_yet_and_never_in_circles() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("d")).unwrap();
    symlink("d/second", path("first")).unwrap();
    symlink("../new", path("d/second")).unwrap();
    let mut file = AtomicFile::create(path("first")).unwrap();
    file.write_all(b"there").unwrap();
    file.commit().unwrap();
    assert_eq!(fs::read(path("new")).unwrap(), b"there");
    assert!(fs::symlink_metadata(path("d/second")).unwrap().is_symlink());
    symlink("circle", path("circle")).unwrap();
    let error = AtomicFile::create(path("circle")).unwrap_err();
    let told = fs::metadata(path("circle")).unwrap_err();
    assert_eq!(error.raw_os_error(), told.raw_os_error());
    assert!(follow_links(&path("circle")).is_err());
    assert_eq!(names(folder.path()), ["circle", "d", "first", "new"]);
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_is_followed_and_the_mode_is_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("a"), folder.path().join("link"));
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
    symlink("a", &link).unwrap();
    let mut file = AtomicFile::create(&link).unwrap();
    file.write_all(b"new").unwrap();
    file.commit().unwrap();
    assert_eq!(names(folder.path()), ["a", "link"]);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&path).unwrap(), b"new");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o604);
}

/// A file that the same process makes as any program does is the measure.
#[cfg(unix)]
#[test]
fn a_new_file_has_the_mode_that_the_umask_leaves() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let mode = |name: &str| {
        let metadata = fs::metadata(folder.path().join(name)).unwrap();
        metadata.permissions().mode() & 0o7777
    };
    File::create(folder.path().join("measure")).unwrap();
    let file = AtomicFile::create(folder.path().join("new")).unwrap();
    file.commit().unwrap();
    assert_eq!(mode("new"), mode("measure"));
}

/// Only root can make files that belong to others.
#[cfg(unix)]
#[test]
fn a_foreign_file_that_is_replaced_keeps_its_owner_and_its_setuid_bit() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "old").unwrap();
    if chown(&path, Some(12_345), Some(23_456)).is_err() {
        println!("skipped: only root can give files away");
        return;
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o4750)).unwrap();
    let mut file = AtomicFile::create(&path).unwrap();
    file.write_all(b"new").unwrap();
    file.commit().unwrap();
    let found = fs::metadata(&path).unwrap();
    assert_eq!((found.uid(), found.gid()), (12_345, 23_456));
    assert_eq!(found.mode() & 0o7777, 0o4750);
    assert_eq!(fs::read(&path).unwrap(), b"new");
}

#[test]
fn a_file_that_was_changed_since_it_was_seen_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let replace = |change: &dyn Fn()| {
        fs::write(&path, "old").unwrap();
        let seen = fs::metadata(&path).unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        change();
        let done = file.commit_over(&seen);
        (done.is_ok(), fs::read(&path).ok(), names(folder.path()))
    };
    let only = vec!["a".to_owned()];
    assert_eq!(replace(&|| {}), (true, Some(b"new".to_vec()), only.clone()));
    let append = || {
        let mut file = File::options().append(true).open(&path).unwrap();
        file.write_all(b"+").unwrap();
    };
    assert_eq!(
        replace(&append),
        (false, Some(b"old+".to_vec()), only.clone())
    );
    // As long as before, with the time of writing set back.
    let overwrite = || {
        let time = fs::metadata(&path).unwrap().modified().unwrap();
        fs::write(&path, "OLD").unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(time + std::time::Duration::from_secs(1))
            .unwrap();
    };
    assert_eq!(replace(&overwrite), (false, Some(b"OLD".to_vec()), only));
    assert_eq!(
        replace(&|| fs::remove_file(&path).unwrap()),
        (false, None, vec![])
    );
}

/// A pipe of the test's own: code that replaces what it may not would replace a device of the
/// machine, where root runs it.
#[cfg(target_os = "linux")]
#[test]
fn what_is_no_regular_file_is_written_to_and_not_replaced() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    use std::io::Read;
    use std::os::unix::fs::FileTypeExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    mknodat(CWD, &path, FileType::Fifo, Mode::RWXU, 0).unwrap();
    // Open for both, so that neither end waits for the other.
    let mut pipe = File::options().read(true).write(true).open(&path).unwrap();
    let mut file = AtomicFile::create(&path).unwrap();
    assert_eq!(names(folder.path()), ["pipe"]);
    file.write_all(b"there").unwrap();
    file.sync().unwrap();
    file.commit().unwrap();
    let kind = fs::metadata(&path).unwrap().file_type();
    assert!(kind.is_fifo());
    let mut found = [0; 5];
    pipe.read_exact(&mut found).unwrap();
    assert_eq!(&found, b"there");
}

/// A descriptor of the place alone, which the system refuses to make sure of with another error than for a pipe.
#[cfg(target_os = "linux")]
#[test]
fn what_can_not_be_made_sure_of_is_an_error_but_where_there_is_no_disk() {
    use rustix::fs::{Mode, OFlags, open};

    let folder = tempfile::tempdir().unwrap();
    let file = AtomicFile {
        file: File::from(open(folder.path(), OFlags::PATH, Mode::empty()).unwrap()),
        temporary: None,
    };
    assert!(file.sync().is_err());
}

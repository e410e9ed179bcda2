//! Extracting any bytes under each filter that promises to stay inside: a folder beside the one
//! that is extracted into stays as it was.
#![no_main]

use std::cell::RefCell;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use bytewright::formats::tar::{Archive, Existing, Extractor, Filter, Outcome, Policy, Preview};
use bytewright_fuzz::archive;
use libfuzzer_sys::fuzz_target;

struct Scratch {
    home: PathBuf,
    round: u64,
}

impl Scratch {
    fn new() -> Scratch {
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let home = base.join(format!("bytewright-fuzz-{}", std::process::id()));
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(home.join("outside")).unwrap();
        fs::write(home.join("outside/secret"), "untouched").unwrap();
        Scratch { home, round: 0 }
    }

    /// A new folder with a link to the outside in it, as somebody may have left it there.
    fn into(&mut self) -> PathBuf {
        self.round += 1;
        let into = self.home.join("into");
        fs::create_dir(&into).unwrap();
        symlink("../outside", into.join("out")).unwrap();
        fs::create_dir(into.join("d")).unwrap();
        into
    }

    fn clean(&self, folder: &Path) {
        // Modes may keep even their owner out.
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let _ = fs::set_permissions(&folder, fs::Permissions::from_mode(0o700));
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let name = entry.file_name();
                assert!(!name.to_string_lossy().starts_with(".bytewright-"), "{name:?} was left");
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    folders.push(entry.path());
                }
            }
        }
        fs::remove_dir_all(folder).unwrap();
    }

    fn assert_untouched(&self) {
        let count = |path: &Path| fs::read_dir(path).unwrap().count();
        let outside = self.home.join("outside");
        assert_eq!(count(&self.home), 1);
        assert_eq!(count(&outside), 1);
        let secret = outside.join("secret");
        assert_eq!(fs::read(&secret).unwrap(), b"untouched");
        let metadata = fs::metadata(&secret).unwrap();
        assert_eq!((metadata.nlink(), metadata.mode() & 0o777), (1, 0o644));
    }
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::new());
}

fuzz_target!(|data: &[u8]| {
    let Some((&how, data)) = data.split_first() else {
        return;
    };
    let mut policy = Policy::new(if how & 1 == 0 { Filter::Data } else { Filter::Tar });
    policy.existing = match how >> 1 & 3 {
        0 => Existing::Replace,
        1 => Existing::Keep,
        2 => Existing::Newer,
        _ => Existing::Fail,
    };
    policy.strip_components = usize::from(how >> 3 & 1);
    policy.xattrs = true;
    policy.max_size = Some(1 << 40);
    policy.max_ratio = Some(100);
    policy.max_members = Some(1000);
    let Ok(mut archive) = Archive::new(sealed(data).into()) else {
        return;
    };
    SCRATCH.with_borrow_mut(|scratch| {
        let into = scratch.into();
        let mut preview = Preview::new(&into, policy.clone()).unwrap();
        let mut extractor = Extractor::with_policy(&into, policy).unwrap();
        if how & 0x80 != 0 {
            extractor = extractor.without_openat2();
        }
        while let Ok(Some(member)) = archive.next_member() {
            if how & 0x40 != 0 {
                let _ = preview.look(&mut archive, &member);
                continue;
            }
            match extractor.extract(&mut archive, &member) {
                Ok(Outcome::Refused(why)) => {
                    let _ = why.to_string();
                }
                Ok(_) => {}
                Err(_) => break,
            }
        }
        let _ = extractor.finish();
        scratch.clean(&into);
        scratch.assert_untouched();
    });
});

/// The same bytes with right checksums wherever a block could be a header: else hardly anything
/// gets past the first.
fn sealed(data: &[u8]) -> Vec<u8> {
    let mut bytes = data.to_vec();
    for block in bytes.chunks_exact_mut(512) {
        if block.iter().all(|&byte| byte == 0) {
            continue;
        }
        // Data that have no number there stay as they are.
        if block[148..156].iter().any(|byte| !matches!(byte, b'0'..=b'7' | b' ' | 0)) {
            continue;
        }
        archive::seal(block);
    }
    bytes
}

//! A folder to extract into, and a watched one beside it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;

use bytewright::formats::tar::{
    Archive, Error, Extractor, Filter, Outcome, Policy, Preview, Refusal,
};

/// Set where everything is tested as on a kernel without `openat2`.
pub(crate) const WALK: &str = "BYTEWRIGHT_TEST_WALK";

/// A folder to extract into, and one beside it that must stay as it is.
pub(crate) struct Place {
    pub(crate) home: tempfile::TempDir,
    pub(crate) into: PathBuf,
}

impl Place {
    pub(crate) fn new() -> Place {
        let home = tempfile::tempdir().unwrap();
        let into = home.path().join("into");
        fs::create_dir(&into).unwrap();
        fs::create_dir(home.path().join("outside")).unwrap();
        fs::write(home.path().join("outside/secret"), "untouched").unwrap();
        fs::set_permissions(
            home.path().join("outside"),
            fs::Permissions::from_mode(0o751),
        )
        .unwrap();
        Place { home, into }
    }

    /// What became of each member; afterwards, what lies outside is as it was.
    pub(crate) fn extract(&self, archive: Vec<u8>) -> Vec<(String, Outcome)> {
        let (outcomes, error) = self.try_extract(archive);
        assert!(error.is_none(), "{error:?}");
        outcomes
    }

    pub(crate) fn try_extract(&self, archive: Vec<u8>) -> (Vec<(String, Outcome)>, Option<Error>) {
        self.try_policy(archive, Policy::default())
    }

    /// As some other policy says.
    pub(crate) fn policy(&self, archive: Vec<u8>, policy: Policy) -> Vec<(String, Outcome)> {
        let (outcomes, error) = self.try_policy(archive, policy);
        assert!(error.is_none(), "{error:?}");
        outcomes
    }

    pub(crate) fn try_policy(
        &self,
        archive: Vec<u8>,
        policy: Policy,
    ) -> (Vec<(String, Outcome)>, Option<Error>) {
        let filter = policy.filter;
        let ran = self.run(archive, policy);
        self.assert_outside();
        if filter == Filter::Data {
            self.assert_links_lead_inside();
        }
        ran
    }

    /// What a preview says of each member. It writes nothing.
    fn previewed(&self, archive: Vec<u8>, policy: Policy) -> Vec<Outcome> {
        let mut archive = Archive::new(archive.into()).unwrap();
        let mut preview = Preview::new(&self.into, policy).unwrap();
        let mut outcomes = Vec::new();
        while let Ok(Some(member)) = archive.next_member() {
            match preview.look(&mut archive, &member) {
                Ok(outcome) => outcomes.push(outcome),
                Err(_) => break,
            }
        }
        outcomes
    }

    /// What a preview says is what extracting does, but for what only the system knows.
    fn run(&self, archive: Vec<u8>, policy: Policy) -> (Vec<(String, Outcome)>, Option<Error>) {
        let previewed = self.previewed(archive.clone(), policy.clone());
        let ran = self.run_alone(archive, policy);
        assert!(previewed.len() >= ran.0.len(), "{previewed:?}");
        for ((name, done), said) in ran.0.iter().zip(previewed) {
            if !matches!(done, Outcome::Refused(Refusal::System(_))) {
                assert_eq!(format!("{said:?}"), format!("{done:?}"), "{name}");
            }
        }
        ran
    }

    fn run_alone(
        &self,
        archive: Vec<u8>,
        policy: Policy,
    ) -> (Vec<(String, Outcome)>, Option<Error>) {
        let mut archive = Archive::new(archive.into()).unwrap();
        let mut extractor = Extractor::with_policy(&self.into, policy).unwrap();
        if std::env::var_os(WALK).is_some() {
            extractor = extractor.without_openat2();
        }
        let mut outcomes = Vec::new();
        let mut all = || -> Result<(), Error> {
            while let Some(member) = archive.next_member()? {
                let outcome = extractor.extract(&mut archive, &member)?;
                outcomes.push((String::from_utf8_lossy(&member.name).into_owned(), outcome));
            }
            Ok(())
        };
        let error = all().err();
        extractor.finish().unwrap();
        (outcomes, error)
    }

    /// The same where the folder can't, or isn't to, be looked through afterwards.
    pub(crate) fn policy_unwatched(
        &self,
        archive: Vec<u8>,
        policy: Policy,
    ) -> Vec<(String, Outcome)> {
        let (outcomes, error) = self.run(archive, policy);
        assert!(error.is_none(), "{error:?}");
        self.assert_outside();
        outcomes
    }

    pub(crate) fn assert_untouched(&self) {
        self.assert_outside();
        self.assert_links_lead_inside();
    }

    pub(crate) fn assert_outside(&self) {
        let outside = self.home.path().join("outside");
        let mut entries: Vec<_> = fs::read_dir(self.home.path())
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        entries.sort();
        assert_eq!(entries, ["into", "outside"]);
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
        let secret = outside.join("secret");
        assert_eq!(fs::read(&secret).unwrap(), b"untouched");
        let metadata = fs::metadata(&secret).unwrap();
        assert_eq!(metadata.nlink(), 1, "nothing links to it");
        assert_eq!(fs::metadata(&outside).unwrap().mode() & 0o7777, 0o751);
    }

    /// Every link that was made leads inside, or nowhere; and nothing is left behind by halves.
    fn assert_links_lead_inside(&self) {
        let mut folders = vec![self.into.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = entry_name(&path);
                assert!(!name.starts_with(".bytewright-"), "{name} was left behind");
                let metadata = path.symlink_metadata().unwrap();
                if metadata.is_dir() {
                    folders.push(path);
                } else if metadata.is_symlink()
                    && let Ok(target) = path.canonicalize()
                {
                    assert!(
                        target.starts_with(self.into.canonicalize().unwrap()),
                        "{path:?}"
                    );
                }
            }
        }
    }

    pub(crate) fn content(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.into.join(name)).ok()
    }
}

pub(crate) fn entry_name(path: &std::path::Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

pub(crate) fn refused(outcome: &Outcome) -> &Refusal {
    match outcome {
        Outcome::Refused(why) => why,
        other => panic!("not refused: {other:?}"),
    }
}

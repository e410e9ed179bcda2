//! The same tests once more: without `openat2`, as root, and as somebody else.

use std::process::Command;

use super::place::WALK;

/// Set in a run that is the second one.
const AGAIN: &str = "BYTEWRIGHT_TEST_AGAIN";

fn run(mut command: Command) {
    command.arg("hostile::").env(AGAIN, "1");
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("test result: ok"), "{said}");
    assert!(!said.contains(" 0 passed"), "{said}");
}

#[test]
fn all_of_it_without_openat2() {
    if std::env::var_os(AGAIN).is_some() {
        return;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(WALK, "1");
    run(command);
}

#[test]
fn all_of_it_as_a_user_with_and_without_openat2() {
    if std::env::var_os(AGAIN).is_some() {
        return;
    }
    if !rustix::process::geteuid().is_root() {
        println!("skipped: this is no root who could become somebody else");
        return;
    }
    // Where nobody may look into the folders that the test was built in, it is run from elsewhere.
    let folder = tempfile::tempdir().unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let exe = folder.path().join("test");
    std::fs::copy(std::env::current_exe().unwrap(), &exe).unwrap();
    let nobody = |walk| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        command.arg(&exe).current_dir("/");
        if walk {
            command.env(WALK, "1");
        }
        command
    };
    let tried = nobody(false).arg("--list").output();
    if !tried.is_ok_and(|output| output.status.success()) {
        println!("skipped: setpriv can't make us somebody else");
        return;
    }
    for walk in [false, true] {
        run(nobody(walk));
    }
}

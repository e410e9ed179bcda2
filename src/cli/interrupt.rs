//! Ctrl-C, a closed terminal, and being asked to end: half-written files go, and the exit status
//! is 130.

#[cfg(unix)]
use std::sync::Arc;
use std::sync::Once;

use super::{Exit, progress};
use crate::output;

/// Installs handlers that, on an interruption, remove the temporary files of this run, a progress bar, and colors.
/// A verb that writes files calls it before the first one; the others end as the system ends them.
pub(super) fn guard() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Without a handler the run ends as the system ends it, and leaves a temporary file.
        let _ = watch();
    });
}

/// Makes a file that exceeds the system's limit an error instead of the end of the process (SIGXFSZ), which would leave
/// its temporary files.
pub(super) fn outgrow() {
    #[cfg(unix)]
    {
        // Without a handler, the system ends the run.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    }
}

fn end() -> ! {
    output::discard_all();
    crate::view::restore();
    // The prompt may be in the place of a bar; other output ends in the middle of a line.
    let is_clean = progress::clear();
    uncolor(if is_clean { "" } else { "\n" });
    std::process::exit(Exit::Interrupted as i32)
}

/// Resets the terminal's colors, which may be set in the middle of colored text.
#[cfg(unix)]
fn uncolor(end: &str) {
    use std::io::{IsTerminal, Write};
    use std::os::fd::AsFd;

    // The interrupted thread may hold the lock of standard output.
    let stdout = std::io::stdout();
    if stdout.is_terminal()
        && let Ok(stdout) = stdout.as_fd().try_clone_to_owned()
    {
        let _ = std::fs::File::from(stdout).write_all(format!("\x1b[0m{end}").as_bytes());
    }
}

#[cfg(not(unix))]
fn uncolor(_end: &str) {}

#[cfg(not(unix))]
fn watch() -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(|| end())
}

#[cfg(unix)]
fn watch() -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    let ignored = ignored();
    // A signal that the parent had ignored, as nohup does, stays ignored.
    let heeded = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|&signal| {
        let bit = u32::try_from(signal).ok().and_then(|n| n.checked_sub(1));
        bit.and_then(|bit| ignored.checked_shr(bit))
            .is_none_or(|bits| bits & 1 == 0)
    });
    let mut signals = signal_hook::iterator::Signals::new(heeded)?;
    std::thread::Builder::new().spawn(move || {
        if signals.forever().next().is_some() {
            end();
        }
    })?;
    Ok(())
}

/// The signals that are ignored, a bit each from 1 on, where the system tells.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

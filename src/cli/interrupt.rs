//! Ctrl-C, and being asked to end: half-written files go, and the exit status is 130.

use std::sync::Once;

use super::Exit;
use crate::output;

/// From here on an interruption removes the temporary files of this run. A verb that writes
/// files calls it before the first one; the others end as the system ends them.
pub(super) fn guard() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Where somebody had the signals ignored, as nohup does, they stay ignored.
        let _ = ctrlc::try_set_handler(|| {
            output::discard_all();
            std::process::exit(Exit::Interrupted as i32);
        });
    });
}

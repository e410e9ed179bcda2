//! Writes every file under `fixtures/`, and the list of them in `fixtures/README.md`.
//!
//! ```sh
//! cargo run --example fixtures
//! ```

#[path = "fixtures/mod.rs"]
mod fixtures;

use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let all = fixtures::all();
    for fixture in &all {
        let path = root.join(fixture.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, &fixture.bytes)?;
    }
    fs::write(root.join("README.md"), fixtures::readme(&all))
}

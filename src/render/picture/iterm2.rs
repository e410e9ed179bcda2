//! iTerm2's inline images: a file in one operating system command, shown in this many cells.
//!
//! See <https://iterm2.com/documentation-images.html>.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Cells, Picture, png};

/// Writes a picture that takes at most this many cells; the terminal keeps its proportions.
pub(super) fn write(picture: &Picture<'_>, cells: Cells, out: &mut impl Write) -> io::Result<()> {
    let file = png(picture)?;
    let Cells { columns, rows } = cells;
    writeln!(
        out,
        "\x1b]1337;File=inline=1;size={};width={columns};height={rows};preserveAspectRatio=1:{}\x07",
        file.len(),
        STANDARD.encode(&file),
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::{noise, read_png};
    use super::*;

    #[test]
    fn the_payload_is_a_png_of_the_picture() {
        let picture = noise(40, 30);
        let cells = Cells {
            columns: 40,
            rows: 15,
        };
        let mut out = Vec::new();
        write(&picture, cells, &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        let (arguments, payload) = out
            .strip_prefix("\x1b]1337;File=")
            .and_then(|rest| rest.strip_suffix("\x07\n"))
            .and_then(|rest| rest.split_once(':'))
            .unwrap();
        let file = STANDARD.decode(payload).unwrap();
        let size = file.len();
        assert_eq!(
            arguments,
            format!("inline=1;size={size};width=40;height=15;preserveAspectRatio=1")
        );
        assert_eq!(read_png(&file), picture);
    }
}

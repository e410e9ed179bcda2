//! A folder as an archive under another name, and files in it under other names: Python's
//! `tar.add(path, arcname=…, filter=…)`.
//!
//! ```sh
//! cargo run --example tar_rename -- pictures.tar.gz fixtures/bmp pictures .bmp=.dib
//! cargo run --example tar_rename -- out.tar /home/usr/files newfile
//! ```
//!
//! The arguments after the name in the archive are renamings of the files below it: what a name ends
//! with, and what stands there instead.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use bytewright::codecs::Compression;
use bytewright::formats::tar::{Builder, Kind, NewMember};
use bytewright::output::AtomicFile;

const USAGE: &str = "usage: tar_rename ARCHIVE FOLDER NAME [FROM=TO]...\n\
    such as: tar_rename pictures.tar.gz fixtures/bmp pictures .bmp=.dib";

/// Ends of names, and what they become.
struct Renaming(Vec<(Vec<u8>, Vec<u8>)>);

impl Renaming {
    fn parse(arguments: &[String]) -> Result<Renaming, String> {
        let pairs = arguments.iter().map(|argument| {
            let pair = argument
                .split_once('=')
                .filter(|(from, _)| !from.is_empty());
            let (from, to) = pair.ok_or(format!("{argument}: expected FROM=TO"))?;
            Ok((from.into(), to.into()))
        });
        pairs.collect::<Result<_, _>>().map(Renaming)
    }

    /// Names in an archive are bytes, since archives don't say in which encoding they are.
    fn rename(&self, member: &mut NewMember) {
        if member.kind == Kind::Directory {
            return;
        }
        for (from, to) in &self.0 {
            if let Some(stem) = member.name.strip_suffix(&**from) {
                member.name = [stem, &**to].concat();
                return;
            }
        }
    }
}

/// Makes the archive, and writes the names of its members to `log`.
///
/// # Errors
///
/// When the arguments are not those of [`USAGE`], a file can't be read, or the archive not be written;
/// there is no archive then, and one that was there before stays as it is.
pub fn run(arguments: &[String], log: &mut (impl Write + Send)) -> Result<(), Box<dyn Error>> {
    let [archive, folder, name, renamings @ ..] = arguments else {
        return Err(USAGE.into());
    };
    let renaming = Renaming::parse(renamings)?;
    let archive = Path::new(archive);
    // The suffix says the compression: .tar, .tar.gz, .tar.zst.
    let file = AtomicFile::create(archive).map_err(|e| format!("{}: {e}", archive.display()))?;
    let out = Compression::of_name(archive).writer(file);

    let mut names = Vec::new();
    let mut notices = Vec::new();
    let mut builder = Builder::new(out)
        .filter(|member| {
            renaming.rename(member);
            true
        })
        .each(|member| names.push(String::from_utf8_lossy(&member.name).into_owned()));
    // In the folder that is packed may be the archive that is to be replaced.
    builder.leave_out(archive);
    builder.add(folder, &**name, &mut |notice| notices.push(notice))?;
    builder.finish()?.finish()?.commit()?;

    for notice in notices {
        writeln!(log, "note: {notice}")?;
    }
    for name in names {
        writeln!(log, "{name}")?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments, &mut io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{e}");
            ExitCode::from(2)
        }
    }
}

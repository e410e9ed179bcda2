//! `hash FILE…`: digests and HMACs of files, of parts of them, of fields; and lists checked.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use serde_json::Map;

use super::document::FormatArgs;
use super::error::{Context as _, Result, bail, error};
use super::files::{FilePart, Files, FilesArgs, expand};
use super::progress::Progress;
use super::stream::Stream;
use super::{Context, Exit, Input, Output, number};
use crate::hash::{Algorithm, Digest, Entry, Hasher, line, tagged_line};
use crate::inspect::{Found, display_path};
use crate::offset::Tally;
use crate::render::escape;
use crate::render::json::List;
use crate::value::literal;
use crate::value::text::counted;

/// The largest list that is checked, in bytes.
const MAX_LIST: u64 = 1 << 30;

#[derive(Debug, clap::Args)]
#[command(override_usage = "bytewright hash [OPTIONS] [FILE]... [PATH]",
          after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    files: FilesArgs,

    /// crc32, md5, sha1, sha256, sha512, blake3; several in one pass [default: sha256]
    #[arg(short, long, value_name = "NAME", value_delimiter = ',', value_parser = algorithm)]
    algorithm: Vec<Algorithm>,

    /// HMAC with this key: text, or hex:…
    #[arg(
        long,
        value_name = "KEY",
        allow_hyphen_values = true,
        conflicts_with = "hmac_file"
    )]
    hmac: Option<String>,

    /// HMAC with the content of this file as the key
    #[arg(long, value_name = "FILE")]
    hmac_file: Option<PathBuf>,

    /// Where to begin, in the file or in the part; a negative offset counts from the end
    #[arg(short = 's', long, value_name = "N", value_parser = number::offset, allow_hyphen_values = true)]
    offset: Option<i64>,

    /// Only this many bytes
    #[arg(short = 'n', long, value_name = "N", value_parser = number::size)]
    length: Option<u64>,

    #[command(flatten)]
    format: FormatArgs,

    /// Lines with the algorithm in them: SHA256 (file) = …
    #[arg(long)]
    tag: bool,

    /// Check the digests in lists that hash or coreutils wrote
    #[arg(short, long, conflicts_with_all = ["offset", "length", "path", "tag"])]
    check: bool,

    /// With --check: say nothing of files that are right
    #[arg(long, requires = "check")]
    quiet: bool,

    /// With --check: say nothing at all; the exit status tells
    #[arg(long, requires = "check", conflicts_with = "output")]
    status: bool,

    /// With --check: leave out files that are not there
    #[arg(long, requires = "check")]
    ignore_missing: bool,

    /// With --check: lines that can't be read are a failure
    #[arg(long, requires = "check")]
    strict: bool,

    /// How digests are written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json, Output::Jsonl]))]
    output: Output,
}

const AFTER_HELP: &str = "\
Lines are those of sha256sum and its kin; with several algorithms they carry
tags. Each part that PATH leads to has a line of its own, FILE:PATH.

Exit status: 1 where a checked file is not what the list says.";

const EXAMPLES: &str = "\
Lines are those of sha256sum and its kin; with several algorithms they carry
tags. Without a tag, the length of a digest tells its algorithm: 64 digits are
sha256 unless -a blake3 says otherwise. Each part that PATH leads to has a line
of its own, FILE:PATH, which --check can't check.

Exit status: 1 where a checked file is not what the list says, or a list has no
line that could be read.

Examples:
  bytewright hash *.iso
  bytewright hash photos/ > SHA256SUMS                 every file below
  bytewright hash -a crc32,sha256,blake3 firmware.bin
  bytewright hash --hmac secret message.txt
  bytewright hash --offset 0x200 --length 4KiB disk.img
  bytewright hash backup.tar 'members[*].header'       each with its path
  bytewright hash --check SHA256SUMS";

pub(super) fn algorithm(name: &str) -> Result<Algorithm, String> {
    Algorithm::named(name.trim()).ok_or_else(|| {
        let names = Algorithm::ALL.map(Algorithm::name).join(", ");
        format!("expected one of {names}")
    })
}

impl Args {
    pub(super) fn run(mut self, cx: &mut Context) -> Result<Exit> {
        if let Some(name) = self
            .files
            .arguments
            .first()
            .and_then(|first| first.to_str())
            && Algorithm::named(name).is_some()
            && !std::path::Path::new(name).exists()
        {
            bail!("{name} is an algorithm, and no file: bytewright hash -a {name} FILE");
        }
        let Files { files, part } = std::mem::take(&mut self.files).resolve()?;
        let key = self.key()?;
        if key.is_some()
            && let Some(algorithm) = self.algorithm.iter().find(|a| !a.has_hmac())
        {
            bail!("there is no HMAC with {algorithm}; md5, sha1, sha256 and sha512 have one");
        }
        if self.check {
            if let Some(path) = part.path {
                bail!("there is no list {path}");
            }
            return self.check_lists(&files, key.as_deref(), cx);
        }
        if self.algorithm.is_empty() {
            self.algorithm.push(Algorithm::Sha256);
        }
        let (files, mut exit) = expand(&files, |_| true, cx)?;
        let mut list = self.output.list();
        let mut progress = Progress::files(files.len());
        for (i, file) in files.iter().enumerate() {
            progress.set(i as u64);
            match self.digests(file, &part, &self.algorithm, key.as_deref(), cx) {
                Ok(of_parts) => {
                    for (path, digests) in of_parts {
                        self.print(file, path.as_deref(), &digests, &mut list, cx)?;
                    }
                }
                Err(error) => exit = exit.max(cx.report(error)?),
            }
        }
        list.end(cx.out())?;
        Ok(exit)
    }

    fn key(&self) -> Result<Option<Vec<u8>>> {
        Ok(match (&self.hmac, &self.hmac_file) {
            (Some(key), _) => Some(match key.strip_prefix("hex:") {
                Some(digits) => literal::hex(digits).map_err(|e| error!("--hmac: {e}"))?,
                None => key.clone().into_bytes(),
            }),
            (None, Some(path)) => {
                Some(fs::read(path).with_context(|| escape::path(path).to_string())?)
            }
            (None, None) => None,
        })
    }

    /// The digests of a file, or of each part of it that the path leads to, with its path.
    fn digests(
        &self,
        file: &Input,
        part: &FilePart,
        algorithms: &[Algorithm],
        key: Option<&[u8]>,
        cx: &Context,
    ) -> Result<Vec<(Option<String>, Vec<Digest>)>> {
        let name = || file.to_string();
        let offset = self.offset.unwrap_or(0);
        let of = |bytes: Stream| -> Result<Vec<Digest>> {
            let hasher = match key {
                Some(key) => Hasher::hmac(algorithms, key),
                None => Some(Hasher::new(algorithms)),
            };
            let mut hasher = hasher.context("there is no HMAC with this algorithm")?;
            hasher.update_from(&mut bytes.limit(self.length).watched(false))?;
            Ok(hasher.finish())
        };
        if part.path.is_none() {
            return Ok(vec![(None, of(Stream::open(file, offset)?)?)]);
        }
        let document = self.format.open(file, cx)?;
        let mut all = Vec::new();
        for Found { path, node, .. } in part.find(&document, &name())? {
            let digests = of(Stream::of_part(&document, node.range, name(), offset)?)?;
            all.push((
                Some(display_path(&path.to_string(), node.key.as_ref())),
                digests,
            ));
        }
        Ok(all)
    }

    fn print(
        &self,
        file: &Input,
        path: Option<&str>,
        digests: &[Digest],
        list: &mut List,
        cx: &mut Context,
    ) -> Result<()> {
        if self.output == Output::Text {
            let mut name = match file {
                Input::Stdin => b"-".to_vec(),
                // A list is for programs; on a terminal a name must not act.
                Input::File(path) if cx.is_terminal() => escape::path(path).to_string().into(),
                Input::File(path) => path.as_os_str().as_encoded_bytes().to_vec(),
            };
            if let Some(path) = path {
                name.push(b':');
                name.extend_from_slice(path.as_bytes());
            }
            for digest in digests {
                let text = if self.tag || digests.len() > 1 {
                    tagged_line(digest, &name)
                } else {
                    line(digest, &name)
                };
                cx.out().verbatim(&[&text, &b"\n"[..]].concat())?;
            }
            return Ok(());
        }
        let mut document = Map::new();
        document.insert("file".to_owned(), file.to_string().into());
        if let Some(path) = path {
            document.insert("path".to_owned(), path.into());
        }
        for digest in digests {
            let name = digest.algorithm.name().to_owned();
            document.insert(name, serde_json::to_value(digest)?);
        }
        Ok(list.write(&document, cx.out())?)
    }

    fn check_lists(&self, lists: &[Input], key: Option<&[u8]>, cx: &mut Context) -> Result<Exit> {
        let mut exit = Exit::Done;
        let mut values = self.output.list();
        for list in lists {
            match self.check_list(list, key, &mut values, cx) {
                Ok(answer) => exit = exit.max(answer),
                Err(error) => exit = exit.max(cx.report(error)?),
            }
        }
        if self.output != Output::Text {
            values.end(cx.out())?;
        }
        Ok(exit)
    }

    fn check_list(
        &self,
        list: &Input,
        key: Option<&[u8]>,
        values: &mut List,
        cx: &mut Context,
    ) -> Result<Exit> {
        let name = list.to_string();
        let text = lines(list)?;
        let mut counts = CheckCounts::default();
        for line in text.split(|&byte| byte == b'\n') {
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            let entry = Entry::parse(line);
            let algorithm = entry.as_ref().and_then(|entry| self.algorithm_of(entry));
            let (Some(entry), Some(algorithm)) = (entry, algorithm) else {
                counts.malformed.tally(1);
                continue;
            };
            counts.read.tally(1);
            self.check_entry((&entry, algorithm), key, &mut counts, values, cx)?;
        }
        counts.warn(&name, self.status, cx);
        if counts.read == 0 {
            bail!("{name}: no line of it is a digest and a name");
        }
        if self.ignore_missing && counts.matched == 0 && counts.differ == 0 {
            cx.warn(format!("{name}: no file was checked"));
            return Ok(Exit::No);
        }
        let fails = counts.differ > 0 || counts.unread > 0 || (self.strict && counts.malformed > 0);
        Ok(if fails { Exit::No } else { Exit::Done })
    }

    /// The tag decides, then what was asked for, then the length.
    fn algorithm_of(&self, entry: &Entry) -> Option<Algorithm> {
        let asked =
            |algorithm: &Algorithm| self.algorithm.is_empty() || self.algorithm.contains(algorithm);
        entry.candidates().find(asked)
    }

    fn check_entry(
        &self,
        (entry, algorithm): (&Entry, Algorithm),
        key: Option<&[u8]>,
        counts: &mut CheckCounts,
        values: &mut List,
        cx: &mut Context,
    ) -> Result<()> {
        let file = Input::from(os_string(&entry.name));
        let shown = escape::text(&entry.name).to_string();
        let answer = match self.digests(&file, &FilePart::default(), &[algorithm], key, cx) {
            Ok(of_parts) if is_among(&entry.digest, &of_parts) => {
                counts.matched.tally(1);
                if self.quiet {
                    return Ok(());
                }
                "OK"
            }
            Ok(_) => {
                counts.differ.tally(1);
                "FAILED"
            }
            Err(error) => {
                let missing = error.io_kind() == Some(std::io::ErrorKind::NotFound);
                if missing && self.ignore_missing {
                    return Ok(());
                }
                counts.unread.tally(1);
                if !self.status {
                    cx.report(error)?;
                }
                "FAILED open or read"
            }
        };
        if self.output != Output::Text {
            let verdict = match answer {
                "OK" => "ok",
                "FAILED" => "differs",
                _ => "unread",
            };
            let value = serde_json::json!({
                "file": shown,
                "algorithm": algorithm.name(),
                "verdict": verdict,
            });
            values.write(&value, cx.out())?;
        } else if !self.status {
            writeln!(cx.out(), "{shown}: {answer}")?;
        }
        Ok(())
    }
}

/// A list to check by.
pub(super) fn lines(list: &Input) -> Result<Vec<u8>> {
    list.read(MAX_LIST, "a list")
}

/// The results of a list's lines.
fn is_among(digest: &[u8], of_parts: &[(Option<String>, Vec<Digest>)]) -> bool {
    let mut digests = of_parts.iter().flat_map(|(_, digests)| digests);
    digests.any(|other| other.bytes == digest)
}

#[derive(Default)]
struct CheckCounts {
    read: u64,
    matched: u64,
    differ: u64,
    unread: u64,
    malformed: u64,
}

impl CheckCounts {
    fn warn(&self, list: &str, status: bool, cx: &mut Context) {
        if status {
            return;
        }
        if self.malformed > 0 {
            let lines = counted(self.malformed, "line");
            cx.warn(format!("{list}: {lines} could not be read"));
        }
        if self.unread > 0 {
            let files = counted(self.unread, "listed file");
            cx.warn(format!("{list}: {files} could not be read"));
        }
        if self.differ > 0 {
            let sums = counted(self.differ, "digest");
            cx.warn(format!("{list}: {sums} did not match"));
        }
    }
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec())
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

//! What `benches/whole.sh` compares formats of whole files with: the same fields read by hand.
//!
//!     peer pcapng FILE        the length of each block, one a line
//!     peer zip FILE           the name of each member, one a line

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let file = File::open(&arguments[2])?;
    let mut out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    match &*arguments[1] {
        "pcapng" => capture(file, &mut out)?,
        _ => archive(file, &mut out)?,
    }
    out.flush()
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

struct Input {
    file: BufReader<File>,
    is_big: bool,
}

impl Input {
    fn u16(&mut self) -> io::Result<u16> {
        let mut bytes = [0; 2];
        self.file.read_exact(&mut bytes)?;
        Ok(match self.is_big {
            true => u16::from_be_bytes(bytes),
            false => u16::from_le_bytes(bytes),
        })
    }

    fn u32(&mut self) -> io::Result<u32> {
        let mut bytes = [0; 4];
        self.file.read_exact(&mut bytes)?;
        Ok(match self.is_big {
            true => u32::from_be_bytes(bytes),
            false => u32::from_le_bytes(bytes),
        })
    }

    fn bytes(&mut self, n: usize, into: &mut Vec<u8>) -> io::Result<()> {
        into.resize(n, 0);
        self.file.read_exact(into)
    }

    fn skip(&mut self, n: u64) -> io::Result<()> {
        self.file.seek_relative(n as i64)
    }
}

fn capture(file: File, out: &mut impl Write) -> io::Result<()> {
    let size = file.metadata()?.len();
    let mut input = Input {
        file: BufReader::with_capacity(64 << 10, file),
        is_big: false,
    };
    let mut at = 0;
    let mut fields = 0u64;
    while at < size {
        let mut kind = input.u32()?;
        let mut length = input.u32()?;
        let mut rest = u64::from(length) - 12;
        match kind {
            0x0a0d_0d0a => {
                let mut mark = [0; 4];
                input.file.read_exact(&mut mark)?;
                let is_big = mark == [0x1a, 0x2b, 0x3c, 0x4d];
                if is_big != input.is_big {
                    kind = kind.swap_bytes();
                    length = length.swap_bytes();
                    rest = u64::from(length) - 12;
                    input.is_big = is_big;
                }
                let (major, minor) = (input.u16()?, input.u16()?);
                let section = [input.u32()?, input.u32()?];
                rest -= 16;
                fields += u64::from(kind != 0 && major >= minor && section != [0, 0]);
            }
            1 => {
                let link = input.u16()?;
                input.skip(2)?;
                let snap = input.u32()?;
                rest -= 8;
                fields += u64::from(link) + u64::from(snap);
            }
            6 => {
                let interface = input.u32()?;
                let (high, low) = (input.u32()?, input.u32()?);
                let captured = input.u32()?;
                let original = input.u32()?;
                let data = u64::from(captured.next_multiple_of(4));
                input.skip(data)?;
                rest -= 20 + data;
                fields ^= u64::from(interface) ^ u64::from(high) << 32 ^ u64::from(low);
                fields ^= u64::from(original);
            }
            _ => {
                input.skip(rest)?;
                rest = 0;
            }
        }
        while rest > 0 {
            let (code, n) = (input.u16()?, input.u16()?);
            let padded = u64::from(n).next_multiple_of(4);
            input.skip(padded)?;
            rest -= 4 + padded;
            fields += u64::from(code);
            if code == 0 {
                input.skip(rest)?;
                rest = 0;
            }
        }
        if input.u32()? != length {
            return Err(wrong("the length after a block is another"));
        }
        writeln!(out, "{length}")?;
        at += u64::from(length);
    }
    std::hint::black_box(fields);
    Ok(())
}

fn archive(mut file: File, out: &mut impl Write) -> io::Result<()> {
    let size = file.metadata()?.len();
    let from = size.saturating_sub(65_557);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let end = tail.windows(4).rposition(|w| w == b"PK\x05\x06");
    let end = from + end.ok_or_else(|| wrong("no end record"))? as u64;
    file.seek(SeekFrom::Start(end + 10))?;
    let mut local = Input {
        file: BufReader::with_capacity(64 << 10, file.try_clone()?),
        is_big: false,
    };
    let entries = local.u16()?;
    local.skip(4)?;
    let directory = local.u32()?;
    // Two places of one file: read in one piece, as the directory is.
    let mut bytes = vec![0; (end - u64::from(directory)) as usize];
    local.file.seek(SeekFrom::Start(directory.into()))?;
    local.file.read_exact(&mut bytes)?;
    let mut at = 0;
    let mut members = 0u64;
    let mut name = Vec::new();
    let mut place = local.file.stream_position()?;
    while bytes.get(at..at + 4) == Some(b"PK\x01\x02") {
        let u16_at = |i: usize| u16::from_le_bytes([bytes[at + i], bytes[at + i + 1]]);
        let u32_at = |i: usize| u32::from(u16_at(i)) | u32::from(u16_at(i + 2)) << 16;
        let [made_by, version, flags, method] = [4, 6, 8, 10].map(u16_at);
        let [modified, crc, packed, unpacked] = [12, 16, 20, 24].map(u32_at);
        let [name_size, extra_size, comment_size, disk, internal] = [28, 30, 32, 34, 36].map(u16_at);
        let [external, local_at] = [38, 42].map(u32_at);
        let here = &bytes[at + 46..at + 46 + usize::from(name_size)];
        at += 46 + usize::from(name_size) + usize::from(extra_size) + usize::from(comment_size);
        std::hint::black_box((made_by, version, flags, method, modified, crc, unpacked, disk));
        std::hint::black_box((internal, external));
        local.file.seek_relative(i64::from(local_at) - place as i64)?;
        if local.u32()? != 0x0403_4b50 {
            return Err(wrong("no local header"));
        }
        let head = [local.u16()?, local.u16()?, local.u16()?];
        let numbers = [local.u32()?, local.u32()?, local.u32()?, local.u32()?];
        let (name_size, extra_size) = (local.u16()?, local.u16()?);
        local.bytes(name_size.into(), &mut name)?;
        local.skip(u64::from(extra_size) + u64::from(packed))?;
        place = u64::from(local_at) + 30 + u64::from(name_size) + u64::from(extra_size);
        place += u64::from(packed);
        std::hint::black_box((head, numbers));
        out.write_all(here)?;
        out.write_all(b"\n")?;
        members += 1;
    }
    // A directory of more members than two bytes count is one of ZIP64.
    match members == u64::from(entries) || entries == u16::MAX {
        true => Ok(()),
        false => Err(wrong("another number of members")),
    }
}

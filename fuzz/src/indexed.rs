//! Gzipped archives in blocks, with an index after them that lies as a plan in bytes says.

use std::io::Write;
use std::num::NonZeroUsize;
use std::sync::LazyLock;

use bytewright::codecs::gzip::{Writer, note};
use bytewright::{Struct, Value};

use crate::archive::{BLOCK, Plan, seal};

/// What members are called, so that names meet; one is too long for a header.
pub const NAMES: [&str; 8] = ["a", "b", "d/", "d/a", "d/b", LONG, "é", "install.sh"];

const LONG: &str = "long/long/long/long/long/long/long/long/long/long/long/long/long/\
    long/long/long/long/long/long/long/long/long";

/// Nothing gets larger than this, whatever the plan.
const LARGEST: usize = 12 << 10;

static HEAD: LazyLock<Struct> = LazyLock::new(|| Struct::new("V V V V V V").unwrap());
static MEMBER: LazyLock<Struct> =
    LazyLock::new(|| Struct::new("V:gap V:shared V:length [length]s:rest").unwrap());
static NUMBER: LazyLock<Struct> = LazyLock::new(|| Struct::new("V").unwrap());

/// A file whose archive is right, and whose index may not be.
pub struct Indexed {
    /// The archive before it was compressed.
    pub content: Vec<u8>,
    /// The file.
    pub bytes: Vec<u8>,
    /// Whether any other gzip reads it.
    pub is_whole: bool,
    /// Whether the index says what is so.
    pub is_true: bool,
}

/// Carries a plan out.
pub fn build(plan: &[u8]) -> Indexed {
    let mut plan = Plan::new(plan);
    let block = BLOCK * (1 + usize::from(plan.byte() % 6));
    let mut content = Vec::new();
    let (mut entries, mut hidden) = (Vec::new(), Vec::new());
    members(&mut plan, &mut content, &mut entries, &mut hidden, 0);
    let tail = plan.byte();
    content.resize(content.len() + 2 * BLOCK + usize::from(tail % 8) * BLOCK, 0);
    if tail & 0x80 != 0 {
        // What stands after the end is no part of the archive, whatever an index says.
        members(&mut plan, &mut content, &mut hidden, &mut Vec::new(), 0);
        content.resize(content.len() + 2 * BLOCK, 0);
    }
    let mut bytes = Vec::new();
    let mut sizes = Vec::new();
    for part in content.chunks(block) {
        let member = compress(part);
        sizes.push(member.len() as u64);
        bytes.extend(member);
    }
    let mut index = Index {
        numbers: [1, block as u64, content.len() as u64, 0, 0, 0],
        entries,
        hidden,
        sizes,
    };
    let stream = bytes.len() as u64;
    let truth = index.to_bytes();
    let mut told = truth.clone();
    let lies = plan.byte() % 4;
    for _ in 0..lies {
        index.lie(&mut plan);
    }
    if lies > 0 {
        told = index.to_bytes();
    }
    noise(&mut plan, &mut told);
    note::write(&mut bytes, stream, &told).expect("memory is written");
    let is_whole = !damage(&mut plan, &mut bytes, stream as usize);
    Indexed {
        content,
        bytes,
        is_whole,
        is_true: is_whole && told == truth,
    }
}

/// Puts members into an archive, one after the other; those within the data of others are hidden.
fn members(
    plan: &mut Plan<'_>,
    out: &mut Vec<u8>,
    entries: &mut Vec<(Vec<u8>, u64)>,
    hidden: &mut Vec<(Vec<u8>, u64)>,
    depth: usize,
) {
    for _ in 0..plan.byte() % 12 {
        if out.len() > LARGEST {
            break;
        }
        let (name, choice) = (NAMES[usize::from(plan.byte() % 8)], plan.byte());
        let mut inner_entries = Vec::new();
        // What is called a folder has no data, whatever its header says.
        let data = match choice % 4 {
            _ if name.ends_with('/') => Vec::new(),
            0 => Vec::new(),
            1 => plan.some().to_vec(),
            2 => plan.some().repeat(1 + usize::from(plan.byte())),
            _ if depth < 2 => {
                let mut inner = vec![0; usize::from(plan.byte() % 3) * BLOCK];
                let mut deeper = Vec::new();
                members(plan, &mut inner, &mut inner_entries, &mut deeper, depth + 1);
                inner_entries.extend(deeper);
                inner
            }
            _ => vec![b'z'; 3 * BLOCK],
        };
        entries.push((name.into(), out.len() as u64));
        // Global headers forbid an index; within the data of a member they mean nothing.
        let flag = if depth > 0 && choice & 0xc0 != 0 {
            b'g'
        } else {
            b'x'
        };
        if flag == b'g' || choice & 4 != 0 {
            let owner = NAMES[usize::from(plan.byte() % 8)];
            let record = |keyword: &str, value: &str| {
                let body = keyword.len() + value.len() + 3;
                let size = if body + 2 > 99 { body + 3 } else { body + 2 };
                let size = if body + 1 < 10 { body + 1 } else { size };
                format!("{size} {keyword}={value}\n")
            };
            let mut records = record("uname", owner);
            if flag == b'g' && choice & 24 == 24 {
                records += &record("path", owner);
            }
            put(out, "pax", flag, records.as_bytes());
        }
        if name.len() > 100 {
            put(out, "longname", b'L', &[name.as_bytes(), b"\0"].concat());
        }
        let flag = if name.ends_with('/') { b'5' } else { b'0' };
        put(out, &name[..name.len().min(100)], flag, &data);
        let start = (out.len() - data.len().next_multiple_of(BLOCK)) as u64;
        let inside = inner_entries.into_iter();
        hidden.extend(inside.map(|(name, offset)| (name, start + offset)));
    }
}

/// Puts a header and data, with padding, after an archive.
fn put(out: &mut Vec<u8>, name: &str, flag: u8, data: &[u8]) {
    let mut block = [0; BLOCK];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[100..124].copy_from_slice(b"0000644\x000000000\x000000000\0");
    block[124..136].copy_from_slice(format!("{:011o}\0", data.len()).as_bytes());
    block[136..148].copy_from_slice(b"14400000000\0");
    block[156] = flag;
    block[257..265].copy_from_slice(b"ustar\x0000");
    seal(&mut block);
    out.extend(block);
    out.extend(data);
    out.resize(out.len().next_multiple_of(BLOCK), 0);
}

/// One block of a stream.
fn compress(data: &[u8]) -> Vec<u8> {
    let mut writer = Writer::with_threads(Vec::new(), 0, NonZeroUsize::MIN);
    writer.write_all(data).expect("memory is written");
    writer.finish().expect("memory is written").0
}

/// The same without what makes a gzip member of it.
fn deflate(data: &[u8]) -> Vec<u8> {
    let member = compress(data);
    member[20..member.len() - 8].to_vec()
}

/// What an index says.
struct Index {
    /// The numbers of its head; of those that follow from the rest, how much they are off.
    numbers: [u64; 6],
    entries: Vec<(Vec<u8>, u64)>,
    /// What looks like members, and isn't.
    hidden: Vec<(Vec<u8>, u64)>,
    /// The compressed sizes of the blocks.
    sizes: Vec<u64>,
}

impl Index {
    fn lie(&mut self, plan: &mut Plan<'_>) {
        let (what, at, by) = (
            plan.byte(),
            usize::from(plan.byte()),
            u64::from(plan.byte()),
        );
        let count = self.entries.len();
        let name = || NAMES[at / 32].as_bytes().to_vec();
        match what % 14 {
            0 if count > 0 => self.entries[at % count].0 = name(),
            1 if count > 0 => self.entries[at % count].1 = by * BLOCK as u64,
            2 if count > 0 => drop(self.entries.remove(at % count)),
            3 => self
                .entries
                .insert(at % (count + 1), (name(), by * BLOCK as u64)),
            4 => {
                self.entries.push((name(), by * BLOCK as u64));
                self.entries.sort_by_key(|entry| entry.1);
            }
            5 => {
                let number = &mut self.numbers[at % 6];
                *number = if by & 1 == 0 {
                    number.wrapping_add(by << (at / 6))
                } else {
                    number.wrapping_sub(by << (at / 6))
                };
            }
            6 if !self.sizes.is_empty() => {
                let at = at % self.sizes.len();
                self.sizes[at] = self.sizes[at].wrapping_add(by).wrapping_sub(128);
            }
            7 if self.sizes.len() > 1 => {
                let size = self.sizes.remove(at % self.sizes.len());
                if by & 1 == 0 {
                    let other = usize::from(plan.byte()) % self.sizes.len();
                    self.sizes[other] += size;
                }
            }
            8 => self.shift(at % 8, by & 1 == 0),
            9..=12 if !self.hidden.is_empty() => {
                // One that isn't there, or all from there on, in place of those before.
                let start = at % self.hidden.len();
                let count = if by & 1 == 0 { 1 } else { self.hidden.len() };
                let first = self.hidden[start].1;
                let more = self.hidden.iter().skip(start).take(count).cloned();
                self.entries.extend(more.collect::<Vec<_>>());
                self.entries.sort_by_key(|entry| entry.1);
                let place = self.entries.iter().position(|entry| entry.1 == first);
                let before = place.filter(|place| by & 2 == 0 && *place > 1);
                // The first one has to stay: it begins the archive.
                self.entries.drain(1..before.unwrap_or(1));
            }
            // As it was, but for the order.
            _ => self.entries.reverse(),
        }
    }

    /// All blocks but the last hold more, or less, than they do, and the members that begin in the
    /// last one stand as far away.
    fn shift(&mut self, by: usize, is_more: bool) {
        let by = (by * BLOCK) as u64;
        let before = self.sizes.len().saturating_sub(1) as u64;
        let start = self.numbers[1].wrapping_mul(before);
        let moved = |number: u64, by: u64| match is_more {
            true => number.wrapping_add(by),
            false => number.wrapping_sub(by),
        };
        let whole = by.wrapping_mul(before);
        for (_, offset) in self.entries.iter_mut().filter(|entry| entry.1 >= start) {
            *offset = moved(*offset, whole);
        }
        self.numbers[1] = moved(self.numbers[1], by);
        self.numbers[2] = moved(self.numbers[2], whole);
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut members = Vec::new();
        let mut last: (&[u8], u64) = (&[], 0);
        for (name, offset) in &self.entries {
            let shared = last.0.iter().zip(name).take_while(|(a, b)| a == b).count();
            let rest = &name[shared..];
            let record = MEMBER.pack(&[
                Value::from(offset.wrapping_sub(last.1)),
                Value::from(shared as u64),
                Value::from(rest.len() as u64),
                Value::from(rest),
            ]);
            members.extend(record.expect("a record of an index"));
            last = (name, *offset);
        }
        let members = deflate(&members);
        let mut sizes = Vec::new();
        for &size in &self.sizes {
            sizes.extend(NUMBER.pack(&[Value::from(size)]).expect("a number"));
        }
        let [version, block, size, blocks, count, members_size] = self.numbers;
        let numbers = [
            version,
            block,
            size,
            blocks.wrapping_add(self.sizes.len() as u64),
            count.wrapping_add(self.entries.len() as u64),
            members_size.wrapping_add(members.len() as u64),
        ];
        let head = HEAD.pack(&numbers.map(Value::from)).expect("six numbers");
        [head, members, deflate(&sizes)].concat()
    }
}

/// Puts noise, plain or deflated, in place of a part of an index.
fn noise(plan: &mut Plan<'_>, told: &mut Vec<u8>) {
    let choice = plan.byte();
    let (at, size) = (usize::from(plan.byte()), usize::from(plan.byte()));
    let start = at % (told.len() + 1);
    let end = told.len().min(start + size);
    match choice % 16 {
        0 => drop(told.splice(start..end, plan.rest().iter().copied())),
        1 => *told = plan.rest().to_vec(),
        2 | 3 => {
            // A head that is right, and what it leads to from the plan; many times over, maybe.
            let count = if choice & 0x80 == 0 { 1 } else { 1 + at * size };
            let most = (256 << 10) / plan.rest().len().max(1);
            let members = deflate(&plan.rest().repeat(count.min(most)));
            if let Ok((head, read)) = HEAD.unpack_prefix(told) {
                let mut numbers: Vec<u64> = head
                    .entries()
                    .filter_map(|(_, number)| number.as_u64())
                    .collect();
                let behind = (read as u64).saturating_add(numbers[5]);
                let sizes = usize::try_from(behind).ok().and_then(|at| told.get(at..));
                let sizes = sizes.unwrap_or_default().to_vec();
                numbers[4] = numbers[4].max(u64::from(choice) * 8);
                numbers[5] = members.len() as u64;
                let head = numbers.into_iter().map(Value::from).collect::<Vec<_>>();
                *told = [HEAD.pack(&head).expect("six numbers"), members, sizes].concat();
            }
        }
        _ => {}
    }
}

/// Changes the note as it stands in the file, or what follows it. Answers whether it did.
fn damage(plan: &mut Plan<'_>, bytes: &mut Vec<u8>, start: usize) -> bool {
    let (choice, at, with) = (plan.byte(), usize::from(plan.byte()), plan.byte());
    match choice % 16 {
        1 => bytes.extend(plan.some()),
        2 => bytes.truncate(bytes.len() - at.min(bytes.len() - start)),
        3 | 4 => {
            let at = bytes.len() - 1 - at.min(bytes.len() - start - 1);
            bytes[at] ^= with | 1;
        }
        _ => return false,
    }
    true
}

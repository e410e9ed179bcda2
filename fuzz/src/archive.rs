//! Archives after a plan in bytes, with right checksums: so what is fuzzed is what lies behind
//! them.

pub(crate) const BLOCK: usize = 512;

/// Every type that means something, some that don't.
const FLAGS: &[u8; 20] = b"0125xxgLKS\x000D76MVX?x";

const KEYWORDS: [&str; 16] = [
    "path", "linkpath", "size", "mtime", "uid", "gid", "uname", "gname", "hdrcharset",
    "GNU.sparse.major", "GNU.sparse.minor", "GNU.sparse.name", "GNU.sparse.realsize",
    "GNU.sparse.map", "GNU.sparse.numblocks", "comment",
];

/// What is built doesn't get larger than this, whatever the plan.
const LARGEST: usize = 16 << 10;

/// Carries a plan out.
pub fn build(plan: &[u8]) -> Vec<u8> {
    let mut plan = Plan::new(plan);
    let mut out = Vec::new();
    while !plan.0.is_empty() && out.len() < LARGEST {
        match plan.byte() % 16 {
            0 => out.extend([0; BLOCK]),
            1 => out.extend([0; 2 * BLOCK]),
            2 => out.extend(plan.take(64)),
            _ => member(&mut plan, &mut out),
        }
    }
    out
}

/// Gives a header the right checksum.
///
/// # Panics
///
/// When it isn't a whole block.
pub fn seal(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// Bytes that say what is to be done.
pub(crate) struct Plan<'a>(&'a [u8]);

impl<'a> Plan<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Plan<'a> {
        Plan(bytes)
    }

    /// What is left of it, which stays.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// Nothing but zeros follows the end.
    pub(crate) fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or(0)
    }

    /// Up to so many bytes.
    fn take(&mut self, size: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(size.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// Few bytes, as many as the plan says.
    pub(crate) fn some(&mut self) -> &'a [u8] {
        let size = usize::from(self.byte() % 24);
        self.take(size)
    }
}

fn member(plan: &mut Plan<'_>, out: &mut Vec<u8>) {
    let flag = FLAGS[usize::from(plan.byte()) % FLAGS.len()];
    let data = match flag {
        b'x' | b'g' | b'X' => records(plan),
        _ => plan.some().repeat(1 + usize::from(plan.byte() >> 6) * 10),
    };
    let mut block = [0; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, plan.some());
    put(100, b"0000644\00000000\00000000\0");
    put(124, format!("{:011o}\0", data.len()).as_bytes());
    put(136, b"14400000000\0");
    put(156, &[flag]);
    put(157, plan.some());
    let choice = plan.byte();
    match choice % 4 {
        0 => {}
        1 => put(257, b"ustar  \0"),
        2 => put(257, b"ustar\000"),
        _ => {
            put(257, b"ustar\000");
            put(508, b"tar\0");
        }
    }
    // Now and then some bytes are others: numbers, owners, the prefix, the map of a sparse file.
    for _ in 0..choice >> 6 {
        let at = usize::from(plan.byte()) * 2;
        let bytes = plan.some();
        put(at.min(BLOCK - bytes.len()), bytes);
    }
    seal(&mut block);
    out.extend(block);
    out.extend(&data);
    if choice & 4 == 0 {
        out.resize(out.len().next_multiple_of(BLOCK), 0);
    }
}

/// Records with right lengths, or nearly.
fn records(plan: &mut Plan<'_>) -> Vec<u8> {
    let mut data = Vec::new();
    for _ in 0..plan.byte() % 6 {
        let choice = plan.byte();
        let keyword = KEYWORDS[usize::from(choice % 16)];
        let number;
        let value = match choice >> 6 {
            0 => {
                number = (u16::from(plan.byte()) * 3).to_string();
                number.as_bytes()
            }
            _ => plan.some(),
        };
        let body = keyword.len() + value.len() + 3;
        let size = body + if body + 1 > 9 { 2 } else { 1 } - usize::from(choice >> 4 == 7);
        data.extend(format!("{size} {keyword}=").bytes());
        data.extend(value);
        data.push(b'\n');
    }
    data
}

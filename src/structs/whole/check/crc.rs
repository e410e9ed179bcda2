//! Cyclic redundancy checks, with the parameters of the catalogue of parametrised CRC algorithms.

/// A CRC of up to 64 bits.
#[derive(Debug)]
pub(in crate::structs::whole) struct Crc {
    pub(in crate::structs::whole) name: &'static str,
    width: u32,
    initial: u64,
    /// Whether the least significant bits come first, in and out.
    is_reflected: bool,
    final_xor: u64,
    /// Whether the result is rotated by 15 bits to the right, and 0xa282ead8 added, so that a CRC can be computed over
    /// bytes that contain it.
    is_masked: bool,
    table: [u64; 256],
}

pub(in crate::structs::whole) static ALL: [Crc; 9] = [
    // CRC-32/ISO-HDLC: PNG, ZIP, gzip.
    Crc::new("crc32", 32, 0x04c1_1db7, 0xffff_ffff, true, 0xffff_ffff),
    // CRC-32/ISCSI, Castagnoli's: iSCSI, Btrfs, ext4.
    Crc::new("crc32c", 32, 0x1edc_6f41, 0xffff_ffff, true, 0xffff_ffff),
    // The same, masked: LevelDB, TFRecord, frames of Snappy.
    Crc::new(
        "crc32cmasked",
        32,
        0x1edc_6f41,
        0xffff_ffff,
        true,
        0xffff_ffff,
    )
    .masked(),
    // CRC-32/BZIP2.
    Crc::new(
        "crc32bzip2",
        32,
        0x04c1_1db7,
        0xffff_ffff,
        false,
        0xffff_ffff,
    ),
    // CRC-64/XZ.
    Crc::new("crc64", 64, 0x42f0_e1eb_a9ea_3693, u64::MAX, true, u64::MAX),
    // CRC-16/ARC: LHA, ARC.
    Crc::new("crc16", 16, 0x8005, 0, true, 0),
    // CRC-16/IBM-3740, which is often called CCITT.
    Crc::new("crc16ccitt", 16, 0x1021, 0xffff, false, 0),
    // CRC-16/XMODEM: ZMODEM, BinHex.
    Crc::new("crc16xmodem", 16, 0x1021, 0, false, 0),
    // CRC-16/KERMIT.
    Crc::new("crc16kermit", 16, 0x1021, 0, true, 0),
];

impl Crc {
    const fn new(
        name: &'static str,
        width: u32,
        polynomial: u64,
        initial: u64,
        is_reflected: bool,
        final_xor: u64,
    ) -> Crc {
        Crc {
            name,
            width,
            initial,
            is_reflected,
            final_xor,
            is_masked: false,
            table: table(width, polynomial, is_reflected),
        }
    }

    const fn masked(mut self) -> Crc {
        self.is_masked = true;
        self
    }

    /// The state before any byte.
    pub(in crate::structs::whole) fn begin(&self) -> u64 {
        self.initial
    }

    pub(in crate::structs::whole) fn update(&self, state: u64, bytes: &[u8]) -> u64 {
        let entry = |index: u64| {
            let index = usize::try_from(index & 0xff).unwrap_or(0);
            self.table.get(index).copied().unwrap_or(0)
        };
        let top = self.width.saturating_sub(8);
        bytes.iter().fold(state, |state, byte| {
            let byte = u64::from(*byte);
            match self.is_reflected {
                true => (state >> 8) ^ entry(state ^ byte),
                false => ((state << 8) ^ entry((state >> top) ^ byte)) & mask(self.width),
            }
        })
    }

    pub(in crate::structs::whole) fn finish(&self, state: u64) -> u64 {
        let crc = state ^ self.final_xor;
        match self.is_masked {
            true => ((crc >> 15) | (crc << 17)).wrapping_add(0xa282_ead8) & mask(self.width),
            false => crc,
        }
    }
}

const fn mask(width: u32) -> u64 {
    u64::MAX >> (64u32.saturating_sub(width))
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "computed when compiling, where a mistake is an error"
)]
const fn table(width: u32, polynomial: u64, is_reflected: bool) -> [u64; 256] {
    let reflected = polynomial.reverse_bits() >> (64 - width);
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let mut crc = match is_reflected {
            true => i as u64,
            false => (i as u64) << (width - 8),
        };
        let mut bit = 0;
        while bit < 8 {
            crc = match is_reflected {
                true if crc & 1 == 1 => (crc >> 1) ^ reflected,
                true => crc >> 1,
                false if (crc >> (width - 1)) & 1 == 1 => (crc << 1) ^ polynomial,
                false => crc << 1,
            };
            bit += 1;
        }
        table[i] = crc & mask(width);
        i += 1;
    }
    table
}

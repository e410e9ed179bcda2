//! Archives put together by hand.

use std::io::Write;

/// Archives put together by hand, headers by the `tar` crate: nothing of ours makes them.
#[derive(Clone, Default)]
pub(crate) struct Maker(pub(crate) Vec<u8>);

impl Maker {
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Maker {
        self.0.extend_from_slice(bytes);
        self
    }

    /// A header as it is, and data, padded.
    pub(crate) fn header(self, header: &tar::Header, data: &[u8]) -> Maker {
        let padding = vec![0; data.len().next_multiple_of(512) - data.len()];
        self.raw(header.as_bytes()).raw(data).raw(&padding)
    }

    pub(crate) fn file(self, name: &str, data: &[u8]) -> Maker {
        self.header(&header(name, b'0', data.len() as u64, ""), data)
    }

    pub(crate) fn other(self, name: &str, typeflag: u8, link: &str) -> Maker {
        self.header(&header(name, typeflag, 0, link), b"")
    }

    /// An extended header.
    pub(crate) fn extended(self, typeflag: u8, data: &[u8]) -> Maker {
        self.header(&header("extended", typeflag, data.len() as u64, ""), data)
    }

    pub(crate) fn pax(self, records: &[(&str, &[u8])]) -> Maker {
        let mut data = Vec::new();
        for (keyword, value) in records {
            let body = keyword.len() + value.len() + 3;
            let mut size = body + 1;
            while body + size.to_string().len() != size {
                size = body + size.to_string().len();
            }
            write!(data, "{size} {keyword}=").unwrap();
            data.extend_from_slice(value);
            data.push(b'\n');
        }
        self.extended(b'x', &data)
    }

    pub(crate) fn end(self) -> Vec<u8> {
        self.raw(&[0; 1024]).0
    }
}

pub(crate) fn header(name: &str, typeflag: u8, size: u64, link: &str) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    let ustar = header.as_ustar_mut().unwrap();
    ustar.name[..name.len()].copy_from_slice(name.as_bytes());
    ustar.linkname[..link.len()].copy_from_slice(link.as_bytes());
    ustar.typeflag = [typeflag];
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(1_700_000_000);
    header.set_size(size);
    header.set_cksum();
    header
}

/// A header whose size field has these bytes.
pub(crate) fn header_with_size(name: &str, typeflag: u8, size: &[u8]) -> tar::Header {
    let mut header = header(name, typeflag, 0, "");
    header.as_ustar_mut().unwrap().size.fill(0);
    header.as_ustar_mut().unwrap().size[..size.len()].copy_from_slice(size);
    header.set_cksum();
    header
}

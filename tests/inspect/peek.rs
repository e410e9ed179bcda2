//! Readings of bytes against Python: numbers by `struct`, times by `datetime`, identifiers by
//! `uuid` and `ipaddress`, text by its codecs.

#![cfg(feature = "cli")]

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use bytewright::Value;
use bytewright::inspect::Order;
use bytewright::inspect::peek::readings;

use crate::common::skip;

const PEER: &str = r#"
import datetime, ipaddress, json, struct, sys, uuid
EPOCH = datetime.datetime(1970, 1, 1)
def when(out, key, seconds, units=1):
    whole, rest = divmod(seconds, units)
    try:
        date = EPOCH + datetime.timedelta(seconds=whole)
    except OverflowError:
        return
    text = date.strftime('%Y').zfill(4) + date.strftime('-%m-%d %H:%M:%S')
    if rest:
        text += '.' + str(rest).zfill(len(str(units)) - 1).rstrip('0')
    out[key] = text
for line in sys.stdin:
    b = bytes.fromhex(line)
    out = {}
    for order, name in ('<', 'little'), ('>', 'big'):
        for size in 1, 2, 3, 4, 6, 8, 16:
            for signed in False, True:
                key = ('int' if signed else 'uint') + str(size * 8)
                key += '' if size == 1 else ' ' + name
                out[key] = str(int.from_bytes(b[:size], name, signed=signed))
        for code, key in ('e', 'float16'), ('f', 'float32'), ('d', 'float64'):
            out[key + ' ' + name] = repr(struct.unpack_from(order + code, b)[0])
        i, = struct.unpack_from(order + 'i', b)
        u, = struct.unpack_from(order + 'I', b)
        q, = struct.unpack_from(order + 'q', b)
        Q, = struct.unpack_from(order + 'Q', b)
        when(out, 'unix ' + name, i)
        when(out, 'unix 64 ' + name, q)
        when(out, 'unix ms ' + name, q, 10**3)
        when(out, 'unix µs ' + name, q, 10**6)
        when(out, 'unix ns ' + name, q, 10**9)
        when(out, 'filetime ' + name, Q - 116444736 * 10**9, 10**7)
        when(out, 'hfs ' + name, u - 2082844800)
        when(out, 'ntp ' + name, u - 2208988800)
    t, d = struct.unpack_from('<HH', b)
    try:
        date = datetime.datetime(1980 + (d >> 9), d >> 5 & 15, d & 31, t >> 11, t >> 5 & 63, (t & 31) * 2)
        out['dos little'] = str(date)
    except ValueError:
        pass
    out['ipv4'] = str(ipaddress.IPv4Address(b[:4]))
    out['ipv6'] = str(ipaddress.IPv6Address(b[:16]))
    out['uuid big'] = str(uuid.UUID(bytes=b[:16]))
    out['uuid little'] = str(uuid.UUID(bytes_le=b[:16]))
    print(json.dumps(out))
"#;

/// A row of bytes that no run repeats and every run makes again.
fn bytes(seed: u64) -> [u8; 16] {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut row = [0; 16];
    for byte in &mut row {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *byte = state.to_le_bytes()[3];
    }
    // Dates of these days, and small numbers, are worth more than noise.
    match seed % 4 {
        1 => row[4..8].fill(0),
        2 => row[3] = 0x65,
        3 => row[..8].copy_from_slice(&(0x01da_0000_0000_0000 | seed << 20).to_le_bytes()),
        _ => {}
    }
    row
}

#[test]
fn every_reading_is_the_one_that_python_makes() {
    let rows: Vec<[u8; 16]> = (0..4000).map(bytes).collect();
    let peer = Command::new("python3")
        .args(["-c", PEER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut peer) = peer else {
        skip("python3", "it can't be started");
        return;
    };
    let mut stdin = peer.stdin.take().unwrap();
    let lines: String = rows
        .iter()
        .map(|row| row.iter().map(|b| format!("{b:02x}")).collect::<String>() + "\n")
        .collect();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()).unwrap());
    let output = peer.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut compared = 0;
    for (row, line) in rows.iter().zip(text.lines()) {
        let theirs: BTreeMap<String, String> = serde_json::from_str(line).unwrap();
        let ours: BTreeMap<String, String> = readings(row)
            .into_iter()
            .map(|reading| {
                let value = match &reading.value {
                    Value::Bytes(text) => String::from_utf8(text.to_vec()).unwrap(),
                    value => value.to_string(),
                };
                let order = reading
                    .order
                    .map_or(String::new(), |o| format!(" {}", o.name()));
                (format!("{}{order}", reading.kind), value)
            })
            .collect();
        for (key, value) in &theirs {
            assert_eq!(ours.get(key), Some(value), "{key} of {row:02x?}");
            compared += 1;
        }
    }
    assert!(compared > 4000 * 40, "{compared}");
}

#[test]
fn leb128_is_read_as_the_dwarf_standard_shows_it() {
    // DWARF 5, section 7.6: the tables of examples.
    let of = |bytes: &[u8], kind: &str| {
        let all = readings(bytes);
        let found = all.iter().find(|reading| reading.kind == kind).unwrap();
        (found.value.clone(), found.size)
    };
    assert_eq!(of(&[0xb9, 0x64], "uleb128"), (12857.into(), 2));
    assert_eq!(of(&[0xff, 0x7e], "sleb128"), ((-129).into(), 2));
}

#[test]
fn text_goes_as_far_as_it_is_printable() {
    let of = |bytes: &[u8], kind: &str| {
        let all = readings(bytes);
        let found = all.iter().find(|reading| reading.kind == kind)?;
        Some((found.value.clone(), found.size))
    };
    // Python: "画像".encode("gbk"), "é".encode("utf-16-be").
    assert_eq!(of(b"\xbb\xad\xcf\xf1\0", "gbk"), Some(("画像".into(), 4)));
    assert_eq!(of(b"\0\xe9\0\0", "utf-16be"), Some(("é".into(), 2)));
    assert_eq!(
        of("naïve\x1b[".as_bytes(), "utf-8"),
        Some(("naïve".into(), 6))
    );
    assert_eq!(of(b"\x1b[2J", "utf-8"), None);
    assert_eq!(of(b"\xe2\x80\xae", "utf-8"), None, "bidirectional override");
}

#[test]
fn what_needs_more_bytes_is_left_out() {
    for size in 0..16 {
        for reading in readings(&[0x41; 16][..size]) {
            assert!(reading.size <= size, "{reading:?}");
        }
    }
    let kinds = |order| {
        readings(&[0; 8])
            .iter()
            .filter(|r| r.order == order)
            .count()
    };
    assert_eq!(kinds(Some(Order::Little)), kinds(Some(Order::Big)));
}

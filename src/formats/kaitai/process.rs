//! The results of `process`.

use std::io::Read as _;

use super::fault::{Fault, LIMIT, PROCESS};
use super::read::{Environment, Reader, limit_of_made};
use super::spec::Process;
use super::values::{Span, Val};

impl<'p> Reader<'p> {
    /// The result of a process.
    pub(super) fn processed(
        &mut self,
        around: &Environment,
        process: &'p Process,
        from: Span,
    ) -> Result<Span, Fault> {
        let wrong = |message: String| Fault {
            at: Some(from),
            ..Fault::new(PROCESS, message)
        };
        let made = match process {
            Process::Program(name, _) => return Err(Fault::unmade(name)),
            Process::Zlib => self.inflated(from)?,
            Process::Xor(key) => {
                let key = self.eval(around, key)?;
                let key = match self.at_hand(key)? {
                    Val::Int(n) => vec![
                        u8::try_from(n)
                            .map_err(|_| wrong(format!("{n} is no byte to xor with")))?,
                    ],
                    Val::Bytes(key) => key.to_vec(),
                    other => return Err(wrong(format!("{} is no key", other.kind()))),
                };
                if key.is_empty() && from.size > 0 {
                    return Err(wrong("the key has no bytes".to_owned()));
                }
                let bytes = self.contents(from)?;
                let keyed = bytes.iter().zip(key.iter().cycle());
                keyed.map(|(byte, key)| byte ^ key).collect()
            }
            Process::RotateLeft(bits) | Process::RotateRight(bits) => {
                // Beyond a byte, Kaitai's runtimes fail, lose bits, or leave out whole turns.
                let bits = self.integer(around, bits)?;
                let bits = u32::try_from(bits)
                    .ok()
                    .filter(|bits| *bits <= 8)
                    .ok_or_else(|| {
                        wrong(format!("a byte is rotated by 0 to 8 bits, found {bits}"))
                    })?;
                let bytes = self.contents(from)?;
                let is_left = matches!(process, Process::RotateLeft(_));
                let rotated = bytes.iter().map(|byte| match is_left {
                    true => byte.rotate_left(bits),
                    false => byte.rotate_right(bits),
                });
                rotated.collect()
            }
        };
        self.made(made)
    }

    fn inflated(&mut self, from: Span) -> Result<Vec<u8>, Fault> {
        let bytes = self.contents(from)?;
        let room = self.room();
        let mut made = Vec::new();
        let mut inflate = flate2::read::ZlibDecoder::new(bytes.as_slice());
        let read = inflate
            .by_ref()
            .take(room.saturating_add(1))
            .read_to_end(&mut made);
        if made.len() as u64 > room {
            return Err(Fault::new(LIMIT, limit_of_made()));
        }
        match read {
            Ok(_) => {
                self.step(made.len() as u64 / 64)?;
                Ok(made)
            }
            Err(error) => Err(Fault {
                at: Some(from),
                ..Fault::new(PROCESS, format!("this is no zlib stream: {error}"))
            }),
        }
    }
}

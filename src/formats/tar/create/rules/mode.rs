//! Modes: octal, or changes in the words of `chmod`.

use super::RuleError;

/// A mode, or what becomes of one.
#[derive(Clone, Debug)]
pub(super) enum Mode {
    Octal(u32),
    Changes(Vec<Change>),
}

/// One operation on the bits of a class of users: `go-w`.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// Whose bits, of all twelve.
    who: u32,
    operation: Operation,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum Operation {
    Add,
    Remove,
    Set,
}

#[derive(Clone, Copy, Debug)]
enum What {
    /// The bits as everybody would have them, and whether `X` is among them.
    Bits(u32, bool),
    /// Those of a class of users: the place of the lowest of three bits.
    Copy(u32),
}

const USER: u32 = 0o4700;
const GROUP: u32 = 0o2070;
const OTHERS: u32 = 0o1007;
const ALL: u32 = 0o7777;

impl Mode {
    pub(super) fn parse(text: &str) -> Result<Mode, RuleError> {
        let wrong = |reason: &str| RuleError::new("mode", text, reason);
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            let mode = u32::from_str_radix(text, 8).ok();
            let mode = mode.filter(|mode| *mode <= ALL);
            return mode
                .map(Mode::Octal)
                .ok_or_else(|| wrong("expected octal digits up to 7777"));
        }
        let mut changes = Vec::new();
        for clause in text.split(',') {
            let end = clause.find(['+', '-', '=']);
            let (who, mut rest) = end
                .and_then(|end| clause.split_at_checked(end))
                .ok_or_else(|| wrong("expected octal digits, or changes such as u+rw,go-w"))?;
            let mut bits = 0;
            for c in who.chars() {
                bits |= match c {
                    'u' => USER,
                    'g' => GROUP,
                    'o' => OTHERS,
                    'a' => ALL,
                    _ => return Err(wrong("expected u, g, o or a before + - =")),
                };
            }
            let who = if bits == 0 { ALL } else { bits };
            while let Some(sign) = rest.chars().next() {
                let operation = match sign {
                    '+' => Operation::Add,
                    '-' => Operation::Remove,
                    _ => Operation::Set,
                };
                rest = rest.get(1..).unwrap_or_default();
                let end = rest.find(['+', '-', '=']).unwrap_or(rest.len());
                let (letters, next) = rest.split_at_checked(end).unwrap_or_default();
                let what = What::parse(letters)
                    .ok_or_else(|| wrong("expected r, w, x, X, s, t, or one of u, g, o"))?;
                changes.push(Change {
                    who,
                    operation,
                    what,
                });
                rest = next;
            }
        }
        Ok(Mode::Changes(changes))
    }

    /// What becomes of a mode.
    pub(super) fn of(&self, mode: u32, is_folder: bool) -> u32 {
        match self {
            Mode::Octal(mode) => *mode,
            Mode::Changes(changes) => changes
                .iter()
                .fold(mode, |mode, change| change.of(mode, is_folder)),
        }
    }
}

impl What {
    fn parse(letters: &str) -> Option<What> {
        match letters {
            "u" => return Some(What::Copy(6)),
            "g" => return Some(What::Copy(3)),
            "o" => return Some(What::Copy(0)),
            _ => {}
        }
        let (mut bits, mut search) = (0, false);
        for c in letters.chars() {
            match c {
                'r' => bits |= 0o444,
                'w' => bits |= 0o222,
                'x' => bits |= 0o111,
                's' => bits |= 0o6000,
                't' => bits |= 0o1000,
                'X' => search = true,
                _ => return None,
            }
        }
        Some(What::Bits(bits, search))
    }
}

impl Change {
    fn of(&self, mode: u32, is_folder: bool) -> u32 {
        let bits = match self.what {
            What::Bits(bits, search) if search && (is_folder || mode & 0o111 != 0) => bits | 0o111,
            What::Bits(bits, _) => bits,
            What::Copy(place) => {
                let three = mode.wrapping_shr(place) & 7;
                three.wrapping_mul(0o111)
            }
        };
        let bits = bits & self.who;
        match self.operation {
            Operation::Add => mode | bits,
            Operation::Remove => mode & !bits,
            // As with GNU's chmod, a folder keeps what nobody named.
            Operation::Set if is_folder => mode & !(self.who & 0o1777) | bits,
            Operation::Set => mode & !self.who | bits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `chmod` of GNU coreutils makes of a file of mode 0644, of one of 4751, and of a
    /// folder of 2755.
    #[test]
    fn changes_are_those_of_chmod() {
        for (text, file, script, folder) in [
            ("go-w", 0o644, 0o4751, 0o2755),
            ("a+w", 0o666, 0o4773, 0o2777),
            ("+w", 0o666, 0o4773, 0o2777),
            ("u=rw,go=r", 0o644, 0o644, 0o2644),
            ("a+X", 0o644, 0o4751, 0o2755),
            ("a=rX", 0o444, 0o555, 0o2555),
            ("u-s", 0o644, 0o751, 0o2755),
            ("g=u", 0o664, 0o4771, 0o2775),
            ("o=", 0o640, 0o4750, 0o2750),
            ("u+x-w", 0o544, 0o4551, 0o2555),
            ("+t", 0o1644, 0o5751, 0o3755),
            ("ug+s", 0o6644, 0o6751, 0o6755),
            ("a=rxX", 0o555, 0o555, 0o2555),
            ("g=s", 0o2604, 0o6701, 0o2705),
            ("ug=s", 0o6004, 0o6001, 0o6005),
            ("u=g,o=u", 0o444, 0o555, 0o2555),
            ("a+xX", 0o755, 0o4751, 0o2755),
            ("-x", 0o644, 0o4640, 0o2644),
            ("o=t", 0o1640, 0o5750, 0o3750),
            ("g=o", 0o644, 0o4711, 0o2755),
        ] {
            let mode = Mode::parse(text).unwrap();
            let found = [(0o644, false), (0o4751, false), (0o2755, true)];
            let found = found.map(|(before, is_folder)| mode.of(before, is_folder));
            assert_eq!(found, [file, script, folder], "{text}: {found:?}");
        }
    }

    #[test]
    fn an_octal_mode_is_everyones() {
        for (text, mode) in [("0600", 0o600), ("7", 7), ("4755", 0o4755)] {
            assert_eq!(Mode::parse(text).unwrap().of(0o2755, true), mode);
        }
    }

    #[test]
    fn what_is_no_mode_is_an_error() {
        for text in [
            "", "rw", "u", "8", "10000", "u+q", "z+r", "u+r,", "ü+r", "0o7",
        ] {
            let error = Mode::parse(text).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("the mode {text:?}: ")),
                "{error}"
            );
        }
    }
}

//! The scripts of characters: nearly any two bytes are some character of UTF-16, but people write in one script at a
//! time.

/// A script in common use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Script {
    /// ASCII, punctuation, symbols: in any text.
    #[default]
    Common,
    Latin,
    Greek,
    Cyrillic,
    Hebrew,
    Arabic,
    Indic,
    Thai,
    /// Chinese and Japanese.
    Han,
    Hangul,
}

impl Script {
    /// The script of a character, where it is in common use.
    pub(super) const fn of(c: char) -> Option<Script> {
        Some(match c {
            ..'\u{c0}' | '×' | '÷' => Script::Common,
            '\u{2010}'..='\u{205e}' | '\u{20a0}'..='\u{20bf}' | '\u{2100}'..='\u{25ff}' => {
                Script::Common
            }
            '\u{1f300}'..='\u{1faff}' => Script::Common,
            '\u{c0}'..='\u{17f}' => Script::Latin,
            '\u{370}'..='\u{3ff}' => Script::Greek,
            '\u{400}'..='\u{4ff}' => Script::Cyrillic,
            '\u{5d0}'..='\u{5f4}' => Script::Hebrew,
            '\u{600}'..='\u{6ff}' => Script::Arabic,
            '\u{900}'..='\u{dff}' => Script::Indic,
            '\u{e00}'..='\u{e5b}' => Script::Thai,
            '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ff9f}' => {
                Script::Han
            }
            '\u{ac00}'..='\u{d7a3}' => Script::Hangul,
            _ => return None,
        })
    }

    /// The script of a text of this one that goes on with `next`; `None` where nobody would write
    /// so.
    pub(super) fn and(self, next: Script) -> Option<Script> {
        match (self, next) {
            (script, Script::Common) | (Script::Common, script) => Some(script),
            (script, next) => (script == next).then_some(script),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Option<Script> {
        text.chars()
            .try_fold(Script::Common, |script, c| script.and(Script::of(c)?))
    }

    #[test]
    fn a_text_is_in_one_script_and_what_is_common_to_all() {
        assert_eq!(text("file – 42 €"), Some(Script::Common));
        assert_eq!(text("Größe 42"), Some(Script::Latin));
        assert_eq!(text("файл.txt"), Some(Script::Cyrillic));
        assert_eq!(text("漢字とカナ!"), Some(Script::Han));
        assert_eq!(text("ö漢"), None);
        assert_eq!(text("ȁ"), None, "in no language of many speakers");
    }
}

//! Code page 437, the characters of the first PCs: the names in ZIP archives and FAT file systems.

/// The characters of code page 437 from 0x80 on.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The character of a byte.
pub(crate) fn character(byte: u8) -> Option<char> {
    match byte.checked_sub(0x80) {
        None => Some(char::from(byte)),
        Some(index) => CP437.chars().nth(usize::from(index)),
    }
}

/// The byte of a character, where there is one.
pub(crate) fn byte(c: char) -> Option<u8> {
    match u8::try_from(u32::from(c)) {
        Ok(byte) if byte < 0x80 => Some(byte),
        _ => {
            let index = CP437.chars().position(|known| known == c)?;
            u8::try_from(index).ok()?.checked_add(0x80)
        }
    }
}

//! Detecting the protocol of a terminal by the variables that it sets.

use super::Protocol;

/// The protocol of the terminal in an environment. Where it isn't known, or a multiplexer such as tmux lies between,
/// half blocks work.
///
/// A terminal's own name counts more than a variable that programs started from it inherit.
///
/// ```
/// use bytewright::render::picture::{Protocol, detect};
///
/// let foot = |name: &str| (name == "TERM").then(|| "foot".to_owned());
/// assert_eq!(detect(foot), Protocol::Sixel);
/// assert_eq!(detect(|_| None), Protocol::HalfBlocks);
/// ```
pub fn detect(env: impl Fn(&str) -> Option<String>) -> Protocol {
    let env = |name: &str| env(name).unwrap_or_default();
    let is_set = |name: &str| !env(name).is_empty();
    let term = env("TERM");
    let multiplexed = ["TMUX", "STY", "ZELLIJ"].into_iter().any(is_set)
        || ["screen", "tmux"].iter().any(|name| term.starts_with(name));
    if multiplexed || term == "dumb" {
        return Protocol::HalfBlocks;
    }
    match env("TERM_PROGRAM").as_str() {
        "iTerm.app" | "WezTerm" | "mintty" => return Protocol::Iterm2,
        "ghostty" => return Protocol::Kitty,
        "Apple_Terminal" | "vscode" => return Protocol::HalfBlocks,
        _ => {}
    }
    // "xterm-kitty", "foot-extra", "yaft-256color".
    let named = |name: &str| term.split('-').any(|part| part == name);
    if ["kitty", "ghostty"].into_iter().any(named) {
        Protocol::Kitty
    } else if ["foot", "mlterm", "yaft", "sixel"].into_iter().any(named) {
        Protocol::Sixel
    } else if env("LC_TERMINAL") == "iTerm2" {
        // ssh hands it on, unlike TERM_PROGRAM.
        Protocol::Iterm2
    } else if is_set("KITTY_WINDOW_ID") {
        Protocol::Kitty
    } else {
        Protocol::HalfBlocks
    }
}

#[cfg(test)]
mod tests {
    use super::Protocol::{HalfBlocks, Iterm2, Kitty, Sixel};
    use super::*;

    #[test]
    fn terminals_are_known_by_their_environment() {
        let table: &[(&[(&str, &str)], Protocol)] = &[
            (&[], HalfBlocks),
            (&[("TERM", "xterm-256color")], HalfBlocks),
            (&[("TERM", "linux")], HalfBlocks),
            (&[("TERM", "xterm-kitty")], Kitty),
            (
                &[("TERM", "xterm-256color"), ("KITTY_WINDOW_ID", "1")],
                Kitty,
            ),
            (&[("TERM", "xterm"), ("KITTY_WINDOW_ID", "")], HalfBlocks),
            (&[("TERM", "xterm-ghostty")], Kitty),
            (&[("TERM_PROGRAM", "ghostty")], Kitty),
            (&[("TERM_PROGRAM", "iTerm.app")], Iterm2),
            (&[("TERM_PROGRAM", "WezTerm")], Iterm2),
            (&[("TERM_PROGRAM", "mintty"), ("TERM", "xterm")], Iterm2),
            (&[("LC_TERMINAL", "iTerm2"), ("TERM", "xterm")], Iterm2),
            (&[("TERM", "foot")], Sixel),
            (&[("TERM", "foot-extra")], Sixel),
            (&[("TERM", "mlterm-256color")], Sixel),
            (&[("TERM", "xterm-sixel")], Sixel),
            (&[("TERM", "football")], HalfBlocks),
            // Something else is between the program and kitty.
            (
                &[
                    ("KITTY_WINDOW_ID", "1"),
                    ("TMUX", "/tmp/tmux-0/default,1,0"),
                ],
                HalfBlocks,
            ),
            (
                &[("KITTY_WINDOW_ID", "1"), ("TERM", "screen-256color")],
                HalfBlocks,
            ),
            (
                &[("KITTY_WINDOW_ID", "1"), ("TERM", "tmux-256color")],
                HalfBlocks,
            ),
            (
                &[("TERM_PROGRAM", "iTerm.app"), ("STY", "12.pts-0")],
                HalfBlocks,
            ),
            (&[("TERM_PROGRAM", "tmux"), ("TERM", "tmux")], HalfBlocks),
            (&[("TERM", "foot"), ("ZELLIJ", "0")], HalfBlocks),
            // Started from kitty, but shown elsewhere.
            (&[("KITTY_WINDOW_ID", "1"), ("TERM", "foot")], Sixel),
            (
                &[("KITTY_WINDOW_ID", "1"), ("TERM_PROGRAM", "vscode")],
                HalfBlocks,
            ),
            (&[("KITTY_WINDOW_ID", "1"), ("TERM", "dumb")], HalfBlocks),
        ];
        for (variables, protocol) in table {
            let env = |name: &str| {
                let (_, value) = variables.iter().find(|(key, _)| *key == name)?;
                Some((*value).to_owned())
            };
            assert_eq!(detect(env), *protocol, "{variables:?}");
        }
    }
}

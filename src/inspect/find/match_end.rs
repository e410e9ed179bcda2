//! Whether a match is final whatever bytes follow, although more bytes could belong to it.

use std::cell::OnceCell;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::{Input, MatchKind};
use regex_syntax::hir::Hir;

use super::Pattern;

/// An automaton that walks over a window as a search does. It is made when it is asked first.
#[derive(Default)]
pub(super) struct Ends(OnceCell<Option<Automaton>>);

struct Automaton {
    dfa: DFA,
    cache: Cache,
}

impl Ends {
    /// Whether the first match that begins at `position` or later is the same with any bytes after the window. `false`
    /// where that isn't known.
    pub(super) fn are_certain(
        &mut self,
        pattern: &Pattern,
        window: &[u8],
        position: usize,
    ) -> bool {
        self.0.get_or_init(|| automaton(pattern.parts()));
        match self.0.get_mut() {
            Some(Some(automaton)) => automaton.dies(window, position),
            _ => false,
        }
    }
}

/// There is none for a `\b` in terms of whole characters.
fn automaton(parts: &[Hir]) -> Option<Automaton> {
    let nfa = thompson::Compiler::new()
        .configure(thompson::Config::new().utf8(false))
        .build_many_from_hir(parts)
        .ok()?;
    let config = DFA::config().match_kind(MatchKind::LeftmostFirst);
    let dfa = DFA::builder().configure(config).build_from_nfa(nfa).ok()?;
    let cache = dfa.create_cache();
    Some(Automaton { dfa, cache })
}

impl Automaton {
    /// Whether no partial match reaches the window's end that could replace a match.
    fn dies(&mut self, window: &[u8], position: usize) -> bool {
        let input = Input::new(window).range(position..);
        let Ok(mut state) = self.dfa.start_state_forward(&mut self.cache, &input) else {
            return false;
        };
        for &byte in window.get(position..).unwrap_or_default() {
            match self.dfa.next_state(&mut self.cache, state, byte) {
                Ok(next) if next.is_dead() => return true,
                Ok(next) if !next.is_quit() => state = next,
                _ => return false,
            }
        }
        false
    }
}

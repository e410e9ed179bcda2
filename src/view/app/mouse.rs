//! Clicks and the wheel.

use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::{App, Mode, Pane};
use crate::offset::Position as _;

/// Lines that one notch of the wheel scrolls.
const WHEEL: i64 = 3;

impl App<'_> {
    pub(super) fn mouse(&mut self, mouse: MouseEvent) {
        let place = Position::new(mouse.column, mouse.row);
        match (&mut self.mode, mouse.kind) {
            (Mode::Browse, MouseEventKind::Down(MouseButton::Left)) => self.click(place),
            (Mode::Browse, MouseEventKind::Drag(MouseButton::Left)) => self.drag(place),
            (Mode::Browse | Mode::Type { .. }, MouseEventKind::ScrollDown) => {
                self.wheel(place, WHEEL);
            }
            (Mode::Browse | Mode::Type { .. }, MouseEventKind::ScrollUp) => {
                self.wheel(place, WHEEL.saturating_neg());
            }
            (Mode::Help { top }, MouseEventKind::ScrollDown) => *top = top.saturating_add(3),
            (Mode::Help { top }, MouseEventKind::ScrollUp) => *top = top.saturating_sub(3),
            _ => {}
        }
    }

    fn wheel(&mut self, place: Position, lines: i64) {
        if self.compares() && self.layout.fields.contains(place) {
            return self.step_fields(isize::try_from(lines).unwrap_or(0));
        }
        let in_tree = self.layout.tree.contains(place);
        let deadline = App::deadline();
        let Some(level) = self.level_mut() else {
            return;
        };
        match in_tree {
            true => {
                let rows = isize::try_from(lines).unwrap_or(0);
                level.outline.move_by(rows, deadline);
                self.follow_tree();
            }
            false => level.hex.scroll(lines),
        }
    }

    fn click(&mut self, place: Position) {
        self.message = None;
        let deadline = App::deadline();
        let (tree, hex, fields) = (self.layout.tree, self.layout.hex, self.layout.fields);
        if self.compares() && fields.contains(place) {
            self.pane = Pane::Fields;
            let line = usize::from(place.y.saturating_sub(fields.y));
            let top = self.fields().map_or(0, |fields| fields.top);
            return self.select_field(top.saturating_add(line));
        }
        if tree.contains(place) {
            self.pane = Pane::Tree;
            let line = usize::from(place.y.saturating_sub(tree.y));
            let Some(level) = self.level_mut() else {
                return;
            };
            let row = level.outline.top.past(line);
            let Some(clicked) = level.outline.rows().get(row).cloned() else {
                return;
            };
            // The sign before the name opens and closes; so does a second click.
            let indent = clicked.depth.saturating_mul(2).saturating_add(1);
            let column = usize::from(place.x.saturating_sub(tree.x));
            let again = level.outline.cursor() == row;
            level.outline.select(row, deadline);
            if clicked.is_node() && (again || column <= indent) {
                level.outline.toggle(deadline);
            }
            self.follow_tree();
        } else if hex.contains(place)
            && let Some(offset) = self.byte_at(place)
        {
            self.pane = Pane::Hex;
            if let Some(level) = self.level_mut() {
                level.hex.selects = false;
                level.hex.go(offset);
            }
            self.follow_hex();
        }
    }

    /// Selects up to the byte under the dragged pointer.
    fn drag(&mut self, place: Position) {
        let Some(offset) = self.byte_at(place) else {
            return;
        };
        if let Some(level) = self.level_mut()
            && level.hex.cursor != offset
        {
            if !level.hex.selects {
                level.hex.anchor = Some(level.hex.cursor);
                level.hex.selects = true;
            }
            level.hex.go(offset);
            self.follow_hex();
        }
    }

    /// The byte that is shown at a place, as digits or as a character.
    fn byte_at(&self, place: Position) -> Option<u64> {
        let level = self.level()?;
        let column = self.layout.column_at(place.x)?;
        let line = u64::from(place.y.checked_sub(self.layout.hex.y)?);
        let start = level.hex.top.item(line, level.hex.columns);
        let offset = start.past(column);
        (offset < level.hex.size).then_some(offset)
    }
}

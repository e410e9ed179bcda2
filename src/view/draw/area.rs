//! Parts of an area of the screen. Where there is no room, a part has no columns or rows.

use ratatui::layout::Rect;

/// What is to the right of the first columns.
pub(super) fn after(area: Rect, columns: u16) -> Rect {
    Rect {
        x: area.x.saturating_add(columns),
        width: area.width.saturating_sub(columns),
        ..area
    }
}

/// What is below the first rows.
pub(super) fn below(area: Rect, rows: u16) -> Rect {
    Rect {
        y: area.y.saturating_add(rows),
        height: area.height.saturating_sub(rows),
        ..area
    }
}

/// The row after so many others, of which the area need not have as many.
pub(super) fn row(area: Rect, before: u16) -> Rect {
    Rect {
        height: 1,
        ..below(area, before)
    }
}

/// Some columns of an area, which need not have as many.
pub(super) fn columns(area: Rect, before: u16, width: u16) -> Rect {
    Rect {
        width,
        ..after(area, before)
    }
}

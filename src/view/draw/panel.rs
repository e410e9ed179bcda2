//! The panel below the bytes: readings of the bytes at the cursor, problems, a picture.

use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use super::area::{after, below, columns, row};
use super::pen::Pen;
use crate::inspect::peek::{MAX_INPUT, readings};
use crate::render::peek::rows;
use crate::render::picture::{Cells, Picture, fit, scale};
use crate::render::{escape, wrap};
use crate::tree::Severity;
use crate::view::app::{Kind, Panel};
use crate::view::problems::LocatedProblem;
use crate::view::{App, Colors};

/// Columns of a reading's type.
const TYPE: u16 = 9;

impl App<'_> {
    pub(super) fn draw_panel(&self, area: Rect, pen: &mut Pen<'_>) {
        if area.height < 2 {
            return;
        }
        let (head, body) = (row(area, 0), below(area, 1));
        let line = "─".repeat(usize::from(area.width));
        pen.text(head, &line, pen.quiet());
        let title = match self.panel {
            Panel::Peek => " the bytes at the cursor (i) ",
            Panel::Problems => " problems (i) ",
            Panel::Picture => " picture (i) ",
            Panel::Nothing => "",
        };
        pen.text(after(head, 2), title, pen.bold());
        match self.panel {
            Panel::Peek => self.draw_peek(body, pen),
            Panel::Problems => self.draw_problems(body, pen),
            Panel::Picture => self.draw_picture(body, pen),
            Panel::Nothing => {}
        }
    }

    fn draw_peek(&self, area: Rect, pen: &mut Pen<'_>) {
        let Some(level) = self.level() else { return };
        let source = level.source(level.hex.space);
        let bytes = source.map(|source| source.read(level.hex.cursor, MAX_INPUT as u64));
        let bytes = bytes.and_then(Result::ok).unwrap_or_default();
        let readings = readings(&bytes);
        let column = area.width.saturating_sub(TYPE) / 2;
        for ([kind, little, big], line) in rows(&readings, false).zip(area.rows()) {
            pen.text(columns(line, 0, TYPE - 1), &kind, pen.quiet());
            let values = after(line, TYPE);
            match big.is_empty() {
                true => pen.text(values, &little, pen.plain()),
                false => {
                    let first = columns(values, 0, column.saturating_sub(1));
                    pen.text(first, &little, pen.plain());
                    pen.text(columns(values, column, column), &big, pen.plain())
                }
            };
        }
    }

    fn draw_problems(&self, area: Rect, pen: &mut Pen<'_>) {
        let problems = self.level().and_then(|level| level.problems.as_ref());
        let Some(problems) = problems else {
            pen.text(area, "they are being looked for", pen.quiet());
            return;
        };
        if problems.list.is_empty() {
            let told = match problems.is_cut {
                true => "none in the first part of the file; p looks on",
                false => "none",
            };
            pen.text(area, told, pen.quiet());
            return;
        }
        let height = usize::from(area.height);
        let chosen = self.problem.unwrap_or(0);
        let mut lines: Vec<(usize, Severity, String)> = Vec::new();
        let mut first = 0;
        for (index, found) in problems.list.iter().enumerate() {
            // Problems after those on the screen aren't wrapped.
            if index > chosen && lines.len().saturating_sub(first) >= height {
                break;
            }
            let begin = lines.len();
            let told = wrap::message(&describe(found), 0, area.width.into());
            let of_one = told.lines().map(|line| line.to_owned());
            lines.extend(of_one.map(|line| (index, found.problem.severity, line)));
            if index <= chosen {
                first = lines.len().saturating_sub(height).min(begin);
            }
        }
        for ((index, severity, text), line) in lines.iter().skip(first).zip(area.rows()) {
            let is_first = text.starts_with(|c: char| c.is_ascii_lowercase());
            let (code, rest) = match is_first {
                true => text.split_at(code_length(text)),
                false => ("", text.as_str()),
            };
            pen.texts(
                line,
                &[(code, pen.severity(*severity)), (rest, pen.plain())],
            );
            if self.problem == Some(*index) {
                pen.fill(line, pen.mark());
            }
        }
    }

    fn draw_picture(&self, area: Rect, pen: &mut Pen<'_>) {
        let picture = match &self.picture {
            Some(Some(picture)) => picture,
            Some(None) => {
                pen.text(
                    area,
                    "the file has no picture that is known here",
                    pen.quiet(),
                );
                return;
            }
            None => {
                let told = match self.works.has(Kind::Picture) {
                    true => "it is being decoded",
                    false => "it is decoded when the file has been read",
                };
                pen.text(area, told, pen.quiet());
                return;
            }
        };
        if self.colors == Colors::None {
            let told = format!(
                "{} × {} pixels, which take colors to be seen",
                picture.width(),
                picture.height()
            );
            pen.text(area, &told, pen.quiet());
            return;
        }
        half_blocks(picture, area, pen);
    }
}

/// A problem in words: how much it weighs, its code, where it is, what is wrong.
fn describe(found: &LocatedProblem) -> String {
    let problem = &found.problem;
    let place = match found.place.is_root() {
        true => String::new(),
        false => format!("{}: ", escape::message(&found.place.to_string())),
    };
    let message = escape::message(&problem.message)
        .to_string()
        .replace('\n', " ");
    format!("{} {} {place}{message}", problem.severity, problem.code)
}

/// The length of the weight and the code that a problem begins with.
fn code_length(text: &str) -> usize {
    let mut spaces = text.match_indices(' ');
    spaces.nth(1).map_or(text.len(), |(at, _)| at)
}

/// Draws a picture with two pixels a cell.
fn half_blocks(picture: &Picture<'_>, area: Rect, pen: &mut Pen<'_>) {
    let cells = Cells {
        columns: area.width,
        rows: area.height,
    };
    let cells = fit(picture.width(), picture.height(), cells);
    let (width, height) = (
        u32::from(cells.columns),
        u32::from(cells.rows).saturating_mul(2),
    );
    if width == 0 || height == 0 {
        return;
    }
    let small = scale(picture, width, height);
    let (pixels, _) = small.rgba().as_chunks::<4>();
    let row_width = usize::from(cells.columns);
    let mut rows = pixels.chunks(row_width);
    let mut y = area.y;
    while let Some(upper) = rows.next() {
        let lower = rows.next().unwrap_or_default();
        for ((above, x), index) in upper.iter().zip(area.x..).zip(0usize..) {
            let below = lower.get(index);
            let mut style = Style::new();
            let mut symbol = " ";
            match (
                color(above, pen.colors),
                below.and_then(|pixel| color(pixel, pen.colors)),
            ) {
                (Some(above), below) => {
                    symbol = "▀";
                    style = style.fg(above);
                    if let Some(below) = below {
                        style = style.bg(below);
                    }
                }
                (None, Some(below)) => {
                    symbol = "▄";
                    style = style.fg(below);
                }
                (None, None) => {}
            }
            pen.cell(x, y, symbol, style);
        }
        y = y.saturating_add(1);
    }
}

/// The color of a pixel; `None` where more of it is transparent than not.
fn color(pixel: &[u8; 4], colors: Colors) -> Option<Color> {
    let [red, green, blue, alpha] = *pixel;
    if alpha < 128 {
        return None;
    }
    Some(match colors {
        Colors::True => Color::Rgb(red, green, blue),
        _ => Color::Indexed(anstyle_lossy::rgb_to_xterm(anstyle::RgbColor(red, green, blue)).0),
    })
}

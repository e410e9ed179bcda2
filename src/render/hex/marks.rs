//! Marks laid over lines.

use std::io;
use std::ops::Range;

use super::canonical::MarkIterator;
use super::mark::{Mark, Paint};

/// Marks in the order of where they begin, and the one that the last byte belongs to.
pub(super) struct Marks<'a> {
    coming: MarkIterator<'a>,
    next: Option<Mark>,
    /// Where the bytes of the present mark end, and how they are painted.
    present: Option<(u64, Paint)>,
    begun: bool,
}

impl<'a> Marks<'a> {
    pub(super) fn new(coming: MarkIterator<'a>) -> Marks<'a> {
        Marks {
            coming,
            next: None,
            present: None,
            begun: false,
        }
    }

    /// How the bytes of a line look, and the labels of the marks that begin in it. Of the first
    /// line, those too that began before it and are not over.
    pub(super) fn line(
        &mut self,
        line: Range<u64>,
        looks: &mut Vec<(Paint, bool)>,
        labels: &mut Vec<(Paint, String)>,
    ) -> io::Result<()> {
        if !self.begun {
            self.begun = true;
            self.next = self.coming.next().transpose()?;
        }
        let mut at = line.start;
        while at < line.end {
            let mut bar = false;
            if self.present.is_some_and(|(end, _)| end <= at) {
                self.present = None;
                bar = true;
            }
            while let Some(mark) = self.next.take_if(|mark| mark.range.start <= at) {
                self.next = self.coming.next().transpose()?;
                // Over before the first line, or without bytes.
                if mark.range.end <= at && mark.range.start < at {
                    continue;
                }
                let paint = Paint::of_mark(&mark);
                if mark.range.end > at {
                    self.present = Some((mark.range.end, paint));
                    bar = true;
                }
                if !mark.label.is_empty() {
                    labels.push((paint, mark.label));
                }
            }
            let paint = self.present.map_or(Paint::None, |(_, paint)| paint);
            let end = self.present.map_or(line.end, |(end, _)| end);
            let next = self.next.as_ref().map_or(line.end, |mark| mark.range.start);
            let until = end.min(next).min(line.end).max(at.saturating_add(1));
            for _ in at..until {
                looks.push((paint, std::mem::take(&mut bar)));
            }
            at = until;
        }
        Ok(())
    }
}

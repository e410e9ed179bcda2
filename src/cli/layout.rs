//! `layout FORMAT`: what lies where, before any data.

use std::io::Write;

use super::error::Result;
use super::{Context, Exit, Output};
use crate::render::{self, export};

#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The format, such as '<2s:magic I:size'
    format: String,

    /// The same layout in another language
    #[arg(long = "as", value_name = "LANGUAGE", conflicts_with = "output")]
    language: Option<Language>,

    /// Take what Python's struct takes, and nothing more
    #[arg(long)]
    python: bool,

    /// How the layout is written
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json]))]
    output: Output,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Language {
    /// A C11 struct, with assertions about every offset
    C,
    /// A #[repr(C)] struct of Rust, with assertions about every offset
    Rust,
    /// A NumPy dtype
    Numpy,
    /// A format string for Python's struct
    Python,
}

const EXAMPLES: &str = "\
A picture of the bytes, sixteen in a row, and a line for each field. Padding is
drawn in dots. --as prints the same layout in another language, which wants a
format of fixed size; what the language can't say stands in comments.

Examples:
  bytewright layout '<2s:magic I:size 2H:reserved I:pixels'
  bytewright layout 'c:tag I:length'       native alignment leaves a gap of 3 bytes
  bytewright layout '<H:n [n](I:id f:x):items' -O json
  bytewright layout '<2s:magic I:size 4x I:pixels' --as c
  bytewright layout '>H:id 2f:xy' --as numpy";

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        let format = cx.compile(&self.format, self.python)?.layout;
        if let Some(language) = self.language {
            let text = format.shape().and_then(|shape| match language {
                Language::C => Ok(export::c(&shape)),
                Language::Rust => Ok(export::rust(&shape)),
                Language::Numpy => Ok(export::numpy(&shape)),
                Language::Python => export::python(&shape),
            });
            return match text {
                Ok(text) => {
                    write!(cx.out(), "{text}")?;
                    Ok(Exit::Done)
                }
                // Nothing is wrong with the format: the answer is no.
                Err(error) => {
                    cx.report(error.into())?;
                    Ok(Exit::No)
                }
            };
        }
        let layout = format.layout();
        match self.output {
            Output::Json => {
                serde_json::to_writer(&mut *cx.out(), &layout).map_err(std::io::Error::from)?;
                writeln!(cx.out())?;
            }
            _ => render::layout::write(&layout, cx.width(), cx.out())?,
        }
        Ok(Exit::Done)
    }
}

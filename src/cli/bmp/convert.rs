//! `bmp convert IN OUT`: bitmaps to PNG and back, and from one kind of bitmap to another.

use std::io::Write;
use std::path::Path;

use clap::ValueEnum;

use super::{BMP, PNG, Pixels, open, undecoded, warn};
use crate::Source;
use crate::cli::error::{Context as _, Result, bail, error};
use crate::cli::{Context, Exit, Input, Output, swapped_arguments};
use crate::formats::bmp::Pixels as Picked;
use crate::formats::bmp::check::lost_rows;
use crate::formats::bmp::{
    Compression, Decoder, DibKind, EncodeError, Encoder, Options, Picture, inspect,
};
use crate::formats::png::{Png, Samples, is_png};
use crate::offset::Position;
use crate::render::escape;
use crate::structs::DataError;

#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// The bitmap or PNG file; - is standard input
    #[arg(value_name = "IN", value_parser = Input::parser())]
    from: Input,

    /// The file to write, .png or a bitmap; - is standard output
    #[arg(value_name = "OUT")]
    to: std::path::PathBuf,

    /// What to write, where the name of the file doesn't tell
    #[arg(long, value_name = "FORMAT")]
    to_format: Option<Target>,

    /// The header of the bitmap; otherwise that of the file read, or info
    #[arg(long, value_name = "KIND")]
    header: Option<Header>,

    /// Bits a pixel: of a bitmap 1, 2, 4, 8, 16, 24, 32 or 64; of a PNG file 1, 2, 4 or 8 for grays
    /// or a palette, 16 for grays, 24, 32, 48 or 64
    #[arg(long, value_name = "N")]
    bits: Option<u16>,

    /// How the pixels are stored
    #[arg(long, value_name = "HOW")]
    compression: Option<CompressionName>,

    /// Rows from the top to the bottom
    #[arg(long, conflicts_with = "bottom_up")]
    top_down: bool,

    /// Rows from the bottom to the top
    #[arg(long)]
    bottom_up: bool,

    /// Let colors change where the bitmap has too few of them, and drop alpha
    #[arg(long)]
    lossy: bool,

    /// Write what there is of a damaged picture, and transparent or black pixels for the rest
    #[arg(long)]
    partial: bool,

    /// Write raw bytes to a terminal, and replace a file of another kind
    #[arg(long)]
    force: bool,

    /// How it is told what was written; text tells nothing
    #[arg(short = 'O', long, value_name = "FORM", default_value = "text",
          value_parser = Output::only(&[Output::Text, Output::Json]))]
    output: Output,

    #[command(flatten)]
    pixels: Pixels,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Target {
    Bmp,
    Png,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Header {
    Core,
    Os2,
    Info,
    V2,
    V3,
    V4,
    V5,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum CompressionName {
    Rgb,
    Rle8,
    Rle4,
    Rle24,
    Bitfields,
    Alphabitfields,
    Huffman,
    Cmyk,
    Cmykrle8,
    Cmykrle4,
    Png,
}

const AFTER_HELP: &str = "\
Exit status: 1 where something would be lost without --lossy; 4 where pixels are
missing.";

const EXAMPLES: &str = "\
A bitmap keeps its header, depth, compression and direction unless options say
otherwise. A PNG of grays or with a palette keeps its bits; any other becomes 24
bits, or 32 with a V4 header where it has an alpha channel. Of a bitmap with a
palette, the PNG has as many bits, as grays where all colors are. Nothing is
lost in silence: too many colors, alpha, and channels of too few bits are
refused without --lossy, and damaged pictures without --partial.

Exit status: 1 where something would be lost without --lossy; 4 where pixels are
missing.

Examples:
  bytewright bmp convert photo.bmp photo.png
  bytewright bmp convert drawing.png drawing.bmp --bits 8 --compression rle8
  bytewright bmp convert photo.bmp small.bmp --bits 8 --lossy
  bytewright bmp convert broken.bmp what-is-left.png --partial";

/// A picture, and the settings of a bitmap of it.
struct LoadedPicture {
    png: Png,
    encoder: Encoder,
    /// Whether it comes from a PNG file, which says nothing of headers.
    is_png: bool,
}

impl Args {
    pub(super) fn run(self, cx: &mut Context) -> Result<Exit> {
        swapped_arguments::check("bmp convert", self.from.path(), &self.to)?;
        let target = self.target()?;
        if self.output == Output::Json && self.to == Path::new("-") {
            bail!("the picture goes to standard output, where what is told of it can't be too");
        }
        let name = self.from.to_string();
        let source = open(&self.from)?;
        let is_png = is_png(&mut source.reader(0)).with_context(|| name.clone())?;
        let loaded = match is_png {
            true => self.read_png(&source),
            false => self.read_bmp(&source, &name, cx),
        };
        let loaded = loaded.with_context(|| name.clone())?;
        let (width, height) = (loaded.png.width, loaded.png.height);
        let encoded = match target {
            Target::Png => self.encode_png(loaded.png),
            Target::Bmp => self.encode(loaded),
        };
        let bytes = match encoded {
            Ok(bytes) => bytes,
            Err(error) => return self.refuse(error, &name, cx),
        };
        if self.to == Path::new("-") {
            let mut out = cx.raw(self.force)?;
            out.write_all(&bytes)?;
            out.flush()?;
        } else {
            let kind = match target {
                Target::Bmp => BMP,
                Target::Png => PNG,
            };
            let mut file = cx.create(&self.to, kind, self.force)?;
            file.write_all(&bytes)?;
            file.commit()
                .with_context(|| escape::path(&self.to).to_string())?;
        }
        if self.output == Output::Json {
            let format = match target {
                Target::Bmp => "bmp",
                Target::Png => "png",
            };
            let told = serde_json::json!({
                "file": name,
                "out": escape::path(&self.to).to_string(),
                "format": format,
                "width": width,
                "height": height,
                "size": bytes.len(),
            });
            writeln!(cx.out(), "{told}")?;
        }
        Ok(Exit::Done)
    }

    fn refuse(&self, error: EncodeFailed, name: &str, cx: &mut Context) -> Result<Exit> {
        match error {
            EncodeFailed::Loss(message) => {
                let error = error!("{name}: {message}, --lossy writes it anyway");
                cx.report(error)?;
                Ok(Exit::No)
            }
            EncodeFailed::Other(message) => bail!("{name}: {message}"),
        }
    }

    fn target(&self) -> Result<Target> {
        if let Some(target) = self.to_format {
            return Ok(target);
        }
        let suffix = self.to.extension().map(|s| s.to_ascii_lowercase());
        match suffix.as_ref().and_then(|suffix| suffix.to_str()) {
            Some("png") => Ok(Target::Png),
            Some("bmp" | "dib" | "rle") => Ok(Target::Bmp),
            _ => bail!(
                "{}: the name doesn't tell the format: --to-format png or bmp does",
                escape::path(&self.to)
            ),
        }
    }

    fn read_png(&self, source: &Source) -> Result<LoadedPicture> {
        let bytes = source.read(0, u64::MAX)?;
        let png = Png::read(&bytes, self.pixels.max_pixels())?;
        let mut encoder = Encoder::new();
        // Few programs read 2 bits a pixel.
        match png.bits {
            Some(2) => encoder = encoder.bit_count(4),
            Some(bits @ (1 | 4 | 8)) => encoder = encoder.bit_count(bits),
            _ => {}
        }
        let density = png.pixels_per_meter.unwrap_or_default();
        encoder = encoder.pixels_per_meter(density.map(|n| i32::try_from(n).unwrap_or(0)));
        Ok(LoadedPicture {
            png,
            encoder,
            is_png: true,
        })
    }

    fn read_bmp(&self, source: &Source, name: &str, cx: &mut Context) -> Result<LoadedPicture> {
        let report = inspect(source)?;
        let decoder = Decoder::of(source, &report, &self.pixels.options()).map_err(undecoded)?;
        let index = decoder.bitmap();
        let bitmap = report.bitmaps().get(index);
        let (width, height) = (decoder.width(), decoder.height());
        // Of rows that are not compressed, the headers tell before a pixel is read.
        let lost = bitmap.and_then(|bitmap| bitmap.lost_rows).unwrap_or(0);
        self.refuse_lost(lost, height)?;
        let (samples, lost, problems) = if decoder.is_deep() {
            let picture = Picture::read_16(decoder).map_err(undecoded)?;
            (
                Samples::Sixteen(picture.rgba),
                picture.lost_rows,
                picture.problems,
            )
        } else {
            let picture = Picture::read(decoder).map_err(undecoded)?;
            (
                Samples::Eight(picture.rgba),
                picture.lost_rows,
                picture.problems,
            )
        };
        self.refuse_lost(lost.into(), height)?;
        warn(cx, name, report.problems());
        warn(cx, name, &problems);
        let count = report.bitmaps().len();
        // The mask of a color icon comes before its colors, and is no picture of its own.
        if self.pixels.bitmap.is_none() && count.since(index) > 1 {
            cx.note(format_args!(
                "{name}: bitmap {index} of {count} is converted; --bitmap N takes another, from 0"
            ));
        }
        let encoder = bitmap.map(Encoder::like);
        let mut png = Png::new(width, height, samples).context("a picture has all its samples")?;
        let dib = bitmap.and_then(|bitmap| bitmap.dib.as_ref());
        let density = dib.map_or([0, 0], |dib| dib.pixels_per_meter);
        let density = density.map(|n| u32::try_from(n).unwrap_or(0));
        png.pixels_per_meter = Some(density).filter(|density| *density != [0, 0]);
        png.bits = dib
            .map(|dib| dib.bit_count)
            .filter(|bits| matches!(bits, 1 | 2 | 4 | 8));
        Ok(LoadedPicture {
            png,
            encoder: encoder.unwrap_or_default(),
            is_png: false,
        })
    }

    fn refuse_lost(&self, lost: u64, height: u32) -> Result<(), DataError> {
        if self.partial || lost == 0 {
            return Ok(());
        }
        let lost = lost_rows(lost, height.into());
        let message = format!("{lost}; --partial writes what there is");
        Err(DataError::other(message))
    }

    /// A PNG file, for which options about the storage of bitmaps have no meaning.
    fn encode_png(&self, mut png: Png) -> Result<Vec<u8>, EncodeFailed> {
        let bitmaps = [
            ("--header", self.header.is_some()),
            ("--compression", self.compression.is_some()),
            ("--top-down", self.top_down),
            ("--bottom-up", self.bottom_up),
        ];
        if let Some((option, _)) = bitmaps.iter().find(|(_, given)| *given) {
            let message = format!("{option} says how a bitmap is stored, the output is a PNG file");
            return Err(EncodeFailed::Other(message));
        }
        if let Some(bits) = self.bits {
            if !matches!(bits, 1 | 2 | 4 | 8 | 16 | 24 | 32 | 48 | 64) {
                let message = format!("no PNG file has {bits} bits a pixel");
                return Err(EncodeFailed::Other(message));
            }
            png.bits = self.bits;
            if !png.fits() {
                if !self.lossy {
                    let message = format!("{bits} bits don't keep every pixel; more bits do");
                    return Err(EncodeFailed::Loss(message));
                }
                self.reduce(&mut png, bits)?;
            }
        }
        let mut bytes = Vec::new();
        let written = png.write(&mut bytes);
        written.map_err(|error| EncodeFailed::Other(error.to_string()))?;
        Ok(bytes)
    }

    /// Rounds the pixels to what a PNG file of this number of bits keeps.
    fn reduce(&self, png: &mut Png, bits: u16) -> Result<(), EncodeFailed> {
        let encoder = match bits {
            1 | 2 | 4 | 8 => Encoder::new().bit_count(bits),
            24 => Encoder::new(),
            32 => Encoder::new()
                .kind(DibKind::V4)
                .bit_count(32)
                .compression(Compression::BitFields),
            48 => {
                if let Samples::Sixteen(samples) = &mut png.samples {
                    samples
                        .iter_mut()
                        .skip(3)
                        .step_by(4)
                        .for_each(|alpha| *alpha = u16::MAX);
                }
                if let Samples::Eight(samples) = &mut png.samples {
                    samples
                        .iter_mut()
                        .skip(3)
                        .step_by(4)
                        .for_each(|alpha| *alpha = u8::MAX);
                }
                return Ok(());
            }
            _ => {
                let message = format!("{bits} bits of a PNG file are for grays of 16 bits");
                return Err(EncodeFailed::Other(message));
            }
        };
        // A bitmap of those bits has the colors that are left.
        let bitmap = self.write(png, &encoder.lossy(true))?;
        let picture = Picture::decode(&Source::from(bitmap), &Options::default());
        let picture = picture.map_err(|error| EncodeFailed::Other(error.to_string()))?;
        png.samples = Samples::Eight(picture.rgba);
        Ok(())
    }

    fn encode(&self, loaded: LoadedPicture) -> Result<Vec<u8>, EncodeFailed> {
        let LoadedPicture {
            png,
            mut encoder,
            is_png,
        } = loaded;
        let header = self.header.map(Header::kind);
        if let Some(header) = header {
            encoder = encoder.kind(header);
        }
        if self.bits.is_some() || self.compression.is_some() {
            let compression = self
                .compression
                .map_or(Compression::Rgb, CompressionName::compression);
            encoder = encoder.compression(compression).masks(None);
            let bits = self
                .bits
                .or_else(|| compression.bit_counts().first().copied());
            // Not compressed, 24 bits are what everybody reads.
            let bits = match (self.bits, compression) {
                (None, Compression::Rgb) => Some(24),
                _ => bits,
            };
            encoder = encoder.bit_count(bits.unwrap_or(24));
        }
        let has_alpha = match &png.samples {
            Samples::Eight(samples) => !opaque(samples, u8::MAX),
            Samples::Sixteen(samples) => !opaque(samples, u16::MAX),
        };
        let with_alpha = header.is_some_and(|header| header >= DibKind::V3);
        let is_free = self.compression.is_none()
            && matches!(self.bits, None | Some(32))
            && (header.is_none() || with_alpha)
            && (is_png || self.bits.is_some() || with_alpha);
        if has_alpha && is_free && !encoder.has_alpha() {
            let kind = header.unwrap_or(DibKind::V4);
            encoder = encoder
                .kind(kind)
                .bit_count(32)
                .compression(Compression::BitFields)
                .masks(None);
        }
        if self.top_down || self.bottom_up {
            encoder = encoder.top_down(self.top_down);
        }
        self.write(&png, &encoder.lossy(self.lossy || self.partial))
    }

    fn write(&self, png: &Png, encoder: &Encoder) -> Result<Vec<u8>, EncodeFailed> {
        let pixels = match &png.samples {
            Samples::Eight(samples) => Picked::new(png.width, png.height, samples),
            Samples::Sixteen(samples) => Picked::new_16(png.width, png.height, samples),
        };
        let failed = || EncodeFailed::Other("the picture has no pixels".to_owned());
        let mut bytes = Vec::new();
        let Err(error) = encoder.encode(&pixels.ok_or_else(failed)?, &mut bytes) else {
            return Ok(bytes);
        };
        let keeps = match (&error, &png.samples) {
            (EncodeError::Alpha { .. }, _) => "--header v4 --bits 32 keeps it",
            (EncodeError::Rounding { .. }, Samples::Sixteen(_)) => {
                "--header info --compression png keeps it"
            }
            (EncodeError::Rounding { .. }, _) => "--bits 24 keeps it",
            (EncodeError::Colors { .. }, _) => "--bits 24 keeps them",
            _ => return Err(EncodeFailed::Other(error.to_string())),
        };
        Err(EncodeFailed::Loss(format!("{error}; {keeps}")))
    }
}

enum EncodeFailed {
    Loss(String),
    Other(String),
}

impl Header {
    fn kind(self) -> DibKind {
        match self {
            Header::Core => DibKind::Core,
            Header::Os2 => DibKind::Os2,
            Header::Info => DibKind::Info,
            Header::V2 => DibKind::V2,
            Header::V3 => DibKind::V3,
            Header::V4 => DibKind::V4,
            Header::V5 => DibKind::V5,
        }
    }
}

impl CompressionName {
    fn compression(self) -> Compression {
        match self {
            CompressionName::Rgb => Compression::Rgb,
            CompressionName::Rle8 => Compression::Rle8,
            CompressionName::Rle4 => Compression::Rle4,
            CompressionName::Rle24 => Compression::Rle24,
            CompressionName::Bitfields => Compression::BitFields,
            CompressionName::Alphabitfields => Compression::AlphaBitFields,
            CompressionName::Huffman => Compression::Huffman1D,
            CompressionName::Cmyk => Compression::Cmyk,
            CompressionName::Cmykrle8 => Compression::CmykRle8,
            CompressionName::Cmykrle4 => Compression::CmykRle4,
            CompressionName::Png => Compression::Png,
        }
    }
}

fn opaque<T: Copy + PartialEq>(samples: &[T], full: T) -> bool {
    samples
        .iter()
        .skip(3)
        .step_by(4)
        .all(|alpha| *alpha == full)
}

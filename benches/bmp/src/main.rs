//! Decodes 4096 × 4096 pixels of each kind with bytewright and with the `image` crate, in turn, to
//! RGBA of 8 bits; what both decode is compared before anything is timed.

use std::hint::black_box;
use std::io::Cursor;
use std::time::{Duration, Instant};

use bytewright::Source;
use bytewright::formats::bmp::{Compression, Decoder, Encoder, Options, Picture, Pixels};
use image::ImageDecoder;

const SIDE: u32 = 4096;
const ROUNDS: usize = 11;

/// Something like a drawing: areas of one color, and noisy ones.
fn picture(colors: u32) -> Vec<u8> {
    let mut random = 1_u32;
    let mut rgba = Vec::with_capacity((SIDE * SIDE * 4) as usize);
    let mut color = 0;
    for at in 0..SIDE * SIDE {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        let noisy = at / SIDE % 64 < 16;
        if noisy || random % 24 == 0 {
            color = random % colors;
        }
        let [a, b, c, _] = color.wrapping_mul(2_654_435_761).to_le_bytes();
        rgba.extend([a, b, c, 255]);
    }
    rgba
}

fn ours(file: &Source) -> Vec<u8> {
    Picture::decode(file, &Options::default())
        .expect("a bitmap")
        .rgba
}

fn theirs(file: &[u8]) -> Vec<u8> {
    let decoder = image::codecs::bmp::BmpDecoder::new(Cursor::new(file)).expect("a bitmap");
    let picture = image::DynamicImage::from_decoder(decoder).expect("pixels");
    picture.into_rgba8().into_raw()
}

/// The same into memory that is there.
fn ours_again(file: &Source, rgba: &mut [u8]) {
    let mut decoder = Decoder::new(file, &Options::default()).expect("a bitmap");
    let stride = decoder.width() as usize * 4;
    // Rows run from the bottom to the top.
    for row in rgba.chunks_exact_mut(stride).rev() {
        decoder.read_row(row).expect("a row");
    }
}

fn theirs_again(file: &[u8], rgb: &mut Vec<u8>, rgba: &mut [u8]) {
    let decoder = image::codecs::bmp::BmpDecoder::new(Cursor::new(file)).expect("a bitmap");
    rgb.resize(decoder.total_bytes() as usize, 0);
    let has_alpha = decoder.color_type().has_alpha();
    decoder.read_image(rgb).expect("pixels");
    if has_alpha {
        rgba.copy_from_slice(rgb);
        return;
    }
    for (out, pixel) in rgba.chunks_exact_mut(4).zip(rgb.chunks_exact(3)) {
        out[..3].copy_from_slice(pixel);
        out[3] = 255;
    }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

fn main() {
    for (name, colors, bits, compression) in [
        ("24 bits", 1 << 24, 24, Compression::Rgb),
        ("RLE8", 256, 8, Compression::Rle8),
        ("8 bits", 256, 8, Compression::Rgb),
        ("32 bits", 1 << 24, 32, Compression::BitFields),
        ("RLE4", 16, 4, Compression::Rle4),
    ] {
        let rgba = picture(colors);
        let pixels = Pixels::new(SIDE, SIDE, &rgba).expect("a picture");
        let mut file = Vec::new();
        let encoder = Encoder::new().bit_count(bits).compression(compression);
        encoder.encode(&pixels, &mut file).expect("a file");
        let source = Source::from(&file[..]);
        assert!(ours(&source) == rgba, "{name}: ours");
        assert!(theirs(&file) == rgba, "{name}: theirs");
        let (mut rgb, mut memory) = (Vec::new(), vec![1; rgba.len()]);
        ours_again(&source, &mut memory);
        assert!(memory == rgba, "{name}: ours, again");
        theirs_again(&file, &mut rgb, &mut memory);
        assert!(memory == rgba, "{name}: theirs, again");
        let (mut a, mut b) = (Vec::new(), Vec::new());
        let (mut c, mut d) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let start = Instant::now();
            black_box(ours(&source));
            a.push(start.elapsed());
            let start = Instant::now();
            black_box(theirs(&file));
            b.push(start.elapsed());
            let start = Instant::now();
            ours_again(&source, black_box(&mut memory));
            c.push(start.elapsed());
            let start = Instant::now();
            theirs_again(&file, &mut rgb, black_box(&mut memory));
            d.push(start.elapsed());
        }
        let (a, b) = (median(a), median(b));
        println!("{name}: {a:.4} s, image {b:.4} s, ratio {:.2}", a / b);
        let (c, d) = (median(c), median(d));
        println!(
            "  into memory that is there: {c:.4} s, image {d:.4} s, ratio {:.2}",
            c / d
        );
    }
}

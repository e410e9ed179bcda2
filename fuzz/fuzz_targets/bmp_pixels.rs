//! Any bytes as a bitmap's pixels: they are decoded, or not, the same in 8 and in 16 bits; what was
//! decoded is encoded and decoded to the same; repairs leave a file that needs none of them.
#![no_main]

use bytewright::Source;
use bytewright::formats::bmp::{self, Alpha, Decoder, Encoder, Options, Picture, Pixels};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&first, data)) = data.split_first() else {
        return;
    };
    let mut options = Options::default();
    options.max_pixels = 1 << 14;
    options.alpha = [Alpha::Header, Alpha::Ignore, Alpha::Keep][usize::from(first % 3)];
    let source = Source::from(data);
    let report = bmp::inspect(&source).expect("memory is read");
    for index in 0..report.bitmaps().len().min(4) {
        options.bitmap = Some(index);
        let Ok(decoder) = Decoder::of(&source, &report, &options) else {
            continue;
        };
        let deep = decoder.is_deep();
        let picture = Picture::read(decoder).expect("memory is read");
        let decoder = Decoder::of(&source, &report, &options).expect("as before");
        let again = Picture::<u16>::read_16(decoder).expect("memory is read");
        assert_eq!((picture.lost_rows, picture.rgba.len()), (again.lost_rows, again.rgba.len()));
        if !deep {
            // Channels of fewer than 8 bits are rounded in either depth, and so is a profile.
            let near = |(eight, sixteen): (&u8, &u16)| {
                u32::from(*eight).abs_diff((u32::from(*sixteen) + 128) / 257) <= 1
            };
            let has_profile = report.bitmaps()[index].profile.is_some();
            assert!(has_profile || picture.rgba.iter().zip(&again.rgba).all(near));
        }
        let pixels = Pixels::new(picture.width, picture.height, &picture.rgba).expect("a picture");
        let mut file = Vec::new();
        if Encoder::like(&report.bitmaps()[index])
            .encode(&pixels, &mut file)
            .is_ok()
        {
            let decoded = Picture::decode(&Source::from(file), &Options::default());
            assert!(decoded.expect("what was encoded").rgba == picture.rgba);
        }
    }
    let wide = |bitmap: &bmp::Bitmap| bitmap.dib.as_ref().is_some_and(|dib| dib.width > 1 << 14);
    if report.bitmaps().iter().any(wide) {
        return;
    }
    let mut mended = data.to_vec();
    for (offset, bytes) in bmp::repairs(&source).expect("memory is read").into_iter().flat_map(|r| r.writes) {
        let start = usize::try_from(offset).expect("in memory");
        let end = start + bytes.len();
        assert!(start <= mended.len(), "a hole");
        mended.resize(mended.len().max(end), 0);
        mended[start..end].copy_from_slice(&bytes);
    }
});

//! The ICC profile of a picture, applied to its rows.

use super::damage::Damage;
use crate::formats::bmp::check::B066;
use crate::source::Source;
use crate::tree::Range;

/// Profiles are a few kilobytes, and with tables for printers some megabytes.
const LONGEST: u64 = 16 << 20;

/// From the colors of a profile to those of sRGB.
#[derive(Clone)]
pub(super) struct Profile {
    #[cfg(feature = "pictures")]
    eight: std::sync::Arc<dyn moxcms::TransformExecutor<u8> + Send + Sync>,
    #[cfg(feature = "pictures")]
    sixteen: std::sync::Arc<dyn moxcms::TransformExecutor<u16> + Send + Sync>,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Profile")
    }
}

/// Reads the profile; says in `damage` why it can't be applied.
pub(super) fn read(
    source: &Source,
    range: Range,
    damage: &mut Damage,
) -> std::io::Result<Option<Profile>> {
    let bytes = source.read(range.offset, range.size.min(LONGEST))?;
    let refuse = |reason: String| damage.add(B066, range, || reason);
    Ok(parse(&bytes).map_err(refuse).ok())
}

#[cfg(feature = "pictures")]
fn parse(bytes: &[u8]) -> Result<Profile, String> {
    use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

    let failed = |e: moxcms::CmsError| format!("the profile can't be applied: {e}");
    let profile = ColorProfile::new_from_slice(bytes).map_err(failed)?;
    if profile.color_space != DataColorSpace::Rgb {
        let found = profile.color_space;
        return Err(format!("the profile is for {found:?}, the pixels are RGB"));
    }
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let (from, to) = (Layout::Rgba, Layout::Rgba);
    Ok(Profile {
        eight: profile
            .create_transform_8bit(from, &srgb, to, options)
            .map_err(failed)?,
        sixteen: profile
            .create_transform_16bit(from, &srgb, to, options)
            .map_err(failed)?,
    })
}

#[cfg(not(feature = "pictures"))]
fn parse(_: &[u8]) -> Result<Profile, String> {
    Err("this program was built without color profiles; the colors are left as they are".to_owned())
}

/// Applies a profile to a row of samples, of which alpha stays.
pub(super) trait Apply: Copy + Default {
    fn apply(profile: &Profile, row: &mut [Self], spare: &mut Vec<Self>);
}

#[cfg(feature = "pictures")]
macro_rules! apply {
    ($sample:ty, $transform:ident) => {
        impl Apply for $sample {
            fn apply(profile: &Profile, row: &mut [Self], spare: &mut Vec<Self>) {
                spare.clear();
                spare.extend_from_slice(row);
                // Source and target have the same length, which is all that can go wrong.
                drop(profile.$transform.transform(spare, row));
            }
        }
    };
}

#[cfg(feature = "pictures")]
apply!(u8, eight);
#[cfg(feature = "pictures")]
apply!(u16, sixteen);

#[cfg(not(feature = "pictures"))]
impl Apply for u8 {
    fn apply(_: &Profile, _: &mut [u8], _: &mut Vec<u8>) {}
}

#[cfg(not(feature = "pictures"))]
impl Apply for u16 {
    fn apply(_: &Profile, _: &mut [u16], _: &mut Vec<u16>) {}
}

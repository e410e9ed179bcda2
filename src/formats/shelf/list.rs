//! Which formats there are, and how files of each begin.

use std::fmt;

/// A format of the shelf.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Described {
    /// Its name.
    pub name: &'static str,
    /// Its group.
    pub group: Group,
    /// How names of its files end, in lower case and without the dot.
    pub suffixes: &'static [&'static str],
    /// Offsets, from the end where they are negative, and bytes that are there in files of the
    /// format; each is enough.
    pub signatures: &'static [(i64, &'static [u8])],
    /// The name of the file that describes it, with which the names in it begin.
    pub(super) file: &'static str,
    /// Its text.
    pub(super) text: &'static str,
}

/// Groups of formats by purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Group {
    /// Still and moving ones without sound.
    Pictures,
    /// Sound and film.
    Sound,
    /// Archives and packages.
    Archives,
    /// Programs, libraries, bytecode.
    Programs,
    /// Disks, partitions, file systems.
    Disks,
    /// Captures and messages.
    Network,
    /// Databases, arrays, serialized values.
    Data,
    /// Fonts, models, games.
    Other,
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Group::Pictures => "pictures",
            Group::Sound => "sound and film",
            Group::Archives => "archives",
            Group::Programs => "programs",
            Group::Disks => "disks",
            Group::Network => "network",
            Group::Data => "data",
            Group::Other => "other",
        })
    }
}

/// The formats, by group.
pub fn all() -> impl Iterator<Item = &'static Described> {
    FORMATS.iter()
}

/// `GROUP NAME in FILE, [SUFFIX…], [OFFSET: BYTES…];` for each format. The signatures are those of
/// `detect` in the files, which a test compares: without them here, each start would parse all files.
macro_rules! formats {
    ($($group:ident $name:literal in $file:literal, [$($suffix:literal),*],
       [$($offset:literal: $bytes:literal),* $(,)?];)*) => {
        static FORMATS: &[Described] = &[$(Described {
            name: $name,
            group: Group::$group,
            suffixes: &[$($suffix),*],
            signatures: &[$(($offset, $bytes)),*],
            file: $file,
            text: include_str!(concat!($file, ".toml")),
        }),*];
    };
}

formats! {
    Pictures "png" in "png", ["png", "apng"], [0: b"\x89PNG\r\n\x1a\n"];
    Pictures "gif" in "gif", ["gif"], [0: b"GIF87a", 0: b"GIF89a"];
    Pictures "jpeg" in "jpeg", ["jpg", "jpeg", "jpe", "jfif"], [0: b"\xff\xd8\xff\xe0", 0: b"\xff\xd8\xff\xe1", 0: b"\xff\xd8\xff"];
    Pictures "tiff" in "tiff", ["tif", "tiff"], [0: b"II*\0", 0: b"MM\0*", 0: b"II+\0", 0: b"MM\0+"];
    Pictures "webp" in "riff", ["webp"], [8: b"WEBP"];
    Pictures "ani" in "riff", ["ani"], [8: b"ACON"];
    Pictures "jp2" in "jp2", ["jp2", "jpx"], [0: b"\0\0\0\x0cjP  \r\n\x87\n"];
    Pictures "j2k" in "jp2", ["j2k", "j2c", "jpc"], [0: b"\xffO\xffQ"];
    Pictures "exr" in "cinema", ["exr"], [0: b"v/1\x01"];
    Pictures "dpx" in "cinema", ["dpx"], [0: b"SDPX", 0: b"XPDS"];
    Pictures "psd" in "psd", ["psd", "psb"], [0: b"8BPS"];
    Pictures "icc" in "icc", ["icc", "icm"], [36: b"acsp"];
    Pictures "qoi" in "raster", ["qoi"], [0: b"qoif"];
    Pictures "farbfeld" in "raster", ["ff"], [0: b"farbfeld"];
    Pictures "pcx" in "raster", ["pcx"], [0: b"\n\x05\x01", 0: b"\n\x03\x01", 0: b"\n\x02\x01", 0: b"\n\0\x01"];
    Pictures "tga" in "raster", ["tga"], [-18: b"TRUEVISION-XFILE.\0"];
    Pictures "dds" in "raster", ["dds"], [0: b"DDS |\0\0\0"];
    Pictures "sgi" in "raster", ["sgi", "rgb", "bw"], [0: b"\x01\xda\0\x01", 0: b"\x01\xda\x01\x01", 0: b"\x01\xda\0\x02", 0: b"\x01\xda\x01\x02"];
    Pictures "sunraster" in "raster", ["ras", "sun"], [0: b"Y\xa6j\x95"];
    Pictures "icns" in "raster", ["icns"], [0: b"icns"];
    Pictures "fits" in "pictures", ["fits", "fit", "fts"], [0: b"SIMPLE  =                    T", 0: b"SIMPLE  =                    F"];
    Pictures "xwd" in "pictures", ["xwd"], [4: b"\0\0\0\x07\0\0\0\x02"];
    Pictures "mng" in "pictures", ["mng"], [0: b"\x8aMNG\r\n\x1a\n"];
    Pictures "jng" in "pictures", ["jng"], [0: b"\x8bJNG\r\n\x1a\n"];
    Pictures "dcx" in "pictures", ["dcx"], [0: b"\xb1h\xde:"];
    Pictures "wbmp" in "pictures", ["wbmp"], [];
    Sound "wav" in "riff", ["wav", "wave"], [8: b"WAVE"];
    Sound "avi" in "riff", ["avi"], [8: b"AVI "];
    Sound "riff" in "riff", [], [0: b"RIFF"];
    Sound "aiff" in "aiff", ["aif", "aiff", "aifc"], [8: b"AIFF", 8: b"AIFC"];
    Sound "au" in "aiff", ["au", "snd"], [0: b".snd"];
    Sound "midi" in "midi", ["mid", "midi"], [0: b"MThd"];
    Sound "flac" in "flac", ["flac"], [0: b"fLaC"];
    Sound "ogg" in "ogg", ["ogg", "oga", "ogv", "opus", "spx"], [0: b"OggS\0"];
    Sound "mp3" in "mp3", ["mp3"], [0: b"ID3\x03", 0: b"ID3\x04", 0: b"ID3\x02"];
    Sound "mp4" in "mp4", ["mp4", "m4a", "m4v", "mov", "3gp", "heic", "avif"], [4: b"ftyp"];
    Sound "ebml" in "ebml", ["mkv", "webm", "mka", "mks"], [0: b"\x1aE\xdf\xa3"];
    Sound "flv" in "stream", ["flv", "f4v"], [0: b"FLV\x01"];
    Sound "caf" in "stream", ["caf"], [0: b"caff\0\x01\0\0"];
    Sound "asf" in "stream", ["asf", "wmv", "wma"], [0: b"0&\xb2u\x8ef\xcf\x11\xa6\xd9\0\xaa\0b\xcel"];
    Sound "mpegts" in "broadcast", ["ts", "m2t"], [0: b"G@\0", 0: b"G@\x11"];
    Sound "adts" in "broadcast", ["aac"], [0: b"\xff\xf1", 0: b"\xff\xf9"];
    Sound "ac3" in "broadcast", ["ac3", "eac3"], [0: b"\x0bw"];
    Sound "w64" in "broadcast", ["w64"], [0: b"riff.\x91\xcf\x11\xa5\xd6(\xdb\x04\xc1\0\0"];
    Archives "zip" in "zip", ["zip", "jar", "whl", "docx", "xlsx", "pptx", "odt", "ods", "apk", "epub", "war", "npz"], [0: b"PK\x03\x04", 0: b"PK\x03\x04\n\0", 0: b"PK\x03\x04\x14\0", 0: b"PK\x03\x04-\0", 0: b"PK\x05\x06", -22: b"PK\x05\x06"];
    Archives "sevenzip" in "sevenzip", ["7z"], [0: b"7z\xbc\xaf'\x1c"];
    Archives "ar" in "ar", ["a", "ar"], [0: b"!<arch>\n"];
    Archives "deb" in "ar", ["deb", "udeb"], [0: b"!<arch>\ndebian-binary"];
    Archives "ar_thin" in "ar", [], [0: b"!<thin>\n"];
    Archives "cpio" in "cpio", ["cpio"], [0: b"070701", 0: b"070702", 0: b"070707"];
    Archives "cpio_binary" in "cpio", [], [0: b"\xc7q", 0: b"q\xc7"];
    Archives "rpm" in "rpm", ["rpm"], [0: b"\xed\xab\xee\xdb"];
    Archives "cab" in "cab", ["cab"], [0: b"MSCF\0\0\0\0"];
    Archives "iso" in "iso", ["iso"], [32769: b"CD001"];
    Archives "xar" in "xar", ["xar", "pkg"], [0: b"xar!"];
    Archives "lzma" in "xar", ["lzma"], [0: b"]\0\0"];
    Programs "elf" in "elf", ["elf"], [0: b"\x7fELF"];
    Programs "pe" in "pe", ["exe", "dll", "sys", "efi", "pyd", "ocx"], [0: b"MZ"];
    Programs "coff" in "pe", ["obj"], [0: b"d\x86", 0: b"L\x01", 0: b"d\xaa"];
    Programs "macho" in "macho", ["dylib"], [0: b"\xcf\xfa\xed\xfe", 0: b"\xce\xfa\xed\xfe", 0: b"\xfe\xed\xfa\xcf", 0: b"\xfe\xed\xfa\xce"];
    Programs "macho_fat" in "macho", [], [0: b"\xca\xfe\xba\xbe\0\0\0\x01", 0: b"\xca\xfe\xba\xbe\0\0\0\x02", 0: b"\xca\xfe\xba\xbe\0\0\0\x03", 0: b"\xca\xfe\xba\xbe\0\0\0\x04"];
    Programs "java" in "java", ["class"], [0: b"\xca\xfe\xba\xbe"];
    Programs "wasm" in "wasm", ["wasm"], [0: b"\0asm\x01\0\0\0"];
    Programs "dex" in "dex", ["dex"], [0: b"dex\n0"];
    Programs "pyc" in "pyc", ["pyc", "pyo"], [2: b"\r\n"];
    Programs "uf2" in "uf2", ["uf2"], [0: b"UF2\nWQ]\x9e"];
    Disks "mbr" in "gpt", ["img"], [510: b"U\xaa"];
    Disks "gpt" in "gpt", [], [512: b"EFI PART"];
    Disks "fat" in "fat", [], [54: b"FAT12   ", 54: b"FAT16   ", 82: b"FAT32   "];
    Disks "ext" in "ext", [], [1080: b"S\xef"];
    Disks "swap" in "ext", [], [4086: b"SWAPSPACE2"];
    Disks "luks" in "ext", [], [0: b"LUKS\xba\xbe"];
    Disks "squashfs" in "ext", ["squashfs", "snap"], [0: b"hsqs"];
    Disks "qcow2" in "ext", ["qcow2"], [0: b"QFI\xfb"];
    Network "pcap" in "pcapng", ["pcap", "cap"], [0: b"\xd4\xc3\xb2\xa1", 0: b"M<\xb2\xa1", 0: b"\xa1\xb2\xc3\xd4", 0: b"\xa1\xb2<M"];
    Network "pcapng" in "pcapng", ["pcapng", "ntar"], [0: b"\n\r\r\n"];
    Network "ethernet" in "packet", [], [];
    Network "dns" in "dns", ["dns"], [];
    Network "dns_tcp" in "dns", [], [];
    Network "tls" in "packet", [], [];
    Data "sqlite" in "sqlite", ["sqlite", "sqlite3", "db"], [0: b"SQLite format 3\0"];
    Data "npy" in "npy", ["npy"], [0: b"\x93NUMPY"];
    Data "msgpack" in "msgpack", ["msgpack", "mpk"], [];
    Data "cbor" in "cbor", ["cbor"], [0: b"\xd9\xd9\xf7"];
    Data "bson" in "bson", ["bson"], [];
    Data "protobuf" in "protobuf", ["pb", "binpb"], [];
    Data "parquet" in "columns", ["parquet"], [0: b"PAR1"];
    Data "hdf5" in "columns", ["h5", "hdf5"], [0: b"\x89HDF\r\n\x1a\n", 512: b"\x89HDF\r\n\x1a\n", 1024: b"\x89HDF\r\n\x1a\n", 2048: b"\x89HDF\r\n\x1a\n"];
    Data "arrow" in "columns", ["arrow", "feather"], [0: b"ARROW1\0\0"];
    Data "arrow_stream" in "columns", ["arrows"], [];
    Data "leveldb_log" in "leveldb", ["log"], [];
    Data "dbf" in "dbf", ["dbf"], [];
    Data "utmp" in "unix", ["utmp", "wtmp"], [];
    Data "tzif" in "unix", [], [0: b"TZif"];
    Data "mo" in "unix", ["mo", "gmo"], [0: b"\xde\x12\x04\x95", 0: b"\x95\x04\x12\xde"];
    Data "terminfo" in "unix", [], [0: b"\x1a\x01", 0: b"\x1e\x02"];
    Data "gitindex" in "git", [], [0: b"DIRC\0\0\0"];
    Data "gitpack" in "git", ["pack"], [0: b"PACK\0\0\0"];
    Data "gitidx" in "git", ["idx"], [0: b"\xfftOc\0\0\0\x02"];
    Other "font" in "font", ["ttf", "otf"], [0: b"\0\x01\0\0\0", 0: b"OTTO", 0: b"true\0"];
    Other "font_collection" in "font", ["ttc"], [0: b"ttcf"];
    Other "woff" in "font", ["woff"], [0: b"wOFF"];
    Other "woff2" in "font", ["woff2"], [0: b"wOF2"];
    Other "glb" in "model", ["glb"], [0: b"glTF"];
    Other "stl" in "model", ["stl"], [];
    Other "nes" in "game", ["nes"], [0: b"NES\x1a"];
    Other "wad" in "game", ["wad"], [0: b"IWAD", 0: b"PWAD"];
    Other "nbt" in "nbt", ["nbt", "schematic", "dat"], [0: b"\n\0\0"];
}

//! The codes of what is wrong with archives.

use crate::tree::codes;

codes! {
    /// The codes of problems.
    ///
    /// `T033` is a note where both members are directories. Only [`check`](super::check) and
    /// [`repair`](super::repair) look for T031 to T039, and read on after an error. Only they report what follows the
    /// end of a plain archive (T012, T030), too.
    pub table CODES;
    pub(in crate::formats::tar) rows;
    T001 Warning "a block of zeros stands between members";
    T002 Warning "the archive ends without its two blocks of zeros, or after one, or they are cut short";
    T003 Warning "the last member is not padded to a whole block";
    T004 Error   "a number in a header is none, or out of range";
    T005 Warning "a member without data, by its type, has a size";
    T006 Warning "the type is unknown";
    T007 Warning "the sizes in the pax record and in the header differ";
    T008 Error   "a name holds a NUL, so that two readers see two names";
    T009 Warning "a hard link, or what is a directory by the `/` after its name, has a size";
    T010 Error   "a number in a pax record is none, or a keyword is empty";
    T011 Warning "a global header gives every member the same name, or every link the same target";
    T012 Warning "something that is no archive follows the archive";
    T013 Warning "something that is not compressed so follows the compressed stream";
    T014 Warning "an extended header has no member after it";
    T015 Error   "the reading ends here";
    T016 Warning "the index of a gzipped archive is wrong about a member";
    T017 Warning "a number begins with a NUL, or something follows its end: some readers see another number, some none";
    T018 Warning "a pax record and a long name of GNU's give a member two names, or two targets";
    T019 Warning "two extended headers of one kind stand before a member, or a keyword has two values";
    T020 Warning "a pax record is empty, and takes back what no global header said";
    T030 Warning "a second archive follows the end of the first";
    T031 Error   "from the place of an error to the next header, nothing is known about the bytes";
    T032 Warning "the padding is not zeros";
    T033 Warning "an earlier member has the same name";
    T034 Note    "`extract` would refuse the member";
    T035 Note    "the member is no file";
    T036 Warning "a header is plausible but for its checksum: magic and numbers are right, and a header or the end stands where its size says";
    T037 Note    "the name begins with `/`, which `extract` leaves out";
    T038 Warning "the name has `..` in it where `\\` stands between folders, or after a drive such as `C:`, as Windows reads it";
    T039 Error   "the map of a sparse file overlaps, goes backwards, leaves the file or doesn't match its data";
}

//! What can be wrong with a struct: the codes of the problems in its nodes.

use crate::tree::codes;

codes! {
    /// The codes of the problems in the nodes of structs.
    pub table PROBLEMS;
    pub(crate) rows;
    S001 Error "the bytes differ from the constant of the format";
    S002 Error "the struct does not go on";
    S003 Error "a value is not the one that follows from the other fields";
    S004 Error "a checksum or a digest is not that of its bytes";
    S005 Note  "the format says nothing of some bytes of a region";
    S006 Error "coded bytes are cut or broken, or yield more than is looked at";
    S007 Note  "bytes do not hold what may be in them";
    S008 Error "the format doesn't allow the value";
}

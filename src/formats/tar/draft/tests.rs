use super::*;
use crate::formats::tar::Header;

#[test]
fn what_is_written_is_read_back() {
    for layout in [Layout::V7, Layout::Ustar, Layout::Gnu] {
        let mut draft = Draft::new(layout).unwrap();
        draft.put(field!("name"), b"a/b").unwrap();
        draft.put(field!("typeflag"), b"5").unwrap();
        assert!(draft.put_octal(field!("size"), 0o777).unwrap());
        assert!(!draft.put_octal(field!("uid"), 8u64.pow(7)).unwrap());
        let header = Header::parse(&draft.seal().unwrap()).unwrap();
        assert_eq!(header.layout(), layout);
        assert_eq!((header.name(), header.typeflag()), (b"a/b".to_vec(), b'5'));
        assert_eq!(header.number(field!("size")).unwrap(), 0o777);
    }
}

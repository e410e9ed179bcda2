//! Files as deep as a format may be read, on the stack that a thread has.

use bytewright::{Formats, Struct};

/// The stack of a thread, in bytes, unless it asks for another.
const STACK: usize = 2 << 20;

fn on_a_thread(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread.spawn(work).unwrap().join().unwrap();
}

#[test]
fn data_that_are_too_deep_are_an_error_on_the_stack_of_a_thread() {
    let formats = Formats::from_iter([("tree", "B:n {n & 1: %tree:left} {n & 2: [n]%tree:more}")]);
    let format = Struct::with_formats("%tree:t *s:rest", &formats).unwrap();
    for byte in [b'\x01', b'\x02', b'\xe1', b'\xe3'] {
        let format = format.clone();
        on_a_thread(move || {
            let error = format.unpack(&vec![byte; 10_000]).unwrap_err();
            assert!(
                error.to_string().contains("levels lie in one another"),
                "{error}"
            );
        });
    }
}

#[test]
fn the_deepest_data_are_packed_again_on_the_stack_of_a_thread() {
    let formats = Formats::from_iter([("list", "B:n {n: %list:next}")]);
    let format = Struct::with_formats("%list:all", &formats).unwrap();
    on_a_thread(move || {
        let data = |depth| [vec![1; depth], vec![0]].concat();
        let deepest = (1..200)
            .rev()
            .find(|depth| format.unpack(&data(*depth)).is_ok());
        let data = data(deepest.unwrap());
        assert!(data.len() > 90, "{}", data.len());
        let values = format.unpack(&data).unwrap();
        assert_eq!(format.pack(&values).unwrap(), data);
    });
}

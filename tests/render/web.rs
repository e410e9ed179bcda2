//! The library as WebAssembly in a browser: the page that `examples/web/make` makes, whose path is in `BYTEWRIGHT_WEB`.

use std::fs;
use std::path::Path;

use crate::html::played_in;

/// The page, which is made by a build of its own; `None` where nobody made it.
fn page() -> Option<Vec<u8>> {
    let Some(path) = std::env::var_os("BYTEWRIGHT_WEB") else {
        println!("skipped: BYTEWRIGHT_WEB doesn't say where the page of examples/web/make is");
        return None;
    };
    Some(fs::read(path).unwrap())
}

fn digits(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name);
    let bytes = fs::read(file).unwrap();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_file_is_looked_at_in_the_browser_and_the_next_one_too() {
    let Some(page) = page() else { return };
    let script = format!(
        "
        const bytes = (digits) => Uint8Array.from(digits.match(/../g), (d) => parseInt(d, 16));
        const file = (name, digits) => new File([bytes(digits)], name);
        const has = (text) => $('page').srcdoc.includes(text);
        (async () => {{
            await show(file('a <b>.bmp', '{bitmap}'));
            saw.push(has('\"path\":\"dib_header.width\"'), has('<h1>a &lt;b&gt;.bmp</h1>'), $('said').textContent);
            await show(file('b.png', '{png}'));
            saw.push(has('IHDR'), $('said').textContent.split(',')[0]);
            await show(file('c', '00'));
            saw.push(has('unknown, 1 byte'));
            document.title = saw.join('|');
        }})();
        ",
        bitmap = digits("bmp/info-8.bmp"),
        png = "89504e470d0a1a0a0000000d4948445200000001000000010800000000\
               3a7e9b550000000049454e44ae426082",
    );
    let window = ["--window-size=1000,700", "--virtual-time-budget=120000"];
    let Some(saw) = played_in(&page, &window, &script) else {
        return;
    };
    let size = digits("bmp/info-8.bmp").len() / 2;
    let said = format!("a &lt;b&gt;.bmp, {size} bytes");
    assert_eq!(saw, ["true", "true", &said, "true", "b.png", "true"]);
}

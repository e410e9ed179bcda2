//! The page of a file in a browser: what it shows, and what it does when somebody uses it.
//! Headless Chromium runs it; a script after the page plays the user and leaves what it saw in
//! the title.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::skip;

fn bytewright(args: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_bytewright"))
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    folder.join(name).to_str().unwrap().to_owned()
}

/// What the script leaves in the title, once it has run in the page. `None` without a browser.
fn played(page: &[u8], script: &str) -> Option<Vec<String>> {
    played_in(page, &["--window-size=1400,900"], script)
}

/// The same in a window of another size, or with a finger in the place of a mouse.
pub(crate) fn played_in(page: &[u8], window: &[&str], script: &str) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    let page = String::from_utf8(page.to_vec()).unwrap();
    let user = format!(
        "<script>addEventListener('error', (e) => {{ document.title = 'error: ' + e.message; }});\
         </script>{page}<script>\
         const press = (id, key) => $(id).dispatchEvent(new KeyboardEvent('keydown', {{key, bubbles: true}}));\
         const type = (text) => {{ $('search').value = text; $('search').dispatchEvent(new Event('input')); }};\
         const rows = () => [...document.querySelectorAll('#tree .row')].map((r) => r.textContent.trim());\
         const litBytes = () => document.querySelectorAll('#hex .byte.lit').length / 2;\
         setTimeout(() => {{ const saw = []; {script}; document.title = saw.join('|'); }}, 50);\
         </script>"
    );
    fs::write(&file, user).unwrap();
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args(["--virtual-time-budget=2000", "--dump-dom"])
        .args(window)
        .arg(format!(
            "--user-data-dir={}",
            folder.path().join("user").display()
        ))
        .arg(format!("file://{}", file.display()))
        .output();
    let Ok(output) = output else {
        skip("chromium", "it can't be started");
        return None;
    };
    let dom = String::from_utf8_lossy(&output.stdout);
    let title = dom
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"));
    let title = title.unwrap_or_else(|| panic!("{output:?}")).0;
    Some(title.split('|').map(str::to_owned).collect())
}

#[test]
fn fields_and_bytes_light_each_other_up() {
    let page = bytewright(&["inspect", "--html", &fixture("bmp/info-8.bmp")]);
    let script = "
        const row = [...document.querySelectorAll('#tree .row')]
            .find((r) => r.textContent.includes('width'));
        row.dispatchEvent(new MouseEvent('pointermove', {bubbles: true, clientX: 9, clientY: 9}));
        saw.push(litBytes(), $('status').textContent.split('   ')[0]);
        const byte = document.querySelector('#hex [data-at=\"23\"]');
        byte.dispatchEvent(new MouseEvent('pointermove', {bubbles: true, clientX: 99, clientY: 9}));
        saw.push(litBytes(), document.querySelector('#tree .row.lit').textContent.trim().split(' ')[0]);
    ";
    let Some(saw) = played(&page, script) else {
        return;
    };
    assert_eq!(saw, ["4", "dib_header.width", "4", "height"]);
}

#[test]
fn an_arrow_moves_through_the_fields_of_a_page_that_was_just_opened() {
    let page = bytewright(&["inspect", "--html", &fixture("bmp/info-8.bmp")]);
    let script = "
        saw.push(document.activeElement === document.body);
        document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown', bubbles: true}));
        saw.push(document.activeElement.id, $('status').textContent.split('   ')[0]);
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown', bubbles: true}));
        saw.push($('status').textContent.split('   ')[0]);
    ";
    let Some(saw) = played(&page, script) else {
        return;
    };
    assert_eq!(
        saw,
        ["true", "tree", "file_header.type", "file_header.size"]
    );
}

#[test]
fn the_keyboard_does_all_that_the_mouse_does() {
    let page = bytewright(&["dump", "--html", &fixture("bmp/info-8.bmp")]);
    let script = "
        const before = tree.count;
        press('tree', 'ArrowLeft');
        saw.push(before - tree.count);
        press('tree', 'Enter');
        press('tree', 'ArrowDown');
        press('tree', 'ArrowDown');
        saw.push($('status').textContent.split('   ')[0], litBytes());
        press('hex', 'ArrowRight'); press('hex', 'ArrowDown');
        saw.push($('status').textContent.split('   ')[0]);
        document.dispatchEvent(new KeyboardEvent('keydown', {key: '/'}));
        saw.push(document.activeElement.id);
        press('search', 'Escape');
        saw.push(document.activeElement.id);
    ";
    let Some(saw) = played(&page, script) else {
        return;
    };
    let expected = [
        "5",
        "file_header.size",
        "4",
        "dib_header.width",
        "search",
        "tree",
    ];
    assert_eq!(saw, expected);
}

#[test]
fn a_pointer_at_rest_leaves_the_keyboard_alone_and_right_goes_inside() {
    let page = bytewright(&["inspect", "--html", &fixture("bmp/info-8.bmp")]);
    let script = "
        const field = () => $('status').textContent.split('   ')[0];
        const over = (x) => document.querySelectorAll('#tree .row')[9]
            .dispatchEvent(new MouseEvent('pointermove', {bubbles: true, clientX: x, clientY: 9}));
        over(9);
        const before = field();
        press('tree', 'ArrowDown');
        saw.push(field());
        over(9);
        saw.push(field());
        over(10);
        saw.push(field() === before);
        press('tree', 'Home'); press('tree', 'ArrowRight');
        saw.push(field());
    ";
    let Some(saw) = played(&page, script) else {
        return;
    };
    let expected = [
        "file_header.type",
        "file_header.type",
        "true",
        "file_header.type",
    ];
    assert_eq!(saw, expected);
}

#[test]
fn palettes_have_swatches_bitmaps_pictures_and_problems_a_list() {
    let page = bytewright(&["inspect", "--html", &fixture("bmp/info-8.bmp")]);
    let script = "
        saw.push($('picture').naturalWidth > 0, $('problems').hidden);
        type('palette');
        saw.push(document.querySelectorAll('#tree .swatch').length > 3);
        const width = $('tree').clientWidth;
        press('divider', 'ArrowRight');
        saw.push($('tree').clientWidth > width);
    ";
    let Some(saw) = played(&page, script) else {
        return;
    };
    assert_eq!(saw, ["true", "true", "true", "true"]);
}

#[test]
fn a_problem_leads_to_its_field() {
    let page = bytewright(&["inspect", "--html", &fixture("bmp/broken-palette.bmp")]);
    let script = "
        const buttons = document.querySelectorAll('#problems button');
        saw.push(buttons.length);
        buttons[0].click();
        saw.push($('status').textContent.split('   ')[0], litBytes());
    ";
    let Some(saw) = played(&page, script) else {
        return;
    };
    assert_eq!(saw, ["2", "dib_header.colors_used", "4"]);
}

/// A phone, upright and on its side: nothing is beyond its edges, and both panes can be read.
#[test]
fn a_phone_shows_fields_and_bytes_without_scrolling_sideways() {
    const FINGER: &str = "--blink-settings=primaryPointerType=2,availablePointerTypes=2";
    let page = bytewright(&["inspect", "--html", &fixture("bmp/broken-palette.bmp")]);
    let script = "
        const box = (id) => $(id).getBoundingClientRect();
        const edges = ['search', 'theme', 'tree', 'hex', 'status'].map((id) => box(id).right);
        saw.push(Math.max(...edges, document.documentElement.scrollWidth) <= innerWidth);
        saw.push(Math.min($('tree').clientHeight, $('hex').clientHeight) > 150);
        saw.push(box('hex').width >= $('hex').querySelector('.text').getBoundingClientRect().right - box('hex').left);
        saw.push(columns, box('hex').top >= box('tree').bottom, box('hex').left >= box('tree').right - 1);
        saw.push(document.querySelector('#tree .row').offsetHeight, $('status').textContent.slice(0, 3));
    ";
    let upright = played_in(&page, &["--window-size=500,900", FINGER], script);
    let Some(upright) = upright else { return };
    assert_eq!(
        upright,
        ["true", "true", "true", "8", "true", "false", "34", "Tap"]
    );
    let on_its_side = played_in(&page, &["--window-size=900,480", FINGER], script);
    let expected = ["true", "true", "true", "8", "false", "true", "34", "Tap"];
    assert_eq!(on_its_side.unwrap(), expected);
}

#[test]
fn a_search_leaves_what_it_finds_and_what_that_stands_in() {
    let page = bytewright(&["inspect", "--html", &fixture("tar/ustar.tar")]);
    let script = "
        type('linkname'); saw.push(rows().filter((r) => r.includes('linkname')).length);
        type('a.txt'); saw.push(rows()[0].includes('members'), rows().some((r) => r.includes('d/a.txt')));
        type('no such thing'); saw.push(rows().length, $('status').textContent);
    ";
    let Some(saw) = played(&page, script) else {
        return;
    };
    assert_eq!(saw, ["5", "true", "true", "0", "nothing found"]);
}

#[test]
fn both_themes_can_be_read() {
    let page = bytewright(&["inspect", "--html", &fixture("gzip/all-fields.gz")]);
    let script = "
        const colours = () => {
            const style = getComputedStyle(document.body);
            return [style.color, style.backgroundColor].map((c) => {
                const [r, g, b] = c.match(/\\d+/g).map((n) => {
                    const x = n / 255;
                    return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
                });
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            }).sort();
        };
        for (let i = 0; i < 2; i++) {
            // WCAG 2, the contrast ratio.
            const [dark, light] = colours();
            saw.push((light + 0.05) / (dark + 0.05) > 7);
            $('theme').click();
        }
    ";
    let Some(saw) = played(&page, script) else {
        return;
    };
    assert_eq!(saw, ["true", "true"]);
}

#[test]
fn text_of_a_file_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let hostile = "</script><script>document.title='taken'</script><img src=x onerror=alert(1)>&\"";
    let file = folder.path().join("x");
    fs::write(&file, [&[200][..], hostile.as_bytes(), &[0; 200]].concat()).unwrap();
    let file = file.to_str().unwrap();
    let format = format!("B:n {}s:text *s:rest", hostile.len());
    let page = bytewright(&["inspect", "--html", file, "-f", &format]);
    let text = String::from_utf8(page.clone()).unwrap();
    assert_eq!(text.matches("</script>").count(), 2, "those of the page");
    assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("<img"));
    let Some(saw) = played(&page, "saw.push(rows().length, rows()[1].includes('<img'))") else {
        return;
    };
    assert_eq!(saw, ["3", "true"]);
}

#[test]
fn the_page_of_a_large_file_stays_small_and_says_what_it_leaves_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x");
    fs::write(&file, vec![7; 3 << 20]).unwrap();
    let file = file.to_str().unwrap();
    let page = bytewright(&["inspect", "--html", file, "-f", "<4H 4B", "--repeat"]);
    assert!(page.len() < 8 << 20, "{}", page.len());
    let text = String::from_utf8(page.clone()).unwrap();
    assert!(
        text.contains("\"bytes_left_out\":2883584"),
        "3 MiB less 256 KiB"
    );
    let facts = "bytes from 0x0, 262144 of them; the first 10000 fields";
    assert!(text.contains(facts));
    let Some(saw) = played(&page, "saw.push(rows().length < 200, hex.count)") else {
        return;
    };
    assert_eq!(saw, ["true", "16384"]);
    let part = bytewright(&["dump", "--html", file, "--offset", "-32", "--length", "16"]);
    let text = String::from_utf8(part).unwrap();
    assert!(text.contains("\"start\":3145696") && text.contains("BwcHBwcHBwcHBwcHBwcHBw=="));
}

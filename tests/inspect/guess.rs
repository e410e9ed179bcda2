//! How often `guess` is right about records that it has never seen, and that it makes up none.

use bytewright::inspect::Order;
use bytewright::inspect::guess::{Records, Verdict, guess};
use bytewright::{Source, Struct, Value};

/// Random numbers (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: u64) -> u64 {
        (self.next() >> 11) % n
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| self.next().to_le_bytes()[7]).collect()
    }
}

/// What a column of a log holds.
#[derive(Clone, Copy, Debug)]
enum Holds {
    Counter(u64),
    Time(u64),
    Walk(f64),
    Within(u64),
    Code(u64),
    Label,
    Padding,
}

/// Where a column is in its record.
#[derive(Debug)]
struct Place {
    at: usize,
    size: usize,
    code: char,
    /// Whether some value is.
    negative: bool,
}

#[derive(Debug)]
struct Made {
    format: String,
    columns: Vec<Place>,
    header: usize,
    bytes: Vec<u8>,
    size: usize,
}

/// A log as programs write them: a counter or a time, measurements, codes, labels.
fn log(random: &mut Random, order: char) -> Made {
    use Holds::*;
    let mut columns: Vec<(char, usize, Holds)> = vec![match random.below(3) {
        0 => ('I', 4, Counter(random.below(100_000))),
        1 => ('I', 4, Time(1_700_000_000 + random.below(1 << 20))),
        _ => ('Q', 8, Time(1_700_000_000_000 + random.below(1 << 30))),
    }];
    for _ in 0..2 + random.below(6) {
        columns.push(match random.below(9) {
            0 => ('f', 4, Walk(10.0 + random.unit() * 100.0)),
            1 => ('d', 8, Walk(1000.0 * random.unit())),
            2 => ('H', 2, Within(500 + random.below(60_000))),
            3 => ('h', 2, Walk(0.0)),
            4 => ('i', 4, Walk(0.0)),
            5 => ('B', 1, Code(2 + random.below(12))),
            6 => ('I', 4, Within(100_000 + random.below(10_000_000))),
            7 => ('s', 4 + random.below(9) as usize, Label),
            _ => ('x', 1 + random.below(3) as usize, Padding),
        });
    }
    let item = |(code, size, _): &(char, usize, Holds)| match code {
        's' | 'x' => format!("{size}{code}"),
        _ => code.to_string(),
    };
    let items: Vec<String> = columns.iter().map(item).collect();
    let format = format!("{order}{}", items.join(" "));
    let layout = Struct::new(&format).unwrap();
    let header = [0, 0, 16, 64, 37, 128][random.below(6) as usize];
    let mut bytes = random.bytes(header);
    let mut walks = vec![0.0; columns.len()];
    let mut negative = vec![false; columns.len()];
    for row in 0..200 + random.below(2000) {
        let mut values: Vec<Value> = Vec::new();
        for (i, (code, size, source)) in columns.iter_mut().enumerate() {
            walks[i] += random.unit() - 0.5;
            let value = match source {
                Padding => continue,
                Counter(start) => (*start + row).into(),
                Time(now) => {
                    *now += 1 + random.below(20);
                    (*now).into()
                }
                Within(most) => random.below(*most).into(),
                Code(kinds) => random.below(*kinds).into(),
                Label => {
                    const WORDS: [&str; 6] = ["north", "east-2", "pump", "valve", "ok", "line 7"];
                    let word = WORDS[random.below(6) as usize];
                    word[..word.len().min(*size)].into()
                }
                Walk(middle) => {
                    negative[i] |= walks[i] < 0.0;
                    match code {
                        'f' => Value::from(f64::from((*middle + walks[i]) as f32)),
                        'd' => Value::from(*middle + walks[i]),
                        'h' => Value::from((walks[i] * 200.0).clamp(-30_000.0, 30_000.0) as i64),
                        _ => Value::from((walks[i] * 20_000.0) as i64),
                    }
                }
            };
            values.push(value);
        }
        bytes.extend(layout.pack(&values).unwrap());
    }
    let mut at = 0;
    let mut places = Vec::new();
    for (i, &(code, size, _)) in columns.iter().enumerate() {
        let negative = negative[i];
        places.push(Place {
            at,
            size,
            code,
            negative,
        });
        at += size;
    }
    Made {
        format,
        columns: places,
        header,
        bytes,
        size: at,
    }
}

fn records(bytes: &[u8]) -> Option<Records> {
    match guess(&Source::from(bytes)).unwrap().verdict {
        Verdict::Records(records) => Some(records),
        _ => None,
    }
}

/// How often a guess was right.
#[derive(Debug, Default)]
struct Hits {
    files: usize,
    size: usize,
    start: usize,
    order: usize,
    columns: usize,
    right_columns: usize,
}

impl Hits {
    fn count(&mut self, made: &Made, order: Order) {
        self.files += 1;
        self.columns += made.columns.iter().filter(|c| c.code != 'x').count();
        let Some(found) = records(&made.bytes) else {
            return;
        };
        let format = Struct::new(&found.format).expect("a format of the language");
        assert_eq!(format.size(), Some(found.size as u64), "{}", found.format);
        if found.size != made.size {
            return;
        }
        self.size += 1;
        self.order += usize::from(found.order == Some(order));
        self.start += usize::from(found.offset == made.header as u64);
        let right = made
            .columns
            .iter()
            .filter(|c| c.code != 'x' && c.is_in(&found, made));
        self.right_columns += right.count();
    }
}

impl Place {
    /// Whether it was found: with its type and its bytes. Padding may be taken for a part of it;
    /// nothing tells the two apart. Neither does anything tell a sign where nothing is negative.
    fn is_in(&self, records: &Records, made: &Made) -> bool {
        let is_padding = |at: usize| {
            let mut paddings = made.columns.iter().filter(|c| c.code == 'x');
            paddings.any(|c| (c.at..c.at + c.size).contains(&at))
        };
        records.columns.iter().any(|found| {
            let code = found.kind.code();
            let mut bytes = found.offset..found.offset + found.size;
            let covers = found.offset <= self.at && bytes.end >= self.at + self.size;
            let rest = bytes.all(|b| (self.at..self.at + self.size).contains(&b) || is_padding(b));
            let class = |code: char| match code {
                'f' | 'd' | 's' => code,
                'b' | 'h' | 'i' | 'q' if self.negative => '-',
                _ => '+',
            };
            covers && rest && class(code) == class(self.code)
        })
    }
}

/// docs/guess.md states what this finds.
#[test]
fn most_guesses_are_right() {
    let cases = std::env::var("BYTEWRIGHT_GUESS_CASES");
    let cases = cases.map_or(24, |cases| cases.parse().expect("a number"));
    let mut random = Random(20);
    let mut hits = Hits::default();
    for case in 0..cases {
        let (code, order) = match case % 2 {
            0 => ('<', Order::Little),
            _ => ('>', Order::Big),
        };
        let made = log(&mut random, code);
        hits.count(&made, order);
        if std::env::var_os("BYTEWRIGHT_GUESS_SHOW").is_some() {
            let found = records(&made.bytes).map(|r| (r.format, r.offset));
            println!("{} at {}: {found:?}", made.format, made.header);
        }
    }
    println!("{hits:?}");
    assert!(hits.size * 100 >= hits.files * 98, "{hits:?}");
    assert!(hits.order * 100 >= hits.files * 95, "{hits:?}");
    assert!(hits.start * 100 >= hits.files * 90, "{hits:?}");
    assert!(hits.right_columns * 100 >= hits.columns * 80, "{hits:?}");
}

fn verdict(bytes: &[u8]) -> Verdict {
    guess(&Source::from(bytes)).unwrap().verdict
}

#[test]
fn noise_is_no_records() {
    let mut random = Random(7);
    for size in [64, 1000, 5000, 100_000, 600_000] {
        let found = verdict(&random.bytes(size));
        let expected = match size {
            ..1024 => Verdict::Unknown,
            _ => Verdict::Noise,
        };
        assert_eq!(found, expected, "{size}");
    }
}

#[test]
fn text_is_text_in_any_script() {
    let lines = "Grüße aus Köln, 你好 и привет.\r\n\tA line, and another.\n".repeat(9000);
    assert_eq!(verdict(lines.as_bytes()), Verdict::Text);
    // Cut in the middle of a character at either end of the sample.
    assert_eq!(verdict(&lines.as_bytes()[3..300_001]), Verdict::Text);
    assert_eq!(verdict(b"a"), Verdict::Text);
}

#[test]
fn little_tells_little() {
    assert_eq!(verdict(b""), Verdict::Empty);
    assert_eq!(verdict(b"\xff"), Verdict::Small);
    assert_eq!(verdict(&[0x80, 1, 2, 3].repeat(8)), Verdict::Small);
    assert_eq!(verdict(&[0; 5000]), Verdict::Uniform(0));
}

/// The sample is from the middle; start and count are those of the whole file.
#[test]
fn long_files_have_their_header_told_too() {
    let record = Struct::new("<I h 2x d").unwrap();
    let mut random = Random(3);
    let mut bytes = random.bytes(100);
    for i in 0..60_000u32 {
        let level = (f64::from(i) / 50.0).sin() * 900.0;
        let noise = 20.0 + random.unit();
        bytes.extend(
            record
                .pack(&(1_700_000_000 + i * 5, level as i32, noise))
                .unwrap(),
        );
    }
    let found = records(&bytes).expect("records");
    assert_eq!((found.size, found.offset, found.count), (16, 100, 60_000));
    assert_eq!(found.format, "<I h 2x d");
    assert!(found.confidence > 0.8 && found.order == Some(Order::Little));
}

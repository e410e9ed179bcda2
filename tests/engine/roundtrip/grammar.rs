//! Formats of the whole language, as trees that proptest makes and shrinks, and their text.

use std::fmt::Write;

use bytewright::Formats;
use proptest::prelude::*;

#[derive(Clone, Debug)]
pub struct Format {
    pub order: &'static str,
    pub items: Vec<Item>,
    pub tail: Option<Tail>,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub named: bool,
    pub count: Option<u64>,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    Code(&'static str),
    /// A code with its constant, and the same as a value.
    Constant(&'static str, &'static str, Constant),
    Bits(Bits),
    Group(Format),
    /// A group whose text stands elsewhere.
    Reference(Format),
    Align(u64),
    /// An integer, and data whose count is an expression of it.
    Counted(Counted),
    Comment,
}

#[derive(Clone, Copy, Debug)]
pub enum Constant {
    Int(i128),
    Float(f64),
    Bool(bool),
    Bytes(&'static [u8]),
}

#[derive(Clone, Debug)]
pub struct Bits {
    pub code: &'static str,
    pub direction: &'static str,
    /// Widths, and which of them are reserved.
    pub fields: Vec<(u32, bool)>,
}

#[derive(Clone, Debug)]
pub struct Counted {
    pub integer: &'static str,
    pub expression: Expression,
    pub data: Data,
}

#[derive(Clone, Copy, Debug)]
pub enum Expression {
    Plain,
    PlusOne,
    Twice,
    Half,
}

#[derive(Clone, Debug)]
pub enum Data {
    Bytes,
    Padding,
    Array(&'static str),
    Groups(Format),
    /// Two arrays of one count, the second of them in a group.
    Shared,
}

#[derive(Clone, Debug)]
pub enum Tail {
    Bytes,
    Array(&'static str),
    Groups(Box<Format>),
    /// A group at the end, which itself ends with the rest.
    Within,
}

impl Expression {
    pub fn of(self, n: u64) -> u64 {
        match self {
            Expression::Plain => n,
            Expression::PlusOne => n + 1,
            Expression::Twice => n * 2,
            Expression::Half => n.div_ceil(2),
        }
    }

    fn render(self, name: &str) -> String {
        match self {
            Expression::Plain => format!("[{name}]"),
            Expression::PlusOne => format!("[{name}+1]"),
            Expression::Twice => format!("[ {name} *2]"),
            Expression::Half => format!("[({name}+1)/2]"),
        }
    }
}

/// Codes of any byte order that make values.
pub const CODES: [&str; 31] = [
    "c", "b", "B", "?", "h", "H", "i", "I", "l", "L", "q", "Q", "e", "f", "d", "F", "D", "Zf",
    "Zd", "s", "p", "z", "v", "V", "j", "J", "k", "K", "y", "Y", "x",
];

const FIXED: [&str; 8] = ["B", "h", "I", "q", "e", "J", "D", "?"];

const CONSTANTS: [(&str, &str, Constant); 11] = [
    ("B", "0x7f", Constant::Int(127)),
    ("h", "-2", Constant::Int(-2)),
    ("K", "1_000", Constant::Int(1000)),
    ("v", "-300", Constant::Int(-300)),
    ("2s", "\"BM\"", Constant::Bytes(b"BM")),
    ("4s", "x\"7f45\"", Constant::Bytes(b"\x7fE\0\0")),
    ("c", "'\\n'", Constant::Bytes(b"\n")),
    ("z", "\"end\"", Constant::Bytes(b"end")),
    ("4p", "\"ab\"", Constant::Bytes(b"ab")),
    ("?", "true", Constant::Bool(true)),
    ("f", "nan", Constant::Float(f64::NAN)),
];

fn bits() -> impl Strategy<Value = Bits> {
    let code = prop::sample::select(vec![
        ("B", 8),
        ("b", 8),
        ("H", 16),
        ("j", 24),
        ("I", 32),
        ("q", 64),
        ("Y", 128),
    ]);
    let cuts = prop::collection::vec((1u32..20, prop::bool::weighted(0.2)), 1..6);
    let direction = prop::sample::select(vec!["", "<", ">"]);
    (code, cuts, direction).prop_map(|((code, width), cuts, direction)| {
        let mut fields = Vec::new();
        let mut left = width;
        for (cut, reserved) in cuts {
            if cut < left {
                fields.push((cut, reserved));
                left -= cut;
            }
        }
        fields.push((left, false));
        Bits {
            code,
            direction,
            fields,
        }
    })
}

fn flat(order: &'static str, codes: Vec<(bool, &'static str)>) -> Format {
    let items = codes
        .into_iter()
        .map(|(named, code)| Item {
            named,
            count: None,
            what: What::Code(code),
        })
        .collect();
    Format {
        order,
        items,
        tail: None,
    }
}

/// A small group of codes of fixed size, never without bytes.
fn rows() -> impl Strategy<Value = Format> {
    let codes = prop::collection::vec((any::<bool>(), prop::sample::select(&FIXED[..])), 1..4);
    (orders(), codes).prop_map(|(order, codes)| flat(order, codes))
}

fn orders() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "", "@", "=", "<", ">", "!"])
}

fn counted() -> impl Strategy<Value = What> {
    let integer = prop::sample::select(vec!["B", "H", "q", "V", "v", "J"]);
    let expression = prop::sample::select(vec![
        Expression::Plain,
        Expression::Plain,
        Expression::PlusOne,
        Expression::Twice,
        Expression::Half,
    ]);
    let data = prop_oneof![
        Just(Data::Bytes),
        Just(Data::Padding),
        Just(Data::Shared),
        prop::sample::select(&FIXED[..]).prop_map(Data::Array),
        Just(Data::Array("z")),
        rows().prop_map(Data::Groups),
    ];
    (integer, expression, data).prop_map(|(integer, expression, data)| {
        What::Counted(Counted {
            integer,
            expression,
            data,
        })
    })
}

fn leaf() -> impl Strategy<Value = What> {
    prop_oneof![
        8 => prop::sample::select(&CODES[..]).prop_map(What::Code),
        2 => prop::sample::select(&CONSTANTS[..]).prop_map(|(c, t, v)| What::Constant(c, t, v)),
        2 => bits().prop_map(What::Bits),
        1 => prop::sample::select(vec![1, 2, 3, 4, 8, 12]).prop_map(What::Align),
        3 => counted(),
        1 => Just(What::Comment),
    ]
}

fn item(what: impl Strategy<Value = What>) -> impl Strategy<Value = Item> {
    let count = prop::option::weighted(0.4, 0u64..4);
    (any::<bool>(), count, what).prop_map(|(named, count, what)| Item { named, count, what })
}

fn format_of(item: impl Strategy<Value = Item>) -> impl Strategy<Value = Format> {
    (orders(), prop::collection::vec(item, 0..5)).prop_map(|(order, items)| Format {
        order,
        items,
        tail: None,
    })
}

pub fn formats() -> impl Strategy<Value = Format> {
    let items = item(leaf()).prop_recursive(4, 24, 5, |inner| {
        let group = format_of(inner).boxed();
        item(prop_oneof![
            3 => group.clone().prop_map(What::Group),
            1 => group.prop_map(What::Reference),
        ])
    });
    let tail = prop_oneof![
        Just(Tail::Bytes),
        Just(Tail::Within),
        prop::sample::select(&FIXED[..]).prop_map(Tail::Array),
        Just(Tail::Array("z")),
        rows().prop_map(|group| Tail::Groups(Box::new(group))),
    ];
    let tail = prop::option::weighted(0.3, tail);
    (format_of(items), tail).prop_map(|(format, tail)| Format { tail, ..format })
}

impl Format {
    /// The text, and the formats that it refers to.
    pub fn render(&self) -> (String, Formats) {
        let mut writer = Writer {
            names: 0,
            formats: Formats::default(),
        };
        let text = writer.format(self);
        (text, writer.formats)
    }
}

struct Writer {
    names: u32,
    formats: Formats,
}

impl Writer {
    fn name(&mut self) -> String {
        self.names += 1;
        format!("n{}", self.names)
    }

    fn format(&mut self, format: &Format) -> String {
        let mut text = format.order.to_owned();
        for item in &format.items {
            self.item(item, &mut text);
            text.push(' ');
        }
        match &format.tail {
            None => {}
            Some(Tail::Bytes) => text += "*s",
            Some(Tail::Array(code)) => write!(text, "*{code}").unwrap(),
            Some(Tail::Groups(group)) => write!(text, "*({})", self.format(group)).unwrap(),
            Some(Tail::Within) => text += "(B *H:rest)",
        }
        text
    }

    fn item(&mut self, item: &Item, text: &mut String) {
        let count = item.count.map_or_else(String::new, |n| n.to_string());
        let name = match item.named {
            true => format!(":{}", self.name()),
            false => String::new(),
        };
        let item = match &item.what {
            What::Code(code) => format!("{count}{code}{name}"),
            What::Constant(code, constant, _) => format!("{code}{name}={constant}"),
            What::Align(n) => format!("|{n}"),
            What::Comment => "# 3(x:\n".to_owned(),
            What::Bits(bits) => {
                let fields = bits.fields.iter().map(|(width, reserved)| match reserved {
                    true => format!("_:{width}"),
                    false => format!("{}:{width}", self.name()),
                });
                let fields: Vec<String> = fields.collect();
                let (code, direction) = (bits.code, bits.direction);
                format!("{count}{code}{{{direction}{}}}{name}", fields.join(" "))
            }
            What::Group(group) => format!("{count}({}){name}", self.format(group)),
            What::Reference(group) => {
                let called = self.name();
                let content = self.format(group);
                self.formats.insert(&called, content);
                format!("{count}%{called}{}", if item.named { &name } else { " " })
            }
            What::Counted(counted) => self.counted(counted, &name),
        };
        *text += &item;
    }

    fn counted(&mut self, counted: &Counted, name: &str) -> String {
        let n = self.name();
        let count = counted.expression.render(&n);
        let data = match &counted.data {
            Data::Bytes => format!("{count}s{name}"),
            Data::Padding => format!("{count}x"),
            Data::Array(code) => format!("{count}{code}{name}"),
            Data::Groups(group) => format!("{count}({}){name}", self.format(group)),
            Data::Shared => format!("{count}H{name} (>{count}s I)"),
        };
        format!("{}:{n} {data}", counted.integer)
    }
}

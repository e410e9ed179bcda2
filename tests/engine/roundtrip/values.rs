//! Values that fit a generated format.

use bytewright::{Record, Value};

use super::grammar::{Constant, Counted, Data, Expression, Format, Item, Tail, What};

/// The values of a level: all of them, and without those that packing can do without.
#[derive(Default)]
pub struct Row {
    pub all: Vec<Value>,
    pub least: Vec<Value>,
}

impl Row {
    fn push(&mut self, value: Value) {
        self.least.push(value.clone());
        self.all.push(value);
    }

    fn push_rows(&mut self, rows: Vec<Row>) {
        let (all, least) = rows.into_iter().map(Row::values).unzip();
        self.all.push(Value::List(all));
        self.least.push(Value::List(least));
    }

    fn values(self) -> (Value, Value) {
        (Record::new(self.all).into(), Record::new(self.least).into())
    }
}

/// Makes values from a seed (`SplitMix64`).
pub struct Maker(u64);

impl Maker {
    pub fn new(seed: u64) -> Maker {
        Maker(seed)
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = self.0;
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.bits() % n
    }

    fn bytes(&mut self, length: u64) -> Vec<u8> {
        (0..length).map(|_| self.bits() as u8).collect()
    }

    pub fn row(&mut self, format: &Format) -> Row {
        let mut row = Row::default();
        for item in &format.items {
            self.item(item, &mut row);
        }
        let n = self.below(4);
        match &format.tail {
            None => {}
            Some(Tail::Bytes) => row.push(self.bytes(n).into()),
            Some(Tail::Array(code)) => row.push(self.array(n, code)),
            Some(Tail::Groups(group)) => row.push_rows(self.rows(n, group)),
            Some(Tail::Within) => {
                let within = vec![self.code("B", 1), self.array(n, "H")];
                row.push(Record::new(within).into());
            }
        }
        row
    }

    fn rows(&mut self, n: u64, group: &Format) -> Vec<Row> {
        (0..n).map(|_| self.row(group)).collect()
    }

    fn array(&mut self, n: u64, code: &str) -> Value {
        Value::List((0..n).map(|_| self.code(code, 1)).collect())
    }

    fn item(&mut self, item: &Item, row: &mut Row) {
        match &item.what {
            What::Align(_) | What::Comment | What::Code("x") => {}
            What::Code(code @ ("s" | "p")) => row.push(self.code(code, item.count.unwrap_or(1))),
            What::Code(code) => match item.count {
                None => row.push(self.code(code, 1)),
                Some(n) if item.named => row.push(self.array(n, code)),
                Some(n) => (0..n).for_each(|_| row.push(self.code(code, 1))),
            },
            What::Constant(.., constant) => row.all.push(match *constant {
                Constant::Int(n) => n.into(),
                Constant::Float(x) => x.into(),
                Constant::Bool(b) => b.into(),
                Constant::Bytes(bytes) => bytes.into(),
            }),
            What::Bits(bits) => {
                let signed = matches!(bits.code, "b" | "j" | "q");
                let named: Vec<u32> = bits
                    .fields
                    .iter()
                    .filter_map(|(width, reserved)| (!reserved).then_some(*width))
                    .collect();
                let mut fields = || -> Vec<Value> {
                    named
                        .iter()
                        .map(|width| self.bit_field(*width, signed))
                        .collect()
                };
                match item.count {
                    None if !item.named => fields().into_iter().for_each(|bit| row.push(bit)),
                    None => row.push(Record::new(fields()).into()),
                    Some(n) => {
                        let groups = (0..n).map(|_| Value::from(Record::new(fields())));
                        let groups: Vec<Value> = groups.collect();
                        match item.named {
                            true => row.push(Value::List(groups)),
                            false => groups.into_iter().for_each(|group| row.push(group)),
                        }
                    }
                }
            }
            What::Group(group) | What::Reference(group) => match item.count {
                None => {
                    let (all, least) = self.row(group).values();
                    row.all.push(all);
                    row.least.push(least);
                }
                Some(n) => row.push_rows(self.rows(n, group)),
            },
            What::Counted(counted) => self.counted(counted, row),
        }
    }

    fn counted(&mut self, counted: &Counted, row: &mut Row) {
        let n = self.below(5);
        let many = counted.expression.of(n);
        row.all.push(Value::from(n));
        // Only a count that is nothing but the integer lets data tell it, and padding is no data.
        let told = matches!(counted.expression, Expression::Plain)
            && !matches!(counted.data, Data::Padding);
        if !told {
            row.least.push(Value::from(n));
        }
        match &counted.data {
            Data::Padding => {}
            Data::Bytes => row.push(self.bytes(many).into()),
            Data::Array(code) => row.push(self.array(many, code)),
            Data::Groups(group) => row.push_rows(self.rows(many, group)),
            Data::Shared => {
                row.push(self.array(many, "H"));
                let within = vec![self.bytes(many).into(), self.code("I", 1)];
                row.push(Record::new(within).into());
            }
        }
    }

    fn bit_field(&mut self, width: u32, signed: bool) -> Value {
        let bits = u128::from(self.bits()) << 64 | u128::from(self.bits());
        match signed {
            true => Value::from(bits.cast_signed() >> (128 - width)),
            false => Value::from(bits >> (128 - width)),
        }
    }

    fn code(&mut self, code: &str, count: u64) -> Value {
        let wide = u128::from(self.bits()) << 64 | u128::from(self.bits());
        let signed = |width: u32| Value::from(wide.cast_signed() >> (128 - width));
        let unsigned = |width: u32| Value::from(wide >> (128 - width));
        match code {
            "c" => self.bytes(1).into(),
            "s" => {
                let length = self.below(count + 2);
                self.bytes(length).into()
            }
            "p" => {
                let length = self.below(count + 2);
                self.bytes(length).into()
            }
            "z" => {
                let length = self.below(4);
                let bytes = self.bytes(length);
                bytes
                    .into_iter()
                    .map(|b| b.max(1))
                    .collect::<Vec<_>>()
                    .into()
            }
            "?" => (wide & 1 == 1).into(),
            "b" => signed(8),
            "B" => unsigned(8),
            "h" => signed(16),
            "H" => unsigned(16),
            "j" => signed(24),
            "J" => unsigned(24),
            "i" | "l" => signed(32),
            "I" | "L" => unsigned(32),
            "k" => signed(48),
            "K" => unsigned(48),
            "q" => signed(64),
            "Q" => unsigned(64),
            "y" => signed(128),
            "Y" => unsigned(128),
            "v" => signed(self.below(128) as u32 + 1),
            "V" => unsigned(self.below(128) as u32 + 1),
            "e" => ((wide % 131_008) as f64 - 65_504.0).into(),
            "f" => self.single().into(),
            "d" => f64::from_bits(wide as u64).into(),
            "F" | "Zf" => Value::Complex(self.single(), self.single()),
            "D" | "Zd" => Value::Complex(f64::from_bits(wide as u64), self.single()),
            _ => unreachable!("no value is made for {code}"),
        }
    }

    fn single(&mut self) -> f64 {
        f64::from(f32::from_bits(self.bits() as u32))
    }
}

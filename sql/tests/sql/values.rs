//! Values of random formats, compared with those of `Struct::unpack`.

use bytewright::{Struct, Value};
use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type, Int64Type, UInt64Type};
use proptest::prelude::*;

use super::*;

/// A value of Arrow as one of bytewright's.
fn value(array: &dyn Array, row: usize) -> Value {
    let cast = |to: &DataType| datafusion::arrow::compute::cast(array, to).unwrap();
    match array.data_type() {
        DataType::Boolean => Value::Bool(array.as_boolean().value(row)),
        DataType::Float32 => Value::Float(array.as_primitive::<Float32Type>().value(row).into()),
        DataType::Float64 => Value::Float(array.as_primitive::<Float64Type>().value(row)),
        DataType::FixedSizeBinary(_) => Value::from(array.as_fixed_size_binary().value(row)),
        DataType::Utf8 => Value::from(array.as_string::<i32>().value(row)),
        DataType::FixedSizeList(..) => {
            let items = array.as_fixed_size_list().value(row);
            Value::List((0..items.len()).map(|item| value(&items, item)).collect())
        }
        other if other.is_signed_integer() => {
            let wide = cast(&DataType::Int64);
            Value::Int(wide.as_primitive::<Int64Type>().value(row).into())
        }
        other if other.is_unsigned_integer() => {
            let wide = cast(&DataType::UInt64);
            Value::Int(wide.as_primitive::<UInt64Type>().value(row).into())
        }
        other => panic!("no column of these formats is {other}"),
    }
}

/// Whether both are the same; floats that are no number are, too.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a == b || (a.is_nan() && b.is_nan()),
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (a, b) => a.as_bytes().is_some() && a.as_bytes() == b.as_bytes() || a == b,
    }
}

fn format() -> impl Strategy<Value = String> {
    let code = prop::sample::select(vec![
        "b",
        "B",
        "h",
        "H",
        "i",
        "I",
        "q",
        "Q",
        "j",
        "J",
        "e",
        "f",
        "d",
        "?",
        "c",
        "5s",
        "3H",
        "2d",
        "H{a:5 b:11}",
    ]);
    let order = prop::sample::select(vec!["<", ">", "@"]);
    let codes = prop::collection::vec((code, any::<bool>()), 1..8);
    (order, codes).prop_map(|(order, codes)| {
        let fields = codes.iter().enumerate();
        let fields =
            fields.map(|(i, (code, pad))| format!("{code}:f{i}{}", if *pad { " x" } else { "" }));
        format!("{order}{}", fields.collect::<Vec<_>>().join(" "))
    })
}

/// The leaf of a record that a column's name leads to.
fn leaf(record: &Value, name: &str) -> Value {
    let path = name.split('.');
    path.fold(record.clone(), |value, part| {
        value.as_record().unwrap().get(part).unwrap().clone()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn columns_hold_what_unpack_gives(
        format in format(),
        rows in 0usize..40,
        seed in any::<u64>(),
        partitions in 1usize..5,
    ) {
        let packed = Struct::new(&format).unwrap();
        let size = usize::try_from(packed.size().unwrap()).unwrap();
        let mut state = seed | 1;
        let bytes: Vec<u8> = (0..rows * size).map(|_| {
            // xorshift64
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        }).collect();
        let (_folder, path) = file(&bytes);
        let description = Description::new(&format).file(path.to_str().unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let read = runtime.block_on(async {
            let session = session(partitions, description);
            let frame = session.table("t").await.unwrap();
            // Partitions in their order are the file in its order.
            let read = frame.collect_partitioned().await.unwrap();
            read.into_iter().flatten().collect::<Vec<RecordBatch>>()
        });
        prop_assert_eq!(read.iter().map(RecordBatch::num_rows).sum::<usize>(), rows);
        let mut records = bytes.chunks(size);
        for batch in &read {
            for row in 0..batch.num_rows() {
                let record = Value::Record(packed.unpack(records.next().unwrap()).unwrap());
                for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
                    let (ours, unpacked) = (value(column, row), leaf(&record, field.name()));
                    prop_assert!(
                        same(&ours, &unpacked),
                        "{format}, {}: {ours:?} and {unpacked:?}", field.name()
                    );
                }
            }
        }
    }

    #[test]
    fn conditions_keep_the_same_rows_pushed_down_or_not(
        bytes in prop::collection::vec(any::<u8>(), 0..60),
        low in any::<i16>(),
        list in prop::collection::vec(0u8..8, 1..5),
        text in "[AB]{0,2}",
    ) {
        let format = "<h:n B{kind:3 rest:5} 2s~ascii:text";
        let whole = bytes.len() / 5 * 5;
        let mut bytes = bytes[..whole].to_vec();
        for (index, byte) in bytes.iter_mut().enumerate() {
            // Texts of two letters, or of fewer and NULs.
            if index % 5 > 2 {
                *byte = b"AB\0"[usize::from(*byte % 3)];
            }
        }
        let (_folder, path) = file(&bytes);
        let description = Description::new(format).file(path.to_str().unwrap());
        let list = list.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let session = session(2, description);
            for condition in [
                format!("n > {low}"),
                format!("n <= {low} OR kind IN ({list})"),
                format!("NOT (n BETWEEN {low} AND 1000)"),
                format!("text = '{text}'"),
                format!("text <> '{text}' AND kind = 3"),
                format!("n % 3 = 0 AND n < {low}"),
            ] {
                let pushed = format!("SELECT n, kind, text FROM t WHERE {condition} ORDER BY n, kind, text");
                // Nothing goes down through rows with a number.
                let asked = format!(
                    "SELECT n, kind, text FROM (SELECT *, row_number() OVER () AS r FROM t) \
                     WHERE {condition} ORDER BY n, kind, text"
                );
                assert_eq!(rows(&session, &pushed).await, rows(&session, &asked).await);
            }
        });
    }
}

//! Groups by short texts and bytes: made by keys, and equal to those that are made without.

use bytewright_sql::GroupByKeys;
use datafusion::arrow::array::{ArrayRef, Int8Array, Int32Array, UInt8Array, UInt16Array};
use datafusion::datasource::MemTable;
use datafusion::execution::SessionStateBuilder;
use proptest::prelude::*;

use super::*;

/// Two texts, one of them of bytes that may be none, bytes, numbers.
const FORMAT: &str = "<3s~utf8:name s~ascii:side 2s:raw h:qty f:price b:kind 9s~ascii:long";

const SIZE: usize = 22;

/// The same session with the rule, or without it.
fn sessions(partitions: usize, format: &str, path: &Path) -> [SessionContext; 2] {
    let description = Description::new(format).file(path.to_str().unwrap());
    let plain = session(partitions, description);
    let state = SessionStateBuilder::new_from_existing(plain.state());
    let keyed = state.with_physical_optimizer_rule(Arc::new(GroupByKeys));
    [SessionContext::new_with_state(keyed.build()), plain]
}

/// The rows of a query in an order of their own.
async fn sorted(session: &SessionContext, sql: &str) -> Vec<String> {
    let mut rows = rows(session, sql).await;
    rows.sort();
    rows
}

#[tokio::test]
async fn short_texts_and_bytes_are_grouped_by_keys() {
    let (_folder, path) = file(&[0; 40 * SIZE]);
    let [session, _] = sessions(2, FORMAT, &path);
    for (sql, keys) in [
        ("SELECT side, sum(qty) FROM t GROUP BY side", "[side]"),
        ("SELECT DISTINCT name FROM t", "[name]"),
        ("SELECT count(DISTINCT side) FROM t", "[side]"),
        (
            "SELECT raw, side FROM t GROUP BY side, raw HAVING count(*) > 1 ORDER BY raw",
            "[side, raw]",
        ),
        (
            "SELECT side, qty FROM t WHERE qty > 0 GROUP BY qty, side",
            "[side]",
        ),
        // The condition is asked after reading, and doesn't look at the side.
        (
            "SELECT side, count(*) FROM t WHERE price > 1.5 GROUP BY side",
            "[side]",
        ),
        (
            "SELECT a.s, count(*) FROM (SELECT side AS s, qty + 1 AS q FROM t) a GROUP BY a.s",
            "[side]",
        ),
        ("SELECT long, side FROM t GROUP BY side, long", "[side]"),
    ] {
        let plan = plan(&session, sql).await;
        assert!(plan.contains(&format!("keys={keys}")), "{sql}: {plan}");
        assert!(plan.contains("ValuesOfKeys"), "{sql}: {plan}");
    }
}

#[tokio::test]
async fn where_values_are_looked_at_there_are_no_keys() {
    let (_folder, path) = file(&[0; 40 * SIZE]);
    let [session, _] = sessions(2, FORMAT, &path);
    for sql in [
        "SELECT side, max(side) FROM t GROUP BY side",
        "SELECT side, count(*) FILTER (WHERE side = 'B') FROM t GROUP BY side",
        "SELECT side, array_agg(qty ORDER BY side) FROM t GROUP BY side",
        "SELECT side, count(*) FROM t WHERE side = 'B' GROUP BY side",
        "SELECT side, count(*) FROM t WHERE side > 'B' GROUP BY side",
        "SELECT upper(side), count(*) FROM t GROUP BY upper(side)",
        "SELECT upper(side), side FROM t WHERE upper(side) > 'B' GROUP BY side",
        "SELECT side, name, count(*) FROM t GROUP BY GROUPING SETS ((side), (name))",
        "SELECT DISTINCT side FROM t ORDER BY side LIMIT 2",
        "SELECT long, count(*) FROM t GROUP BY long",
        "SELECT qty, count(*) FROM t GROUP BY qty",
    ] {
        let plan = plan(&session, sql).await;
        assert!(!plan.contains("keys="), "{sql}: {plan}");
        assert!(!plan.contains("ValuesOfKeys"), "{sql}: {plan}");
    }
}

#[tokio::test]
async fn groups_of_small_keys_are_looked_up() {
    let (_folder, path) = file(&[0; 40 * SIZE]);
    let [session, _] = sessions(2, FORMAT, &path);
    for (sql, is_looked_up) in [
        ("SELECT side, sum(qty) FROM t GROUP BY side", true),
        (
            "SELECT raw, avg(price), stddev(qty) FROM t GROUP BY raw",
            true,
        ),
        (
            "SELECT kind, side, count(*) FROM t GROUP BY side, kind",
            true,
        ),
        ("SELECT qty, max(long) FROM t GROUP BY qty", true),
        ("SELECT DISTINCT kind FROM t", true),
        (
            "SELECT side, sum(qty) FILTER (WHERE price > 0) FROM t GROUP BY side",
            true,
        ),
        // Three bytes, a text of three, functions whose states grow, an order, no more than some groups.
        ("SELECT qty, side FROM t GROUP BY side, qty", false),
        ("SELECT name, sum(qty) FROM t GROUP BY name", false),
        ("SELECT side, array_agg(qty) FROM t GROUP BY side", false),
        ("SELECT side, median(qty) FROM t GROUP BY side", false),
        ("SELECT DISTINCT kind FROM t LIMIT 2", false),
        ("SELECT sum(qty) FROM t", false),
        (
            "SELECT kind FROM t GROUP BY GROUPING SETS ((kind), ())",
            false,
        ),
    ] {
        let plan = plan(&session, sql).await;
        assert_eq!(
            plan.contains("GroupsByIndex"),
            is_looked_up,
            "{sql}: {plan}"
        );
    }
}

/// Integers of one and two bytes, of which some are absent, and a sum that tells the rows apart.
fn absent() -> RecordBatch {
    let small = [Some(-128), None, Some(127), Some(0), Some(-1), None];
    let large = [None, Some(65535), Some(0), None, Some(256), None];
    let (bytes, other) = (small, [Some(255u8), Some(0), None, Some(7), None, None]);
    let columns: [(&str, ArrayRef); 4] = [
        ("a", Arc::new(Int8Array::from(bytes.to_vec()))),
        ("b", Arc::new(UInt8Array::from(other.to_vec()))),
        ("c", Arc::new(UInt16Array::from(large.to_vec()))),
        ("n", Arc::new(Int32Array::from(vec![1, 2, 4, 8, 16, 32]))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true)))
        .unwrap()
}

#[tokio::test]
async fn absent_integers_are_a_group() {
    let batch = absent();
    let table = MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap();
    let state = SessionStateBuilder::new()
        .with_config(SessionConfig::new().with_target_partitions(1))
        .with_default_features()
        .with_physical_optimizer_rule(Arc::new(GroupByKeys));
    let session = SessionContext::new_with_state(state.build());
    session.register_table("t", Arc::new(table)).unwrap();
    for (sql, wanted) in [
        (
            "SELECT a, sum(n) FROM t GROUP BY a ORDER BY a",
            &["-128 1", "-1 16", "0 8", "127 4", " 34"][..],
        ),
        (
            "SELECT c, sum(n) FROM t GROUP BY c ORDER BY c",
            &["0 4", "256 16", "65535 2", " 41"],
        ),
        (
            "SELECT a, b, sum(n) FROM t GROUP BY a, b ORDER BY a, b",
            &["-128 255 1", "-1  16", "0 7 8", "127  4", " 0 2", "  32"],
        ),
        // A row that no filter lets through begins a group all the same.
        (
            "SELECT a, sum(n) FILTER (WHERE n > 8) AS s, count(n) FILTER (WHERE n > 8) AS c \
             FROM t GROUP BY a ORDER BY a",
            &["-128  0", "-1 16 1", "0  0", "127  0", " 32 1"],
        ),
        (
            "SELECT b, min(a), max(c) FROM t GROUP BY b ORDER BY b",
            &["0  65535", "7 0 ", "255 -128 ", " -1 256"],
        ),
        ("SELECT c, count(*) FROM t WHERE n > 99 GROUP BY c", &[]),
    ] {
        let plan = plan(&session, sql).await;
        assert!(plan.contains("GroupsByIndex"), "{sql}: {plan}");
        assert_eq!(rows(&session, sql).await, wanted, "{sql}");
    }
}

#[tokio::test]
async fn all_keys_of_two_bytes_are_groups() {
    // More groups than a batch has rows; each twice, the second time in the other half of the file.
    let mut bytes = Vec::new();
    for _ in 0..2 {
        for key in 0..=u16::MAX {
            bytes.extend_from_slice(&key.to_le_bytes());
        }
    }
    let (_folder, path) = file(&bytes);
    for format in ["<h:key", "<H:key", "2s:key"] {
        let [session, _] = sessions(2, format, &path);
        let sql =
            "SELECT count(*), min(n), max(n) FROM (SELECT key, count(*) AS n FROM t GROUP BY key)";
        assert_eq!(rows(&session, sql).await, ["65536 2 2"], "{format}");
    }
}

#[tokio::test]
async fn equal_texts_of_other_bytes_are_one_group() {
    let mut bytes = Vec::new();
    // U+FFFD is what bytes that are no UTF-8 are shown as; such text keeps its NULs.
    for name in [
        *b"a\0\0",
        *b"a\0\0",
        *b"\0\0\0",
        *b"\xff\xfe\0",
        *b"\xfe\xff\0",
        *b"\xef\xbf\xbd",
        *b"\xc3\xa9\0",
    ] {
        bytes.extend_from_slice(&name);
        bytes.push(1);
    }
    let (_folder, path) = file(&bytes);
    for partitions in [1, 2] {
        for session in sessions(partitions, "3s~utf8:name B:n", &path) {
            let sql = "SELECT name, sum(n), octet_length(name) FROM t GROUP BY name ORDER BY name";
            assert_eq!(
                rows(&session, sql).await,
                [
                    " 1 0",
                    "a 2 1",
                    "\u{e9} 1 2",
                    "\u{fffd} 1 3",
                    "\u{fffd}\u{fffd}\0 2 7"
                ]
            );
        }
    }
}

#[tokio::test]
async fn texts_that_are_none_are_counted() {
    let (_folder, path) = file(b"a\xff\xfeb");
    for session in sessions(1, "1s~ascii:side", &path) {
        let frame = session.sql("SELECT DISTINCT side FROM t").await.unwrap();
        let context = Arc::new(frame.task_ctx());
        let plan = frame.create_physical_plan().await.unwrap();
        let rows = datafusion::physical_plan::collect(Arc::clone(&plan), context).await;
        assert_eq!(
            rows.unwrap()
                .iter()
                .map(RecordBatch::num_rows)
                .sum::<usize>(),
            3
        );
        let mut step = &plan;
        let scan = loop {
            match step.downcast_ref::<bytewright_sql::RecordScan>() {
                Some(scan) => break scan,
                None => step = step.children()[0],
            }
        };
        assert_eq!(scan.lost(), 2);
    }
}

/// Records whose texts are often equal, often none, often empty.
fn records() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop::sample::select(b"\0\0ab \xc3\xa9\xef\xbf\xbd\xff".to_vec());
    let text = prop::collection::vec(byte, 6);
    let record = (text, -3..3i16, -2..2i8, "[ab]{0,9}").prop_map(|(text, qty, price, long)| {
        let mut record = text;
        record.extend_from_slice(&qty.to_le_bytes());
        record.extend_from_slice(&(f32::from(price) / 2.0).to_le_bytes());
        record.push(price.cast_unsigned());
        record.extend_from_slice(long.as_bytes());
        record.resize(SIZE, 0);
        record
    });
    prop::collection::vec(record, 0..200).prop_map(|records| records.concat())
}

/// A query of which the rows have no order.
fn query() -> impl Strategy<Value = String> {
    let groups = prop::sample::subsequence(
        vec![
            "name",
            "side",
            "raw",
            "qty",
            "kind",
            "long",
            "upper(name)",
            "qty % 2",
        ],
        1..=3,
    );
    let functions = prop::sample::subsequence(
        vec![
            "count(*)",
            "sum(qty)",
            "avg(qty)",
            "bool_or(price > 0)",
            "min(price)",
            "max(long)",
            "count(DISTINCT qty)",
            "min(side)",
            "count(DISTINCT name)",
            "sum(qty) FILTER (WHERE price > 0)",
            "sum(qty) FILTER (WHERE side <> 'a')",
        ],
        0..=3,
    );
    let condition = prop::sample::select(vec![
        "",
        "WHERE qty > 0",
        "WHERE price >= 0.5",
        "WHERE side = 'a'",
        "WHERE name <> ''",
        "WHERE raw = X'6100'",
    ]);
    let having = prop::sample::select(vec!["", "HAVING count(*) > 1", "HAVING sum(qty) >= 0"]);
    (groups, functions, condition, having, any::<bool>()).prop_map(
        |(groups, functions, condition, having, nested)| {
            let by = groups.join(", ");
            let all = [groups, functions].concat().join(", ");
            let rows = match nested {
                true => "(SELECT *, qty + 1 AS more FROM t)",
                false => "t",
            };
            format!("SELECT {all} FROM {rows} {condition} GROUP BY {by} {having}")
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn groups_are_those_without_keys(bytes in records(), queries in prop::collection::vec(query(), 4), partitions in 1..4usize) {
        let (_folder, path) = file(&bytes);
        let [keyed, plain] = sessions(partitions, FORMAT, &path);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for sql in queries {
            let (ours, others) = runtime.block_on(async { (sorted(&keyed, &sql).await, sorted(&plain, &sql).await) });
            prop_assert_eq!(ours, others, "{}", sql);
        }
    }
}

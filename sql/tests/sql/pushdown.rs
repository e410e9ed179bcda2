//! What a query asks of the files: columns, conditions, limits, counts; seen in its plan.

use datafusion::physical_plan::collect;

use super::*;

#[tokio::test]
async fn counting_reads_nothing() {
    let (_folder, path) = file(&ticks(100));
    let session = session(2, described(&path));
    let plan = plan(&session, "SELECT count(*) FROM t").await;
    assert!(!plan.contains("RecordScan"), "{plan}");
    assert_eq!(rows(&session, "SELECT count(*) FROM t").await, ["100"]);
    // Where a condition is asked, the rows are.
    let some = "SELECT count(*) FROM t WHERE qty = 3";
    assert_eq!(rows(&session, some).await, ["14"]);
}

#[tokio::test]
async fn columns_that_no_one_asks_for_are_not_made() {
    let (_folder, path) = file(&ticks(10));
    let session = session(1, described(&path));
    let sum = plan(&session, "SELECT sum(qty) FROM t").await;
    assert!(sum.contains("columns=[qty]"), "{sum}");
    // A column that only the condition looks at goes no further.
    let one = plan(&session, "SELECT side FROM t WHERE qty > 1").await;
    assert!(one.contains("columns=[side], condition=(qty > 1)"), "{one}");
    assert!(!one.contains("FilterExec"), "{one}");
}

#[tokio::test]
async fn a_condition_that_is_wider_is_asked_again() {
    let (_folder, path) = file(&ticks(10));
    let session = session(1, described(&path));
    let sql = "SELECT qty FROM t WHERE at >= '2023-11-14T22:13:27.5Z'";
    let wider = plan(&session, sql).await;
    assert!(wider.contains("condition=(at >= 1700000007500)"), "{wider}");
    assert!(wider.contains("FilterExec"), "{wider}");
    assert_eq!(rows(&session, sql).await, ["-2", "-1"]);
    let sql = "SELECT count(*) FROM t WHERE side = 'B' AND qty IN (0, 1)";
    let both = plan(&session, sql).await;
    assert!(
        both.contains("condition=(side == x\"42\") and ((qty == 0) or (qty == 1))"),
        "{both}"
    );
    assert_eq!(rows(&session, sql).await, ["1"]);
}

#[tokio::test]
async fn what_the_language_says_otherwise_is_left_to_sql() {
    let mut bytes = Vec::new();
    for x in [f32::NAN, -0.0, 0.0, 1.0] {
        bytes.extend_from_slice(&x.to_le_bytes());
    }
    let (_folder, path) = file(&bytes);
    let description = Description::new("<f:x").file(path.to_str().unwrap());
    let session = session(1, description);
    let sql = "SELECT x FROM t WHERE x > 0.5";
    assert!(!plan(&session, sql).await.contains("condition"));
    // In the order of DataFusion, NaN is greater than all numbers.
    assert_eq!(rows(&session, sql).await, ["NaN", "1.0"]);
}

#[tokio::test]
async fn a_limit_ends_the_reading() {
    let (_folder, path) = file(&ticks(200_000));
    let session = session(1, described(&path));
    let frame = session.sql("SELECT qty FROM t LIMIT 5").await.unwrap();
    let plan = frame.create_physical_plan().await.unwrap();
    let shown = datafusion::physical_plan::displayable(&*plan)
        .indent(false)
        .to_string();
    assert!(shown.contains("fetch=5"), "{shown}");
    let read = collect(plan.clone(), session.task_ctx()).await.unwrap();
    assert_eq!(read.iter().map(RecordBatch::num_rows).sum::<usize>(), 5);
    assert_eq!(scanned(&plan), 5 * 14);
    let all = session.sql("SELECT qty FROM t").await.unwrap();
    let plan = all.create_physical_plan().await.unwrap();
    collect(plan.clone(), session.task_ctx()).await.unwrap();
    assert_eq!(scanned(&plan), 200_000 * 14);
}

#[tokio::test]
async fn a_limit_counts_the_rows_that_a_condition_keeps() {
    let (_folder, path) = file(&ticks(100));
    for partitions in [1, 3] {
        let session = session(partitions, described(&path));
        let sql = "SELECT qty FROM t WHERE qty = 3 LIMIT 4";
        assert_eq!(rows(&session, sql).await, ["3"; 4]);
        let sql = "SELECT qty FROM t WHERE qty = 3 LIMIT 100 OFFSET 10";
        assert_eq!(rows(&session, sql).await, ["3"; 4]);
    }
}

/// Bytes that a plan has read.
fn scanned(plan: &Arc<dyn datafusion::physical_plan::ExecutionPlan>) -> usize {
    let own = plan
        .metrics()
        .and_then(|metrics| metrics.sum_by_name("bytes_scanned"));
    let inputs = plan.children().into_iter().map(scanned);
    inputs.sum::<usize>() + own.map_or(0, |value| value.as_usize())
}

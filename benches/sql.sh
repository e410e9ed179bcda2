#!/usr/bin/env bash
# Times SQL over 1 GB of records in the page cache beside DuckDB over a Parquet file of the same, after comparing
# their answers. The Parquet file is what pyarrow writes where nothing is said about how. Needs 2 GB of temporary files, and
# a Python that has NumPy, pyarrow and DuckDB. The time of the program is that of the whole process, the time of DuckDB that of
# the query alone, in a process that runs already. Beside the time that passed stands the ratio of processor time.
#
#     benches/sql.sh [ROUNDS] [MEGABYTES]
set -euo pipefail
rounds=${1:-5} megabytes=${2:-1000}
here=$(cd "$(dirname "$0")/.." && pwd)
program=${BYTEWRIGHT_SQL:-}
if [ -z "$program" ]; then
    (cd "$here/sql" && cargo build --release --quiet)
    program=${CARGO_TARGET_DIR:-$here/sql/target}/release/bytewright-sql
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export PYTHONPATH=$here/benches PYTHONDONTWRITEBYTECODE=1
python3 -m ticks "$megabytes"
python3 - "$program" "$rounds" "$megabytes" <<'PYTHON'
import resource, statistics, subprocess, sys, time
import duckdb, pyarrow, pyarrow.parquet, ticks

program, rounds, megabytes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
table = f'ticks={ticks.FORMAT}@ticks.bin'
pyarrow.parquet.write_table(pyarrow.table(ticks.columns('ticks.bin')), 'ticks.parquet')
open('ticks.bin', 'rb').readinto(bytearray(1 << 20))

QUERIES = {
    'sum, GROUP BY text': 'SELECT side, sum(qty) AS qty FROM ticks GROUP BY side ORDER BY side',
    'two sums, GROUP BY integer': 'SELECT qty, sum(level) AS level, count(*) AS n FROM ticks GROUP BY qty ORDER BY qty',
    'sum WHERE': "SELECT count(*) AS n, sum(qty) AS qty FROM ticks WHERE id % 1000 < 500 AND qty > 900",
    'count': 'SELECT count(*) AS n FROM ticks',
}

def processor():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(times.ru_utime + times.ru_stime for times in used)

def ours(sql):
    begin, used = time.perf_counter(), processor()
    out = subprocess.run([program, sql, '-t', table, '-O', 'csv'], check=True, capture_output=True, text=True)
    times = time.perf_counter() - begin, processor() - used
    return times, [line.split(',') for line in out.stdout.splitlines()[1:]]

def theirs(sql):
    begin, used = time.perf_counter(), processor()
    rows = duckdb.sql(sql.replace('FROM ticks', "FROM 'ticks.parquet'")).fetchall()
    return (time.perf_counter() - begin, processor() - used), rows

print(f'{megabytes} MB of records, {rounds} rounds; medians in seconds, and the medians of both ratios')
for name, sql in QUERIES.items():
    (_, mine), (_, other) = ours(sql), theirs(sql)
    assert len(mine) == len(other), (mine, other)
    for a, b in zip(mine, other):
        assert all(x == y if isinstance(y, str) else abs(float(x) - float(y)) <= 1e-9 * abs(float(y)) for x, y in zip(a, b)), (a, b)
    times = []
    for turn in range(rounds):
        pair = [ours(sql)[0], theirs(sql)[0]] if turn % 2 == 0 else [theirs(sql)[0], ours(sql)[0]][::-1]
        times.append(pair)
    mine, other = (statistics.median(pair[i][0] for pair in times) for i in (0, 1))
    passed, used = (statistics.median(a[i] / max(b[i], 1e-6) for a, b in times) for i in (0, 1))
    print(f'{name:30} {mine:8.3f} {other:8.3f} {passed:8.2f} {used:8.2f}')
PYTHON

#!/usr/bin/env bash
# Times `records` on 1 GB of records in the page cache beside NumPy, pyarrow, Polars and Python's json, after
# comparing what they make. Needs 4 GB of temporary files, and a Python that has the three.
#
#     benches/records.sh [ROUNDS] [MEGABYTES]
FEATURES=arrow
. "$(dirname "$0")/beside.sh" "${1:-5}"

export PYTHONPATH=$project/benches PYTHONDONTWRITEBYTECODE=1
python3 -m ticks "${2:-1000}"
format=$(python3 -c 'import ticks; print(ticks.FORMAT)')

cat >parquet.py <<'EOF'
import pyarrow as pa, pyarrow.parquet as pq, ticks
columns = {name: pa.array(column) for name, column in ticks.columns('ticks.bin').items()}
pq.write_table(pa.table(columns), 'theirs.parquet', compression='zstd')
EOF
cat >write_csv.py <<'EOF'
import polars as pl, ticks
pl.DataFrame(ticks.columns('ticks.bin')).write_csv('theirs.csv')
EOF
cat >write_json.py <<'EOF'
import json, struct, ticks
with open('tenth.bin', 'rb') as file, open('theirs.jsonl', 'w') as out:
    for row in struct.iter_unpack('<QiIfdcx', file.read()):
        row = dict(zip(ticks.COLUMNS, row))
        row['side'] = row['side'].decode()
        out.write(json.dumps(row, separators=(',', ':')) + '\n')
EOF
head -c "$(( $(stat -c %s ticks.bin) / 300 * 30 ))" ticks.bin >tenth.bin

bytewright records "$format" ticks.bin -o ours.parquet --force
python3 parquet.py
bytewright records "$format" tenth.bin -o ours.csv --force
python3 - <<'EOF'
import pyarrow.parquet as pq, polars as pl, numpy as np, ticks
ours, theirs = pq.read_table('ours.parquet'), pq.read_table('theirs.parquet')
assert ours.column_names == theirs.column_names
for name in ours.column_names:
    assert ours[name].equals(theirs[name]), name
rows = np.memmap('tenth.bin', dtype=ticks.KIND, mode='r')
frame = pl.read_csv('ours.csv')
for name in ['id', 'qty', 'time', 'level']:
    assert (frame[name].to_numpy() == rows[name]).all(), name
assert (frame['price'].to_numpy().astype('f4') == rows['price']).all()
EOF
sync

# COMMAND: its processor time, that of all its threads, in microseconds.
spent() {
    local TIMEFORMAT='%U %S'
    { time eval "$1" >/dev/null 2>&1; } 2>&1 | awk '{ print ($1 + $2) * 1e6 }'
}

# WHAT OURS PEER THEIRS: as `beside`, and then the same by processor time, which other work changes less.
both() {
    beside "$1" "$2" "$3" "$4" 'warm ticks.bin tenth.bin'
    local round times=()
    for ((round = 0; round < rounds; round++)); do
        times+=("$(spent "$2") $(spent "$4")")
    done
    printf '    by processor time: %.2f s, %.2f s, ratio %.3f\n' "$(median '$1 / 1e6' "${times[@]}")" \
        "$(median '$2 / 1e6' "${times[@]}")" "$(median '$1 / $2' "${times[@]}")"
}

run="bytewright records '$format' --force"
both 'to Parquet' "$run ticks.bin -o ours.parquet" 'NumPy and pyarrow' 'python3 parquet.py'
both 'to CSV' "$run ticks.bin -o ours.csv" 'NumPy and Polars' 'python3 write_csv.py'
both 'to JSON lines' "$run tenth.bin -o ours.jsonl" "Python's json" 'python3 write_json.py'
for form in parquet csv; do
    both "$form on two threads" "$run ticks.bin -o ours.$form --threads 2" 'on one' \
        "$run ticks.bin -o ours.$form --threads 1"
done

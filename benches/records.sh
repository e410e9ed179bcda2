#!/usr/bin/env bash
# Times `records` on 1 GB of records in the page cache beside NumPy, pyarrow, Polars and Python's json, after
# comparing what they make. Needs 4 GB of temporary files, and a Python that has the three.
#
#     benches/records.sh [ROUNDS] [MEGABYTES]
FEATURES=arrow
. "$(dirname "$0")/beside.sh" "${1:-5}"

format='<Q:id i:qty I:time f:price d:level 2s~ascii:tag'
export DTYPE="[('id','<u8'),('qty','<i4'),('time','<u4'),('price','<f4'),('level','<f8'),('tag','S2')]"
python3 - "${2:-1000}" <<'EOF'
import os, sys, numpy as np
count = int(sys.argv[1]) * 1000000 // 30
rows = np.zeros(count, dtype=np.dtype(eval(os.environ['DTYPE'])))
random = np.random.default_rng(1)
rows['id'] = np.arange(count)
rows['qty'] = random.integers(-1000, 1000, count)
rows['time'] = 1709208000 + np.arange(count) // 100
rows['price'] = random.integers(0, 100000, count) / 64
rows['level'] = random.integers(0, 1 << 30, count) / 1024
rows['tag'] = np.array(['aa', 'bb', 'cc', 'dd'])[random.integers(0, 4, count)]
rows.tofile('ticks.bin')
EOF

cat >parquet.py <<'EOF'
import os, numpy as np, pyarrow as pa, pyarrow.parquet as pq
rows = np.memmap('ticks.bin', dtype=np.dtype(eval(os.environ['DTYPE'])), mode='r')
columns = {name: pa.array(np.ascontiguousarray(rows[name])) for name in rows.dtype.names if name != 'tag'}
columns['tag'] = pa.array(rows['tag'].astype('U2'))
pq.write_table(pa.table(columns), 'theirs.parquet', compression='zstd')
EOF
cat >write_csv.py <<'EOF'
import os, numpy as np, polars as pl
rows = np.memmap('ticks.bin', dtype=np.dtype(eval(os.environ['DTYPE'])), mode='r')
columns = {name: np.ascontiguousarray(rows[name]) for name in rows.dtype.names if name != 'tag'}
columns['tag'] = rows['tag'].astype('U2')
pl.DataFrame(columns).write_csv('theirs.csv')
EOF
cat >write_json.py <<'EOF'
import json, struct
with open('tenth.bin', 'rb') as file, open('theirs.jsonl', 'w') as out:
    names = ['id', 'qty', 'time', 'price', 'level', 'tag']
    for row in struct.iter_unpack('<QiIfd2s', file.read()):
        row = dict(zip(names, row))
        row['tag'] = row['tag'].decode()
        out.write(json.dumps(row, separators=(',', ':')) + '\n')
EOF
head -c "$(( $(stat -c %s ticks.bin) / 300 * 30 ))" ticks.bin >tenth.bin

bytewright records "$format" ticks.bin -o ours.parquet --force
python3 parquet.py
bytewright records "$format" tenth.bin -o ours.csv --force
python3 - <<'EOF'
import pyarrow.parquet as pq, polars as pl, os, numpy as np
ours, theirs = pq.read_table('ours.parquet'), pq.read_table('theirs.parquet')
assert ours.column_names == theirs.column_names
for name in ours.column_names:
    assert ours[name].equals(theirs[name]), name
rows = np.memmap('tenth.bin', dtype=np.dtype(eval(os.environ['DTYPE'])), mode='r')
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

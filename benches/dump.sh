#!/usr/bin/env bash
# Times `dump --plain` and `dump --reverse` against `xxd` on 50 MB of noise in the page cache, with
# hyperfine. Needs 300 MB in the folder given, or in /tmp.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --quiet
tool=$PWD/target/release/bytewright
folder=$(mktemp -d "${1:-/tmp}/bytewright-bench.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"

head -c 50000000 /dev/urandom >noise
xxd noise >noise.txt
cmp <("$tool" dump --plain noise) noise.txt
cmp <("$tool" dump --reverse noise.txt) noise

compare() {
    hyperfine -N --warmup 3 --runs 21 --style none --export-csv times.csv "$tool $1" "$2" \
        >/dev/null 2>&1
    awk -F, 'NR == 2 { ours = $4 } NR == 3 { printf "%.3f s, xxd: %.3f s, ratio %.2f\n", ours, $4, ours / $4 }' \
        times.csv
}
printf 'dump --plain: %s\n' "$(compare 'dump --plain noise' 'xxd noise')"
printf 'dump --reverse: %s\n' "$(compare 'dump --reverse noise.txt' 'xxd -r noise.txt')"

#!/usr/bin/env bash
# Times `find` against `grep -obUaF` on 1 GiB in the page cache, and `diff` on a file and itself and
# on two that have nothing in common. Needs 2 GiB in the folder given, or in /tmp.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --quiet
tool=$PWD/target/release/bytewright
folder=$(mktemp -d "${1:-/tmp}/bytewright-bench.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"

needle='needle in the haystack'
python3 - "$needle" <<'PYTHON'
import os, random, sys
needle, size = sys.argv[1].encode(), 1 << 30
random.seed(1)
with open("noise", "wb") as out:
    for _ in range(size >> 20):
        out.write(os.urandom(1 << 20))
    for _ in range(200):
        out.seek(random.randrange(size - len(needle)))
        out.write(needle)
PYTHON

ours() { "$tool" find noise "$needle" --offsets; }
theirs() { LC_ALL=C grep -obUaF "$needle" noise; }
cmp <(ours) <(theirs | cut -d: -f1)

# Both write to a file: grep does next to nothing when its output is /dev/null.
seconds() {
    local start=$EPOCHREALTIME
    "$@" >out || [ $? = 1 ]
    echo "$EPOCHREALTIME - $start" | tr , . | bc -l
}
median() { sort -n | sed -n 5p; }

for _ in 1 2 3 4 5 6 7 8 9; do
    seconds ours >>ours.times
    seconds theirs >>theirs.times
done
a=$(median <ours.times) b=$(median <theirs.times)
printf 'find: %.3f s, grep: %.3f s, ratio %.2f\n' "$a" "$b" "$(echo "$a / $b" | bc -l)"

head -c 1G /dev/urandom >other
printf 'diff: %.1f s for 1 GiB against itself, %.1f s against other noise\n' \
    "$(seconds "$tool" diff noise noise)" "$(seconds "$tool" diff noise other)"

#!/usr/bin/env bash
# Times `find` beside `grep -obUaF` on 1 GiB in the page cache, after comparing the offsets, and `diff`
# on a file and itself and on two that have nothing in common. Needs 2 GiB of temporary files.
#
#     benches/find.sh [ROUNDS]
. "$(dirname "$0")/beside.sh" "${1:-9}"

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
head -c 1G /dev/urandom >other
sync

ours() { bytewright find noise "$needle" --offsets; }
theirs() { grep -obUaF "$needle" noise; }
cmp <(ours) <(theirs | cut -d: -f1)

# Both write to a file: grep does next to nothing when its output is /dev/null.
beside find 'ours >out' grep 'theirs >out' 'warm noise'

warm other
for b in noise other; do
    took=$(microseconds "bytewright diff noise $b || [ \$? = 1 ]")
    echo "$took" | awk -v b=$b '{ printf "diff: %.1f s for 1 GiB of noise against %s\n", $1 / 1e6, b }'
done

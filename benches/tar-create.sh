#!/usr/bin/env bash
# Times `tar create` beside GNU tar, and beside `tar | pigz`, and taking one member out of a large
# .tar.gz beside `tar xzf`; in turn, after comparing what both made. Needs a release build, pigz, bsdtar,
# some 5 GB beside this script's temporary folder (on a disk: TMPDIR says where) and some minutes.
#
#     benches/tar-create.sh [ROUNDS] [FOLDER OF SOURCES] [FOLDER OF TEXT]
set -euo pipefail
cd "$(dirname "$0")/.."
bytewright=$PWD/target/release/bytewright
rounds=${1:-9}
sources=${2:-/usr/include}
text=${3:-/usr/share/doc}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 - <<'PYTHON'
import os, random
random.seed(1)
for d in range(100):
    os.makedirs(f'small/d{d}')
    for f in range(200):
        with open(f'small/d{d}/f{f}', 'wb') as out:
            out.write(random.randbytes(random.randint(0, 4000)))
os.mkdir('large')
for i in range(4):
    with open(f'large/{i}', 'wb') as out:
        out.write(random.randbytes(64 << 20))
words = [bytes(random.choices(b'abcdefghijklmnopqrstuvwxyz', k=random.randint(2, 9))) for _ in range(5000)]
os.mkdir('gibibyte')
for i in range(2048):
    with open(f'gibibyte/f{i:04}', 'wb') as out:
        page = b' '.join(random.choices(words, k=9000))
        out.write((page * 20)[:512 << 10])
PYTHON
cp -rL "$sources" sources 2> sources.log || true
cp -rL "$text" text 2> text.log || true
# What is still to be written to the disk would take time of whoever runs first.
sync

timed() {
    local start end
    start=$(date +%s%N)
    "$@" > /dev/null
    end=$(date +%s%N)
    echo $((end - start))
}
median() { sort -n "$1" | sed -n "$((rounds / 2 + 1))p"; }
# WHAT OURS THEIRS: commands that write ours.* and theirs.*, which are removed before each round.
compare() {
    : > ours.times
    : > theirs.times
    for _ in $(seq "$rounds"); do
        rm -rf ours.tar* theirs.tar* ours.d theirs.d
        mkdir ours.d theirs.d
        # What the system still has to do about the files that went is nobody's work.
        sync
        timed bash -c "$2" >> ours.times
        timed bash -c "$3" >> theirs.times
    done
    awk -v what="$1" -v a="$(median ours.times)" -v b="$(median theirs.times)" \
        'BEGIN { printf "%s: %.3f s, peer %.3f s, ratio %.3f\n", what, a / 1e9, b / 1e9, a / b }'
}
same() { cmp <(tar tvf "$1" | sort) <(tar tvf "$2" | sort) && tar df "$1" && bsdtar tf "$1" > /dev/null; }
size() { stat -c %s "$1"; }

for what in small large; do
    compare "$what" "$bytewright tar create ours.tar $what" "tar cf theirs.tar $what"
    same ours.tar theirs.tar
done
for what in sources text; do
    compare "$what, gzip 6" "$bytewright tar create ours.tar.gz $what" "tar cf - $what | pigz -6 -p2 > theirs.tar.gz"
    same ours.tar.gz theirs.tar.gz
    awk -v a="$(size ours.tar.gz)" -v b="$(size theirs.tar.gz)" 'BEGIN { printf "  size ratio %.3f\n", a / b }'
done
"$bytewright" tar create gibibyte.tar.gz gibibyte
compare "one member of 1 GiB" "$bytewright tar extract gibibyte.tar.gz gibibyte/f1500 -C ours.d" \
    "tar xzf gibibyte.tar.gz -C theirs.d gibibyte/f1500"
diff -r ours.d theirs.d

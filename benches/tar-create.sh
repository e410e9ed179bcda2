#!/usr/bin/env bash
# Times `tar create` beside GNU tar, and beside `tar | pigz`, and taking one member out of a large
# .tar.gz beside `tar xzf`; and compares what both made. Text is taken with its .gz files decompressed:
# in Debian's /usr/share/doc they are half of the bytes. Needs pigz, bsdtar, some 5 GB of temporary
# files (on a disk: TMPDIR says where) and some minutes.
#
#     benches/tar-create.sh [ROUNDS] [FOLDER OF SOURCES] [FOLDER OF TEXT]
sources=${2:-/usr/include}
text=${3:-/usr/share/doc}
. "$(dirname "$0")/beside.sh" "${1:-9}"

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
cp -rL "$sources" sources 2>sources.log || true
cp -rL "$text" text 2>text.log || true
find text -type f -name '*.gz' -exec gzip -df {} + 2>>text.log || true

# WHAT OURS PEER THEIRS INPUT: commands that write ours.* and theirs.*, which go before each round; the
# system's work on what went, and on what is still to be written, is nobody's.
compare() {
    beside "$1" "$2" "$3" "$4" \
        "rm -rf ours.tar* theirs.tar* ours.d theirs.d; mkdir ours.d theirs.d; sync; warm $5"
}
same() { cmp <(tar tvf "$1" | sort) <(tar tvf "$2" | sort) && tar df "$1" && bsdtar tf "$1" >/dev/null; }
size() { stat -c %s "$1"; }

for what in small large; do
    compare "$what" "bytewright tar create ours.tar $what" tar "tar cf theirs.tar $what" $what
    same ours.tar theirs.tar
done
for what in sources text; do
    compare "$what, gzip 6" "bytewright tar create ours.tar.gz $what" \
        pigz "tar cf - $what | pigz -6 -p2 >theirs.tar.gz" $what
    same ours.tar.gz theirs.tar.gz
    awk -v a="$(size ours.tar.gz)" -v b="$(size theirs.tar.gz)" 'BEGIN { printf "  size ratio %.3f\n", a / b }'
done
bytewright tar create gibibyte.tar.gz gibibyte
compare 'one member of 1 GiB' 'bytewright tar extract gibibyte.tar.gz gibibyte/f1500 -C ours.d' \
    tar 'tar xzf gibibyte.tar.gz -C theirs.d gibibyte/f1500' gibibyte.tar.gz
diff -r ours.d theirs.d

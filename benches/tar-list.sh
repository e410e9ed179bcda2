#!/usr/bin/env bash
# Times `tar list -l` beside `tar tvf` on plain archives: 20,000 and 100,000 small members, and 400
# large ones; in turn, after comparing what both print. Needs a release build; takes a minute, and
# 1.6 GB of temporary files, most of them holes. GNU tar is faster where TZ is set, as then it does not
# look at /etc/localtime for each member: `TZ=UTC benches/tar-list.sh` compares with that.
set -euo pipefail
cd "$(dirname "$0")/.."
bytewright=$PWD/target/release/bytewright
rounds=${1:-11}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

make() {
    python3 - "$folder/$1.tar" "$2" "$3" <<'PYTHON'
import random, sys, tarfile
path, count, largest = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(count)
with open(path, 'wb') as out:
    for i in range(count):
        info = tarfile.TarInfo(f'project/folder{i // 100:05}/file-{i:07}.txt')
        info.size = random.randrange(largest // 2, largest)
        info.mtime = 1_700_000_000 + 61 * i
        info.uid = info.gid = 1000
        info.uname, info.gname = 'user', 'users'
        out.write(info.tobuf(tarfile.GNU_FORMAT))
        out.seek(-(-info.size // 512) * 512, 1)
    out.write(bytes(10240))
PYTHON
}
make small 20000 1500
make many 100000 1500
make large 400 8000000

timed() {
    local start end
    start=$(date +%s%N)
    "$@" > /dev/null
    end=$(date +%s%N)
    echo $((end - start))
}
median() { sort -n "$1" | sed -n "$((rounds / 2 + 1))p"; }
for archive in small many large; do
    file=$folder/$archive.tar
    cmp <("$bytewright" tar list -l "$file" | tr -s ' ') <(TZ=UTC tar tvf "$file" | tr -s ' ')
    : > "$folder/ours"
    : > "$folder/theirs"
    for _ in $(seq "$rounds"); do
        timed "$bytewright" tar list -l "$file" >> "$folder/ours"
        timed tar tvf "$file" >> "$folder/theirs"
    done
    awk -v what="$archive" -v a="$(median "$folder/ours")" -v b="$(median "$folder/theirs")" \
        'BEGIN { printf "%s: %.4f s, tar %.4f s, ratio %.2f\n", what, a / 1e9, b / 1e9, a / b }'
done

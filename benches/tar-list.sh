#!/usr/bin/env bash
# Times `tar list -l` beside `tar tvf` on plain archives: 20,000 and 100,000 small members, and 400
# large ones; after comparing what both print. Takes a minute, and 1.6 GB of temporary files, most of
# them holes. GNU tar is faster where TZ is set, as then it does not look at /etc/localtime for each
# member: `TZ=UTC benches/tar-list.sh` compares with that.
#
#     benches/tar-list.sh [ROUNDS]
. "$(dirname "$0")/beside.sh" "${1:-11}"

make() {
    python3 - "$1.tar" "$2" "$3" <<'PYTHON'
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
sync

for what in small many large; do
    cmp <(bytewright tar list -l $what.tar | tr -s ' ') <(TZ=UTC tar tvf $what.tar | tr -s ' ')
    # Nobody reads what lies between the headers of large members.
    beside $what "bytewright tar list -l $what.tar" tar "tar tvf $what.tar" "tar tf $what.tar"
done

#!/usr/bin/env bash
# The peak of memory of the tar verbs on large input, in MiB: a sparse file of 100 GiB, and a million
# members. Needs GNU time, and some 3 GB of temporary files.
. "$(dirname "$0")/beside.sh"

truncate -s 100G sparse
printf x | dd of=sparse bs=1 seek=50G conv=notrunc status=none
python3 - <<'PYTHON'
import tarfile
with open('many.tar', 'wb') as out:
    for i in range(1_000_000):
        info = tarfile.TarInfo(f'project/folder{i // 1000:05}/file-{i:07}.txt')
        out.write(info.tobuf(tarfile.GNU_FORMAT))
    out.write(bytes(10240))
PYTHON
peak() {
    local what=$1
    shift
    /usr/bin/time -f '%M %e' -o peak "$@" > /dev/null
    awk -v what="$what" '{ printf "%s: %.0f MiB, %s s\n", what, $1 / 1024, $2 }' peak
}
peak "create, 100 GiB with holes, --sparse" bytewright tar create --sparse a.tar sparse
peak "create, 100 GiB through a pipe, 4 GiB of it" bash -c "bytewright tar create - sparse | head -c 4G"
peak "extract, 100 GiB with holes" bytewright tar extract a.tar -C "$(mktemp -d -p .)"
peak "list, a million members" bytewright tar list -l many.tar
peak "check, a million members" bytewright tar check many.tar
peak "extract, a million members" bytewright tar extract many.tar -C "$(mktemp -d -p .)"
mkdir million
bytewright tar extract many.tar -C million
peak "create, a million members" bytewright tar create b.tar million
peak "create, a million members, gzip" bytewright tar create b.tar.gz million
peak "delete one of a million" bytewright tar delete b.tar million/project/folder00000/file-0000000.txt

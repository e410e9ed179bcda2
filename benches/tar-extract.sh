#!/usr/bin/env bash
# Times `tar extract` beside GNU tar on 20,000 small files and on a few large ones, on a file system in
# memory, and compares what both extract. Takes a minute.
#
#     benches/tar-extract.sh [ROUNDS]
export TMPDIR=/dev/shm
. "$(dirname "$0")/beside.sh" "${1:-11}"

mkdir small large a b
for d in $(seq -w 0 199); do
    mkdir "small/$d"
    for f in $(seq -w 0 99); do
        # 0 to 8 KiB, most of them small.
        head -c $(((10#$d * 10#$f * 7919) % 2048 * (10#$f % 5))) /dev/urandom >"small/$d/$f.txt"
    done
done
for i in 1 2 3; do
    head -c $((64 << 20)) /dev/urandom >"large/$i"
done

for what in small large; do
    tar -cf "$what.tar" "$what"
    beside "$what files" "bytewright tar extract $what.tar -C a" 'GNU tar' "tar -xf $what.tar -C b" \
        "rm -rf a/* b/*; warm $what.tar"
    diff -r a b
    rm "$what.tar"
done

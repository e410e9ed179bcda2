#!/usr/bin/env bash
# Times `tar extract` beside GNU tar on 20,000 small files and on a few large ones, in turn, on a
# file system in memory, after comparing what both extract. Needs a release build; takes a minute.
set -euo pipefail
cd "$(dirname "$0")/.."
bytewright=$PWD/target/release/bytewright
rounds=${1:-11}
folder=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$folder"' EXIT

mkdir "$folder/small" "$folder/large" "$folder/a" "$folder/b"
for d in $(seq -w 0 199); do
    mkdir "$folder/small/$d"
    for f in $(seq -w 0 99); do
        # 0 to 8 KiB, most of them small.
        head -c $(((10#$d * 10#$f * 7919) % 2048 * (10#$f % 5))) /dev/urandom \
            > "$folder/small/$d/$f.txt"
    done
done
for i in 1 2 3; do
    head -c $((64 << 20)) /dev/urandom > "$folder/large/$i"
done

ours() { "$bytewright" tar extract "$1" -C "$folder/a"; }
theirs() { tar -xf "$1" -C "$folder/b"; }

timed() {
    local start end
    start=$(date +%s%N)
    "$@"
    end=$(date +%s%N)
    echo $((end - start))
}
median() { sort -n "$1" | sed -n "$((rounds / 2 + 1))p"; }

for kind in small large; do
    archive=$folder/$kind.tar
    tar -cf "$archive" -C "$folder" "$kind"
    : > "$folder/ours"
    : > "$folder/theirs"
    for _ in $(seq "$rounds"); do
        rm -rf "$folder"/[ab]/*
        timed ours "$archive" >> "$folder/ours"
        timed theirs "$archive" >> "$folder/theirs"
    done
    diff -r "$folder/a" "$folder/b"
    awk -v a="$(median "$folder/ours")" -v b="$(median "$folder/theirs")" -v kind="$kind" \
        'BEGIN { printf "%s files: %.3f s, GNU tar: %.3f s, ratio %.2f\n", kind, a / 1e9, b / 1e9, a / b }'
    rm "$archive"
done

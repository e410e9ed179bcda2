#!/usr/bin/env bash
# Times `bmp info` beside `file` on 10,000 bitmaps, in turn, after comparing the dimensions that
# both print. Needs a release build; takes a minute.
set -euo pipefail
cd "$(dirname "$0")/.."
bytewright=$PWD/target/release/bytewright
rounds=${1:-11}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

kinds=(info-24 info-8 info-4 info-1 info-rle8 v4-srgb info-bitfields-565 rgb24-640x360)
for i in $(seq -w 0 9999); do
    kind=${kinds[$((10#$i % ${#kinds[@]}))]}
    cp "fixtures/bmp/$kind.bmp" "$folder/$i.bmp"
done
find "$folder" -name '*.bmp' | sort > "$folder/list"

ours() { "$bytewright" bmp info "$folder"; }
theirs() { file -f "$folder/list"; }

# Width and height of each file, in order, as both have them.
ours | sed -nE 's/^picture: ([0-9]+) × ([0-9]+) pixels.*/\1 \2/p' > "$folder/a"
theirs | sed -nE 's/.*, ([0-9]+) x ([0-9]+) x .*/\1 \2/p' > "$folder/b"
[ "$(wc -l < "$folder/a")" = 10000 ]
cmp "$folder/a" "$folder/b"

timed() {
    local start end
    start=$(date +%s%N)
    "$1" > /dev/null
    end=$(date +%s%N)
    echo $((end - start))
}
: > "$folder/ours"
: > "$folder/theirs"
for _ in $(seq "$rounds"); do
    timed ours >> "$folder/ours"
    timed theirs >> "$folder/theirs"
done
median() { sort -n "$1" | sed -n "$((rounds / 2 + 1))p"; }
awk -v a="$(median "$folder/ours")" -v b="$(median "$folder/theirs")" \
    'BEGIN { printf "bmp info: %.3f s, file: %.3f s, ratio %.2f\n", a / 1e9, b / 1e9, a / b }'

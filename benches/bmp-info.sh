#!/usr/bin/env bash
# Times `bmp info` beside `file` on 10,000 bitmaps, after comparing the dimensions that both print.
# Takes a minute.
#
#     benches/bmp-info.sh [ROUNDS]
. "$(dirname "$0")/beside.sh" "${1:-11}"

kinds=(info-24 info-8 info-4 info-1 info-rle8 v4-srgb info-bitfields-565 rgb24-640x360)
mkdir bitmaps
for i in $(seq -w 0 9999); do
    kind=${kinds[$((10#$i % ${#kinds[@]}))]}
    cp "$project/fixtures/bmp/$kind.bmp" "bitmaps/$i.bmp"
done
find bitmaps -name '*.bmp' | sort >list
sync

ours() { bytewright bmp info bitmaps; }
theirs() { file -f list; }

# Width and height of each file, in order, as both have them.
ours | sed -nE 's/^picture: ([0-9]+) × ([0-9]+) pixels.*/\1 \2/p' >a
theirs | sed -nE 's/.*, ([0-9]+) x ([0-9]+) x .*/\1 \2/p' >b
[ "$(wc -l <a)" = 10000 ]
cmp a b

beside 'bmp info' ours file theirs 'warm bitmaps'

#!/usr/bin/env bash
# Times `dump --plain` and `dump --reverse` beside `xxd` on 50 MB of noise in the page cache, after
# comparing what they write. Needs 300 MB of temporary files.
#
#     benches/dump.sh [ROUNDS]
. "$(dirname "$0")/beside.sh" "${1:-21}"

head -c 50000000 /dev/urandom >noise
xxd noise >noise.txt
cmp <(bytewright dump --plain noise) noise.txt
cmp <(bytewright dump --reverse noise.txt) noise
sync

beside 'dump --plain' 'bytewright dump --plain noise' xxd 'xxd noise' 'warm noise'
beside 'dump --reverse' 'bytewright dump --reverse noise.txt' 'xxd -r' 'xxd -r noise.txt' 'warm noise.txt'

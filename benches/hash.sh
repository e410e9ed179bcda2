#!/usr/bin/env bash
# Times `hash` beside `openssl dgst -sha256` on 1 GiB of noise in the page cache, after comparing the
# digests. Needs 1 GiB of temporary files.
#
#     benches/hash.sh [ROUNDS]
. "$(dirname "$0")/beside.sh" "${1:-9}"

openssl enc -aes-128-ctr -K 0 -iv 0 -in /dev/zero 2>/dev/null | head -c 1G >noise || true
sync
a=$(bytewright hash noise | cut -d' ' -f1)
b=$(openssl dgst -sha256 -r noise | cut -d' ' -f1)
[ "$a" = "$b" ] || { echo "the digests differ" >&2; exit 1; }

beside sha256 'bytewright hash noise' openssl 'openssl dgst -sha256 noise' 'warm noise'

#!/usr/bin/env bash
# `hash` against `openssl dgst -sha256`: 1 GiB of noise in the page cache. The digests are compared
# before anything is timed.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --quiet
ours=target/release/bytewright
file=$(mktemp)
trap 'rm -f "$file"' EXIT
openssl enc -aes-128-ctr -K 0 -iv 0 -in /dev/zero 2>/dev/null | head -c 1G >"$file" || true

a=$("$ours" hash "$file" | cut -d' ' -f1)
b=$(openssl dgst -sha256 -r "$file" | cut -d' ' -f1)
[ "$a" = "$b" ] || { echo "the digests differ" >&2; exit 1; }

seconds() {
    local start end
    start=$(date +%s%N)
    "$@" >/dev/null
    end=$(date +%s%N)
    echo $(((end - start) / 1000))
}
for _ in $(seq 9); do
    echo "$(seconds "$ours" hash "$file") $(seconds openssl dgst -sha256 "$file")"
done | awk '{ print $1 / $2 }' | sort -n | awk '{ a[NR] = $1 } END { print "sha256, ours / openssl, median:", a[5] }'

#!/usr/bin/env bash
# Times formats of whole files (benches/whole/formats.toml) beside the same fields read by hand
# (benches/whole/peer.rs), after comparing what both print: the lengths of all blocks of 1 GiB of pcapng, and
# the names of the 100,000 members of a ZIP. Prints the peak of memory, too. Needs 1.1 GiB of temporary files.
#
#     benches/whole.sh [ROUNDS]
. "$(dirname "$0")/beside.sh" "${1:-5}"

rustc -O --edition 2024 "$project/benches/whole/peer.rs" -o peer
python3 "$project/benches/whole/inputs.py" pcapng big.pcapng 1024
python3 "$project/benches/whole/inputs.py" zip big.zip 100000
formats=$project/benches/whole/formats.toml

# FILE FORMAT PATH: what `get` finds.
ours() { bytewright get "$1" -f "%$2" --formats "$formats" "$3"; }
blocks() { ours big.pcapng capture 'sections[*].little.blocks[*].length'; }
names() { ours big.zip archive 'members[*].name'; }
cmp <(blocks) <(./peer pcapng big.pcapng)
cmp <(names) <(./peer zip big.zip)

warm .
beside 'blocks of a pcapng' 'blocks >out' 'by hand' './peer pcapng big.pcapng >out'
beside 'members of a ZIP' 'names >out' 'by hand' './peer zip big.zip >out'
beside 'a ZIP inspected' \
    "bytewright inspect big.zip --format %archive --formats '$formats' >out" \
    'by hand' './peer zip big.zip >out'

# COMMAND: its peak of memory in MiB.
peak() { /usr/bin/time -f %M "$@" 2>&1 >/dev/null | awk '{ printf "%d MiB\n", $1 / 1024 }'; }
echo -n 'blocks of a pcapng: '
peak bytewright get big.pcapng -f %capture --formats "$formats" 'sections[*].little.blocks[*].length'
echo -n 'members of a ZIP: '
peak bytewright get big.zip -f %archive --formats "$formats" 'members[*].name'

#!/usr/bin/env bash
# Times the start of the program beside that of xxd: a hundred times, each round, `size '<I'` and the
# dump of 16 bytes.
#
#     benches/start.sh [ROUNDS]
. "$(dirname "$0")/beside.sh" "${1:-11}"

head -c 4096 /dev/urandom >noise
[ "$(bytewright size '<I')" = 4 ]
printf '<I\n%.0s' {1..100} >formats
printf 'noise\n%.0s' {1..100} >files

# A shell takes as long to start a program as the program does; xargs is smaller.
beside '100 starts' 'xargs -n 1 bytewright size <formats' xxd 'xargs -n 1 xxd -l 16 <files'

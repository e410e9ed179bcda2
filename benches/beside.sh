# Sourced by the scripts beside it, with how many rounds there are to be. Builds the program, makes a
# folder that goes again at the end, where TMPDIR says or in /tmp, and stays in it.
set -euo pipefail
export LC_ALL=C
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
(cd "$project" && cargo build --release --quiet ${FEATURES:+--features "$FEATURES"})
PATH=${CARGO_TARGET_DIR:-$project/target}/release:$PATH
rounds=${1:-1}
folder=$(mktemp -d -t bytewright-bench.XXXXXX)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# WHAT OURS PEER THEIRS [PREPARE]: runs the commands OURS and THEIRS in turn, each first in every
# other round, and PREPARE before each round. Prints the medians of both, and that of the ratios of
# the rounds.
beside() {
    local round a b times=()
    for ((round = 0; round < rounds; round++)); do
        eval "${5:-:}" >/dev/null
        if ((round % 2)); then
            b=$(microseconds "$4")
            a=$(microseconds "$2")
        else
            a=$(microseconds "$2")
            b=$(microseconds "$4")
        fi
        times+=("$a $b")
    done
    printf '%s: %.4f s, %s %.4f s, ratio %.3f\n' "$1" \
        "$(median '$1 / 1e6' "${times[@]}")" "$3" \
        "$(median '$2 / 1e6' "${times[@]}")" \
        "$(median '$1 / $2' "${times[@]}")"
}

# COMMAND: how long it takes.
shopt -s inherit_errexit
microseconds() {
    local start=${EPOCHREALTIME/./}
    eval "$1" >/dev/null
    echo $((${EPOCHREALTIME/./} - start))
}

# EXPRESSION LINES: the median of what awk makes of each line.
median() { printf '%s\n' "${@:2}" | awk "{ print $1 }" | sort -g | sed -n "$(($# / 2))p"; }

# FILES AND FOLDERS: reads them, for PREPARE: of a cache that lost a part of them, whoever ran first
# would pay for filling it.
warm() { find "$@" -type f -exec cat {} + >/dev/null; }

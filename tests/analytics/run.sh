#!/bin/sh
# Asks two archives what docs/analytics.md asks, with pyarrow, DuckDB and Polars: one that a simulation played, whose
# answers are printed there, and one of people who leave, lose their connection and sleep. The first is compared with
# what the simulation says, also after its hours were merged; and damaged, to see that the comparison finds it.
#
# LIAP_BIN      the program, instead of target/release/liap
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work="$root/target/analytics"
data="$work/data"
log="$work/server.log"
liap=${LIAP_BIN:-$root/target/release/liap}
parts=0
failed=0
export PYTHONDONTWRITEBYTECODE=1
unset LIAP_BIN
mkdir -p "$work"
. "$root/tests/server.sh"

# A part of the test: its output is kept, its errors are shown.
part() {
    echo "== $*"
    parts=$((parts + 1))
    "$@" >"$work/part-$parts.txt" || failed=$((failed + 1))
}

trap 'stop_server' EXIT
trap 'exit 130' INT TERM
[ -x "$liap" ] || die "$liap is not built"
python=$("$here/python.sh") || die "python3 with the libraries of requirements.txt is needed"
cd "$here" || exit 1
rm -rf "$data"
mkdir -p "$data"

simulated="$data/simulated"
# shellcheck disable=SC2046
part "$liap" $("$python" documented.py "$simulated") --matches-to "$data/matches.jsonl"
[ "$failed" -eq 0 ] || die "nothing to ask"
mv "$data/matches.jsonl" "$simulated/matches.jsonl"
part "$python" ../proofs/archive_check.py "$simulated/archive" --expected "$simulated/matches.jsonl"
part "$python" questions.py "$simulated/archive" --documented
part "$python" pages.py "$simulated/archive"
part "$python" damage.py "$simulated"

# The moments of a simulation are long ago for the clock of this machine: nothing may be too old to keep.
cp -r "$simulated" "$data/merged"
part "$liap" archive compact --data "$data/merged" --set archive.compact_minutes=1 --set archive.grace_minutes=60 \
    --set archive.retention_days=36500
part "$python" questions.py "$data/merged/archive" --documented --merged
part "$python" pages.py "$data/merged/archive" --merged
part "$python" ../proofs/archive_check.py "$data/merged/archive" --expected "$data/merged/matches.jsonl" --grace

# People whose connection is lost are away soon, so that the test is short.
start_server --data "$data/people" --set rooms.grace_match_ms=200 --set rooms.match_empty_ms=0 --set archive.flush_seconds=2
part "$python" people.py "ws://127.0.0.1:$port/v1/ws"
stop_server
part "$python" questions.py "$data/people/archive" --people
part "$python" pages.py "$data/people/archive"

echo "run.sh: $((parts - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]

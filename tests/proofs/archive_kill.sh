#!/usr/bin/env bash
# Every finished match in the archive once, whatever is killed and when.
#
#   tests/proofs/archive_kill.sh [MATCHES=50000] [KILLS=50] [SEED=random]
#
# `liap simulate --archive` plays MATCHES matches of bots with a journal and the server's own archiver, and is killed
# KILLS times with SIGKILL at random moments; each time the next one goes on with what is on disk. In the end the archive
# must hold what the same simulation says without a journal, an archive or a kill: each match once, none missing, none
# more, with the same deals, scores, ranks and winners (archive_check.py, through pyarrow; and `liap archive verify`).
set -euo pipefail
cd "$(dirname "$0")/../.."
matches=${1:-50000} kills=${2:-50} seed=${3:-$RANDOM}
liap=${LIAP_BIN:-target/release/liap} seconds=${LIAP_KILL_SECONDS:-3}
# The program takes unknown LIAP_ variables for mistakes in its configuration.
unset LIAP_BIN LIAP_KILL_SECONDS
work=$(mktemp -d "${TMPDIR:-/tmp}/liap-archive-kill.XXXXXX")
child=
trap 'kill -9 $child 2>/dev/null || true; rm -rf "$work"' EXIT
python=$(tests/analytics/python.sh)
plan=(--matches "$matches" --seed "$seed" --bots mixed --pace standard)
echo "seed $seed"

"$liap" simulate "${plan[@]}" --matches-to "$work/expected.jsonl" >/dev/null

# usage: play HOUR: from that hour on, so that the archive has several
play() {
    "$liap" simulate "${plan[@]}" --rooms 500 --journal "$work/data" --archive --wall-ms $((1795000000000 + $1 * 3600000)) \
        --set archive.flush_seconds=1 >"$work/out" 2>"$work/err" &
    child=$!
}

killed=0 played=0
while [ "$killed" -lt "$kills" ]; do
    play "$killed"
    # From before the journal is read to several batches later.
    sleep "$(python3 -c "import random; print(round(random.random() ** 2 * $seconds, 3))")"
    if ! kill -9 "$child" 2>/dev/null; then
        played=1
        break
    fi
    wait "$child" 2>/dev/null || true
    killed=$((killed + 1))
done
if [ "$played" -eq 0 ]; then
    play "$killed"
fi
wait "$child" || { cat "$work/err" >&2; exit 1; }
echo "killed $killed times"
[ "$killed" -eq "$kills" ] || { echo "the simulation ended before it was killed $kills times: more matches, or LIAP_KILL_SECONDS" >&2; exit 1; }
"$liap" archive ls --data "$work/data"
"$liap" archive verify --data "$work/data"
"$python" tests/proofs/archive_check.py "$work/data/archive" --expected "$work/expected.jsonl"
[ -z "$(ls "$work/data/dead")" ] || { echo "matches were put aside: $(ls "$work/data/dead")" >&2; exit 1; }

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
liap=${LIAP_BIN:-$root/target/release/liap}
server=
parts=0
failed=0
export PYTHONDONTWRITEBYTECODE=1
unset LIAP_BIN
mkdir -p "$work"

die() {
    echo "run.sh: $*" >&2
    exit 1
}

# Starts the server on a free port; people whose connection is lost are away soon, so that the test is short.
start_server() {
    port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    "$liap" serve --listen "127.0.0.1:$port" --data "$data/people" --set rooms.grace_match_ms=200 \
        --set rooms.match_empty_ms=0 --set archive.flush_seconds=2 >"$work/server.log" 2>&1 &
    server=$!
    "$python" - "http://127.0.0.1:$port/health/ready" "$server" <<'PY' || server_failed
import os, sys, time, urllib.request

url, server, deadline = sys.argv[1], int(sys.argv[2]), time.monotonic() + 30
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
while time.monotonic() < deadline:
    try:
        os.kill(server, 0)
        if opener.open(url, timeout=2).status == 200:
            sys.exit(0)
    except ProcessLookupError:
        sys.exit("the server exited")
    except OSError:
        pass
    time.sleep(0.05)
sys.exit("not ready within 30 s")
PY
}

server_failed() {
    echo "run.sh: the server did not start; the end of its log:" >&2
    tail -n 20 "$work/server.log" >&2
    exit 1
}

# Ends the server that this script started, if it still runs; it archives what is finished before it goes.
stop_server() {
    [ -n "$server" ] || return 0
    kill -TERM "$server" 2>/dev/null
    waited=0
    while kill -0 "$server" 2>/dev/null && [ "$waited" -lt 300 ]; do
        sleep 0.1
        waited=$((waited + 1))
    done
    if kill -0 "$server" 2>/dev/null; then
        kill -KILL "$server"
        echo "run.sh: the server did not stop within 30 s" >&2
        failed=$((failed + 1))
    fi
    wait "$server" 2>/dev/null
    server=
}

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

start_server
part "$python" people.py "ws://127.0.0.1:$port/v1/ws"
stop_server
part "$python" questions.py "$data/people/archive" --people
part "$python" pages.py "$data/people/archive"

echo "run.sh: $((parts - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]

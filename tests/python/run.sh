#!/bin/sh
# Runs the Python conformance client: its own tests of the rules and of the documents, then matches and hostile input.
#
# LIAP_URL      a running server (ws://host:port/v1/ws); without it target/release/liap is started and stopped
# LIAP_BIN      the server to start instead of target/release/liap
# LIAP_ARGS     further arguments of `liap serve`
# LIAP_MATCHES  matches in each encoding, default 200; LIAP_FOUR matches of four clients, default 40
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work="$root/target/python"
log="$work/server.log"
liap=${LIAP_BIN:-$root/target/release/liap}
server=
parts=0
failed=0
export PYTHONDONTWRITEBYTECODE=1
mkdir -p "$work/run"

die() {
    echo "run.sh: $*" >&2
    exit 1
}

# The interpreter with the pinned libraries: a virtual environment, or the user's own packages where there is none.
prepare() {
    python="$work/venv/bin/python"
    if [ ! -x "$python" ] && ! python3 -m venv "$work/venv"; then
        rm -rf "$work/venv"
        python=$(command -v python3) || die "python3 is needed"
        "$python" -m pip install --quiet --user -r "$here/requirements.txt" || die "the libraries could not be installed"
        return
    fi
    if ! cmp -s "$here/requirements.txt" "$work/installed.txt"; then
        "$python" -m pip install --quiet -r "$here/requirements.txt" || die "the libraries could not be installed"
        cp "$here/requirements.txt" "$work/installed.txt"
    fi
}

start_server() {
    [ -x "$liap" ] || die "$liap is not built"
    port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    (
        cd "$work/run" || exit 1
        # The server takes unknown LIAP_ variables for mistakes in its configuration.
        # shellcheck disable=SC2086
        exec env -u LIAP_URL -u LIAP_BIN -u LIAP_ARGS -u LIAP_MATCHES -u LIAP_FOUR "$liap" serve --listen "127.0.0.1:$port" ${LIAP_ARGS:-}
    ) >"$log" 2>&1 &
    server=$!
    "$python" - "http://127.0.0.1:$port/health/ready" "$server" <<'PY' || server_failed "did not become ready"
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
    url="ws://127.0.0.1:$port/v1/ws"
}

server_failed() {
    echo "run.sh: the server $1; the end of its log:" >&2
    tail -n 40 "$log" >&2
    exit 1
}

# Ends the server that this script started, if it still runs.
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

part() {
    echo "== $*"
    parts=$((parts + 1))
    "$python" "$@" || failed=$((failed + 1))
    if [ -n "$server" ] && ! kill -0 "$server" 2>/dev/null; then
        server_failed "exited during $1"
    fi
}

trap 'stop_server' EXIT
trap 'exit 130' INT TERM
prepare
cd "$here" || exit 1
part -m unittest -q test_rules test_docs
[ "$failed" -eq 0 ] || die "the client and the documents disagree"

if [ -n "${LIAP_URL:-}" ]; then
    url=$LIAP_URL
else
    start_server
fi
part play_matches.py --url "$url" --matches "${LIAP_MATCHES:-200}" --encoding both
part play_matches.py --url "$url" --matches "${LIAP_FOUR:-40}" --encoding both --four
part play_terminal.py --url "$url" --liap "$liap"
part hostile.py --url "$url"

if [ -n "$server" ]; then
    stop_server
    if grep -n -i -A 5 "panicked" "$log"; then
        echo "run.sh: the server panicked" >&2
        failed=$((failed + 1))
    fi
fi
echo "run.sh: $((parts - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]

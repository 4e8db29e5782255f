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
parts=0
failed=0
export PYTHONDONTWRITEBYTECODE=1
mkdir -p "$work/run"
. "$root/tests/server.sh"

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
    # shellcheck disable=SC2086
    start_server --set server.data="$work/run/data" ${LIAP_ARGS:-}
    url="ws://127.0.0.1:$port/v1/ws"
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

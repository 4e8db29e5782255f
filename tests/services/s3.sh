#!/bin/sh
# An S3-compatible server for tests (moto's), on a free port of loopback. It keeps everything in memory.
#
#   s3.sh start DIR   prints `export` lines to eval; does nothing if TEST_LIAP_S3 names a running server
#   s3.sh stop DIR    ends it and removes DIR
#   s3.sh down DIR    ends the process only; what it kept is gone
#   s3.sh up DIR      starts it again on the same port, empty
#   s3.sh pause DIR   lets it hang: it takes connections and answers nothing
#   s3.sh resume DIR  lets it go on
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"

usage="usage: s3.sh start|stop|down|up|pause|resume DIR"
[ $# -eq 2 ] || die "$usage"
mkdir -p "$2"
dir=$(cd "$2" && pwd)
venv=${CARGO_TARGET_DIR:-$here/../../target}/services/venv

# moto in a virtual environment under target/, the version pinned in s3.txt.
prepare() {
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv" >&2 || die "python3 with venv is needed (apt-get install python3-venv)"
    if ! cmp -s "$here/s3.txt" "$venv/installed.txt"; then
        say "installing moto"
        "$venv/bin/python" -m pip install --quiet -r "$here/s3.txt" >&2 || die "moto could not be installed"
        cp "$here/s3.txt" "$venv/installed.txt"
    fi
}

answers() {
    python3 -c "import urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:$1/moto-api/', timeout=2)"
}

up() {
    port=$(cat "$dir/port")
    "$venv/bin/moto_server" -H 127.0.0.1 -p "$port" >"$dir/log" 2>&1 &
    echo $! >"$dir/pid"
    wait_for 600 answers "$port" || { tail -n 20 "$dir/log" >&2; die "moto did not start"; }
}

down() {
    end_process "$dir/pid"
}

pause() {
    kill -STOP "$(cat "$dir/pid")"
}

resume() {
    kill -CONT "$(cat "$dir/pid")"
}

start() {
    if [ -n "${TEST_LIAP_S3:-}" ]; then
        say "taking the server that TEST_LIAP_S3 names"
        return
    fi
    prepare
    [ -f "$dir/port" ] || free_port >"$dir/port"
    if [ ! -f "$dir/pid" ] || ! kill -0 "$(cat "$dir/pid")" 2>/dev/null; then
        up
    fi
    echo "export TEST_LIAP_S3='http://127.0.0.1:$(cat "$dir/port")'"
}

stop() {
    [ ! -f "$dir/pid" ] || kill -CONT "$(cat "$dir/pid")" 2>/dev/null || true
    down
    rm -rf "$dir"
}

case $1 in
start | stop | up | down | pause | resume) "$1" ;;
*) die "$usage" ;;
esac

# A server of a test's own; sourced, not run. Whoever sources it has set `root`, `liap` (the program), `python`, `log` (where the
# server writes) and `failed` (a count); `start_server` sets `server`, its process, and `port`.
server=

die() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# Starts the server on a free port, with these further arguments of `liap serve`, and waits until it is ready.
start_server() {
    [ -x "$liap" ] || die "$liap is not built"
    port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    # The server takes unknown LIAP_ variables for mistakes in its configuration.
    env -u LIAP_URL -u LIAP_BIN -u LIAP_ARGS -u LIAP_MATCHES -u LIAP_FOUR "$liap" serve --listen "127.0.0.1:$port" "$@" >"$log" 2>&1 &
    server=$!
    "$python" "$root/tests/ready.py" "http://127.0.0.1:$port" "$server" || server_failed "did not become ready"
}

server_failed() {
    echo "$(basename "$0"): the server $1; the end of its log:" >&2
    tail -n 40 "$log" >&2
    exit 1
}

# Ends the server that was started, if it still runs; it archives what is finished before it goes.
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
        echo "$(basename "$0"): the server did not stop within 30 s" >&2
        failed=$((failed + 1))
    fi
    wait "$server" 2>/dev/null
    server=
}

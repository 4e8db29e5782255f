# What the scripts of this folder share; sourced, not run.

say() {
    echo "$(basename "$0"): $*" >&2
}

die() {
    say "$*"
    exit 1
}

# A port of loopback that is free now.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Waits for a command to succeed: at most $1 tenths of a second.
wait_for() {
    tenths=$1
    shift
    while ! "$@" >/dev/null 2>&1; do
        tenths=$((tenths - 1))
        [ "$tenths" -gt 0 ] || return 1
        sleep 0.1
    done
}

# Ends the process of this pid file, at most 30 s: first by asking, then by force.
end_process() {
    [ -f "$1" ] || return 0
    pid=$(cat "$1")
    kill -TERM "$pid" 2>/dev/null || { rm -f "$1"; return 0; }
    gone() { ! kill -0 "$pid" 2>/dev/null; }
    wait_for 300 gone || kill -KILL "$pid" 2>/dev/null || true
    rm -f "$1"
}

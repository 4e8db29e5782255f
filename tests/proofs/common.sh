# What several proofs need. Sourced with `set -euo pipefail`, in the project's folder; `work` is the proof's own.

# A port that nobody has.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

fail() {
    echo "$(basename "$0"): $1; see $work" >&2
    exit 1
}

# usage: await SECONDS COMMAND...
await() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 0.05
    done
}

# usage: with_mounts "$@": goes on where a tmpfs may be mounted, in a name space of its own if need be; says that the proof
# is not run, and ends it, where it may not.
with_mounts() {
    local probe
    probe=$(mktemp -d)
    if mount -t tmpfs -o size=1m tmpfs "$probe" 2>/dev/null; then
        umount "$probe"
        rmdir "$probe"
    elif [ -z "${LIAP_INSIDE:-}" ] && unshare --user --map-root-user --mount true 2>/dev/null; then
        rmdir "$probe"
        LIAP_INSIDE=1 exec unshare --user --map-root-user --mount "$0" "$@"
    else
        rmdir "$probe"
        echo "$(basename "$0"): NOT RUN: nothing may be mounted here" >&2
        exit 0
    fi
}

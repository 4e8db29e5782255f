#!/usr/bin/env bash
# With durability = disk, the sync returns before the first send of what it made durable: shown by a trace of
# system calls (needs strace). Then the control: with the sync left out, the same check fails.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/proofs/common.sh
command -v strace >/dev/null || { echo "syncs.sh: strace is not installed" >&2; exit 2; }
cargo build -q --release --bin liap --example load
cargo build -q --features faults --bin liap
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# usage: trace NAME SERVER [ARGUMENTS...]
trace() {
    local name=$1 server=$2 data=$work/$1 port
    shift 2
    port=$(free_port)
    strace -f -y -xx -s 65536 -e trace=write,writev,fdatasync,sendto,sendmsg -o "$work/$name.trace" \
        "$server" serve --listen "127.0.0.1:$port" --data "$data" --set journal.durability=disk --set archive.target=none "$@" \
        2>"$work/$name.log" &
    local tracer=$!
    for _ in $(seq 200); do
        curl -fs -o /dev/null "http://127.0.0.1:$port/health/ready" && break
        sleep 0.1
    done
    target/release/examples/load --url "ws://127.0.0.1:$port/v1/ws" --rooms 1 --humans 4 --encoding json \
        --rate 100 --seconds 5 --warm-up 0 >/dev/null
    pkill -TERM -P "$tracer"
    wait "$tracer" || true
    python3 tests/proofs/syncs.py "$work/$name.trace" "$data/journal"
}

trace synced target/release/liap
if trace control target/debug/liap --plant sync-skipped; then
    echo "syncs.sh: the control was not found out" >&2
    exit 1
fi
echo "syncs.sh: the control failed, as it must"

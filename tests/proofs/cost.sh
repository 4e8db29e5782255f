#!/usr/bin/env bash
# What durability costs: the same load with the journal and without it, in turn, on the same machine.
#
#   tests/proofs/cost.sh [TIMES=7] [SECONDS=60]
#
# 1. Bots in rooms of the server's own offer 50,000 actions/s without sockets: CPU and bytes written per action.
# 2. Four people a room over sockets, 20,000 actions/s: how long from an action to its broadcast.
# Prints a line for each run, and the medians.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/proofs/common.sh
times=${1:-7} seconds=${2:-60} server=
cargo build -q --release --bin liap --example load
work=$(mktemp -d)
trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT

# usage: start MODE ARGUMENTS...
start() {
    local mode=$1
    shift
    port=$(free_port)
    rm -rf "$work/data"
    target/release/liap serve --listen "127.0.0.1:$port" --data "$work/data" --set "journal.durability=$mode" --set archive.target=none "$@" 2>"$work/log" &
    server=$!
    until curl -fs -o /dev/null "http://127.0.0.1:$port/health/ready"; do sleep 0.05; done
}

# The server's processor time so far, in ticks of 10 ms.
ticks() { awk '{ print $14 + $15 }' "/proc/$server/stat"; }

field() { sed 's/\x1b\[[0-9;]*m//g' "$work/log" | { grep -o "$1=[0-9]*" || true; } | cut -d= -f2 | paste -sd+ | bc; }

bots() {
    # 2,500 rooms, an action of each every 50 ms.
    start "$1" --bot-rooms 2500 --set server.bot_rooms_pace=instant --set server.bot_rooms_level=simple \
        --set pace.instant.think_ms_min=48 --set pace.instant.think_ms_max=52 --set rooms.endless_rest_ms=0
    sleep "$seconds"
    local cpu
    cpu=$(ticks)
    kill "$server"
    wait "$server" || true
    local actions bytes
    actions=$(field actions) bytes=$(field bytes)
    echo "$1 $(bc -l <<<"$cpu * 10000 / $actions") $(bc -l <<<"${bytes:-0} / $actions") $((actions / seconds))"
}

sockets() {
    start "$1"
    target/release/examples/load --url "ws://127.0.0.1:$port/v1/ws" --rooms 250 --humans 4 --rate 20000 --seconds 10 --json \
        --server-pid "$server" >"$work/load.json"
    kill "$server"
    wait "$server" || true
    local actions bytes
    actions=$(field actions) bytes=$(field bytes)
    echo "$1 $(python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); b = r["action_to_broadcast"]; n = r["actions_per_second"]; print(b["p50_ms"], b["p99_ms"], n, r["server_cpu"] / n * 1e6)' "$work/load.json") $(bc -l <<<"${bytes:-0} / $actions")"
}

# usage: median MODE COLUMN FILE
median() { awk -v mode="$1" -v column="$2" '$1 == mode { print $column }' "$3" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for _ in $(seq "$times"); do
    for mode in none process; do
        bots "$mode" | tee -a "$work/bots"
        sockets "$mode" | tee -a "$work/sockets"
    done
done
echo "bots: us of CPU an action, bytes written an action, actions/s:"
for mode in none process; do
    echo "  $mode $(median $mode 2 "$work/bots") $(median $mode 3 "$work/bots") $(median $mode 4 "$work/bots")"
done
echo "  ratio of CPU $(bc -l <<<"$(median process 2 "$work/bots") / $(median none 2 "$work/bots")")"
echo "sockets, 20,000 actions/s: p50 and p99 ms from action to broadcast, actions/s, us of CPU an action, bytes an action:"
for mode in none process; do
    echo "  $mode $(median $mode 2 "$work/sockets") $(median $mode 3 "$work/sockets") $(median $mode 4 "$work/sockets") $(median $mode 5 "$work/sockets") $(median $mode 6 "$work/sockets")"
done

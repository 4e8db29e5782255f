#!/usr/bin/env bash
# How long a server takes to bring back rooms in the middle of long matches, at 300 commits each, from a cold
# cache where it may be dropped (root). The journal is the one such rooms leave behind, in files of the configured size.
#
#   tests/proofs/recovery.sh [ROOMS=100000] [TIMES=5]
set -euo pipefail
cd "$(dirname "$0")/../.."
rooms=${1:-100000} times=${2:-5} server=
cargo build -q --release --bin liap
work=$(mktemp -d -p "${LIAP_PROOFS:-target}")
trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT
for share in 4 2 1; do
    some=$((rooms / share))
    rm -rf "$work/data" "$work/made"
    target/release/liap simulate --matches "$some" --rooms "$some" --seed 1 --bots simple --pace fast --journal "$work/made" \
        --set game.score_target=10000 --set game.rounds_max=99 \
        --commits $((some * 300)) >"$work/report.json"
    mkdir "$work/data"
    mv "$work/made/shard-0" "$work/data/journal"
    echo "$some rooms: $(du -sm "$work/data/journal" | cut -f1) MiB, $(ls "$work/data/journal" | wc -l) files"
    for _ in $(seq "$times"); do
        sync
        (echo 3 >/proc/sys/vm/drop_caches) 2>/dev/null || echo "the cache stays warm: not root"
        # As many bot rooms as there are, or it would close some.
        target/release/liap serve --listen 127.0.0.1:0 --data "$work/data" --bot-rooms "$some" \
            --set rooms.max=10000000 --set archive.target=none 2>"$work/log" &
        server=$!
        until grep -q listening "$work/log"; do
            kill -0 $server
            sleep 0.01
        done
        kill -9 $server
        wait $server 2>/dev/null || true
        sed 's/\x1b\[[0-9;]*m//g' "$work/log" | grep -o 'recovered .*'
    done
done

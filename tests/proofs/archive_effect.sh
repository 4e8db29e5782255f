#!/usr/bin/env bash
# What archiving at full speed does to players: the same load over sockets with the archive busy and without one, in turn.
#
#   tests/proofs/archive_effect.sh [PAIRS=7] [SECONDS=30] [BACKLOG=40000]
#
# Each run starts on a copy of a journal in which BACKLOG finished matches wait, so that the archiver is busy from the
# first second to the last. Four people a room, 5,000 actions/s over sockets. Prints a line for each run (p50 and p99 ms
# from action to broadcast, actions/s, matches archived meanwhile), then the medians and ratios of pairs, and beside them
# those of control against control: pairs of runs without an archive.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/proofs/common.sh
pairs=${1:-7} seconds=${2:-30} backlog=${3:-40000} server=
cargo build -q --release --bin liap --example load
work=$(mktemp -d "${TMPDIR:-/tmp}/liap-effect.XXXXXX")
trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1

target/release/liap simulate --matches "$backlog" --seed 4 --bots simple --journal "$work/log" --keep >/dev/null
mkdir -p "$work/filled"
mv "$work/log/shard-0" "$work/filled/journal"

# usage: run NAME TARGET
run() {
    rm -rf "$work/data"
    cp -al "$work/filled" "$work/data"
    local port
    port=$(free_port)
    target/release/liap serve --listen "127.0.0.1:$port" --data "$work/data" --set "archive.target=$2" --set journal.finished_mb=100000 2>"$work/serve.log" &
    server=$!
    until curl -fs -o /dev/null "http://127.0.0.1:$port/health/ready"; do
        kill -0 "$server" || { cat "$work/serve.log" >&2; exit 1; }
        sleep 0.05
    done
    target/release/examples/load --url "ws://127.0.0.1:$port/v1/ws" --rooms 125 --humans 4 --rate 5000 --seconds "$seconds" --json \
        --server-pid "$server" >"$work/load.json"
    local archived
    # Before the server is stopped: what is left then is archived by no load.
    archived=$(python3 - "$work/data" <<'PY'
import glob, json, sys

manifests = glob.glob(sys.argv[1] + "/archive/_manifests/*.json")
print(sum(m["matches"] for m in map(lambda path: json.load(open(path)), manifests) if m["kind"] == "batch"))
PY
)
    kill -9 "$server"
    wait "$server" 2>/dev/null || true
    python3 - "$work/load.json" "$1" "$archived" <<'PY' | tee -a "$work/runs"
import json, sys

report = json.load(open(sys.argv[1]))
times = report["action_to_broadcast"]
print(sys.argv[2], times["p50_ms"], times["p99_ms"], report["actions_per_second"], sys.argv[3])
PY
}

for _ in $(seq "$pairs"); do
    run control none
    run archive folder
    run again none
done
python3 - "$work/runs" <<'PY'
import statistics, sys

runs = {}
for line in open(sys.argv[1]):
    name, p50, p99, rate, archived = line.split()
    runs.setdefault(name, []).append((float(p50), float(p99), float(rate), int(archived)))
for name, rows in runs.items():
    p50, p99, rate, archived = map(statistics.median, zip(*rows))
    print(f"{name}: p50 {p50:.2f} ms, p99 {p99:.2f} ms, {rate:.0f} actions/s, {archived:.0f} matches archived in a run")
for name in ("archive", "again"):
    pairs = list(zip(runs["control"], runs[name]))
    ratios = sorted(b[1] / a[1] for a, b in pairs)
    more = sorted(b[1] - a[1] for a, b in pairs)
    print(f"{name} / control, p99: median ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}), "
          f"median difference {statistics.median(more):+.2f} ms ({more[0]:+.2f} to {more[-1]:+.2f})")
archived = [row[3] for row in runs["archive"]]
if min(archived) == 0:
    sys.exit("nothing was archived during the load")
PY

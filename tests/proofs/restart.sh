#!/usr/bin/env bash
# Restarts under load: the server is asked to end (SIGTERM) and another started on the same data, again and again, under
# people who play on it. It must end with exit code 0 each time, nothing that anybody saw may be lost, and nobody may be
# cut off for 3 s.
#
#   tests/proofs/restart.sh [TIMES=10] [ROOMS=500]
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/proofs/common.sh
times=${1:-10} rooms=${2:-500}
work=${LIAP_PROOFS:-target/proofs/restart}
cargo build -q --release --bin liap --example kill
rm -rf "$work"
mkdir -p "$work"
target/release/examples/kill --server target/release/liap --dir "$work/run" --rooms "$rooms" --kills "$times" --stops 0 --gently \
    --every 2000..5000 --think 150 --referee tests/python/liap_exported.py >"$work/report.json" ||
    { cat "$work/report.json"; fail "what was seen is not what is kept"; }
cat "$work/report.json"
rm -rf "$work/run/export" "$work/run/data"
pause=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["longest_pause_ms"])' "$work/report.json")
[ "$pause" -lt 3000 ] || fail "somebody was cut off for $pause ms"
echo "restart.sh: $times restarts under $rooms rooms; the longest pause was $pause ms"

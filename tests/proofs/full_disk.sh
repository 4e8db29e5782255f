#!/usr/bin/env bash
# A disk that is really full (a small tmpfs; needs root, or user namespaces): nothing that anybody saw is lost,
# nothing is shown that is not written, new rooms are refused, and everything goes on when there is space again.
#
#   tests/proofs/full_disk.sh [TIMES=3] [ROOMS=20]
set -euo pipefail
cd "$(dirname "$0")/../.."
times=${1:-3} rooms=${2:-20}
source tests/proofs/common.sh
# The simulation (`liap simulate --faults`) fills its disk all the same.
with_mounts "$@"
cargo build -q --release --bin liap --example kill
work=${LIAP_PROOFS:-target/proofs/full_disk}
data=$work/run/data
umount "$data" 2>/dev/null || true
rm -rf "$work"
mkdir -p "$data"
mount -t tmpfs -o size=12m tmpfs "$data"
trap 'kill $harness 2>/dev/null || true; sleep 0.5; umount -l "$data"' EXIT
port=$(free_port)
health=http://127.0.0.1:$port/health/ready

is_ready() { curl -fs -o /dev/null "$health"; }
says_full() { curl -s "$health" | grep -q "full"; }

more=(--set pace.fast.think_ms_min=1 --set pace.fast.think_ms_max=5)
for key in deal_ms redealt_ms start_ms turn_ms score_ms; do
    more+=(--set "pace.fast.$key=10")
done
target/release/examples/kill --server target/release/liap --dir "$work/run" --rooms "$rooms" --kills 0 --stops 0 --think 150 \
    --port "$port" --set journal.state_file_mb=1 --set journal.events_file_mb=1 --set journal.reserve_mb=1 "${more[@]}" \
    --referee tests/python/liap_exported.py >"$work/report.json" &
harness=$!
await 30 is_ready || fail "the server does not become ready"
sleep 2
for nth in $(seq "$times"); do
    # Block by block, or the last free kilobytes would be left.
    dd if=/dev/zero of="$data/ballast" bs=4096 2>/dev/null || true
    await 20 says_full || fail "it does not say that its disk is full"
    if is_ready; then fail "it says that it is ready"; fi
    refused=$(timeout 10 target/release/liap play --url "ws://127.0.0.1:$port/v1/ws" </dev/null 2>&1 || true)
    grep -q "storage" <<<"$refused" || fail "a new room was not refused: $refused"
    rm "$data/ballast"
    await 20 is_ready || fail "it does not go on when there is space"
    echo "full $nth times, and healed"
    sleep 1
done
wait "$harness" || { cat "$work/report.json"; fail "what was seen is not what is kept"; }
cat "$work/report.json"

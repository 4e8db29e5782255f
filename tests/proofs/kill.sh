#!/usr/bin/env bash
# Kills a server again and again under people who play on it: nothing that anybody saw may be lost.
# Then the control: with a server that shows what it has not written yet, the same must be found to fail.
#
#   tests/proofs/kill.sh [KILLS=100] [ROOMS=500]
#
# The short form for CI is `tests/proofs/kill.sh 4 20`: below 40 kills a match takes half a minute at most.
#
# LIAP_PROOFS   where data directories and reports go instead of target/proofs/kill
# LIAP_SEED     what everything random comes from, default 1
# LIAP_KILL_ARGS  further arguments of the harness, such as "--durability disk"
set -euo pipefail
cd "$(dirname "$0")/../.."

kills=${1:-${KILLS:-100}}
rooms=${2:-${ROOMS:-500}}
seed=${LIAP_SEED:-1}
work=${LIAP_PROOFS:-target/proofs/kill}
# shellcheck disable=SC2206
more=(${LIAP_KILL_ARGS:-})
pace=()
if [ "$kills" -lt 40 ]; then
    pace+=(--think 40 --every 300..2500)
    for key in deal_ms redealt_ms start_ms turn_ms score_ms; do
        pace+=(--set "pace.fast.$key=20")
    done
fi

# The faults are not in the release binary: the control has a build of its own.
cargo build --release --bin liap --example kill
cargo build --features faults --bin liap
rm -rf "$work"
mkdir -p "$work"

echo "== $kills kills, $rooms rooms"
if ! target/release/examples/kill --server target/release/liap --dir "$work/main" --rooms "$rooms" --kills "$kills" \
    --stops $((kills / 10 + 1)) --seed "$seed" --referee tests/python/liap_exported.py "${pace[@]}" "${more[@]}" |
    tee "$work/main.json"; then
    echo "kill.sh: failed; see $work" >&2
    exit 1
fi
# Gigabytes, and all is well with them.
rm -rf "$work/main/export" "$work/main/data"

if [ "$kills" -ge 40 ]; then
    echo "== the control's build, with nothing planted"
    target/release/examples/kill --server target/debug/liap --dir "$work/build" --rooms 20 --kills 10 --stops 0 \
        --seed "$seed" "${more[@]}" >"$work/build.json"
    rm -rf "$work/build/export" "$work/build/data"
fi

echo "== the control: frames leave before they are written"
for run in 1 2 3; do
    code=0
    target/release/examples/kill --server target/debug/liap --plant release-before-write --dir "$work/control-$run" \
        --rooms 200 --kills "$((kills < 40 ? 40 : kills))" --stops 0 \
        --seed "$((seed + run))" --think 40 --stop-at 1 "${more[@]}" >"$work/control-$run.json" || code=$?
    if [ "$code" -eq 1 ]; then
        rm -rf "$work/control-$run/export" "$work/control-$run/data"
        echo "kill.sh: 0 violations in $kills kills; the control failed in run $run, as it must"
        exit 0
    fi
    [ "$code" -eq 0 ] || { echo "kill.sh: the control did not run" >&2; exit 1; }
done
echo "kill.sh: the control never failed: this test finds nothing" >&2
exit 1

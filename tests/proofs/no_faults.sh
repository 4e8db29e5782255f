#!/usr/bin/env bash
# The release binary has no failures to plant: neither the flags nor the code.
set -euo pipefail
cd "$(dirname "$0")/../.."
liap=target/release/liap
if "$liap" serve --plant names-panic --print-config >/dev/null 2>&1; then
    echo "no_faults.sh: the release binary takes --plant" >&2
    exit 1
fi
if grep -q "a planted panic of the tick" "$liap"; then
    echo "no_faults.sh: the release binary has the code of planted failures" >&2
    exit 1
fi
# That this test can fail: a binary built with the feature has both.
cargo build -q --features faults --bin liap
target/debug/liap serve --plant names-panic --print-config >/dev/null
grep -q "a planted panic of the tick" target/debug/liap
echo "no_faults.sh: the release binary has no planted failures"

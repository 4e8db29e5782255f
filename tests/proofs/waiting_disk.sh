#!/usr/bin/env bash
# The archive is away until finished matches have filled the journal's disk (a small tmpfs; needs root, or user
# namespaces): games wait, and once the archive takes matches again everything goes on by itself, nothing lost or doubled.
#
#   tests/proofs/waiting_disk.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/proofs/common.sh
with_mounts "$@"
liap=${LIAP_BIN:-target/release/liap}
unset LIAP_BIN
work=$(mktemp -d "${TMPDIR:-/tmp}/liap-waiting-disk.XXXXXX")
server=
trap 'kill -9 $server 2>/dev/null || true; sleep 0.2; umount -l "$work/data" "$work/archive"; rm -rf "$work"' EXIT
mkdir "$work/data" "$work/archive"
mount -t tmpfs -o size=24m tmpfs "$work/data"
mount -t tmpfs -o size=4m tmpfs "$work/archive"
dd if=/dev/zero of="$work/archive/ballast" bs=4096 2>/dev/null || true
settings=(--data "$work/data" --set "archive.folder=$work/archive" --set journal.events_file_mb=1
    --set journal.state_file_mb=1 --set journal.reserve_mb=4 --set archive.flush_seconds=1)

# usage: start ROOMS: that many rooms of bots
start() {
    port=$(free_port)
    "$liap" serve --listen "127.0.0.1:$port" "${settings[@]}" --bot-rooms "$1" --set server.bot_rooms_pace=instant --set rooms.endless_rest_ms=0 2>>"$work/serve.log" &
    server=$!
}
health() { curl -s "http://127.0.0.1:$port/health/ready"; }
is_ready() { curl -fs -o /dev/null "http://127.0.0.1:$port/health/ready"; }
says() { health | grep -q "$1"; }

start 50
await 30 is_ready || fail "the server does not become ready"
await 120 says "full" || fail "matches that wait do not fill the disk"
if is_ready; then fail "it says that it is ready"; fi
echo "the journal's disk is full: $(df --output=avail -k "$work/data" | tail -1) KiB are left"
# A second server with the same data goes on in the same trouble.
kill -9 "$server"
wait "$server" 2>/dev/null || true
start 50
await 30 says "full" || fail "after kill -9 it does not say that its disk is full"
mount -o remount,size=200m "$work/archive"
rm "$work/archive/ballast"
await 90 is_ready || fail "it does not go on though the archive takes matches again"
echo "it goes on: $(df --output=avail -k "$work/data" | tail -1) KiB are free"
kill "$server"
wait "$server" || fail "it does not end well"
"$liap" archive flush "${settings[@]}"
"$liap" archive verify "${settings[@]}"
"$liap" archive ls "${settings[@]}"

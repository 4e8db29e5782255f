"""Reads a trace of system calls and checks that nothing was sent before it was on the disk.

usage: syncs.py TRACE JOURNAL_DIRECTORY

The trace is strace's (-f -y -xx -s 65536) of a server with one room and JSON clients. Every version of the room is followed
through the calls: its record in a write to an events file, the fdatasync of that file, the write and fdatasync of a
state file after it, and the first sendto of a frame that names the version. Calls count when they return.
"""

import re
import struct
import sys

HEADER = 64
COMMIT = 1
CALL = re.compile(r"^(\d+) +(\w+)\((\d+)<([^>]*)>(?:, \"([^\"]*)\")?.*\) += (-?\d+)")
UNFINISHED = re.compile(r"^(\d+) +(.*) <unfinished \.\.\.>$")
RESUMED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")
VERSION = re.compile(rb'"type":"update","data":\{"room":"[A-Z0-9]{6}","version":(\d+)')


def unhex(text):
    """What strace -xx printed."""
    return bytes.fromhex(text.replace("\\x", ""))


def calls(path):
    """Every traced call when it returns: its name, the file's path, its bytes and its result."""
    begun = {}
    for line in open(path):
        line = line.rstrip("\n")
        if match := UNFINISHED.match(line):
            begun[match[1]] = line[: -len(" <unfinished ...>")]
            continue
        if (match := RESUMED.match(line)) and match[1] in begun:
            line = begun.pop(match[1]) + match[2]
        if match := CALL.match(line):
            _, name, _, file, data, result = match.groups()
            yield name, unhex(file).decode("utf-8", "replace"), unhex(data or ""), int(result)


def varint(data, at):
    """A little-endian base-128 number, and where it ends."""
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at


def versions(data):
    """The versions of the commits in what was written to an events file."""
    at = HEADER if data[:8] == b"LIAPJRNL" else 0
    while at + 9 <= len(data):
        (length,) = struct.unpack_from("<I", data, at)
        body = data[at + 8 : at + 8 + length]
        # The high bit says that a flush begins here.
        if body[0] & 127 == COMMIT:
            _, after_room = varint(body, 3)
            yield varint(body, after_room)[0]
        at += 8 + length
    if at != len(data):
        sys.exit(f"a write to the events does not end with a record: {at} of {len(data)} bytes")


def main(trace, directory):
    written, pending, durable, events_synced, sent = [], [], set(), False, {}
    for name, file, data, result in calls(trace):
        if result < 0:
            continue
        stream = file[len(directory) + 1 :][:2] if file.startswith(directory + "/") else ""
        if name == "write" and stream == "e-":
            written.extend(versions(data))
            events_synced = False
        elif name == "fdatasync" and stream == "e-":
            events_synced = True
        elif name == "write" and stream == "s-":
            if written and not events_synced:
                sys.exit(f"the state of versions {written} was written before their events were synced")
            pending, written = pending + written, []
        elif name == "fdatasync" and stream == "s-":
            durable.update(pending)
            pending = []
        elif name in ("sendto", "write", "writev", "sendmsg") and not stream:
            for found in VERSION.findall(data):
                version = int(found)
                if version not in durable:
                    sys.exit(f"version {version} was sent before it was synced")
                sent.setdefault(version, 0)
                sent[version] += 1
    if len(sent) < 100:
        sys.exit(f"only {len(sent)} versions were sent: that shows nothing")
    print(f"{len(durable)} versions synced, {len(sent)} of them sent, {sum(sent.values())} times: none before its sync")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

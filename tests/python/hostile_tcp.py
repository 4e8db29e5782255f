"""Broken HTTP and broken WebSocket frames over a raw TCP connection."""

import asyncio
import base64
import os
import random
import struct
from urllib.parse import urlsplit

from hostile_probe import ANY_CLOSE

PATIENCE = 15.0
"""Seconds within which a broken connection must be answered or ended."""


class Raw:
    """A TCP connection to the server."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.host, self.port, self.path = parts.hostname, parts.port, parts.path

    async def open(self):
        """Connects."""
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        return self

    def request(self, *extra, protocol="liap.v1.json", method="GET"):
        """A handshake, with more header lines, ending before the empty line."""
        lines = [f"{method} {self.path} HTTP/1.1", f"Host: {self.host}:{self.port}", "Upgrade: websocket"]
        lines += ["Connection: Upgrade", f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}"]
        return (
            "\r\n".join([*lines, "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Protocol: {protocol}", *extra]) + "\r\n"
        )

    async def send(self, data):
        """Sends bytes; a connection the server has closed already is no error."""
        try:
            self.writer.write(data.encode() if isinstance(data, str) else data)
            await self.writer.drain()
        except ConnectionError:
            pass

    async def status(self):
        """The status of an HTTP answer, 0 if the connection ended without, None if nothing came in time."""
        try:
            line = await asyncio.wait_for(self.reader.readline(), PATIENCE)
        except asyncio.TimeoutError:
            return None
        except ConnectionError:
            return 0
        words = line.split()
        return int(words[1]) if len(words) > 1 and words[0].startswith(b"HTTP/") and words[1].isdigit() else 0

    async def upgraded(self):
        """Connects and shakes hands properly."""
        await self.open()
        await self.send(self.request() + "\r\n")
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE)
        assert b" 101 " in head.split(b"\r\n")[0], head
        return self

    async def ending(self):
        """The close code the server ends with, 1006 for an end without; None if it does not end in time."""
        try:
            data = await asyncio.wait_for(self.reader.read(-1), PATIENCE)
        except asyncio.TimeoutError:
            return None
        except ConnectionError:
            return 1006
        at = 0
        while at + 2 <= len(data):
            size, opcode, at = data[at + 1] & 127, data[at] & 15, at + 2
            if size >= 126:
                width = 2 if size == 126 else 8
                size, at = int.from_bytes(data[at : at + width], "big"), at + width
            if opcode == 8:
                return struct.unpack(">H", data[at : at + 2])[0] if size >= 2 else 1005
            at += size
        return 1006

    def close(self):
        """Ends the connection at once."""
        self.writer.close()


def frame(payload, first=0x81, mask=True, size=None):
    """A WebSocket frame, as broken as asked for."""
    size = len(payload) if size is None else size
    length = (
        bytes([size])
        if size < 126
        else b"\x7e" + size.to_bytes(2, "big")
        if size < 65536
        else b"\x7f" + size.to_bytes(8, "big")
    )
    head = bytes([first, length[0] | (0x80 if mask else 0)]) + length[1:]
    return head + (b"\0\0\0\0" if mask else b"") + payload


HELLO = b'{"id":1,"type":"hello","data":{"name":"raw"}}'
BROKEN = {
    "an unmasked frame": frame(HELLO, mask=False),
    "reserved bits": frame(HELLO, first=0xF1),
    "a reserved opcode": frame(HELLO, first=0x83),
    "a reserved control opcode": frame(HELLO, first=0x8B),
    "a ping of 126 bytes": frame(b"a" * 126, first=0x89),
    "a fragmented ping": frame(b"a", first=0x09),
    "a continuation of nothing": frame(HELLO, first=0x80),
    "a message inside a fragmented message": frame(HELLO[:5], first=0x01) + frame(HELLO, first=0x81),
    "a frame said to be 2^62 bytes": frame(b"abc", size=2**62),
    "a frame said to be 2^63 bytes": frame(b"abc", size=2**63),
    "a close of one byte": frame(b"a", first=0x88),
    "a close with a code that may not be sent": frame(struct.pack(">H", 1005), first=0x88),
    "a close with a reason that is not UTF-8": frame(struct.pack(">H", 1000) + b"\xff\xfe", first=0x88),
    "noise": random.Random(3).randbytes(5000),
}


async def broken_http(checks):
    """Requests that are no upgrade must be refused or dropped, never taken."""
    raw = Raw(checks.url)
    cases = {
        "noise": random.Random(1).randbytes(3000) + b"\r\n\r\n",
        "a TLS greeting": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500) + b"\r\n\r\n",
        "no upgrade": f"GET {raw.path} HTTP/1.1\r\nHost: a\r\n\r\n",
        "another method": raw.request(method="POST") + "Content-Length: 0\r\n\r\n",
        "an older version": raw.request().replace("Version: 13", "Version: 8") + "\r\n",
        "no key": "\r\n".join(x for x in raw.request().split("\r\n") if "-Key" not in x) + "\r\n",
        "a huge header": raw.request("X-Long: " + "a" * 300_000) + "\r\n",
        "very many headers": raw.request(*[f"X-{i}: {i}" for i in range(5000)]) + "\r\n",
        "a foreign origin": raw.request("Origin: https://evil.example") + "\r\n",
        "a null origin": raw.request("Origin: null") + "\r\n",
        "a header with control bytes": raw.request("X-Bad: \x01\x02\0") + "\r\n",
    }
    for what, sent in cases.items():
        await raw.open()
        await raw.send(sent)
        got = await raw.status()
        wanted = got == 403 if "origin" in what else got is not None and (got == 0 or 400 <= got < 500)
        checks.check(
            wanted, f"{what} before the upgrade: HTTP status {got} (0: dropped, None: nothing in {PATIENCE} s)"
        )
        raw.close()


async def broken_frames(checks):
    """Broken frames after the upgrade must end the connection."""
    for what, sent in BROKEN.items():
        for greeted in (False, True):
            raw = await Raw(checks.url).upgraded()
            await raw.send((frame(HELLO) if greeted else b"") + sent)
            code = await raw.ending()
            polite = what.startswith("a close")
            allowed = ANY_CLOSE | ({1000, 1005} if polite else set())
            checks.check(
                code in allowed, f"{what} (after hello: {greeted}): ended with {code}; allowed are {sorted(allowed)}"
            )
            raw.close()


async def half_open(checks, held):
    """Handshakes and frames that never end stay behind in `held`, to bother the server until the end."""
    for count in range(40):
        raw = await Raw(checks.url).open()
        request = raw.request()
        await raw.send(request[: 10 + 5 * count])
        held.append(raw)
    for count in range(10):
        raw = await Raw(checks.url).upgraded()
        await raw.send(frame(HELLO)[: 1 + 3 * count])
        held.append(raw)
    for _ in range(20):
        raw = await Raw(checks.url).upgraded()
        await raw.send(frame(HELLO))
        raw.writer.transport.abort()
    checks.passed += 1

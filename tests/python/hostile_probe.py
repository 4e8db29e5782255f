"""What the hostile tests share: a list of checks, and a connection that survives being closed."""

import asyncio
import itertools
import time
import traceback
from collections import Counter

from liap_fields import Breach
from liap_wire import Closed, Wire

ANY_CLOSE = {1002, 1003, 1006, 1007, 1008, 1009, 4003, 4004}
"""Ways a server may end a connection whose WebSocket frames themselves are broken."""
_names = itertools.count(1)


def new_name():
    """A player name nobody used yet in this run."""
    return f"hostile {next(_names)}"


class Checks:
    """Counts what was checked; keeps and prints what failed."""

    def __init__(self, url):
        self.url, self.passed, self.failed, self.notes = url, 0, [], Counter()

    def check(self, condition, complaint):
        """One check. A failure is printed, the run goes on."""
        if condition:
            self.passed += 1
        else:
            self.fail(complaint)

    def fail(self, complaint):
        """Records a failure."""
        self.failed.append(complaint)
        print(f"FAILED: {complaint}", flush=True)

    async def section(self, title, coroutine):
        """Runs a part; an exception is a failure, and the server must serve afterwards."""
        before, since = (self.passed, len(self.failed)), time.monotonic()
        try:
            await asyncio.wait_for(coroutine, 300)
        except Exception as error:
            traceback.print_exception(error)
            self.fail(f"{title}: stopped by {type(error).__name__}: {error}")
        await self.alive(title)
        took = time.monotonic() - since
        print(
            f"{title}: {self.passed - before[0]} passed, {len(self.failed) - before[1]} failed, {took:.1f} s",
            flush=True,
        )

    async def alive(self, after):
        """The server must take a new connection and answer."""
        try:
            wire = await Wire.open(self.url, "json")
            await wire.hello()
            await wire.call("ping", {"t": 1})
            await wire.close()
            self.passed += 1
        except Exception as error:
            self.fail(f"after {after}: the server no longer serves: {type(error).__name__}: {error}")


class Probe:
    """A session that sends raw frames and expects documented answers; opens anew when it was closed."""

    def __init__(self, checks, encoding, hello=True):
        self.checks, self.encoding, self.hello, self.wire = checks, encoding, hello, None

    async def fresh(self, **options):
        """A new connection and, unless told otherwise, a new session."""
        await self.close()
        self.wire = await Wire.open(self.checks.url, self.encoding, tolerant=True, **options)
        if self.hello:
            await self.wire.hello(name=new_name())
        return self.wire

    async def ready(self):
        """The open connection, or a new one."""
        if self.wire is None or self.wire.failure:
            await self.fresh()
        return self.wire

    async def close(self):
        """Closes the connection, if any."""
        if self.wire:
            await self.wire.close()
            self.wire = None

    async def outcome(self, frame, text=None):
        """Sends a raw frame: the answer, or the Closed it led to. Over a rate limit, tries again in a new session."""
        for _ in range(4):
            wire = await self.ready()
            try:
                await wire.send_raw(frame, text)
                message = await wire.loose_answer()
            except Closed as closed:
                return closed
            if message["type"] != "error" or message["data"]["code"] != "rate_limited":
                return message
            self.checks.notes["slowed down by rate_limited"] += 1
            await self.fresh()
        return message

    async def expect(self, what, frame, codes, ids=(None,), closes=(), text=None):
        """Sends a raw frame, checks its one answer, and that the connection goes on.

        `codes` may hold "ok". `closes` are codes with which the connection may be closed instead. A connection that
        is closed after the answer is counted in the notes.
        """
        got = await self.outcome(frame, text)
        label = f"{self.encoding}: {what}, sent {bytes(frame[:200])!r}"
        if isinstance(got, Closed):
            return self.checks.check(
                got.code in closes, f"{label}: {got}; expected {sorted(codes)}, or one of {sorted(closes)}"
            )
        code = "ok" if got["type"] == "ok" else got["data"]["code"]
        good = code in codes and (ids is ANY or got["id"] in ids)
        wanted = "any id" if ids is ANY else f"id in {list(ids)}"
        self.checks.check(good, f"{label}: answered {got}; expected {sorted(codes)} with {wanted}")
        await self.still_open(label, got["id"] or 0)

    async def still_open(self, label, last_id):
        """A ping must be answered, and nothing else may have come."""
        wire = self.wire
        try:
            wire.next_id = max(wire.next_id, last_id + 1)
            await wire.call("ping", {"t": 7})
            if not wire.loose.empty():
                self.checks.fail(f"{label}: answered more than once: {wire.loose.get_nowait()}")
        except Closed as closed:
            self.checks.notes[f"closed with {closed.code} after an answer"] += 1
        except Exception as error:
            self.checks.fail(f"{label}: ping afterwards: {type(error).__name__}: {error}")
            await self.close()


class Anything:
    """Every id."""


ANY = Anything()


async def refused(checks, wire, request, data, codes, id=None):
    """A well-formed request that must be refused with one of the codes, under its own id."""
    codes = {codes} if isinstance(codes, str) else set(codes)
    message, sent = await wire.answer(request, data, id)
    got = message["data"].get("code", "ok") if message["type"] == "error" else "ok"
    checks.check(got in codes, f"{wire.encoding}: {sent} was answered {message}; expected {sorted(codes)}")
    return message


async def closed_with(wire, seconds):
    """The code the server closes the connection with, within so many seconds."""
    try:
        while True:
            await wire.push(seconds)
    except Closed as closed:
        return closed.code
    except Breach:
        return None

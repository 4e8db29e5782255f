"""One connection to a liap server in either encoding: requests matched with answers, pushes queued in order.

Anything that docs/protocol.md does not allow raises `Breach`: an answer nobody asked for, an unknown push, a missing
field. The first breach ends the connection and is raised from every waiting call.
"""

import asyncio
import json
from collections import deque

import msgpack
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

import liap_shapes as shapes
from liap_fields import Breach

SUBPROTOCOLS = {"msgpack": "liap.v1", "json": "liap.v1.json"}
PATIENCE = 30.0
"""Seconds to wait for an answer or a push that must come."""
CAUSES_UPDATE = {"add_bot", "remove_player", "start_match", "rematch", "redeal", "declare", "play"}


class Refused(Exception):
    """The server answered with an error."""

    def __init__(self, request, data):
        super().__init__(f"{request['type']} {request.get('data')} was refused: {data}")
        self.code, self.data = data["code"], data


class Closed(Exception):
    """The server closed the connection."""

    def __init__(self, code, reason):
        super().__init__(f"the connection was closed with {code} {reason!r}")
        self.code = code


def encode(encoding, message):
    """The bytes of a frame, whichever the encoding."""
    if encoding == "json":
        return json.dumps(message, separators=(",", ":")).encode()
    return msgpack.packb(message, use_bin_type=True)


def decode(encoding, frame):
    """The message in a frame; raises Breach if it is of the wrong kind or not decodable."""
    if isinstance(frame, str) != (encoding == "json"):
        raise Breach(f"a {type(frame).__name__} frame on a {encoding} connection: {frame!r}")
    try:
        message = json.loads(frame) if encoding == "json" else msgpack.unpackb(frame, raw=False, strict_map_key=True)
    except Exception as error:
        raise Breach(f"a frame that is not {encoding}: {error}: {frame!r}") from error
    if not isinstance(message, dict):
        raise Breach(f"a message that is not a map: {message!r}")
    return message


class Wire:
    """A connection. `history` holds the last messages of both directions, for reports."""

    def __init__(self, socket, encoding, tolerant=False):
        self.socket, self.encoding, self.tolerant = socket, encoding, tolerant
        self.history = deque(maxlen=20)
        self.pushes, self.loose = asyncio.Queue(), asyncio.Queue()
        self.waiting, self.failure = {}, None
        self.next_id, self.accepted = 1, deque(maxlen=4)
        self.last_update, self.expected = {}, {}
        self.reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, url, encoding, offer=True, tolerant=False, **options):
        """Connects and checks the agreed subprotocol. A tolerant wire keeps answers to raw frames."""
        wanted = [SUBPROTOCOLS[encoding]] if offer else None
        socket = await connect(
            url,
            subprotocols=wanted,
            compression=None,
            proxy=None,
            max_size=None,
            open_timeout=PATIENCE,
            close_timeout=2,
            **options,
        )
        if offer and socket.subprotocol != wanted[0]:
            raise Breach(f"offered {wanted}, the server agreed on {socket.subprotocol}")
        return cls(socket, encoding, tolerant)

    async def _read(self):
        try:
            async for frame in self.socket:
                message = decode(self.encoding, frame)
                self.history.append(("<-", message))
                self._take(message)
            self._fail(Closed(self.socket.close_code, self.socket.close_reason))
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
            self._fail(Closed(code, closed.rcvd.reason if closed.rcvd else ""))
        except Exception as error:
            self._fail(error)

    def _fail(self, error):
        self.failure = error
        for future, _ in self.waiting.values():
            if not future.done():
                future.set_exception(error)
        for queue in (self.pushes, self.loose):
            queue.put_nowait(error)

    def _take(self, message):
        shapes.scan_secrets(message)
        if "id" not in message:
            shapes.check_push(message)
            if message["type"] == "update":
                data = message["data"]
                self.last_update[data["room"]] = data["version"]
            return self.pushes.put_nowait(message)
        shapes.check_answer(message)
        if message["id"] not in self.waiting:
            if self.tolerant:
                return self.loose.put_nowait(message)
            raise Breach(f"an answer to a request that is not open (answered twice?): {message}")
        future, request = self.waiting[message["id"]]
        if message["type"] == "ok" and not self.tolerant:
            self._check_ok(request, message["data"])
        # Only now: a breach found above must reach whoever waits for this answer.
        del self.waiting[message["id"]]
        if not future.done():
            future.set_result(message)

    def _check_ok(self, request, data):
        shapes.check_ok(request["type"], data)
        if request["type"] in ("create_room", "join_room", "leave_room"):
            self.last_update.clear()
        if request["type"] not in CAUSES_UPDATE or data.get("duplicate"):
            return
        latest = max(self.last_update.values(), default=-1)
        if data["version"] <= latest:
            raise Breach(f"ok of version {data['version']} came after the update {latest}: {request}")
        self.expected[data["version"]] = request

    def number(self):
        """The next request id, strictly growing."""
        self.next_id += 1
        return self.next_id - 1

    async def send_raw(self, frame, text=None):
        """Sends bytes as they are, in a frame of the agreed kind unless `text` says otherwise."""
        self.history.append(("->", frame))
        await self.socket.send(frame, text=self.encoding == "json" if text is None else text)

    async def post(self, kind, data=None, id=None):
        """Sends a request and returns the future of its answer (`ok` or `error` message)."""
        if self.failure:
            raise self.failure
        request = {"id": self.number() if id is None else id, "type": kind}
        if data is not None:
            request["data"] = data
        future = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        self.waiting[request["id"]] = (future, request)
        self.history.append(("->", request))
        try:
            await self.socket.send(encode(self.encoding, request), text=self.encoding == "json")
        except ConnectionClosed:
            await asyncio.wait([self.reader])
            raise self.failure
        return future, request

    async def answer(self, kind, data=None, id=None):
        """Sends a request and waits for its answer, `ok` or `error`."""
        future, request = await self.post(kind, data, id)
        return await self.within(future, f"an answer to {request}"), request

    async def call(self, kind, data=None, id=None):
        """Sends a request; the data of its `ok`, or raises Refused."""
        message, request = await self.answer(kind, data, id)
        if message["type"] == "error":
            raise Refused(request, message["data"])
        if kind in CAUSES_UPDATE:
            self.accepted.append((request["id"], kind, data, message["data"]["version"]))
        return message["data"]

    async def push(self, patience=PATIENCE):
        """The next push, in order of arrival."""
        if self.failure and self.pushes.empty():
            raise self.failure
        return self._raise_or(await self.within(self.pushes.get(), "a push", patience))

    async def loose_answer(self):
        """The next answer to something that was sent raw (tolerant wires only)."""
        if self.failure and self.loose.empty():
            raise self.failure
        return self._raise_or(await self.within(self.loose.get(), "an answer"))

    @staticmethod
    def _raise_or(item):
        if isinstance(item, Exception):
            raise item
        return item

    async def within(self, awaitable, what, patience=PATIENCE):
        """Waits for something that must come."""
        try:
            return await asyncio.wait_for(awaitable, patience)
        except asyncio.TimeoutError:
            raise Breach(f"waited {patience} s in vain for {what}") from None

    async def hello(self, **data):
        """Introduces the session; the data of the answer."""
        return await self.call("hello", data)

    async def close(self):
        """Closes the connection and waits for the reader."""
        await self.socket.close()
        self.reader.cancel()
        await asyncio.gather(self.reader, return_exceptions=True)

    def report(self):
        """The last messages, oldest first."""
        return "\n".join(f"  {way} {message!r}" for way, message in self.history)

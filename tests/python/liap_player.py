"""A client that plays legal moves at random, from its own seeded generator, and refers all it hears.

Now and then it asks for a resync, repeats an accepted request, or comes back on a new connection with its token: the
outcome of each is documented, so each is checked.
"""

import random

from liap_fields import Breach
from liap_rules import is_weak, legal_declarations, legal_leads, order_from
from liap_table import Table
from liap_wire import Closed, Wire

RESYNCS, REPEATS, RECONNECTS = 0.02, 0.02, 0.004
"""Chances per decision."""


class Player:
    """A session with at most one room, as a seat or as a spectator."""

    def __init__(self, url, encoding, name, seed, prompt=True, quirks=True):
        self.url, self.encoding, self.name, self.prompt = url, encoding, name, prompt
        self.rng, self.quirks = random.Random(seed), quirks
        self.wire = self.table = self.token = self.asked_for = None
        self.repeats = self.reconnects = self.decisions = 0
        self.gaps = False

    async def start(self):
        """Connects and says hello under the own name."""
        self.wire = await Wire.open(self.url, self.encoding)
        answer = await self.wire.hello(name=self.name, client="liap conformance")
        if answer["room"] is not None:
            raise Breach(f"a new session was given a seat: {answer}")
        self.token = answer["token"]
        return self

    async def create(self, **data):
        """Creates a room and takes its first seat; the code."""
        return await self._enter("create_room", data, 0)

    async def join(self, room, **data):
        """Takes a seat in a room; the code."""
        return await self._enter("join_room", {"room": room, **data}, data.get("seat"))

    async def watch(self, room):
        """Watches a room as a spectator."""
        return await self._enter("watch_room", {"room": room}, None)

    async def _enter(self, request, data, seat):
        answer = await self.wire.call(request, data)
        self.table, self.asked_for = Table(self.prompt), None
        first = await self.wire.push()
        if first["type"] != "snapshot":
            raise Breach(f"the first push after {request} must be the snapshot: {first}")
        self.table.snapshot(first["data"])
        self.table.need(self.table.version >= answer.get("version", 0), f"a snapshot older than {answer}")
        self.table.need(self.table.own == answer.get("seat"), f"a snapshot of another seat than {answer}")
        self.table.need(seat is None or seat == self.table.own, f"not the seat that was asked for: {seat}")
        self.table.need(self.table.room == answer["room"], f"a snapshot of another room than {answer}")
        return answer["room"]

    async def fold_next(self):
        """Waits for the next push and folds it."""
        self.fold(await self.wire.push())

    def fold(self, push):
        """Folds one push; anything but snapshots and updates of the own room is a breach."""
        if push["type"] == "update":
            self.table.fold(push["data"], self.wire.expected)
        elif push["type"] == "snapshot":
            self.table.snapshot(push["data"])
        else:
            raise Breach(f"a push nobody asked for: {push}")

    async def until(self, condition):
        """Folds pushes until the condition of the table holds."""
        while not condition(self.table):
            await self.fold_next()

    async def settle(self, request, data=None):
        """Sends a request that makes a version, and folds up to it; the version."""
        version = (await self.wire.call(request, data))["version"]
        await self.until(lambda t: t.version >= version)
        return version

    def due(self):
        """The decision the own seat has to make now: `redeal`, `declare`, `play` or None."""
        t = self.table
        if t.own is None:
            return None
        if t.phase == "redealing" and t.own in t.asked and t.own not in t.answered:
            return "redeal"
        return {"declaring": "declare", "playing": "play"}.get(t.phase) if t.to_act == t.own else None

    def choose(self, due):
        """A legal move at random, as the data of the request."""
        t = self.table
        if due == "redeal":
            if not is_weak(t.hand):
                raise Breach(f"asked about a redeal with {sorted(t.hand)}")
            data = {"accept": self.rng.random() < 0.6}
        elif due == "declare":
            before = [t.declared[s] for s in order_from(t.starter) if t.declared[s] is not None]
            legal = legal_declarations(before, t.streak[t.own] or 0)
            data = {"piles": self.rng.choice(legal if self.rng.random() < 0.1 else legal[:3])}
        elif t.plays:
            data = {"pieces": self.rng.sample(sorted(t.hand), len(t.plays[0][1]))}
        else:
            lead = sorted(self.rng.choice(sorted(legal_leads(t.hand), key=sorted)))
            self.rng.shuffle(lead)
            data = {"pieces": lead}
        if self.rng.random() < 0.5:
            data["turn"] = [t.round, t.turn]
        return data

    async def act(self):
        """Makes the decision that is due, once; whether there was one."""
        due, t = self.due(), self.table
        now = (t.match and t.match["number"], t.round, t.redeals, t.turn, due)
        if due is None or now == self.asked_for:
            return False
        if self.quirks and due != "redeal":
            if self.rng.random() < RESYNCS:
                await self.resync()
            if self.rng.random() < RECONNECTS:
                await self.reconnect()
        self.asked_for, self.decisions = now, self.decisions + 1
        data, id = self.choose(due), self.wire.number()
        answer = await self.wire.call(due, data, id)
        if self.quirks and self.rng.random() < REPEATS:
            again, _ = await self.wire.answer(due, data, id)
            self.repeats += 1
            wanted = (answer["version"], True)
            if again["type"] != "ok" or (again["data"]["version"], again["data"].get("duplicate")) != wanted:
                raise Breach(f"a repeat of id {id} must be ok, duplicate and of version {wanted[0]}: {again}")
        return True

    async def play_match(self):
        """Plays until the running or coming match is over, and verified."""
        done = self.table.matches
        while self.table.matches == done:
            await self.act()
            await self.fold_next()
        if self.wire.expected:
            raise Breach(f"accepted, but no update of that version came: {self.wire.expected}")

    async def resync(self):
        """Asks for a snapshot, which must agree with the folded state."""
        compared = self.table.compared
        data = self.rng.choice([None, {}, {"version": self.table.version}])
        version = (await self.wire.call("resync", data))["version"]
        await self.until(lambda t: t.compared > compared)
        self.table.need(self.table.version >= version, f"the snapshot is older than the ok of resync, {version}")

    async def reconnect(self):
        """Comes back with the token: before or after the old connection is gone."""
        old, overtake = self.wire, self.rng.random() < 0.5
        if not overtake:
            await old.close()
        new = await Wire.open(self.url, self.encoding)
        new.next_id, new.expected, new.accepted = old.next_id, old.expected, old.accepted
        self.wire = new
        hints = {"room": self.table.room, "version": self.table.version}
        answer = await new.hello(token=self.token, **self.rng.choice([{}, {"name": self.name}, hints]))
        self.token, self.reconnects, self.gaps = answer["token"], self.reconnects + 1, True
        if answer["room"] != {"room": self.table.room, "seat": self.table.own}:
            raise Breach(f"the seat {self.table.own} of {self.table.room} was not resumed: {answer}")
        compared = self.table.compared
        await self.until(lambda t: t.compared > compared)
        if overtake:
            await self.replaced(old)

    @staticmethod
    async def replaced(old):
        """The older connection must be closed with 4000."""
        try:
            while True:
                await old.push()
        except Closed as closed:
            if closed.code != 4000:
                raise Breach(f"an overtaken connection must be closed with 4000: {closed}") from None
        finally:
            await old.close()

    async def leave(self):
        """Leaves the room; what is still on its way may only be about leaving it."""
        version = (await self.wire.call("leave_room"))["version"]
        await self.wire.call("ping", {"t": version})
        while not self.wire.pushes.empty():
            push = await self.wire.push()
            if push["type"] != "update" or push["data"]["version"] > version + 1:
                raise Breach(f"a push after leaving with version {version}: {push}")
            self.table.fold(push["data"], self.wire.expected)

    async def close(self):
        """Closes the connection."""
        if self.wire:
            await self.wire.close()

    def report(self):
        """Who this is, where, and the last messages."""
        t = self.table
        where = f"room {t.room} version {t.version} seat {t.own}" if t else "no room"
        return f"{self.name} ({self.encoding}), {where}\n{self.wire.report() if self.wire else '  not connected'}"

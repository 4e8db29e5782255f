"""Two people play matches with two bots each, and do all that people do: stay, leave, go away, come back, sleep.

usage: people.py URL [PAIRS]

Each of the pairs, 4 unless said otherwise, plays one match of each kind. Who plays legal moves and referees all it
hears is the conformance client in tests/python. The server must take people for away soon after their connection is
lost.
"""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "python"))

from liap_player import Player  # noqa: E402
from liap_rules import legal_declarations, order_from  # noqa: E402
from liap_table import Table  # noqa: E402
from liap_wire import Refused, Wire  # noqa: E402

PAIRS = 4
ALWAYS_SOME = 2
"""After so many declarations of 0, the next is at least 1."""
MATCH_SECONDS = 60
"""A match that takes longer is stuck."""


class Person(Player):
    """Declares at least 1: who comes back does not know how often in a row it was 0."""

    def choose(self, due):
        if due != "declare":
            return super().choose(due)
        t = self.table
        before = [t.declared[seat] for seat in order_from(t.starter) if t.declared[seat] is not None]
        return {"piles": self.rng.choice(legal_declarations(before, ALWAYS_SOME)[:3])}


async def play_some(player, decisions):
    """Plays until so many decisions are made; a match has more."""
    wanted = player.decisions + decisions
    while player.decisions < wanted:
        await player.act()
        await player.fold_next()


async def play_some_together(one, other, decisions):
    """Both play until each has made so many decisions: who is done goes on, since nobody may wait for the other."""
    players, before = (one, other), (one.decisions, other.decisions)

    async def play(player):
        while any(at.decisions < first + decisions for at, first in zip(players, before, strict=True)):
            await player.act()
            await player.fold_next()

    await asyncio.gather(play(one), play(other))


async def told_that(player, kind):
    """Plays until the table is told of such an event."""
    first = player.table.version
    while not any(e["type"] == kind for v, told in player.table.public.items() if v > first for e in told):
        await player.act()
        await player.fold_next()


async def stay(one, other):
    """Both play to the end."""
    await asyncio.gather(one.play_match(), other.play_match())
    await asyncio.gather(one.leave(), other.leave())


async def leave(one, other):
    """One gives the seat up; a bot plays on."""

    async def leaver():
        await play_some(one, 12)
        await one.leave()

    await asyncio.gather(leaver(), other.play_match())
    await other.leave()


async def go_away(one, other):
    """One loses the connection, and comes back once the other has heard of it."""
    await play_some_together(one, other, 6)
    await one.wire.close()
    await told_that(other, "player_away")
    await asyncio.gather(come_back(one), other.play_match())
    await asyncio.gather(one.leave(), other.leave())


async def come_back(player):
    """Resumes the seat with the token, knowing only what the snapshot says, and plays to the end."""
    wire = await Wire.open(player.url, player.encoding)
    wire.next_id = player.wire.next_id
    answer = await wire.hello(token=player.token)
    player.token, player.wire, player.table = answer["token"], wire, Table(player.prompt)
    await player.fold_next()
    await player.play_match()


async def sleep(one, other):
    """One lets the time for a decision run out."""

    async def sleeper():
        while one.due() is None:
            await one.fold_next()
        t = one.table
        one.asked_for = (t.match["number"], t.round, t.redeals, t.turn, one.due())
        await one.play_match()

    await asyncio.gather(sleeper(), other.play_match())
    await asyncio.gather(one.leave(), other.leave())


async def give_up(one, other):
    """Both leave; nobody is there any more."""
    await play_some_together(one, other, 3)
    await asyncio.gather(one.leave(), other.leave())


KINDS = [stay, leave, go_away, sleep, give_up, stay]


async def created(player):
    """Creates a room as soon as the server lets this session; the code."""
    while True:
        try:
            return await player.create(pace="instant", bots=2)
        except Refused as refused:
            if refused.code != "rate_limited":
                raise
            await asyncio.sleep(refused.data["retry_after_ms"] / 1000)


async def pair(url, number):
    """Two sessions, which play a match of each kind together."""
    players = [
        Person(url, "msgpack", f"{name} {number}", f"{name} {number}", prompt=False, quirks=False) for name in "AB"
    ]
    one, other = [await player.start() for player in players]
    for kind in KINDS:
        code = await created(one)
        await other.join(code)
        await one.until(lambda t: all(t.seats))
        await one.settle("start_match")
        await asyncio.wait_for(kind(one, other), MATCH_SECONDS)
    await asyncio.gather(one.close(), other.close())


async def main():
    """All pairs at the same time."""
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else PAIRS
    await asyncio.gather(*[pair(sys.argv[1], number) for number in range(pairs)])
    print(f"{pairs * len(KINDS)} matches of people")


if __name__ == "__main__":
    asyncio.run(main())

"""Plays matches against a running server and checks everything that is said.

One person with three bots in a room, or with `--four` four clients and a spectator in one room. Exits 0 only if every
match was played to its end and verified.
"""

import argparse
import asyncio
import random
import sys
import time
import traceback
from collections import Counter

from liap_fields import UNDOCUMENTED, Breach
from liap_player import Player

MATCHES_IN_A_ROOM = 3
MATCH_SECONDS = 300
"""A match that takes longer is stuck."""


class Tally:
    """Counts over all clients, and the failures."""

    def __init__(self):
        self.counts, self.failures, self.passed = Counter(), 0, 0

    def add(self, player):
        """Adds what one client has seen of its room."""
        t = player.table
        names = {
            "updates checked": t.updates,
            "plays checked": t.plays_seen,
            "rounds": t.rounds,
            "redeals": t.redeals_seen,
        }
        self.counts.update({**names, "snapshots compared": t.compared, "own decisions": player.decisions})
        self.counts.update({"repeats": player.repeats, "reconnections": player.reconnects})
        player.decisions = player.repeats = player.reconnects = 0

    def fail(self, error, players, missed):
        """Prints a failure with everything that helps to find it."""
        self.failures += missed
        print("=" * 100)
        print(f"FAILED: {type(error).__name__}: {error}")
        if not isinstance(error, Breach):
            traceback.print_exception(error)
        for player in players:
            print(player.report())
        sys.stdout.flush()


async def one_room(player, matches, pace):
    """A room of one person and three bots: one match, then rematches, then leaves."""
    await player.create(pace=pace, bots=3)
    await player.until(lambda t: all(t.seats))
    for number in range(matches):
        await player.settle("rematch" if number else "start_match")
        await asyncio.wait_for(player.play_match(), MATCH_SECONDS)
        yield
    await player.leave()


async def human_series(options, tally, encoding, name, matches):
    """One session: a room or two, with rematches."""
    player, played = Player(options.url, encoding, name, f"{options.seed} {name}"), 0
    try:
        await player.start()
        while played < matches and tally.failures < options.max_failures:
            # At most half of the matches as rematches, so that a second room of the same session is seen too.
            async for _ in one_room(player, -(-(matches - played) // 2), options.pace):
                played += 1
                tally.passed += 1
                tally.counts[f"matches in {encoding}"] += 1
            tally.add(player)
        await player.close()
    except Exception as error:
        tally.fail(error, [player], 1)
        await player.close()


def compare_streams(players):
    """All clients and the spectator must have seen the same public events at the same versions."""
    first = max(min(p.table.public) for p in players)
    last = min(max(p.table.public) for p in players)
    compared = 0
    for version in range(first, last + 1):
        seen = {p.name: p.table.public.get(version) for p in players if not p.gaps or version in p.table.public}
        if None in seen.values() or any(events != next(iter(seen.values())) for events in seen.values()):
            raise Breach(f"version {version} was not told alike to all: {seen}")
        compared += 1
    return compared


async def four_series(options, tally, encodings, name, matches):
    """Four clients join one room by its code, a fifth watches, all verify, all must agree."""
    players = [
        Player(options.url, encodings[i % len(encodings)], f"{name}-{i}", f"{options.seed} {name} {i}")
        for i in range(5)
    ]
    spectator = players[4]
    try:
        await asyncio.gather(*[p.start() for p in players])
        code = await players[0].create(pace=options.pace)
        await spectator.watch(code)
        for at in (1, 2, 3):
            await players[at].join(code.lower() if at == 1 else code, **({"seat": 3} if at == 1 else {}))
        await players[0].until(lambda t: all(t.seats))
        for number in range(matches):
            for p in players:
                await p.until(lambda t: t.version >= players[0].table.version)
            await players[0].wire.call("rematch" if number else "start_match")
            await asyncio.wait_for(all_or_first_error(players), MATCH_SECONDS)
            tally.counts["versions compared among five"] += compare_streams(players)
            tally.passed += 1
            tally.counts["matches of four"] += 1
        for p in players:
            tally.add(p)
        await depart(players)
        await asyncio.gather(*[p.close() for p in players])
    except Exception as error:
        culprit = getattr(error, "player", None)
        tally.fail(error, [p for p in players if p is culprit] + [p for p in players if p is not culprit], 1)
        await asyncio.gather(*[p.close() for p in players])


async def all_or_first_error(players):
    """All play to the end; the first failure stops the others and says whose it was."""

    async def play(player):
        try:
            await player.play_match()
        except Exception as error:
            error.player = player
            raise

    tasks = [asyncio.create_task(play(p)) for p in players]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


async def depart(players):
    """One after the other leaves; those who stay must be told."""
    *seated, spectator = players
    while len(seated) > 1:
        leaver = seated.pop(0)
        seat = leaver.table.own
        await leaver.leave()
        for p in [*seated, spectator]:
            await p.until(lambda t: t.seats[seat] is None)
    await spectator.wire.call("unwatch_room", {"room": spectator.table.room})
    await seated[0].leave()


async def limited(gate, series):
    """Runs one series when there is room for it."""
    async with gate:
        await series


async def run(options):
    """Plays everything; the exit code."""
    tally, gate, started = Tally(), asyncio.Semaphore(options.concurrency), time.monotonic()
    encodings = ["msgpack", "json"] if options.encoding == "both" else [options.encoding]
    tag = random.Random(options.seed).randrange(10**6)
    jobs = []
    for encoding in [encodings] if options.four else encodings:
        for first in range(0, options.matches, MATCHES_IN_A_ROOM):
            matches = min(MATCHES_IN_A_ROOM, options.matches - first)
            if options.four:
                jobs.append(four_series(options, tally, encoding, f"four{tag}-{first}", matches))
            else:
                jobs.append(human_series(options, tally, encoding, f"{encoding}{tag}-{first}", matches))
    await asyncio.gather(*[limited(gate, job) for job in jobs])
    wanted = options.matches * (1 if options.four else len(encodings))
    print(f"{tally.passed} of {wanted} matches in {time.monotonic() - started:.1f} seconds (seed {options.seed})")
    print(", ".join(f"{name}: {count}" for name, count in sorted(tally.counts.items())))
    if UNDOCUMENTED:
        print("fields that docs/protocol.md does not name:", dict(UNDOCUMENTED))
    failed = wanted - tally.passed
    print(f"{tally.passed} passed, {max(failed, tally.failures)} failed")
    return 0 if failed == tally.failures == 0 else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="ws://host:port/v1/ws")
    parser.add_argument("--matches", type=int, default=200, help="matches in each encoding, or in all with --four")
    parser.add_argument("--encoding", choices=["both", "msgpack", "json"], default="both")
    parser.add_argument("--concurrency", type=int, default=16, help="rooms at a time")
    parser.add_argument("--pace", default="instant")
    parser.add_argument("--four", action="store_true", help="four clients and a spectator in every room")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9), help="of the moves")
    parser.add_argument("--max-failures", type=int, default=3)
    sys.exit(asyncio.run(run(parser.parse_args())))


if __name__ == "__main__":
    main()

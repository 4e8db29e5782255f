"""Hostile input against a running server, while a well-behaved game goes on undisturbed on another connection."""

import argparse
import asyncio
import sys

import hostile_game
import hostile_greetings
import hostile_messages
import hostile_session
import hostile_tcp
from hostile_probe import Checks, new_name
from liap_fields import UNDOCUMENTED
from liap_player import Player


async def quiet_game(checks, stop):
    """Plays match after match until told to stop; every update is refereed, no bot may decide for the person."""
    player = Player(checks.url, "msgpack", "quiet " + new_name(), 42)
    matches = 0
    try:
        await player.start()
        await player.create(pace="instant", bots=3)
        await player.until(lambda t: all(t.seats))
        while not stop.is_set() or not matches:
            await player.settle("rematch" if matches else "start_match")
            await player.play_match()
            matches += 1
        await player.leave()
        checks.check(matches > 0, "the quiet game never finished a match")
    except Exception as error:
        checks.fail(
            f"the quiet game was disturbed in match {matches + 1}: {type(error).__name__}: {error}\n{player.report()}"
        )
    finally:
        await player.close()
    updates = player.table.updates if player.table else 0
    print(f"the quiet game: {matches} matches played meanwhile, {updates} updates checked in the last room")


async def run(url):
    """Every section in both encodings; the exit code."""
    checks, stop, held = Checks(url), asyncio.Event(), []
    await checks.alive("the start")
    quiet = asyncio.create_task(quiet_game(checks, stop))
    try:
        await checks.section("half-open connections", hostile_tcp.half_open(checks, held))
        await checks.section("no subprotocol", hostile_greetings.plain_default(checks))
        for encoding in ("msgpack", "json"):
            for section in (
                hostile_messages.cut_short,
                hostile_messages.wrong_types,
                hostile_messages.not_messages,
                hostile_greetings.sizes,
                hostile_greetings.greetings,
                hostile_session.repeats,
                hostile_session.tokens,
                hostile_session.limits_of_rate,
                hostile_session.lobby,
                hostile_session.abandoned_requests,
            ):
                await checks.section(f"{section.__name__} in {encoding}", section(checks, encoding))
        await checks.section("refusals of the game", hostile_game.Quartet(checks, ["msgpack", "json"]).run())
        await checks.section("broken http", hostile_tcp.broken_http(checks))
        await checks.section("broken frames", hostile_tcp.broken_frames(checks))
    finally:
        stop.set()
        await asyncio.wait_for(quiet, 120)
        for raw in held:
            raw.close()
    await checks.alive("everything")
    print("notes:", dict(checks.notes))
    if UNDOCUMENTED:
        print("fields that docs/protocol.md does not name:", dict(UNDOCUMENTED))
    print(f"{checks.passed} passed, {len(checks.failed)} failed")
    return 1 if checks.failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="ws://host:port/v1/ws")
    sys.exit(asyncio.run(run(parser.parse_args().url)))


if __name__ == "__main__":
    main()

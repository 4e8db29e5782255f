"""Reads exported matches by the rules of docs/rules.md, read independently: every play, every score, every deal.

    python3 liap_exported.py FOLDER

FOLDER holds one file for each match and seat, `MATCH.seatN.jsonl`: a line for each commit, with the update as the seat
got it. The referee goes through one seat of each match, another one from match to match; of the other three, that they
were told the same but for their hands, and that these are what the seed deals. Prints what was read as one line of
JSON; what is wrong goes to standard error, and the exit code is 1.
"""

import json
import re
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import liap_rules as rules
from liap_fields import Breach
from liap_table import Table
from liap_verify import MatchLog

NAME = re.compile(r"([0-9a-f-]{36})\.seat([0-3])\.jsonl")
TOLD_MAX = 20
DECIDED = ("declared", "played", "redeal_decided")

FAST = {"deal_ms": 200, "redealt_ms": 200, "start_ms": 200, "stay_ms": 0, "turn_ms": 200, "score_ms": 200}
"""The pace of the rooms that are exported, as docs/configuration.md has it."""


def frames(folder, match, seat):
    """The updates of a seat, one for each line."""
    with open(folder / f"{match}.seat{seat}.jsonl", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    for line in found:
        frame = line["frame"]
        if frame["type"] != "update" or frame["data"]["version"] != line["version"]:
            raise Breach(f"a line of version {line['version']} has the frame {frame}")
    return [line["frame"]["data"] for line in found]


def seated(updates):
    """Which seats are bots' all along, as their decisions say: `None` stands for a person."""
    bots = [None] * 4
    for update in updates:
        for event in update["events"]:
            if event["type"] in DECIDED and event["decider"] == "bot":
                bots[event["seat"]] = "standard"
            if event["type"] == "player_left":
                raise Breach(f"somebody left: {event}")
    return bots


def table_before(updates, own):
    """The referee's table as it is before the first update of a match."""
    started = updates[0]["events"][0]
    if started["type"] != "match_started":
        raise Breach(f"a match begins with {started}")
    table = Table(prompt=False)
    table.room, table.version, table.own, table.host = updates[0]["room"], updates[0]["version"] - 1, own, 0
    table.pace, table.phase, table.phase_version = FAST, "open", None
    table.seats = [{"name": f"seat {at}", "bot": bot} for at, bot in enumerate(seated(updates))]
    table.match = {"number": started["number"] - 1, "match": None}
    table.log, table.finishing, table.hand, table.redeals, table.reason = MatchLog(), False, set(), 0, None
    table.counts, table.captured, table.declared, table.plays = [0] * 4, [0] * 4, [None] * 4, []
    return table


def public(update):
    """An update without what only its seat may see."""
    events = [{k: v for k, v in event.items() if k != "hand"} for event in update["events"]]
    return update["room"], update["version"], events


def check_others(folder, match, own, updates, seed):
    """The other seats were told the same, each with the hand that the seed deals."""
    told = [public(update) for update in updates]
    for seat in set(range(4)) - {own}:
        others = frames(folder, match, seat)
        if [public(update) for update in others] != told:
            raise Breach(f"seats {own} and {seat} were told different things")
        for update in others:
            for event in update["events"]:
                if event["type"] != "dealt":
                    continue
                hands = rules.deal(seed, event["round"], event["redeal"])
                if sorted(event["hand"]) != sorted(hands[seat]):
                    raise Breach(f"seat {seat} was dealt {hands[seat]}, shown {event['hand']}")


def check(folder, match, own):
    """Goes through a match: what was read, or what is wrong."""
    try:
        updates = frames(folder, match, own)
        if not any(event["type"] == "match_over" for event in updates[-1]["events"]):
            return Counter(unended=1), f"{match}: ends with {updates[-1]}"
        table = table_before(updates, own)
        for update in updates:
            table.fold(update)
        if table.matches != 1 or table.result["match"] != match:
            raise Breach(f"{table.matches} matches are over, the last is {table.result}")
        check_others(folder, match, own, updates, bytes.fromhex(table.result["seed"]))
    except (Breach, OSError, LookupError, TypeError, ValueError) as wrong:
        return Counter(wrong=1), f"{match}, seat {own}: {type(wrong).__name__}: {wrong}"
    read = Counter(matches=1, rounds=table.rounds, plays=table.plays_seen, redeals=table.redeals_seen)
    return read + Counter(updates=table.updates), None


def main(arguments):
    """Goes through all matches of a folder, on all cores."""
    if len(arguments) != 1:
        sys.exit(__doc__)
    folder = Path(arguments[0])
    matches = sorted({found[1] for path in folder.iterdir() if (found := NAME.fullmatch(path.name))})
    if not matches:
        sys.exit(f"{folder} has no exported matches")
    read, wrong = Counter(), []
    with ProcessPoolExecutor() as pool:
        seats = [at % 4 for at in range(len(matches))]
        for counted, complaint in pool.map(check, [folder] * len(matches), matches, seats, chunksize=16):
            read += counted
            wrong += [complaint] if complaint else []
    for complaint in wrong[:TOLD_MAX]:
        print(complaint, file=sys.stderr)
    print(json.dumps(read, sort_keys=True))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The referee: folds a room's snapshot and updates, and holds every event against the rules.

What cannot be known before the seed is shown is written down in `log` and verified at `match_over` (liap_verify).
"""

from liap_fields import Breach
from liap_matches import Matches
from liap_rounds import Rounds
from liap_snapshot import compare, load
from liap_turns import Turns
from liap_verify import MatchLog

PRESENCE = ("player_joined", "player_left", "player_away", "player_back", "host_changed", "room_closed",
            "room_paused", "room_resumed")
FOLDED = {
    "dealt": "deal_ms", "redealt": "redealt_ms", "starting": "start_ms", "staying": "stay_ms", "turn_won": "turn_ms",
    "scored": "score_ms",
}  # fmt: skip
"""Phases that end by themselves, and the duration that must be above 0 for an update to end in them."""


class Table(Matches, Rounds, Turns):
    """One view of a room: a seat's, or a spectator's when `own` is None."""

    def __init__(self, prompt=True):
        self.prompt = prompt
        """Whether every person answers in time, so that no bot may decide for one."""
        self.room = self.version = self.own = None
        self.log, self.public = None, {}
        self.updates = self.plays_seen = self.rounds = self.redeals_seen = self.matches = self.compared = 0
        self.result = self.last_update = None
        self.closed = False

    def need(self, condition, complaint):
        """Raises Breach with what the table believes, unless the condition holds."""
        if not condition:
            raise Breach(f"{complaint}\n  the referee at version {self.version}: {self.describe()}")

    def describe(self):
        """The state on one line."""
        names = "own phase round redeals multiplier starter reason turn to_act leader lead_kind plays declared captured"
        names += " scores streak hand counts asked answered"
        return " ".join(f"{n}={getattr(self, n, '?')}" for n in names.split())

    def snapshot(self, data):
        """The first snapshot is the start; a later one must agree with what was folded."""
        if self.version is None:
            self.log = MatchLog()
            load(self, data)
        else:
            compare(self, data)
            self.version, self.compared = data["version"], self.compared + 1

    def fold(self, data, expected=None):
        """Folds one update. `expected` maps versions to own requests that were answered `ok`."""
        self.need(data["room"] == self.room, f"an update of room {data['room']}, not {self.room}")
        self.need(not self.closed, "an update after room_closed")
        self.need(data["version"] == self.version + 1, f"version {data['version']} after {self.version}")
        self.version, self.updates, self.last_update = data["version"], self.updates + 1, data
        for at, event in enumerate(data["events"]):
            try:
                self.paced(event)
                getattr(self, "on_" + event["type"])(event)
            except Breach as breach:
                raise Breach(f"event {at} of version {self.version}, {event}: {breach}") from None
        self.public[self.version] = [{k: v for k, v in e.items() if k != "hand"} for e in data["events"]]
        self.need(self.phase not in ("before_deal", "leading"), "the update ended where no time may pass")
        if self.phase in FOLDED:
            self.need(
                self.pace[FOLDED[self.phase]] > 0, f"the update ended in {self.phase}, which takes 0 ms at this pace"
            )
        self.need(
            self.phase != "redealing" or set(self.answered) != set(self.asked),
            "all have answered, yet nothing followed",
        )
        if expected and self.version in expected:
            self.own_request(expected.pop(self.version), data["events"])

    def own_request(self, request, events):
        """An accepted request must show in the update of the version it was answered with."""
        event = {
            "start_match": "match_started",
            "rematch": "match_started",
            "redeal": "redeal_decided",
            "declare": "declared",
            "play": "played",
        }
        wanted, sent = event.get(request["type"]), request.get("data") or {}
        for e in events:
            if e["type"] != wanted or e.get("decider", "person") != "person" or e.get("seat", self.own) != self.own:
                continue
            if all(
                sorted(e[k]) == sorted(sent[k]) if k == "pieces" else e[k] == sent[k]
                for k in ("accept", "piles", "pieces")
                if k in sent
            ):
                return
        self.need(
            wanted is None,
            f"{request} was accepted with version {self.version}, whose update does not show it: {events}",
        )

    def paced(self, event):
        """A phase that takes time may not be over in the update that began it."""
        if event["type"] in PRESENCE or self.phase not in FOLDED or event["type"] == "match_over":
            return
        begun_now = self.phase_version == self.version
        self.need(not begun_now or self.pace[FOLDED[self.phase]] == 0, f"no time passed in {self.phase}")

    def enter(self, phase, *allowed):
        """Moves on to a phase, from one of the allowed."""
        self.need(self.phase in allowed, f"not in phase {self.phase}, only in {'/'.join(allowed)}")
        self.phase, self.phase_version = phase, self.version

    def check_decider(self, seat, decider):
        """Bots decide for bots; for a person the person, or a bot under a name that says why."""
        is_bot = self.seats[seat]["bot"] is not None
        self.need((decider == "bot") == is_bot, f"decider {decider} for seat {seat}, bot: {is_bot}")
        if self.prompt:
            self.need(
                decider in ("bot", "person"), f"a bot decided ({decider}) for seat {seat}, whose player is prompt"
            )

    # Who is there.

    def on_player_joined(self, e):
        self.need(self.seats[e["seat"]] is None, "the seat is taken")
        self.seats[e["seat"]] = {"name": e["name"], "bot": e["bot"]}

    def on_player_left(self, e):
        self.need(self.seats[e["seat"]] is not None, "the seat is empty")
        running = self.phase not in ("open", "finished", "closed")
        self.need((e["bot"] is not None) == running, "a bot plays on exactly in a running match")
        self.seats[e["seat"]] = {"name": None, "bot": e["bot"]} if running else None

    def on_player_away(self, e):
        self.need(self.seats[e["seat"]] and self.seats[e["seat"]]["bot"] is None, "no person sits there")

    on_player_back = on_player_away

    def on_host_changed(self, e):
        self.on_player_away(e)
        self.host = e["seat"]

    def on_room_paused(self, e):
        self.need(not self.paused, "the room is paused already")
        self.paused = True

    def on_room_resumed(self, e):
        self.need(self.paused, "the room is not paused")
        self.paused = False

    def on_room_closed(self, e):
        self.closed, self.phase = True, "closed"

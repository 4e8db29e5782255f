"""What the referee writes down during a match, and its verification once the seed is shown."""

import liap_rules as rules
from liap_fields import Breach


class MatchLog:
    """Deals, questions and plays of a match, as far as this view saw them."""

    def __init__(self):
        self.deals = {}
        """(round, redeal) -> {"hand": own hand or None, "asked": seats or None, "starter": ..., "reason": ...}."""
        self.plays = []
        self._in_round = (None, set())

    def dealt(self, round_number, redeal, hand):
        """A deal was announced; hand is None for a spectator."""
        self.deals[round_number, redeal] = {"hand": hand, "asked": None, "starter": None, "reason": None}

    def asked(self, round_number, redeal, seats):
        """These seats were asked about a redeal."""
        if (round_number, redeal) in self.deals:
            self.deals[round_number, redeal]["asked"] = seats

    def started(self, round_number, redeal, starter, reason):
        """The round began with this deal."""
        if (round_number, redeal) in self.deals:
            self.deals[round_number, redeal].update(starter=starter, reason=reason)

    def played(self, round_number, redeal, seat, pieces):
        """A play with the hands of this deal."""
        self.plays.append((round_number, redeal, seat, pieces))
        self.played_in(round_number).update(pieces)

    def played_in(self, round_number):
        """Pieces played so far in the round."""
        if self._in_round[0] != round_number:
            self._in_round = (round_number, set())
        return self._in_round[1]


def verify(log, seed, promised, own):
    """Raises Breach unless everything that was seen follows from the seed."""

    def need(condition, complaint):
        if not condition:
            raise Breach(f"with the seed {seed.hex()}: {complaint}")

    need(rules.seed_hash(seed) == promised.lower(), f"its hash is {rules.seed_hash(seed)}, promised was {promised}")
    for (number, redeal), deal in log.deals.items():
        where = f"round {number}, redeal {redeal}"
        hands = rules.deal(seed, number, redeal)
        if own is not None:
            need(
                sorted(deal["hand"]) == sorted(hands[own]),
                f"{where}: seat {own} was dealt {hands[own]}, shown {deal['hand']}",
            )
        weak = [s for s in range(4) if rules.is_weak(hands[s])]
        if redeal >= rules.MAX_REDEALS:
            weak = []
        need(
            sorted(deal["asked"] or []) == weak, f"{where}: weak are {weak}, asked were {deal['asked']}, hands {hands}"
        )
        if deal["reason"] == "red_general":
            holder = next(s for s in range(4) if rules.RED_GENERAL in hands[s])
            need(deal["starter"] == holder, f"{where}: the red general is with {holder}, {deal['starter']} started")
    cache = {}
    for number, redeal, seat, pieces in log.plays:
        hands = cache.setdefault((number, redeal), None) or rules.deal(seed, number, redeal)
        cache[number, redeal] = hands
        stray = set(pieces) - set(hands[seat])
        need(not stray, f"round {number}: seat {seat} played {sorted(stray)}, its hand was {hands[seat]}")

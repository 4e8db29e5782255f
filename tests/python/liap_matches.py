"""The referee's part for a whole match: its start, the scoring of rounds, its end."""

import liap_rules as rules
from liap_verify import MatchLog, verify


class Matches:
    """Events at which a match begins, counts and ends."""

    def on_match_started(self, e):
        self.enter("before_deal", "open", "finished")
        self.need(all(self.seats), "not all seats are filled")
        self.need(e["number"] == (self.match["number"] if self.match else 0) + 1, "the number does not follow")
        self.need(not self.match or e["match"] != self.match["match"], "the match has the id of the one before")
        self.match = {k: e[k] for k in ("match", "number", "seed_hash")}
        self.log, self.result = MatchLog(), None
        self.scores, self.streak, self.turns_won, self.perfect = [0] * 4, [0] * 4, [0] * 4, [0] * 4
        self.round, self.multiplier, self.starter, self.last_winner = 0, 0, None, None

    def on_round_scored(self, e):
        self.enter("scored", "turn_won")
        self.need(self.counts == [0] * 4 and sum(self.captured) == 8, "hands are not empty or piles not 8")
        points = [rules.round_points(d, c, self.multiplier) for d, c in zip(self.declared, self.captured)]
        for s in range(4):
            self.scores[s] += points[s]
            if self.streak[s] is not None or self.declared[s]:
                self.streak[s] = 0 if self.declared[s] else self.streak[s] + 1
            self.perfect[s] += self.declared[s] == self.captured[s] > 0
        for name, mine in {
            "round": self.round,
            "multiplier": self.multiplier,
            "declared": self.declared,
            "captured": self.captured,
            "points": points,
            "scores": self.scores,
        }.items():
            self.need(e[name] == mine, f"{name} must be {mine}")
        self.rounds += 1
        self.finishing = rules.match_ends(self.scores, self.round)

    def on_match_over(self, e):
        self.need(e["reason"] in ("score_reached", "rounds_played"), "the match was cut short")
        self.need(self.finishing, "the match is not at its end")
        self.enter("finished", "scored")
        self.finishing, self.result = False, e
        reasons = ["score_reached"] * (max(self.scores) >= rules.WINNING_SCORE) + ["rounds_played"] * (
            self.round >= rules.MAX_ROUNDS
        )
        self.need(e["reason"] in reasons, f"the reason must be {' or '.join(reasons)}")
        truth = {
            "match": self.match["match"],
            "rounds": self.round,
            "winners": rules.winners(self.scores),
            "scores": self.scores,
            "ranks": rules.ranks(self.scores),
        }
        for name, mine in {**truth, "turns_won": self.turns_won, "perfect_rounds": self.perfect}.items():
            self.need(e[name] == mine, f"{name} must be {mine}")
        verify(self.log, bytes.fromhex(e["seed"]), self.match["seed_hash"], self.own)
        self.matches += 1

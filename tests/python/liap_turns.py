"""The referee's part for turns: who plays, what a play is worth, who takes the piles."""

import liap_rules as rules


class Turns:
    """Events of the turns of a round."""

    def on_turn_started(self, e):
        self.enter("playing", "leading", "turn_won")
        self.turn += 1
        self.need(e["turn"] == self.turn and self.counts[0] > 0, f"turn {self.turn} is next, with pieces in hand")
        self.need(e["seat"] == self.leader, f"seat {self.leader} must lead")
        self.to_act, self.plays, self.lead_kind = self.leader, [], None

    def on_played(self, e):
        seat, pieces = e["seat"], e["pieces"]
        self.need(self.phase == "playing" and seat == self.to_act, "not this seat's play")
        kind = rules.classify(pieces)
        self.need(e["kind"] == kind, f"the pieces are {kind}")
        self.need(e["points"] == rules.strength(pieces, kind), f"the points are {rules.strength(pieces, kind)}")
        self.check_decider(seat, e["decider"])
        if self.plays:
            self.need(len(pieces) == len(self.plays[0][1]), "not as many pieces as were led")
        else:
            self.need(kind is not None, "a lead must be a valid set")
            self.lead_kind = kind
        self.need(not set(pieces) & self.log.played_in(self.round), "a piece was played twice in the round")
        if seat == self.own:
            self.need(set(pieces) <= self.hand, "pieces that are not in the own hand")
            self.hand -= set(pieces)
        elif self.own is not None:
            self.need(not set(pieces) & self.hand, "pieces of the own hand, played by another")
        self.counts[seat] -= len(pieces)
        self.need(self.counts[seat] >= 0, "more pieces than the seat holds")
        self.plays.append((seat, pieces))
        self.plays_seen += 1
        self.log.played(self.round, self.redeals, seat, pieces)
        self.to_act = (seat + 1) % 4 if len(self.plays) < 4 else None
        self.need(e["next"] == self.to_act, f"next must be {self.to_act}")
        if self.to_act is None:
            self.enter("staying", "playing")

    def on_turn_won(self, e):
        self.enter("turn_won", "staying")
        winner, size = rules.turn_winner(self.plays), len(self.plays[0][1])
        self.need(
            (e["turn"], e["seat"], e["piles"]) == (self.turn, winner, size),
            f"turn {self.turn} is seat {winner}'s, {size} piles",
        )
        self.captured[winner] += size
        self.turns_won[winner] += 1
        self.leader = self.last_winner = winner

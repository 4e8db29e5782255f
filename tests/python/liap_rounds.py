"""The referee's part for a round up to its first turn: deal, redeals, starter, declarations."""

import liap_rules as rules


class Rounds:
    """Events of the preparation and the declaration."""

    def on_dealt(self, e):
        redealt = self.phase == "redealing"
        if redealt:
            self.need(set(self.answered) == set(self.asked), "dealt before all asked seats have answered")
            accepters = {s for s, accept in self.answered.items() if accept}
            self.need(accepters, "dealt anew though nobody accepted")
            self.starter, self.reason = rules.redeal_starter(accepters, self.starter), "redeal_accepted"
            self.redeals, self.multiplier = self.redeals + 1, self.multiplier + 1
            self.redeals_seen += 1
            self.enter("redealt", "redealing")
        else:
            self.enter("dealt", "before_deal", "scored")
            self.need(not self.finishing, "another round was dealt after the end of the match")
            self.round, self.redeals, self.multiplier = self.round + 1, 0, 1
            self.starter, self.reason = (
                self.last_winner,
                "won_last_turn" if self.last_winner is not None else "red_general",
            )
        self.need(
            (e["round"], e["redeal"], e["multiplier"]) == (self.round, self.redeals, self.multiplier), "not this deal"
        )
        self.need((e["hand"] is None) == (self.own is None), "a hand is shown to seats and only to seats")
        self.need(e["hand"] is None or len(e["hand"]) == 8, "a dealt hand has 8 pieces")
        self.hand = None if e["hand"] is None else set(e["hand"])
        self.counts, self.captured, self.declared = [8] * 4, [0] * 4, [None] * 4
        self.turn, self.to_act, self.plays, self.asked, self.answered = 0, None, [], [], {}
        self.log.dealt(self.round, self.redeals, e["hand"])

    def on_redeal_offered(self, e):
        self.enter("redealing", "dealt", "redealt")
        self.need(self.redeals < rules.MAX_REDEALS, "a tenth redeal")
        if self.own is not None:
            self.need(
                (self.own in e["seats"]) == rules.is_weak(self.hand),
                "the own seat is asked exactly if its hand is weak",
            )
        self.asked, self.answered = e["seats"], {}
        self.log.asked(self.round, self.redeals, e["seats"])

    def on_redeal_warned(self, e):
        self.need(self.phase == "redealing", "a warning outside a redeal")

    def on_redeal_decided(self, e):
        self.need(self.phase == "redealing", "a decision outside a redeal")
        self.need(e["seat"] in self.asked and e["seat"] not in self.answered, "this seat is not asked, or has answered")
        self.check_decider(e["seat"], e["decider"])
        self.need(e["decider"] in ("bot", "person") or not e["accept"], "silence and absence decline")
        self.answered[e["seat"]] = e["accept"]

    def on_round_started(self, e):
        if self.phase == "redealing":
            self.need(set(self.answered) == set(self.asked), "started before all asked seats have answered")
            self.need(not any(self.answered.values()), "started although a redeal was accepted")
        self.enter("starting", "dealt", "redealt", "redealing")
        self.need((e["round"], e["multiplier"]) == (self.round, self.multiplier), "not this round or multiplier")
        self.need(e["reason"] == self.reason, f"the reason must be {self.reason}")
        if self.starter is None:
            holds = self.own is not None and rules.RED_GENERAL in self.hand
            self.need(self.own is None or (e["starter"] == self.own) == holds, "the holder of the red general starts")
        else:
            self.need(e["starter"] == self.starter, f"seat {self.starter} must start")
        self.starter = e["starter"]
        self.log.started(self.round, self.redeals, self.starter, self.reason)

    def on_declare_started(self, e):
        self.enter("declaring", "starting")
        self.need(e["seat"] == self.starter, "the starter declares first")
        self.to_act = e["seat"]

    def on_declared(self, e):
        self.need(self.phase == "declaring" and e["seat"] == self.to_act, "not this seat's declaration")
        before = [self.declared[s] for s in rules.order_from(self.starter) if self.declared[s] is not None]
        legal = rules.legal_declarations(before, self.streak[e["seat"]] or 0)
        self.need(e["piles"] in legal, f"legal were {legal}")
        self.check_decider(e["seat"], e["decider"])
        self.declared[e["seat"]] = e["piles"]
        self.to_act = (e["seat"] + 1) % 4 if len(before) < 3 else None
        self.need(e["next"] == self.to_act, f"next must be {self.to_act}")
        if self.to_act is None:
            self.enter("leading", "declaring")
            self.leader = self.starter

"""Every refusal of the game, in a room of four persons whose moves are made one after the other.

Nothing moves by itself in such a room (no bots, and every decision comes at once), so each wrong request has one right
refusal. Before each move the wrong ones are tried; the right ones then play the match on to its end, fully refereed.
"""

from collections import Counter

import liap_rules as rules
from hostile_probe import Checks, new_name, refused
from liap_player import Player

WANTED = Counter(not_weak=3, bad_set=3, bad_count=3, not_in_hand=3, bad_declaration=3, zero_streak=2, already_decided=1)
"""How often the refusals that need luck should be seen before the room is left; at most MATCHES matches."""
MATCHES = 6


class Quartet:
    """Four persons at one table."""

    def __init__(self, checks: Checks, encodings):
        self.checks, self.seen = checks, Counter()
        self.players = [Player(checks.url, encodings[i % 2], new_name(), i, quirks=False) for i in range(4)]

    async def sit(self):
        """Everyone enters one room; what can be refused on the way is tried."""
        a, b, c, d = self.players
        for p in self.players:
            await p.start()
        await refused(self.checks, a.wire, "leave_room", {}, "not_in_room")
        await refused(self.checks, a.wire, "declare", {"piles": 1}, "not_in_room")
        await refused(self.checks, a.wire, "play", {"pieces": [1]}, "not_in_room")
        await refused(self.checks, a.wire, "redeal", {"accept": True}, "not_in_room")
        await refused(self.checks, a.wire, "start_match", {}, "not_in_room")
        await refused(self.checks, b.wire, "join_room", {"room": "ZZZZZ9"}, "room_not_found")
        await refused(self.checks, b.wire, "watch_room", {"room": "ZZZZZ9"}, "room_not_found")
        for odd in ("", "A", "ABCDEFG", "ABC DE", "äöüäöü", "ABCD0I"):
            await refused(self.checks, b.wire, "join_room", {"room": odd}, {"room_not_found", "bad_message"})
        code = await a.create(pace="instant", private=True)
        await refused(self.checks, a.wire, "create_room", {"pace": "instant"}, "already_in_room")
        await refused(self.checks, b.wire, "join_room", {"room": code, "seat": 0}, "seat_taken")
        await b.join(code, seat=2)
        await refused(self.checks, a.wire, "start_match", {}, "seats_empty")
        await refused(self.checks, a.wire, "rematch", {}, "wrong_phase")
        await refused(self.checks, a.wire, "remove_player", {"seat": 3}, "seat_empty")
        await refused(self.checks, a.wire, "remove_player", {"seat": 0}, "seat_empty")
        await refused(self.checks, b.wire, "start_match", {}, "not_host")
        await refused(self.checks, b.wire, "add_bot", {}, "not_host")
        await refused(self.checks, b.wire, "remove_player", {"seat": 0}, "not_host")
        await self.name_taken(code, a.name.upper())
        for p in (a, b):
            await refused(self.checks, p.wire, "declare", {"piles": 1}, "wrong_phase")
            await refused(self.checks, p.wire, "play", {"pieces": [1]}, {"wrong_phase", "not_in_hand"})
            await refused(self.checks, p.wire, "redeal", {"accept": False}, "wrong_phase")
        await c.join(code)
        await d.join(code)
        await a.until(lambda t: all(t.seats))
        await self.name_taken(code, new_name(), "room_full")
        await refused(self.checks, a.wire, "add_bot", {}, {"room_full", "seat_taken"})
        await refused(self.checks, a.wire, "add_bot", {"seat": 1}, {"room_full", "seat_taken"})
        return code

    async def name_taken(self, code, name, wanted="name_taken"):
        """A stranger of this name must not get in."""
        stranger = Player(self.checks.url, "json", name, 0)
        await stranger.start()
        await refused(self.checks, stranger.wire, "join_room", {"room": code}, wanted)
        await stranger.close()

    async def level(self):
        """All four have folded up to the newest version that any has been promised."""
        newest = max([p.table.version for p in self.players] + [v for p in self.players for v in p.wire.expected])
        for p in self.players:
            await p.until(lambda t: t.version >= newest)

    async def run(self):
        """Matches until every refusal that needs luck was met."""
        code = await self.sit()
        host = self.players[0]
        for number in range(MATCHES):
            await self.level()
            await host.wire.call("rematch" if number else "start_match")
            await self.level()
            await self.while_running(code)
            while host.table.result is None:
                await self.wrong_moves()
                await self.right_move()
                await self.level()
            await refused(self.checks, host.wire, "start_match", {}, "wrong_phase")
            await refused(self.checks, self.players[1].wire, "rematch", {}, "not_host")
            if not WANTED - self.seen:
                break
        for code, times in (WANTED - self.seen).items():
            self.checks.notes[f"{code} met {times} times less than wished for"] += 1
        self.checks.notes.update({f"refused with {code}": n for code, n in self.seen.items()})
        for p in self.players:
            await p.leave()
            await p.close()

    async def while_running(self, code):
        """What may not be done while a match runs."""
        host, other = self.players[0].wire, self.players[1].wire
        await refused(self.checks, host, "start_match", {}, {"wrong_phase", "match_running"})
        await refused(self.checks, host, "rematch", {}, {"wrong_phase", "match_running"})
        await refused(self.checks, host, "add_bot", {}, "match_running")
        await refused(self.checks, host, "remove_player", {"seat": 1}, "match_running")
        await refused(self.checks, other, "add_bot", {}, {"not_host", "match_running"})
        await self.name_taken(code, new_name(), {"room_full", "match_running"})

    async def try_wrong(self, player, request, data, code, tag=None):
        """One refusal, which must leave the room as it was. There is no stale turn before the first."""
        if data.get("turn", ()) is None:
            return
        if self.seen[tag or code] < 25:
            self.seen[tag or code] += 1
            before = player.table.version
            await refused(self.checks, player.wire, request, data, code)
            unmoved = player.wire.pushes.empty() and player.table.version == before
            self.checks.check(unmoved, f"{request} {data} was refused with {code}, yet something was pushed")

    async def wrong_moves(self):
        """Everything that is wrong now, from every seat."""
        t = self.players[0].table
        for p in self.players:
            stale = [t.round, t.turn - 1] if t.turn else [t.round - 1, 1] if t.round > 1 else None
            mine = p.table.own == t.to_act
            if t.phase == "redealing":
                await self.redealing(p, stale)
            elif t.phase == "declaring":
                await self.try_wrong(p, "play", {"pieces": sorted(p.table.hand)[:1]}, "wrong_phase")
                await self.try_wrong(p, "redeal", {"accept": True}, "wrong_phase")
                await self.declaring(p, stale, mine)
            elif t.phase == "playing":
                await self.try_wrong(p, "redeal", {"accept": True}, "wrong_phase", "redeal while playing")
                await self.try_wrong(
                    p, "declare", {"piles": 1}, ("wrong_phase", "already_declared"), "declare while playing"
                )
                await self.playing(p, stale, mine)

    async def redealing(self, p, stale):
        """During a redeal: strong hands, those who answered, requests of other phases."""
        await self.try_wrong(p, "declare", {"piles": 1}, "wrong_phase", "declare while redealing")
        await self.try_wrong(p, "redeal", {"accept": True, "turn": stale}, "stale")
        if p.table.own not in p.table.asked:
            await self.try_wrong(p, "redeal", {"accept": True}, "not_weak")
        elif p.table.own in p.table.answered:
            await self.try_wrong(p, "redeal", {"accept": True}, "already_decided")

    async def declaring(self, p, stale, mine):
        """During the declaration: out of turn, twice, barred values."""
        t = p.table
        if t.declared[t.own] is not None:
            return await self.try_wrong(p, "declare", {"piles": 1}, "already_declared")
        if not mine:
            return await self.try_wrong(p, "declare", {"piles": 1}, "not_your_turn", "declare out of turn")
        await self.try_wrong(p, "declare", {"piles": 1, "turn": stale}, "stale", "stale declaration")
        await self.try_wrong(p, "declare", {"piles": 9}, "bad_declaration", "nine piles")
        await self.try_wrong(p, "declare", {"piles": 256}, "bad_message", "256 piles")
        before = [t.declared[s] for s in rules.order_from(t.starter) if t.declared[s] is not None]
        legal = rules.legal_declarations(before, t.streak[t.own])
        for piles in set(range(9)) - set(legal):
            tag = "zero_streak" if piles == 0 and t.streak[t.own] >= 2 else "bad_declaration"
            await self.try_wrong(p, "declare", {"piles": piles}, "bad_declaration", tag)

    async def playing(self, p, stale, mine):
        """During a turn: out of turn, foreign pieces, wrong number, no set."""
        t, hand = p.table, sorted(p.table.hand)
        size = len(t.plays[0][1]) if t.plays else 1
        if not mine:
            if len(hand) >= size:
                await self.try_wrong(p, "play", {"pieces": hand[:size]}, "not_your_turn")
            return
        await self.try_wrong(p, "play", {"pieces": hand[:size], "turn": stale}, "stale", "stale play")
        foreign = sorted(set(range(32)) - set(hand))[:size]
        await self.try_wrong(p, "play", {"pieces": foreign}, "not_in_hand")
        for bad in ([], list(range(7)), list(range(32))):
            await self.try_wrong(p, "play", {"pieces": bad}, "bad_count", f"{len(bad)} pieces")
        for bad in (hand[:1] * 2, [32], [255], [256], [-1]):
            await self.try_wrong(p, "play", {"pieces": bad}, "bad_message", f"pieces {len(bad)} {bad[-1] // 32}")
        if t.plays and len(hand) > size and size < 6:
            await self.try_wrong(p, "play", {"pieces": hand[: size + 1]}, "bad_count")
        if t.plays and size > 1:
            await self.try_wrong(p, "play", {"pieces": hand[: size - 1]}, "bad_count", "too few")
        for count in range(2, 7):
            if not t.plays and count <= len(hand) and rules.classify(hand[:count]) is None:
                await self.try_wrong(p, "play", {"pieces": hand[:count]}, "bad_set")

    async def right_move(self):
        """One seat makes its move: in a redeal the first that has not answered, else whose turn it is."""
        for p in self.players:
            due = p.due()
            if due:
                data = p.choose(due)
                if due == "declare" and self.seen["zero_streak"] < WANTED["zero_streak"]:
                    data = {"piles": 0 if self.zero_is_legal(p) else data["piles"]}
                return await p.wire.call(due, data)
        raise AssertionError(f"nobody is to act: {self.players[0].table.describe()}")

    @staticmethod
    def zero_is_legal(p):
        """Whether this seat may declare 0 now."""
        t = p.table
        before = [t.declared[s] for s in rules.order_from(t.starter) if t.declared[s] is not None]
        return 0 in rules.legal_declarations(before, t.streak[t.own])

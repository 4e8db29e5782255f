"""The rules of Liap Tui, read independently from docs/rules.md and the deal from docs/protocol.md.

Nothing here knows the server. Seats are 0..3, pieces are indices 0..31, hands and plays are collections of indices.
"""

import hashlib
from itertools import combinations, product

SEATS = 4
PILES = 8
MAX_REDEALS = 9
MAX_ROUNDS = 20
WINNING_SCORE = 50
WEAK_LIMIT = 9
RED_GENERAL = 0

GENERAL, ADVISOR, ELEPHANT, CHARIOT, HORSE, CANNON, SOLDIER = range(7)
COPIES = (1, 2, 2, 2, 2, 2, 5)
RED_POINTS = (14, 12, 10, 8, 6, 4, 2)
HIGH_STRAIGHT = (GENERAL, ADVISOR, ELEPHANT)
LOW_STRAIGHT = (CHARIOT, HORSE, CANNON)


def _pieces():
    """(colour, kind, points) of every index: red first, then black worth one less."""
    listed = []
    for colour in (0, 1):
        for kind, copies in enumerate(COPIES):
            listed += [(colour, kind, RED_POINTS[kind] - colour)] * copies
    return tuple(listed)


PIECES = _pieces()
POINTS = tuple(points for _, _, points in PIECES)
SOLDIER_SETS = {3: "three_of_a_kind", 4: "four_of_a_kind", 5: "five_of_a_kind"}
STRAIGHT_SETS = {3: "straight", 4: "extended_straight", 5: "extended_straight_of_five"}
EXTENDED = ("extended_straight", "extended_straight_of_five")
KINDS = ("single", "pair", *SOLDIER_SETS.values(), *STRAIGHT_SETS.values(), "double_straight")


def classify(pieces):
    """The set these pieces form, or None: the table of docs/rules.md, read by counting kinds."""
    if len({PIECES[p][0] for p in pieces}) != 1:
        return None
    size = len(pieces)
    counts = {}
    for piece in pieces:
        kind = PIECES[piece][1]
        counts[kind] = counts.get(kind, 0) + 1
    if size == 1:
        return "single"
    if len(counts) == 1:
        if size == 2:
            return "pair"
        return SOLDIER_SETS.get(size) if SOLDIER in counts else None
    kinds = tuple(sorted(counts))
    if kinds not in (HIGH_STRAIGHT, LOW_STRAIGHT):
        return None
    if size == 6:
        return "double_straight" if kinds == LOW_STRAIGHT and set(counts.values()) == {2} else None
    return STRAIGHT_SETS.get(size) if max(counts.values()) <= 2 else None


def strength(pieces, kind=None):
    """Points that decide a comparison; the plain sum when the pieces form no set."""
    if (kind or classify(pieces)) in EXTENDED:
        return sum({PIECES[p][1]: POINTS[p] for p in pieces}.values())
    return sum(POINTS[p] for p in pieces)


def _valid_sets():
    """Every valid set as {frozenset: name}, built by construction rather than by `classify`."""
    found = {}
    for colour in (0, 1):
        of = [[i for i in range(32) if PIECES[i][:2] == (colour, kind)] for kind in range(7)]
        for group in of:
            found.update({frozenset(c): "single" for c in combinations(group, 1)})
            found.update({frozenset(c): "pair" for c in combinations(group, 2)})
        for size, name in SOLDIER_SETS.items():
            found.update({frozenset(c): name for c in combinations(of[SOLDIER], size)})
        for straight in (HIGH_STRAIGHT, LOW_STRAIGHT):
            for sizes in product((1, 2), repeat=3):
                if sum(sizes) == 6 and straight == HIGH_STRAIGHT:
                    continue
                name = STRAIGHT_SETS.get(sum(sizes), "double_straight")
                choices = [combinations(of[kind], n) for kind, n in zip(straight, sizes)]
                for parts in product(*choices):
                    found[frozenset(p for part in parts for p in part)] = name
    return found


VALID_SETS = _valid_sets()


def legal_leads(hand):
    """Every set that may be led from this hand."""
    held = frozenset(hand)
    return [pieces for pieces in VALID_SETS if pieces <= held]


def order_from(seat):
    """Play order from a seat."""
    return [(seat + i) % SEATS for i in range(SEATS)]


def turn_winner(plays):
    """The winning seat of [(seat, pieces), ...] given in play order, the lead first."""
    lead = classify(plays[0][1])
    best, best_points = None, -1
    for seat, pieces in plays:
        if classify(pieces) == lead and strength(pieces, lead) > best_points:
            best, best_points = seat, strength(pieces, lead)
    return best


def legal_declarations(declared_before, zero_streak):
    """Values the next seat may declare, after `declared_before` (values in play order)."""
    values = set(range(PILES + 1))
    if len(declared_before) == SEATS - 1:
        values.discard(PILES - sum(declared_before))
    if zero_streak >= 2:
        values.discard(0)
    return sorted(values)


def round_points(declared, captured, multiplier):
    """What a round adds to a seat's score."""
    if declared == captured:
        points = 3 if declared == 0 else declared + 5
    else:
        points = -abs(declared - captured)
    return points * multiplier


def is_weak(hand):
    """Whether a hand is asked about a redeal."""
    return all(POINTS[p] <= WEAK_LIMIT for p in hand)


def redeal_starter(accepters, current):
    """The first accepter in play order from the current starter, or from seat 0."""
    return next(s for s in order_from(0 if current is None else current) if s in accepters)


def match_ends(scores, round_number):
    """Whether the match ends after the scoring of this round."""
    return max(scores) >= WINNING_SCORE or round_number >= MAX_ROUNDS


def winners(scores):
    """Seats with the highest score."""
    return [s for s, score in enumerate(scores) if score == max(scores)]


def ranks(scores):
    """Rank of each seat from 1; equal scores share a rank and the next is left out."""
    return [1 + sum(other > score for other in scores) for score in scores]


def seed_hash(seed):
    """The promise given at the start of a match, as hex."""
    return hashlib.sha256(b"liap seed v1" + seed).hexdigest()


def _deal_bytes(seed, round_number, redeal):
    block = 0
    while True:
        text = b"liap deal v1" + seed + bytes([round_number, redeal]) + block.to_bytes(4, "big")
        yield from hashlib.sha256(text).digest()
        block += 1


def deal(seed, round_number, redeal):
    """The four hands of a deal, by seat, in the order of the deck."""
    stream = _deal_bytes(seed, round_number, redeal)
    deck = list(range(32))
    for i in range(31, 0, -1):
        bound = 256 - 256 % (i + 1)
        byte = next(stream)
        while byte >= bound:
            byte = next(stream)
        j = byte % (i + 1)
        deck[i], deck[j] = deck[j], deck[i]
    return [deck[8 * seat : 8 * seat + 8] for seat in range(SEATS)]

"""Checks of liap_rules against the facts of docs/rules.md. Run with `python -m unittest`."""

import math
import random
import unittest
from collections import Counter
from itertools import combinations

import liap_rules as rules


class Pieces(unittest.TestCase):
    def test_there_are_32_pieces_worth_192_points(self):
        self.assertEqual(len(rules.PIECES), 32)
        self.assertEqual(sum(rules.POINTS), 192)

    def test_indices_go_from_the_red_general_to_the_last_black_soldier(self):
        self.assertEqual([rules.POINTS[i] for i in (0, 1, 2, 3, 5, 7, 9, 11, 15)], [14, 12, 12, 10, 8, 6, 4, 2, 2])
        self.assertEqual([rules.POINTS[i] for i in (16, 17, 19, 21, 23, 25, 27, 31)], [13, 11, 9, 7, 5, 3, 1, 1])


class Sets(unittest.TestCase):
    def test_all_subsets_hold_exactly_the_valid_sets_of_the_rules(self):
        counted, found = Counter(), {}
        for size in range(1, 7):
            for pieces in combinations(range(32), size):
                kind = rules.classify(pieces)
                if kind:
                    counted[size, kind] += 1
                    found[frozenset(pieces)] = kind
        self.assertEqual(
            counted,
            {
                (1, "single"): 32,
                (2, "pair"): 30,
                (3, "straight"): 24,
                (3, "three_of_a_kind"): 20,
                (4, "extended_straight"): 32,
                (4, "four_of_a_kind"): 10,
                (5, "extended_straight_of_five"): 14,
                (5, "five_of_a_kind"): 2,
                (6, "double_straight"): 2,
            },
        )
        self.assertEqual(found, rules.VALID_SETS, "construction and counting must agree")

    def test_an_extended_straight_is_worth_one_piece_of_each_kind(self):
        self.assertEqual(rules.strength([0, 1, 2, 3]), 14 + 12 + 10)
        self.assertEqual(rules.strength([5, 6, 7, 8, 9]), 8 + 6 + 4)
        self.assertEqual(rules.strength([5, 6, 7, 8, 9, 10]), 2 * (8 + 6 + 4))

    def test_pieces_that_form_no_set_are_worth_their_sum(self):
        self.assertIsNone(rules.classify([0, 31]))
        self.assertEqual(rules.strength([0, 31]), 15)

    def test_leads_are_the_sets_inside_the_hand(self):
        leads = rules.legal_leads([0, 1, 3, 11, 12, 13, 14, 31])
        self.assertEqual(len(leads), 8 + 6 + 4 + 1 + 1)


class Turns(unittest.TestCase):
    def test_only_the_kind_of_the_lead_can_win(self):
        self.assertEqual(rules.turn_winner([(2, [27, 28]), (3, [0, 16]), (0, [1, 17]), (1, [29, 30])]), 2)

    def test_the_stronger_play_of_that_kind_wins(self):
        self.assertEqual(rules.turn_winner([(1, [31]), (2, [15]), (3, [0]), (0, [16])]), 3)

    def test_of_equal_plays_the_earlier_wins(self):
        self.assertEqual(rules.turn_winner([(3, [4]), (0, [3]), (1, [19]), (2, [20])]), 3)


class Declarations(unittest.TestCase):
    def test_the_fourth_may_not_bring_the_total_to_eight(self):
        self.assertEqual(rules.legal_declarations([2, 2, 1], 0), [0, 1, 2, 4, 5, 6, 7, 8])
        self.assertEqual(rules.legal_declarations([2, 2], 0), list(range(9)))
        self.assertEqual(rules.legal_declarations([8, 8, 1], 0), list(range(9)))

    def test_a_third_zero_in_a_row_is_barred(self):
        self.assertEqual(rules.legal_declarations([], 1), list(range(9)))
        self.assertEqual(rules.legal_declarations([], 2), list(range(1, 9)))
        self.assertEqual(rules.legal_declarations([3, 2, 2], 2), list(range(2, 9)))


class Scoring(unittest.TestCase):
    def test_points_follow_the_table_times_the_multiplier(self):
        cases = {(0, 0, 1): 3, (0, 2, 1): -2, (3, 3, 1): 8, (3, 1, 2): -4, (1, 4, 3): -9, (8, 8, 10): 130}
        for arguments, points in cases.items():
            self.assertEqual(rules.round_points(*arguments), points, arguments)

    def test_the_match_ends_at_fifty_or_after_round_twenty(self):
        self.assertFalse(rules.match_ends([49, 0, 0, -3], 19))
        self.assertTrue(rules.match_ends([50, 0, 0, -3], 1))
        self.assertTrue(rules.match_ends([1, 0, 0, 0], 20))

    def test_equal_scores_share_the_win_and_the_rank(self):
        self.assertEqual(rules.winners([50, 12, 50, 60]), [3])
        self.assertEqual(rules.winners([50, 12, 50, 0]), [0, 2])
        self.assertEqual(rules.ranks([50, 12, 50, 0]), [1, 3, 1, 4])


class Deals(unittest.TestCase):
    def test_a_deal_gives_every_piece_to_one_seat(self):
        for redeal in range(10):
            hands = rules.deal(bytes(range(32)), 1, redeal)
            self.assertEqual([len(hand) for hand in hands], [8] * 4)
            self.assertEqual(sorted(p for hand in hands for p in hand), list(range(32)))

    def test_round_redeal_and_seed_all_matter(self):
        seed = bytes(32)
        variants = [(seed, 1, 0), (seed, 2, 0), (seed, 1, 1), (b"\1" + bytes(31), 1, 0)]
        self.assertEqual(len({str(rules.deal(*v)) for v in variants}), 4)

    def test_weak_hands_are_as_frequent_as_the_rules_say(self):
        weak = sum(1 for p in rules.POINTS if p <= 9)
        self.assertEqual(weak, 24)
        self.assertAlmostEqual(math.comb(24, 8) / math.comb(32, 8), 0.069923, 6)
        rng = random.Random(5)
        deals = [rules.deal(rng.randbytes(32), 1, 0) for _ in range(6000)]
        share = sum(any(map(rules.is_weak, hands)) for hands in deals) / len(deals)
        self.assertAlmostEqual(share, 0.27235, delta=0.03)

    def test_the_first_accepter_from_the_starter_starts(self):
        self.assertEqual(rules.redeal_starter({1, 3}, 2), 3)
        self.assertEqual(rules.redeal_starter({1, 3}, None), 1)
        self.assertEqual(rules.redeal_starter({1, 2}, 2), 2)


if __name__ == "__main__":
    unittest.main()

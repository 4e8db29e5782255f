//! Sets by name, and which of a hand's sets are worth a thought.

use components::{PerSeat, PieceSet, Seat, SetKind, Settings, Table};
use protocol::Pieces;
use rules::{beats, classify, is_red, kind_of, legal_leads, points_sum, strength, turn_winner};

use super::piece::set_of;

/// A valid set within a hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    /// Which pieces.
    pub(super) pieces: PieceSet,
    /// What kind of set they form.
    pub(super) kind: SetKind,
    /// How strong it is, by the rules' own points.
    pub(super) strength: u16,
}

/// A kind in words.
pub(super) const fn kind_name(kind: SetKind) -> &'static str {
    match kind {
        SetKind::Single => "single",
        SetKind::Pair => "pair",
        SetKind::ThreeOfAKind => "three of a kind",
        SetKind::Straight => "straight",
        SetKind::FourOfAKind => "four of a kind",
        SetKind::ExtendedStraight => "extended straight",
        SetKind::FiveOfAKind => "five of a kind",
        SetKind::ExtendedStraightOfFive => "extended straight of five",
        SetKind::DoubleStraight => "double straight",
    }
}

/// A play in words: kind and strength, such as `pair 20`.
pub(super) fn label(pieces: PieceSet) -> String {
    let settings = Settings::default();
    match classify(pieces) {
        Some(kind) => format!("{} {}", kind_name(kind), strength(pieces, kind, &settings)),
        None => format!("no set {}", points_sum(pieces, &settings)),
    }
}

/// What lies on the table, as the rules have it.
pub(super) fn table_of(leader: protocol::Seat, plays: [Option<Pieces>; 4]) -> Table {
    let plays: PerSeat<PieceSet> = plays.map(|play| set_of(play.unwrap_or_default()));
    let leader = Seat::ALL[leader.index()];
    Table { leader, kind: classify(plays[leader.index()]), plays }
}

/// Who would take the turn if nobody played on; `None` before the lead.
pub(super) fn ahead(table: &Table) -> Option<Seat> {
    (table.count() > 0).then(|| turn_winner(table, &Settings::default()))
}

/// The different sets a hand may lead, the largest and strongest first.
pub(super) fn leads(hand: PieceSet) -> Vec<Choice> {
    let settings = Settings::default();
    let mut choices: Vec<Choice> = Vec::new();
    for (pieces, kind) in legal_leads(hand) {
        // Copies of a piece are as good as each other.
        if choices.iter().all(|choice| look(choice.pieces) != look(pieces)) {
            choices.push(Choice { pieces, kind, strength: strength(pieces, kind, &settings) });
        }
    }
    choices.sort_by_key(|choice| std::cmp::Reverse((choice.pieces.len(), choice.strength)));
    choices
}

/// The different sets of a hand that beat what lies on the table, the strongest first.
pub(super) fn beating(hand: PieceSet, table: &Table) -> Vec<Choice> {
    let settings = Settings::default();
    let (Some(kind), Some(seat)) = (table.kind, ahead(table)) else { return Vec::new() };
    let best = table.plays[seat.index()];
    let mut choices = leads(hand);
    choices.retain(|choice| beats(choice.pieces, best, kind, &settings));
    choices
}

/// Colours and kinds of pieces: what tells sets apart.
fn look(pieces: PieceSet) -> Vec<(bool, rules::Kind)> {
    pieces.iter().map(|piece| (is_red(piece), kind_of(piece))).collect()
}

#[cfg(test)]
mod tests {
    use components::PieceSet;
    use protocol::{Pieces, Seat};

    use super::{ahead, beating, label, leads, table_of};

    fn set(indices: &[u8]) -> PieceSet {
        PieceSet(indices.iter().fold(0, |set, index| set | 1 << index))
    }

    #[test]
    fn a_play_is_told_by_kind_and_strength() {
        assert_eq!(label(set(&[3, 4])), "pair 20");
        assert_eq!(label(set(&[5, 7, 9, 10])), "extended straight 18");
        assert_eq!(label(set(&[0, 16])), "no set 27");
    }

    #[test]
    fn leads_are_listed_once_for_equal_copies_and_the_largest_first() {
        // Three red Soldiers and the black General.
        let found: Vec<String> =
            leads(set(&[11, 12, 13, 16])).iter().map(|choice| label(choice.pieces)).collect();
        assert_eq!(found, ["three of a kind 6", "pair 4", "single 13", "single 2"]);
    }

    #[test]
    fn only_stronger_sets_of_the_leads_kind_beat_it() {
        let plays = [None, None, Some(Pieces(0b11 << 21)), Some(Pieces(0b11 << 7))];
        let table = table_of(Seat::ALL[2], plays);
        // Black Chariots (14) lead; red Horses (12) follow.
        assert_eq!(ahead(&table).unwrap().index(), 2);
        let hand = set(&[3, 4, 5, 6, 9, 10, 11, 12]);
        let found: Vec<String> =
            beating(hand, &table).iter().map(|choice| label(choice.pieces)).collect();
        assert_eq!(found, ["pair 20", "pair 16"]);
    }

    #[test]
    fn nothing_is_ahead_before_the_lead() {
        let table = table_of(Seat::ALL[0], [None; 4]);
        assert_eq!(ahead(&table), None);
        assert_eq!(beating(set(&[0]), &table), []);
    }
}

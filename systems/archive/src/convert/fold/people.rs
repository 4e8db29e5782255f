//! Who is there, and for how long not.

use components::{Fact, LeaveReason, Seat};

use super::Fold;
use crate::rows::{PresenceRow, PresenceWord, Reason};

impl Fold<'_> {
    pub(super) fn came_or_went(&mut self, fact: &Fact) {
        let mut row = PresenceRow {
            at_ms: self.step.wall_ms,
            seat: None,
            what: PresenceWord::Host,
            reason: None,
            bot: None,
        };
        match fact {
            Fact::PlayerJoined { seat, bot, .. } => {
                (row.seat, row.what, row.bot) = (Some(*seat), PresenceWord::Joined, *bot);
            }
            Fact::PlayerLeft { seat, reason, bot } => {
                (row.seat, row.what, row.bot) = (Some(*seat), PresenceWord::Left, *bot);
                row.reason = Some(Reason::Left(*reason));
                self.left(*seat, *reason);
            }
            Fact::PlayerAway { seat } => {
                (row.seat, row.what) = (Some(*seat), PresenceWord::Away);
                self.away(*seat);
            }
            Fact::PlayerBack { seat } => {
                (row.seat, row.what) = (Some(*seat), PresenceWord::Back);
                self.back(*seat);
            }
            Fact::HostChanged { seat } => row.seat = Some(*seat),
            Fact::RoomPaused => {
                row.what = PresenceWord::Paused;
                self.paused = true;
            }
            Fact::RoomResumed => {
                row.what = PresenceWord::Resumed;
                self.paused = false;
            }
            Fact::RoomClosed { reason } => {
                row.what = PresenceWord::Closed;
                row.reason = Some(Reason::Closed(*reason));
            }
            _ => return,
        }
        self.presence.push(row);
    }

    /// Who gives a seat up while the match runs has left it; a bot plays on.
    fn left(&mut self, seat: Seat, reason: LeaveReason) {
        self.back(seat);
        let row = &mut self.seats[seat.index()];
        if reason == LeaveReason::Left && row.key.is_some() && self.end.is_none() {
            row.left_ms.get_or_insert(self.step.wall_ms);
        }
    }

    fn away(&mut self, seat: Seat) {
        let since = &mut self.away_since[seat.index()];
        if since.is_none() {
            *since = Some(self.clock_ms);
            self.seats[seat.index()].away_count += 1;
        }
    }

    /// Whoever was away is not any more: back, gone, or the match is over.
    pub(super) fn back(&mut self, seat: Seat) {
        if let Some(since) = self.away_since[seat.index()].take() {
            self.seats[seat.index()].away_ms += self.clock_ms - since;
        }
    }
}

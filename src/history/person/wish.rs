//! What a person wants next.

use client::TableView;
use protocol::{
    AddBot, BotLevel, CreateRoom, JoinRoom, Pace, Phase, RemovePlayer, Request, Resync, Seat,
    UnwatchRoom, WatchRoom,
};

use super::Person;
use super::decision::decision;
use crate::history::chance::Chance;

impl Person {
    /// What to ask now; `None` if there is nothing to. `codes` are the rooms there are.
    pub(in crate::history) fn wish(
        &self,
        codes: &[String],
        chance: &mut Chance,
    ) -> Option<Request> {
        if let Some((room, seat)) = &self.seat {
            return self.seated(self.tables.get(room)?, *seat, chance);
        }
        if let Some(room) = self.watching.clone().filter(|_| chance.percent(5)) {
            return Some(Request::UnwatchRoom(UnwatchRoom { room }));
        }
        match chance.below(20) {
            0..7 => Some(create(chance)),
            7..14 => {
                let seat = chance.percent(20).then(|| Seat::ALL[chance.below(4) as usize]);
                let room = chance.pick(codes)?.clone();
                Some(Request::JoinRoom(JoinRoom { room, seat }))
            }
            14..17 => {
                let room = chance.pick(codes)?.clone();
                Some(Request::WatchRoom(WatchRoom { room }))
            }
            17 => Some(Request::ListRooms(Default::default())),
            18 => Some(Request::WatchLobby),
            _ => None,
        }
    }

    /// What must be asked for a running match to go on.
    pub(in crate::history) fn duty(&self, chance: &mut Chance) -> Option<Request> {
        let (room, _) = self.seat.as_ref()?;
        decision(self.tables.get(room)?, chance)
    }

    fn seated(&self, table: &TableView, seat: Seat, chance: &mut Chance) -> Option<Request> {
        let is_host = table.state().host == Some(seat);
        let is_full = table.state().seats.iter().all(Option::is_some);
        if chance.percent(3) {
            return Some(Request::LeaveRoom);
        }
        if chance.percent(3) {
            return Some(Request::Resync(Resync::default()));
        }
        match table.phase() {
            Phase::Open | Phase::Finished { .. } if is_host && !is_full => (chance.percent(70))
                .then_some(Request::AddBot(AddBot { seat: None, level: level(chance) })),
            Phase::Open | Phase::Finished { .. } if is_host && chance.percent(5) => {
                let seat = Seat::ALL[chance.below(4) as usize];
                Some(Request::RemovePlayer(RemovePlayer { seat }))
            }
            Phase::Open if is_host => Some(Request::StartMatch),
            Phase::Finished { .. } if is_host => chance.percent(30).then_some(Request::Rematch),
            _ => decision(table, chance),
        }
    }
}

fn create(chance: &mut Chance) -> Request {
    let pace = Some(if chance.percent(50) { Pace::Instant } else { Pace::Fast });
    let (bots, private) = (chance.below(4) as u8, chance.percent(20));
    Request::CreateRoom(CreateRoom { pace, private, bots, bot_level: level(chance) })
}

/// The simple bots: the others take their time, and that is not what is looked for here.
fn level(chance: &mut Chance) -> Option<BotLevel> {
    Some(if chance.percent(95) { BotLevel::Simple } else { BotLevel::Standard })
}

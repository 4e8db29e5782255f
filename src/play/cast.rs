//! Who is called what.

use protocol::{Event, Seat, Snapshot, bot_name};

use super::style::clean;

/// The names at a table, as its player reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cast {
    names: [Option<String>; 4],
    own: Option<Seat>,
}

impl Cast {
    /// Those in a room now.
    pub(super) fn of(room: &Snapshot<'_>) -> Self {
        let names = room.seats.each_ref().map(|seat| seat.as_ref().map(|seat| clean(&seat.name)));
        Self { names, own: room.seat }
    }

    /// Learns who comes and goes.
    pub(super) fn learn(&mut self, event: &Event<'_>) {
        match event {
            Event::PlayerJoined { seat, name, .. } => {
                self.names[seat.index()] = Some(clean(name));
            }
            Event::PlayerLeft { seat, bot, .. } => {
                self.names[seat.index()] = bot.map(|_| bot_name(*seat).to_owned());
            }
            _ => {}
        }
    }

    /// Whether the seat is the reader's.
    pub(super) fn is_own(&self, seat: Seat) -> bool {
        self.own == Some(seat)
    }

    /// Who sits there: `You`, a name, or `Seat 2` where nobody does.
    pub(super) fn who(&self, seat: Seat) -> String {
        if self.is_own(seat) { "You".to_owned() } else { self.name(seat) }
    }

    /// The same without `You`.
    pub(super) fn name(&self, seat: Seat) -> String {
        let name = self.names[seat.index()].clone();
        name.unwrap_or_else(|| format!("Seat {}", seat.number()))
    }

    /// A sentence's beginning: `You play` or `Ada plays`.
    pub(super) fn does(&self, seat: Seat, own: &str, others: &str) -> String {
        format!("{} {}", self.who(seat), if self.is_own(seat) { own } else { others })
    }

    /// Several of them: `You, Ada, Bot 3`.
    pub(super) fn list(&self, seats: impl Iterator<Item = Seat>) -> String {
        seats.map(|seat| self.who(seat)).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use protocol::{BotLevel, Event, LeaveReason, Seat};

    use super::super::sample;
    use super::Cast;

    #[test]
    fn the_reader_is_you_and_the_others_have_names() {
        let cast = Cast::of(&sample::playing());
        assert_eq!(cast.does(Seat::ALL[0], "play", "plays"), "You play");
        assert_eq!(cast.does(Seat::ALL[1], "play", "plays"), "Zoë plays");
        assert_eq!(cast.list(Seat::ALL.into_iter()), "You, Zoë, Bot 3, Max");
    }

    #[test]
    fn names_come_and_go() {
        let mut cast = Cast::of(&sample::open(2));
        let [_, _, seat, _] = Seat::ALL;
        assert_eq!(cast.who(seat), "Seat 2");
        cast.learn(&Event::PlayerJoined { seat, name: "Eve\x07".into(), bot: None });
        assert_eq!(cast.who(seat), "Eve?");
        let bot = Some(BotLevel::Simple);
        cast.learn(&Event::PlayerLeft { seat, reason: LeaveReason::Left, bot });
        assert_eq!(cast.who(seat), "Bot 3");
    }
}

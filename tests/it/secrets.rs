//! No frame carries a hand that is not its seat's, nor a seed before its time.

use components::{Audience, Frame, PerSeat, PieceSet, Player, Settings, TickBatch, ViewEvent};

use crate::support::{Memory, Table, session};

#[test]
fn hands_go_to_their_seats_alone() {
    let mut table = Table::new(&Settings::default(), Memory::Kept, None);
    table
        .run("open 1 ann fast 1, join 1 bob, join 1 cat, start 1 ann, settle, watch 1 eve, settle");
    let (mut told, mut hands) = (0, [PieceSet::EMPTY; 4]);
    for _ in 0..60 {
        table.run("look 1 ann, look 1 bob, watch 1 eve, settle");
        for batch in std::mem::take(&mut table.batches) {
            told += check_batch(&batch, &mut hands);
        }
        table.run("wait 100");
    }
    assert!(told > 20, "only {told} hands were told");
}

/// Hands in what was told belong to whom it was told; returns how many there were.
fn check_batch(batch: &TickBatch, hands: &mut PerSeat<PieceSet>) -> usize {
    let mut told = 0;
    for commit in &batch.durable.commits {
        let hand = |player: &Player| player.tally.hand;
        *hands = commit
            .state
            .players
            .each_ref()
            .map(|player| player.as_ref().map(hand).unwrap_or_default());
    }
    for frame in &batch.release.frames {
        match frame {
            Frame::Update { to, events, .. } => {
                let events = &batch.release.events[events.start as usize..events.end as usize];
                for event in events {
                    if let ViewEvent::Dealt { hand: Some(hand), .. } = event {
                        let Audience::Seat(seat) = to else { panic!("a hand told to {to:?}") };
                        assert_eq!(*hand, hands[seat.index()]);
                        told += 1;
                    }
                }
            }
            Frame::Snapshot { session: asker, view } => {
                let seat = view.viewer;
                assert_eq!(seat.is_none(), *asker == session("eve"));
                assert_eq!(view.hand, seat.map(|seat| hands[seat.index()]));
                told += usize::from(seat.is_some());
            }
            _ => {}
        }
    }
    told
}

//! Any value there can be.

use std::sync::Arc;

use components::{
    Act, Action, BotLevel, By, Cause, Charter, Clocks, CloseReason, Control, Decider, Decision,
    EndReason, Epoch, Event, Fact, Guest, Human, LeaveReason, Match, MatchEnd, MatchId, MatchStart,
    Name, Opening, Pace, PaceSettings, Phase, PieceSet, Player, PlayerId, Presence, Recent,
    RequestId, RoomCode, RoomSettings, RoomState, Round, Seat, SeatSet, SessionId, SetKind,
    Settings, StarterReason, Table, Tally, TurnMark, Version,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::codec::Step;
use crate::codec::code::Coded;

/// Numbers of every length.
pub(super) fn number() -> impl Strategy<Value = u64> {
    (any::<u64>(), 0..64_u32).prop_map(|(number, shift)| number >> shift)
}

fn short() -> impl Strategy<Value = u32> {
    number().prop_map(|number| (number >> 32) as u32)
}

fn coded<T: Coded + Clone + std::fmt::Debug + 'static>() -> impl Strategy<Value = T> {
    select((0..=u8::MAX).map_while(T::of).collect::<Vec<_>>())
}

fn seat() -> impl Strategy<Value = Seat> {
    select(&Seat::ALL[..])
}

fn seats() -> impl Strategy<Value = SeatSet> {
    (0..16_u8).prop_map(SeatSet)
}

fn pieces() -> impl Strategy<Value = PieceSet> {
    vec(0..32_u32, 0..9).prop_map(|set| PieceSet(set.iter().fold(0, |mask, n| mask | 1 << n)))
}

fn name() -> impl Strategy<Value = Name> {
    vec(any::<char>(), 1..=50).prop_map(|name| name.into_iter().collect())
}

fn guest() -> impl Strategy<Value = Guest> {
    (name(), any::<u64>(), any::<u64>(), short()).prop_map(|(name, player, session, epoch)| Guest {
        name,
        player: PlayerId(player),
        session: SessionId(session),
        epoch: Epoch(epoch),
    })
}

fn charter() -> impl Strategy<Value = Charter> {
    (any::<[u8; 6]>(), coded::<Pace>(), any::<[bool; 2]>(), any::<[u8; 32]>()).prop_map(
        |(code, pace, [private, endless], secret)| Charter {
            code: RoomCode(code),
            pace,
            private,
            endless,
            secret,
        },
    )
}

fn tally() -> impl Strategy<Value = Tally> {
    (pieces(), any::<Option<u8>>(), any::<[u8; 3]>(), any::<i16>(), any::<u16>()).prop_map(
        |(hand, declared, [captured, zero_streak, perfect_rounds], score, turns_won)| Tally {
            hand,
            declared,
            captured,
            zero_streak,
            score,
            turns_won,
            perfect_rounds,
        },
    )
}

/// What was accepted up to this version.
fn recent(now: u64) -> impl Strategy<Value = Recent> {
    vec((any::<u32>(), short()), 0..6).prop_map(move |accepted| {
        let mut recent = Recent::default();
        for (request, age) in accepted {
            recent.push(RequestId(request), Version(now.saturating_sub(age.into())));
        }
        recent
    })
}

fn control(now: u64) -> impl Strategy<Value = Control> {
    let human =
        (guest(), coded::<Presence>(), recent(now)).prop_map(|(guest, presence, recent)| {
            let Guest { name, player, session, epoch } = guest;
            Control::Human(Human { name, player, session, epoch, presence, recent })
        });
    prop_oneof![human, coded::<BotLevel>().prop_map(Control::Bot)]
}

fn player(now: u64) -> impl Strategy<Value = Player> {
    (control(now), tally()).prop_map(|(control, tally)| Player { control, tally })
}

fn game() -> impl Strategy<Value = Match> {
    (any::<[u8; 16]>(), any::<u32>(), any::<[u8; 32]>()).prop_map(|(id, number, seed)| Match {
        id: MatchId(id),
        number,
        seed,
    })
}

fn round() -> impl Strategy<Value = Round> {
    (any::<[u8; 4]>(), option::of(seat()), coded::<StarterReason>(), option::of(seat())).prop_map(
        |([number, redeals, multiplier, turn], starter, reason, last_winner)| Round {
            number,
            redeals,
            multiplier,
            starter,
            reason,
            turn,
            last_winner,
        },
    )
}

fn table() -> impl Strategy<Value = Table> {
    (seat(), option::of(coded::<SetKind>()), [pieces(), pieces(), pieces(), pieces()])
        .prop_map(|(leader, kind, plays)| Table { leader, kind, plays })
}

fn phase() -> impl Strategy<Value = Phase> {
    prop_oneof![
        select(&[Phase::Vacant, Phase::Open, Phase::Dealt, Phase::Starting, Phase::Closed][..]),
        (seats(), seats(), seats(), any::<bool>()).prop_map(
            |(asked, accepted, declined, warned)| Phase::Redealing {
                asked,
                accepted,
                declined,
                warned
            }
        ),
        seat().prop_map(|seat| Phase::Declaring { seat }),
        (seat(), table()).prop_map(|(seat, table)| Phase::Playing { seat, table }),
        table().prop_map(|table| Phase::Staying { table }),
        (seat(), table()).prop_map(|(winner, table)| Phase::TurnWon { table, winner }),
        any::<[i16; 4]>().prop_map(|points| Phase::Scored { points }),
        seats().prop_map(|winners| Phase::Finished { winners }),
    ]
}

fn clocks() -> impl Strategy<Value = Clocks> {
    let clock = || option::of(short());
    (clock(), clock(), clock(), [clock(), clock(), clock(), clock()])
        .prop_map(|(phase, bot, empty, grace)| Clocks { phase, bot, empty, grace })
}

pub(super) fn room_state() -> impl Strategy<Value = RoomState> {
    let rest = (
        option::of(charter()),
        option::of(seat()),
        game(),
        round(),
        phase(),
        clocks(),
        any::<bool>(),
    );
    let players = number().prop_flat_map(|now| {
        let player = || option::of(player(now));
        (Just(Version(now)), [player(), player(), player(), player()])
    });
    (rest, players).prop_map(
        |((charter, host, game, round, phase, clocks, paused), (version, players))| RoomState {
            charter,
            version,
            host,
            game,
            round,
            phase,
            clocks,
            paused,
            players,
        },
    )
}

fn cause() -> impl Strategy<Value = Cause> {
    prop_oneof![
        (0..3_u64, short())
            .prop_map(|(session, id)| Cause::Client(SessionId(session), RequestId(id))),
        (0..3_u64).prop_map(|session| Cause::Connection(SessionId(session))),
        seat().prop_map(Cause::Bot),
        Just(Cause::Timer),
        Just(Cause::Server),
    ]
}

fn decision() -> impl Strategy<Value = Decision> {
    prop_oneof![
        any::<bool>().prop_map(Decision::Redeal),
        any::<u8>().prop_map(Decision::Declare),
        pieces().prop_map(Decision::Play),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let opening = (charter(), option::of(guest()), vec(coded::<BotLevel>(), 0..5))
        .prop_map(|(charter, guest, bots)| Opening { charter, guest, bots });
    let turn = any::<Option<(u8, u8)>>()
        .prop_map(|mark| mark.map(|(round, turn)| TurnMark { round, turn }));
    prop_oneof![
        opening.prop_map(|opening| Act::Open(Box::new(opening))),
        (guest(), option::of(seat())).prop_map(|(guest, seat)| Act::Join(guest, seat)),
        (option::of(seat()), coded::<BotLevel>())
            .prop_map(|(seat, level)| Act::AddBot(seat, level)),
        seat().prop_map(Act::Remove),
        seat().prop_map(Act::GraceOver),
        any::<u64>().prop_map(|wall_ms| Act::Start { wall_ms }),
        any::<u64>().prop_map(|wall_ms| Act::Rematch { wall_ms }),
        (decision(), turn, coded::<Decider>()).prop_map(|(decision, turn, decider)| Act::Decide {
            decision,
            turn,
            decider
        }),
        short().prop_map(|epoch| Act::Connected(Epoch(epoch))),
        short().prop_map(|epoch| Act::Disconnected(Epoch(epoch))),
        select(vec![
            Act::Leave,
            Act::PhaseOver,
            Act::EmptyOver,
            Act::Close,
            Act::Pause,
            Act::Resume
        ]),
    ]
}

fn match_end() -> impl Strategy<Value = MatchEnd> {
    let counts = (any::<u8>(), any::<[i16; 4]>(), any::<[u8; 4]>(), any::<[u16; 4]>());
    (game(), coded::<EndReason>(), seats(), counts, any::<[u8; 4]>()).prop_map(
        |(game, reason, winners, (rounds, scores, ranks, turns_won), perfect_rounds)| MatchEnd {
            id: game.id,
            reason,
            rounds,
            winners,
            scores,
            ranks,
            turns_won,
            perfect_rounds,
            seed: game.seed,
        },
    )
}

/// Facts about who is there.
fn fact_of_seats() -> impl Strategy<Value = Fact> {
    let bot = || option::of(coded::<BotLevel>());
    prop_oneof![
        (seat(), option::of(name()), bot()).prop_map(|(seat, name, bot)| Fact::PlayerJoined {
            seat,
            name,
            bot
        }),
        (seat(), coded::<LeaveReason>(), bot()).prop_map(|(seat, reason, bot)| Fact::PlayerLeft {
            seat,
            reason,
            bot
        }),
        seat().prop_map(|seat| Fact::PlayerAway { seat }),
        seat().prop_map(|seat| Fact::PlayerBack { seat }),
        seat().prop_map(|seat| Fact::HostChanged { seat }),
        Just(Fact::RoomPaused),
        Just(Fact::RoomResumed),
        coded::<CloseReason>().prop_map(|reason| Fact::RoomClosed { reason }),
    ]
}

/// Facts about what is decided.
fn fact_of_decisions() -> impl Strategy<Value = Fact> {
    let next = || option::of(seat());
    let played = (seat(), pieces(), option::of(coded::<SetKind>()), any::<u16>(), next());
    prop_oneof![
        (seat(), any::<bool>(), coded::<Decider>())
            .prop_map(|(seat, accept, decider)| Fact::RedealDecided { seat, accept, decider }),
        (seat(), any::<u8>(), next(), coded::<Decider>())
            .prop_map(|(seat, piles, next, decider)| Fact::Declared { seat, piles, next, decider }),
        (played, coded::<Decider>()).prop_map(|((seat, pieces, kind, points, next), decider)| {
            Fact::Played { seat, pieces, kind, points, next, decider }
        }),
    ]
}

/// Facts about how the match goes on.
fn fact_of_course() -> impl Strategy<Value = Fact> {
    prop_oneof![
        seats().prop_map(|seats| Fact::RedealOffered { seats }),
        any::<u32>().prop_map(|ms_left| Fact::RedealWarned { ms_left }),
        (any::<u8>(), seat(), coded::<StarterReason>(), any::<u8>()).prop_map(
            |(round, starter, reason, multiplier)| Fact::RoundStarted {
                round,
                starter,
                reason,
                multiplier
            }
        ),
        seat().prop_map(|seat| Fact::DeclareStarted { seat }),
        (any::<u8>(), seat()).prop_map(|(turn, seat)| Fact::TurnStarted { turn, seat }),
        (any::<u8>(), seat(), any::<u8>()).prop_map(|(turn, seat, piles)| Fact::TurnWon {
            turn,
            seat,
            piles
        }),
        (any::<[u8; 2]>(), any::<[[u8; 4]; 2]>(), any::<[[i16; 4]; 2]>()).prop_map(
            |([round, multiplier], [declared, captured], [points, scores])| Fact::RoundScored {
                round,
                multiplier,
                declared,
                captured,
                points,
                scores
            }
        ),
        match_end().prop_map(|end| Fact::MatchOver(Arc::new(end))),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        1 => game().prop_map(|Match { id, number, seed }| {
            Event::MatchStarted(Arc::new(MatchStart { id, number, seed }))
        }),
        1 => any::<[u8; 3]>().prop_map(|[round, redeal, multiplier]| Event::Dealt {
            round,
            redeal,
            multiplier
        }),
        4 => fact_of_seats().prop_map(Event::Public),
        4 => fact_of_decisions().prop_map(Event::Public),
        4 => fact_of_course().prop_map(Event::Public),
    ]
}

/// A step of anything; or of a decision and events that tell it, or something like it.
pub(super) fn step() -> impl Strategy<Value = Step> {
    let by = prop_oneof![
        (0..3_u64).prop_map(|session| By::Session(SessionId(session))),
        seat().prop_map(By::Seat),
        Just(By::Nobody),
    ];
    let told = option::of((fact_of_decisions(), option::weighted(0.2, coded::<Decider>())));
    (cause(), by, act(), told, vec(event(), 0..8)).prop_map(|(cause, by, act, told, mut events)| {
        let mut act = act;
        if let Some((fact, other)) = told {
            let (decision, decider) = match &fact {
                Fact::RedealDecided { accept, decider, .. } => {
                    (Decision::Redeal(*accept), *decider)
                }
                Fact::Declared { piles, decider, .. } => (Decision::Declare(*piles), *decider),
                Fact::Played { pieces, decider, .. } => (Decision::Play(*pieces), *decider),
                other => unreachable!("{other:?} is no decision"),
            };
            act = Act::Decide { decision, turn: None, decider: other.unwrap_or(decider) };
            events.insert(0, Event::Public(fact));
        }
        Step { cause, action: Action { by, act }, events }
    })
}

fn pace() -> impl Strategy<Value = PaceSettings> {
    (any::<[u32; 11]>(), any::<[Option<u32>; 2]>()).prop_map(|(numbers, [declare_ms, play_ms])| {
        let [deal_ms, redealt_ms, start_ms, redeal_ms, stay_ms, turn_ms, score_ms, ..] = numbers;
        let [.., think_ms_min, think_ms_max, credits_max, credits_per_second] = numbers;
        PaceSettings {
            deal_ms,
            redealt_ms,
            start_ms,
            redeal_ms,
            declare_ms,
            play_ms,
            stay_ms,
            turn_ms,
            score_ms,
            think_ms_min,
            think_ms_max,
            credits_max,
            credits_per_second,
        }
    })
}

fn rooms() -> impl Strategy<Value = RoomSettings> {
    (any::<[u32; 10]>(), any::<bool>()).prop_map(|(numbers, abandoned_finish)| {
        let [grace_match_ms, grace_lobby_ms, open_empty_ms, match_empty_ms, recovery_grace_ms, ..] =
            numbers;
        let [
            ..,
            finished_ms,
            endless_rest_ms,
            room_credits_max,
            room_credits_per_second,
            queued_max,
        ] = numbers;
        RoomSettings {
            grace_match_ms,
            grace_lobby_ms,
            open_empty_ms,
            match_empty_ms,
            abandoned_finish,
            recovery_grace_ms,
            finished_ms,
            endless_rest_ms,
            room_credits_max,
            room_credits_per_second,
            queued_max,
        }
    })
}

pub(super) fn settings() -> impl Strategy<Value = Settings> {
    let points = any::<[[u8; 7]; 2]>();
    let small = (any::<[u8; 4]>(), any::<[i16; 3]>(), any::<u32>());
    let paces = [pace(), pace(), pace(), pace()];
    (points, small, paces, coded::<BotLevel>(), rooms()).prop_map(
        |(
            [red_points, black_points],
            (small, scores, redeal_warning_ms),
            paces,
            substitute,
            rooms,
        )| {
            let [weak_points_max, redeals_max, rounds_max, zero_streak_max] = small;
            let [score_target, zero_bonus, exact_bonus] = scores;
            Settings {
                red_points,
                black_points,
                weak_points_max,
                redeals_max,
                score_target,
                rounds_max,
                zero_bonus,
                exact_bonus,
                zero_streak_max,
                redeal_warning_ms,
                paces,
                substitute,
                rooms,
            }
        },
    )
}

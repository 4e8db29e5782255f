//! A room between its two shapes: components in the world, one plain value for rules and commits.

use bevy_ecs::prelude::*;
use bevy_ecs::query::QueryData;
use bevy_ecs::system::{SystemParam, SystemState};
use components::{
    Charter, Clocks, Control, Credits, Deadlines, Match, Moment, Phase, Player, RoomId, RoomState,
    Roster, Round, Seat, Tally, TickClock, Version,
};

use crate::index::RoomEntry;
use crate::sickbay::Sickbay;
use crate::{RoomIndex, Timers};

/// Since when a paused room stands still; never, in one that goes on. Its deadlines are to be read
/// as of then, all but the empty room's, for which time goes on.
#[derive(Component, Debug, Default, Clone, Copy)]
pub(crate) struct Standstill(Moment);

impl Standstill {
    fn new(paused: bool, now_ms: u64) -> Self {
        Self(Moment::after(now_ms, paused.then_some(0)))
    }
}

/// What a room entity is made of, in the game. Beside it: its id, and its credits.
#[derive(QueryData)]
#[query_data(mutable)]
pub(crate) struct RoomParts {
    pub(crate) charter: &'static mut Charter,
    pub(crate) version: &'static mut Version,
    pub(crate) roster: &'static mut Roster,
    pub(crate) game: &'static mut Match,
    pub(crate) round: &'static mut Round,
    pub(crate) phase: &'static mut Phase,
    pub(crate) deadlines: &'static mut Deadlines,
    pub(crate) standstill: &'static mut Standstill,
}

/// What a player entity is made of, in the game. Beside it: its seat, and its credits.
#[derive(QueryData)]
#[query_data(mutable)]
pub(crate) struct PlayerParts {
    pub(crate) control: &'static mut Control,
    pub(crate) tally: &'static mut Tally,
}

type RoomRead<'w, 's> = Query<'w, 's, RoomPartsReadOnly>;
type PlayerRead<'w, 's> = Query<'w, 's, PlayerPartsReadOnly>;

/// Every room, to read as a value.
#[derive(SystemParam)]
pub(crate) struct Rooms<'w, 's> {
    clock: Res<'w, TickClock>,
    rooms: RoomRead<'w, 's>,
    players: PlayerRead<'w, 's>,
}

impl Rooms<'_, '_> {
    /// The room as a value.
    pub(crate) fn gather(&self, room: Entity) -> Result<RoomState> {
        let mut state = RoomState::VACANT;
        gather_into(self.clock.now_ms, &self.rooms, &self.players, room, &mut state)?;
        Ok(state)
    }
}

/// Every room, to change: for Resolve alone.
#[derive(SystemParam)]
pub(crate) struct RoomsMut<'w, 's> {
    clock: Res<'w, TickClock>,
    rooms: Query<'w, 's, RoomParts>,
    players: Query<'w, 's, PlayerParts>,
    commands: Commands<'w, 's>,
}

impl RoomsMut<'_, '_> {
    /// The room as a value.
    pub(crate) fn gather(&self, room: Entity) -> Result<RoomState> {
        let mut state = RoomState::VACANT;
        self.gather_into(room, &mut state)?;
        Ok(state)
    }

    /// The room as a value, in place of [`RoomState::VACANT`].
    pub(crate) fn gather_into(&self, room: Entity, state: &mut RoomState) -> Result {
        let (rooms, players) = (self.rooms.as_readonly(), self.players.as_readonly());
        gather_into(self.clock.now_ms, &rooms, &players, room, state)
    }

    /// Makes a room's components say what `state` says.
    pub(crate) fn assign(&mut self, room: Entity, state: &RoomState) -> Result {
        let mut parts = self.rooms.get_mut(room)?;
        for seat in Seat::ALL {
            let place = &mut parts.roster.players[seat.index()];
            match (&state.players[seat.index()], *place) {
                (Some(player), Some(entity)) => {
                    let mut seated = self.players.get_mut(entity)?;
                    *seated.tally = player.tally;
                    if *seated.control != player.control {
                        *seated.control = player.control.clone();
                    }
                }
                (Some(player), None) => {
                    *place = Some(self.commands.spawn(player_bundle(seat, player)).id());
                }
                (None, Some(entity)) => {
                    self.commands.entity(entity).despawn();
                    *place = None;
                }
                (None, None) => {}
            }
        }
        parts.roster.host = state.host;
        *parts.version = state.version;
        if *parts.game != state.game {
            *parts.game = state.game;
        }
        *parts.round = state.round;
        *parts.phase = state.phase;
        // Both anew at once, also while it stands still: the time left is as of now.
        *parts.deadlines = deadlines(&state.clocks, self.clock.now_ms);
        *parts.standstill = Standstill::new(state.paused, self.clock.now_ms);
        Ok(())
    }

    /// Spawns the entities of a room that was not there.
    pub(crate) fn spawn(&mut self, room: RoomId, charter: Charter, state: &RoomState) -> Entity {
        let mut roster = Roster { host: state.host, ..Default::default() };
        for seat in Seat::ALL {
            if let Some(player) = &state.players[seat.index()] {
                let entity = self.commands.spawn(player_bundle(seat, player)).id();
                roster.players[seat.index()] = Some(entity);
            }
        }
        self.commands.spawn(room_bundle(room, charter, roster, state, self.clock.now_ms)).id()
    }
}

/// Writes a room into `state`, which must be [`RoomState::VACANT`]: in place, since a room is
/// large enough for its copies to show.
fn gather_into(
    now_ms: u64,
    rooms: &Query<'_, '_, RoomPartsReadOnly>,
    players: &Query<'_, '_, PlayerPartsReadOnly>,
    room: Entity,
    state: &mut RoomState,
) -> Result {
    let parts = rooms.get(room)?;
    state.charter = Some(*parts.charter);
    state.version = *parts.version;
    state.host = parts.roster.host;
    state.game = *parts.game;
    state.round = *parts.round;
    state.phase = *parts.phase;
    let stands_since = parts.standstill.0.at_ms();
    state.paused = stands_since.is_some();
    state.clocks = clocks(parts.deadlines, now_ms, stands_since);
    for (player, entity) in state.players.iter_mut().zip(parts.roster.players) {
        if let Some(entity) = entity {
            let PlayerPartsReadOnlyItem { control, tally } = players.get(entity)?;
            *player = Some(Player { control: control.clone(), tally: *tally });
        }
    }
    Ok(())
}

fn room_bundle(
    room: RoomId,
    charter: Charter,
    roster: Roster,
    state: &RoomState,
    now_ms: u64,
) -> impl Bundle {
    let deadlines = deadlines(&state.clocks, now_ms);
    let standstill = Standstill::new(state.paused, now_ms);
    let game = (state.game, state.round, state.phase, deadlines, standstill);
    (room, charter, roster, state.version, game, Credits::default())
}

fn player_bundle(seat: Seat, player: &Player) -> impl Bundle + use<> {
    (seat, player.control.clone(), player.tally, Credits::default())
}

/// Time left as moments.
fn deadlines(clocks: &Clocks, now_ms: u64) -> Deadlines {
    let at = |left: Option<u32>| Moment::after(now_ms, left);
    Deadlines {
        phase: at(clocks.phase),
        bot: at(clocks.bot),
        empty: at(clocks.empty),
        grace: clocks.grace.map(at),
    }
}

/// Moments as time left: 0 once they are past.
fn clocks(deadlines: &Deadlines, now_ms: u64, stands_since: Option<u64>) -> Clocks {
    let left = |at: Moment, as_of_ms: u64| {
        let left_ms = at.at_ms()?.saturating_sub(as_of_ms);
        Some(left_ms as u32)
    };
    let as_of_ms = stands_since.unwrap_or(now_ms);
    Clocks {
        phase: left(deadlines.phase, as_of_ms),
        bot: left(deadlines.bot, as_of_ms),
        empty: left(deadlines.empty, now_ms),
        grace: deadlines.grace.map(|at| left(at, as_of_ms)),
    }
}

/// The first of a room's moments; while it stands still, only that of the empty room comes.
pub(crate) fn first_deadline(deadlines: &Deadlines, standstill: &Standstill) -> Option<u64> {
    let Deadlines { phase, bot, empty, grace } = *deadlines;
    if standstill.0 != Moment::NEVER {
        return empty.at_ms();
    }
    [phase, bot, empty].into_iter().chain(grace).filter_map(Moment::at_ms).min()
}

/// A live room as a value, with the time left as of the last tick.
#[must_use]
pub fn read_room(world: &mut World, room: RoomId) -> Option<RoomState> {
    let entity = world.resource::<RoomIndex>().entity(room)?;
    let mut state = SystemState::<Rooms>::new(world);
    state.get(world).ok()?.gather(entity).ok()
}

/// Puts a room to where `state` says, in place of whatever is there: recovery, the one writer of
/// the game beside Resolve. A closed or vacant room is only taken away.
pub fn restore_room(world: &mut World, room: RoomId, state: &RoomState) {
    let now_ms = world.resource::<TickClock>().now_ms;
    forget_room(world, room);
    let (Some(charter), false) = (state.charter, matches!(state.phase, Phase::Closed)) else {
        return;
    };
    let mut roster = Roster { host: state.host, ..Default::default() };
    for seat in Seat::ALL {
        let player = state.players[seat.index()].as_ref();
        roster.players[seat.index()] =
            player.map(|player| world.spawn(player_bundle(seat, player)).id());
    }
    let entity = world.spawn(room_bundle(room, charter, roster, state, now_ms)).id();
    let mut timers = world.resource_mut::<Timers>();
    let timer = timers.0.add(room);
    let standstill = Standstill::new(state.paused, now_ms);
    timers.0.set(timer, first_deadline(&deadlines(&state.clocks, now_ms), &standstill));
    world.resource_mut::<RoomIndex>().insert(room, RoomEntry { entity, timer });
}

fn forget_room(world: &mut World, room: RoomId) {
    let Some(entry) = world.resource_mut::<RoomIndex>().remove(room) else { return };
    let roster = world.get::<Roster>(entry.entity).copied().unwrap_or_default();
    for player in roster.players.into_iter().flatten() {
        world.despawn(player);
    }
    world.despawn(entry.entity);
    world.resource_mut::<Timers>().0.remove(entry.timer);
    world.resource_mut::<Sickbay>().release(room);
}

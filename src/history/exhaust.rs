//! One short game, killed in every single call to the disk.

use components::Faults;
use journal::{Crash, Durability, Plan as DiskPlan};
use protocol::{BotLevel, CreateRoom, JoinRoom, Pace, Phase, Request};

use super::person::Person;
use super::world::World;
use super::{Checked, Plan, Violation};

/// Rounds of the script: the room is made, joined and filled, the match begins, some is played.
const ROUNDS: u32 = 32;

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted {
    /// Calls to the disk in the script, each of which was the last of a process.
    pub calls: u64,
    /// Commits of the script without a fault.
    pub commits: u64,
    /// Rooms and chains copied forward in it, and matches forgotten.
    pub carried: u64,
}

/// Plays a short game once for every call to the disk that it takes; in that call the process dies,
/// or the machine with it. Then it goes on, and everything is checked as in any history.
///
/// # Errors
///
/// The first violation; its step is the number of the call.
pub fn exhaust(
    durability: Durability,
    crash: Crash,
    faults: Faults,
) -> Result<Exhausted, Box<Violation>> {
    let violation = |world: &World, call: u64, what: String| {
        Box::new(Violation { step: call, ..world.violation(what) })
    };
    let mut world = world(durability, crash, faults);
    play(&mut world).map_err(|what| violation(&world, 0, what))?;
    let (calls, tally) = (world.disk.calls(), world.tally());
    for call in 0..calls {
        let mut world = self::world(durability, crash, faults);
        world.disk.plan(DiskPlan { dies_at: Some(call), ..DiskPlan::default() });
        play(&mut world).map_err(|what| violation(&world, call, what))?;
    }
    Ok(Exhausted { calls, commits: tally.commits, carried: tally.carried })
}

fn world(durability: Durability, crash: Crash, faults: Faults) -> World {
    let plan = Plan { faults, durability: Some(durability), ..Plan::new(1) };
    let mut world = World::new(plan);
    world.is_healed = true;
    world.deadly = Some(crash);
    world.people.truncate(2);
    world.options.state_segment_bytes = 600;
    world.options.event_segment_bytes = 600;
    world.options.events_bytes_max = 1_500;
    world.options.keep_finished = false;
    world
}

/// The script: everybody does what is to be done next, whatever has happened so far.
fn play(world: &mut World) -> Checked {
    world.start()?;
    for _ in 0..ROUNDS {
        for number in 0..world.people.len() {
            if world.people[number].line.is_none() {
                world.connect(number);
            }
        }
        if !world.come_to_rest()? {
            continue;
        }
        let (at, codes) = (world.at(), world.book.open_codes());
        let mut has_asked = false;
        for (number, person) in world.people.iter_mut().enumerate() {
            let Some(process) = &mut world.process else { continue };
            let wish = next(person, number == 0, &codes);
            if let Some(request) = wish.or_else(|| person.duty(&mut world.chance)) {
                person.ask(&mut process.exchange, request, at);
                has_asked = true;
            }
        }
        if !has_asked {
            world.pass_ms(500)?;
        }
    }
    world.come_to_rest()?;
    world.crash(world.deadly.unwrap_or(Crash::Process))?;
    let Some(process) = &world.process else { return Ok(()) };
    world.book.audit(&process.journal, false)
}

fn next(person: &Person, is_host: bool, codes: &[String]) -> Option<Request> {
    let Some((room, _)) = &person.seat else {
        if !is_host {
            let room = codes.first()?.clone();
            return Some(Request::JoinRoom(JoinRoom { room, seat: None }));
        }
        let wish = CreateRoom { pace: Some(Pace::Fast), bots: 2, ..CreateRoom::default() };
        return Some(Request::CreateRoom(CreateRoom { bot_level: Some(BotLevel::Simple), ..wish }));
    };
    let state = person.tables.get(room)?.state();
    let is_full = state.seats.iter().all(Option::is_some);
    let begins = is_host && is_full && state.phase == Phase::Open;
    begins.then_some(Request::StartMatch)
}

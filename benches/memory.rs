//! What a live room costs in memory, everything counted: the growth of the process, by room.

use std::fs;

use components::BotLevel;

#[path = "support/rooms.rs"]
mod rooms;

const ROOMS: u64 = 200_000;

/// As the kernel counts them, on the machines that we measure on.
const PAGE_BYTES: u64 = 4096;

#[expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]
fn main() {
    // Code, allocator and schedule are there before the first reading.
    drop(rooms::waiting(1));
    drop(rooms::playing(1, BotLevel::Simple));
    let before = resident_bytes();
    let people = rooms::waiting(ROOMS);
    let after = resident_bytes();
    let (count, bytes) = (people.rooms() as u64, after - before);
    assert_eq!(count, ROOMS);
    println!("room of four people in a match: {} bytes ({count} rooms)", bytes / count);
}

fn resident_bytes() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").expect("a Linux machine");
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.expect("the second number of statm") * PAGE_BYTES
}

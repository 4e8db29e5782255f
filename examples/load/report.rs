//! What came of it, for people and for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::args::{Args, Until};
use crate::process::Cost;
use crate::tally::{Spread, Tally};

/// All figures of one run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    #[serde(skip)]
    json: bool,
    #[serde(skip)]
    until: Option<Until>,
    rooms: usize,
    connections: usize,
    ramp_seconds: f64,
    seconds: f64,
    intended_per_second: Option<f64>,
    actions_per_second: f64,
    deliveries_per_second: f64,
    messages_per_second: f64,
    action_to_broadcast: Spread,
    action_to_ok: Spread,
    late: Spread,
    undelivered: u64,
    errors: BTreeMap<String, u64>,
    gaps: u64,
    taken_over: u64,
    ended: BTreeMap<String, u64>,
    matches: u64,
    /// Of one core.
    server_cpu: f64,
    own_cpu: f64,
    server_kib_before: u64,
    server_kib: u64,
    server_kib_per_connection: f64,
}

impl Report {
    /// Of what was counted; `server` is before, at the start and at the end of measuring, `own`
    /// the latter two.
    pub(crate) fn new(
        args: &Args,
        tally: &Tally,
        ramp_us: u64,
        server: [Cost; 3],
        own: [Cost; 2],
    ) -> Self {
        let connections = args.connections();
        let expected = (tally.actions - tally.refused) * u64::from(args.humans);
        let per_second = |count: u64| count as f64 / args.seconds;
        let grown = server[2].kib.saturating_sub(server[0].kib);
        Self {
            json: args.json,
            until: Some(args.until),
            rooms: args.rooms,
            connections,
            ramp_seconds: ramp_us as f64 / 1e6,
            seconds: args.seconds,
            intended_per_second: args.rate,
            actions_per_second: per_second(tally.actions),
            deliveries_per_second: per_second(tally.broadcast.len()),
            messages_per_second: per_second(tally.messages),
            action_to_broadcast: Spread::of(&tally.broadcast),
            action_to_ok: Spread::of(&tally.ok),
            late: Spread::of(&tally.late),
            undelivered: expected.saturating_sub(tally.broadcast.len()),
            errors: tally.errors.clone(),
            gaps: tally.gaps,
            taken_over: tally.taken_over,
            ended: tally.ended.clone(),
            matches: tally.matches,
            server_cpu: (server[2].cpu_seconds - server[1].cpu_seconds) / args.seconds,
            own_cpu: (own[1].cpu_seconds - own[0].cpu_seconds) / args.seconds,
            server_kib_before: server[0].kib,
            server_kib: server[2].kib,
            server_kib_per_connection: grown as f64 / connections.max(1) as f64,
        }
    }

    /// Writes it to standard output.
    #[expect(clippy::print_stdout, reason = "the output of the program")]
    pub(crate) fn print(&self) {
        if self.json {
            println!("{}", serde_json::to_string(self).unwrap_or_default());
            return;
        }
        println!(
            "{} rooms, {} connections, opened in {:.1} s",
            self.rooms, self.connections, self.ramp_seconds
        );
        if self.server_kib > 0 {
            println!(
                "server        {} -> {} KiB, {:.1} KiB a connection; cpu {:.2}, own {:.2} cores",
                self.server_kib_before,
                self.server_kib,
                self.server_kib_per_connection,
                self.server_cpu,
                self.own_cpu
            );
        }
        if self.until != Some(Until::Play) {
            return;
        }
        let intended = self.intended_per_second.map_or("-".to_owned(), |rate| rate.to_string());
        println!(
            "actions       {:.0}/s, intended {intended}; late: {}",
            self.actions_per_second, self.late
        );
        println!(
            "deliveries    {:.0}/s of {:.0} messages/s; {} undelivered",
            self.deliveries_per_second, self.messages_per_second, self.undelivered
        );
        println!("to broadcast  {}", self.action_to_broadcast);
        println!("to ok         {}", self.action_to_ok);
        println!(
            "matches {}, gaps {}, taken over {}, errors {:?}, ended {:?}",
            self.matches, self.gaps, self.taken_over, self.errors, self.ended
        );
    }
}

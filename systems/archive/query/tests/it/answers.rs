//! The ready-made answers, against what was made up.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use crate::support::{Folder, Wanted, serve};
use crate::synthetic::Synthetic;
use crate::synthetic::games::{Game, Seat, player};

/// A player's matches, the newest first.
fn played(archive: Synthetic, key: Uuid) -> Vec<(Game, Seat)> {
    let mut played: Vec<(Game, Seat)> = archive
        .games()
        .filter_map(|game| {
            let seat = *game.seats.iter().find(|seat| seat.player == Some(key))?;
            Some((game, seat))
        })
        .collect();
    played.sort_by_key(|(game, _)| std::cmp::Reverse((game.ended_ms, game.id)));
    played
}

#[tokio::test]
async fn a_match_is_answered_with_its_seats_and_rounds() {
    let archive = Synthetic::default();
    let folder = Folder::with(archive);
    let server = serve(&folder, Wanted::default()).await;
    for number in [0, 57, 239] {
        let game = Game::of(number, &archive);
        let (status, found) = server.get(&format!("/v1/matches/{}", game.id)).await;
        assert_eq!(status, 200, "{found}");
        assert_eq!(found["match_id"], game.id.to_string());
        assert_eq!(found["duration_ms"], game.ended_ms - game.started_ms);
        let scores: Vec<_> =
            found["seats"].as_array().unwrap().iter().map(|seat| &seat["score"]).collect();
        assert_eq!(
            scores,
            game.seats.map(|seat| Value::from(seat.score)).iter().collect::<Vec<_>>()
        );
        assert_eq!(found["rounds_played"].as_array().unwrap().len(), game.rounds as usize * 4);
        assert_eq!(found["rounds_played"][5]["round"], 2);
    }
    let (status, problem) = server.get(&format!("/v1/matches/{}", Uuid::max())).await;
    assert_eq!((status, &problem["code"]), (404, &Value::from("unknown_match")));
}

#[tokio::test]
async fn pages_of_a_history_are_all_of_it_the_newest_first() {
    let archive = Synthetic { matches: 600, detailed: 0, ..Synthetic::default() };
    let folder = Folder::with(archive);
    let server = serve(&folder, Wanted::default()).await;
    for who in [0, 7, 19] {
        let key = player(who);
        let expected: Vec<String> =
            played(archive, key).iter().map(|(game, _)| game.id.to_string()).collect();
        assert!(expected.len() > 7);
        let (mut found, mut path) = (Vec::new(), format!("/v1/players/{key}/history?limit=7"));
        loop {
            let (status, page) = server.get(&path).await;
            assert_eq!(status, 200, "{page}");
            let matches = page["matches"].as_array().unwrap();
            assert!(matches.iter().all(|one| one["pace"].is_string()));
            found.extend(matches.iter().map(|one| one["match_id"].as_str().unwrap().to_owned()));
            let Some(before) = page["next_before"].as_u64() else { break };
            assert_eq!(matches.len(), 7);
            path = format!("/v1/players/{key}/history?limit=7&before={before}");
        }
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_players_figures_are_what_was_played() {
    let archive = Synthetic::default();
    let folder = Folder::with(archive);
    let server = serve(&folder, Wanted::default()).await;
    for who in [0, 3, 11] {
        let mut played = played(archive, player(who));
        played.reverse();
        let (status, found) = server.get(&format!("/v1/players/{}/stats", player(who))).await;
        assert_eq!(status, 200, "{found}");
        let wins: Vec<bool> = played.iter().map(|(_, seat)| seat.rank == 1).collect();
        let won = wins.iter().filter(|won| **won).count();
        assert_eq!(found["games"], wins.len());
        assert_eq!(found["wins"], won);
        let run = |all: &[bool]| all.iter().rev().take_while(|won| **won).count();
        assert_eq!(found["current_streak"], run(&wins));
        let best = (0..=wins.len()).map(|at| run(&wins[..at])).max().unwrap();
        assert_eq!(found["best_streak"], best);
        let hits: f64 = played.iter().map(|(_, seat)| f64::from(seat.hits)).sum();
        let rounds: f64 = played.iter().map(|(game, _)| f64::from(game.rounds)).sum();
        let accuracy = found["declaration_accuracy"].as_f64().unwrap();
        assert!((accuracy - hits / rounds).abs() < 0.0001, "{accuracy}");
        let score: f64 = played.iter().map(|(_, seat)| f64::from(seat.score)).sum();
        let mean = found["averages"]["score"].as_f64().unwrap();
        assert!((mean - score / wins.len() as f64).abs() < 0.0001, "{mean}");
    }
    let (status, problem) = server.get(&format!("/v1/players/{}/stats", Uuid::nil())).await;
    assert_eq!((status, &problem["code"]), (404, &Value::from("unknown_player")));
}

#[tokio::test]
async fn leaderboards_are_sorted_by_what_was_played() {
    let archive = Synthetic { hours: 40, matches: 800, ..Synthetic::default() };
    let folder = Folder::with(archive);
    let server = serve(&folder, Wanted::default()).await;
    for (window, hours) in [("day", 25), ("all", 40)] {
        let mut sums: HashMap<Uuid, (f64, f64, f64, f64, f64)> = HashMap::new();
        for game in archive.games().filter(|game| game.hour.0 + hours > archive.last.0) {
            for seat in game.seats {
                let Some(key) = seat.player else { continue };
                let sum = sums.entry(key).or_default();
                sum.0 += 1.0;
                sum.1 += f64::from(u8::from(seat.rank == 1));
                sum.2 += f64::from(seat.score);
                sum.3 += f64::from(game.rounds);
                sum.4 += f64::from(seat.hits);
            }
        }
        for metric in ["wins", "win_rate", "score", "accuracy"] {
            let games_min = if metric == "wins" { 1.0 } else { 10.0 };
            let mut expected: Vec<f64> = sums
                .values()
                .filter(|sum| sum.0 >= games_min)
                .map(|sum| match metric {
                    "wins" => sum.1,
                    "win_rate" => sum.1 / sum.0,
                    "score" => sum.2 / sum.0,
                    _ => sum.4 / sum.3,
                })
                .collect();
            expected.sort_by(|a, b| b.total_cmp(a));
            expected.truncate(10);
            let path = format!("/v1/leaderboard?metric={metric}&window={window}&limit=10");
            let (status, found) = server.get(&path).await;
            assert_eq!(status, 200, "{found}");
            let places = found["places"].as_array().unwrap();
            assert_eq!(places.len(), expected.len(), "{path}");
            for (place, value) in places.iter().zip(expected) {
                let found = place["value"].as_f64().unwrap();
                assert!((found - value).abs() < 0.0001, "{path}: {found} is not {value}");
            }
        }
    }
}

#[tokio::test]
async fn totals_add_up() {
    let archive = Synthetic::default();
    let folder = Folder::with(archive);
    let server = serve(&folder, Wanted::default()).await;
    let (status, found) = server.get("/v1/stats?window=all").await;
    assert_eq!(status, 200, "{found}");
    assert_eq!(found["matches"], archive.matches);
    let hours = found["matches_per_hour"].as_array().unwrap();
    assert_eq!(hours.len(), archive.hours as usize);
    assert_eq!(
        hours.iter().map(|hour| hour["matches"].as_u64().unwrap()).sum::<u64>(),
        archive.matches
    );
    assert_eq!(hours[0]["hour"], "2026-11-20T11:00:00.000Z");
    let seats: Vec<_> = found["by_seat"].as_array().unwrap().iter().collect();
    assert!(seats.iter().all(|seat| seat["games"] == archive.matches) && seats.len() == 4);
    let won = archive.games().filter(|game| game.seats[2].rank == 1).count() as f64;
    let rate = seats[2]["win_rate"].as_f64().unwrap();
    assert!((rate - won / archive.matches as f64).abs() < 0.0001);
    let levels: Vec<_> =
        found["by_level"].as_array().unwrap().iter().map(|one| &one["level"]).collect();
    assert_eq!(levels, ["human", "simple", "standard"]);
}

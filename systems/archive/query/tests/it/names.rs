//! Names come from the one store that has them, and go with it.

use archive::People;
use query::names::Names;
use rusqlite::params;
use serde_json::Value;

use crate::support::{Folder, Wanted, serve};
use crate::synthetic::Synthetic;
use crate::synthetic::games::player;

/// A store that knows the first players: two of them are called Ann.
fn people(folder: &Folder) -> std::path::PathBuf {
    let file = folder.0.join("people.sqlite");
    drop(People::open(&file).unwrap());
    let store = rusqlite::Connection::open(&file).unwrap();
    for (number, name) in [(0, "Ann"), (1, "Bo Ek"), (2, "Ann"), (3, "Åsa")] {
        let (id, key) = (4_000_000_000_000_000_000_i64 + number, player(number as u64));
        let insert = "insert into players values (?1, ?2, ?3)";
        store.execute(insert, params![id, key.as_bytes(), number]).unwrap();
        let insert = "insert into names values (?1, ?2, ?3, ?4, 1)";
        let alias = format!("~{number}");
        store.execute(insert, params![alias, id, name, name.to_lowercase()]).unwrap();
    }
    file
}

#[tokio::test]
async fn a_player_is_found_by_key_id_and_name_and_named_until_forgotten() {
    let folder = Folder::with(Synthetic::default());
    let file = people(&folder);
    let names = Names::open(&file).unwrap();
    let server = serve(&folder, Wanted { names, ..Wanted::default() }).await;
    let key = Value::from(player(1).to_string());
    for id in [player(1).to_string(), "Bo%20Ek".to_owned(), "4000000000000000001".to_owned()] {
        let (status, found) = server.get(&format!("/v1/players/{id}/stats")).await;
        assert_eq!((status, &found["player_key"], &found["name"]), (200, &key, &"Bo Ek".into()));
    }
    let (status, found) = server.get("/v1/players/%C3%85sa/history").await;
    assert_eq!((status, &found["name"]), (200, &"Åsa".into()));
    let (status, problem) = server.get("/v1/players/ann/stats").await;
    assert_eq!((status, &problem["code"]), (409, &"ambiguous_player".into()));
    assert!(problem["hint"].as_str().unwrap().contains(&player(2).to_string()));

    let (_, board) = server.get("/v1/leaderboard?metric=wins&window=all").await;
    let named = |board: &Value| {
        let places = board["places"].as_array().unwrap().iter();
        places.filter(|place| place["name"] == "Bo Ek").count()
    };
    assert_eq!(named(&board), 1);

    let mut people = People::open(&file).unwrap();
    let id = people.find("Bo Ek").unwrap()[0].player;
    people.forget(id).unwrap();
    let (_, board) = server.get("/v1/leaderboard?metric=wins&window=all").await;
    assert_eq!(named(&board), 0, "no cache keeps a name");
    let (status, found) = server.get(&format!("/v1/players/{}/stats", player(1))).await;
    assert_eq!((status, &found["name"]), (200, &Value::Null));
    let (status, problem) = server.get("/v1/players/Bo%20Ek/stats").await;
    assert_eq!((status, &problem["code"]), (404, &"unknown_player".into()));
}

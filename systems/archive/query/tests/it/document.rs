//! The OpenAPI document says what the server does, and the server does what it says.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::support::{Folder, Served, Wanted, serve};
use crate::synthetic::Synthetic;
use crate::synthetic::games::{Game, player};

fn document() -> Value {
    serde_json::from_str(include_str!("../../openapi.json")).unwrap()
}

/// A schema of the document, with what it refers to.
fn validator(document: &Value, schema: &Value) -> Validator {
    let mut whole = schema.as_object().unwrap().clone();
    whole.insert("components".to_owned(), document["components"].clone());
    jsonschema::options().should_validate_formats(true).build(&Value::Object(whole)).unwrap()
}

fn check(document: &Value, schema: &Value, value: &Value, of: &str) {
    let validator = validator(document, schema);
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{of}: {errors:#?}\n{value}");
}

/// The schema of what this operation answers with this status.
fn answered<'a>(document: &'a Value, path: &str, method: &str, status: &str) -> Option<&'a Value> {
    let mut answer = &document["paths"][path][method]["responses"][status];
    if let Some(reference) = answer["$ref"].as_str() {
        answer = document.pointer(reference.strip_prefix('#').unwrap()).unwrap();
    }
    answer["content"].as_object()?.values().next()
}

fn operations(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(move |method| (method.clone(), path.clone()))
        })
        .collect()
}

#[test]
fn every_route_is_in_the_document_and_the_other_way_round() {
    let routes = query::serve::routes();
    let routes = routes.map(|(method, path)| (method.to_owned(), path.to_owned())).collect();
    assert_eq!(operations(&document()), routes);
}

#[test]
fn every_example_is_as_its_schema_says() {
    let document = document();
    let mut checked = 0;
    for (method, path) in operations(&document) {
        let operation = &document["paths"][&path][&method];
        let asked = &operation["requestBody"]["content"]["application/json"];
        for status in operation["responses"].as_object().unwrap().keys() {
            let content = answered(&document, &path, &method, status).unwrap();
            if let Some(example) = content.get("example") {
                check(&document, &content["schema"], example, &format!("{method} {path} {status}"));
                checked += 1;
            }
        }
        if let Some(example) = asked.get("example") {
            check(&document, &asked["schema"], example, &path);
        }
    }
    assert!(checked > 40, "{checked}");
}

#[test]
fn a_schema_refuses_what_it_does_not_name() {
    let document = document();
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    let validator = validator(&document, &schema);
    assert!(validator.is_valid(&json!({ "code": "busy", "message": "m", "hint": "h" })));
    assert!(!validator.is_valid(&json!({ "code": "busy", "message": "m", "hint": "h", "x": 1 })));
    assert!(!validator.is_valid(&json!({ "code": "made_up", "message": "m", "hint": "h" })));
    assert!(!validator.is_valid(&json!({ "code": "busy", "message": "m" })));
}

async fn as_documented(server: &Served, path: &str, asked: &str, expected: u16) {
    let document = document();
    let (method, body) = match path {
        "/v1/sql" => ("post", json!({ "sql": asked }).to_string()),
        _ => ("get", String::new()),
    };
    let asked = if method == "post" { path } else { asked };
    let (status, text) = server.text(&method.to_uppercase(), asked, &body).await;
    assert_eq!(status, expected, "{asked}: {text}");
    let content = answered(&document, path, method, &status.to_string());
    let content = content.unwrap_or_else(|| panic!("{path} does not say {status}"));
    let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
    check(&document, &content["schema"], &value, asked);
}

#[tokio::test]
async fn what_a_running_server_answers_is_as_its_schema_says() {
    let archive = Synthetic::default();
    let folder = Folder::with(archive);
    let server = serve(&folder, Wanted::default()).await;
    let game = Game::of(3, &archive).id;
    // Matches of number 97 and 194 have a seat that was given up.
    let left = Game::of(97, &archive).id;
    let key = player(0);
    let history = "/v1/players/{id}/history";
    for (path, asked, status) in [
        ("/health/live", "/health/live".to_owned(), 200),
        ("/health/ready", "/health/ready".to_owned(), 200),
        ("/metrics", "/metrics".to_owned(), 200),
        ("/v1/openapi.json", "/v1/openapi.json".to_owned(), 200),
        ("/v1/matches/{id}", format!("/v1/matches/{game}"), 200),
        ("/v1/matches/{id}", format!("/v1/matches/{left}"), 200),
        ("/v1/matches/{id}", "/v1/matches/nope".to_owned(), 400),
        ("/v1/matches/{id}", format!("/v1/matches/{key}"), 404),
        (history, format!("/v1/players/{key}/history?limit=3"), 200),
        (history, format!("/v1/players/{key}/history?before=1"), 200),
        (history, format!("/v1/players/{key}/history?limit=x"), 400),
        ("/v1/players/{id}/stats", format!("/v1/players/{key}/stats"), 200),
        ("/v1/players/{id}/stats", "/v1/players/nobody/stats".to_owned(), 404),
        (
            "/v1/leaderboard",
            "/v1/leaderboard?metric=accuracy&window=all&min_games=2".to_owned(),
            200,
        ),
        ("/v1/leaderboard", "/v1/leaderboard?metric=wins&min_games=99999".to_owned(), 200),
        ("/v1/leaderboard", "/v1/leaderboard?metric=loss".to_owned(), 400),
        ("/v1/stats", "/v1/stats".to_owned(), 200),
        ("/v1/stats", "/v1/stats?window=all".to_owned(), 200),
        ("/v1/sql", "select * from seats limit 3".to_owned(), 200),
        ("/v1/sql", "select count(*) from nope".to_owned(), 400),
        ("/v1/sql", "delete from seats".to_owned(), 403),
        ("/v1/sql", "select * from plays a cross join plays b".to_owned(), 422),
    ] {
        as_documented(&server, path, &asked, status).await;
    }
}

#[tokio::test]
async fn an_empty_archive_is_answered_as_documented() {
    let folder = Folder::new();
    let server = serve(&folder, Wanted::default()).await;
    as_documented(&server, "/v1/stats", "/v1/stats?window=all", 200).await;
    as_documented(&server, "/v1/leaderboard", "/v1/leaderboard?metric=wins", 200).await;
    let nobody = format!("/v1/players/{}/history", player(0));
    as_documented(&server, "/v1/players/{id}/history", &nobody, 404).await;
}

//! A provider's keys in files: what starts a server, what does not, and how they are replaced.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use client::protocol::{CreateRoom, ErrorCode, Request};
use client::{Client, ClientError, Options};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::json;

use crate::process::{Server, run};

const SECRET: &str = "nobody but the provider and this file";

/// A directory of its own; removed in the end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let place = std::env::temp_dir().join(format!("liap-id-{}-{name}", std::process::id()));
        _ = fs::remove_dir_all(&place);
        fs::create_dir_all(&place).unwrap();
        Self(place)
    }

    /// A file with this in it, put there at once; its path.
    fn put(&self, name: &str, text: &str, mode: u32) -> String {
        let (draft, path) = (self.0.join("draft"), self.0.join(name));
        fs::write(&draft, text).unwrap();
        fs::set_permissions(&draft, fs::Permissions::from_mode(mode)).unwrap();
        fs::rename(draft, &path).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// What a server that cannot start says.
    fn refused(&self, settings: &[&str]) -> Output {
        let data = self.0.join("data");
        let mut command = Command::new(env!("CARGO_BIN_EXE_liap"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data);
        let output = command.args(flags(settings)).output().unwrap();
        assert!(!data.exists(), "it began nothing");
        output
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

/// The configuration of a provider, and what else is set.
fn flags(settings: &[&str]) -> Vec<String> {
    let provider = ["identity.issuer=https://id.example", "identity.audience=liap"];
    let all = provider.iter().chain(settings);
    all.flat_map(|setting| ["--set".to_owned(), (*setting).to_owned()]).collect()
}

fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

/// A set with the key of this seed, which is its name too.
fn set(seed: u8) -> String {
    let x = URL_SAFE_NO_PAD.encode(key(seed).public_key());
    let key = json!({"kty": "OKP", "crv": "Ed25519", "kid": seed.to_string(), "x": x});
    json!({ "keys": [key] }).to_string()
}

fn token(seed: u8) -> String {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let part = |part: serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let header = part(json!({"alg": "EdDSA", "kid": seed.to_string()}));
    let claims = part(json!({
        "iss": "https://id.example", "aud": ["other", "liap"], "sub": "17", "name": "Ada",
        "exp": now_s + 600,
    }));
    let signed = format!("{header}.{claims}");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(key(seed).sign(signed.as_bytes())))
}

async fn hello(server: &Server, token: Option<String>) -> Result<Client, ErrorCode> {
    let options = Options { token, ..Options::default() };
    Client::connect(&server.url, options).await.map_err(|error| match error {
        ClientError::Refused(data) => data.code,
        other => panic!("{other}"),
    })
}

#[test]
fn a_player_of_the_provider_plays_under_its_name_and_keys_are_replaced_without_a_restart() {
    let place = Place::new("set");
    let file = place.put("jwks.json", &set(1), 0o644);
    let jwks = format!("identity.jwks_file={file}");
    // The seat is to be there still, however slow the machine.
    let patience = ["rooms.grace_lobby_ms=60000", "rooms.open_empty_ms=60000"];
    let settings = flags(&["identity.mode=required", &jwks, patience[0], patience[1]]);
    let args: Vec<&str> = settings.iter().map(String::as_str).collect();
    let mut server = Server::start("identity", &args);
    run(async {
        let mut ada = hello(&server, Some(token(1))).await.unwrap();
        ada.request(Request::CreateRoom(CreateRoom::default())).await.unwrap();
        assert_eq!(hello(&server, Some(token(2))).await.err(), Some(ErrorCode::Unauthorized));
        assert_eq!(hello(&server, None).await.err(), Some(ErrorCode::Unauthorized));
    });
    place.put("jwks.json", r#"{"keys": ["#, 0o644);
    server.logged("the keys of before stay in force");
    run(async { hello(&server, Some(token(1))).await.unwrap() });
    place.put("jwks.json", &set(2), 0o644);
    server.logged("tokens of the identity provider are believed");
    run(async {
        let ada = hello(&server, Some(token(2))).await.unwrap();
        assert!(ada.welcome().room.is_some(), "it is the same player, who holds a seat");
        assert_eq!(hello(&server, Some(token(1))).await.err(), Some(ErrorCode::Unauthorized));
    });
}

#[test]
fn a_server_whose_keys_cannot_be_used_says_why_and_does_not_begin() {
    let place = Place::new("refused");
    let mode = "identity.mode=optional";
    for (name, text, file_mode, expected) in [
        ("open", SECRET, 0o644, "chmod 600"),
        ("short", "too short", 0o600, "9 bytes"),
        ("damaged", "-----BEGIN PUBLIC KEY-----\nAAAA\n", 0o600, "no PEM"),
    ] {
        let path = place.put(name, text, file_mode);
        let file = format!("identity.key_file={path}");
        let output = place.refused(&[mode, "identity.algorithms=HS256,RS256", &file]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(65), "{said}");
        assert!(said.contains(&path) && said.contains(expected), "{said}");
        assert!(!said.contains(text) && !said.contains("listening"), "{said}");
    }
    let path = place.put("empty", r#"{"keys": []}"#, 0o644);
    let output = place.refused(&[mode, &format!("identity.jwks_file={path}")]);
    assert_eq!(output.status.code(), Some(65));
    let output = place.refused(&[mode, "identity.jwks_file=/no/such/file"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(74) && said.contains("/no/such/file"), "{said}");
    let output = place.refused(&[mode, "identity.key_variable=NO_SUCH_VARIABLE"]);
    assert_eq!(output.status.code(), Some(74));
}

#[test]
fn the_configuration_that_is_printed_has_no_key() {
    let output = Command::new(env!("CARGO_BIN_EXE_liap"))
        .args(["serve", "--print-config"])
        .args(flags(&["identity.mode=required", "identity.key_variable=PROVIDER_KEY"]))
        .args(["--set", "identity.algorithms=HS256"])
        .env("PROVIDER_KEY", SECRET)
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("identity.key_variable = \"PROVIDER_KEY\""), "{printed}");
    assert!(!printed.contains(SECRET));
}

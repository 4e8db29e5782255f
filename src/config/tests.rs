//! What configurations are made of, and what is said about bad ones.

mod doc;
mod errors;
mod layers;
mod print;
mod table;

use super::key::Key;
use super::kind::Kind;
use super::*;

const FILE: &str = "liap.toml";

/// Sources of a file's text, variables and `--set` flags.
fn sources(file: &str, env: &[(&str, &str)], flags: &[(&str, &str)]) -> Sources {
    let flag = |(key, value): &(&str, &str)| Flag {
        flag: "--set",
        key: (*key).to_owned(),
        value: (*value).to_owned(),
    };
    Sources {
        file: (!file.is_empty()).then(|| (FILE.into(), Ok(file.to_owned()))),
        env: env.iter().map(|(name, value)| (name.into(), value.into())).collect(),
        flags: flags.iter().map(flag).collect(),
    }
}

#[track_caller]
fn load(file: &str, env: &[(&str, &str)], flags: &[(&str, &str)]) -> (Config, Origins) {
    Config::load(&sources(file, env, flags)).unwrap_or_else(|errors| panic!("{}", explain(&errors)))
}

/// The messages these sources cause must be exactly as many, and each have all its parts.
#[track_caller]
fn check_errors(file: &str, env: &[(&str, &str)], flags: &[(&str, &str)], expected: &[&[&str]]) {
    let errors = Config::load(&sources(file, env, flags)).map(drop).unwrap_err();
    let text = explain(&errors);
    assert_eq!(errors.len(), expected.len(), "{text}");
    for (error, parts) in errors.iter().zip(expected) {
        // The `$` lets an expectation say that nothing follows.
        let message = format!("{error}$");
        for part in *parts {
            assert!(message.contains(part), "{part:?} is not in: {message}");
        }
    }
}

/// A value other than the default that the key allows, as text.
fn other_value(key: &Key) -> String {
    let current = key.read(&Config::default());
    let texts: Vec<String> = match key.kind {
        Kind::Int(min, max) | Kind::OptionalInt(min, max) => vec![max.to_string(), min.to_string()],
        Kind::Choice(names) => names.iter().map(|&name| name.to_owned()).collect(),
        Kind::Choices(names) => vec![names.join(",")],
        Kind::Path | Kind::Text => vec!["a \"quoted\" \\ päth # 1".to_owned()],
        Kind::Filter => vec!["warn,net=trace".to_owned()],
        Kind::Networks(_) => vec!["10.0.0.0/8,2001:db8::1".to_owned()],
        Kind::Address => vec!["[::1]:65535".to_owned()],
        Kind::Origins => vec!["https://a.example,http://[::1]:81".to_owned()],
    };
    let other = |text: &String| key.kind.read_text(text).is_ok_and(|value| value != current);
    texts.into_iter().find(other).unwrap()
}

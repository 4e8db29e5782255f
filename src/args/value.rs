//! Values of flags.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use components::{BotLevel, PerSeat, Seat};

use crate::config::Named;

pub(super) fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("there is no = in it")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

pub(super) fn named<T: Named + Send + Sync>() -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(T::NAMES).try_map(|name| T::named(&name).ok_or("no such name"))
}

pub(super) fn four_levels(text: &str) -> Result<PerSeat<BotLevel>, String> {
    let levels: Option<Vec<_>> = text.split(',').map(BotLevel::named).collect();
    levels
        .and_then(|levels| levels.try_into().ok())
        .ok_or_else(|| format!("it must be four of {}", BotLevel::NAMES.join(" and ")))
}

pub(super) fn hex(text: &str) -> Result<[u8; 32], String> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    match digits {
        Some(digits) if digits.len() == 64 => {
            Ok(std::array::from_fn(|n| (digits[2 * n] * 16 + digits[2 * n + 1]) as u8))
        }
        _ => Err("it must be 64 hexadecimal digits".to_owned()),
    }
}

pub(super) fn seat(text: &str) -> Result<Seat, String> {
    let seat = text.parse().ok().and_then(Seat::new);
    seat.ok_or_else(|| "it must be 0, 1, 2 or 3".to_owned())
}

/// A fault by its name: that of [`components::Fault`]'s variant in kebab case.
#[cfg(feature = "faults")]
pub(super) fn fault(text: &str) -> Result<components::Fault, String> {
    let all = components::Fault::ALL.into_iter().chain([components::Fault::NamesPanic]);
    let names: Vec<_> = all.map(|fault| (kebab(&format!("{fault:?}")), fault)).collect();
    let found = names.iter().find(|(name, _)| name == text).map(|(_, fault)| *fault);
    found.ok_or_else(|| {
        let names: Vec<_> = names.into_iter().map(|(name, _)| name).collect();
        format!("there are {}", names.join(", "))
    })
}

#[cfg(feature = "faults")]
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for (at, letter) in name.chars().enumerate() {
        if at > 0 && letter.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

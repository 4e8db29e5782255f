//! Values of flags.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use components::{BotLevel, PerSeat};

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

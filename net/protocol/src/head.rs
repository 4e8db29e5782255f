//! The envelope: first its head, which says how the rest is to be read; then its data.
//! Keys may come in any order, so these are two passes over the same bytes.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor,
};

use crate::Encoding;
use crate::named::{Field, Named};
use crate::scalar::{Got, Scalar};

/// Most characters of an error message for the sender.
const REASON_CHARS_MAX: usize = 240;

/// What of a message was readable: a field is `None` where it is missing.
pub(crate) struct Head<K> {
    /// The id, or why it is none.
    pub(crate) id: Option<Result<Option<u32>, String>>,
    /// The type, or why it is none.
    pub(crate) kind: Option<Result<K, String>>,
    /// Whether data was there.
    pub(crate) has_data: bool,
}

impl<K: Scalar> Head<K> {
    /// Reads the head as far as it goes; beside it, what is wrong with the message as a whole.
    pub(crate) fn read(encoding: Encoding, bytes: &[u8]) -> (Self, Result<(), String>) {
        let mut head = Self { id: None, kind: None, has_data: false };
        let read = read(encoding, bytes, &mut head);
        // A text that was cut within a number still reads as one: a wrong one.
        let cut = encoding == Encoding::Json && bytes.last().is_some_and(u8::is_ascii_digit);
        if cut && read.is_err() {
            head.id = None;
        }
        (head, read)
    }
}

/// Reads the data of a message, as the empty map where there is none.
///
/// # Errors
/// Says which field is wrong, and what would be right.
pub(crate) fn read_data<'de, T: Deserialize<'de>>(
    encoding: Encoding,
    bytes: &'de [u8],
) -> Result<T, String> {
    let field = Field::default();
    read(encoding, bytes, Data { field: &field, data: PhantomData }).map_err(|reason| {
        match field.get() {
            "" => format!("data: {reason}"),
            field => format!("data.{field}: {reason}"),
        }
    })
}

/// Reads one whole value. Its depth is known not to be too great for recursion.
fn read<'de, S: DeserializeSeed<'de>>(
    encoding: Encoding,
    bytes: &'de [u8],
    seed: S,
) -> Result<S::Value, String> {
    match encoding {
        Encoding::MessagePack => {
            let mut from = rmp_serde::Deserializer::from_read_ref(bytes);
            from.set_max_depth(crate::skim::LEVELS);
            seed.deserialize(&mut from).map_err(|error| match error {
                rmp_serde::decode::Error::Uncategorized(reason)
                | rmp_serde::decode::Error::Syntax(reason) => shortened(reason),
                error => shortened(error.to_string()),
            })
        }
        Encoding::Json => {
            let mut from = serde_json::Deserializer::from_slice(bytes);
            let value = seed.deserialize(&mut from);
            value.and_then(|value| from.end().map(|()| value)).map_err(|error| {
                let mut reason = error.to_string();
                if error.is_data() {
                    // What is wrong is named by its field already.
                    reason.truncate(reason.rfind(" at line ").unwrap_or(reason.len()));
                }
                shortened(reason)
            })
        }
    }
}

fn shortened(mut reason: String) -> String {
    if let Some((end, _)) = reason.char_indices().nth(REASON_CHARS_MAX) {
        reason.truncate(end);
    }
    reason
}

enum Key {
    Id,
    Type,
    Data,
    Unknown,
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a field's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Key, E> {
        Ok(match name {
            "id" => Key::Id,
            "type" => Key::Type,
            "data" => Key::Data,
            _ => Key::Unknown,
        })
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(KeyVisitor)
    }
}

impl<'de, K: Scalar> DeserializeSeed<'de> for &mut Head<K> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de, K: Scalar> Visitor<'de> for &mut Head<K> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a map with `id`, `type` and `data`")
    }

    /// Also after an error it is read on, as far as that is possible: the id may come last.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut twice = None;
        while let Some(key) = map.next_key()? {
            let name = match key {
                Key::Id if self.id.is_none() => {
                    self.id = Some(map.next_value::<Got<_>>()?.0);
                    continue;
                }
                Key::Type if self.kind.is_none() => {
                    self.kind = Some(map.next_value::<Got<_>>()?.0);
                    continue;
                }
                Key::Id => Some("id"),
                Key::Type => Some("type"),
                Key::Data if self.has_data => Some("data"),
                Key::Data => {
                    self.has_data = true;
                    None
                }
                Key::Unknown => None,
            };
            twice = twice.or(name);
            map.next_value::<IgnoredAny>()?;
        }
        twice.map_or(Ok(()), |field| Err(A::Error::duplicate_field(field)))
    }

    fn visit_str<E: Error>(self, _text: &str) -> Result<(), E> {
        Err(E::custom("expected a map with `id`, `type` and `data`, got a string"))
    }
}

struct Data<'f, T> {
    field: &'f Field,
    data: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Data<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Data<'_, T> {
    type Value = T;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a map with `data`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut data = None;
        while let Some(key) = map.next_key()? {
            if matches!(key, Key::Data) {
                data = Some(map.next_value_seed(DataSeed { field: self.field, data: self.data })?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        match data {
            Some(data) => Ok(data),
            None => T::deserialize(Named {
                from: serde::de::value::UnitDeserializer::new(),
                field: self.field,
            }),
        }
    }
}

struct DataSeed<'f, T> {
    field: &'f Field,
    data: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for DataSeed<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        T::deserialize(Named { from, field: self.field })
    }
}

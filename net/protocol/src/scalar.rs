//! Reading of single values, with messages that say what would be right.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Most characters of a client's text that an error message repeats.
const QUOTED_CHARS_MAX: usize = 24;

/// A value that is read from one null, bool, whole number or text, or from a short list.
/// Each reader answers `None` where such a thing is never what is wanted.
pub(crate) trait Scalar: Sized {
    /// What would be right, to follow "expected".
    const WANT: &'static str;

    fn from_null() -> Option<Self> {
        None
    }

    fn from_bool(_value: bool) -> Option<Self> {
        None
    }

    fn from_int(_value: u64) -> Option<Self> {
        None
    }

    fn from_text(_value: &str) -> Option<Self> {
        None
    }

    /// The inner error is a misfit, after which the rest of the list is skipped.
    fn from_list<'de, A: SeqAccess<'de>>(_list: &mut A) -> Result<Result<Self, String>, A::Error> {
        Ok(Err(misfit::<Self>("a list")))
    }
}

/// Reads a scalar; for `deserialize_with`.
pub(crate) fn read<'de, T: Scalar, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    Got::deserialize(from)?.0.map_err(D::Error::custom)
}

/// Reads a scalar that may be null.
pub(crate) fn read_or_default<'de, T, D>(from: D) -> Result<T, D::Error>
where
    T: Scalar + Default,
    D: Deserializer<'de>,
{
    Ok(read::<Option<T>, D>(from)?.unwrap_or_default())
}

/// A value that is there, whether it fits or not: reading on is possible in both cases.
pub(crate) struct Got<T>(pub(crate) Result<T, String>);

impl<'de, T: Scalar> Deserialize<'de> for Got<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Want(PhantomData)).map(Self)
    }
}

fn misfit<T: Scalar>(got: impl fmt::Display) -> String {
    format!("expected {}, got {got}", T::WANT)
}

struct Want<T>(PhantomData<T>);

impl<'de, T: Scalar> Visitor<'de> for Want<T> {
    type Value = Result<T, String>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(T::WANT)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(T::from_null().ok_or_else(|| misfit::<T>("null")))
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(T::from_bool(value).ok_or_else(|| misfit::<T>(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(T::from_int(value).ok_or_else(|| misfit::<T>(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        let fitting = u64::try_from(value).ok().and_then(T::from_int);
        Ok(fitting.ok_or_else(|| misfit::<T>(value)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Err(misfit::<T>(format_args!("the fraction {value:?}"))))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(T::from_text(value).ok_or_else(|| misfit::<T>(quoted(value))))
    }

    fn visit_bytes<E: Error>(self, _value: &[u8]) -> Result<Self::Value, E> {
        Ok(Err(misfit::<T>("raw bytes")))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        IgnoredAny::deserialize(from)?;
        Ok(Err(misfit::<T>("an extension type")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let value = T::from_list(&mut list)?;
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(value)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Err(misfit::<T>("a map")))
    }
}

/// A text as an error message may repeat it.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(QUOTED_CHARS_MAX).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{shown:?}")
}

impl<T: Scalar> Scalar for Option<T> {
    const WANT: &'static str = T::WANT;

    fn from_null() -> Option<Self> {
        Some(None)
    }

    fn from_bool(value: bool) -> Option<Self> {
        T::from_bool(value).map(Some)
    }

    fn from_int(value: u64) -> Option<Self> {
        T::from_int(value).map(Some)
    }

    fn from_text(value: &str) -> Option<Self> {
        T::from_text(value).map(Some)
    }

    fn from_list<'de, A: SeqAccess<'de>>(list: &mut A) -> Result<Result<Self, String>, A::Error> {
        Ok(T::from_list(list)?.map(Some))
    }
}

impl Scalar for bool {
    const WANT: &'static str = "true or false";

    fn from_bool(value: bool) -> Option<Self> {
        Some(value)
    }
}

impl Scalar for u8 {
    const WANT: &'static str = "a whole number 0..255";

    fn from_int(value: u64) -> Option<Self> {
        value.try_into().ok()
    }
}

impl Scalar for u32 {
    const WANT: &'static str = "a whole number 0..4294967295";

    fn from_int(value: u64) -> Option<Self> {
        value.try_into().ok()
    }
}

impl Scalar for u64 {
    const WANT: &'static str = "a whole number 0..18446744073709551615";

    fn from_int(value: u64) -> Option<Self> {
        Some(value)
    }
}

impl Scalar for String {
    const WANT: &'static str = "a string";

    fn from_text(value: &str) -> Option<Self> {
        Some(value.to_owned())
    }
}

/// Gives scalars their `Deserialize`.
macro_rules! deserialize_scalars {
    ($($type:ty),+ $(,)?) => {$(
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::scalar::read(from)
            }
        }
    )+};
}

pub(crate) use deserialize_scalars;

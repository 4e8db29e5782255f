//! Reading of structs from maps with named fields and from nothing else: not from arrays, not from
//! maps with numbers for keys. Remembers which field was being read when something went wrong.

use std::cell::Cell;
use std::fmt;

use serde::de::value::MapDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, Visitor,
    value::StrDeserializer,
};
use serde::forward_to_deserialize_any;

/// The field being read; empty between fields and in unknown ones.
pub(crate) type Field = Cell<&'static str>;

/// A deserializer for a derived struct.
pub(crate) struct Named<'f, D> {
    pub(crate) from: D,
    pub(crate) field: &'f Field,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Named<'_, D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(MapOnly { visitor, fields, field: self.field })
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.deserialize_struct("", &[], visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct MapOnly<'f, V> {
    visitor: V,
    fields: &'static [&'static str],
    field: &'f Field,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for MapOnly<'_, V> {
    type Value = V::Value;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(NamedMap { map, fields: self.fields, field: self.field })
    }

    /// Null is the empty map.
    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_map(MapDeserializer::new(std::iter::empty::<(&str, &str)>()))
    }

    /// The default would repeat the whole text.
    fn visit_str<E: Error>(self, _text: &str) -> Result<V::Value, E> {
        Err(E::custom("expected a map, got a string"))
    }
}

struct NamedMap<'f, A> {
    map: A,
    fields: &'static [&'static str],
    field: &'f Field,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for NamedMap<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.field.set("");
        self.map.next_key_seed(Key { seed, fields: self.fields, field: self.field })
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

struct Key<'f, K> {
    seed: K,
    fields: &'static [&'static str],
    field: &'f Field,
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for Key<'_, K> {
    type Value = K::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<K::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for Key<'_, K> {
    type Value = K::Value;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a field's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<K::Value, E> {
        let known = self.fields.iter().find(|field| **field == name);
        self.field.set(known.copied().unwrap_or_default());
        let name: StrDeserializer<'_, E> = name.into_deserializer();
        self.seed.deserialize(name)
    }
}

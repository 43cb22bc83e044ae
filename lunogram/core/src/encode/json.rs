//! JSON values as they are read, for data that is read back from a file.

use lunogram_rules::number::not_finite;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::Number;
use std::collections::HashSet;
use std::fmt;

/// The key by which `serde_json` with its feature `arbitrary_precision` passes on a number. Any
/// crate of an application may enable that feature.
const NUMBER: &str = "$serde_json::private::Number";

/// A JSON value whose objects keep the order of their keys, unlike those of `serde_json::Value`, so
/// that data keeps its bytes when it is written again. A repeated key is an error: a map would
/// silently keep one of its values.
#[derive(Debug)]
pub(crate) enum Json {
    Null,
    Boolean(bool),
    Number(Number),
    Text(String),
    Array(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(entries) => {
                serializer.collect_map(entries.iter().map(|(key, value)| (key, value)))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        Json::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        Json::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Json, E> {
        Number::from_f64(value)
            .map(Json::Number)
            .ok_or_else(|| E::custom(not_finite()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if entries.is_empty() && key == NUMBER {
                let text: String = map.next_value()?;
                return text.parse().map(Json::Number).map_err(de::Error::custom);
            }
            entries.push((key, map.next_value()?));
        }
        let mut keys = HashSet::new();
        if let Some((key, _)) = entries.iter().find(|(key, _)| !keys.insert(key.as_str())) {
            return Err(de::Error::custom(format_args!(
                "key `{key}` appears twice in an object, and one of its values would be lost; \
                 rename or remove one of them"
            )));
        }
        Ok(Json::Object(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(json: &str) -> Result<String, String> {
        let value: Json = serde_json::from_str(json).map_err(|error| error.to_string())?;
        serde_json::to_string(&value).map_err(|error| error.to_string())
    }

    #[test]
    fn values_keep_their_order_and_their_numbers() {
        let json = r#"{"z":[1,1.0,-0.0,1.5e-300,5e-324,0.1,-9007199254740991],"a":{"":null,"b":true},"m":"é\n"}"#;
        assert_eq!(rewritten(json).as_deref(), Ok(json));
    }

    #[test]
    fn a_number_of_arbitrary_precision_is_a_number() {
        let number = format!(r#"[{{"{NUMBER}":"12.5"}},{{"a":1,"{NUMBER}":"x"}}]"#);
        let expected = format!(r#"[12.5,{{"a":1,"{NUMBER}":"x"}}]"#);
        assert_eq!(rewritten(&number), Ok(expected));
    }

    #[test]
    fn a_repeated_key_is_an_error_at_any_depth() {
        let error = rewritten(r#"{"a":{"b":1,"c":2,"b":3}}"#).expect_err("a repeated key");
        assert!(error.starts_with("key `b` appears twice"), "{error}");
    }
}

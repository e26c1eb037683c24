//! Bodies of requests, read as the reference's models are.

use std::sync::Arc;

use axum::body::Bytes;
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::timespan::Timespan;
use pantry_registry::model::universe::Universe;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::refusal::Refusal;

/// A JSON object, and where in the body it is.
pub struct Fields<'a> {
    fields: &'a Map<String, Value>,
    place: Vec<String>,
}

/// Read a body.
///
/// # Errors
/// [`Refusal::Malformed`] for what is not JSON.
pub fn parse(body: &Bytes) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|e| Refusal::body(format!("JSON decode error: {e}")))
}

impl<'a> Fields<'a> {
    /// The fields of a whole body.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if it is no object.
    pub fn of(value: &'a Value) -> Result<Self, Refusal> {
        Self::at(value, vec!["body".to_owned()])
    }

    fn at(value: &'a Value, place: Vec<String>) -> Result<Self, Refusal> {
        match value.as_object() {
            Some(fields) => Ok(Self { fields, place }),
            None => Err(Refusal::Malformed {
                place,
                detail: "Input should be an object".to_owned(),
            }),
        }
    }

    /// What is wrong with a field.
    pub fn fail(&self, name: &str, detail: impl Into<String>) -> Refusal {
        let mut place = self.place.clone();
        place.push(name.to_owned());
        Refusal::Malformed {
            place,
            detail: detail.into(),
        }
    }

    /// A field that may be missing.
    pub fn optional(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name)
    }

    /// A field that must be there.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn required(&self, name: &str) -> Result<&'a Value, Refusal> {
        self.optional(name)
            .ok_or_else(|| self.fail(name, "Field required"))
    }

    /// An object.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn object(&self, name: &str) -> Result<Fields<'a>, Refusal> {
        let mut place = self.place.clone();
        place.push(name.to_owned());
        Self::at(self.required(name)?, place)
    }

    /// The elements of a list, as objects.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn objects(&self, name: &str) -> Result<Vec<Fields<'a>>, Refusal> {
        let list = self.list(name)?.iter().enumerate();
        list.map(|(i, value)| {
            let mut place = self.place.clone();
            place.extend([name.to_owned(), i.to_string()]);
            Self::at(value, place)
        })
        .collect()
    }

    /// A list.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn list(&self, name: &str) -> Result<&'a [Value], Refusal> {
        let value = self.required(name)?.as_array();
        value
            .map(Vec::as_slice)
            .ok_or_else(|| self.fail(name, "Input should be a valid list"))
    }

    /// A text.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn text(&self, name: &str) -> Result<&'a str, Refusal> {
        let value = self.required(name)?.as_str();
        value.ok_or_else(|| self.fail(name, "Input should be a valid string"))
    }

    /// A list of texts.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn texts(&self, name: &str) -> Result<Vec<String>, Refusal> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let texts: Option<Vec<String>> = self.list(name)?.iter().map(text).collect();
        texts.ok_or_else(|| self.fail(name, "Input should be a list of strings"))
    }

    /// A truth value; pydantic takes some words and numbers for one.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn flag(&self, name: &str) -> Result<bool, Refusal> {
        let fail = || self.fail(name, "Input should be a valid boolean");
        match self.required(name)? {
            Value::Bool(flag) => Ok(*flag),
            Value::Number(n) if n.as_f64() == Some(0.0) => Ok(false),
            Value::Number(n) if n.as_f64() == Some(1.0) => Ok(true),
            Value::String(text) => flag_of_text(text).ok_or_else(fail),
            _ => Err(fail()),
        }
    }

    /// A truth value that may be missing.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn flag_or(&self, name: &str, default: bool) -> Result<bool, Refusal> {
        self.optional(name).map_or(Ok(default), |_| self.flag(name))
    }

    /// A UUID.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn uuid(&self, name: &str) -> Result<Uuid, Refusal> {
        let id = self.text(name)?.parse();
        id.map_err(|e| self.fail(name, format!("Input should be a valid UUID, {e}")))
    }

    /// A list of at most so many UUIDs.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn uuids(&self, name: &str, most: usize) -> Result<Vec<Uuid>, Refusal> {
        let list = self.list(name)?;
        if list.len() > most {
            let detail = format!("List should have at most {most} items");
            return Err(self.fail(name, detail));
        }
        let id = |value: &Value| value.as_str()?.parse().ok();
        let ids: Option<Vec<Uuid>> = list.iter().map(id).collect();
        ids.ok_or_else(|| self.fail(name, "Input should be a list of valid UUIDs"))
    }

    /// An interval of TAI nanoseconds, `[begin, end]`; `None` if it is `null` or missing.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn timespan(&self, name: &str) -> Result<Option<Timespan>, Refusal> {
        let bounds = match self.optional(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(value) => value.as_array().map(Vec::as_slice),
        };
        match bounds {
            Some([begin, end]) => nanoseconds(begin)
                .zip(nanoseconds(end))
                .map(|(begin, end)| Some(Timespan::from_ns(begin, end))),
            _ => None,
        }
        .ok_or_else(|| self.fail(name, "Input should be two valid integers"))
    }

    /// Dimensions, by the names of some of them.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], and `dimension_name` for one that the universe does not have.
    pub fn dimensions(
        &self,
        name: &str,
        universe: &Arc<Universe>,
    ) -> Result<DimensionGroup, Refusal> {
        let names = self.texts(name)?;
        DimensionGroup::conform(universe, names).map_err(|e| Refusal::User {
            error_type: "dimension_name",
            detail: e.to_string(),
        })
    }

    /// A data ID: an object of integers and texts; empty if it is missing.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn data_id(&self, name: &str) -> Result<Vec<(String, DataIdValue)>, Refusal> {
        if self.optional(name).is_none() {
            return Ok(Vec::new());
        }
        let fields = self.object(name)?;
        let pairs = fields.fields.iter();
        let value = |(dimension, value): (&String, &Value)| match data_id_value(value) {
            Some(value) => Ok((dimension.clone(), value)),
            None => Err(fields.fail(dimension, "Input should be an integer or a string")),
        };
        pairs.map(value).collect()
    }
}

/// A truth value in a word, as pydantic reads it.
pub fn flag_of_text(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// A value of a data ID.
pub fn data_id_value(value: &Value) -> Option<DataIdValue> {
    match value {
        Value::String(text) => Some(DataIdValue::Str(text.clone())),
        // An integer that no column holds is text, which equals no integer.
        Value::Number(number) if number.as_i64().is_none() && number.is_u64() => {
            Some(DataIdValue::Str(number.to_string()))
        }
        other => integer(other).map(DataIdValue::Int),
    }
}

/// An integer as pydantic takes it: truth values and floats without a fraction too.
fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Bool(flag) => Some(i64::from(*flag)),
        Value::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64().filter(|v| v.fract() == 0.0)?;
            // Of floats that are integers those between these bounds are exactly an `i64`.
            let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&float);
            fits.then_some(float as i64)
        }),
        _ => None,
    }
}

/// A bound of a timespan, also as text; those beyond all times are the last ones.
fn nanoseconds(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64().filter(|v| v.fract() == 0.0)?;
            Some(float as i64)
        }),
        other => integer(other),
    }
}

/// Values of governor dimensions, for queries that leave them open.
pub fn default_data_id(pairs: Vec<(String, DataIdValue)>) -> Vec<(String, String)> {
    let text = |value| match value {
        DataIdValue::Str(text) => text,
        DataIdValue::Int(number) => number.to_string(),
    };
    pairs.into_iter().map(|(d, v)| (d, text(v))).collect()
}

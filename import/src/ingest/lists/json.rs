//! `rclone lsjson --hash`: an array of objects, read one after the other.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;

use pantry_datastore::Algorithm;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Error, SeqAccess, Visitor};

use super::{EachListed, ListFault, Listed, algorithm};

/// An object of the array; what else it has is not looked at.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    path: String,
    size: Option<i64>,
    #[serde(default)]
    is_dir: bool,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
}

pub(super) fn read(input: impl Read, each: &mut EachListed<'_>) -> Result<(), ListFault> {
    let mut items = serde_json::Deserializer::from_reader(input);
    let read = Items { each }
        .deserialize(&mut items)
        .and_then(|()| items.end());
    read.map_err(|e| {
        (
            e.line() as u64,
            format!("the list of lsjson cannot be read: {e}"),
        )
    })
}

struct Items<'a, 'b> {
    each: &'a mut EachListed<'b>,
}

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, items: D) -> Result<(), D::Error> {
        items.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Item>()? {
            if !item.is_dir {
                // The array has no lines that mean something to people.
                (self.each)(0, listed(item)).map_err(A::Error::custom)?;
            }
        }
        Ok(())
    }
}

fn listed(item: Item) -> Listed {
    let sum = |(name, sum): (String, String)| {
        let wanted = Algorithm::named(&name)?;
        let found = algorithm(&sum, Some(wanted)).filter(|a| *a == wanted)?;
        Some((found, sum.to_ascii_lowercase()))
    };
    Listed {
        path: item.path,
        size: item.size.and_then(|size| size.try_into().ok()),
        sums: item.hashes.into_iter().filter_map(sum).collect(),
    }
}

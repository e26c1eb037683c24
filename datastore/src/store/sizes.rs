//! Sizes of many objects, by listing them instead of asking for each.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::store_trait::{Object, Store};
use super::stores::Stores;
use crate::error::{DatastoreError, Result};
use crate::resource_path::ResourcePath;

/// Files that one answer of a listing has: after so many it costs nothing to begin again further on.
const PAGE: usize = 1000;

/// Files that are looked at side by side where nothing can be listed.
const AT_ONCE: usize = 32;

/// The keys that are wanted of one store, each with the places of the answers that want it.
struct Wanted {
    store: Arc<dyn Store>,
    places: BTreeMap<String, Vec<usize>>,
}

impl Stores {
    /// The sizes of files in any stores, in the order of `uris`; `None` for those that are not there. Sorted URIs of one folder
    /// cost least.
    ///
    /// # Errors
    /// Those of the stores.
    pub async fn sizes(&self, uris: &[ResourcePath]) -> Result<Vec<Option<u64>>> {
        let mut stores: BTreeMap<(&str, &str), Wanted> = BTreeMap::new();
        for (place, uri) in uris.iter().enumerate() {
            let stored = self.find(uri)?;
            let at = (uri.scheme().unwrap_or_default(), uri.authority());
            let wanted = stores.entry(at).or_insert_with(|| Wanted {
                store: stored.store,
                places: BTreeMap::new(),
            });
            wanted.places.entry(stored.key).or_default().push(place);
        }
        let mut found = vec![None; uris.len()];
        for Wanted { store, places } in stores.values() {
            let keys: Vec<String> = places.keys().cloned().collect();
            let note = |key: &str, object: Option<Object>| {
                for place in places.get(key).into_iter().flatten() {
                    found[*place] = object.as_ref().map(|object| object.size);
                }
                Ok::<_, DatastoreError>(())
            };
            sizes(store.as_ref(), &keys, note).await?;
        }
        Ok(found)
    }
}

/// Describe the files at `keys`, which are in the order of their bytes and without repetition; `each` gets every key with what
/// is there, in this order.
///
/// A bucket is asked at most once for a thousand objects, and never for objects between those that are wanted if they are far
/// apart. Where listing is not allowed or impossible, each file is asked for.
///
/// # Errors
/// Those of the store and of `each`.
pub async fn sizes<E: From<DatastoreError>>(
    store: &dyn Store,
    keys: &[String],
    mut each: impl FnMut(&str, Option<Object>) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let mut rest = keys;
    while let Some(first) = rest.first() {
        let listed = match store.list(common_folder(rest), before(first)) {
            Some(listing) => merge(listing, rest, &mut each).await?,
            None => None,
        };
        match listed {
            Some(done) => rest = &rest[done..],
            None => return ask_for_each(store, rest, each).await,
        }
    }
    Ok(())
}

/// Go through a listing as long as it has something that is wanted: how many keys are dealt with, `None` if it is refused.
async fn merge<E: From<DatastoreError>>(
    mut listing: stream::BoxStream<'_, Result<Object>>,
    keys: &[String],
    each: &mut impl FnMut(&str, Option<Object>) -> std::result::Result<(), E>,
) -> std::result::Result<Option<usize>, E> {
    let mut done = 0;
    let mut listed = 0;
    while done < keys.len() {
        let object = match listing.next().await {
            Some(Err(DatastoreError::Refused { .. })) if listed == 0 => return Ok(None),
            next => next.transpose()?,
        };
        listed += 1;
        let is_before = |key: &String| object.as_ref().is_none_or(|object| *key < object.key);
        while let Some(key) = keys.get(done).filter(|key| is_before(key)) {
            each(key, None)?;
            done += 1;
        }
        let Some(object) = object else { continue };
        if keys.get(done) == Some(&object.key) {
            each(&keys[done], Some(object))?;
            done += 1;
        } else if listed % PAGE == 0 {
            // The next page may hold nothing that is wanted.
            break;
        }
    }
    Ok(Some(done))
}

async fn ask_for_each<E: From<DatastoreError>>(
    store: &dyn Store,
    keys: &[String],
    mut each: impl FnMut(&str, Option<Object>) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let asked = stream::iter(keys)
        .map(|key| async move { Ok::<_, DatastoreError>((key, store.stat(key).await?)) });
    let mut asked = asked.buffered(AT_ONCE);
    while let Some((key, object)) = asked.try_next().await? {
        each(key, object)?;
    }
    Ok(())
}

/// The folder, with its slash, that all of these sorted keys are in.
fn common_folder(keys: &[String]) -> &str {
    let (Some(first), Some(last)) = (keys.first(), keys.last()) else {
        return "";
    };
    let same = first
        .bytes()
        .zip(last.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let end = first.as_bytes()[..same]
        .iter()
        .rposition(|&byte| byte == b'/');
    end.map_or("", |slash| &first[..=slash])
}

/// A text that sorts before `key` with little between the two.
fn before(key: &str) -> Option<String> {
    let mut text = key.to_owned();
    let last = text.pop()?;
    if ('"'..='~').contains(&last) {
        text.extend(char::from_u32(u32::from(last) - 1));
        text.push('~');
    }
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_comes_before_does(key in "[ -~é]{1,6}") {
            if let Some(before) = before(&key) {
                prop_assert!(before < key, "{before:?} {key:?}");
            }
        }

        #[test]
        fn all_keys_are_in_the_common_folder(keys in proptest::collection::btree_set("[ab/]{1,6}", 1..6)) {
            let keys: Vec<String> = keys.into_iter().collect();
            let folder = common_folder(&keys);
            prop_assert!(keys.iter().all(|key| key.starts_with(folder)));
            prop_assert!(folder.is_empty() || folder.ends_with('/'));
        }
    }
}

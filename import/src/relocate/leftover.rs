//! Sources of files that an earlier run has moved, and was ended before it could remove them.

use pantry_datastore::ResourcePath;
use pantry_registry::Registry;

use super::{Relocation, records};
use crate::Error;

/// Remove the sources of files that are at their new place already: those with the same content that no record names. Says how
/// many.
pub(super) fn remove(
    relocation: &Relocation,
    registry: &mut Registry,
    there: &[ResourcePath],
) -> Result<u64, Error> {
    let source =
        |target: &ResourcePath| Some(relocation.from.child(&target.below(&relocation.to)?));
    let sources: Vec<ResourcePath> = there.iter().filter_map(source).collect();
    let stores = &relocation.stores;
    let found = stores.wait(stores.sizes(&sources))?;
    let pairs = there.iter().zip(sources).zip(found);
    let left: Vec<_> = pairs
        .filter_map(|(pair, size)| Some((pair, size?)))
        .collect();
    if left.is_empty() {
        return Ok(0);
    }
    let mut names = Vec::new();
    for ((_, source), _) in &left {
        names.push(relocation.record(source)?);
        names.push(source.to_string());
    }
    let named = records::named(registry, &relocation.table, &names)?;
    let mut removed = 0;
    for ((target, source), size) in left {
        if named.contains(&relocation.record(&source)?) || named.contains(&source.to_string()) {
            continue;
        }
        let (from, to) = (stores.find(&source)?, stores.find(target)?);
        let is_same = async {
            match to.store.stat(&to.key).await? {
                Some(there) if there.size == size => {
                    Ok(from.blake3(size).await? == to.blake3(size).await?)
                }
                _ => Ok(false),
            }
        };
        if stores.wait(is_same)? {
            relocation.remove(&source)?;
            removed += 1;
        }
    }
    Ok(removed)
}

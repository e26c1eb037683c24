//! `KEY=VALUE,KEY=VALUE` option values (`lsst/daf/butler/cli/utils.py`, `split_kv`).
use pantry_registry::model::glob::split_commas;

/// Splits each value at commas and each part at its `=`. A key that comes again keeps its first place and takes
/// the last value. With `bare_allowed`, a part without `=` has no key.
///
/// # Errors
/// A message naming the part that is not a pair.
pub fn split(
    values: &[String],
    bare_allowed: bool,
) -> Result<Vec<(Option<String>, String)>, String> {
    let mut pairs: Vec<(Option<String>, String)> = Vec::new();
    for part in split_commas(values).values {
        let (key, value) = match part.split_once('=') {
            None if bare_allowed => (None, part),
            Some((key, value)) if !value.contains('=') => (Some(key.to_owned()), value.to_owned()),
            _ => {
                return Err(format!(
                    "'{part}' is not a key-value pair: write KEY=VALUE, several separated by commas"
                ));
            }
        };
        match pairs.iter_mut().find(|(known, _)| *known == key) {
            Some(pair) => pair.1 = value,
            None => pairs.push((key, value)),
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    #[test]
    fn pairs_are_split_and_the_last_value_wins() {
        let pairs = split(&texts(&["a=1,b=2", "a=3"]), false).unwrap();
        assert_eq!(
            pairs,
            [
                (Some("a".into()), "3".into()),
                (Some("b".into()), "2".into())
            ]
        );
    }

    #[test]
    fn what_is_not_a_pair_is_refused() {
        for bad in ["a", "a=1=2", ""] {
            assert!(split(&texts(&[bad]), false).is_err(), "{bad}");
        }
        assert_eq!(split(&texts(&["a"]), true).unwrap(), [(None, "a".into())]);
    }
}

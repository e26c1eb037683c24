//! What a token says about its user.

use serde_json::{Map, Value};

use super::OidcSettings;

/// Characters of a user's name.
const NAME: usize = 256;

/// A user as the provider knows him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The name.
    pub user: String,
    /// Groups that he is in.
    pub groups: Vec<String>,
    /// What the token was given for.
    pub scopes: Vec<String>,
}

impl Claims {
    /// Read the claims of a valid token.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn read(
        claims: &Map<String, Value>,
        settings: &OidcSettings,
    ) -> Result<Self, &'static str> {
        let user = claims.get(&settings.user_claim).and_then(Value::as_str);
        let is_name = |user: &&str| {
            let has_room = (1..=NAME).contains(&user.chars().count());
            has_room && user.trim() == *user && !user.chars().any(char::is_control)
        };
        let user = user.filter(is_name).ok_or("The token names no user.")?;
        let words = |name: &str| claims.get(name).map_or_else(Vec::new, words);
        let mut scopes = words("scope");
        scopes.extend(words("scp"));
        Ok(Self {
            user: user.to_owned(),
            groups: words(&settings.groups_claim),
            scopes,
        })
    }
}

/// Words of a claim: a text with spaces between them, a list of texts, or one of objects with a `name`. Others are none.
fn words(claim: &Value) -> Vec<String> {
    match claim {
        Value::String(text) => text.split_whitespace().map(str::to_owned).collect(),
        Value::Array(items) => {
            let word = |item: &Value| {
                item.as_str()
                    .or_else(|| item.get("name")?.as_str())
                    .map(str::to_owned)
            };
            items.iter().filter_map(word).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_come_in_several_forms() {
        for (claim, expected) in [
            (json!("read:image  exec:x"), &["read:image", "exec:x"][..]),
            (json!(["a b", "c"]), &["a b", "c"]),
            (
                json!([{"name": "g_one", "id": 7}, {"id": 8}, 9]),
                &["g_one"],
            ),
            (json!({"name": "a"}), &[]),
            (json!(null), &[]),
        ] {
            assert_eq!(words(&claim), expected, "{claim}");
        }
    }
}

//! Which repos and collections somebody may read.

use std::str::FromStr;
use std::sync::Arc;

use pantry_registry::CollectionRule;
use pantry_registry::model::glob::Glob;
use pantry_state::Token;

/// In place of a user, in a rule for those who have not said who they are.
const ANONYMOUS: &str = "anonymous";

/// A rule: who may read which collections of which repos.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    who: Who,
    repos: Vec<Glob>,
    /// `None` for all.
    collections: Option<Arc<CollectionRule>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Who {
    /// Everybody.
    Anonymous,
    /// Users with such names, of a proxy or an OpenID provider.
    Users(Glob),
    /// Users who are in such a group.
    Groups(Glob),
    /// Users whose token was given for this.
    Scopes(Glob),
}

/// What is known of somebody who has no token of ours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The name; `None` for somebody unknown.
    pub user: Option<&'a str>,
    /// Groups, as an OpenID provider says.
    pub groups: &'a [String],
    /// What the token is for, as an OpenID provider says.
    pub scopes: &'a [String],
}

/// What somebody may read in one repo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Nothing.
    Nothing,
    /// These collections.
    Collections(Arc<CollectionRule>),
    /// All.
    All,
}

impl Allowance {
    /// Everything, for everybody.
    pub fn everything() -> Self {
        Self {
            who: Who::Anonymous,
            repos: vec![Glob::new("*")],
            collections: None,
        }
    }

    /// What a token of ours allows its holder.
    pub fn of_token(token: &Token) -> Self {
        let collections = token.collections.as_ref();
        Self {
            who: Who::Anonymous,
            repos: token.repos.iter().map(|glob| Glob::new(glob)).collect(),
            collections: collections.map(|globs| Arc::new(CollectionRule::new(globs))),
        }
    }

    /// Whether it is for somebody. What everybody may, users may too.
    pub fn is_for(&self, identity: &Identity<'_>) -> bool {
        let has = |words: &[String], glob: &Glob| words.iter().any(|word| glob.matches(word));
        match &self.who {
            Who::Anonymous => true,
            Who::Users(glob) => identity.user.is_some_and(|user| glob.matches(user)),
            Who::Groups(glob) => has(identity.groups, glob),
            Who::Scopes(glob) => has(identity.scopes, glob),
        }
    }
}

impl Reach {
    /// What rules give together in the repo of this label, whether there is one or not.
    pub fn of<'a>(allowances: impl IntoIterator<Item = &'a Allowance>, label: &str) -> Self {
        let is_about = |a: &&Allowance| a.repos.iter().any(|glob| glob.matches(label));
        let mut reach = Self::Nothing;
        for allowance in allowances.into_iter().filter(is_about) {
            reach = match (reach, &allowance.collections) {
                (Self::All, _) | (_, None) => Self::All,
                (Self::Nothing, Some(rule)) => Self::Collections(Arc::clone(rule)),
                (Self::Collections(a), Some(b)) => Self::Collections(Arc::new(a.or(b))),
            };
        }
        reach
    }
}

impl FromStr for Allowance {
    type Err = String;

    /// `WHO=REPO_GLOB[:COLLECTION_GLOB[,COLLECTION_GLOB...]]`; WHO is `anonymous`, a user, `group:GROUP` or `scope:SCOPE`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            format!(
                "'{text}' is no rule; write anonymous=survey:public/*, 'someone@example.org=survey' or '*=*:HSC/*,u/*'"
            )
        };
        let (who, what) = text.split_once('=').ok_or_else(wrong)?;
        let (repos, collections) = match what.split_once(':') {
            Some((repos, collections)) => (repos, Some(collections)),
            None => (what, None),
        };
        let globs: Option<Vec<&str>> = collections.map(|text| text.split(',').collect());
        let is_empty = |glob: &&str| glob.trim().is_empty();
        if [who, repos]
            .iter()
            .chain(globs.iter().flatten())
            .any(is_empty)
        {
            return Err(wrong());
        }
        Ok(Self {
            who: match (who, who.split_once(':')) {
                (ANONYMOUS, _) => Who::Anonymous,
                (_, Some(("group", name))) => Who::Groups(Glob::new(name)),
                (_, Some(("scope", name))) => Who::Scopes(Glob::new(name)),
                (name, _) => Who::Users(Glob::new(name)),
            },
            repos: vec![Glob::new(repos)],
            collections: globs.map(|globs| Arc::new(CollectionRule::new(globs))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(rules: &[&str], user: Option<&str>, label: &str) -> Reach {
        let rules: Vec<Allowance> = rules.iter().map(|rule| rule.parse().unwrap()).collect();
        let identity = Identity {
            user,
            ..Identity::default()
        };
        Reach::of(rules.iter().filter(|rule| rule.is_for(&identity)), label)
    }

    fn only(globs: &[&str]) -> Reach {
        Reach::Collections(Arc::new(CollectionRule::new(globs)))
    }

    #[test]
    fn rules_add_up() {
        let rules = [
            "anonymous=survey:public/*",
            "al*=s*:u/al,tmp",
            "root=*",
            "al=old",
        ];
        for (user, label, expected) in [
            (None, "survey", only(&["public/*"])),
            (None, "old", Reach::Nothing),
            (Some("me"), "survey", only(&["public/*"])),
            (Some("al"), "survey", only(&["public/*", "u/al", "tmp"])),
            (Some("al"), "side", only(&["u/al", "tmp"])),
            (Some("al"), "old", Reach::All),
            (Some("root"), "survey", Reach::All),
            // Who calls himself so is a user like others.
            (Some("anonymous"), "old", Reach::Nothing),
        ] {
            assert_eq!(reach(&rules, user, label), expected, "{user:?} {label}");
        }
        assert_eq!(reach(&[], Some("me"), "survey"), Reach::Nothing);
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for text in [
            "",
            "me",
            "=survey",
            "me=",
            "me=survey:",
            "me=survey:a,",
            "me=:a",
        ] {
            let refused = text.parse::<Allowance>();
            assert!(
                refused.is_err_and(|e| e.contains(&format!("'{text}'"))),
                "{text}"
            );
        }
    }
}

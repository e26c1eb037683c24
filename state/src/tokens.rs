//! Making, finding, listing and revoking API tokens.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use diesel::prelude::*;

use crate::database::on_either;
use crate::error::StateError;
use crate::schema::token;
use crate::secret::{self, Secret};
use crate::state::State;
use crate::token::{NewToken, Role, Token};

/// How much too early [`Token::last_used`] may be: a use is written down only if the last one is longer ago than this, so
/// that reading with a token seldom writes.
const LAST_USED_STEP: TimeDelta = TimeDelta::minutes(10);

/// What a text that was presented as a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookUp {
    /// A token that is valid now.
    Valid(Token),
    /// A token that was valid once; whoever presents it knows the secret and may be told.
    Expired(Token),
    /// A token that was revoked.
    Revoked(Token),
    /// None of ours.
    Unknown,
}

/// A row of the table, in its order.
#[derive(Queryable, Insertable)]
#[diesel(table_name = token)]
struct Row {
    id: String,
    name: Option<String>,
    hash: String,
    repos: String,
    collections: Option<String>,
    role: String,
    created: i64,
    expires: Option<i64>,
    revoked: Option<i64>,
    last_used: Option<i64>,
}

impl State {
    /// Makes a token. The secret is kept nowhere: show it now.
    ///
    /// # Errors
    /// [`StateError::Invalid`], [`StateError::NameTaken`], [`StateError::Database`].
    pub fn create_token(
        &self,
        new: &NewToken,
        now: DateTime<Utc>,
    ) -> Result<(Secret, Token), StateError> {
        new.check(now)?;
        let (secret, id) = Secret::random()
            .map_err(|e| StateError::Invalid(format!("the system has no random numbers: {e}")))?;
        let token = Token {
            id,
            name: new.name.clone(),
            repos: new.repos.clone(),
            collections: new.collections.clone(),
            role: new.role,
            created: now.trunc_subsecs(0),
            expires: new.expires.map(|expires| expires.trunc_subsecs(0)),
            revoked: None,
            last_used: None,
        };
        let row = Row::of(&token, &secret);
        let inserted = self.write("make a token", |connection| {
            let insert = diesel::insert_into(token::table).values(&row);
            on_either!(connection, raw => insert.execute(raw))
        })?;
        match (inserted, &new.name) {
            (None, Some(name)) => Err(StateError::NameTaken(name.clone())),
            (None, None) => Err(self.corrupt(format!("it has the token {} twice", token.id))),
            (Some(_), _) => Ok((secret, token)),
        }
    }

    /// What a presented text is, and writes down that a valid token was used. That the latter fails is logged only: a
    /// reader is not to wait for a full disk.
    ///
    /// # Errors
    /// [`StateError::Database`] or [`StateError::Connect`]: whether it is valid cannot be said now.
    pub fn look_up(&self, presented: &str, now: DateTime<Utc>) -> Result<LookUp, StateError> {
        let Some(id) = secret::id_of(presented) else {
            return Ok(LookUp::Unknown);
        };
        let row = self.read("look up a token", |connection| {
            let query = token::table.find(id);
            on_either!(connection, raw => query.first::<Row>(raw)).optional()
        })?;
        let Some(row) = row else {
            return Ok(LookUp::Unknown);
        };
        let hash = blake3::Hash::from_hex(&row.hash)
            .map_err(|e| self.corrupt(format!("the hash of token {id}: {e}")))?;
        if !secret::matches(presented, &hash) {
            return Ok(LookUp::Unknown);
        }
        let token = self.token(row)?;
        if token.revoked.is_some() {
            return Ok(LookUp::Revoked(token));
        }
        if token.has_expired(now) {
            return Ok(LookUp::Expired(token));
        }
        if token
            .last_used
            .is_none_or(|last| last + LAST_USED_STEP <= now)
            && let Err(e) = self.note_use(id, now)
        {
            tracing::warn!("the use of token {id} is not written down: {e}");
        }
        Ok(LookUp::Valid(token))
    }

    fn note_use(&self, id: &str, now: DateTime<Utc>) -> Result<(), StateError> {
        self.write("write down the use of a token", |connection| {
            let used = token::last_used.eq(Some(now.timestamp()));
            let update = diesel::update(token::table.find(id)).set(used);
            on_either!(connection, raw => update.execute(raw))
        })?;
        Ok(())
    }

    /// All tokens that were ever made, the oldest first; also those that expired or were revoked.
    ///
    /// # Errors
    /// [`StateError::Database`], [`StateError::Connect`], [`StateError::Corrupt`].
    pub fn tokens(&self) -> Result<Vec<Token>, StateError> {
        let rows = self.read("list the tokens", |connection| {
            let query = token::table.order((token::created, token::id));
            on_either!(connection, raw => query.load::<Row>(raw))
        })?;
        rows.into_iter().map(|row| self.token(row)).collect()
    }

    /// Revokes the token with this id or name, for ever.
    ///
    /// # Errors
    /// [`StateError::NoSuchToken`], [`StateError::Database`], [`StateError::Connect`].
    pub fn revoke_token(&self, id_or_name: &str, now: DateTime<Utc>) -> Result<(), StateError> {
        let revoked = self.write("revoke a token", |connection| {
            let meant = token::id.eq(id_or_name).or(token::name.eq(id_or_name));
            let live = token::table.filter(token::revoked.is_null().and(meant));
            let update = diesel::update(live).set(token::revoked.eq(Some(now.timestamp())));
            on_either!(connection, raw => update.execute(raw))
        })?;
        match revoked {
            None | Some(0) => Err(StateError::NoSuchToken(id_or_name.to_owned())),
            Some(_) => Ok(()),
        }
    }

    fn token(&self, row: Row) -> Result<Token, StateError> {
        let id = row.id.clone();
        row.into_token()
            .map_err(|column| self.corrupt(format!("column {column} of token {id}")))
    }
}

impl Row {
    fn of(token: &Token, secret: &Secret) -> Self {
        let list = |globs: &Vec<String>| serde_json::Value::from(globs.as_slice()).to_string();
        let seconds = |time: &DateTime<Utc>| time.timestamp();
        Self {
            id: token.id.clone(),
            name: token.name.clone(),
            hash: secret.hash().to_hex().to_string(),
            repos: list(&token.repos),
            collections: token.collections.as_ref().map(list),
            role: token.role.name().to_owned(),
            created: seconds(&token.created),
            expires: token.expires.as_ref().map(seconds),
            revoked: token.revoked.as_ref().map(seconds),
            last_used: token.last_used.as_ref().map(seconds),
        }
    }

    /// `Err` names the column that cannot be understood.
    fn into_token(self) -> Result<Token, &'static str> {
        let list = |text: &str| serde_json::from_str::<Vec<String>>(text).ok();
        let time = |seconds: i64| DateTime::from_timestamp(seconds, 0);
        let optional = |seconds: Option<i64>, column| match seconds {
            Some(seconds) => time(seconds).map(Some).ok_or(column),
            None => Ok(None),
        };
        let collections = match &self.collections {
            Some(text) => Some(list(text).ok_or("collections")?),
            None => None,
        };
        Ok(Token {
            repos: list(&self.repos).ok_or("repos")?,
            collections,
            role: Role::parse(&self.role).ok_or("role")?,
            created: time(self.created).ok_or("created")?,
            expires: optional(self.expires, "expires")?,
            revoked: optional(self.revoked, "revoked")?,
            last_used: optional(self.last_used, "last_used")?,
            id: self.id,
            name: self.name,
        })
    }
}

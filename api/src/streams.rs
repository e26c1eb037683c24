//! How many streaming queries run, in all and for each user.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::refusal::Refusal;
use crate::settings::Limits;

/// The streaming queries of a server.
pub struct Streams {
    places: Arc<Semaphore>,
    per_user: usize,
    /// Those that run, by who asked; nobody has none.
    running: Mutex<HashMap<String, usize>>,
}

/// The right to run a streaming query; it ends with the value.
pub struct StreamPlace {
    streams: Arc<Streams>,
    payer: String,
    _place: OwnedSemaphorePermit,
}

impl Streams {
    /// None yet.
    pub fn new(limits: &Limits) -> Self {
        Self {
            places: Arc::new(Semaphore::new(limits.streams)),
            per_user: limits.streams_per_user,
            running: Mutex::default(),
        }
    }

    /// Begin one for somebody.
    ///
    /// # Errors
    /// [`Refusal::TooMany`] and [`Refusal::Busy`].
    pub fn begin(self: &Arc<Self>, payer: &str) -> Result<StreamPlace, Refusal> {
        let mut running = self.running();
        if running.get(payer).is_some_and(|own| *own >= self.per_user) {
            return Err(Refusal::TooMany(format!(
                "You run {} queries already, which is as many as one user may; try again later.",
                self.per_user
            )));
        }
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| {
            Refusal::Busy("The Butler Server is currently overloaded with requests.".to_owned())
        })?;
        *running.entry(payer.to_owned()).or_default() += 1;
        Ok(StreamPlace {
            streams: Arc::clone(self),
            payer: payer.to_owned(),
            _place: place,
        })
    }

    /// How many run.
    pub fn count(&self) -> usize {
        self.running().values().sum()
    }

    fn running(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut running = self.streams.running();
        let Some(own) = running.get_mut(&self.payer) else {
            return;
        };
        *own -= 1;
        if *own == 0 {
            running.remove(&self.payer);
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[test]
    fn one_user_leaves_room_for_others() {
        let limits = Limits {
            streams: 3,
            streams_per_user: 2,
            ..Limits::default()
        };
        let streams = Arc::new(Streams::new(&limits));
        let status = |payer| streams.begin(payer).map_err(|refusal| refusal.status());
        let first = streams.begin("a");
        let second = streams.begin("a");
        assert_eq!(status("a").err(), Some(StatusCode::TOO_MANY_REQUESTS));
        let other = streams.begin("b");
        assert_eq!(status("b").err(), Some(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(status("a").err(), Some(StatusCode::TOO_MANY_REQUESTS));
        drop((first, second));
        assert!(status("a").is_ok() && status("b").is_ok());
        drop(other);
        assert!(streams.running().is_empty());
        assert_eq!(streams.places.available_permits(), 3);
    }
}

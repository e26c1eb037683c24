//! Reading no faster than the user allows.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longest sleep before it is looked whether the user wants to stop.
const NAP: Duration = Duration::from_millis(100);

/// Bytes in a second that all threads together may read.
#[derive(Debug)]
pub struct Pace {
    rate: u64,
    /// When all that was read is paid for.
    paid: Mutex<Option<Instant>>,
}

impl Pace {
    /// So many bytes in a second.
    pub fn new(rate: u64) -> Self {
        Self {
            rate: rate.max(1),
            paid: Mutex::new(None),
        }
    }

    /// Wait until so many bytes more, which were read, are paid for.
    pub fn wait(&self, bytes: u64, cancelled: &AtomicBool) {
        let until = self.pay(bytes, Instant::now());
        while !cancelled.load(Ordering::Relaxed)
            && let Some(left) = until.checked_duration_since(Instant::now())
            && !left.is_zero()
        {
            sleep(left.min(NAP));
        }
    }

    fn pay(&self, bytes: u64, now: Instant) -> Instant {
        let cost = Duration::from_secs_f64(bytes as f64 / self.rate as f64);
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        let until = paid.map_or(now, |paid| paid.max(now)) + cost;
        *paid = Some(until);
        until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_paid_for_one_after_the_other() {
        let pace = Pace::new(1000);
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(pace.pay(2000, start), after(2));
        assert_eq!(pace.pay(1000, after(1)), after(3));
        // What was not read in the meantime is not saved up.
        assert_eq!(pace.pay(1000, after(10)), after(11));
    }
}

//! Ctrl-C: long work is asked to stop, and stops where it can be taken up again.
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::log::write_stderr;

static STOP: AtomicBool = AtomicBool::new(false);
static WATCHING: OnceLock<()> = OnceLock::new();
static WORK: Mutex<Vec<Work>> = Mutex::new(Vec::new());

/// What is done at the first signal.
type Work = Box<dyn FnOnce() + Send>;

/// Watches for Ctrl-C (also SIGTERM and SIGHUP) from now on, and returns the flag that it raises. Long work looks
/// at the flag between steps and returns [`crate::failure::Failure::Interrupted`]. A second signal ends the
/// process at once. Verbs that never call this keep the system's behaviour: they end at the first.
///
/// # Errors
/// What the operating system says when it refuses the handlers.
pub fn watch() -> io::Result<&'static AtomicBool> {
    if WATCHING.get().is_none() {
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        if WATCHING.set(()).is_ok() {
            thread::Builder::new()
                .name("signals".to_owned())
                .spawn(move || {
                    for signal in signals.forever() {
                        if STOP.swap(true, Ordering::SeqCst) {
                            let _ = emulate_default_handler(signal);
                        }
                        write_stderr("pantry: stopping after this step; once more to stop at once");
                        let work = std::mem::take(&mut *work());
                        // The next signal is to be seen while this one's work is done.
                        thread::spawn(move || work.into_iter().for_each(|each| each()));
                    }
                })?;
        }
    }
    Ok(&STOP)
}

/// Has `each` done at the first signal that is watched for.
pub fn at_signal(each: impl FnOnce() + Send + 'static) {
    work().push(Box::new(each));
}

fn work() -> std::sync::MutexGuard<'static, Vec<Work>> {
    WORK.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn a_signal_raises_the_flag_and_does_not_end_the_process() {
        let flag = watch().unwrap();
        assert!(!flag.load(Ordering::SeqCst));
        signal_hook::low_level::raise(SIGINT).unwrap();
        let start = Instant::now();
        while !flag.load(Ordering::SeqCst) {
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "the signal was not seen"
            );
            thread::sleep(Duration::from_millis(1));
        }
        assert!(std::ptr::eq(watch().unwrap(), flag));
    }
}

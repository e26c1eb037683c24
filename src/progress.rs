//! How far long work is: a bar on a terminal, a log line every few seconds elsewhere.
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, MultiProgress, ProgressBar, ProgressStyle};

/// All bars of the process, so that log lines and bars do not write over each other.
static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Work that ends sooner than this is not shown at all.
const PATIENCE: Duration = Duration::from_millis(400);
const REDRAW: Duration = Duration::from_millis(200);
const BETWEEN_LINES: Duration = Duration::from_secs(5);
/// Stands for an unknown total.
const UNKNOWN: u64 = u64::MAX;

/// Runs `f`, which writes to the terminal, with the bars out of its way.
pub fn suspend<R>(f: impl FnOnce() -> R) -> R {
    BARS.suspend(f)
}

/// Whether and how progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Bars with rate and time left.
    Bar,
    /// INFO records of the component `pantry.progress`.
    Lines,
    /// Nothing.
    Silent,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things with this plural name.
    Count(&'static str),
    /// Bytes.
    Bytes,
}

impl Unit {
    fn amount(self, n: u64) -> String {
        match self {
            Unit::Count(_) => HumanCount(n).to_string(),
            Unit::Bytes => HumanBytes(n).to_string(),
        }
    }

    fn suffix(self) -> String {
        match self {
            Unit::Count(name) => format!(" {name}"),
            Unit::Bytes => String::new(),
        }
    }
}

impl Progress {
    /// Begins to show some work, such as "copying"; `total` is `None` if not known. It is shown until the task is
    /// dropped.
    pub fn start(self, what: &'static str, unit: Unit, total: Option<u64>) -> Task {
        let state = Arc::new(State {
            what,
            unit,
            done: AtomicU64::new(0),
            total: AtomicU64::new(total.unwrap_or(UNKNOWN)),
            finished: AtomicBool::new(false),
            start: Instant::now(),
        });
        let watcher = (self != Progress::Silent).then(|| {
            let state = Arc::clone(&state);
            // Without a thread to spare the work simply goes on unseen.
            let builder = thread::Builder::new().name("progress".to_owned());
            builder
                .spawn(move || {
                    if self == Progress::Bar {
                        show_bar(&state)
                    } else {
                        show_lines(&state)
                    }
                })
                .ok()
        });
        Task {
            state,
            watcher: watcher.flatten(),
        }
    }
}

/// Work that is being shown. It can be shared between threads; counting is one atomic addition.
#[derive(Debug)]
pub struct Task {
    state: Arc<State>,
    watcher: Option<JoinHandle<()>>,
}

impl Task {
    /// So much more is done.
    pub fn advance(&self, n: u64) {
        self.state.done.fetch_add(n, Ordering::Relaxed);
    }

    /// The total has become known, or has changed.
    pub fn set_total(&self, total: u64) {
        self.state.total.store(total, Ordering::Relaxed);
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.state.finished.store(true, Ordering::Relaxed);
        if let Some(watcher) = self.watcher.take() {
            watcher.thread().unpark();
            let _ = watcher.join();
        }
    }
}

#[derive(Debug)]
struct State {
    what: &'static str,
    unit: Unit,
    done: AtomicU64,
    total: AtomicU64,
    finished: AtomicBool,
    start: Instant,
}

impl State {
    /// Sleeps, at most until the work is finished; false when it is.
    fn wait(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        while !self.finished.load(Ordering::Relaxed) {
            let now = Instant::now();
            if now >= until {
                return true;
            }
            thread::park_timeout(until - now);
        }
        false
    }

    fn total(&self) -> Option<u64> {
        Some(self.total.load(Ordering::Relaxed)).filter(|&total| total != UNKNOWN)
    }

    /// How far the work is, in words; once it is finished, what was done in which time.
    fn status(&self, finished: bool) -> String {
        let done = self.done.load(Ordering::Relaxed);
        let total = self.total().filter(|_| !finished);
        status(self.unit, done, total, self.start.elapsed())
    }
}

fn show_bar(state: &State) {
    if !state.wait(PATIENCE) {
        return;
    }
    let bar = BARS.add(ProgressBar::no_length().with_prefix(state.what));
    let mut known = None;
    bar.set_style(style("{prefix} {spinner} {msg}"));
    while state.wait(REDRAW) {
        if let Some(total) = state.total().filter(|_| known != state.total()) {
            known = Some(total);
            bar.set_style(style("{prefix} {wide_bar} {msg}"));
            bar.set_length(total);
        }
        bar.set_position(state.done.load(Ordering::Relaxed));
        bar.set_message(state.status(false));
        bar.tick();
    }
    bar.finish_and_clear();
    BARS.remove(&bar);
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn show_lines(state: &State) {
    let mut shown = false;
    while state.wait(BETWEEN_LINES) {
        shown = true;
        tracing::info!(target: "pantry::progress", "{}: {}", state.what, state.status(false));
    }
    if shown {
        tracing::info!(target: "pantry::progress", "{}: {}", state.what, state.status(true));
    }
}

/// Amount, rate over the whole time and time left; without a total the time it took.
fn status(unit: Unit, done: u64, total: Option<u64>, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    let rate = if seconds > 0.0 {
        done as f64 / seconds
    } else {
        0.0
    };
    let (amount, speed, suffix) = (unit.amount(done), unit.amount(rate as u64), unit.suffix());
    match total {
        Some(total) if total > 0 => {
            let percent = (done.min(total) as f64 * 100.0 / total as f64) as u64;
            let left = if rate > 0.0 {
                format!(", {:.0} s left", total.saturating_sub(done) as f64 / rate)
            } else {
                String::new()
            };
            format!(
                "{amount} of {}{suffix} ({percent}%), {speed}/s{left}",
                unit.amount(total)
            )
        }
        _ => format!("{amount}{suffix} in {seconds:.0} s, {speed}/s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_tells_rate_and_time_left() {
        let ten = Duration::from_secs(10);
        assert_eq!(
            status(Unit::Count("rows"), 25_000, Some(100_000), ten),
            "25,000 of 100,000 rows (25%), 2,500/s, 30 s left"
        );
        assert_eq!(
            status(Unit::Bytes, 20 << 20, None, ten),
            "20.00 MiB in 10 s, 2.00 MiB/s"
        );
        assert_eq!(
            status(Unit::Count("y"), 0, Some(0), Duration::ZERO),
            "0 y in 0 s, 0/s"
        );
    }

    #[test]
    fn a_task_counts_from_several_threads_and_ends_when_dropped() {
        let task = Progress::Lines.start("testing", Unit::Count("steps"), None);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1000).for_each(|_| task.advance(1)));
            }
        });
        task.set_total(4000);
        assert_eq!(task.state.done.load(Ordering::Relaxed), 4000);
        let started = Instant::now();
        drop(task);
        assert!(started.elapsed() < BETWEEN_LINES);
    }
}

//! Turns `tracing` events into records and hands them to the sinks.
use std::fmt::{self, Write};

use chrono::Utc;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use super::component;
use super::level::Level;
use super::level_table::LevelTable;
use super::record::{Labels, Record};
use super::sink::Sink;

/// Fields that steer an event and are not part of its text; `file_only` keeps it off the terminal.
const MARKERS: [&str; 3] = ["verbose", "critical", FILE_ONLY];
/// See [`MARKERS`].
const FILE_ONLY: &str = "file_only";

/// The one subscriber layer of the program.
#[derive(Debug)]
pub struct LogLayer {
    levels: LevelTable,
    labels: Labels,
    sinks: Vec<Sink>,
}

impl LogLayer {
    /// A layer that writes what `levels` wants to every sink.
    pub fn new(levels: LevelTable, labels: Labels, sinks: Vec<Sink>) -> LogLayer {
        LogLayer {
            levels,
            labels,
            sinks,
        }
    }
}

impl<S: Subscriber> Layer<S> for LogLayer {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        !self.sinks.is_empty()
            && self.levels.wants(
                &component::of_target(metadata.target()),
                Level::of(metadata),
            )
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        if self.sinks.is_empty() {
            Some(LevelFilter::OFF)
        } else {
            None
        }
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let mut text = Text::default();
        event.record(&mut text);
        for (name, value) in &text.fields {
            // Writing to a String cannot fail.
            let _ = write!(text.message, " {name}={value}");
        }
        let record = Record {
            name: component::of_target(metadata.target()),
            time: Utc::now(),
            level: Level::of(metadata),
            message: text.message,
            fields: text.fields,
            path: metadata.file().unwrap_or(""),
            line: metadata.line().unwrap_or(0),
        };
        let file_only = metadata.fields().field(FILE_ONLY).is_some();
        for sink in &self.sinks {
            if record.level >= sink.threshold && !(file_only && sink.is_terminal()) {
                sink.write(&record.line(sink.format, &self.labels));
            }
        }
    }
}

/// The message of an event, and its other fields.
#[derive(Default)]
struct Text {
    message: String,
    fields: Vec<(&'static str, String)>,
}

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            name if MARKERS.contains(&name) => {}
            name => self.fields.push((name, format!("{value:?}"))),
        }
    }
}

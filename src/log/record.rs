//! One log record and the three ways of writing it, which are the reference's.
use std::collections::BTreeMap;

use chrono::{DateTime, Local, SecondsFormat, Utc};
use serde_json::{Map, Value};

use super::level::Level;

/// The mapped diagnostic context: what `--log-label` adds to every record, keys in upper case.
pub type Labels = BTreeMap<String, String>;

/// How a sink writes its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `NAME LEVEL: MESSAGE` (`lsst/daf/butler/cli/cliLog.py`).
    Text,
    /// With local time, label, file and line.
    Long,
    /// One JSON object per line, as `ButlerLogRecords` reads them (`lsst/daf/butler/logging.py`).
    Json,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Record {
    /// Component, dotted.
    pub name: String,
    /// When.
    pub time: DateTime<Utc>,
    /// How bad.
    pub level: Level,
    /// What, in words, with the fields.
    pub message: String,
    /// Values that belong to it, by name.
    pub fields: Vec<(&'static str, String)>,
    /// Source file of the call site, as the compiler names it.
    pub path: &'static str,
    /// Line in that file, from 1; 0 if not known.
    pub line: u32,
}

impl Record {
    /// The record as one line without its end; line breaks inside the message stay, except in JSON.
    pub fn line(&self, format: Format, labels: &Labels) -> String {
        match format {
            Format::Text => format!("{} {}: {}", self.name, self.level, self.message),
            Format::Long => {
                let time = self
                    .time
                    .with_timezone(&Local)
                    .to_rfc3339_opts(SecondsFormat::Millis, false);
                let label = labels.get("LABEL").map_or("", String::as_str);
                let (file, line) = (self.file_name(), self.line);
                format!(
                    "{} {time} {} ({label})({file}:{line}) - {}",
                    self.level, self.name, self.message
                )
            }
            Format::Json => self.json(labels).to_string(),
        }
    }

    /// Every field that `ButlerLogRecord` requires, in its order. There is no `funcName`: Rust does not tell it. The
    /// record's own fields are in the mapped diagnostic context too, so that programs need not take the message apart.
    fn json(&self, labels: &Labels) -> Value {
        let time = self.time.to_rfc3339_opts(SecondsFormat::Micros, true);
        let own = self.fields.iter();
        let own = own.map(|(key, value)| (key.to_uppercase(), value.as_str()));
        let labels: Map<String, Value> = labels
            .iter()
            .map(|(key, value)| (key.clone(), value.as_str()))
            .chain(own)
            .map(|(key, value)| (key, Value::from(value)))
            .collect();
        serde_json::json!({
            "name": self.name,
            "asctime": time,
            "message": self.message,
            "levelno": self.level.number(),
            "levelname": self.level.name(),
            "filename": self.file_name(),
            "pathname": self.path,
            "lineno": self.line,
            "process": std::process::id(),
            "processName": "MainProcess",
            "MDC": labels,
        })
    }

    fn file_name(&self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn record() -> Record {
        Record {
            name: "pantry.registry".to_owned(),
            time: Utc.timestamp_opt(1_795_231_817, 420_363_000).unwrap(),
            level: Level::Warning,
            message: "two\nlines".to_owned(),
            fields: vec![("rows", "3".to_owned())],
            path: "registry/src/open.rs",
            line: 7,
        }
    }

    #[test]
    fn text_is_name_level_message() {
        assert_eq!(
            record().line(Format::Text, &Labels::new()),
            "pantry.registry WARNING: two\nlines"
        );
    }

    #[test]
    fn long_text_has_local_time_label_and_place() {
        let labels = Labels::from([("LABEL".to_owned(), "abc".to_owned())]);
        let line = record().line(Format::Long, &labels);
        let local = record()
            .time
            .with_timezone(&Local)
            .format("%Y-%m-%dT%H:%M:%S.420%:z")
            .to_string();
        assert_eq!(
            line,
            format!("WARNING {local} pantry.registry (abc)(open.rs:7) - two\nlines")
        );
    }

    #[test]
    fn json_is_one_line_in_the_order_of_the_reference() {
        let labels = Labels::from([("X".to_owned(), "y".to_owned())]);
        let line = record().line(Format::Json, &labels);
        let process = std::process::id();
        assert_eq!(
            line,
            r#"{"name":"pantry.registry","asctime":"2026-11-21T03:30:17.420363Z","message":"two\nlines","levelno":30,"#
                .to_owned()
                + r#""levelname":"WARNING","filename":"open.rs","pathname":"registry/src/open.rs","lineno":7,"#
                + &format!(r#""process":{process},"processName":"MainProcess","MDC":{{"X":"y","ROWS":"3"}}}}"#)
        );
    }
}

//! Lines of dimension records. The stage does not keep them, so a record at fault is looked up in the export again.

use std::path::Path;

use crate::yaml::{Event, ExportReader, Node};

/// Line of the first record of an element that has these values; 0 when no record says so in these words, as with
/// records that were made up for an older universe.
pub(super) fn of_record(file: &Path, element: &str, values: &[(&str, String)]) -> u64 {
    let Ok(mut reader) = ExportReader::open(file) else {
        return 0;
    };
    let mut is_wanted = false;
    while let Ok(Some(event)) = reader.next_event() {
        match event {
            Event::Entry { header, .. } => {
                let named = header.get("element").and_then(Node::as_str);
                is_wanted = named == Some(element);
            }
            Event::Record(record) if is_wanted => {
                let agrees = |(name, value): &(&str, String)| {
                    record.get(name).and_then(text).as_ref() == Some(value)
                };
                if values.iter().all(agrees) {
                    return record.line;
                }
            }
            _ => {}
        }
    }
    0
}

fn text(node: &Node) -> Option<String> {
    let integer = node.as_int().map(|v| v.to_string());
    integer.or_else(|| node.as_str().map(str::to_owned))
}

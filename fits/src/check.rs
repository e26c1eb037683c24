//! The structure check: whether every HDU fits the file, and whether the file holds nothing else.

use std::io;

use crate::fault::{Fault, Problem, Severity};
use crate::hdu::{Hdu, HduKind};
use crate::index::index;
use crate::limits::{BLOCK, FAULTS, HEADER_READ};
use crate::source::ReadAt;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// HDUs whose size is known.
    pub hdus: usize,
    /// The first faults, in the order of the file.
    pub faults: Vec<Fault>,
    /// Faults beyond those.
    pub more: u64,
}

impl Report {
    /// Whether all data can be found.
    pub fn is_sound(&self) -> bool {
        self.more == 0 && self.worst().is_none()
    }

    /// The first fault that makes data missing.
    pub fn worst(&self) -> Option<&Fault> {
        self.faults.iter().find(|f| f.severity == Severity::Error)
    }

    fn add(&mut self, faults: impl IntoIterator<Item = Fault>) {
        for fault in faults {
            if self.faults.len() < FAULTS {
                self.faults.push(fault);
            } else {
                self.more += 1;
            }
        }
    }
}

/// Check the structure of a file: reads headers and the fill of blocks, no data.
///
/// # Errors
/// What the store says; whatever the bytes are is in the report.
pub fn check(source: &(impl ReadAt + ?Sized)) -> io::Result<Report> {
    let mut report = Report::default();
    let mut hdus = index(source)?;
    let len = hdus.len();
    while let Some(found) = hdus.step() {
        let mut found = found?;
        if found.is_trailing {
            for fault in &mut found.faults {
                if is_zero(source, fault.offset, len)? {
                    fault.problem = Problem::TrailingZeros(len - fault.offset);
                    fault.severity = Severity::Warning;
                }
            }
        }
        report.add(found.faults);
        if let Some(hdu) = found.hdu {
            report.hdus += 1;
            report.add(end_of_data(source, &hdu, len)?);
        }
    }
    Ok(report)
}

/// What is wrong with the place where the data of an HDU end.
fn end_of_data(source: &(impl ReadAt + ?Sized), hdu: &Hdu, len: u64) -> io::Result<Option<Fault>> {
    let fault = |severity, problem| {
        Some(Fault {
            hdu: hdu.number,
            offset: hdu.header_offset,
            severity,
            problem,
        })
    };
    let end = hdu.data_offset.saturating_add(hdu.data_len);
    let filled = end.checked_next_multiple_of(BLOCK).unwrap_or(u64::MAX);
    if end > len {
        return Ok(fault(
            Severity::Error,
            Problem::DataCut { wanted: end, len },
        ));
    }
    if filled > len {
        return Ok(fault(Severity::Error, Problem::FillCut { len }));
    }
    let (byte, name) = match hdu.kind {
        HduKind::AsciiTable => (b' ', "blank"),
        _ => (0, "zero"),
    };
    let mut fill = vec![0; usize::try_from(filled - end).unwrap_or(0)];
    source.read_at(end, &mut fill)?;
    let is_filled = fill.iter().all(|b| *b == byte);
    Ok(if is_filled {
        None
    } else {
        fault(Severity::Warning, Problem::DataFill(name))
    })
}

/// Whether the rest of the file is zeros.
fn is_zero(source: &(impl ReadAt + ?Sized), from: u64, len: u64) -> io::Result<bool> {
    let mut at = from;
    let mut buffer = Vec::new();
    while at < len {
        let size = (len - at).min(HEADER_READ);
        buffer.resize(usize::try_from(size).unwrap_or(0), 0);
        source.read_at(at, &mut buffer)?;
        if buffer.iter().any(|b| *b != 0) {
            return Ok(false);
        }
        at += size;
    }
    Ok(true)
}

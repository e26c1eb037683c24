//! The HDUs of a file, one after the other.

use std::io;

use crate::error::FitsError;
use crate::fault::{Fault, Problem, Severity};
use crate::hdu::Hdu;
use crate::limits::BLOCK;
use crate::scan::{HeaderEnd, scan};
use crate::source::ReadAt;
use crate::structure::Structure;

/// Begin to read the HDUs of a file. Data may be cut off at the file's end: [`crate::check`] tells.
///
/// # Errors
/// What the store says about the length of the file.
pub fn index<S: ReadAt + ?Sized>(source: &S) -> io::Result<Hdus<'_, S>> {
    Ok(Hdus {
        len: source.len()?,
        source,
        next: Some(0),
        number: 0,
    })
}

/// The HDUs of a file; ends at the first whose size cannot be known.
pub struct Hdus<'a, S: ?Sized> {
    source: &'a S,
    len: u64,
    next: Option<u64>,
    number: usize,
}

impl<S: ReadAt + ?Sized> Iterator for Hdus<'_, S> {
    type Item = Result<Hdu, FitsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = match self.step()? {
            Ok(found) => found,
            Err(error) => return Some(Err(error.into())),
        };
        match found.hdu {
            Some(hdu) => Some(Ok(hdu)),
            // What follows the last HDU is not the index's business.
            None if self.number > 1 && found.is_trailing => None,
            None => {
                let mut faults = found.faults.into_iter();
                let worst = faults.find(|f| f.severity == Severity::Error);
                worst.map(|fault| Err(fault.into()))
            }
        }
    }
}

/// What a look at the place of the next HDU found.
pub(crate) struct Found {
    /// The HDU, if its size is known.
    pub(crate) hdu: Option<Hdu>,
    /// All that is wrong with its header.
    pub(crate) faults: Vec<Fault>,
    /// Whether there is no HDU here but something else, which begins at this place.
    pub(crate) is_trailing: bool,
}

impl<S: ReadAt + ?Sized> Hdus<'_, S> {
    /// Length of the file.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Look at the next place where an HDU may be; `None` at the end of the file.
    pub(crate) fn step(&mut self) -> Option<io::Result<Found>> {
        let offset = self.next.take()?;
        if offset >= self.len && self.number > 0 {
            return None;
        }
        let number = self.number;
        self.number += 1;
        let found = self.look(number, offset);
        if let Ok(Found { hdu: Some(hdu), .. }) = &found {
            let end = hdu.data_offset.saturating_add(hdu.data_len);
            self.next = end.checked_next_multiple_of(BLOCK);
        }
        Some(found)
    }

    fn look(&self, number: usize, offset: u64) -> io::Result<Found> {
        let fault = |severity, problem| Fault {
            hdu: number,
            offset,
            severity,
            problem,
        };
        let nothing = |problem, is_trailing| Found {
            hdu: None,
            faults: vec![fault(Severity::Error, problem)],
            is_trailing,
        };
        if self.len == 0 {
            return Ok(nothing(Problem::Empty, false));
        }
        let mut start = vec![0; usize::try_from((self.len - offset).min(8)).unwrap_or(0)];
        self.source.read_at(offset, &mut start)?;
        if number == 0 && start != *b"SIMPLE  " {
            let shown = String::from_utf8_lossy(&start).into_owned();
            return Ok(nothing(Problem::NotFits(shown), false));
        }
        if number > 0 && start != *b"XTENSION" {
            return Ok(nothing(Problem::Trailing(self.len - offset), true));
        }
        let mut structure = Structure::default();
        let end = scan(self.source, offset, self.len, |card| structure.add(card))?;
        let (data, is_blank) = match end {
            HeaderEnd::Missing => return Ok(nothing(Problem::NoEnd, false)),
            HeaderEnd::Cut => return Ok(nothing(Problem::HeaderCut, false)),
            HeaderEnd::At { data, is_blank } => (data, is_blank),
        };
        let (hdu, problems) = structure.finish(number, offset, data);
        let mut faults: Vec<Fault> = problems.into_iter().map(|(s, p)| fault(s, p)).collect();
        if !is_blank {
            faults.push(fault(Severity::Warning, Problem::HeaderFill));
        }
        Ok(Found {
            hdu,
            faults,
            is_trailing: false,
        })
    }
}

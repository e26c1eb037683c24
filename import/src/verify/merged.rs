//! All records below the root, in the order of the files they mean.

use std::vec;

use super::odd::OddPages;
use super::pages::Pages;
use super::record::Record;
use crate::Error;

/// The records of one file.
#[derive(Debug)]
pub struct FileRecords {
    /// Path of the file.
    pub key: String,
    /// Its records; not all of them if there are very many.
    pub records: Vec<Record>,
}

/// How many records are taken together.
#[derive(Debug, Clone, Copy)]
pub struct BatchSize {
    /// Most records.
    pub records: usize,
    /// After so many bytes of files no further record is taken.
    pub bytes: u64,
}

/// Two sorted streams made one. Without pages of the table, only the odd ones.
pub struct Merged<'a> {
    pages: Option<Pages<'a>>,
    page: vec::IntoIter<Record>,
    odd: OddPages<'a>,
}

impl<'a> Merged<'a> {
    /// Merge.
    pub fn new(pages: Option<Pages<'a>>, odd: OddPages<'a>) -> Self {
        Self {
            pages,
            page: Vec::new().into_iter(),
            odd,
        }
    }

    /// About as many records as `size` says, grouped by file; none at the end. The flag tells whether the last file has more.
    pub fn batch(&mut self, size: BatchSize) -> Result<(Vec<FileRecords>, bool), Error> {
        let mut batch: Vec<FileRecords> = Vec::new();
        let mut bytes = 0_u64;
        for _ in 0..size.records {
            if bytes > size.bytes {
                break;
            }
            let Some((key, record)) = self.next()? else {
                return Ok((batch, false));
            };
            let size = record.size.and_then(|size| u64::try_from(size).ok());
            bytes = bytes.saturating_add(size.unwrap_or(0));
            match batch.last_mut() {
                Some(last) if last.key == key => last.records.push(record),
                _ => batch.push(FileRecords {
                    key,
                    records: vec![record],
                }),
            }
        }
        let next = self.peek()?;
        let has_more = next.is_some() && next.as_ref() == batch.last().map(|last| &last.key);
        Ok((batch, has_more))
    }

    fn peek(&mut self) -> Result<Option<String>, Error> {
        self.fill()?;
        let plain = self.page.as_slice().first().map(|r| r.path.as_str());
        let odd = self.odd.peek()?;
        Ok(plain.into_iter().chain(odd).min().map(str::to_owned))
    }

    fn next(&mut self) -> Result<Option<(String, Record)>, Error> {
        self.fill()?;
        let odd_is_first = match (self.page.as_slice().first(), self.odd.peek()?) {
            (Some(plain), Some(odd)) => odd < plain.path.as_str(),
            (plain, _) => plain.is_none(),
        };
        if odd_is_first {
            return self.odd.next();
        }
        Ok(self.page.next().map(|record| (record.path.clone(), record)))
    }

    fn fill(&mut self) -> Result<(), Error> {
        while self.page.as_slice().is_empty()
            && let Some(pages) = &mut self.pages
        {
            match pages.next_page()? {
                Some(page) => self.page = page.into_iter(),
                None => self.pages = None,
            }
        }
        Ok(())
    }
}

//! Rows as an answer.

use std::io::{self, Write};
use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::Response;
use pantry_registry::Registry;
use pantry_registry::query::execute::{Statements, in_snapshot};

use super::format::Format;
use super::paged::lost;
use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::rows::{Column, Value};
use crate::server::Server;
use crate::streaming::{Lines, Pages, stream};

/// Bytes of a page.
const PAGE: usize = 1 << 16;

/// A table that is in memory: only for results that are small, such as dataset types.
pub struct SmallTable {
    /// What it is called where the format has a place for that.
    pub name: &'static str,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Value<'static>>>,
}

impl SmallTable {
    /// The answer with this table.
    ///
    /// # Errors
    /// [`Refusal::Fault`] for rows that do not fit their columns.
    pub fn answer(&self, format: Format) -> Result<Response, Refusal> {
        let mut out = Vec::new();
        self.write(format, &mut out).map_err(lost)?;
        let mut response = Response::new(out.into());
        let content_type = HeaderValue::from_static(format.content_type());
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
        Ok(varied(response))
    }

    fn write(&self, format: Format, out: &mut Vec<u8>) -> io::Result<()> {
        let mut sink = format.sink(self.name, &self.columns, out)?;
        self.rows.iter().try_for_each(|row| sink.row(row))?;
        sink.finish()
    }
}

/// Answer with what `work` writes, while it is being written, with all rows of one moment. An error after the first page breaks the answer off, so that
/// who reads it sees that it is not whole.
///
/// # Errors
/// [`Refusal::Busy`] and [`Refusal::TooMany`], and those of `work` that come before the first page.
pub async fn streamed(
    server: &Arc<Server>,
    asked: &Asked,
    format: Format,
    work: impl FnOnce(&mut Registry, &mut dyn Write) -> Result<(), Refusal> + Send + 'static,
) -> Result<Response, Refusal> {
    let lines = Lines {
        content_type: format.content_type(),
        keep_alive: b"",
        error: |_| Vec::new(),
    };
    let work = move |registry: &mut Registry, pages: &Pages| {
        let mut out = PageWriter {
            pages,
            page: Vec::new(),
        };
        in_snapshot(registry, Statements::Several, |registry| {
            work(registry, &mut out)
        })
    };
    stream(server, asked, lines, work).await.map(varied)
}

fn varied(mut response: Response) -> Response {
    let accept = HeaderValue::from_static("accept");
    response.headers_mut().append(header::VARY, accept);
    response
}

/// Gathers what is written into pages.
struct PageWriter<'a> {
    pages: &'a Pages,
    page: Vec<u8>,
}

impl Write for PageWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.page.extend_from_slice(bytes);
        if self.page.len() >= PAGE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let page = std::mem::take(&mut self.page);
        if page.is_empty() || self.pages.send(page) {
            return Ok(());
        }
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

//! `POST v1/file_transfer`: where another repo gets the files of many datasets from.

use std::sync::Arc;

use axum::body::Bytes;
use axum::response::Response;
use pantry_registry::Registry;
use percent_encoding::utf8_percent_encode;

use super::answer::json;
use super::dataset::IDS;
use super::request::{Fields, parse};
use super::wire::{push_file_record, push_text};
use crate::asked::Asked;
use crate::base_url::BaseUrl;
use crate::files::UNRESERVED;
use crate::refusal::Refusal;

/// The records of files by dataset, with addresses that do not expire while a transfer goes on, but need a login. Datasets
/// without files are left out.
pub async fn file_transfer(asked: Asked, base: BaseUrl, body: Bytes) -> Result<Response, Refusal> {
    let body = parse(&body)?;
    let ids = Fields::of(&body)?.uuids("dataset_ids", IDS)?;
    let repo = Arc::clone(&asked.repo);
    let answer = move |registry: &mut Registry| {
        let store = repo.files()?;
        let mut ids = ids;
        ids.sort_unstable();
        ids.dedup();
        let records = store.records(registry, &ids)?;
        let label = utf8_percent_encode(&repo.label, UNRESERVED);
        let datasets = format!("{}/api/butler/repo/{label}/v1/dataset", base.0);
        let mut out = b"{\"files\":{".to_vec();
        let mut groups = records
            .chunk_by(|a, b| a.dataset_id == b.dataset_id)
            .peekable();
        while let Some(group) = groups.next() {
            let Some(id) = group.first().map(|record| record.dataset_id) else {
                continue;
            };
            push_text(&mut out, &id.to_string());
            out.extend_from_slice(b":[");
            for (i, record) in group.iter().enumerate() {
                let mut url = format!("{datasets}/{id}/download");
                if let Some(component) = &record.component {
                    let component = utf8_percent_encode(component, UNRESERVED);
                    url.push_str(&format!("?component={component}"));
                }
                out.extend_from_slice(if i == 0 { b"{\"url\":" } else { b",{\"url\":" });
                push_text(&mut out, &url);
                out.extend_from_slice(b",\"auth\":\"gafaelfawr\",\"file_info\":");
                let path = store.artifact(&record.path)?.client_path;
                push_file_record(&mut out, record, &path);
                out.push(b'}');
            }
            out.extend_from_slice(if groups.peek().is_some() { b"]," } else { b"]" });
        }
        out.extend_from_slice(b"}}");
        Ok(out)
    };
    Ok(json(asked.repo.ask(answer).await?))
}

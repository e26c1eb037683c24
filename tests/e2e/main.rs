//! The program from outside, as a user meets it. One module for each topic.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod config_dump;
mod documentation;
mod exit_codes;
mod import_again;
mod import_bad_entries;
mod import_bad_paths;
mod import_bad_repo;
mod import_bad_rows;
mod import_bad_text;
mod import_create;
mod import_dry_run;
mod import_full;
mod import_killed;
mod import_lost;
mod import_many;
mod import_same;
mod import_setup;
mod import_spoiled;
mod import_two;
mod import_used;
mod log_options;
mod pantry;
mod queries;
mod queries_end;
mod query_formats;
mod query_lines;
mod release;
mod serve;
mod serve_client;
mod serve_writes;
mod serving;
mod smoke;
mod token;
mod verify;
mod verify_resume;

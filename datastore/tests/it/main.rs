//! Tests of the datastore from outside, most of them against the Python Butler.

mod cached;
mod copies;
mod dataset;
mod killed;
mod looking;
mod opening;
mod oracle;
mod paths;
mod random;
mod records;
mod store;
mod stores;
mod template_choice;
mod template_paths;
mod template_values;
mod transfers;
mod zips;

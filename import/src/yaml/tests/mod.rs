//! The reader of exports compared with PyYAML and the Python Butler's constructors.

mod canonical;
mod documents;
mod exports;
mod faults;
mod fragments;
mod generated;
mod oracle;

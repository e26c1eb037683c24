//! Queries against the reference: trees and result specifications as JSON, random queries and their answers.

mod answer;
mod cases;
mod compare;
mod engine;
mod generator;
mod inputs;
mod judge;
mod pantry;
mod report;
mod repos;
mod self_test;
mod statements;
mod trees;

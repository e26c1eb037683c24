//! The program from outside, as a user meets it. One module for each topic.

mod pantry;
mod smoke;

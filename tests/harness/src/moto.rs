//! A second S3 server, by the Python package moto: another reading of the protocol.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::oracle;

/// A running server, which takes any keys; it ends when it is dropped.
pub struct MotoServer {
    child: Child,
    address: String,
}

impl MotoServer {
    /// Start one with these buckets.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start(buckets: &[&str]) -> Self {
        let mut command = oracle::script("moto_server.py");
        let command = command.args(buckets).stdin(Stdio::piped());
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the oracle's Python");
        let output = child.stdout.take().expect("a pipe");
        let mut address = String::new();
        let read = BufReader::new(output).read_line(&mut address);
        read.expect("the address of the server");
        assert!(address.starts_with("http://"), "no address: {address}");
        Self {
            child,
            address: address.trim().to_owned(),
        }
    }

    /// The variables with which programs find it.
    #[must_use]
    pub fn variables(&self) -> Vec<(String, String)> {
        let url = self.address.replace("http://", "http://any:any@");
        vec![("S3_ENDPOINT_URL".to_owned(), url)]
    }
}

impl Drop for MotoServer {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has noticed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

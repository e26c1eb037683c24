//! A plain HTTP client for tests: it sends what it is told, right or wrong, and reads what comes.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

/// An answer with its whole body.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// The answer in these bytes; `None` for no answer, or one that ends too early.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.get(9..12)?.parse().ok()?;
        let answer = Self {
            status,
            head,
            body: bytes[end + 4..].to_vec(),
        };
        let body = match answer.header("transfer-encoding") {
            Some("chunked") => dechunked(&answer.body)?,
            _ => answer.body.clone(),
        };
        let length = answer.header("content-length").map(|v| v.parse::<usize>());
        let is_whole = length.is_none_or(|length| length.is_ok_and(|length| length == body.len()));
        is_whole.then_some(Self { body, ..answer })
    }
}

/// A body that came in chunks; `None` if the last one is missing.
fn dechunked(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|w| w == b"\r\n")?;
        let size = std::str::from_utf8(&bytes[..end]).ok()?;
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend(bytes.get(end + 2..end + 2 + size)?);
        bytes = bytes.get(end + 2 + size + 2..)?;
    }
}

/// A connection on which these bytes were sent. A server that has closed it before it read them all may all the same have
/// answered.
pub fn connect(address: &str, request: &[u8]) -> TcpStream {
    let host = address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap_or_else(|e| panic!("{host}: {e}"));
    let _ = stream.write_all(request);
    stream
}

/// What comes until the server closes the connection; `None` if that is no whole answer.
pub fn rest(stream: &mut TcpStream, mut bytes: Vec<u8>) -> Option<Answer> {
    // A connection that is reset gave what came before.
    let _ = stream.read_to_end(&mut bytes);
    Answer::parse(&bytes)
}

/// The bytes of a request after which the server closes the connection.
pub fn request(method: &str, path: &str, body: Option<&Value>) -> Vec<u8> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

#[track_caller]
pub fn get(address: &str, path: &str) -> Answer {
    ask(address, &request("GET", path, None))
}

#[track_caller]
pub fn post(address: &str, path: &str, body: &Value) -> Answer {
    ask(address, &request("POST", path, Some(body)))
}

/// The answer to a request.
#[track_caller]
pub fn ask(address: &str, request: &[u8]) -> Answer {
    let answer = rest(&mut connect(address, request), Vec::new());
    let shown = String::from_utf8_lossy(&request[..request.len().min(300)]);
    answer.unwrap_or_else(|| panic!("no whole answer to {shown}"))
}

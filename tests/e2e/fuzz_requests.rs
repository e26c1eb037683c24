//! Requests that nobody should send, drawn from a fixed seed: valid ones with something wrong in them.

use serde_json::{Value, json};

/// A request before it is bytes.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: Vec<u8>,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn get(path: &str) -> Self {
        Self {
            method: "GET".to_owned(),
            path: path.as_bytes().to_vec(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn post(path: &str, body: &Value) -> Self {
        Self {
            method: "POST".to_owned(),
            body: body.to_string().into_bytes(),
            ..Self::get(path)
        }
    }

    /// Whether the server may wait for more than is sent.
    pub fn is_open(&self) -> bool {
        let lengths = ["Content-Length", "Transfer-Encoding", "Expect", "Upgrade"];
        self.headers
            .iter()
            .any(|(name, _)| lengths.contains(&name.as_str()))
    }

    /// What is sent. The length of the body is the true one, if no header says something else before.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{} ", self.method).into_bytes();
        bytes.extend(&self.path);
        bytes.extend(b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        for (name, value) in &self.headers {
            bytes.extend(name.as_bytes());
            bytes.extend(b": ");
            bytes.extend(value);
            bytes.extend(b"\r\n");
        }
        bytes.extend(format!("Content-Length: {}\r\n\r\n", self.body.len()).into_bytes());
        bytes.extend(&self.body);
        bytes
    }
}

/// Numbers that look random and are the same in each run (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count as u64).unwrap()
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Parts of a path, one a line.
const SEGMENTS: &str = "..
%2e%2e
.%2E
..%2f..
..%5c..
%252e%252e
..;
%00
%c0%ae%c0%ae
%ff
%
%zz
~
é
*
?
#
;
//
gen3.sqlite3
butler.yaml
etc
passwd
%2fetc%2fpasswd
file:%2f%2f%2fetc%2fpasswd
-1
A%0d%0aB: c";

/// A header a line: its name, and values for it after each bar.
const HEADERS: &str = "Range|bytes=0-|bytes=-5|bytes=5-2|bytes=0-0,2-3,-1|bytes=18446744073709551615-|bytes=-0|bytes=a-b|bytes=
Range|lines=1-2|bytes=0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1
If-Range|\"x\"|W/\"x\"|Tue, 99 Foo 1900 00:00:00 GMT|yesterday
If-None-Match|*|\"|W/|\"a\", \"b\"|,
If-Match|*|\"nobody\"|\\
If-Modified-Since|Thu, 01 Jan 1970 00:00:00 GMT|0|Fri, 31 Dec 9999 23:59:59 GMT
Authorization|Bearer|Bearer |Bearer é|Basic OjpbOg==|Basic !|bearer a b c|Negotiate
Accept|*/*|text/html;q=abc|application/json;q=2|,|image/png
Accept-Encoding|gzip|br;q=1.0, *;q=0|zstd, gzip|;;;
Content-Type|text/plain|application/json; charset=utf-16|multipart/form-data|🔭
Content-Encoding|gzip|identity|unknown
Expect|100-continue|200-ok
Host||evil.example|a b|[::1|user@host|localhost:99999999
X-Forwarded-Host|evil.example|a/b|\u{0}
X-Forwarded-Proto|https|javascript
Transfer-Encoding|chunked|gzip, chunked|identity
Content-Length|-1|0|99999999999999999999|1, 2
Upgrade|h2c|websocket
Cookie|=|a=b; c
X-Request-Id|\u{7f}|a\tb
Origin|null|http://evil.example";

/// Texts that mean something to somebody.
const TEXTS: &str =
    "\0|'; DROP TABLE dataset; --|\u{202e}|(((((|*|[!|../../secret|/etc/passwd|1e999|NaN|\\|%s%n";

/// Draws changes of requests.
pub struct Spoiler<'a> {
    pub dice: Dice,
    /// Names that the repo has.
    pub words: &'a [String],
}

impl Spoiler<'_> {
    /// The request with one to three things wrong, or only odd.
    pub fn spoil(&mut self, request: &Request) -> Request {
        let mut request = request.clone();
        for _ in 0..=self.dice.below(3) {
            match self.dice.below(8) {
                0 => self.spoil_segment(&mut request),
                1 => self.spoil_parameters(&mut request),
                2 => self.spoil_bytes(&mut request),
                3 | 4 => self.add_header(&mut request),
                5 => self.spoil_method(&mut request),
                _ => self.spoil_body(&mut request),
            }
        }
        // A target is one line of visible characters; others are no HTTP, and belong to the library that reads it.
        request.path.retain(|byte| *byte > b' ' && *byte != 0x7f);
        request
    }

    /// One of the parts of a text.
    fn pick<'t>(&mut self, text: &'t str, separator: char) -> &'t str {
        let parts: Vec<&str> = text.split(separator).collect();
        parts[self.dice.below(parts.len())]
    }

    fn spoil_segment(&mut self, request: &mut Request) {
        let path = String::from_utf8_lossy(&request.path).into_owned();
        let mut segments: Vec<&str> = path.split('/').collect();
        let at = 1 + self.dice.below(segments.len() - 1);
        let segment = self.pick(SEGMENTS, '\n');
        match self.dice.below(3) {
            0 => segments[at] = segment,
            1 => segments.insert(at, segment),
            _ => drop(segments.remove(at)),
        }
        request.path = segments.join("/").into_bytes();
    }

    fn spoil_parameters(&mut self, request: &mut Request) {
        let names = [
            "name",
            "component",
            "include_doc",
            "include_parents",
            "dimension_records",
            "id",
            "expires",
            "signature",
            "format",
            "limit",
            "%00",
            "",
        ];
        let value = self.text();
        let separator = if request.path.contains(&b'?') {
            '&'
        } else {
            '?'
        };
        let name = self.dice.one(&names);
        request
            .path
            .extend(format!("{separator}{name}={}", escaped(&value)).into_bytes());
    }

    fn spoil_bytes(&mut self, request: &mut Request) {
        let part = match self.dice.below(2) {
            0 if !request.body.is_empty() => &mut request.body,
            _ => &mut request.path,
        };
        let at = 1 + self.dice.below(part.len().max(2) - 1);
        match self.dice.below(3) {
            0 => part.truncate(at),
            1 => part.insert(
                at.min(part.len()),
                u8::try_from(self.dice.below(256)).unwrap(),
            ),
            _ => part
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|byte| *byte ^= 1 << self.dice.below(7)),
        }
    }

    fn add_header(&mut self, request: &mut Request) {
        let (name, values) = self.pick(HEADERS, '\n').split_once('|').unwrap();
        let value = self.pick(values, '|').as_bytes().to_vec();
        request.headers.push((name.to_owned(), value));
    }

    fn spoil_method(&mut self, request: &mut Request) {
        let methods = [
            "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get",
            "X-Y",
        ];
        request.method = (*self.dice.one(&methods)).to_owned();
    }

    fn spoil_body(&mut self, request: &mut Request) {
        match serde_json::from_slice::<Value>(&request.body) {
            Ok(mut value) if self.dice.below(12) > 0 => {
                self.spoil_value(&mut value);
                request.body = value.to_string().into_bytes();
            }
            _ => {
                let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
                let bodies = [
                    &b""[..],
                    b"{",
                    b"[]",
                    b"null",
                    b"\xff\xfe",
                    b"{\"a\": NaN}",
                    deep.as_bytes(),
                ];
                request.body = self.dice.one(&bodies).to_vec();
            }
        }
    }

    /// Changes a value somewhere within.
    fn spoil_value(&mut self, value: &mut Value) {
        match value {
            Value::Object(fields) if !fields.is_empty() && self.dice.below(10) > 0 => {
                let at = self.dice.below(fields.len());
                let key = fields.keys().nth(at).unwrap().clone();
                match self.dice.below(10) {
                    0 => drop(fields.shift_remove(&key)),
                    1 => drop(fields.insert(self.text(), self.odd())),
                    _ => self.spoil_value(&mut fields[&key]),
                }
            }
            Value::Array(values) if !values.is_empty() && self.dice.below(6) > 0 => {
                let at = self.dice.below(values.len());
                match self.dice.below(6) {
                    0 => drop(values.remove(at)),
                    1 => values.push(self.odd()),
                    _ => self.spoil_value(&mut values[at]),
                }
            }
            _ => *value = self.odd(),
        }
    }

    fn odd(&mut self) -> Value {
        match self.dice.below(12) {
            0 => Value::Null,
            1 => json!(self.dice.below(2) == 0),
            2 => json!(i64::MIN),
            3 => json!(u64::MAX),
            4 => json!(-1),
            5 => json!(1e308),
            6 => json!([]),
            7 => json!({}),
            8 => json!([[self.text()]]),
            9 => json!({ self.text(): self.dice.below(100) }),
            _ => json!(self.text()),
        }
    }

    fn text(&mut self) -> String {
        match self.dice.below(6) {
            0 => self.pick(SEGMENTS, '\n').to_owned(),
            1 => "x".repeat(self.dice.below(70_000)),
            2 => self.pick(TEXTS, '|').to_owned(),
            _ => self.dice.one(self.words).clone(),
        }
    }
}

/// A value as it may stand in a query.
fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'%' | b'.' | b'/' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

//! Statements as text for people: a line for each clause and condition, indented by the depth of SELECTs.

use pantry_registry::database::Value;

/// Words that begin a line.
const CLAUSES: [&str; 10] = [
    "SELECT",
    "FROM",
    "JOIN",
    "LEFT JOIN",
    "CROSS JOIN",
    "WHERE",
    "GROUP BY",
    "ORDER BY",
    "LIMIT",
    "UNION",
];

/// Longest line that is not broken at its commas.
const WIDTH: usize = 100;

/// A line, in the pieces between its commas.
struct Line {
    /// Four blanks each.
    depth: usize,
    pieces: Vec<String>,
}

impl Line {
    fn new(depth: usize) -> Self {
        Self {
            depth,
            pieces: vec![String::new()],
        }
    }

    fn push(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(last) => last.push_str(text),
            None => self.pieces.push(text.to_owned()),
        }
    }

    fn is_blank(&self) -> bool {
        self.pieces.iter().all(|p| p.trim().is_empty())
    }

    fn write(&self, out: &mut String) {
        if self.is_blank() {
            return;
        }
        let pieces: Vec<&str> = self.pieces.iter().map(|p| p.trim()).collect();
        let separator = match pieces.iter().map(|p| p.len() + 1).sum::<usize>() > WIDTH {
            true => format!("\n{}", " ".repeat(4 * self.depth + 4)),
            false => " ".to_owned(),
        };
        *out += &format!(
            "{}{}\n",
            " ".repeat(4 * self.depth),
            pieces.join(&separator)
        );
    }
}

/// A statement in lines; its tokens are unchanged.
pub fn statement(sql: &str) -> String {
    let mut lines = vec![Line::new(0)];
    // Open parentheses, and the depth of the SELECT that is in them.
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let depth = open.iter().rev().find_map(|select| *select).unwrap_or(0);
        let is_clause_level = open.last().is_none_or(|select| select.is_some());
        let mut length = first.len_utf8();
        let mut break_before = None;
        match first {
            '\'' | '"' => length = quoted(rest, first),
            '(' => {
                let inner = lines.last().map_or(0, |line| line.depth) + 1;
                open.push(rest[1..].starts_with("SELECT ").then_some(inner));
            }
            ')' => break_before = open.pop().flatten().map(|inner| inner - 1),
            _ if first.is_ascii_alphabetic() => {
                let clause = CLAUSES.iter().find(|c| starts_with_word(rest, c));
                if let Some(clause) = clause {
                    length = clause.len();
                    break_before = is_clause_level.then_some(depth);
                } else {
                    length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
                    if is_clause_level && matches!(&rest[..length], "AND" | "OR") {
                        break_before = Some(depth + 1);
                    }
                }
            }
            _ => {}
        }
        if let Some(depth) = break_before {
            lines.push(Line::new(depth));
        }
        let (token, after) = rest.split_at(length);
        let line = lines.last_mut().expect("there is one");
        line.push(token);
        if token == "," && is_clause_level {
            line.pieces.push(String::new());
        }
        rest = after;
    }
    let mut out = String::new();
    lines.iter().for_each(|line| line.write(&mut out));
    out
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word)
        .is_some_and(|rest| !rest.starts_with(is_word))
}

/// Length of a quoted name or text; one that has its quote inside, doubled, is two in a row.
fn quoted(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}

/// A line for each value of a statement.
pub fn values(values: &[Value]) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let line = |(i, value): (usize, &Value)| {
        let value = match value {
            Value::Bytes(bytes) => format!("bytes {}", hex(bytes)),
            other => format!("{other:?}"),
        };
        format!("-- ${} = {value}\n", i + 1)
    };
    values.iter().enumerate().map(line).collect()
}

#[test]
fn clauses_begin_lines() {
    let sql =
        "SELECT a, count(*) FROM (SELECT \"FROM \" FROM t WHERE x = ' WHERE ' AND (y AND z)) AS u";
    let expected = "SELECT a, count(*)\nFROM (\n    SELECT \"FROM \"\n    FROM t\n    WHERE x = ' WHERE '\n        \
                    AND (y AND z)\n) AS u\n";
    assert_eq!(statement(sql), expected);
}

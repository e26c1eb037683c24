//! Splitting a template into literal text and replacement fields, by the rules of Python's `str.format`.
//!
//! Reference behaviour: `string.Formatter.parse` of CPython 3.11.

/// One step of a template: literal text, then possibly a replacement field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Markup {
    /// Text to copy, with doubled braces already made single.
    pub literal: String,
    /// The field after it, if there is one.
    pub field: Option<Replacement>,
}

/// A replacement field as written: `{name!conversion:spec}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replacement {
    /// Everything before `!` or `:`.
    pub name: String,
    /// The text after `:`; empty when there is none.
    pub spec: String,
    /// The character after `!`.
    pub conversion: Option<char>,
}

/// Split `template` into its steps; the error is a sentence about what is malformed.
pub(crate) fn parse(template: &str) -> Result<Vec<Markup>, String> {
    let mut cursor = Cursor { rest: template };
    let mut steps = Vec::new();
    while !cursor.rest.is_empty() {
        steps.push(next_step(&mut cursor)?);
    }
    Ok(steps)
}

struct Cursor<'a> {
    rest: &'a str,
}

impl Cursor<'_> {
    fn bump(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }
}

fn next_step(cursor: &mut Cursor<'_>) -> Result<Markup, String> {
    let Some(brace_at) = cursor.rest.find(['{', '}']) else {
        let literal = std::mem::take(&mut cursor.rest).to_owned();
        return Ok(Markup {
            literal,
            field: None,
        });
    };
    let mut literal = cursor.rest[..brace_at].to_owned();
    cursor.rest = &cursor.rest[brace_at..];
    let brace = cursor.bump();
    if brace.is_some() && cursor.rest.chars().next() == brace {
        literal.extend(cursor.bump());
        return Ok(Markup {
            literal,
            field: None,
        });
    }
    if brace == Some('}') || cursor.rest.is_empty() {
        return Err("a single brace; write '{{' or '}}' for the character itself".to_owned());
    }
    let field = parse_field(cursor)?;
    Ok(Markup {
        literal,
        field: Some(field),
    })
}

fn parse_field(cursor: &mut Cursor<'_>) -> Result<Replacement, String> {
    let (name, end) = parse_name(cursor)?;
    let mut conversion = None;
    if end == '!' {
        let Some(c) = cursor.bump() else {
            return Err("it ends where a conversion character is expected".to_owned());
        };
        conversion = Some(c);
        match cursor.bump() {
            Some('}') => {
                return Ok(Replacement {
                    name,
                    spec: String::new(),
                    conversion,
                });
            }
            Some(':') | None => {}
            Some(_) => return Err("a ':' is expected after the conversion character".to_owned()),
        }
    }
    let spec = if end == '}' {
        String::new()
    } else {
        parse_spec(cursor)?
    };
    Ok(Replacement {
        name,
        spec,
        conversion,
    })
}

fn parse_name(cursor: &mut Cursor<'_>) -> Result<(String, char), String> {
    let mut name = String::new();
    let mut in_brackets = false;
    while let Some(c) = cursor.bump() {
        match c {
            ']' if in_brackets => in_brackets = false,
            _ if in_brackets => {}
            '{' => return Err("a '{' inside a field name".to_owned()),
            '[' => in_brackets = true,
            '}' | ':' | '!' => return Ok((name, c)),
            _ => {}
        }
        name.push(c);
    }
    Err("a field is not closed with '}'".to_owned())
}

fn parse_spec(cursor: &mut Cursor<'_>) -> Result<String, String> {
    let mut depth = 1_usize;
    let mut spec = String::new();
    while let Some(c) = cursor.bump() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok(spec);
        }
        spec.push(c);
    }
    Err("a format specification is not closed with '}'".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_doubled_brace_is_literal_text() {
        let steps = parse("a{{b}}c").unwrap();
        let text: String = steps.iter().map(|s| s.literal.as_str()).collect();
        assert_eq!(text, "a{b}c");
        assert!(steps.iter().all(|s| s.field.is_none()));
    }

    #[test]
    fn malformed_fields_are_refused() {
        for bad in [
            "{", "}", "a}", "{a", "{a:b", "{a!", "{a!r", "{a!rx}", "{a{b}}", "{a[}",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[a-z{}:!?/.|\\[\\]é ]{0,40}") {
            let _ = parse(&text);
        }
    }
}

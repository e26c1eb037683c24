//! Shell patterns as Python's `fnmatch`: `*`, `?`, `[abc]`, `[!a-z]`; case matters.

/// Whether the whole text fits the pattern.
pub(super) fn matches(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let pattern = parse(pattern);
    // Positions to come back to: the last `*` and how much of the text it had taken.
    let (mut t, mut p) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(Part::Any) => {
                star = Some((p, t));
                p += 1;
            }
            Some(part) if part.takes(text[t]) => {
                t += 1;
                p += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    t = taken + 1;
                    p = at + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|part| matches!(part, Part::Any))
}

enum Part {
    Any,
    One,
    Char(char),
    Set {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Part {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Any => false,
            Self::One => true,
            Self::Char(own) => *own == c,
            Self::Set { negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
            }
        }
    }
}

fn parse(pattern: &str) -> Vec<Part> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut parts = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        match chars[i] {
            '*' => parts.push(Part::Any),
            '?' => parts.push(Part::One),
            '[' => match parse_set(&chars[i + 1..]) {
                Some((set, used)) => {
                    parts.push(set);
                    i += used;
                }
                None => parts.push(Part::Char('[')),
            },
            c => parts.push(Part::Char(c)),
        }
        i += 1;
    }
    parts
}

/// The set behind a `[`, and how many characters it has with its `]`; `None` if it is not closed.
fn parse_set(chars: &[char]) -> Option<(Part, usize)> {
    let negated = chars.first() == Some(&'!');
    let start = usize::from(negated);
    // A `]` in first place is a member.
    let close = (start + 1..chars.len()).find(|i| chars[*i] == ']')?;
    let members = &chars[start..close];
    let mut ranges = Vec::new();
    let mut i = 0;
    while i < members.len() {
        match members.get(i + 1..i + 3) {
            Some(['-', high]) => {
                // A range from high to low matches nothing.
                ranges.push((members[i], *high));
                i += 3;
            }
            _ => {
                ranges.push((members[i], members[i]));
                i += 1;
            }
        }
    }
    Some((Part::Set { negated, ranges }, close + 1))
}

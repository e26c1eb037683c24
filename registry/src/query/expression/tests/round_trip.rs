//! What is printed is read back as the same tree, and no text makes the parser panic.

use proptest::prelude::*;
use uuid::Uuid;

use crate::model::time::TaiNs;
use crate::query::expression::{Function, Prefix, Syntax, SyntaxKind, parse};

fn syntax(kind: SyntaxKind) -> Syntax {
    Syntax::new(kind, 0)
}

/// How tightly a tree holds together; an operand looser than its operator's needs parentheses.
fn level(tree: &Syntax) -> u8 {
    match &tree.kind {
        SyntaxKind::Binary { operator, .. } => match *operator {
            "OR" => 0,
            "AND" => 1,
            "+" | "-" => 5,
            "*" | "/" | "%" => 6,
            _ => 3,
        },
        SyntaxKind::Unary {
            operator: Prefix::Not,
            ..
        } => 2,
        SyntaxKind::In { .. } => 4,
        _ => 7,
    }
}

fn at_least(tree: Syntax, least: u8) -> Box<Syntax> {
    Box::new(if level(&tree) < least {
        syntax(SyntaxKind::Parens(Box::new(tree)))
    } else {
        tree
    })
}

fn name() -> impl Strategy<Value = String> {
    "[a-z_][a-z0-9_]{0,5}(\\.[a-z]{1,3}){0,2}".prop_filter("keyword", |name| {
        !["in", "or", "and", "not", "overlaps"].contains(&name.as_str())
    })
}

fn leaf() -> impl Strategy<Value = Syntax> {
    prop_oneof![
        "[0-9]{1,3}(\\.[0-9]{0,2})?(e[+-]?[0-9]{1,2})?".prop_map(SyntaxKind::Number),
        "[^'\n]{0,5}".prop_map(SyntaxKind::String),
        (40_600_u32..88_000).prop_map(|day| {
            let text = format!("mjd/{day}.25/tt");
            let time = TaiNs::parse_literal(&text).unwrap();
            SyntaxKind::Time { text, time }
        }),
        (-99_i64..99, -99_i64..99, proptest::option::of(1_i64..9)).prop_map(
            |(start, stop, stride)| SyntaxKind::Range {
                start,
                stop,
                stride
            }
        ),
        any::<u128>().prop_map(|n| SyntaxKind::Uuid(Uuid::from_u128(n))),
        name().prop_map(SyntaxKind::Identifier),
        "[a-z]{1,3}".prop_map(SyntaxKind::Bind),
    ]
    .prop_map(syntax)
}

fn is_item(tree: &Syntax) -> bool {
    !matches!(&tree.kind, SyntaxKind::Identifier(name) if name.contains('.') || name == "in")
}

const OPERATORS: [&str; 14] = [
    "OR", "AND", "=", "!=", "<", "<=", ">", ">=", "OVERLAPS", "+", "-", "*", "/", "%",
];

fn tree() -> impl Strategy<Value = Syntax> {
    leaf().prop_recursive(6, 40, 4, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            (0..OPERATORS.len(), pair.clone()).prop_map(|(operator, (lhs, rhs))| {
                let operator = OPERATORS[operator];
                let own = level(&syntax(SyntaxKind::Binary {
                    operator,
                    lhs: Box::new(lhs.clone()),
                    rhs: Box::new(rhs.clone()),
                }));
                let (lhs, rhs) = (at_least(lhs, own), at_least(rhs, own + 1));
                syntax(SyntaxKind::Binary { operator, lhs, rhs })
            }),
            (0..3, inner.clone()).prop_map(|(operator, operand)| {
                let operator = [Prefix::Not, Prefix::Plus, Prefix::Minus][operator as usize];
                let least = if operator == Prefix::Not { 2 } else { 7 };
                let operand = at_least(operand, least);
                syntax(SyntaxKind::Unary { operator, operand })
            }),
            (
                inner.clone(),
                prop::collection::vec(leaf().prop_filter("item", is_item), 1..4),
                any::<bool>()
            )
                .prop_map(|(member, values, is_negated)| {
                    let member = at_least(member, 5);
                    syntax(SyntaxKind::In {
                        member,
                        values,
                        is_negated,
                    })
                }),
            pair.prop_map(|(a, b)| syntax(SyntaxKind::Tuple(Box::new([a, b])))),
            prop::collection::vec(inner, 0..3).prop_map(|arguments| {
                let function = Function::Unknown("call".to_owned());
                syntax(SyntaxKind::Call {
                    function,
                    arguments,
                })
            }),
        ]
    })
}

proptest! {
    #[test]
    fn printed_trees_are_read_back(tree in tree()) {
        let text = tree.to_string();
        prop_assert_eq!(parse(&text).unwrap().unwrap(), tree, "{}", text);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*|[ -~\n]{0,60}") {
        if let Ok(Some(tree)) = parse(&text) {
            prop_assert_eq!(parse(&tree.to_string()).unwrap().unwrap(), tree);
        }
    }

    #[test]
    fn no_words_make_the_parser_panic(words in prop::collection::vec(
        prop::sample::select(vec![
            "visit", "in", "NOT", "AND", "or", "(", ")", ",", "1", "1..5", ":", "2", "'a'", "T'2020-01-01'", "=", "-", "+",
            "*", "<", "overlaps", "POINT", "circle", "GLOB", "uuid", ":b", ".", "'", "t'x'", "e5", "..", "\u{131}", "é",
        ]), 0..14))
    {
        let text = words.join(" ");
        if let Ok(Some(tree)) = parse(&text) {
            prop_assert_eq!(parse(&tree.to_string()).unwrap().unwrap(), tree);
        }
        let _ = parse(&words.concat());
    }
}

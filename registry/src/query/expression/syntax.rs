//! The syntax tree of an expression.

use uuid::Uuid;

use crate::model::time::TaiNs;

/// A part of an expression (`queries/expressions/parser/exprTree.py`). Two are equal if they mean the same, wherever they are.
#[derive(Debug, Clone)]
pub struct Syntax {
    /// What it is.
    pub kind: SyntaxKind,
    /// The byte of the text at which it is pointed: its begin, or its operator.
    pub at: usize,
    /// Levels below it.
    pub(super) height: usize,
}

impl PartialEq for Syntax {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// What a part of an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum SyntaxKind {
    /// A number as it was written; with a sign only in a list.
    Number(String),
    /// Text without quotes.
    String(String),
    /// `T'...'`.
    Time {
        /// What is between the quotes.
        text: String,
        /// The time.
        time: TaiNs,
    },
    /// `start..stop:stride`.
    Range {
        /// The first integer.
        start: i64,
        /// The last one may be this.
        stop: i64,
        /// Distance between two, if it was given.
        stride: Option<i64>,
    },
    /// `UUID('...')`.
    Uuid(Uuid),
    /// A name with up to two dots.
    Identifier(String),
    /// A name after a colon.
    Bind(String),
    /// An operation on one operand.
    Unary {
        /// What is done.
        operator: Prefix,
        /// With what.
        operand: Box<Syntax>,
    },
    /// An operation on two operands.
    Binary {
        /// What is done: `AND`, `OR`, a comparison, `OVERLAPS`, or arithmetic.
        operator: &'static str,
        /// Left operand.
        lhs: Box<Syntax>,
        /// Right operand.
        rhs: Box<Syntax>,
    },
    /// `IN`, `NOT IN`.
    In {
        /// The value.
        member: Box<Syntax>,
        /// Literals, names, and bind names.
        values: Vec<Syntax>,
        /// Whether it is `NOT IN`.
        is_negated: bool,
    },
    /// Something in parentheses.
    Parens(Box<Syntax>),
    /// Two in parentheses: a timespan.
    Tuple(Box<[Syntax; 2]>),
    /// A call of a function.
    Call {
        /// Which function.
        function: Function,
        /// With what.
        arguments: Vec<Syntax>,
    },
}

/// An operator before its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    /// Not.
    Not,
    /// Plus.
    Plus,
    /// Minus.
    Minus,
}

impl Prefix {
    /// How it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Not => "NOT",
            Self::Plus => "+",
            Self::Minus => "-",
        }
    }
}

/// A function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Function {
    /// A point: longitude, latitude, in degrees.
    Point,
    /// A circle: longitude, latitude, radius.
    Circle,
    /// A box: longitude, latitude, width, height.
    Box,
    /// A polygon: longitudes and latitudes of its vertices.
    Polygon,
    /// A region in words of the IVOA.
    Region,
    /// Whether text matches a pattern.
    Glob,
    /// One that does not exist.
    Unknown(String),
}

impl Function {
    /// How it is written.
    pub fn name(&self) -> &str {
        match self {
            Self::Point => "POINT",
            Self::Circle => "CIRCLE",
            Self::Box => "BOX",
            Self::Polygon => "POLYGON",
            Self::Region => "REGION",
            Self::Glob => "GLOB",
            Self::Unknown(name) => name,
        }
    }
}

impl Syntax {
    /// A part at a place of the text.
    pub fn new(kind: SyntaxKind, at: usize) -> Self {
        let height = match &kind {
            SyntaxKind::Unary { operand: inner, .. } | SyntaxKind::Parens(inner) => inner.height,
            SyntaxKind::Binary { lhs, rhs, .. } => lhs.height.max(rhs.height),
            SyntaxKind::In { member, .. } => member.height,
            SyntaxKind::Tuple(items) => items[0].height.max(items[1].height),
            SyntaxKind::Call { arguments, .. } => {
                arguments.iter().map(|a| a.height).max().unwrap_or(0)
            }
            _ => 0,
        };
        Self {
            kind,
            at,
            height: height + 1,
        }
    }

    /// This without parentheses around it.
    pub(super) fn without_parens(&self) -> &Self {
        let mut inner = self;
        while let SyntaxKind::Parens(next) = &inner.kind {
            inner = next;
        }
        inner
    }

    /// The operations of a chain `a + b + c`, outermost first, and its first operand. Chains are as long as the text, so
    /// nobody may descend them by recursion.
    pub(super) fn chain(&self) -> (Vec<Link<'_>>, &Self) {
        let mut links = Vec::new();
        let mut first = self;
        while let SyntaxKind::Binary { operator, lhs, rhs } = &first.kind {
            links.push(Link {
                operation: first,
                operator,
                rhs,
            });
            first = lhs;
        }
        (links, first)
    }
}

/// One operation of a chain.
pub(super) struct Link<'a> {
    /// All of it, with what is left of the operator.
    pub(super) operation: &'a Syntax,
    /// The operator.
    pub(super) operator: &'static str,
    /// What is right of it.
    pub(super) rhs: &'a Syntax,
}

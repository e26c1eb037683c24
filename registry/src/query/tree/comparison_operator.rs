//! How two values are compared.

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComparisonOperator {
    /// Equal.
    Equal,
    /// Not equal.
    NotEqual,
    /// Smaller.
    Less,
    /// Larger.
    Greater,
    /// Larger or equal.
    GreaterEqual,
    /// Smaller or equal.
    LessEqual,
    /// Regions or timespans have something in common.
    Overlaps,
    /// Text matches a pattern.
    Glob,
}

impl ComparisonOperator {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::Greater,
        Self::GreaterEqual,
        Self::LessEqual,
        Self::Overlaps,
        Self::Glob,
    ];

    /// The reference's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::LessEqual => "<=",
            Self::Overlaps => "overlaps",
            Self::Glob => "glob",
        }
    }
}

//! A HEALPix pixel of any order.

/// Pixel `index` in nested numbering when every base face is divided into 4^`order` pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    /// How often the 12 base faces were divided.
    pub order: u32,
    /// Number of the pixel, below 12 · 4^`order`.
    pub index: u64,
}

impl Cell {
    /// The base faces.
    pub fn faces() -> impl Iterator<Item = Self> {
        (0..12).map(|index| Self { order: 0, index })
    }

    /// The four parts of this pixel at the next order.
    pub fn children(self) -> impl Iterator<Item = Self> {
        (0..4).map(move |i| Self {
            order: self.order + 1,
            index: self.index << 2 | i,
        })
    }

    /// The pixel of a coarser order that has this one as a part.
    pub fn ancestor(self, order: u32) -> Self {
        Self {
            order,
            index: self.index >> (2 * (self.order - order)),
        }
    }
}

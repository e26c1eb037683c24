//! The exact sign of a 3x3 determinant of doubles.

use std::cmp::Ordering;

use crate::vector3d::Vector3d;

/// Words of 64 bits that hold any sum of products, which span at most 3 * 2098 + 192 bits.
const WORDS: usize = 104;

/// An integer times a power of two.
#[derive(Clone, Copy)]
struct Scaled {
    negative: bool,
    /// Magnitude, least significant limb first.
    limbs: [u64; 3],
    exponent: i32,
}

/// Takes a double apart: sign, mantissa and exponent, value = ±mantissa * 2^exponent.
///
/// Infinities and NaN count as -1024. That is what the reference's conversion of them to an integer yields on x86-64
/// (`sphgeom/orientation.cc`); such components can only come from bytes that were not written by sphgeom.
fn unpack(d: f64) -> (bool, u64, i32) {
    if !d.is_finite() {
        return (true, 1 << 63, -53);
    }
    let bits = d.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    if exponent == 0 {
        (d.is_sign_negative(), fraction, -1074)
    } else {
        (d.is_sign_negative(), fraction | (1 << 52), exponent - 1075)
    }
}

fn product(a: f64, b: f64, c: f64, negate: bool) -> Scaled {
    let (sa, ma, ea) = unpack(a);
    let (sb, mb, eb) = unpack(b);
    let (sc, mc, ec) = unpack(c);
    let ab = u128::from(ma) * u128::from(mb);
    let low = u128::from(ab as u64) * u128::from(mc);
    let high = (ab >> 64) * u128::from(mc) + (low >> 64);
    Scaled {
        negative: sa ^ sb ^ sc ^ negate,
        limbs: [low as u64, high as u64, (high >> 64) as u64],
        exponent: ea + eb + ec,
    }
}

/// Adds `p` times 2^(shift - p.exponent) to a magnitude.
fn accumulate(sum: &mut [u64], p: &Scaled, shift: u32) {
    let (word, bit) = ((shift / 64) as usize, shift % 64);
    let mut shifted = [0u64; 4];
    for (i, limb) in p.limbs.iter().enumerate() {
        let wide = u128::from(*limb) << bit;
        shifted[i] |= wide as u64;
        shifted[i + 1] |= (wide >> 64) as u64;
    }
    let mut carry = false;
    for (i, digit) in sum.iter_mut().enumerate().skip(word) {
        let addend = shifted.get(i - word).copied().unwrap_or(0);
        if i - word >= shifted.len() && !carry {
            break;
        }
        let (s, c1) = digit.overflowing_add(addend);
        let (s, c2) = s.overflowing_add(u64::from(carry));
        *digit = s;
        carry = c1 || c2;
    }
}

/// Sign (-1, 0 or 1) of the determinant of the matrix with rows `a`, `b`, `c`, without rounding.
pub(crate) fn determinant_sign(a: &Vector3d, b: &Vector3d, c: &Vector3d) -> i32 {
    let products = [
        product(a.x, b.y, c.z, false),
        product(a.x, b.z, c.y, true),
        product(a.y, b.z, c.x, false),
        product(a.y, b.x, c.z, true),
        product(a.z, b.x, c.y, false),
        product(a.z, b.y, c.x, true),
    ];
    let nonzero = || products.iter().filter(|p| p.limbs != [0; 3]);
    let Some(lowest) = nonzero().map(|p| p.exponent).min() else {
        return 0;
    };
    let mut positive = [0u64; WORDS];
    let mut negative = [0u64; WORDS];
    for p in nonzero() {
        let side = if p.negative {
            &mut negative
        } else {
            &mut positive
        };
        accumulate(side, p, p.exponent.abs_diff(lowest));
    }
    match positive.iter().rev().cmp(negative.iter().rev()) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_of_the_exponent_range_do_not_overflow() {
        let big = Vector3d::new(f64::MAX, f64::MAX, f64::MIN);
        let tiny = Vector3d::new(5e-324, -5e-324, 5e-324);
        let mixed = Vector3d::new(1.0, f64::MAX, -5e-324);
        assert_eq!(determinant_sign(&big, &big, &big), 0);
        // Multiples of small integers, so that the sign is known: det [[M,M,-M],[t,-t,t],[1,M,-t]] = -2 M² t + ...
        assert_eq!(determinant_sign(&big, &tiny, &mixed), -1);
        assert_eq!(determinant_sign(&tiny, &big, &mixed), 1);
        let identity = (
            Vector3d::new(1.0, 0.0, 0.0),
            Vector3d::new(0.0, 1.0, 0.0),
            Vector3d::new(0.0, 0.0, 1.0),
        );
        assert_eq!(determinant_sign(&identity.0, &identity.1, &identity.2), 1);
        assert_eq!(determinant_sign(&identity.1, &identity.0, &identity.2), -1);
    }
}

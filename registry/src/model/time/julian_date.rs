//! Times as two doubles, as astropy has them: the same roundings, so that the nanoseconds are the same
//! (`astropy/time/utils.py`).

/// Days since noon of 1 January 4713 BC: a whole number, and a rest between -0.5 and 0.5.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct JulianDate {
    /// Most of it.
    pub(super) jd1: f64,
    /// The rest.
    pub(super) jd2: f64,
}

impl JulianDate {
    /// The sum of two numbers (`day_frac`).
    pub(super) fn new(a: f64, b: f64) -> Self {
        let (sum, error) = two_sum(a, b);
        Self::split(sum, error)
    }

    /// The sum of two numbers, times a factor.
    pub(super) fn product(a: f64, b: f64, factor: f64) -> Self {
        let (sum, error) = two_sum(a, b);
        let (product, carry) = two_product(sum, factor);
        let (sum, error) = two_sum(product, carry + error * factor);
        Self::split(sum, error)
    }

    /// A number divided by another.
    pub(super) fn quotient(a: f64, divisor: f64) -> Self {
        let (sum, error) = two_sum(a, 0.0);
        let q1 = sum / divisor;
        let (p1, p2) = two_product(q1, divisor);
        let (d1, d2) = two_sum(sum, -p1);
        let d2 = d2 + error - p2;
        let (sum, error) = two_sum(q1, (d1 + d2) / divisor);
        Self::split(sum, error)
    }

    fn split(sum: f64, error: f64) -> Self {
        let mut day = sum.round_ties_even();
        let (fraction, check) = two_sum(sum - day, error);
        let sign = if check == 0.0 { 0.0 } else { check.signum() };
        day += if fraction * sign == 0.5 {
            (fraction + 2.0 * check).round_ties_even()
        } else {
            fraction.round_ties_even()
        };
        Self {
            jd1: day,
            jd2: (sum - day) + error,
        }
    }

    /// Days from another one.
    pub(super) fn since(self, other: Self) -> Self {
        Self::new(self.jd1 - other.jd1, self.jd2 - other.jd2)
    }

    /// Later by some days.
    pub(super) fn plus(self, days: Self) -> Self {
        Self::new(self.jd1 + days.jd1, self.jd2 + days.jd2)
    }
}

/// The sum of two numbers and what it is off by.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    let a_part = sum - b_part;
    (sum, (a - a_part) + (b - b_part))
}

/// The product of two numbers and what it is off by.
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    (product, a.mul_add(b, -product))
}

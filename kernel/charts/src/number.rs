//! Conversions between counts, pixels and floats, each in one place with its limits.

/// Numbers beyond this are left out of charts, so that ranges and sums of two stay finite.
pub(crate) const LARGEST: f64 = 1e300;

/// A count as a float; exact below 2^53, far beyond any frame's rows.
pub(crate) fn float(count: usize) -> f64 {
    count as f64
}

/// Milliseconds as a float; exact within the years that charts draw.
pub(crate) fn float_ms(milliseconds: i64) -> f64 {
    milliseconds as f64
}

/// The whole number nearest to a float, clamped to what an `i64` holds; 0 for NaN.
pub(crate) fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// The index at or below a float, clamped to `0..len`; `len` must not be 0.
pub(crate) fn index(value: f64, len: usize) -> usize {
    (value.floor().max(0.0) as usize).min(len.saturating_sub(1))
}

/// A pixel coordinate, clamped to a range that every viewer draws.
pub(crate) fn pixel(value: f64) -> i32 {
    value.round().clamp(-100_000.0, 100_000.0) as i32
}

/// A row or group number as polars counts them.
pub(crate) fn small(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

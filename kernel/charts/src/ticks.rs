//! Round numbers and calendar moments along an axis.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Unit};

use crate::format::civil;
use crate::number::{float, float_ms, index, whole};

const SECOND: f64 = 1000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const MONTH: f64 = 30.436_875 * DAY;
const YEAR: f64 = 365.2425 * DAY;

/// The smallest of 1, 2, 5 times a power of ten that is at least `raw`.
pub(crate) fn nice_step(raw: f64) -> f64 {
    if !(raw.is_finite() && raw > f64::MIN_POSITIVE) {
        return 1.0;
    }
    let power = 10_f64.powf(raw.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= raw * (1.0 - 1e-9)).unwrap_or(10.0);
    factor * power
}

/// A range widened to whole steps, and those steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NiceRange {
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) step: f64,
}

impl NiceRange {
    /// The range around `min..=max` with about `count` steps; never empty.
    pub(crate) fn around(min: f64, max: f64, count: usize) -> Self {
        let (min, max) = apart(min, max);
        let step = nice_step((max - min) / float(count.max(1)));
        Self { min: (min / step).floor() * step, max: (max / step).ceil() * step, step }
    }

    /// The range in steps of one.
    pub(crate) fn with_whole_steps(self) -> Self {
        Self { min: self.min.floor(), max: self.max.ceil(), step: 1.0 }
    }

    /// The multiples of the step from end to end.
    pub(crate) fn ticks(self) -> Vec<f64> {
        let count = index(((self.max - self.min) / self.step).round(), 1000);
        let first = (self.min / self.step).round();
        let mut ticks: Vec<f64> = (0..=count).map(|tick| (first + float(tick)) * self.step).collect();
        ticks.dedup();
        ticks
    }
}

/// Two ends that floats can tell apart: a constant gets some room around it.
pub(crate) fn apart(min: f64, max: f64) -> (f64, f64) {
    let room = (max.abs().max(min.abs()) * 1e-9).max(1e-300);
    if max - min > room {
        return (min, max);
    }
    let half = if min == 0.0 { 0.5 } else { min.abs() * 0.05 };
    let half = if min.fract() == 0.0 && min.abs() < 1e6 { half.max(0.5) } else { half };
    (min - half, max + half)
}

/// How many ticks an axis has room for, and at least two.
pub(crate) fn room(pixels: u32, each: f64) -> usize {
    index(f64::from(pixels) / each, 40).max(2)
}

/// The ticks of an axis of moments and how they are written.
pub(crate) struct TimeTicks {
    pub(crate) at: Vec<f64>,
    step: CalendarStep,
    one_day: bool,
}

impl TimeTicks {
    /// About `count` ticks on calendar boundaries inside `min..=max`.
    pub(crate) fn within(min: f64, max: f64, count: usize) -> Self {
        let step = CalendarStep::suited(max - min, count);
        let day = |moment: f64| (moment / DAY).floor();
        Self { at: step.ticks(min, max), step, one_day: day(min).total_cmp(&day(max)).is_eq() }
    }

    pub(crate) fn label(&self, tick: f64) -> String {
        self.step.label(tick, self.one_day)
    }

    /// The labels' pattern in d3's language, which differs in milliseconds only.
    pub(crate) fn d3(&self) -> String {
        self.step.pattern(self.one_day).replace("%3f", "%L")
    }
}

/// The distance between calendar ticks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum CalendarStep {
    /// A fixed number of milliseconds, at most a week.
    Fixed(f64),
    /// Whole months.
    Months(i32),
    /// Whole years.
    Years(i32),
}

const STEPS: [CalendarStep; 30] = [
    CalendarStep::Fixed(1.0),
    CalendarStep::Fixed(10.0),
    CalendarStep::Fixed(100.0),
    CalendarStep::Fixed(SECOND),
    CalendarStep::Fixed(5.0 * SECOND),
    CalendarStep::Fixed(15.0 * SECOND),
    CalendarStep::Fixed(30.0 * SECOND),
    CalendarStep::Fixed(MINUTE),
    CalendarStep::Fixed(5.0 * MINUTE),
    CalendarStep::Fixed(15.0 * MINUTE),
    CalendarStep::Fixed(30.0 * MINUTE),
    CalendarStep::Fixed(HOUR),
    CalendarStep::Fixed(3.0 * HOUR),
    CalendarStep::Fixed(6.0 * HOUR),
    CalendarStep::Fixed(12.0 * HOUR),
    CalendarStep::Fixed(DAY),
    CalendarStep::Fixed(2.0 * DAY),
    CalendarStep::Fixed(7.0 * DAY),
    CalendarStep::Months(1),
    CalendarStep::Months(3),
    CalendarStep::Months(6),
    CalendarStep::Years(1),
    CalendarStep::Years(2),
    CalendarStep::Years(5),
    CalendarStep::Years(10),
    CalendarStep::Years(20),
    CalendarStep::Years(50),
    CalendarStep::Years(100),
    CalendarStep::Years(500),
    CalendarStep::Years(1000),
];

impl CalendarStep {
    /// The step that cuts a span of milliseconds into at most about `count` parts.
    pub(crate) fn suited(span: f64, count: usize) -> Self {
        let raw = span / float(count.max(1));
        STEPS.into_iter().find(|step| step.length() >= raw * 0.999).unwrap_or(Self::Years(1000))
    }

    fn length(self) -> f64 {
        match self {
            Self::Fixed(length) => length,
            Self::Months(months) => f64::from(months) * MONTH,
            Self::Years(years) => f64::from(years) * YEAR,
        }
    }

    /// The last tick at or before a moment.
    pub(crate) fn floor(self, moment: f64) -> f64 {
        match self {
            // Weeks begin on a Monday; 1970 began on a Thursday.
            Self::Fixed(length) if length > 2.0 * DAY => ((moment - 4.0 * DAY) / length).floor() * length + 4.0 * DAY,
            Self::Fixed(length) => (moment / length).floor() * length,
            Self::Months(months) => civil(moment).map_or(moment, |time| {
                let month = (i32::from(time.month()) - 1) / months * months + 1;
                first_day(i32::from(time.year()), month).unwrap_or(moment)
            }),
            Self::Years(years) => civil(moment).map_or(moment, |time| {
                first_day(i32::from(time.year()).div_euclid(years) * years, 1).unwrap_or(moment)
            }),
        }
    }

    /// The tick after one; `None` beyond the calendar.
    pub(crate) fn next(self, tick: f64) -> Option<f64> {
        match self {
            Self::Fixed(length) => Some(tick + length),
            Self::Months(months) => later(tick, months),
            Self::Years(years) => later(tick, years * 12),
        }
    }

    /// Writes a tick, with the day only where the axis crosses days.
    pub(crate) fn label(self, tick: f64, one_day: bool) -> String {
        civil(tick).map_or_else(String::new, |time| time.strftime(self.pattern(one_day)).to_string())
    }

    fn pattern(self, one_day: bool) -> &'static str {
        match self {
            Self::Years(_) => "%Y",
            Self::Months(_) => "%b %Y",
            Self::Fixed(length) if length >= DAY => "%Y-%m-%d",
            Self::Fixed(length) if length >= MINUTE && one_day => "%H:%M",
            Self::Fixed(length) if length >= MINUTE => "%m-%d %H:%M",
            Self::Fixed(length) if length >= SECOND => "%H:%M:%S",
            Self::Fixed(_) => "%H:%M:%S.%3f",
        }
    }

    /// The ticks inside `min..=max`.
    pub(crate) fn ticks(self, min: f64, max: f64) -> Vec<f64> {
        self.edges(min, max).into_iter().filter(|tick| (min..=max).contains(tick)).collect()
    }

    /// The ticks from the last one at or before `min` to the first one after `max`.
    pub(crate) fn edges(self, min: f64, max: f64) -> Vec<f64> {
        let mut edges = vec![self.floor(min)];
        while let Some(next) = edges.last().filter(|last| **last <= max).and_then(|last| self.next(*last)) {
            if edges.len() > 1000 {
                break;
            }
            edges.push(next);
        }
        edges
    }
}

fn first_day(year: i32, month: i32) -> Option<f64> {
    let year = i16::try_from(year).ok()?;
    let day = jiff::civil::Date::new(year, i8::try_from(month).ok()?, 1).ok()?;
    since_1970(day.to_datetime(jiff::civil::Time::midnight()))
}

fn later(tick: f64, months: i32) -> Option<f64> {
    since_1970(civil(tick)?.checked_add(i64::from(months).months()).ok()?)
}

fn since_1970(time: DateTime) -> Option<f64> {
    let time = time.round(Unit::Millisecond).ok()?;
    let stamp = time.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(float_ms(whole(float_ms(stamp.as_millisecond()))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::moment;

    #[test]
    fn steps_are_one_two_or_five() {
        for (raw, step) in [(0.7, 1.0), (1.0, 1.0), (1.1, 2.0), (3.0, 5.0), (7.0, 10.0), (0.03, 0.05), (0.0, 1.0)] {
            assert!((nice_step(raw) - step).abs() < 1e-12, "{raw}");
        }
        assert!(nice_step(f64::INFINITY).is_finite());
    }

    #[test]
    fn a_nice_range_holds_its_ends() {
        for (min, max) in
            [(0.0, 1.0), (17.0, 90.0), (-1e300, 1e300), (5.0, 5.0), (1e16, 1e16), (0.0, 0.0), (1e-300, 2e-300)]
        {
            let range = NiceRange::around(min, max, 6);
            let ticks = range.ticks();
            assert!(range.min <= min && range.max >= max, "{min} {max} {range:?}");
            assert!((2..=16).contains(&ticks.len()), "{min} {max} {ticks:?}");
            assert!(ticks.iter().all(|tick| tick.is_finite()));
        }
    }

    #[test]
    fn calendar_ticks_fall_on_calendar_days() {
        let year_2020 = 1_577_836_800_000.0;
        let step = CalendarStep::suited(366.0 * DAY, 6);
        assert_eq!(step, CalendarStep::Months(3));
        let ticks: Vec<String> = step.ticks(year_2020, year_2020 + 366.0 * DAY).into_iter().map(moment).collect();
        assert_eq!(ticks, ["2020-01-01", "2020-04-01", "2020-07-01", "2020-10-01", "2021-01-01"]);
        assert_eq!(moment(CalendarStep::Fixed(7.0 * DAY).floor(year_2020)), "2019-12-30");
        assert_eq!(step.label(year_2020, false), "Jan 2020");
    }

    #[test]
    fn edges_end_with_the_calendar() {
        let last = 253_402_214_400_000.0;
        assert!(CalendarStep::Years(1000).edges(last - 1.0, last).len() < 1000);
        assert!(CalendarStep::Fixed(1.0).edges(0.0, 1e12).len() <= 1002);
    }
}

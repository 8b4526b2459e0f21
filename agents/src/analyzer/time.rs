//! When rows are from: range, how far apart they lie, and periods without any.

use jiff::civil::Date;

use super::analysis::{Analysis, ColumnAnalysis, Gap, Grain, Relation, Role, TableAnalysis, TimeAnalysis};
use super::names::words;
use super::profile::Family;
use crate::AgentsError;
use crate::etl::rows::Desk;

/// The most different days that are looked at.
const DAYS: usize = 40_000;
/// The most gaps that are listed.
const LISTED: usize = 50;

/// The main column of time of a table, with its range and gaps.
pub(super) fn find(desk: Desk<'_>, analysis: &Analysis, at: usize) -> Result<Option<TimeAnalysis>, AgentsError> {
    let table = &analysis.tables[at];
    if table.rows == 0 {
        return Ok(None);
    }
    let Some((column, days, moments)) = source(analysis, table) else { return Ok(None) };
    let query = format!("SELECT DISTINCT {days} AS D FROM {} ORDER BY D LIMIT {DAYS}", table.sql);
    let found = desk.run(&query)?;
    let days: Vec<Date> = (0..found.len()).filter_map(|row| found.text(row, 0)?.get(..10)?.parse().ok()).collect();
    let moments = match moments {
        Some(moments) => {
            let query = format!(
                "SELECT COUNT(DISTINCT {moments}), COUNT(DISTINCT {days}) FROM {}",
                table.sql,
                days = cast(column)
            );
            let counts = desk.run(&query)?;
            counts.count(0, 0) > counts.count(0, 1)
        }
        None => false,
    };
    Ok(series(&column.name, &days, moments))
}

/// A column of time, how a day is made of it, and what tells moments of a day apart.
type Found<'a> = (&'a ColumnAnalysis, String, Option<String>);

fn source<'a>(analysis: &'a Analysis, table: &'a TableAnalysis) -> Option<Found<'a>> {
    let real = table
        .columns
        .iter()
        .filter(|column| column.role == Role::Time || Family::of(&column.data_type) == Family::Time);
    if let Some(column) =
        real.filter(|column| column.min.is_some() && !column.constant).max_by_key(|column| worth(column))
    {
        let moments = Family::of(&column.data_type) == Family::Time && column.data_type.to_uppercase() != "DATE";
        return Some((column, cast(column), moments.then(|| column.sql.clone())));
    }
    // A fact table has its day as a whole number yyyymmdd, the key of a dimension of dates.
    let keyed = |column: &&ColumnAnalysis| {
        let day = |bound: &Option<String>| {
            bound.as_deref().is_some_and(|bound| bound.len() == 8 && yyyymmdd(bound).is_some())
        };
        Family::of(&column.data_type) == Family::Whole
            && day(&column.min)
            && day(&column.max)
            && (words(&column.name).iter().any(|word| matches!(word.as_str(), "date" | "day" | "dt"))
                || analysis.relations.iter().any(|relation: &Relation| {
                    relation.from.table == table.name
                        && relation.from.columns.contains(&column.name)
                        && relation.to.table.to_lowercase().contains("date")
                }))
    };
    let column = table.columns.iter().find(keyed)?;
    let name = &column.sql;
    let text = format!("CAST({name} AS VARCHAR)");
    let day = format!("SUBSTR({text}, 1, 4) || '-' || SUBSTR({text}, 5, 2) || '-' || SUBSTR({text}, 7, 2)");
    Some((column, format!("CASE WHEN {name} BETWEEN 10000101 AND 99991231 THEN {day} END"), None))
}

fn cast(column: &ColumnAnalysis) -> String {
    let text = Family::of(&column.data_type) == Family::Text;
    let cast = if text { "TRY_CAST" } else { "CAST" };
    let inner = if text && column.used_as.as_deref() == Some("TIMESTAMP") {
        format!("CAST(TRY_CAST({} AS TIMESTAMP) AS DATE)", column.sql)
    } else {
        format!("{cast}({} AS DATE)", column.sql)
    };
    format!("CAST({inner} AS VARCHAR)")
}

/// What happened is worth more than when a row was written, and when something begins more than when it ends.
fn worth(column: &ColumnAnalysis) -> (i32, u64) {
    let words = words(&column.name);
    let has = |these: &[&str]| words.iter().any(|word| these.contains(&word.as_str()));
    let audit = has(&["created", "modified", "updated", "inserted", "loaded", "valid", "deleted", "birth", "dob"]);
    let end = has(&["end", "to", "until", "closed"]);
    (i32::from(!audit) * 2 + i32::from(!end), column.distinct)
}

fn yyyymmdd(text: &str) -> Option<Date> {
    format!("{}-{}-{}", text.get(..4)?, text.get(4..6)?, text.get(6..8)?).parse().ok()
}

/// The grain of days in order, and where periods of it are missing.
fn series(column: &str, days: &[Date], moments: bool) -> Option<TimeAnalysis> {
    let (first, last) = (days.first()?, days.last()?);
    let grain = grain(days);
    let mut gaps = Vec::new();
    let mut missing = 0;
    for pair in days.windows(2) {
        let periods = grain.map_or(0, |grain| between(pair[0], pair[1], grain).saturating_sub(1));
        if periods > 0 {
            missing += periods;
            gaps.push(Gap { after: pair[0].to_string(), before: pair[1].to_string(), periods });
        }
    }
    gaps.truncate(LISTED);
    let grain = match grain {
        Some(Grain::Day) if moments => Grain::Moment,
        Some(grain) => grain,
        None => Grain::Irregular,
    };
    Some(TimeAnalysis {
        column: column.to_owned(),
        first: first.to_string(),
        last: last.to_string(),
        grain,
        gaps,
        missing,
    })
}

/// The period that most days are apart; none when they lie anywhere.
fn grain(days: &[Date]) -> Option<Grain> {
    /// The share of steps that must be of one period.
    const MOST: f64 = 0.6;
    if days.len() < 3 {
        return None;
    }
    let steps: Vec<i32> = days.windows(2).map(|pair| (pair[1] - pair[0]).get_days()).collect();
    let share = |low: i32, high: i32| {
        steps.iter().filter(|step| (low..=high).contains(*step)).count() as f64 / steps.len() as f64
    };
    let periods = [
        (1, 1, Grain::Day),
        (7, 7, Grain::Week),
        (28, 31, Grain::Month),
        (89, 92, Grain::Quarter),
        (365, 366, Grain::Year),
    ];
    // Days of the week without weekends are days.
    let workdays = share(1, 3) >= 0.95 && share(1, 1) >= 0.5;
    periods
        .into_iter()
        .find(|(low, high, _)| share(*low, *high) >= MOST)
        .map(|(_, _, grain)| grain)
        .or(workdays.then_some(Grain::Day))
}

/// How many periods of a grain lie between two days.
fn between(first: Date, second: Date, grain: Grain) -> u64 {
    let days = f64::from((second - first).get_days());
    let length = match grain {
        Grain::Week => 7.0,
        Grain::Month => 30.44,
        Grain::Quarter => 91.31,
        Grain::Year => 365.25,
        _ => 1.0,
    };
    (days / length).round().max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn gaps_are_counted_in_the_grain() {
        let daily: Vec<Date> =
            (0..30).filter(|at| !(10..13).contains(at)).map(|at| date(2024, 1, 1) + at.days()).collect();
        let found = series("d", &daily, false).unwrap();
        assert_eq!((found.grain, found.missing, found.gaps.len()), (Grain::Day, 3, 1));
        assert_eq!((found.gaps[0].after.as_str(), found.gaps[0].before.as_str()), ("2024-01-10", "2024-01-14"));
        let monthly: Vec<Date> = (0..24).filter(|at| *at != 5).map(|at| date(2024, 1, 1) + at.months()).collect();
        let found = series("d", &monthly, false).unwrap();
        assert_eq!((found.grain, found.missing), (Grain::Month, 1));
        let anywhere = [date(2024, 1, 1), date(2024, 1, 5), date(2024, 3, 9), date(2025, 1, 1)];
        assert_eq!(series("d", &anywhere, true).unwrap().grain, Grain::Irregular);
        assert!(series("d", &[], false).is_none());
    }
}

//! Measures over the rows of an answer: shares, changes, running totals, ranks; and over groups within them.

use crate::compile::cells::{Calc, Cells, Given, How, column, raw};
use crate::compile::measure::aggregate_call;
use crate::compile::scope::Scope;
use crate::compile::{CompileError, sql, time};
use crate::plan::{
    Aggregate, Basis, Dimension, Field, Grain, GroupFunction, Grouping, Having, Measure, OrderKey, Period, Plan,
    Quantity, TimePart,
};
use crate::semantic::{Additivity, Format, Metric};

/// A dimension that is a time: its place, its column, and its step or part.
struct TimeColumn {
    place: usize,
    alias: String,
    grain: Option<Grain>,
    part: Option<TimePart>,
}

impl Cells<'_> {
    pub(super) fn over_rows(&mut self, of: &Quantity, given: &Given) -> Result<Calc, CompileError> {
        match of {
            Quantity::Groups { per, of, having, function } => self.groups(per, of.as_deref(), having, *function, given),
            Quantity::Gaps { entity, within, time, function, nth } => {
                self.gaps(entity, within, time.as_ref(), *function, *nth, given)
            }
            Quantity::Share { of, within } => self.share(of, within, given),
            Quantity::Change { of, basis, steps, percent } => {
                let calc = self.measure(of, given)?;
                let (before, level) = self.before(&calc, *basis, *steps)?;
                let now = sql::group(&calc.sql);
                let difference = format!("{now} - {before}");
                let (made, name, format) = if *percent {
                    let made = sql::percent(&format!("({difference})"), &before);
                    (made, format!("{}_change_percent", calc.name), Format::Percent)
                } else {
                    (difference, format!("{}_change", calc.name), calc.format)
                };
                let unit = if *percent { None } else { calc.unit };
                Ok(Calc { sql: made, level: level.max(calc.level), additive: false, name, format, unit })
            }
            Quantity::Before { of, basis, steps } => {
                let calc = self.measure(of, given)?;
                let (before, level) = self.before(&calc, *basis, *steps)?;
                Ok(Calc { sql: before, level, additive: false, name: format!("{}_before", calc.name), ..calc })
            }
            Quantity::Running { of } => {
                let calc = if self.sums_over_time(of) {
                    self.measure(of, given)?
                } else {
                    self.summable(of, given, "its values overlap, so a running total would count some twice")?
                };
                let over = self.in_order(&calc)?;
                let window = format!("SUM({}) OVER ({over} ROWS UNBOUNDED PRECEDING)", calc.sql);
                Ok(self.windowed(calc, window, "running_", ""))
            }
            Quantity::Moving { of, rows } => {
                let calc = self.measure(of, given)?;
                let over = self.in_order(&calc)?;
                let before = rows.saturating_sub(1);
                let window = format!("AVG({}) OVER ({over} ROWS BETWEEN {before} PRECEDING AND CURRENT ROW)", calc.sql);
                Ok(self.windowed(calc, window, "", "_moving_average"))
            }
            Quantity::Rank { of, ascending, within } => self.rank(of, *ascending, within, given),
            Quantity::CumulativeShare { of } => {
                let calc = self.summable(of, given, "its values overlap, so they do not add up to a total")?;
                let columns: Vec<String> = self.aliases().iter().map(|alias| column(alias)).collect();
                let ties = sql::ties(&columns);
                let value = &calc.sql;
                let so_far =
                    format!("SUM({value}) OVER (ORDER BY {value} DESC NULLS LAST{ties} ROWS UNBOUNDED PRECEDING)");
                let window = sql::percent(&so_far, &format!("SUM({value}) OVER ()"));
                let mut made = self.windowed(calc, window, "", "_cumulative_percent");
                (made.format, made.unit) = (Format::Percent, None);
                Ok(made)
            }
            Quantity::Overall { function, of, within } => self.overall(*function, of, within, given),
            _ => Err(CompileError::Unsupported { what: "a measure over rows that is none".to_owned() }),
        }
    }

    fn windowed(&mut self, calc: Calc, window: String, before: &str, after: &str) -> Calc {
        let name = format!("{before}{}{after}", calc.name);
        let (made, level) = self.step(calc.level, How::Window(window));
        Calc { sql: made, level, additive: false, name, ..calc }
    }

    fn summable(&mut self, of: &Measure, given: &Given, why: &'static str) -> Result<Calc, CompileError> {
        let calc = self.measure(of, given)?;
        if calc.additive { Ok(calc) } else { Err(CompileError::NotAdditive { what: calc.name, why }) }
    }

    /// Whether a metric adds up over the steps of time that the rows are.
    fn sums_over_time(&self, of: &Measure) -> bool {
        let Quantity::Metric { metric } = &of.of else { return false };
        let adds = |found: &Metric| found.extension.additivity == Additivity::Time;
        self.context.model.metric(metric).is_some_and(|(_, found)| adds(found))
            && self.times().iter().any(|time| time.grain.is_some())
    }

    fn times(&self) -> Vec<TimeColumn> {
        self.columns
            .iter()
            .enumerate()
            .flat_map(|(place, columns)| columns.iter().map(move |column| (place, column)))
            .filter(|(_, column)| column.grain.is_some() || column.part.is_some())
            .map(|(place, column)| TimeColumn {
                place,
                alias: column.alias.clone(),
                grain: column.grain,
                part: column.part,
            })
            .collect()
    }

    /// `PARTITION BY … ORDER BY …` in the order of time, else of the plan.
    fn in_order(&mut self, calc: &Calc) -> Result<String, CompileError> {
        let times = self.times();
        let of_time = |alias: &String| times.iter().any(|time| time.alias == *alias);
        let aliases = self.aliases();
        if times.is_empty() {
            let columns: Vec<String> = aliases.iter().map(|alias| column(alias)).collect();
            let mut sorted = vec![match self.plan.order.first() {
                Some(first) => match first.by {
                    OrderKey::Dimension(place) => {
                        let alias = self.aliases_of(&[place])?.first().cloned().unwrap_or_default();
                        format!("{}{}", column(&alias), if first.descending { " DESC" } else { "" })
                    }
                    OrderKey::Measure(_) if first.descending => format!("{} DESC NULLS LAST", calc.sql),
                    OrderKey::Measure(_) => format!("{} NULLS LAST", calc.sql),
                },
                None => format!("{} DESC NULLS LAST", calc.sql),
            }];
            sorted.extend(columns);
            return Ok(format!("ORDER BY {}", sorted.join(", ")));
        }
        let parts: Vec<String> = aliases.iter().filter(|alias| !of_time(alias)).map(|alias| column(alias)).collect();
        // Years before months, whatever the order they are shown in.
        let mut ordered: Vec<&TimeColumn> = times.iter().collect();
        ordered.sort_by_key(|time| !matches!(time.part, Some(TimePart::Year | TimePart::FiscalYear)));
        let order: Vec<String> = ordered.iter().map(|time| column(&time.alias)).collect();
        Ok(format!("{}ORDER BY {}", sql::partition(&parts), order.join(", ")))
    }

    /// The value of a step before: a column and its layer.
    fn before(&mut self, calc: &Calc, basis: Basis, steps: u32) -> Result<(String, usize), CompileError> {
        let steps = i64::from(steps.max(1));
        let times = self.times();
        let moved = |time: &TimeColumn, by: String| format!("{by} = c.{}", time.alias);
        let (place, condition) = match (times.as_slice(), basis) {
            ([time], basis) => {
                let at = format!("p.{}", time.alias);
                let numbered = matches!(time.grain, Some(Grain::Year | Grain::FiscalYear)) || time.part.is_some();
                if numbered && basis == Basis::YearBefore && !is_year(time) {
                    let what = "the year before, without the years".to_owned();
                    return Err(CompileError::Unsupported { what });
                }
                let by = if numbered {
                    format!("{at} + {steps}")
                } else {
                    let grain = time.grain.unwrap_or(Grain::Day);
                    let interval = match (basis, grain) {
                        (Basis::Previous, grain) => time::interval(grain, steps),
                        // Weeks stay weeks: 52 of them.
                        (Basis::YearBefore, Grain::Week) => time::interval(Grain::Day, steps * 364),
                        (Basis::YearBefore, _) => time::interval(Grain::Year, steps),
                    };
                    if grain == Grain::Hour {
                        format!("{at} + {interval}")
                    } else {
                        format!("CAST({at} + {interval} AS DATE)")
                    }
                };
                (vec![time.place], moved(time, by))
            }
            ([first, second], Basis::YearBefore) if is_year(first) != is_year(second) => {
                let (year, part) = if is_year(first) { (first, second) } else { (second, first) };
                let equal = format!("p.{0} = c.{0}", part.alias);
                let by = moved(year, format!("p.{} + {steps}", year.alias));
                (vec![year.place, part.place], format!("{by} AND {equal}"))
            }
            ([], _) => {
                let what = "a change over time without a step of time to go by".to_owned();
                return Err(CompileError::Unsupported { what });
            }
            _ => {
                return Err(CompileError::Unsupported {
                    what: "a change over several steps of time at once".to_owned(),
                });
            }
        };
        let mut on = vec![condition];
        for (at, columns) in self.columns.iter().enumerate() {
            if !place.contains(&at) {
                on.extend(columns.iter().map(|column| format!("p.{0} IS NOT DISTINCT FROM c.{0}", column.alias)));
            }
        }
        Ok(self.step(calc.level, How::Other { value: calc.sql.clone(), on: on.join(" AND ") }))
    }

    fn share(&mut self, of: &Measure, within: &[usize], given: &Given) -> Result<Calc, CompileError> {
        let calc = self.measure(of, given)?;
        let (total, level) = self.total(&calc, of, within, given)?;
        let name = format!("{}_share_percent", calc.name);
        let made = sql::percent(&sql::group(&calc.sql), &total);
        Ok(Calc { sql: made, level: level.max(calc.level), additive: true, name, format: Format::Percent, unit: None })
    }

    /// The total of a measure over the rows that are the same in some dimensions. What overlaps is measured again.
    fn total(
        &mut self,
        calc: &Calc,
        of: &Measure,
        within: &[usize],
        given: &Given,
    ) -> Result<(String, usize), CompileError> {
        let aliases = self.aliases_of(within)?;
        if calc.additive {
            let partition: Vec<String> = aliases.iter().map(|alias| column(alias)).collect();
            let by = sql::partition(&partition);
            let by = by.trim_end();
            return Ok(self.step(calc.level, How::Window(format!("SUM({}) OVER ({by})", calc.sql))));
        }
        let plan = Plan {
            dimensions: within.iter().filter_map(|place| self.plan.dimensions.get(*place).cloned()).collect(),
            measures: vec![of.clone()],
            filters: self.plan.filters.iter().chain(&given.filters).cloned().collect(),
            period: given.period.clone().or_else(|| self.plan.period.clone()),
            ..Plan::default()
        };
        let inner = raw(self.context.deeper()?, &plan, self.within.as_deref())?;
        let theirs: Vec<String> = inner.dimensions.iter().flatten().cloned().collect();
        let on = theirs.into_iter().zip(aliases).collect();
        let column = inner.values.first().cloned().unwrap_or_default();
        Ok(self.step(calc.level, How::Query { query: inner.sql, column, on }))
    }

    fn rank(&mut self, of: &Measure, ascending: bool, within: &[usize], given: &Given) -> Result<Calc, CompileError> {
        let calc = self.measure(of, given)?;
        let partition: Vec<String> = self.aliases_of(within)?.iter().map(|alias| column(alias)).collect();
        let by = sql::partition(&partition);
        let direction = if ascending { "" } else { " DESC" };
        let window = format!("RANK() OVER ({by}ORDER BY {}{direction} NULLS LAST)", calc.sql);
        let mut made = self.windowed(calc, window, "", "_rank");
        (made.format, made.unit) = (Format::Integer, None);
        Ok(made)
    }

    fn overall(
        &mut self,
        function: Aggregate,
        of: &Measure,
        within: &[usize],
        given: &Given,
    ) -> Result<Calc, CompileError> {
        let calc = self.measure(of, given)?;
        if function == Aggregate::Sum {
            let (total, level) = self.total(&calc, of, within, given)?;
            return Ok(Calc { sql: total, level, additive: false, name: format!("total_{}", calc.name), ..calc });
        }
        let (word, name) = match function {
            Aggregate::Average => ("average_", "AVG"),
            Aggregate::Min => ("lowest_", "MIN"),
            Aggregate::Max => ("highest_", "MAX"),
            Aggregate::Median => ("median_", "MEDIAN"),
            Aggregate::Count => ("count_", "COUNT"),
            _ => {
                return Err(CompileError::Unsupported { what: "this aggregate over the rows of an answer".to_owned() });
            }
        };
        let partition: Vec<String> = self.aliases_of(within)?.iter().map(|alias| column(alias)).collect();
        let by = sql::partition(&partition);
        let by = by.trim_end();
        let window = format!("{name}({}) OVER ({by})", calc.sql);
        Ok(self.windowed(calc, window, word, ""))
    }

    fn groups(
        &mut self,
        per: &[Dimension],
        of: Option<&Measure>,
        having: &[Having],
        function: GroupFunction,
        given: &Given,
    ) -> Result<Calc, CompileError> {
        let plan = Plan {
            dimensions: self.plan.dimensions.iter().chain(per).cloned().collect(),
            measures: of.into_iter().cloned().collect(),
            filters: self.plan.filters.iter().chain(&given.filters).cloned().collect(),
            period: given.period.clone().or_else(|| self.plan.period.clone()),
            having: having.to_vec(),
            ..Plan::default()
        };
        if of.is_none() && function != GroupFunction::Count {
            return Err(CompileError::Empty);
        }
        let context = self.context.deeper()?;
        let inner = raw(context, &plan, self.within.as_deref())?;
        let shown = match of {
            Some(measure) => {
                let mut probe = Cells::new(context, &plan, self.within.as_deref())?;
                Some(probe.measure(measure, &Given::default())?)
            }
            None => None,
        };
        let outer = self.aliases();
        let value = inner.values.first().cloned().unwrap_or_default();
        let alias = self.leaf_alias();
        let nested = inner.sql.replace('\n', "\n  ");
        let query = match function {
            GroupFunction::Count => over_groups(&nested, &outer, "COUNT(*)", &alias),
            GroupFunction::Of(aggregate) => {
                let call = aggregate_call(aggregate, &value).1;
                let made = call_sql(&call)?;
                over_groups(&nested, &outer, &made, &alias)
            }
            GroupFunction::Reach(fraction) => reach(&nested, &inner.dimensions, &outer, &value, fraction, &alias)?,
            GroupFunction::TopFraction(_)
            | GroupFunction::TopCount(_)
            | GroupFunction::BottomFraction(_)
            | GroupFunction::BottomCount(_) => part(&nested, &inner.dimensions, &outer, &value, function, &alias)?,
        };
        let base = self.context.model.tables.first().ok_or(CompileError::Empty)?;
        let counted = matches!(function, GroupFunction::Count | GroupFunction::Of(Aggregate::Count));
        let made = self.add_query(base, &alias, query, counted);
        Ok(self.group_calc(per, shown, function, made))
    }

    fn group_calc(&self, per: &[Dimension], of: Option<Calc>, function: GroupFunction, sql: String) -> Calc {
        let groups = per.first().map_or_else(|| "groups".to_owned(), |dimension| self.group_name(dimension));
        let about = of.as_ref().map_or_else(|| "value".to_owned(), |calc| calc.name.clone());
        let (name, format, unit) = match function {
            GroupFunction::Count
            | GroupFunction::Reach(_)
            | GroupFunction::Of(Aggregate::Count | Aggregate::CountDistinct) => (groups, Format::Integer, None),
            GroupFunction::TopFraction(_)
            | GroupFunction::TopCount(_)
            | GroupFunction::BottomFraction(_)
            | GroupFunction::BottomCount(_) => (format!("{about}_share_percent"), Format::Percent, None),
            GroupFunction::Of(aggregate) => {
                let word = aggregate_call(aggregate, "").0;
                let format = of.as_ref().map_or(Format::Plain, |calc| calc.format);
                let format = if format == Format::Integer
                    && !matches!(aggregate, Aggregate::Min | Aggregate::Max | Aggregate::Sum)
                {
                    Format::Decimal
                } else {
                    format
                };
                (format!("{word}_{about}"), format, of.and_then(|calc| calc.unit))
            }
        };
        Calc {
            sql,
            level: 0,
            additive: function == GroupFunction::Count && self.columns.is_empty(),
            name,
            format,
            unit,
        }
    }

    fn group_name(&self, dimension: &Dimension) -> String {
        match &dimension.by {
            Grouping::Entity { entity, .. } => {
                self.context.entity(entity).map_or_else(|_| entity.clone(), |thing| thing.plural.to_owned())
            }
            Grouping::Column { field } => format!("{} values", field.name),
            _ => "groups".to_owned(),
        }
        .replace(' ', "_")
    }

    /// Days between the different days on which each of an entity occurs.
    fn gaps(
        &mut self,
        entity: &str,
        within: &str,
        on: Option<&Field>,
        function: Aggregate,
        nth: Option<u64>,
        given: &Given,
    ) -> Result<Calc, CompileError> {
        let context = self.context.deeper()?;
        let base = context.table(within)?;
        let thing = context.entity(entity)?;
        let mut scope = Scope::new(context, base);
        let mut dimensions = Vec::new();
        let mut conditions = Vec::new();
        for dimension in &self.plan.dimensions {
            let rendered = super::dims::render(&mut scope, dimension)?;
            dimensions.extend(rendered.columns);
            conditions.extend(rendered.conditions);
        }
        let key = scope.key(&thing, &[])?;
        let day = time::reach(&mut scope, on)?.grain(Grain::Day)?;
        conditions.extend(super::filter::all(&mut scope, &self.plan.filters)?);
        conditions.extend(super::filter::all(&mut scope, &given.filters)?);
        if let Some(period) = given.period.as_ref().or(self.plan.period.as_ref()) {
            conditions.extend(super::value::during(&mut scope, period)?);
        }
        let outer = self.aliases();
        let mut items: Vec<String> =
            dimensions.iter().zip(&outer).map(|(sql, alias)| format!("{sql} AS {alias}")).collect();
        items.push(format!("{key} AS k"));
        items.push(format!("{day} AS t"));
        let filter = sql::clause("WHERE", &conditions, " AND ");
        let days = format!("SELECT DISTINCT {}\n{}{filter}", items.join(", "), scope.tables()).replace('\n', "\n    ");
        let partition: Vec<&str> = outer.iter().map(String::as_str).chain(["k"]).collect();
        let lag = format!("LAG(t) OVER (PARTITION BY {} ORDER BY t)", partition.join(", "));
        let listed = sql::listed(&outer);
        let difference = format!("DATEDIFF('day', {lag}, t)");
        let gap = nth.map_or(difference.clone(), |nth| {
            let place = format!("ROW_NUMBER() OVER (PARTITION BY {} ORDER BY t)", partition.join(", "));
            format!("CASE WHEN {place} = {} THEN {difference} END", nth.saturating_add(1))
        });
        let inner = format!("SELECT {listed}{gap} AS gap\n  FROM (\n    {days}\n  ) AS days");
        let (word, call, _) = aggregate_call(function, "gap");
        let alias = self.leaf_alias();
        let query = over_groups(&inner, &outer, &call_sql(&call)?, &alias);
        let made = self.add_query(base, &alias, query, false);
        Ok(Calc {
            sql: made,
            level: 0,
            additive: false,
            name: format!("{word}_days_between"),
            format: Format::Decimal,
            unit: Some("days".to_owned()),
        })
    }
}

fn is_year(time: &TimeColumn) -> bool {
    matches!(time.grain, Some(Grain::Year | Grain::FiscalYear))
        || matches!(time.part, Some(TimePart::Year | TimePart::FiscalYear))
}

fn call_sql(call: &crate::compile::source::Call) -> Result<String, CompileError> {
    let argument = call.argument.clone().unwrap_or_else(|| "*".to_owned());
    match call.fraction {
        Some(fraction) if (0.0..=1.0).contains(&fraction) => {
            Ok(format!("PERCENTILE_CONT({}) WITHIN GROUP (ORDER BY {argument})", sql::number(fraction)?))
        }
        Some(fraction) => {
            Err(CompileError::Unsupported { what: format!("the percentile {fraction}; it is a fraction from 0 to 1") })
        }
        None if call.distinct => Ok(format!("{}(DISTINCT {argument})", call.function)),
        None => Ok(format!("{}({argument})", call.function)),
    }
}

fn over_groups(inner: &str, outer: &[String], made: &str, alias: &str) -> String {
    let listed = sql::listed(outer);
    let by = sql::clause("GROUP BY", outer, ", ");
    format!("SELECT {listed}{made} AS {alias}\nFROM (\n  {inner}\n) AS grouped{by}")
}

fn fraction_sql(fraction: f64) -> Result<String, CompileError> {
    if fraction.is_finite() && fraction > 0.0 && fraction <= 1.0 {
        return sql::number(fraction);
    }
    Err(CompileError::Unsupported { what: format!("the fraction {fraction}; it lies above 0 and up to 1") })
}

/// The smallest number of groups that reach a fraction of the total.
fn reach(
    inner: &str,
    dimensions: &[Vec<String>],
    outer: &[String],
    value: &str,
    fraction: f64,
    alias: &str,
) -> Result<String, CompileError> {
    let fraction = fraction_sql(fraction)?;
    let (by, ties) = (sql::partition(outer), sql::ties(&dimensions.concat()));
    let listed = sql::listed(outer);
    let so_far = format!("SUM({value}) OVER ({by}ORDER BY {value} DESC NULLS LAST{ties} ROWS UNBOUNDED PRECEDING)");
    let ranked = format!(
        "SELECT {listed}{value} AS value, {so_far} AS so_far, SUM({value}) OVER ({by}) AS total\n  FROM (\n  {inner}\n  ) AS grouped"
    );
    let group = sql::clause("GROUP BY", outer, ", ");
    Ok(format!(
        "SELECT {listed}COUNT(*) AS {alias}\nFROM (\n  {ranked}\n) AS ranked\nWHERE so_far - value < {fraction} * total{group}"
    ))
}

/// The percentage of the total that the largest or the smallest groups have.
fn part(
    inner: &str,
    dimensions: &[Vec<String>],
    outer: &[String],
    value: &str,
    function: GroupFunction,
    alias: &str,
) -> Result<String, CompileError> {
    let (by, ties) = (sql::partition(outer), sql::ties(&dimensions.concat()));
    let listed = sql::listed(outer);
    let bottom = matches!(function, GroupFunction::BottomFraction(_) | GroupFunction::BottomCount(_));
    let direction = if bottom { "" } else { " DESC" };
    let place = format!("ROW_NUMBER() OVER ({by}ORDER BY {value}{direction} NULLS LAST{ties})");
    let ranked = format!(
        "SELECT {listed}{value} AS value, {place} AS place, COUNT(*) OVER ({by}) AS groups\n  FROM (\n  {inner}\n  ) AS grouped"
    );
    let inside = match function {
        GroupFunction::TopFraction(fraction) | GroupFunction::BottomFraction(fraction) => {
            format!("place <= CEIL({} * groups)", fraction_sql(fraction)?)
        }
        GroupFunction::TopCount(count) | GroupFunction::BottomCount(count) => format!("place <= {count}"),
        _ => return Err(CompileError::Unsupported { what: "this part of the groups".to_owned() }),
    };
    let chosen = format!("SUM(CASE WHEN {inside} THEN value ELSE 0 END)");
    let group = sql::clause("GROUP BY", outer, ", ");
    let made = sql::percent(&chosen, "SUM(value)");
    Ok(format!("SELECT {listed}{made} AS {alias}\nFROM (\n  {ranked}\n) AS ranked{group}"))
}

/// How far back the measures of a plan look, in steps of its time; none when they do not.
pub(super) fn looks_back(measures: &[Measure], grain: Grain) -> Option<i64> {
    let mut most = 0;
    for measure in measures {
        if !back(measure, grain, &mut most) {
            return None;
        }
    }
    (most > 0).then_some(most)
}

fn back(measure: &Measure, grain: Grain, most: &mut i64) -> bool {
    let year = match grain {
        Grain::Hour => 24 * 366,
        Grain::Day => 366,
        Grain::Week => 52,
        Grain::Month | Grain::FiscalMonth => 12,
        Grain::Quarter | Grain::FiscalQuarter => 4,
        Grain::Year | Grain::FiscalYear => 1,
    };
    match &measure.of {
        Quantity::Change { of, basis, steps, .. } | Quantity::Before { of, basis, steps } => {
            let steps = i64::from((*steps).max(1));
            *most = (*most).max(if *basis == Basis::YearBefore { steps * year } else { steps });
            back(of, grain, most)
        }
        Quantity::Moving { of, rows } => {
            *most = (*most).max(i64::from(rows.saturating_sub(1)));
            back(of, grain, most)
        }
        Quantity::Arithmetic { left, right, .. } => back(left, grain, most) && back(right, grain, most),
        // These are over the rows of the period, so it must not be widened.
        Quantity::Share { .. }
        | Quantity::Running { .. }
        | Quantity::Rank { .. }
        | Quantity::CumulativeShare { .. }
        | Quantity::Overall { .. } => false,
        _ => true,
    }
}

/// A period that begins so many steps earlier.
pub(super) fn widened(period: &Period, grain: Grain, steps: i64) -> Option<Period> {
    let from = period.from?;
    let span = match grain {
        Grain::Hour => jiff::Span::new().try_days((steps + 23) / 24),
        Grain::Day => jiff::Span::new().try_days(steps),
        Grain::Week => jiff::Span::new().try_weeks(steps),
        Grain::Month | Grain::FiscalMonth => jiff::Span::new().try_months(steps),
        Grain::Quarter | Grain::FiscalQuarter => jiff::Span::new().try_months(steps * 3),
        Grain::Year | Grain::FiscalYear => jiff::Span::new().try_years(steps),
    };
    let from = from.checked_sub(span.ok()?).ok()?;
    Some(Period { from: Some(from), ..period.clone() })
}

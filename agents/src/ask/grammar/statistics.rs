//! Several numbers that describe one measure: "min, max and median basket value", "the 25th and 75th percentile".

use super::draft::{Group, Measured};
use super::measures::over_groups;
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Item, Kind, Linked, Shape, Target};
use crate::ask::refusal::Refusal;
use crate::plan::{Aggregate, Dimension, GroupFunction, Measure, Quantity, Value};

/// Items that name aggregates, side by side.
#[derive(Debug, Default)]
struct Run {
    items: Vec<usize>,
    functions: Vec<Aggregate>,
    /// Whether one of them can be nothing else.
    sure: bool,
    /// Whether the number they describe stands right behind.
    followed: bool,
}

/// The aggregates that are asked for of one measure, where there are several or a percentile; their words say nothing
/// else then.
pub(super) fn statistics(linked: &mut Linked) -> Vec<Aggregate> {
    let runs = runs(linked);
    let asked: Vec<&Run> = runs.iter().filter(|run| run.sure || run.functions.len() > 1).collect();
    let count: usize = asked.iter().map(|run| run.functions.len()).sum();
    let percentile = asked.iter().flat_map(|run| &run.functions).any(|f| matches!(f, Aggregate::Percentile(_)));
    let apart = asked.iter().filter(|run| run.followed).count() > 1;
    if apart || count < 2 && !percentile {
        return Vec::new();
    }
    let mut out: Vec<Aggregate> = Vec::new();
    let items: Vec<usize> = asked.iter().flat_map(|run| run.items.iter().copied()).collect();
    for function in asked.iter().flat_map(|run| run.functions.iter()) {
        if !out.contains(function) {
            out.push(*function);
        }
    }
    for i in items {
        linked.items[i].kind = Kind::Shape(Shape::Filler);
    }
    out
}

fn quiet(item: &Item) -> bool {
    matches!(item.shape(), Some(Shape::Filler | Shape::Mark))
}

fn runs(linked: &Linked) -> Vec<Run> {
    let mut out = Vec::new();
    let mut run = Run::default();
    let mut i = 0;
    while i < linked.items.len() {
        let item = &linked.items[i];
        if let Some((items, functions, sure)) = named(linked, i) {
            // "the lowest average number of baskets": one number, and which is the lowest.
            let ranked = run.items.last() == Some(&i.wrapping_sub(1))
                && matches!(linked.items[i.saturating_sub(1)].shape(), Some(Shape::Most | Shape::Least))
                && functions == [Aggregate::Average];
            if ranked {
                run = Run::default();
                i += 1;
                continue;
            }
            i = items.last().map_or(i, |last| last + 1);
            run.items.extend(items);
            run.functions.extend(functions);
            run.sure |= sure;
            continue;
        }
        // "at the median, and at the 90th percentile"
        if item.shape() == Some(Shape::In) && item.text.starts_with("at") && behind(linked, i).is_some() {
            run.items.push(i);
            i += 1;
            continue;
        }
        let joint = quiet(item) || item.shape() == Some(Shape::And);
        if joint && !run.items.is_empty() {
            if item.shape() == Some(Shape::And) {
                run.items.push(i);
            }
            i += 1;
            continue;
        }
        if !run.functions.is_empty() {
            // "smallest, largest and average basket": the last of them is in the name of the metric.
            let joined = run.items.last().is_some_and(|&k| linked.items[k].shape() == Some(Shape::And));
            let words = linked.tokens.get(item.at).is_some_and(|token| token.is(&["average", "avg", "mean"]));
            if joined && words && item.len > 1 && item.targets().iter().any(|t| matches!(t, Target::Metric(_))) {
                run.functions.push(Aggregate::Average);
            }
            run.followed = linked.items[i..]
                .iter()
                .find(|next| !quiet(next) && !matches!(next.shape(), Some(Shape::Of | Shape::For)))
                .is_some_and(|next| {
                    let number = |t: &Target| matches!(t, Target::Metric(_) | Target::Fact(_));
                    next.targets().iter().any(number) || matches!(next.kind, Kind::Grain(_))
                });
            out.push(std::mem::take(&mut run));
        }
        i += 1;
    }
    if !run.functions.is_empty() {
        out.push(run);
    }
    for run in &mut out {
        // An "and" at the end joins something else.
        while run.items.last().is_some_and(|&k| linked.items[k].shape() == Some(Shape::And)) {
            run.items.pop();
        }
    }
    out
}

/// The aggregates that stand right behind an item.
fn behind(linked: &Linked, i: usize) -> Option<usize> {
    let next = (i + 1..linked.items.len()).find(|&k| !quiet(&linked.items[k]))?;
    named(linked, next).filter(|(_, _, sure)| *sure).map(|_| next)
}

/// The aggregates that the words from item `i` name, and whether they can be nothing else.
fn named(linked: &Linked, i: usize) -> Option<(Vec<usize>, Vec<Aggregate>, bool)> {
    let item = &linked.items[i];
    let single = |function| Some((vec![i], vec![function], false));
    let percent = |value: f64| Aggregate::Percentile(value / 100.0);
    match item.shape() {
        Some(Shape::Average) if item.text != "on average" => return single(Aggregate::Average),
        Some(Shape::Median) => return Some((vec![i], vec![Aggregate::Median], true)),
        Some(Shape::Deviation) => return Some((vec![i], vec![Aggregate::Deviation], true)),
        Some(Shape::Most) if matches!(item.text.as_str(), "max" | "maximum" | "highest" | "largest" | "biggest") => {
            return single(Aggregate::Max);
        }
        Some(Shape::Least) if matches!(item.text.as_str(), "min" | "minimum" | "lowest" | "smallest") => {
            return single(Aggregate::Min);
        }
        _ => {}
    }
    let text = item.text.as_str();
    let open = matches!(item.kind, Kind::Unknown | Kind::Shape(Shape::Filler)) || item.distance > 0;
    if let Some(place) =
        text.strip_prefix('p').and_then(|rest| rest.parse::<u8>().ok()).filter(|p| (1..100).contains(p))
    {
        return Some((vec![i], vec![percent(f64::from(place))], true));
    }
    if open && matches!(text, "quartile" | "quartiles") {
        return Some((vec![i], [25.0, 50.0, 75.0].map(percent).to_vec(), true));
    }
    if open && matches!(text, "decile" | "deciles") {
        return Some((vec![i], (1..10_u8).map(|k| percent(f64::from(k) * 10.0)).collect(), true));
    }
    percentiles(linked, i).map(|(items, values)| (items, values.into_iter().map(percent).collect(), true))
}

/// "the 25th, 50th and 75th percentile", "percentiles 10 and 90", "upper quartile".
fn percentiles(linked: &Linked, i: usize) -> Option<(Vec<usize>, Vec<f64>)> {
    let number = |k: usize| {
        let found = linked.items.get(k)?.number()?;
        (!found.year && (0.0..=100.0).contains(&found.value)).then_some(found.value)
    };
    let joint = |k: usize| quiet(&linked.items[k]) || linked.items[k].shape() == Some(Shape::And);
    let word = |k: usize| linked.items.get(k).is_some_and(|item| item.shape() == Some(Shape::Percentile));
    let (mut items, mut values) = (Vec::new(), Vec::new());
    let mut k = i;
    if word(i) {
        items.push(i);
        k = i + 1;
    } else {
        number(i)?;
    }
    while k < linked.items.len() && (number(k).is_some() || joint(k) && !values.is_empty() || quiet(&linked.items[k])) {
        if let Some(value) = number(k) {
            values.push(value);
        }
        items.push(k);
        k += 1;
    }
    if !word(i) {
        if !word(k) {
            return None;
        }
        items.push(k);
    }
    while items.last().is_some_and(|&last| last > i && joint(last)) {
        items.pop();
    }
    (!values.is_empty()).then_some((items, values))
}

impl Reading<'_> {
    /// The only measure under each of the aggregates asked for.
    pub(super) fn described(&mut self, out: &mut Vec<Measured>, groups: &mut Vec<Group>) -> Result<(), Refusal> {
        let functions = self.several.clone();
        let [Measured { at, measure }] = out.as_slice() else {
            return Err(Refusal::unclear("It is not clear of what the several numbers are asked for", Vec::new()));
        };
        let (at, measure) = (*at, measure.clone());
        let value = match &measure.of {
            Quantity::Aggregate { value, .. } => Some(value.clone()),
            Quantity::Metric { metric } => self.averaged_field(metric).map(|field| Value::Field { field }),
            _ => None,
        };
        let grouped: Option<(Measure, Vec<Dimension>)> = match &measure.of {
            Quantity::Metric { metric } => self.per_entity(metric).map(|(of, noun)| (of, vec![noun.dimension()])),
            Quantity::Groups { per, of: Some(of), .. } => Some(((**of).clone(), per.clone())),
            Quantity::Arithmetic { operator: crate::plan::Operator::Divide, left, right, percent: false } => {
                self.counted_noun(right).map(|noun| ((**left).clone(), vec![noun]))
            }
            _ => None,
        };
        let grouped = grouped.or_else(|| {
            value
                .is_none()
                .then(|| self.spread_over(at, groups))
                .flatten()
                .map(|noun| (measure.clone(), vec![noun.dimension()]))
        });
        let made: Vec<Measure> = match (value, grouped) {
            (Some(value), _) => functions
                .iter()
                .map(|&function| Measure::new(Quantity::Aggregate { function, value: value.clone(), within: None }))
                .collect(),
            (None, Some((of, per))) => functions
                .iter()
                .map(|&function| over_groups(of.clone(), per.clone(), GroupFunction::Of(function)))
                .collect(),
            _ => return Err(self.which_average(at, "highest")),
        };
        *out = made.into_iter().map(|measure| Measured { at, measure }).collect();
        Ok(())
    }

    /// What a sum is spread over: its "daily", its "per store", or the thing it is said to be of.
    fn spread_over(&mut self, at: usize, groups: &mut Vec<Group>) -> Option<Noun> {
        let place = groups.iter().position(|g| {
            let said = self.before_but(g.at, &[Shape::Each]).is_some_and(|k| self.is_any(k, &[Shape::Per, Shape::By]));
            let beside = g.at < at && matches!(self.items[g.at].kind, Kind::Grain(_));
            let across = g.each || said;
            beside || across && groups.len() == 1 && !matches!(&g.noun, Noun::Part(_))
        });
        place.map(|k| groups.remove(k).noun).or_else(|| self.whose(at)).or_else(|| {
            let k = self.next(at).filter(|&k| self.is_any(k, &[Shape::Of, Shape::For])).and_then(|of| self.next(of))?;
            let one = !self.used[k] && !self.plural(k) && self.entity(k).is_some();
            let noun = self.noun(k).filter(|_| one)?;
            self.take(k);
            Some(noun)
        })
    }
}

//! Conditions on rows: values, comparisons with numbers, flags, what is missing, texts that begin or contain.

use super::draft::{Condition, Draft};
use super::node::Kind;
use crate::ask::instructions::TextRule;
use crate::ask::link::{ColumnKind, Shape};
use crate::ask::refusal::Refusal;
use crate::plan::{Comparison, Field, Filter, Having, Literal, Measure, Member, Quantity, TextMatch, Value};

/// Words between a column and what it is compared with.
const BETWEEN: &[Shape] = &[Shape::Of, Shape::In, Shape::With, Shape::That, Shape::For, Shape::Than];

impl Draft<'_> {
    /// Finds all conditions.
    ///
    /// # Errors
    /// A value or a column that several tables have.
    pub(super) fn find_conditions(&mut self) -> Result<(), Refusal> {
        let mut last: Option<(usize, bool)> = None;
        for i in 0..self.len() {
            if self.used[i] {
                continue;
            }
            let Some((filter, places)) = self.plain_condition(i, self.len())? else { continue };
            let Some(table) = table_of(&filter) else { continue };
            let first = places.iter().copied().min().unwrap_or(i);
            let or = (last.map_or(0, |(at, _)| at)..first).any(|k| self.is(k, &[Shape::Or])) && last.is_some();
            let comma = last.is_some_and(|(at, either)| either && (at..first).any(|k| self.text(k) == ","));
            let end = places.iter().copied().max().unwrap_or(i);
            self.take_all(places);
            let either = or || comma;
            if self.both(i, &filter) {
                continue;
            }
            if either && let Some(before) = self.conditions.last_mut() {
                for k in last.map_or(0, |(at, _)| at)..first {
                    if self.nodes[k].is(&[Shape::Or, Shape::And]) {
                        self.used[k] = true;
                    }
                }
                before.filter = any(std::mem::replace(&mut before.filter, Filter::Any { of: Vec::new() }), filter);
            } else {
                self.conditions.push(Condition { at: i, table, filter });
            }
            last = Some((end, either));
        }
        Ok(())
    }

    /// "in both the domain A and the domain B": two tests of the thing that is asked for.
    fn both(&mut self, i: usize, filter: &Filter) -> bool {
        let Some(at) = (0..i).rev().find(|&k| self.is(k, &[Shape::Both])) else { return false };
        let values = (at..self.len()).filter(|&k| matches!(self.kind(k), Kind::Values(_))).count();
        let (Some(root), Some(table)) = (self.root_thing(None), table_of(filter)) else { return false };
        if values != 2
            || self.leads_to(&self.thing_table(&root).map_or_else(String::new, |own| own.name.clone()), &table)
        {
            return false;
        }
        let member = Member { entity: root, within: table.clone(), filters: vec![filter.clone()], ..Member::default() };
        let named: Vec<usize> = (at..self.len())
            .filter(|&k| self.thing(k).and_then(|thing| self.thing_table(thing)).is_some_and(|own| own.name == table))
            .collect();
        self.take_all(named.into_iter().chain([at]));
        let filter = Filter::Member { member: Box::new(member) };
        self.conditions.push(Condition { at: i, table, filter });
        true
    }

    /// The condition that begins at a node, and the nodes that say it.
    ///
    /// # Errors
    /// A value or a column that several tables have.
    pub(super) fn plain_condition(&self, i: usize, to: usize) -> Result<Option<(Filter, Vec<usize>)>, Refusal> {
        match self.kind(i) {
            Kind::Values(_) | Kind::Quoted => self.value_condition(i, to),
            Kind::Missing { field, missing } => {
                let negation = self.negation(i);
                let value = Value::Field { field: field.clone() };
                let filter = Filter::Null { value, negated: *missing == negation.is_some() };
                Ok(Some((filter, negation.into_iter().chain([i]).collect())))
            }
            Kind::Column(_) if self.column_is(i, &[ColumnKind::Flag]) => {
                let Some((field, _)) = self.pick(i, &[ColumnKind::Flag])? else { return Ok(None) };
                let negation = self.negation(i);
                let mut places: Vec<usize> = negation.into_iter().chain([i]).collect();
                places.extend(self.before(i).filter(|&k| self.is(k, &[Shape::With, Shape::Except])));
                Ok(Some((self.flag(field, negation.is_some()), places)))
            }
            Kind::Column(_) if self.next(i).is_some_and(|k| matches!(self.kind(k), Kind::Number(_))) => {
                self.numbered(i)
            }
            Kind::Column(_) if self.nodes[i].verbal => self.given(i),
            Kind::Shape(_) if self.compares(i) => self.comparison(i),
            Kind::Shape(Shape::StartsWith | Shape::EndsWith | Shape::Contains) => self.pattern(i),
            Kind::Shape(Shape::With) if self.text(i) == "containing" => self.pattern(i),
            _ => Ok(None),
        }
    }

    /// "semester 1", "sections 2 or 3": a column that holds numbers.
    fn numbered(&self, i: usize) -> Result<Option<(Filter, Vec<usize>)>, Refusal> {
        let Some((field, kind)) = self.pick(i, &[ColumnKind::Text, ColumnKind::Key, ColumnKind::Number])? else {
            return Ok(None);
        };
        let mut places = vec![i];
        let mut values = Vec::new();
        let mut k = i;
        while let Some(next) = self.next_but(k, &[Shape::Or, Shape::And]) {
            let Kind::Number(number) = self.kind(next) else { break };
            if number.ordinal || number.unit != crate::ask::words::Unit::Plain {
                break;
            }
            values.push(Literal::Number(number.value));
            places.extend(k + 1..=next);
            k = next;
        }
        // "5 courses" after a column is no value of it.
        let counted = self.next(k).is_some_and(|next| self.thing(next).is_some() && kind == ColumnKind::Number);
        if values.is_empty() || counted {
            return Ok(None);
        }
        places.extend(self.before(i).filter(|&k| self.text(k) == "either"));
        Ok(Some((Filter::OneOf { value: Value::Field { field }, values, negated: false }, places)))
    }

    /// "FDA-approved drugs", "declared a major": the column has a value.
    fn given(&self, i: usize) -> Result<Option<(Filter, Vec<usize>)>, Refusal> {
        let words = &self.tokens[self.nodes[i].at..self.nodes[i].at + self.nodes[i].len];
        if words.iter().all(|token| crate::ask::words::ties(&token.norm, &token.stem) || token.mark) {
            return Ok(None);
        }
        let Some((field, _)) = self.pick(i, &[ColumnKind::Time, ColumnKind::Text])? else { return Ok(None) };
        let negation = self.negation(i);
        let filter = Filter::Null { value: Value::Field { field }, negated: negation.is_none() };
        Ok(Some((filter, negation.into_iter().chain([i]).collect())))
    }

    /// The word before that turns a condition into its opposite.
    pub(super) fn negation(&self, i: usize) -> Option<usize> {
        let skip = [Shape::In, Shape::From, Shape::Of, Shape::For, Shape::Deed, Shape::That, Shape::Ever];
        let before = self.before_but(i, &skip)?;
        let before = if matches!(self.kind(before), Kind::Verb) { self.before_but(before, &skip)? } else { before };
        self.is(before, &[Shape::Not, Shape::Except, Shape::Never]).then_some(before)
    }

    /// A value of the column that stands beside it, or of the thing that it is said of.
    fn value_condition(&self, i: usize, to: usize) -> Result<Option<(Filter, Vec<usize>)>, Refusal> {
        let mut places = vec![i];
        let typed = self.typed(i);
        let typed = typed.trim_matches(['"', '\'', '`']).to_owned();
        let quoted: Vec<(Field, Vec<String>)> = Vec::new();
        let found = if let Kind::Values(found) = self.kind(i) { found } else { &quoted };
        let (field, beside) = self.value_field(i, found)?;
        let Some(field) = field.filter(|field| self.means(i, field)) else { return Ok(None) };
        places.extend(beside.filter(|&k| k < to));
        places.extend(self.beside(i, &field).filter(|&k| k < to));
        let negation = self.negation(places.iter().copied().min().unwrap_or(i));
        places.extend(negation);
        let values = found.iter().find(|(known, _)| *known == field).map(|(_, values)| values.clone());
        let exact = values
            .as_ref()
            .is_some_and(|values| values.iter().any(|value| value.to_lowercase() == typed.to_lowercase()));
        let value = Value::Field { field: field.clone() };
        let negated = negation.is_some();
        let text = |matches| Filter::Text { value: value.clone(), matches, text: typed.clone(), negated };
        let filter = match (self.said.text, values) {
            (Some(TextRule::Contains), Some(_)) if self.named_by(&field) => text(TextMatch::Contains),
            (Some(TextRule::AnyCase), _) if exact => text(TextMatch::Same),
            (Some(TextRule::Exact), None) => Filter::equal(&field.table, &field.name, typed.as_str()),
            (_, Some(values)) => one_of(&field, &values, negated),
            (_, None) => text(TextMatch::Contains),
        };
        Ok(Some((filter, places)))
    }

    /// "private insurance": a word of the column's name beside the value.
    fn beside(&self, i: usize, field: &Field) -> Option<usize> {
        [self.next(i), self.before(i)].into_iter().flatten().find(|&k| {
            !self.used[k]
                && matches!(self.kind(k), Kind::Unknown | Kind::Column(_))
                && self.tokens[self.nodes[k].at..self.nodes[k].at + self.nodes[k].len]
                    .iter()
                    .all(|token| field.name.split('_').any(|word| crate::ask::words::stem(word) == token.stem))
        })
    }

    /// Whether a value may be meant: a name of something that is neither spoken of nor belongs to what is asked for may
    /// be called so by chance.
    fn means(&self, i: usize, field: &Field) -> bool {
        let Some(table) = self.model.table(&field.table) else { return false };
        let entity = table.extension.entity.as_ref();
        let label = entity.is_some_and(|entity| entity.labels.contains(&field.name));
        let quoted = self.tokens.get(self.nodes[i].at).is_some_and(|token| token.quoted);
        let spoken = self.tables_near(i).contains(&table.name);
        let root = self.root_thing(None).and_then(|root| self.thing_table(&root)).map(|own| own.name.clone());
        quoted || !label || spoken || root.is_none_or(|root| self.leads_to(&root, &table.name))
    }

    /// A flag: a real one, or one as Y and N or 1 and 0.
    fn flag(&self, field: Field, negated: bool) -> Filter {
        let found = self.model.table(&field.table);
        let dimension = found.and_then(|table| table.dimensions.iter().find(|it| it.name == field.name));
        let boolean = dimension
            .and_then(|it| it.data_type.as_deref())
            .is_some_and(|kind| kind.to_uppercase().starts_with("BOOL"));
        if boolean {
            return Filter::Flag { field, negated };
        }
        match dimension {
            Some(dimension) => {
                let wanted: Vec<String> = dimension
                    .sample_values
                    .iter()
                    .filter(|value| crate::ask::link::affirms(value) != negated)
                    .cloned()
                    .collect();
                one_of(&field, &wanted, false)
            }
            None => Filter::Compare {
                left: Value::Field { field },
                is: Comparison::Equal,
                right: Value::literal(if negated { 0.0 } else { 1.0 }),
            },
        }
    }

    /// Whether a column holds names, not a handful of kinds.
    fn named_by(&self, field: &Field) -> bool {
        self.model
            .table(&field.table)
            .and_then(|table| table.dimensions.iter().find(|dimension| dimension.name == field.name))
            .is_some_and(|dimension| {
                let labels = self.model.table(&field.table).and_then(|table| table.extension.entity.as_ref());
                labels.is_some_and(|entity| entity.labels.contains(&field.name))
                    || dimension
                        .name
                        .split('_')
                        .any(|word| matches!(word, "name" | "title" | "description" | "department"))
                    || !dimension.is_enum
            })
    }

    /// The column that a value is of, and the noun beside it that says so.
    fn value_field(&self, i: usize, found: &[(Field, Vec<String>)]) -> Result<(Option<Field>, Option<usize>), Refusal> {
        let near = [self.before_but(i, BETWEEN), self.next(i)];
        for k in near.into_iter().flatten() {
            for (field, kind) in self.columns(k) {
                let text = matches!(kind, ColumnKind::Text | ColumnKind::Key);
                if found.iter().any(|(known, _)| known == field) || found.is_empty() && text {
                    return Ok((Some(field.clone()), Some(k)));
                }
            }
        }
        let direct = [self.before(i), self.next(i), self.before_but(i, BETWEEN)];
        for k in direct.into_iter().flatten() {
            let Some(table) = self.thing(k).and_then(|thing| self.thing_table(thing)) else { continue };
            let beside =
                Some(k).filter(|&k| !self.used[k] && Some(k) != self.before_but(i, BETWEEN) || Some(k) == self.next(i));
            if let Some((field, _)) = found.iter().find(|(field, _)| field.table == table.name) {
                return Ok((Some(field.clone()), beside.filter(|_| !self.nodes[k].plural)));
            }
            if found.is_empty() {
                let label = table.extension.entity.as_ref().and_then(|entity| {
                    entity.labels.iter().rev().find(|label| Some(label.as_str()) != entity.key.as_deref())
                });
                return Ok((label.map(|label| Field::new(&table.name, label)), None));
            }
        }
        if let [(only, _)] = found {
            return Ok((Some(only.clone()), None));
        }
        let mut tables: Vec<String> = Vec::new();
        for k in (0..i).rev().filter(|&k| self.columns(k).len() > 1).take(2) {
            tables.extend(self.pick(k, &[])?.map(|(field, _)| field.table));
        }
        tables.extend(self.tables_near(i));
        tables.extend(self.measures.iter().map(|measured| measured.table.clone()));
        for table in &tables {
            if let Some((field, _)) = found.iter().find(|(field, _)| field.table == *table) {
                return Ok((Some(field.clone()), None));
            }
        }
        match found.first() {
            None => Ok((None, None)),
            Some(_) => Err(Refusal::unclear("Several columns have this value", vec![self.typed(i)])),
        }
    }

    /// "with an area greater than 1000 square kilometers", "fewer than a hundred thousand people".
    fn comparison(&self, i: usize) -> Result<Option<(Filter, Vec<usize>)>, Refusal> {
        let Some(k) = self.next_but(i, &[Shape::Than]) else { return Ok(None) };
        let negated = self.before(i).filter(|&b| self.is(b, &[Shape::Not]));
        let is = match self.nodes[i].shape() {
            Some(Shape::MoreThan) => Comparison::Greater,
            Some(Shape::AtLeast | Shape::Between) => Comparison::AtLeast,
            Some(Shape::LessThan) => Comparison::Less,
            Some(Shape::AtMost) => Comparison::AtMost,
            Some(Shape::Exactly) => Comparison::Equal,
            _ => return Ok(None),
        };
        let is = if negated.is_some() { is.opposite() } else { is };
        let Kind::Number(number) = self.kind(k) else { return Ok(None) };
        let mut places: Vec<usize> = negated.into_iter().chain([i, k]).collect();
        let mut upper = None;
        if self.is(i, &[Shape::Between])
            && let Some(and) = self.next(k).filter(|&a| self.is(a, &[Shape::And, Shape::To]))
            && let Some(to) = self.next(and)
            && let Kind::Number(high) = self.kind(to)
        {
            upper = Some(high.value);
            places.extend([and, to]);
        }
        let last = places.iter().copied().max().unwrap_or(k);
        let after = self.next_but(last, &[Shape::Distinct, Shape::In, Shape::Of]);
        let before = self.before_but(i, BETWEEN);
        for side in [after, before].into_iter().flatten() {
            if let Some((field, _)) = self.pick(side, &[ColumnKind::Number])? {
                // "whose rooms have an average rate above 150" is no test of each room.
                if self.before(side).is_some_and(|k| self.is(k, &[Shape::Average, Shape::Median])) {
                    let words = vec![self.typed(side)];
                    return Err(Refusal::unclear("It is not clear of what the average is to be tested", words));
                }
                places.push(side);
                return Ok(Some((self.compared(&field, is, number.value, upper), places)));
            }
        }
        if let Some(counted) = after.filter(|&k| self.thing(k).is_some() && self.nodes[k].plural) {
            return Ok(self.having(counted, is, number.value, upper).map(|filter| {
                (filter, {
                    places.push(counted);
                    places
                })
            }));
        }
        if let Some(people) = after.filter(|&k| matches!(self.text(k), "people" | "inhabitants" | "residents"))
            && let Some(field) = self.population()
        {
            places.push(people);
            return Ok(Some((self.compared(&field, is, number.value, upper), places)));
        }
        Ok(None)
    }

    /// A test of a number, in what it is kept in.
    fn compared(&self, field: &Field, is: Comparison, value: f64, upper: Option<f64>) -> Filter {
        let left = Value::Field { field: field.clone() };
        let factor = self.said.scales.iter().find(|(known, _)| known == field).map(|(_, factor)| *factor);
        let factor = factor.filter(|factor| value.abs() >= *factor).unwrap_or(1.0);
        match upper {
            Some(upper) => Filter::Between {
                value: left,
                from: Literal::Number(value / factor),
                to: Literal::Number(upper / factor),
                negated: false,
            },
            None => Filter::Compare { left, is, right: Value::literal(value / factor) },
        }
    }

    /// The number of inhabitants, where a table that is spoken of has it.
    fn population(&self) -> Option<Field> {
        self.tables_near(self.len()).iter().find_map(|table| {
            let fact = self.model.table(table)?.facts.iter().find(|fact| fact.name == "population")?;
            Some(Field::new(table, &fact.name))
        })
    }

    /// "at least 3 publications": a test of the thing asked for by how many it has.
    fn having(&self, counted: usize, is: Comparison, value: f64, upper: Option<f64>) -> Option<Filter> {
        let thing = self.thing(counted)?;
        let within = self.thing_table(thing)?.name.clone();
        let entity = self.root_thing(Some(counted))?;
        let left = Measure::new(Quantity::Entities { entity: thing.to_owned(), within: None });
        let number = |number: f64| Measure::new(Quantity::Number { number });
        let mut having = vec![Having { left: left.clone(), is, right: number(value) }];
        if let Some(upper) = upper {
            having.push(Having { left, is: Comparison::AtMost, right: number(upper) });
        }
        (self.thing_table(&entity)?.name != within)
            .then(|| Filter::Member { member: Box::new(Member { entity, within, having, ..Member::default() }) })
    }

    /// "names start with the letter J", "containing 'psoriasis'".
    fn pattern(&self, i: usize) -> Result<Option<(Filter, Vec<usize>)>, Refusal> {
        let Some(text) = self.next_but(i, &[Shape::That]) else { return Ok(None) };
        let literal = match self.kind(text) {
            Kind::Quoted | Kind::Values(_) => true,
            Kind::Thing(_) | Kind::Column(_) => self.tokens[self.nodes[text].at].quoted,
            Kind::Unknown => self.nodes[text].len == 1 && self.text(text).chars().count() == 1,
            _ => false,
        };
        let Some(before) = self.before_but(i, BETWEEN).filter(|_| literal) else { return Ok(None) };
        let mut places = vec![i, text];
        let field = if let Some((field, _)) = self.pick(before, &[ColumnKind::Text])? {
            places.push(before);
            Some(field)
        } else {
            self.thing(before).and_then(|thing| self.label(thing))
        };
        let Some(field) = field else { return Ok(None) };
        let typed = self.typed(text);
        let typed = typed.trim_matches(['"', '\'', '`']).to_owned();
        let matches = match self.nodes[i].shape() {
            Some(Shape::StartsWith) => TextMatch::StartsWith,
            Some(Shape::EndsWith) => TextMatch::EndsWith,
            _ => TextMatch::Contains,
        };
        let negation = self.negation(i);
        places.extend(negation);
        let filter = Filter::Text { value: Value::Field { field }, matches, text: typed, negated: negation.is_some() };
        Ok(Some((filter, places)))
    }

    /// The column that names a thing.
    pub(super) fn label(&self, thing: &str) -> Option<Field> {
        let found = self.model.entity(thing)?;
        let label = found
            .entity
            .labels
            .iter()
            .find(|label| Some(label.as_str()) != found.entity.key.as_deref())
            .or_else(|| found.entity.labels.first())?;
        Some(Field::new(&found.table.name, label))
    }

    /// The thing that is asked for or counted; of those before a place, when one is given.
    pub(super) fn root_thing(&self, but: Option<usize>) -> Option<String> {
        if let Some(measured) = self.measures.first() {
            if let Quantity::Entities { entity, .. } = &measured.measure.of {
                return Some(entity.clone());
            }
            return self.thing_of(&measured.table);
        }
        if let Some(wanted) = self.wants.first() {
            return self.want_table(&wanted.want).and_then(|table| self.thing_of(&table));
        }
        (0..self.len()).filter(|&k| Some(k) != but).find_map(|k| match self.kind(k) {
            Kind::Thing(thing) => Some(thing.clone()),
            Kind::Column(found) => found.first().and_then(|(field, _)| self.thing_of(&field.table)),
            _ => None,
        })
    }
}

fn one_of(field: &Field, values: &[String], negated: bool) -> Filter {
    if let [value] = values
        && !negated
    {
        return Filter::equal(&field.table, &field.name, value.as_str());
    }
    Filter::OneOf {
        value: Value::Field { field: field.clone() },
        values: values.iter().map(|value| Literal::Text(value.clone())).collect(),
        negated,
    }
}

/// One or the other.
fn any(left: Filter, right: Filter) -> Filter {
    match left {
        Filter::Any { mut of } => {
            of.push(right);
            Filter::Any { of }
        }
        other => Filter::Any { of: vec![other, right] },
    }
}

/// The table whose rows a condition is on.
pub(super) fn table_of(filter: &Filter) -> Option<String> {
    match filter {
        Filter::Compare { left: Value::Field { field }, .. }
        | Filter::OneOf { value: Value::Field { field }, .. }
        | Filter::Between { value: Value::Field { field }, .. }
        | Filter::Null { value: Value::Field { field }, .. }
        | Filter::Text { value: Value::Field { field }, .. }
        | Filter::Flag { field, .. } => Some(field.table.clone()),
        Filter::During { period, .. } => period.time.as_ref().map(|time| time.table.clone()),
        Filter::Any { of } | Filter::All { of } => of.first().and_then(table_of),
        Filter::Member { member } => Some(format!("\u{0}{}", member.entity)),
        _ => None,
    }
}

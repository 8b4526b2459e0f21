//! Time that lies between two dates of a row: "the average number of days from booking to delivery", "length of stay".

use super::count::Number;
use super::cursor::{Cursor, Look};
use super::filter::of;
use super::phrase::{Group, Np};
use super::schema::Kind;
use crate::plan::{Aggregate, Field, Measure, Quantity, Unit, Value};

/// The words of the dates that a stretch of time begins and ends with.
const STRETCHES: [(&[&str], &[&str]); 14] = [
    (&["start", "begin", "began"], &["end", "finish", "stop"]),
    (&["open"], &["close", "closed"]),
    (&["admission", "admit", "admitted"], &["discharge", "release"]),
    (&["arrival", "arrive", "check_in", "checkin"], &["departure", "depart", "check_out", "checkout"]),
    (&["from"], &["to", "till", "until"]),
    (&["hire", "hired", "join"], &["leave", "left", "termination", "terminate", "exit"]),
    (&["file", "filed"], &["close", "closed", "settle"]),
    (&["enroll", "enrolment", "enrol"], &["complete", "completion"]),
    (&["appoint", "appointed"], &["retire", "retired"]),
    (&["install", "installed"], &["remove", "removed"]),
    (&["rent", "rental", "rented", "borrow", "borrowed", "loan", "loaned", "lend", "lent"], &["return", "returned"]),
    (&["ship", "dispatch", "pickup", "collect"], &["deliver", "delivery", "receive"]),
    (&["create", "created"], &["complete", "close", "closed", "resolve"]),
    (&["in"], &["out"]),
];

/// Words for the time that something takes.
const LAPSES: [&str; 13] = [
    "duration",
    "length of stay",
    "length of time",
    "lengths of stay",
    "time span",
    "time taken",
    "time",
    "length",
    "run",
    "stay",
    "delay",
    "gap",
    "interval",
];

/// A time that was read, and in what it is to be counted.
struct Lapse {
    from: Field,
    to: Field,
    unit: Option<Unit>,
}

impl Cursor<'_> {
    /// "the duration of exhibitions in days", "number of days from booking to delivery", "average age of members".
    pub(super) fn lapse(
        &mut self,
        function: Option<Aggregate>,
        near: &[String],
        groups: &mut Vec<Group>,
    ) -> Option<Number> {
        self.tried_with(groups, |cursor, groups| {
            let at = cursor.at;
            if cursor.is(&["age", "ages"]) && !matches!(cursor.look(), Look::Noun(_)) {
                return cursor.age(function, near, groups);
            }
            let counted = cursor.eat_any(&["number of", "no . of", "count of"]);
            let mut unit = if counted || matches!(cursor.look(), Look::Grain(..) | Look::Word) {
                cursor.lapse_unit()
            } else {
                None
            };
            if counted && unit.is_none() {
                return None;
            }
            if counted && let Some(number) = unit.and_then(|unit| cursor.service(at, function, unit, near)) {
                return Some(number);
            }
            // A column that is called so is no time between two others, unless two are named.
            let column = unit.is_none() && matches!(cursor.look(), Look::Noun(_));
            let bare = !cursor.is(&["duration"]) && !cursor.is_at(1, &["of"]) && function.is_none();
            let named = unit.is_some() || cursor.eat_any(&LAPSES);
            if !named {
                return None;
            }
            unit = unit.or_else(|| cursor.in_unit());
            if let Some(number) = cursor.until_event(function, unit, near, groups) {
                return Some(number);
            }
            let said = cursor.at;
            let mut row = cursor.lapse_of(near, groups);
            unit = unit.or_else(|| cursor.unit_since(said)).or_else(|| cursor.in_unit());
            let tables: Vec<String> =
                row.as_ref().and_then(|np| cursor.table_of(np)).into_iter().chain(near.iter().cloned()).collect();
            let (start, end) = match cursor.ends(&tables) {
                Some(ends) => ends,
                None if !column && !counted => {
                    let row_near = (row.as_ref(), tables.as_slice());
                    if let Some(number) = cursor.lasting_number(at, function, unit, row_near) {
                        return Some(number);
                    }
                    let stay = cursor.tokens[at..said].iter().any(|token| token.is(&["stay", "stays"]));
                    cursor.stretch_of(&tables, bare || row.is_some()).filter(|(start, _)| !stay || stays(start))?
                }
                None => return None,
            };
            unit = unit.or_else(|| cursor.in_unit());
            let said = cursor.at;
            if row.is_none() {
                row = cursor.lapse_of(near, groups);
            }
            unit = unit.or_else(|| cursor.unit_since(said)).or_else(|| cursor.in_unit());
            let filters = row.map_or(Some(Vec::new()), |np| cursor.lapse_filters(&start.table, np))?;
            let lapse = Lapse { from: start, to: end, unit };
            Some(lapse_number(at, lapse, function, filters))
        })
    }

    /// "How long did repairs take on average, in hours", "how many days does it take from A to B", "how many days before
    /// arrival do guests book": the words "how long" or "how many" were just read.
    pub(super) fn how_long(&mut self, near: &[String], groups: &mut Vec<Group>) -> Option<Number> {
        self.tried_with(groups, |cursor, groups| {
            let (at, many) = (cursor.at, groups.len());
            let mut unit = if cursor.eat("long") { None } else { Some(cursor.lapse_unit()?) };
            if let Some(number) = cursor.since(unit) {
                return Some(number);
            }
            let mut average = cursor.on_average();
            if cursor.is(&["before", "after"])
                && let Some(lapse) = cursor.lead(unit)
            {
                let function = (average || cursor.on_average()).then_some(Aggregate::Average);
                return Some(lapse_number(at, lapse, function, Vec::new()));
            }
            if cursor.eat_any(&["each", "they"]) {
                cursor.eat_any(&["is", "are", "was", "were", "has", "have"]);
                cursor.eat_any(&[
                    "open", "lasted", "lasts", "last", "took", "takes", "ran", "runs", "run", "stayed", "stays",
                ]);
                let (from, to) = cursor.stretch(near.first()?)?;
                return Some(lapse_number(at, Lapse { from, to, unit }, None, Vec::new()));
            }
            let helped = cursor.eat_any(&["does", "do", "did", "is", "are", "was", "were", "has", "have"]);
            let mut row = None;
            if helped && !cursor.eat("it") {
                if cursor.is(&["each", "every"]) {
                    let group = cursor.group(near).ok()?;
                    let table = match &group {
                        Group::Noun(np) => cursor.table_of(np),
                        Group::Step(_) | Group::Moment(..) => None,
                    }?;
                    groups.push(group);
                    average = true;
                    row = Some(Np { at: cursor.at, tables: vec![table], ..Np::default() });
                } else {
                    let mut np = cursor.head(near).ok()?;
                    cursor.settle(&mut np, near);
                    row = Some(np);
                }
            }
            average |= cursor.on_average();
            let verb = cursor.eat_any(&[
                "take",
                "takes",
                "took",
                "last",
                "lasted",
                "run",
                "stay",
                "stayed",
                "pass",
                "passed",
                "go by",
                "elapse",
                "open",
                "wait",
                "been open",
            ]);
            if !verb && (row.is_some() || helped) {
                return None;
            }
            average |= cursor.on_average();
            unit = unit.or_else(|| cursor.in_unit());
            average |= cursor.on_average();
            let tables: Vec<String> =
                row.as_ref().and_then(|np| cursor.table_of(np)).into_iter().chain(near.iter().cloned()).collect();
            let (start, end) = match cursor.ends(&tables) {
                Some(ends) => ends,
                None => cursor.stretch_of(&tables, row.is_some())?,
            };
            average |= cursor.on_average();
            unit = unit.or_else(|| cursor.in_unit());
            if row.is_none() {
                let said = cursor.at;
                row = cursor.lapse_of(near, groups);
                unit = unit.or_else(|| cursor.unit_since(said)).or_else(|| cursor.in_unit());
            }
            let filters = match row {
                Some(np) if groups.len() == many => cursor.lapse_filters(&start.table, np)?,
                _ => Vec::new(),
            };
            let function = average.then_some(Aggregate::Average);
            Some(lapse_number(at, Lapse { from: start, to: end, unit }, function, filters))
        })
    }

    fn on_average(&mut self) -> bool {
        let from = self.at;
        self.is(&[","]).then(|| self.at += 1);
        let said = self.eat_any(&["on average", "on the average", "in the mean", "typically", "usually"]);
        if !said {
            self.at = from;
        }
        said
    }

    /// "before arrival do guests book", "after ordering do customers pay".
    fn lead(&mut self, unit: Option<Unit>) -> Option<Lapse> {
        let before = self.is(&["before"]);
        self.at += 1;
        let reference = self.moments();
        self.eat_any(&["do", "does", "did", "are", "were", "was", "is"]).then_some(())?;
        if !self.eat_any(&["people", "we", "they", "you"]) {
            let mut np = self.head(&[]).ok()?;
            self.settle(&mut np, &[]);
        }
        let verb = self.moments();
        let pair = |a: &Field, b: &Field| a.table == b.table && a != b;
        let mut found = reference.iter().flat_map(|a| verb.iter().filter(|b| pair(a, b)).map(move |b| (a, b)));
        let (only, None) = (found.next()?, found.next()) else { return None };
        let (reference, verb) = (only.0.clone(), only.1.clone());
        let (from, to) = if before { (verb, reference) } else { (reference, verb) };
        Some(Lapse { from, to, unit })
    }

    /// "the age of members", where there is a day of birth.
    fn age(&mut self, function: Option<Aggregate>, near: &[String], groups: &mut Vec<Group>) -> Option<Number> {
        let at = self.at;
        self.at += 1;
        let unit = self.in_unit();
        let row = self.lapse_of(near, groups);
        let tables: Vec<String> =
            row.as_ref().and_then(|np| self.table_of(np)).into_iter().chain(near.iter().cloned()).collect();
        let born = tables.iter().find_map(|table| self.birth(table))?;
        let filters = row.map_or(Some(Vec::new()), |np| self.lapse_filters(&born.table, np))?;
        self.eat_any(&[
            "currently",
            "today",
            "now",
            "right now",
            "at the moment",
            "at present",
            "as of today",
            "as of now",
        ]);
        let value = self.age_of(&born, unit.unwrap_or(Unit::Year));
        let measure = Quantity::Aggregate { function: function.unwrap_or(Aggregate::Average), value, within: None };
        Some(Number {
            at,
            measure: Measure::new(measure),
            table: born.table.clone(),
            field: Some(born).filter(|_| function.is_none()),
            filters,
            plural: false,
        })
    }

    /// The day of birth of a table's rows.
    pub(super) fn birth(&self, table: &str) -> Option<Field> {
        let mut found = self.schema.of_kind(table, Kind::Time).filter(|field| {
            field.name.split('_').any(|word| matches!(word, "birth" | "birthday" | "birthdate" | "dob" | "born"))
        });
        let first = found.next()?.clone();
        found.next().is_none().then_some(first)
    }

    /// How old a row is today.
    pub(super) fn age_of(&self, born: &Field, unit: Unit) -> Value {
        let to = Box::new(Value::Date { date: self.calendar.today });
        Value::Elapsed { unit, from: Box::new(of(born)), to }
    }

    /// "of exhibitions", "for tickets opened this year": the rows that the time is of.
    fn lapse_of(&mut self, near: &[String], groups: &mut Vec<Group>) -> Option<Np> {
        let (from, many) = (self.at, groups.len());
        self.is(&[","]).then(|| self.at += 1);
        if !self.eat_any(&["of", "for", "that", "of the", "for the"]) || self.is(&["each", "every"]) {
            self.at = from;
            return None;
        }
        match self.phrase(near, groups) {
            Ok(np) if np.rank.is_none() && np.both.is_empty() && np.is_thing() => Some(np),
            _ => {
                self.at = from;
                groups.truncate(many);
                None
            }
        }
    }

    /// What is said of the rows, as conditions on the rows that have the dates.
    fn lapse_filters(&self, table: &str, np: Np) -> Option<Vec<crate::plan::Filter>> {
        let own = self.table_of(&np)?;
        np.filters.into_iter().map(|filter| self.lifted(table, &own, filter)).collect()
    }

    /// "from A to B", "between A and B": two dates of the same rows.
    fn ends(&mut self, tables: &[String]) -> Option<(Field, Field)> {
        self.tried(|cursor| {
            cursor.is(&[","]).then(|| cursor.at += 1);
            let (starts, ends) = if cursor.eat("between") {
                let starts = cursor.moments();
                cursor.eat("and").then_some(())?;
                (Some(starts), cursor.moments())
            } else if cursor.eat("from") {
                let starts = cursor.moments();
                cursor.eat_any(&["to", "until", "till", "through to"]).then_some(())?;
                (Some(starts), cursor.moments())
            } else if cursor.eat_any(&["until", "till", "to"]) {
                (None, cursor.moments())
            } else {
                return None;
            };
            let starts = starts.unwrap_or_else(|| {
                let own = ends.iter().filter_map(|end| cursor.time_of(&end.table).filter(|start| start != end));
                own.collect()
            });
            let pair = |start: &Field, end: &Field| start != end && start.table == end.table;
            let mut found: Vec<(Field, Field)> = starts
                .iter()
                .flat_map(|start| ends.iter().filter(|end| pair(start, end)).map(|end| (start.clone(), end.clone())))
                .collect();
            if let Some(near) = tables.iter().find(|table| found.iter().any(|(start, _)| start.table == **table)) {
                found.retain(|(start, _)| start.table == *near);
            }
            found.dedup();
            let [only] = found.as_slice() else { return None };
            Some(only.clone())
        })
    }

    /// The time columns that the words here speak of: "booking", "first reply", "the due date", "being admitted".
    pub(super) fn moments(&mut self) -> Vec<Field> {
        self.articles();
        self.eat_any(&["being", "getting", "their", "its", "date of", "day of", "time of", "the date of", "when they"]);
        self.articles();
        if let Some((len, fields)) = self.schema.column_at(&self.tokens, self.at, &[]) {
            let times: Vec<Field> = fields.into_iter().filter(|field| self.schema.kind(field) == Kind::Time).collect();
            if !times.is_empty() {
                self.at += len;
                return self.of_thing(times);
            }
        }
        let mut found: Vec<Field> = Vec::new();
        for len in (1..=3).rev() {
            let Some(words) = self.tokens.get(self.at..self.at + len) else { continue };
            if words.iter().any(|word| word.mark || word.quoted || word.is(&["to", "and", "in", "on", "of", "for"])) {
                continue;
            }
            let stems: Vec<String> = words.iter().map(|word| word.stem.clone()).collect();
            for table in &self.schema.model.tables {
                let times = self.schema.of_kind(&table.name, Kind::Time);
                found.extend(times.filter(|field| stems.iter().all(|stem| speaks(&field.name, stem))).cloned());
            }
            if let ([stem], true) = (stems.as_slice(), found.is_empty()) {
                found.extend(self.schema.model.tables.iter().filter_map(|table| self.began(&table.name, stem)));
            }
            if !found.is_empty() {
                self.at += len;
                self.eat("up");
                self.eat_any(&["date", "dates", "day", "time"]);
                return self.of_thing(found);
            }
        }
        found
    }

    /// "opening the trench": of some dates those of the thing that follows.
    fn of_thing(&mut self, times: Vec<Field>) -> Vec<Field> {
        let from = self.at;
        self.eat("of");
        self.articles();
        if let Look::Noun(noun) = self.look()
            && let [table] = noun.tables.as_slice()
            && times.iter().any(|time| time.table == *table)
        {
            self.at += noun.len;
            return times.into_iter().filter(|time| time.table == *table).collect();
        }
        self.at = from;
        times
    }

    /// The dates that a table's rows begin and end with.
    fn stretch_of(&self, tables: &[String], said: bool) -> Option<(Field, Field)> {
        if let Some(found) = tables.first().and_then(|table| self.stretch(table)) {
            return Some(found);
        }
        if said {
            return None;
        }
        let mut all = self.schema.model.tables.iter().filter_map(|table| self.stretch(&table.name));
        let first = all.next()?;
        all.next().is_none().then_some(first)
    }

    /// The dates that rows begin and end with, as their names say.
    pub(super) fn stretch(&self, table: &str) -> Option<(Field, Field)> {
        let times: Vec<&Field> = self.schema.of_kind(table, Kind::Time).collect();
        let only = |words: &[&str]| {
            let says = |field: &&&Field| {
                field.name.split('_').any(|part| words.contains(&part))
                    || words.iter().any(|word| word.contains('_') && field.name.starts_with(word))
            };
            let mut found = times.iter().filter(says);
            let first = found.next()?;
            found.next().is_none().then(|| (*first).clone())
        };
        STRETCHES.iter().find_map(|(starts, ends)| {
            let (start, end) = (only(starts)?, only(ends)?);
            (start != end).then_some((start, end))
        })
    }

    /// "days", "hours", the word for a unit of time.
    pub(super) fn lapse_unit(&mut self) -> Option<Unit> {
        let unit = match self.word(0) {
            "minute" | "minutes" | "mins" => Unit::Minute,
            "hour" | "hours" | "hrs" => Unit::Hour,
            "day" | "days" => Unit::Day,
            "month" | "months" => Unit::Month,
            "year" | "years" => Unit::Year,
            _ => return None,
        };
        self.at += 1;
        Some(unit)
    }

    /// The unit that was read with what the time is of: "of orders in hours".
    fn unit_since(&self, from: usize) -> Option<Unit> {
        let read = &self.tokens[from..self.at];
        let place = read.windows(2).position(|pair| pair[0].is(&["in"]) && !pair[1].mark)?;
        let mut ahead = Self { at: from + place + 1, ..self.clone() };
        ahead.lapse_unit()
    }

    /// "in days", "(in hours)", ", in no. of days,".
    pub(super) fn in_unit(&mut self) -> Option<Unit> {
        let from = self.at;
        while self.is(&[",", "("]) {
            self.at += 1;
        }
        let said = self.eat_any(&["in number of", "in no . of", "in the number of", "in whole", "in terms of", "in"]);
        let unit = if said { self.lapse_unit() } else { None };
        if unit.is_none() {
            self.at = from;
            return None;
        }
        if self.is(&[")", ","]) {
            self.at += 1;
        }
        unit
    }
}

fn lapse_number(at: usize, lapse: Lapse, function: Option<Aggregate>, filters: Vec<crate::plan::Filter>) -> Number {
    let value = Value::Elapsed {
        unit: lapse.unit.unwrap_or(Unit::Day),
        from: Box::new(of(&lapse.from)),
        to: Box::new(of(&lapse.to)),
    };
    let measure = Quantity::Aggregate { function: function.unwrap_or(Aggregate::Average), value, within: None };
    Number {
        at,
        measure: Measure::new(measure),
        table: lapse.to.table.clone(),
        field: Some(lapse.to).filter(|_| function.is_none()),
        filters,
        plural: false,
    }
}

/// Whether a date is one at which somebody comes to stay.
fn stays(start: &Field) -> bool {
    ["admission", "admit", "arriv", "check", "from", "stay", "move"].iter().any(|word| start.name.contains(word))
        || ["stay", "booking", "reservation", "admission", "visit"].iter().any(|word| start.table.contains(word))
}

/// Whether a word is another form of one in a name.
pub(super) fn speaks(name: &str, stem: &str) -> bool {
    name.split('_').any(|word| {
        let word = crate::ask::words::stem(word);
        word == stem || word.len() > 3 && stem.len() > 3 && (word.starts_with(stem) || stem.starts_with(&word))
    })
}

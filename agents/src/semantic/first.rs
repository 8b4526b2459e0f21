//! A first semantic model of any database, from its catalogue and what an analysis found in its data.

use std::collections::{BTreeMap, BTreeSet};

use arrow_cast::display::{ArrayFormatter, FormatOptions};

use crate::AgentsError;
use crate::analyzer::{Analysis, ColumnAnalysis, Relation, Role, TableAnalysis};
use crate::plan::Field;
use crate::semantic::words::{plural, prefix, singular, spelt_out, split, subject, without};
use crate::semantic::{
    Additivity, BaseTable, ColumnPair, Dimension, DimensionExtension, Entity, Fact, FactExtension, FilterExtension,
    Format, LogicalTable, Metric, MetricExtension, ModelExtension, NamedFilter, PersonalData, PrimaryKey, Relationship,
    RelationshipExtension, RelationshipType, SemanticError, SemanticModel, TableExtension, TableRole, TimeDimension,
    TimeExtension, TimeKind, same,
};
use crate::warehouse::{Catalog, CatalogColumn, CatalogTable, Guard, Request, Sql, Warehouse, check};

/// Columns with at most so many different values show them all.
const ENUM: usize = 30;
/// The most sample values of other columns.
const SAMPLES: usize = 8;
/// Relations that are less sure are left out.
const SURE: f64 = 0.5;

/// Numbers that may not be summed, by the words in their names.
const RATES: &[&str] = &[
    "age",
    "altitude",
    "area",
    "average",
    "balance",
    "capacity",
    "close",
    "count",
    "density",
    "depth",
    "distance",
    "elevation",
    "frequency",
    "gpa",
    "grade",
    "height",
    "high",
    "index",
    "latitude",
    "length",
    "level",
    "low",
    "longitude",
    "margin",
    "maximum",
    "mean",
    "median",
    "minimum",
    "open",
    "percent",
    "percentage",
    "position",
    "price",
    "rank",
    "rate",
    "rating",
    "ratio",
    "score",
    "share",
    "size",
    "temperature",
    "weight",
    "width",
    "year",
    "lesion",
    "pasi",
    "tewl",
    "vas",
    "hfg",
    "epoch",
];

/// Words of names of people, and of ways to reach them.
const CONTACTS: &[&str] =
    &["email", "mail", "phone", "telephone", "address", "street", "mobile", "fax", "zip", "postal"];

/// Makes a first model of a database.
///
/// Each table becomes a logical table: what an analysis calls a measure becomes a fact with a total and an average, a day a
/// time dimension, other columns dimensions with their values where there are few; each table can be counted. Names are
/// split into words and spelt out. It is meant to be saved with [`SemanticModel::write`] and edited.
///
/// # Errors
/// [`SemanticError::NoTables`], and what the warehouse fails with when it is asked for values.
pub fn from_catalog(
    name: &str,
    warehouse: &dyn Warehouse,
    catalog: &Catalog,
    analysis: &Analysis,
) -> Result<SemanticModel, SemanticError> {
    let read: Vec<(&CatalogTable, &TableAnalysis)> = catalog
        .tables
        .iter()
        .filter_map(|table| {
            let found = analysis.tables.iter().find(|found| found.sql == table.sql && found.problem.is_none())?;
            Some((table, found))
        })
        .collect();
    if read.is_empty() {
        return Err(SemanticError::NoTables);
    }
    let common = prefix(&read.iter().map(|(table, _)| split(&table.name)).collect::<Vec<_>>());
    let mut maker = Maker { warehouse, analysis, metrics: BTreeSet::new(), nouns: BTreeSet::new() };
    let mut model = SemanticModel { name: name.to_owned(), ..SemanticModel::default() };
    let mut names = BTreeSet::new();
    for (table, found) in &read {
        let words = subject(without(&split(&table.name), &common));
        let said = spelt_out(&words);
        let logical = unique(&mut names, &said.replace(' ', "_"));
        model.tables.push(maker.table(&logical, &said, table, found)?);
    }
    let by_name: BTreeMap<String, String> = read
        .iter()
        .zip(&model.tables)
        .map(|((table, _), logical)| (table.name.to_lowercase(), logical.name.clone()))
        .collect();
    model.relationships = relationships(analysis, catalog, &by_name);
    let more = guessed(&model, &read);
    model.relationships.extend(more);
    defaults(&mut model.relationships);
    for relationship in &model.relationships {
        // What is pointed at is told apart by what is pointed with, when nothing else says so.
        if let Some(table) = model.tables.iter_mut().find(|table| table.name == relationship.right_table)
            && table.primary_key.is_none()
        {
            let columns = relationship.relationship_columns.iter().map(|pair| pair.right_column.clone()).collect();
            table.primary_key = Some(PrimaryKey { columns });
        }
    }
    let biggest = roles(&mut model, &read);
    model.extension = ModelExtension {
        default_metric: biggest.and_then(|at| model.tables[at].extension.default_metric.clone()),
        ..ModelExtension::default()
    };
    Ok(model)
}

/// Says what each table is to the others; gives the place of the largest fact.
fn roles(model: &mut SemanticModel, read: &[(&CatalogTable, &TableAnalysis)]) -> Option<usize> {
    let mut biggest: Option<(u64, usize)> = None;
    for (at, (_, found)) in read.iter().enumerate() {
        let out: Vec<String> = model
            .relationships
            .iter()
            .filter(|relationship| same(&relationship.left_table, &model.tables[at].name))
            .flat_map(|relationship| relationship.relationship_columns.iter().map(|pair| pair.left_column.clone()))
            .collect();
        let table = &mut model.tables[at];
        let only_keys = found
            .columns
            .iter()
            .all(|column| out.contains(&column.sql) || matches!(column.role, Role::Key | Role::ForeignKey));
        table.extension.role = if out.len() >= 2 && only_keys && table.facts.is_empty() {
            TableRole::Link
        } else if !out.is_empty() && (!table.facts.is_empty() || !table.time_dimensions.is_empty()) {
            TableRole::Fact
        } else {
            TableRole::Entity
        };
        let main = found.time.as_ref().map(|time| time.column.as_str());
        let named = |wanted: &str| table.time_dimensions.iter().find(|time| time.expr.trim_matches('"') == wanted);
        let time = main.and_then(named).or_else(|| match table.time_dimensions.as_slice() {
            [only] => Some(only),
            several if table.extension.role == TableRole::Fact => several.first(),
            _ => None,
        });
        if let Some(time) = time.map(|time| time.name.clone()) {
            table.extension.default_time = Some(Field::new(&table.name, time));
        }
        if table.extension.role == TableRole::Fact && biggest.is_none_or(|(rows, _)| found.rows > rows) {
            biggest = Some((found.rows, at));
        }
    }
    biggest.map(|(_, at)| at)
}

struct Maker<'a> {
    warehouse: &'a dyn Warehouse,
    analysis: &'a Analysis,
    /// Names of metrics that are taken.
    metrics: BTreeSet<String>,
    /// Singulars of entities that are taken.
    nouns: BTreeSet<String>,
}

impl Maker<'_> {
    fn table(
        &mut self,
        logical: &str,
        said: &str,
        table: &CatalogTable,
        found: &TableAnalysis,
    ) -> Result<LogicalTable, SemanticError> {
        let one = singular(said);
        let common = prefix(&table.columns.iter().map(|column| split(&column.name)).collect::<Vec<_>>());
        let mut made = LogicalTable {
            name: logical.to_owned(),
            synonyms: synonyms(logical, [said.to_owned(), plural(said), table.name.to_lowercase()]),
            description: table.comment.clone(),
            base_table: base_table(table),
            primary_key: key(table, found).map(|columns| PrimaryKey { columns }),
            ..LogicalTable::default()
        };
        // A few numbers and nothing else are pairs of things, not amounts.
        let pairs =
            found.columns.len() <= 3 && found.columns.iter().all(|column| matches!(kind(column), Kind::Number(None)));
        let mut names = BTreeSet::new();
        for column in &table.columns {
            let Some(about) = found.column(&column.name) else { continue };
            let words = without(&split(&column.name), &common);
            let spelt = spelt_out(&words);
            let name = unique(&mut names, &spelt.replace(' ', "_"));
            let other = words.join(" ");
            let mut also = vec![spelt, other.clone(), format!("{one} {other}"), column.name.to_lowercase()];
            if let Some(target) = self.target(table, column) {
                also.push(format!("{target} id"));
            }
            let kind = if pairs { Kind::Other } else { kind(about) };
            self.column(&mut made, (table, column, about, kind), &name, synonyms(&name, also))?;
        }
        self.metrics_of(&mut made, &one);
        self.entity(&mut made, &one);
        Ok(made)
    }

    /// The words of the table that a column points at.
    fn target(&self, table: &CatalogTable, column: &CatalogColumn) -> Option<String> {
        let relation = self.analysis.relations.iter().find(|relation| {
            same(&relation.from.table, &table.name)
                && matches!(relation.from.columns.as_slice(), [only] if same(only, &column.name))
        })?;
        Some(singular(&spelt_out(&subject(split(&relation.to.table)))))
    }

    fn column(
        &self,
        made: &mut LogicalTable,
        of: (&CatalogTable, &CatalogColumn, &ColumnAnalysis, Kind),
        name: &str,
        synonyms: Vec<String>,
    ) -> Result<(), SemanticError> {
        let (table, column, about, kind) = of;
        let (description, expr) = (column.comment.clone().filter(|text| !text.is_empty()), column.sql.clone());
        let data_type = Some(column.data_type.clone());
        let name = name.to_owned();
        match kind {
            Kind::Time(kind, cast) => {
                let expr = cast.map_or(expr.clone(), |to| format!("TRY_CAST({expr} AS {to})"));
                let data_type = cast.map(str::to_owned).or(data_type);
                let extension = TimeExtension { kind, ..TimeExtension::default() };
                made.time_dimensions.push(TimeDimension {
                    name,
                    synonyms,
                    description,
                    expr,
                    data_type,
                    extension,
                    unique: false,
                });
            }
            Kind::Number(cast) => {
                let expr = cast.map_or(expr.clone(), |to| format!("TRY_CAST({expr} AS {to})"));
                let data_type = cast.map(str::to_owned).or(data_type);
                let rate = split(&name).iter().any(|word| RATES.contains(&word.as_str()));
                let additivity = if rate { Additivity::None } else { Additivity::Additive };
                let extension = FactExtension { additivity, ..FactExtension::default() };
                made.facts.push(Fact { name, synonyms, description, expr, data_type, extension });
            }
            Kind::Flag => {
                made.filters.extend(flag_filter(&name, &expr, about));
                made.dimensions.push(Dimension {
                    name,
                    synonyms,
                    description,
                    expr,
                    data_type,
                    ..Dimension::default()
                });
            }
            Kind::Other => {
                let personal = personal(&name, about);
                let text = !matches!(about.role, Role::Key | Role::ForeignKey);
                let values = if text && personal.is_none() && about.distinct > 0 {
                    self.values(table, column, if about.distinct as usize <= ENUM { ENUM } else { SAMPLES })?
                } else {
                    Vec::new()
                };
                let is_enum = !values.is_empty() && values.len() as u64 == about.distinct && !about.approximate;
                let extension = DimensionExtension { personal, ..DimensionExtension::default() };
                let unique = about.is_key;
                let sample_values = values;
                made.dimensions.push(Dimension {
                    name,
                    synonyms,
                    description,
                    expr,
                    data_type,
                    unique,
                    is_enum,
                    sample_values,
                    extension,
                });
            }
        }
        Ok(())
    }

    fn values(&self, table: &CatalogTable, column: &CatalogColumn, most: usize) -> Result<Vec<String>, AgentsError> {
        let sql = format!(
            "SELECT DISTINCT CAST({0} AS VARCHAR) AS v FROM {1} WHERE {0} IS NOT NULL ORDER BY 1 LIMIT {most}",
            column.sql, table.sql
        );
        let checked = check(Sql::new(sql), &Guard::read(self.warehouse.dialect()))?;
        let mut values = Vec::new();
        for batch in self.warehouse.query(&checked, &Request::default())? {
            let batch = batch?;
            let failed = |error: &dyn std::fmt::Display| AgentsError::ResultType { message: error.to_string() };
            let options = FormatOptions::default();
            let shown = ArrayFormatter::try_new(batch.column(0), &options).map_err(|error| failed(&error))?;
            for row in 0..batch.num_rows() {
                let value = shown.value(row).to_string();
                // Long texts are no values that people name.
                if value.chars().count() <= 80 {
                    values.push(value);
                }
            }
        }
        Ok(values)
    }

    fn metrics_of(&mut self, made: &mut LogicalTable, one: &str) {
        let many = plural(one);
        let count = self.metric_name(&format!("{one} count").replace(' ', "_"), one);
        made.extension.default_metric = Some(count.clone());
        let counted = count.clone();
        made.metrics.push(Metric {
            synonyms: synonyms(
                &count,
                [
                    format!("number of {many}"),
                    format!("{one} count"),
                    format!("count of {many}"),
                    format!("{many} count"),
                    format!("total {many}"),
                    format!("total number of {many}"),
                ],
            ),
            name: count,
            description: None,
            expr: "COUNT(*)".to_owned(),
            extension: MetricExtension { format: Format::Integer, unit: Some(many), ..MetricExtension::default() },
        });
        let facts = made.facts.clone();
        for fact in &facts {
            let said = fact.name.replace('_', " ");
            if fact.extension.additivity == Additivity::Additive {
                let bare = said.strip_prefix("total ").unwrap_or(&said).to_owned();
                let name = self.metric_name(&format!("total {bare}").replace(' ', "_"), one);
                let amount =
                    ["amount", "revenue", "sales", "turnover", "payment"].iter().any(|word| bare.ends_with(word));
                if amount && made.extension.default_metric.as_ref() == Some(&counted) {
                    made.extension.default_metric = Some(name.clone());
                }
                let also = fact.synonyms.iter().cloned().chain([
                    said.clone(),
                    format!("total {bare}"),
                    format!("sum of {bare}"),
                ]);
                made.metrics.push(metric(name, also, format!("SUM({})", fact.name), fact, Additivity::Additive));
            }
            let name = self.metric_name(&format!("average {said}").replace(' ', "_"), one);
            let also = [format!("average {said}"), format!("mean {said}"), format!("avg {said}")];
            made.metrics.push(metric(name, also, format!("AVG({})", fact.name), fact, Additivity::None));
        }
    }

    fn metric_name(&mut self, name: &str, one: &str) -> String {
        let wanted =
            if self.metrics.contains(name) { format!("{}_{name}", one.replace(' ', "_")) } else { name.to_owned() };
        unique(&mut self.metrics, &wanted)
    }

    fn entity(&mut self, made: &mut LogicalTable, one: &str) {
        let name = unique_words(&mut self.nouns, one);
        let key = made.primary_key.as_ref().and_then(|key| match key.columns.as_slice() {
            [only] => made.dimensions.iter().find(|dimension| dimension.expr == *only).map(|it| it.name.clone()),
            _ => None,
        });
        let mut labels: Vec<String> = key.iter().cloned().collect();
        labels.extend(
            made.dimensions.iter().filter(|dimension| names_it(&dimension.name, one)).map(|it| it.name.clone()),
        );
        labels.dedup();
        let mut seen = BTreeSet::new();
        labels.retain(|label| seen.insert(label.clone()));
        if labels.is_empty() {
            labels.extend(made.dimensions.first().map(|dimension| dimension.name.clone()));
        }
        let nouns = if name == one { Vec::new() } else { vec![one.to_owned(), plural(one)] };
        made.extension = TableExtension {
            entity: Some(Entity { plural: plural(&name), singular: name, nouns, key, labels, verbs: Vec::new() }),
            ..made.extension.clone()
        };
    }
}

fn metric(
    name: String,
    also: impl IntoIterator<Item = String>,
    expr: String,
    fact: &Fact,
    additivity: Additivity,
) -> Metric {
    Metric {
        synonyms: synonyms(&name, also),
        name,
        description: fact.description.clone(),
        expr,
        extension: MetricExtension {
            format: if additivity == Additivity::None { Format::Decimal } else { fact.extension.format },
            unit: fact.extension.unit.clone(),
            additivity,
            ..MetricExtension::default()
        },
    }
}

/// What becomes of a column.
enum Kind {
    /// A time, cast to a type.
    Time(TimeKind, Option<&'static str>),
    /// A number, cast to a type.
    Number(Option<&'static str>),
    Flag,
    Other,
}

fn kind(about: &ColumnAnalysis) -> Kind {
    let upper = about.data_type.to_ascii_uppercase();
    let words = split(&about.name);
    let last = words.last().map_or("", String::as_str);
    if upper == "DATE" {
        return Kind::Time(TimeKind::Date, None);
    }
    if upper.starts_with("TIMESTAMP") || upper == "DATETIME" {
        return Kind::Time(TimeKind::Timestamp, None);
    }
    if upper.starts_with("BOOL") {
        return Kind::Flag;
    }
    match about.used_as.as_deref() {
        Some("DATE") => return Kind::Time(TimeKind::Date, Some("DATE")),
        Some("TIMESTAMP") => return Kind::Time(TimeKind::Timestamp, Some("TIMESTAMP")),
        Some(_) if !identifies(&words) && !is_label(&words) && about.role != Role::ForeignKey => {
            return Kind::Number(Some("DOUBLE"));
        }
        _ => {}
    }
    let whole =
        ["INT", "BIGINT", "SMALLINT", "TINYINT", "UINT", "UBIGINT", "HUGEINT"].iter().any(|it| upper.starts_with(it))
            || upper.ends_with(",0)");
    let number = whole || ["DECIMAL", "NUM", "DOUBLE", "FLOAT", "REAL"].iter().any(|it| upper.starts_with(it));
    if !number || about.role == Role::ForeignKey || identifies(&words) || is_label(&words) {
        return Kind::Other;
    }
    let year = words.iter().any(|word| matches!(word.as_str(), "year" | "yr")) && !last.starts_with("num");
    let in_years = |bound: &Option<String>| {
        bound.as_ref().is_none_or(|text| text.parse::<f64>().is_ok_and(|year| (1500.0..2200.0).contains(&year)))
    };
    if whole && year && in_years(&about.min) && in_years(&about.max) {
        return Kind::Time(TimeKind::Year, None);
    }
    if matches!(last, "semester" | "month" | "day" | "week" | "quarter" | "hour" | "zip" | "version" | "section") {
        return Kind::Other;
    }
    Kind::Number(None)
}

/// Whether digits in a column are no number: postal codes, telephone numbers.
fn is_label(words: &[String]) -> bool {
    let label = |word: &String| {
        matches!(
            word.as_str(),
            "zip" | "zipcode" | "postal" | "postcode" | "phone" | "telephone" | "fax" | "code" | "ssn"
        )
    };
    words.iter().any(label) || words.len() == 1 && matches!(words[0].as_str(), "number" | "no" | "nr")
}

/// Whether words say that a column identifies something: `id`, `aid`, `section number`.
fn identifies(words: &[String]) -> bool {
    let Some(last) = words.last() else { return false };
    matches!(last.as_str(), "id" | "key" | "code" | "uuid" | "guid")
        || (matches!(last.as_str(), "no" | "nr" | "number") && words.len() > 1 && words[0] != "total")
        || (words.len() == 1 && last.len() <= 3 && last.ends_with("id"))
}

/// Whether a dimension names its entity: `name`, `title`, `first name`, `state name`.
fn names_it(name: &str, one: &str) -> bool {
    let words: Vec<&str> = name.split('_').collect();
    let last = words.last().copied().unwrap_or_default();
    match words.as_slice() {
        ["name" | "title" | "symbol" | "label" | "firstname" | "lastname" | "fullname" | "keyword"]
        | ["first" | "last" | "full" | "given" | "family", "name"] => true,
        _ => {
            let front = words[..words.len().saturating_sub(1)].join(" ");
            matches!(last, "name" | "title" | "symbol") && (one.ends_with(&front) || front.ends_with(one))
        }
    }
}

fn personal(name: &str, about: &ColumnAnalysis) -> Option<PersonalData> {
    let words: Vec<&str> = name.split('_').collect();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    if about.data_type.to_ascii_uppercase().starts_with("VARCHAR")
        || about.data_type.to_ascii_uppercase().starts_with("TEXT")
    {
        if has(CONTACTS) {
            return Some(PersonalData::Contact);
        }
        if words.ends_with(&["first", "name"])
            || words.ends_with(&["last", "name"])
            || has(&["firstname", "lastname", "surname"])
        {
            return Some(PersonalData::Name);
        }
        if has(&["ssn", "passport"]) {
            return Some(PersonalData::Identifier);
        }
    }
    None
}

/// A flag as a named filter, where it is a real one.
fn flag_filter(name: &str, expr: &str, about: &ColumnAnalysis) -> Option<NamedFilter> {
    if !about.data_type.to_ascii_uppercase().starts_with("BOOL") {
        return None;
    }
    let said = name.replace('_', " ");
    let bare = said.strip_prefix("has ").or_else(|| said.strip_prefix("is ")).unwrap_or(&said).to_owned();
    let (also, opposites) = if said.starts_with("has ") {
        (
            vec![
                format!("with {bare}"),
                format!("have {bare}"),
                format!("has {bare}"),
                format!("having {bare}"),
                format!("with a {bare}"),
            ],
            vec![format!("without {bare}"), format!("no {bare}"), format!("without a {bare}")],
        )
    } else {
        (vec![bare.clone()], vec![format!("not {bare}"), format!("non {bare}"), format!("in{bare}")])
    };
    Some(NamedFilter {
        name: name.to_owned(),
        synonyms: synonyms(name, also),
        description: None,
        expr: expr.to_owned(),
        extension: FilterExtension { opposites },
    })
}

/// The columns that tell rows apart, as typed in SQL: the declared ones, else the likeliest that were found.
fn key(table: &CatalogTable, found: &TableAnalysis) -> Option<Vec<String>> {
    let typed = |names: &[String]| {
        names.iter().map(|name| table.column(name).map(|column| column.sql.clone())).collect::<Option<Vec<_>>>()
    };
    if !table.primary_key.is_empty() {
        return typed(&table.primary_key);
    }
    let all: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    if all.len() > 1
        && all.iter().all(|name| identifies(&split(name)))
        && found.columns.iter().all(|it| it.role != Role::Measure)
    {
        // A table of pairs: that one side occurs once may be chance.
        let own = found.keys.iter().find(|key| key.len() == 1 && belongs(&key[0], &table.name));
        return typed(own.unwrap_or(&all));
    }
    // Numbers that happen to differ are no keys, nor are days alone.
    let real = |key: &&Vec<String>| {
        key.iter().all(|name| {
            found.column(name).is_some_and(|column| match kind(column) {
                Kind::Number(_) => false,
                Kind::Time(..) => key.len() > 1,
                _ => true,
            })
        })
    };
    let single = || found.keys.iter().filter(real).filter(|key| key.len() == 1 && belongs(&key[0], &table.name));
    let own = single().find(|key| identifies(&split(&key[0]))).or_else(|| single().next());
    let several = || found.keys.iter().filter(real).find(|key| key.len() > 1);
    typed(own.or_else(several).or_else(|| found.keys.iter().find(real))?)
}

/// Whether a column's name says that it tells the rows of this table apart, not those of another.
fn belongs(column: &str, table: &str) -> bool {
    let words = split(column);
    let said = spelt_out(&words);
    let one = singular(&spelt_out(&subject(split(table))));
    let bare =
        said.trim_end_matches(" id").trim_end_matches(" key").trim_end_matches(" code").trim_end_matches(" name");
    let letter = |word: &str| {
        word.len() <= 3 && !one.contains(' ') && word.strip_suffix("id").is_some_and(|rest| one.starts_with(rest))
    };
    matches!(said.as_str(), "id" | "key" | "code" | "name")
        || bare == one
        || one.split(' ').next_back() == Some(bare)
        || (words.len() == 1 && letter(&words[0]))
}

/// The names of a table as typed in SQL. One that is on the search path is named alone.
fn base_table(table: &CatalogTable) -> BaseTable {
    let alone = BaseTable { database: None, schema: None, table: table.sql.clone() };
    if same(table.sql.trim_matches('"'), &table.name) {
        return alone;
    }
    BaseTable { database: Some(table.database.clone()), schema: Some(table.schema.clone()), table: table.name.clone() }
}

fn relationships(analysis: &Analysis, catalog: &Catalog, names: &BTreeMap<String, String>) -> Vec<Relationship> {
    let mut made: Vec<Relationship> = Vec::new();
    let mut taken = BTreeSet::new();
    let typed = |table: &str, columns: &[String]| -> Option<Vec<String>> {
        let table = catalog.tables.iter().find(|known| same(&known.name, table))?;
        columns.iter().map(|name| table.column(name).map(|column| column.sql.clone())).collect()
    };
    let good = |relation: &&Relation| {
        relation.many_to_one
            && (relation.declared || relation.confidence >= SURE)
            && !same(&relation.from.table, &relation.to.table)
    };
    for relation in analysis.relations.iter().filter(good) {
        let ends = (names.get(&relation.from.table.to_lowercase()), names.get(&relation.to.table.to_lowercase()));
        let (Some(left), Some(right)) = ends else { continue };
        let columns =
            (typed(&relation.from.table, &relation.from.columns), typed(&relation.to.table, &relation.to.columns));
        let (Some(from), Some(to)) = columns else { continue };
        // The surest use of a column is the one meant.
        let again = made.iter().any(|known| {
            known.left_table == *left && known.relationship_columns.iter().map(|pair| &pair.left_column).eq(&from)
        });
        let back = made.iter().any(|known| known.left_table == *right && known.right_table == *left);
        if again || back {
            continue;
        }
        let table = catalog.tables.iter().find(|known| same(&known.name, &relation.from.table));
        let bare = table.map_or_else(String::new, |table| role_words(table, &relation.from.columns));
        made.push(relationship(&mut taken, left, right, bare, from.into_iter().zip(to)));
    }
    made
}

/// What a foreign key says of the rows it points at: `sbTxCustId` is customer.
fn role_words(table: &CatalogTable, columns: &[String]) -> String {
    let common = prefix(&table.columns.iter().map(|column| split(&column.name)).collect::<Vec<_>>());
    let words: Vec<String> = columns.iter().flat_map(|column| without(&split(column), &common)).collect();
    spelt_out(&words).trim_end_matches(" id").trim_end_matches(" key").to_owned()
}

fn relationship(
    taken: &mut BTreeSet<String>,
    left: &str,
    right: &str,
    role: String,
    columns: impl Iterator<Item = (String, String)>,
) -> Relationship {
    Relationship {
        name: unique(taken, &format!("{left}_{}", role.replace(' ', "_"))),
        left_table: left.to_owned(),
        right_table: right.to_owned(),
        relationship_columns: columns
            .map(|(left_column, right_column)| ColumnPair { left_column, right_column })
            .collect(),
        relationship_type: RelationshipType::ManyToOne,
        extension: RelationshipExtension { roles: vec![role], default: false },
        ..Relationship::default()
    }
}

/// Relations that the data can't show, because there is too little of it, but names do: a column that is called as the
/// only key of another table, or as that table itself.
fn guessed(model: &SemanticModel, read: &[(&CatalogTable, &TableAnalysis)]) -> Vec<Relationship> {
    let mut taken: BTreeSet<String> = model.relationships.iter().map(|known| known.name.to_lowercase()).collect();
    let mut made: Vec<Relationship> = Vec::new();
    for ((table, _), left) in read.iter().zip(&model.tables) {
        for column in &table.columns {
            let only_key = left.primary_key.as_ref().is_some_and(|key| key.columns == [column.sql.clone()]);
            let own = only_key && belongs(&column.name, &table.name);
            let known = model.relationships.iter().chain(&made).any(|relationship| {
                relationship.left_table == left.name
                    && relationship.relationship_columns.iter().any(|pair| pair.left_column == column.sql)
            });
            if own || known {
                continue;
            }
            let mut targets = read.iter().zip(&model.tables).filter(|((other, _), right)| {
                let key = right.primary_key.as_ref().map(|key| key.columns.as_slice());
                let Some([key]) = key else { return false };
                let Some(target) = other.columns.iter().find(|candidate| candidate.sql == *key) else { return false };
                let subject = singular(&right.name.replace('_', " "));
                let called = same(&target.name, &column.name) && belongs(&target.name, &other.name);
                let itself = singular(&spelt_out(&split(&column.name))) == subject;
                right.name != left.name
                    && target.data_type == column.data_type
                    && (called || (itself && target.data_type.to_ascii_uppercase().contains("INT")))
            });
            if let (Some((_, right)), None) = (targets.next(), targets.next())
                && let Some(key) = &right.primary_key
            {
                let pairs = key.columns.iter().map(|to| (column.sql.clone(), to.clone()));
                let role = role_words(table, std::slice::from_ref(&column.name));
                made.push(relationship(&mut taken, &left.name, &right.name, role, pairs));
            }
        }
    }
    made
}

/// Of several ways between two tables, the one whose column is called as the key is the one meant.
fn defaults(made: &mut [Relationship]) {
    for at in 0..made.len() {
        let (left, right) = (made[at].left_table.clone(), made[at].right_table.clone());
        let several = made.iter().filter(|other| other.left_table == left && other.right_table == right).count() > 1;
        let called = made[at].relationship_columns.iter().all(|pair| same(&pair.left_column, &pair.right_column));
        made[at].extension.default = several && called;
    }
}

/// Words without those that are the name already, each once.
fn synonyms(name: &str, words: impl IntoIterator<Item = String>) -> Vec<String> {
    let plain = |word: &str| word.to_lowercase().replace('_', " ");
    let mut seen = BTreeSet::from([plain(name)]);
    words.into_iter().filter(|word| !word.is_empty() && seen.insert(plain(word))).collect()
}

/// A name that is not taken.
fn unique(taken: &mut BTreeSet<String>, name: &str) -> String {
    let stem = if name.is_empty() { "column" } else { name };
    let mut made = stem.to_owned();
    let mut number = 2;
    while !taken.insert(made.to_lowercase()) {
        made = format!("{stem}_{number}");
        number += 1;
    }
    made
}

fn unique_words(taken: &mut BTreeSet<String>, name: &str) -> String {
    unique(taken, name).replace('_', " ")
}

#[cfg(test)]
mod tests;

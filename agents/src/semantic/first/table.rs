//! One logical table: its columns, metrics and entity.

use std::collections::BTreeSet;

use arrow_cast::display::{ArrayFormatter, FormatOptions};

use super::columns::{Kind, flag_filter, kind, names_it, personal, sums};
use super::keys::{base_table, key};
use super::names::{synonyms, unique, unique_words};
use crate::AgentsError;
use crate::analyzer::{Analysis, ColumnAnalysis, Role, TableAnalysis};
use crate::semantic::words::{apart, plural, prefix, singular, spelt_out, split, subject, without};
use crate::semantic::{
    Additivity, Dimension, DimensionExtension, Entity, Fact, FactExtension, Format, LogicalTable, Metric,
    MetricExtension, PrimaryKey, SemanticError, TableExtension, TimeDimension, TimeExtension, same,
};
use crate::warehouse::{CatalogColumn, CatalogTable, Guard, Request, Sql, Warehouse, check, may_be_quoted};

/// Columns with at most so many different values show them all.
const ENUM: usize = 30;
/// The most sample values of other columns.
const SAMPLES: usize = 8;

pub(super) struct Maker<'a> {
    pub(super) warehouse: &'a dyn Warehouse,
    pub(super) analysis: &'a Analysis,
    /// Names of metrics that are taken.
    pub(super) metrics: BTreeSet<String>,
    /// Singulars of entities that are taken.
    pub(super) nouns: BTreeSet<String>,
}

impl Maker<'_> {
    pub(super) fn table(
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
        for column in table.columns.iter().filter(|column| may_be_quoted(&column.name)) {
            let Some(about) = found.column(&column.name) else { continue };
            let words = without(&split(&column.name), &common);
            let spelt = spelt_out(&words);
            let name = unique(&mut names, &spelt.replace(' ', "_"));
            let other = words.join(" ");
            let mut also = vec![spelt, other.clone(), format!("{one} {other}"), column.name.to_lowercase()];
            if let Some(target) = self.target(table, column) {
                also.push(format!("{target} id"));
            }
            // What tells the rows apart is no amount.
            let own = made.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.sql));
            let kind = match kind(about) {
                Kind::Number(_) if own => Kind::Other,
                _ if pairs => Kind::Other,
                other => other,
            };
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
        let known = self.analysis.tables.iter().find(|found| same(&found.name, &relation.to.table));
        let columns: Vec<Vec<String>> =
            known.iter().flat_map(|found| &found.columns).map(|column| split(&column.name)).collect();
        Some(singular(&spelt_out(&subject(apart(split(&relation.to.table), &columns)))))
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
                let additivity = if sums(&name) { Additivity::Additive } else { Additivity::None };
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

//! The lexicon of one database: every word for a thing of its model, and the values of its columns.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::item::Target;
use super::nouns;
use super::values::ValueIndex;
use super::vocabulary::Vocabulary;
use crate::ask::words::lemmas;
use crate::plan::Field;
use crate::semantic::{LogicalTable, PersonalData, SemanticModel, TableRole};

/// The words of a database: names and synonyms from its semantic model, and the values of its columns.
///
/// It can be kept as a file (serde), so that a program starts without reading the values again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Lexicon {
    /// Phrases as stems with a blank between, and what they name.
    pub(super) phrases: BTreeMap<String, Vec<Target>>,
    /// The values.
    pub(super) values: ValueIndex,
    /// The table of each entity.
    pub(super) entities: BTreeMap<String, String>,
    /// Every single stem that occurs in a phrase, with a word that it comes from.
    pub(super) vocabulary: BTreeMap<String, String>,
    /// The words of each table and column.
    #[serde(default)]
    pub(super) nouns: Vocabulary,
    /// The columns of the warehouse as typed, by table and column.
    #[serde(default)]
    columns: BTreeMap<String, Field>,
    /// The tables of the warehouse as typed.
    #[serde(default)]
    tables: BTreeSet<String>,
}

impl Lexicon {
    /// The words of a model, with the sample values in it.
    #[must_use]
    pub fn new(model: &SemanticModel) -> Self {
        let mut lexicon = Self { nouns: Vocabulary::new(model), ..Self::default() };
        for table in &model.tables {
            lexicon.table(table);
        }
        for metric in &model.metrics {
            lexicon.names(&metric.name, &metric.synonyms, &Target::Metric(metric.name.clone()));
        }
        for word in &model.extension.not_covered {
            lexicon.phrase(word, &Target::NotCovered);
        }
        lexicon
    }

    /// Adds the values of a column.
    pub fn add_values(&mut self, field: &Field, values: impl IntoIterator<Item = String>) {
        self.values.add(field, values);
    }

    /// The columns with at most so many values, those with the fewest first, and their values.
    pub(crate) fn values_of_small_columns(&self, most: usize) -> Vec<(&Field, Vec<&str>)> {
        self.values.small(most)
    }

    /// How many phrases and values it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.phrases.len() + self.values.len()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The named filter that a word names, as table and name.
    pub(crate) fn named_filter(&self, word: &str) -> Option<(String, String)> {
        self.named(word).iter().find_map(|target| match target {
            Target::Named { table, name, negated: false } => Some((table.clone(), name.clone())),
            _ => None,
        })
    }

    /// The numbers of rows that a phrase names.
    pub(crate) fn number(&self, phrase: &str) -> Option<Vec<Target>> {
        let found: Vec<Target> = self.named(phrase).iter().filter(|t| matches!(t, Target::Fact(_))).cloned().collect();
        (!found.is_empty()).then_some(found)
    }

    /// The metric that a phrase names.
    pub(crate) fn metric_named(&self, phrase: &str) -> Option<String> {
        self.named(phrase).iter().find_map(|t| match t {
            Target::Metric(name) => Some(name.clone()),
            _ => None,
        })
    }

    /// The columns that a phrase names.
    pub(crate) fn column(&self, phrase: &str) -> Option<Vec<Target>> {
        let found: Vec<Target> =
            self.named(phrase).iter().filter(|t| matches!(t, Target::Dimension(_))).cloned().collect();
        (!found.is_empty()).then_some(found)
    }

    /// Whether a phrase names something to group by: a column or a thing.
    pub(crate) fn names_noun(&self, phrase: &str) -> bool {
        self.named(phrase).iter().any(|t| matches!(t, Target::Dimension(_) | Target::Entity(_)))
    }

    /// Whether a phrase is a value of a column or names a filter.
    pub(crate) fn names_value(&self, phrase: &str) -> bool {
        self.named(phrase).iter().any(|t| matches!(t, Target::Values { .. } | Target::Named { .. }))
            || !self.values.whole(phrase).is_empty()
    }

    /// Whether a word names the things that have a column: stores have a format.
    pub(crate) fn owns(&self, word: &str, column: &str) -> bool {
        let tables: Vec<&str> = self
            .named(word)
            .iter()
            .filter_map(|t| match t {
                Target::Entity(thing) => self.entity_table(thing),
                _ => None,
            })
            .collect();
        self.named(column)
            .iter()
            .any(|t| matches!(t, Target::Dimension(field) if tables.contains(&field.table.as_str())))
    }

    /// Whether a word names a thing that buys.
    pub(crate) fn buys(&self, word: &str) -> bool {
        let buyers = self.named("buy");
        self.named(word)
            .iter()
            .any(|t| matches!(t, Target::Entity(thing) if buyers.contains(&Target::Verb(thing.clone()))))
    }

    /// Whether a word occurs in a name or a value.
    pub(crate) fn says(&self, word: &str) -> bool {
        self.vocabulary.contains_key(word) || self.values.has_word(word)
    }

    /// Whether a word occurs only in names of people.
    pub(crate) fn only_a_persons(&self, word: &str) -> bool {
        !self.vocabulary.contains_key(word) && self.values.only_in_names(word)
    }

    /// The phrase that a word is when its blanks are left out: "soft drink" for "softdrink".
    pub(crate) fn apart(&self, word: &str) -> Option<String> {
        let first = word.chars().next()?;
        let same = |phrase: &&str| {
            phrase.contains(' ') && phrase.chars().filter(|letter| letter.is_alphanumeric()).eq(word.chars())
        };
        let named = self.phrases.range(first.to_string()..).map(|(phrase, _)| phrase.as_str());
        let mut named = named.take_while(|phrase| phrase.starts_with(first));
        named.find(same).or_else(|| self.values.phrases(first).find(same)).map(str::to_owned)
    }

    /// Whether a word is the last one of some name of a column: "band" of "income band".
    pub(crate) fn ends_a_name(&self, field: &Field, word: &str) -> bool {
        self.phrases.iter().any(|(phrase, targets)| {
            phrase.rsplit_once(' ').is_some_and(|(_, last)| last == word)
                && targets.iter().any(|t| matches!(t, Target::Dimension(known) if known == field))
        })
    }

    /// Whether a word occurs in the name of a metric.
    pub(crate) fn in_metric(&self, word: &str) -> bool {
        let names = self.phrases.iter().filter(|(_, targets)| targets.iter().any(|t| matches!(t, Target::Metric(_))));
        names.flat_map(|(phrase, _)| phrase.split(' ')).any(|known| known == word)
    }

    /// The column that is typed as in SQL: `student.minor`.
    pub(crate) fn column_called(&self, typed: &str) -> Option<Field> {
        let (table, column) = typed.rsplit_once('.')?;
        let table = table.rsplit_once('.').map_or(table, |(_, table)| table);
        self.columns.get(&format!("{}.{}", table.to_lowercase(), column.to_lowercase())).cloned()
    }

    /// Whether a column has so many more values than another that its values are names, which mean little beside it.
    pub(crate) fn dwarfs(&self, field: &Field, other: &Field) -> bool {
        self.values.count(field) > 20 * self.values.count(other).max(1)
    }

    /// Whether a table of the warehouse has this name.
    pub(crate) fn is_table(&self, typed: &str) -> bool {
        let wanted = typed.to_lowercase();
        self.tables.contains(&wanted)
    }

    /// The table of a thing.
    pub(crate) fn table_of(&self, thing: &str) -> Option<&str> {
        self.entity_table(thing)
    }

    /// The words of each table and column.
    pub(crate) fn nouns(&self) -> &Vocabulary {
        &self.nouns
    }

    /// The columns that have the words as a whole value, the one with the fewest values first.
    pub(crate) fn whole_values(&self, phrase: &str) -> Vec<(Field, Vec<String>)> {
        let mut found: Vec<_> =
            self.values.whole(phrase).into_iter().map(|found| (found.field, found.values)).collect();
        if found.is_empty() {
            let others = super::places::others(phrase).flat_map(|name| self.values.whole(name));
            found = others
                .filter(|found| super::places::holds(&found.field.name))
                .map(|found| (found.field, found.values))
                .collect();
        }
        found.sort_by_key(|(field, _)| self.values.fields().find(|(known, _)| *known == field).map_or(0, |(_, n)| n));
        found
    }

    /// The columns that have values in which the words stand.
    pub(crate) fn part_values(&self, words: &[&str]) -> Vec<(Field, Vec<String>)> {
        self.values.part(words).into_iter().map(|found| (found.field, found.values)).collect()
    }

    /// What a phrase names.
    pub(super) fn named(&self, phrase: &str) -> &[Target] {
        self.phrases.get(phrase).map_or(&[], Vec::as_slice)
    }

    fn typed(&mut self, table: &LogicalTable) {
        let base = table.base_table.table.trim_matches('"').to_lowercase();
        let dimensions = table.dimensions.iter().map(|it| (&it.name, &it.expr));
        let times = table.time_dimensions.iter().map(|it| (&it.name, &it.expr));
        let facts = table.facts.iter().map(|it| (&it.name, &it.expr));
        for (name, expr) in dimensions.chain(times).chain(facts) {
            let column = expr.trim_start_matches("TRY_CAST(").split(" AS ").next().unwrap_or(expr);
            let key = format!("{base}.{}", column.trim_matches('"').to_lowercase());
            self.columns.entry(key).or_insert_with(|| Field::new(&table.name, name));
        }
        self.tables.insert(base);
    }

    fn table(&mut self, table: &LogicalTable) {
        self.typed(table);
        let role = table.extension.role;
        if let Some(entity) = &table.extension.entity {
            self.entity(entity, &table.name, role == TableRole::Link);
        } else if role != TableRole::Calendar {
            self.names(&table.name, &table.synonyms, &Target::Rows(table.name.clone()));
        }
        if table.extension.entity.is_some() && role != TableRole::Calendar {
            for synonym in &table.synonyms {
                let target = table.extension.entity.as_ref().map(|entity| Target::Entity(entity.singular.clone()));
                if let Some(target) = target {
                    self.phrase(synonym, &target);
                }
            }
        }
        for dimension in &table.dimensions {
            let field = Field::new(&table.name, &dimension.name);
            if let Some(entity) = &dimension.extension.entity {
                self.entity(entity, &table.name, false);
            }
            if dimension.extension.hidden {
                continue;
            }
            self.names(&dimension.name, &dimension.synonyms, &Target::Dimension(field.clone()));
            self.qualified(table, &dimension.name, &dimension.synonyms, &Target::Dimension(field.clone()));
            for synonym in &dimension.extension.value_synonyms {
                let target = Target::Values { field: field.clone(), values: synonym.values.clone() };
                for phrase in &synonym.phrases {
                    self.phrase(phrase, &target);
                }
            }
            let contact =
                matches!(dimension.extension.personal, Some(PersonalData::Contact | PersonalData::Identifier));
            if !contact {
                self.values.add(&field, dimension.sample_values.iter().cloned());
            }
        }
        for time in &table.time_dimensions {
            let target = Target::Time(Field::new(&table.name, &time.name));
            self.names(&time.name, &time.synonyms, &target);
            self.qualified(table, &time.name, &time.synonyms, &target);
        }
        for fact in &table.facts {
            let target = Target::Fact(Field::new(&table.name, &fact.name));
            self.names(&fact.name, &fact.synonyms, &target);
            self.qualified(table, &fact.name, &fact.synonyms, &target);
        }
        for metric in &table.metrics {
            self.names(&metric.name, &metric.synonyms, &Target::Metric(metric.name.clone()));
        }
        for filter in &table.filters {
            let named = |negated| Target::Named { table: table.name.clone(), name: filter.name.clone(), negated };
            self.names(&filter.name, &filter.synonyms, &named(false));
            for opposite in &filter.extension.opposites {
                self.phrase(opposite, &named(true));
            }
        }
    }

    /// The table that an entity is in.
    pub(super) fn entity_table(&self, entity: &str) -> Option<&str> {
        self.entities.get(entity).map(String::as_str)
    }

    fn entity(&mut self, entity: &crate::semantic::Entity, table: &str, link: bool) {
        self.entities.insert(entity.singular.clone(), table.to_owned());
        let target = Target::Entity(entity.singular.clone());
        self.phrase(&entity.singular, &target);
        self.phrase(&entity.plural, &target);
        for noun in &entity.nouns {
            self.phrase(noun, &target);
        }
        if !link {
            for verb in &entity.verbs {
                self.phrase(verb, &Target::Verb(entity.singular.clone()));
            }
        }
    }

    fn names(&mut self, name: &str, synonyms: &[String], target: &Target) {
        self.phrase(name, target);
        for synonym in synonyms {
            self.phrase(synonym, target);
        }
    }

    /// "customer state" for the state of the table of customers.
    fn qualified(&mut self, table: &LogicalTable, name: &str, synonyms: &[String], target: &Target) {
        let Some(entity) = &table.extension.entity else { return };
        let nouns: Vec<&String> = std::iter::once(&entity.singular).chain(&entity.nouns).collect();
        for noun in nouns {
            for short in std::iter::once(name).chain(synonyms.iter().map(String::as_str)) {
                let phrase = format!("{noun} {}", nouns::spaced(short));
                if lemmas(&phrase).windows(2).all(|pair| pair[0] != pair[1]) {
                    self.phrase(&phrase, target);
                }
            }
        }
    }

    fn phrase(&mut self, phrase: &str, target: &Target) {
        let words = lemmas(&nouns::spaced(phrase));
        if words.is_empty() || words.len() > 8 {
            return;
        }
        for (stem, word) in words.iter().zip(nouns::spaced(phrase).split_whitespace()) {
            self.vocabulary.entry(stem.clone()).or_insert_with(|| word.to_lowercase());
        }
        let targets = self.phrases.entry(words.join(" ")).or_default();
        if !targets.contains(target) {
            targets.push(target.clone());
        }
    }

    /// All names that people may use, for suggestions.
    pub(crate) fn names_for_suggestions(&self) -> BTreeSet<&str> {
        self.vocabulary.values().map(String::as_str).collect()
    }
}

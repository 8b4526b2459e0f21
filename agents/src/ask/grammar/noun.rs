//! Nouns that rows can be grouped by or that can be counted: columns, entities, steps and parts of the calendar.

use super::reading::Reading;
use crate::ask::link::{Kind, Target};
use crate::ask::time::{Part, When};
use crate::plan::{Aggregate, Bucket, Dimension, Field, Filter, Grain, Grouping, Measure, Quantity, TimePart, Value};
use crate::semantic::TableRole;

/// Something that rows can be grouped by.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Noun {
    Column(Field),
    Entity(String),
    Grain(Grain),
    Part(TimePart),
    Time(Field),
    /// Steps of an entity's own date.
    Step(Field, Grain),
    /// Groups that the calendar's words name: the seasons.
    Seasons,
}

impl Noun {
    /// As a dimension of the answer.
    pub(super) fn dimension(&self) -> Dimension {
        match self {
            Self::Column(field) => Dimension::new(Grouping::Column { field: field.clone() }),
            Self::Entity(entity) => Dimension::entity(entity),
            Self::Grain(grain) => Dimension::time(*grain),
            Self::Part(part) => Dimension::new(Grouping::Part { time: None, part: *part }),
            Self::Time(field) => Dimension::new(Grouping::Time { time: Some(field.clone()), grain: Grain::Day }),
            Self::Step(field, grain) => Dimension::new(Grouping::Time { time: Some(field.clone()), grain: *grain }),
            Self::Seasons => seasons(),
        }
    }
}

impl Reading<'_> {
    /// The noun at an item; `entity_first` prefers "stores" as things to the column of their names.
    pub(super) fn noun(&self, i: usize) -> Option<Noun> {
        match &self.items.get(i)?.kind {
            Kind::Grain(grain) => Some(Noun::Grain(*grain)),
            Kind::TimePart(part) => Some(Noun::Part(*part)),
            Kind::Time(When::Part(Part::Weekend(_))) if self.text(i).ends_with("weekday") => {
                Some(Noun::Part(TimePart::Weekday))
            }
            Kind::Unknown if matches!(self.text(i), "season" | "seasons") => Some(Noun::Seasons),
            Kind::Link(targets) => {
                let first =
                    targets.iter().find(|t| matches!(t, Target::Dimension(_) | Target::Entity(_) | Target::Time(_)))?;
                match first {
                    Target::Dimension(field) => Some(self.column(field)),
                    Target::Entity(entity) => Some(self.thing(entity, targets)),
                    Target::Time(field) => Some(Noun::Time(field.clone())),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A column, or the calendar part that stands behind it.
    fn column(&self, field: &Field) -> Noun {
        let part = self.table(&field.table).and_then(|table| {
            let expr = &table.dimensions.iter().find(|d| d.name == field.name)?.expr;
            let parts = table.time_dimensions.iter().flat_map(|time| time.extension.parts.iter());
            parts.filter(|(_, column)| column.eq_ignore_ascii_case(expr)).map(|(part, _)| *part).next()
        });
        part.map_or_else(|| Noun::Column(field.clone()), Noun::Part)
    }

    /// An entity; where it has one label only, that column.
    fn thing(&self, entity: &str, targets: &[Target]) -> Noun {
        let Some(found) = self.model.entity(entity) else { return Noun::Entity(entity.to_owned()) };
        if found.table.extension.role == TableRole::Calendar {
            return Noun::Grain(Grain::Day);
        }
        if let Some(dimension) = found.dimension {
            return Noun::Column(Field::new(&found.table.name, &dimension.name));
        }
        let column = targets.iter().find_map(|t| match t {
            Target::Dimension(field) if field.table == found.table.name => Some(field.clone()),
            _ => None,
        });
        match (found.entity.labels.as_slice(), column) {
            ([label], Some(field)) if *label == field.name => Noun::Column(field),
            _ => Noun::Entity(entity.to_owned()),
        }
    }

    /// How many there are of a noun: entities, different values, steps of the calendar.
    pub(super) fn count_of(&self, noun: &Noun, within: Option<String>) -> Measure {
        match noun {
            Noun::Entity(entity) => {
                let own = self.entity_table(entity).map(|t| t.name.clone());
                let within = within.filter(|w| Some(w) != own.as_ref());
                Measure::new(Quantity::Entities { entity: entity.clone(), within })
            }
            Noun::Column(field) => self.column_entity(field).map_or_else(
                || {
                    Measure::new(Quantity::Aggregate {
                        function: Aggregate::CountDistinct,
                        value: Value::Field { field: field.clone() },
                        within: within.clone(),
                    })
                },
                |entity| Measure::new(Quantity::Entities { entity, within: within.clone() }),
            ),
            Noun::Grain(_) | Noun::Part(_) | Noun::Time(_) | Noun::Step(..) | Noun::Seasons => {
                Measure::new(Quantity::Groups {
                    per: vec![noun.dimension()],
                    of: None,
                    having: Vec::new(),
                    function: crate::plan::GroupFunction::Count,
                })
            }
        }
    }

    /// The entity whose values a column is.
    pub(super) fn column_entity(&self, field: &Field) -> Option<String> {
        let table = self.table(&field.table)?;
        let dimension = table.dimensions.iter().find(|d| d.name == field.name)?;
        if let Some(entity) = &dimension.extension.entity {
            return Some(entity.singular.clone());
        }
        None
    }

    /// The metric by which a noun is ranked when none is named.
    pub(super) fn ranking_metric(&self, noun: &Noun) -> Option<String> {
        let of_column = |field: &Field| {
            let table = self.table(&field.table)?;
            let own =
                table.dimensions.iter().find(|d| d.name == field.name).and_then(|d| d.extension.ranking_metric.clone());
            own.or_else(|| table.extension.default_metric.clone())
        };
        let found = match noun {
            Noun::Column(field) => of_column(field),
            Noun::Entity(entity) => match self.entity_field(entity) {
                Some(field) => of_column(&field),
                None => self.entity_table(entity).and_then(|t| t.extension.default_metric.clone()),
            },
            _ => None,
        };
        found.or_else(|| self.default_metric())
    }

    /// The table a noun belongs to.
    pub(super) fn noun_table(&self, noun: &Noun) -> Option<String> {
        match noun {
            Noun::Column(field) | Noun::Time(field) | Noun::Step(field, _) => Some(field.table.clone()),
            Noun::Entity(entity) => self.entity_table(entity).map(|t| t.name.clone()),
            _ => None,
        }
    }
}

/// The four seasons of three months each, winter with December.
fn seasons() -> Dimension {
    let named = [("Spring", [3, 4, 5]), ("Summer", [6, 7, 8]), ("Autumn", [9, 10, 11]), ("Winter", [12, 1, 2])];
    let buckets = named
        .into_iter()
        .map(|(label, months)| Bucket {
            label: label.to_owned(),
            filters: vec![Filter::Part { time: None, part: TimePart::Month, values: months.to_vec(), negated: false }],
        })
        .collect();
    Dimension { label: Some("season".to_owned()), ..Dimension::new(Grouping::Buckets { buckets, otherwise: None }) }
}

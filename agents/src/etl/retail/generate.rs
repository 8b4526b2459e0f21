//! Attributes that the source does not have, made by the project's own generators.
//!
//! Each attribute of somebody or something follows from the seed and its number in the source alone, so rows that come
//! late change nothing of those that were there.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use jiff::civil::date;
use polars::prelude::{DataFrame, df};
use synthbook_synth::{ColumnKind, Draws, Marginals, Metadata, Model, Progress, SampleRequest, Seed, Synthesizer};

use super::calendar::since_1970;
use super::places::{PLACES, Place};
use crate::etl::EtlError;
use crate::etl::batch::batch;

/// Numbers are taken modulo this many people: more than any source has.
const PEOPLE: usize = 1 << 40;
/// How many rows a shard of the sample has: the synthesizers' own block.
const BLOCK: usize = 2_048;
/// How far from its city's centre a store lies, in degrees (standard deviation).
const SPREAD: f64 = 0.06;
/// The median and the σ of the law of targets: next year's target as a multiple of what was sold.
const TARGET_MEDIAN: f64 = 1.05;
const TARGET_SIGMA: f64 = 0.25;
const FORMATS: [(&str, f64); 3] = [("Supermarket", 0.60), ("Superstore", 0.25), ("Express", 0.15)];
/// Channels by their number in the source: how baskets are spread over them.
const CHANNELS: [(i64, f64); 3] = [(1, 0.80), (2, 0.12), (3, 0.08)];

/// Makes what the source lacks.
pub(super) struct Generator {
    seed: Seed,
    people: Box<dyn Model>,
}

/// What is made of a person.
struct Person {
    first: String,
    last: String,
    email: String,
    phone: String,
    address: String,
}

impl Generator {
    pub(super) fn new(seed: u64) -> Result<Self, EtlError> {
        let seed = Seed::new(seed).named("retail");
        let pattern = pattern()?;
        let mut metadata = Metadata::detect(&pattern)?;
        for (column, kind) in [
            ("first_name", ColumnKind::FirstName),
            ("last_name", ColumnKind::LastName),
            ("email", ColumnKind::Email),
            ("phone", ColumnKind::PhoneNumber),
            ("address", ColumnKind::Address),
        ] {
            metadata.set_kind(column, kind)?;
        }
        let people = Marginals::default().fit(&pattern, &metadata, seed.named("people"), &Progress::silent())?;
        Ok(Self { seed, people })
    }

    /// Names, addresses and the like of households: `HOUSEHOLD_ID`, `FIRST_NAME`, `LAST_NAME`, `EMAIL`, `PHONE`,
    /// `ADDRESS`, `POSTAL_END`.
    pub(super) fn customers(&self, households: &[i64], progress: &Progress) -> Result<RecordBatch, EtlError> {
        let people = self.people(households, "households", progress)?;
        let ends = households.iter().map(|id| Some(self.postal_end("household postal code", *id)));
        let text =
            |of: &dyn Fn(&Person) -> &str| Arc::new(people.iter().map(|one| Some(of(one))).collect::<StringArray>());
        Ok(batch(vec![
            ("HOUSEHOLD_ID", Arc::new(Int64Array::from(households.to_vec()))),
            ("FIRST_NAME", text(&|one| &one.first)),
            ("LAST_NAME", text(&|one| &one.last)),
            ("EMAIL", text(&|one| &one.email)),
            ("PHONE", text(&|one| &one.phone)),
            ("ADDRESS", text(&|one| &one.address)),
            ("POSTAL_END", Arc::new(ends.collect::<StringArray>())),
        ])?)
    }

    /// Everything of stores but their number: the columns of `STAGING_STORE` without its audit columns, and `POSTAL_START`, by
    /// which households of the same city get their postal codes.
    pub(super) fn stores(&self, stores: &[i64], progress: &Progress) -> Result<RecordBatch, EtlError> {
        let people = self.people(stores, "stores", progress)?;
        let made: Vec<Store> = stores.iter().zip(&people).map(|(id, person)| self.store(*id, person)).collect();
        let text =
            |of: &dyn Fn(&Store) -> String| Arc::new(made.iter().map(|one| Some(of(one))).collect::<StringArray>());
        Ok(batch(vec![
            ("STORE_ID", Arc::new(Int64Array::from(stores.to_vec()))),
            ("STORE_NAME", text(&|one| one.name.clone())),
            ("STORE_FORMAT", text(&|one| one.format.to_owned())),
            ("ADDRESS", text(&|one| one.address.clone())),
            ("CITY", text(&|one| one.place.city.to_owned())),
            ("STATE", text(&|one| one.place.state.to_owned())),
            ("REGION", text(&|one| one.place.region.to_owned())),
            ("POSTAL_CODE", text(&|one| one.postal_code.clone())),
            ("LATITUDE", Arc::new(made.iter().map(|one| Some(one.latitude)).collect::<Float64Array>())),
            ("LONGITUDE", Arc::new(made.iter().map(|one| Some(one.longitude)).collect::<Float64Array>())),
            ("OPENED_DATE", Arc::new(made.iter().map(|one| Some(one.opened)).collect::<Date32Array>())),
            ("POSTAL_START", text(&|one| one.place.postal.to_owned())),
        ])?)
    }

    /// By which channel each basket was sold: `BASKET_ID`, `CHANNEL_ID`.
    pub(super) fn channels(&self, baskets: &[i64]) -> Result<RecordBatch, EtlError> {
        let channels = baskets.iter().map(|id| Some(*among(&CHANNELS, &mut self.draws("channel", *id))));
        Ok(batch(vec![
            ("BASKET_ID", Arc::new(Int64Array::from(baskets.to_vec()))),
            ("CHANNEL_ID", Arc::new(channels.collect::<Int64Array>())),
        ])?)
    }

    /// By what the units sold of each product are multiplied for its target: `PRODUCT_ID`, `FACTOR`, of the law
    /// exp(ln 1.05 + 0.25·N(0, 1)).
    pub(super) fn targets(&self, products: &[i64]) -> Result<RecordBatch, EtlError> {
        let factors = products.iter().map(|id| {
            let normal = self.draws("target", *id).normal();
            Some(TARGET_MEDIAN * (TARGET_SIGMA * normal).exp())
        });
        Ok(batch(vec![
            ("PRODUCT_ID", Arc::new(Int64Array::from(products.to_vec()))),
            ("FACTOR", Arc::new(factors.collect::<Float64Array>())),
        ])?)
    }

    fn store(&self, id: i64, person: &Person) -> Store {
        let mut draws = self.draws("store", id);
        let place = PLACES[((draws.uniform() * PLACES.len() as f64) as usize).min(PLACES.len() - 1)];
        let format = among(&FORMATS, &mut draws);
        let first = f64::from(since_1970(date(1980, 1, 1)));
        let last = f64::from(since_1970(date(2016, 6, 30)));
        let opened = (first + draws.uniform() * (last - first)).floor() as i32;
        let degrees = |centre: f64, draws: &mut Draws| ((centre + SPREAD * draws.normal()) * 1e6).round() / 1e6;
        let latitude = degrees(place.latitude, &mut draws);
        let longitude = degrees(place.longitude, &mut draws);
        let street = person.address.split_once(' ').map_or(person.address.as_str(), |(_, street)| street);
        Store {
            name: format!("{} {street}", place.city),
            format,
            address: person.address.clone(),
            postal_code: format!("{}{}", place.postal, self.postal_end("store postal code", id)),
            place,
            latitude,
            longitude,
            opened,
        }
    }

    /// Somebody for each number.
    fn people(&self, numbers: &[i64], purpose: &str, progress: &Progress) -> Result<Vec<Person>, EtlError> {
        let seed = self.seed.named(purpose);
        let place = |number: &i64| (number.rem_euclid(PEOPLE as i64)) as usize;
        let mut blocks: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, number) in numbers.iter().enumerate() {
            blocks.entry(place(number) / BLOCK).or_default().push(at);
        }
        let mut made: Vec<Option<Person>> = numbers.iter().map(|_| None).collect();
        for (block, members) in blocks {
            progress.check()?;
            let request = SampleRequest::rows(PEOPLE).shard(block + 1, PEOPLE / BLOCK)?;
            let sample = self.people.sample(&request, seed, &progress.quiet())?;
            for at in members {
                made[at] = Some(Person::of(&sample, place(&numbers[at]) % BLOCK)?);
            }
        }
        let lost = || EtlError::Generation { reason: "a person is missing in the sample".to_owned() };
        made.into_iter().collect::<Option<Vec<_>>>().ok_or_else(lost)
    }

    fn postal_end(&self, purpose: &str, id: i64) -> String {
        format!("{:02}", (self.draws(purpose, id).uniform() * 100.0) as u32)
    }

    fn draws(&self, purpose: &str, id: i64) -> Draws {
        self.seed.named(purpose).numbered(id.cast_unsigned()).draws()
    }
}

struct Store {
    name: String,
    format: &'static str,
    address: String,
    place: Place,
    postal_code: String,
    latitude: f64,
    longitude: f64,
    opened: i32,
}

impl Person {
    fn of(sample: &DataFrame, row: usize) -> Result<Self, EtlError> {
        let text = |name: &str| -> Result<String, EtlError> {
            let lost = || EtlError::Generation { reason: format!("the sample has no {name}") };
            let column = sample.column(name).map_err(|_| lost())?;
            let texts = column.str().map_err(|_| lost())?;
            texts.get(row).map(str::to_owned).ok_or_else(lost)
        };
        Ok(Self {
            first: text("first_name")?,
            last: text("last_name")?,
            email: text("email")?,
            phone: text("phone")?,
            address: text("address")?,
        })
    }
}

/// One of these by their shares, which sum to 1.
fn among<'a, T>(choices: &'a [(T, f64)], draws: &mut Draws) -> &'a T {
    let mut ticket = draws.uniform();
    let last = choices.len() - 1;
    let chosen = choices[..last].iter().find(|(_, share)| {
        ticket -= share;
        ticket < 0.0
    });
    &chosen.unwrap_or(&choices[last]).0
}

/// The form that made-up people have: American names, whole names in their mail addresses, numbers of the block 555-01xx
/// that belongs to nobody.
fn pattern() -> Result<DataFrame, EtlError> {
    let mails: Vec<String> = (0..10)
        .map(|at| {
            let domain = ["com", "com", "com", "com", "com", "org", "org", "org", "net", "net"][at];
            format!(
                "{}.doe@example.{domain}",
                ["ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal", "ivy", "jon"][at]
            )
        })
        .collect();
    let phones: Vec<String> =
        (0..10).map(|at| format!("({}{}{}) 555-01{at}{}", at + 2 - at / 8 * 8, at, (at + 5) % 10, 9 - at)).collect();
    let addresses: Vec<String> =
        (0..10).map(|at| format!("{} Elm Street", [7, 12, 34, 151, 288, 416, 903, 2210, 41, 560][at])).collect();
    df!(
        "first_name" => ["Ann", "Bob", "Cathy", "Dan", "Eve", "Fay", "Gus", "Hal", "Ivy", "Jon"],
        "last_name" => ["Smith", "Jones", "Brown", "Miller", "Davis", "Wilson", "Moore", "Taylor", "White", "Harris"],
        "email" => mails,
        "phone" => phones,
        "address" => addresses
    )
    .map_err(|error| EtlError::Generation { reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use arrow_array::cast::AsArray;
    use arrow_array::types::{Float64Type, Int64Type};

    use super::*;

    fn texts(batch: &RecordBatch, column: &str) -> Vec<String> {
        let column = batch.column_by_name(column).unwrap();
        column.as_string::<i32>().iter().map(|text| text.unwrap().to_owned()).collect()
    }

    #[test]
    fn what_is_made_follows_from_seed_and_number_alone() {
        let generator = Generator::new(2017).unwrap();
        let all = generator.customers(&[1, 2, 900, 2_500, 7_000_000_000], &Progress::silent()).unwrap();
        let few = Generator::new(2017).unwrap().customers(&[2_500, 2], &Progress::silent()).unwrap();
        for column in ["FIRST_NAME", "LAST_NAME", "EMAIL", "PHONE", "ADDRESS", "POSTAL_END"] {
            let (all, few) = (texts(&all, column), texts(&few, column));
            assert_eq!((&all[3], &all[1]), (&few[0], &few[1]), "{column}");
        }
        let other = Generator::new(2018).unwrap().customers(&[1, 2], &Progress::silent()).unwrap();
        assert_ne!(texts(&all, "EMAIL")[..2], texts(&other, "EMAIL")[..]);
    }

    #[test]
    fn people_and_stores_look_like_some() {
        let generator = Generator::new(2017).unwrap();
        let ids: Vec<i64> = (1..=2_500).collect();
        let people = generator.customers(&ids, &Progress::silent()).unwrap();
        let mails = texts(&people, "EMAIL");
        assert_eq!(mails.iter().collect::<BTreeSet<_>>().len(), 2_500);
        let first = texts(&people, "FIRST_NAME")[0].to_lowercase();
        assert!(mails[0].starts_with(&first), "{} of {first}", mails[0]);
        let phones = texts(&people, "PHONE");
        assert!(phones.iter().all(|phone| phone.len() == 14 && phone.contains(") 555-01")), "{:?}", &phones[..3]);
        let stores = generator.stores(&ids, &Progress::silent()).unwrap();
        let formats = texts(&stores, "STORE_FORMAT");
        for (format, share) in FORMATS {
            let found = formats.iter().filter(|found| *found == format).count() as f64 / 2_500.0;
            assert!((found - share).abs() < 0.03, "{format}: {found}");
        }
        assert_eq!(texts(&stores, "CITY").iter().collect::<BTreeSet<_>>().len(), PLACES.len());
        assert!(texts(&stores, "POSTAL_CODE").iter().all(|code| code.len() == 5));
    }

    #[test]
    fn channels_and_targets_keep_their_laws() {
        let generator = Generator::new(2017).unwrap();
        let ids: Vec<i64> = (0..20_000).map(|at| at * 7_919).collect();
        let channels = generator.channels(&ids).unwrap();
        for (channel, share) in CHANNELS {
            let column = channels.column(1).as_primitive::<Int64Type>();
            let found = column.iter().filter(|found| *found == Some(channel)).count() as f64 / 20_000.0;
            assert!((found - share).abs() < 0.01, "{channel}: {found}");
        }
        let targets = generator.targets(&ids).unwrap();
        let logs: Vec<f64> =
            targets.column(1).as_primitive::<Float64Type>().iter().map(|factor| factor.unwrap().ln()).collect();
        let mean = logs.iter().sum::<f64>() / 20_000.0;
        let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!((mean.exp() - TARGET_MEDIAN).abs() < 0.01 && (variance.sqrt() - TARGET_SIGMA).abs() < 0.01);
    }
}

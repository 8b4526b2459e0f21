//! Methods that add rows to a table, or take some away, so that a learner sees every class often enough.
//!
//! Each is an [`Augmenter`]: one file, one line in the registry ([`augmenters`]). What they share: the classes of a
//! target and how many rows each is to have (`classes`, `sampling`), the nearest neighbours of a row (`neighbours`), and
//! rows made between two others (`opened`), on the lattice and with the decimals of their columns, within the table's
//! rules.

mod adasyn;
mod boost;
mod borderline_smote;
mod classes;
mod common;
mod mixup;
mod neighbours;
mod noise;
mod opened;
#[cfg(test)]
mod peer;
mod random_over;
mod random_under;
mod sampling;
mod smote;
mod smote_nc;

use std::fmt;

use polars::prelude::DataFrame;

use crate::{Metadata, Progress, Seed, Setting, SynthError};

pub use registry::{augmenters, find_augmenter};

/// A method that adds rows to a table, with its settings.
///
/// The result holds the table's rows first, unchanged, then the new ones (of under-sampling: the rows that are kept, in
/// their order), in the same columns of the same types. Whole numbers stay on the lattice that their column keeps to,
/// other numbers keep their decimals, categories are those that were there, keys are made anew. Where only one of two
/// rows has a value the new row has that of either, by the weights of the two, so that gaps are as frequent as they
/// were. Rows without a label stay and are never used.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{Metadata, Progress, Seed, find_augmenter};
///
/// let table = df!(
///     "age" => [23, 45, 31, 62, 38, 51, 29],
///     "hours" => [40, 38, 45, 20, 40, 60, 35],
///     "left" => ["no", "no", "yes", "no", "no", "yes", "no"]
/// )?;
/// let mut smote = find_augmenter("smote")?;
/// smote.set("neighbours", "3")?;
/// let more = smote.augment(&table, &Metadata::detect(&table)?, Some("left"), Seed::new(7), &Progress::silent())?;
/// assert_eq!(more.head(Some(7)), table);
/// assert_eq!(more.height(), 10);
/// assert!(more.column("left")?.str()?.iter().skip(7).all(|label| label == Some("yes")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Augmenter: fmt::Debug + Send + Sync {
    /// Its name, as it is typed.
    fn name(&self) -> &'static str;

    /// What it does, in a sentence.
    fn about(&self) -> &'static str;

    /// The settings that it takes, each with its default.
    fn settings(&self) -> &'static [Setting];

    /// Gives a setting a value, as it is typed: `neighbours`, `7`.
    ///
    /// # Errors
    /// [`SynthError::UnknownSetting`] or [`SynthError::InvalidSetting`].
    fn set(&mut self, name: &str, value: &str) -> Result<(), SynthError>;

    /// The table with its new rows. `target` is the column whose classes are balanced; noise and mixup need none.
    ///
    /// # Errors
    /// [`SynthError::NoTarget`], [`SynthError::NotClasses`], [`SynthError::OneClass`], [`SynthError::ClassTooSmall`],
    /// [`SynthError::NoNumbers`], [`SynthError::NoBorder`], [`SynthError::NoColumns`], [`SynthError::TooFewRows`],
    /// [`SynthError::MissingColumn`], [`SynthError::UnsupportedType`], [`SynthError::KindMismatch`],
    /// [`SynthError::InvalidSetting`], [`SynthError::IdentifiersExhausted`], and [`SynthError::Cancelled`] when
    /// `progress` asks to stop.
    fn augment(
        &self,
        table: &DataFrame,
        metadata: &Metadata,
        target: Option<&str>,
        seed: Seed,
        progress: &Progress,
    ) -> Result<DataFrame, SynthError>;
}

mod registry {
    use super::adasyn::Adasyn;
    use super::boost::Boost;
    use super::borderline_smote::BorderlineSmote;
    use super::mixup::Mixup;
    use super::noise::Noise;
    use super::random_over::RandomOver;
    use super::random_under::RandomUnder;
    use super::smote::Smote;
    use super::smote_nc::SmoteNc;
    use super::{Augmenter, SynthError};

    const AUGMENTERS: [fn() -> Box<dyn Augmenter>; 9] = [
        || Box::new(Adasyn::default()),
        || Box::new(Boost::default()),
        || Box::new(BorderlineSmote::default()),
        || Box::new(Mixup::default()),
        || Box::new(Noise::default()),
        || Box::new(RandomOver::default()),
        || Box::new(RandomUnder::default()),
        || Box::new(Smote::default()),
        || Box::new(SmoteNc::default()),
    ];

    /// Every augmenter with its default settings, by name.
    #[must_use]
    pub fn augmenters() -> Vec<Box<dyn Augmenter>> {
        AUGMENTERS.iter().map(|make| make()).collect()
    }

    /// The augmenter of this name, with its default settings.
    ///
    /// # Errors
    /// [`SynthError::UnknownAugmenter`], which names those there are.
    pub fn find_augmenter(name: &str) -> Result<Box<dyn Augmenter>, SynthError> {
        let all = augmenters();
        let known = all.iter().map(|one| one.name()).collect::<Vec<_>>().join(", ");
        all.into_iter()
            .find(|one| one.name() == name)
            .ok_or_else(|| SynthError::UnknownAugmenter { name: name.to_owned(), known })
    }
}

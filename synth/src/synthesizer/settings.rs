//! What can be set about a synthesizer or an augmenter, as data: help, completion and parsing read the same lines.

use std::fmt;

use crate::SynthError;

/// One setting of a synthesizer or an augmenter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// Its name, as it is typed before the `=`.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// The values that it takes.
    pub kind: SettingKind,
    /// Its value when nothing is said, as it would be typed.
    pub default: &'static str,
}

/// The values that a setting takes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum SettingKind {
    /// A whole number within limits.
    Whole {
        /// The smallest.
        least: usize,
        /// The largest.
        most: usize,
    },
    /// A number within limits.
    Number {
        /// The smallest.
        least: f64,
        /// The largest.
        most: f64,
    },
    /// A number within limits, or the word `auto`.
    NumberOrAuto {
        /// The smallest.
        least: f64,
        /// The largest.
        most: f64,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Text of a form that is described so.
    Text(&'static str),
}

impl fmt::Display for SettingKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole { least, most } => write!(out, "a whole number from {least} to {most}"),
            Self::Number { least, most } => write!(out, "a number from {least} to {most}"),
            Self::NumberOrAuto { least, most } => write!(out, "auto or a number from {least} to {most}"),
            Self::Choice(words) => write!(out, "one of {}", words.join(", ")),
            Self::Text(form) => out.write_str(form),
        }
    }
}

impl Setting {
    /// The setting of this name among those of a method.
    pub(crate) fn find(
        synthesizer: &'static str,
        settings: &'static [Self],
        name: &str,
    ) -> Result<&'static Self, SynthError> {
        settings.iter().find(|setting| setting.name == name).ok_or_else(|| SynthError::UnknownSetting {
            synthesizer,
            name: name.to_owned(),
            known: settings.iter().map(|setting| setting.name).collect::<Vec<_>>().join(", "),
        })
    }

    /// A whole number within the setting's limits.
    pub(crate) fn whole(&self, value: &str) -> Result<usize, SynthError> {
        let parsed = value.trim().replace('_', "").parse().ok();
        parsed.filter(|number| self.allows(*number as f64)).ok_or_else(|| self.invalid(value))
    }

    /// A number within the setting's limits.
    pub(crate) fn number(&self, value: &str) -> Result<f64, SynthError> {
        let parsed = value.trim().parse().ok();
        parsed.filter(|number| self.allows(*number)).ok_or_else(|| self.invalid(value))
    }

    /// A number within the setting's limits, or none for `auto`.
    pub(crate) fn number_or_auto(&self, value: &str) -> Result<Option<f64>, SynthError> {
        if value.trim() == "auto" {
            return Ok(None);
        }
        let parsed = value.trim().parse().ok();
        parsed.filter(|number| self.allows(*number)).map(Some).ok_or_else(|| self.invalid(value))
    }

    /// One of the setting's words.
    pub(crate) fn choice(&self, value: &str) -> Result<&'static str, SynthError> {
        let SettingKind::Choice(words) = self.kind else { return Err(self.invalid(value)) };
        words.iter().find(|word| **word == value.trim()).copied().ok_or_else(|| self.invalid(value))
    }

    /// Whether a number is within the setting's limits.
    pub(crate) fn allows(&self, number: f64) -> bool {
        match self.kind {
            SettingKind::Whole { least, most } => (least as f64..=most as f64).contains(&number),
            SettingKind::Number { least, most } | SettingKind::NumberOrAuto { least, most } => {
                (least..=most).contains(&number)
            }
            SettingKind::Choice(_) | SettingKind::Text(_) => false,
        }
    }

    /// That a value is not one the setting takes.
    pub(crate) fn invalid(&self, value: &str) -> SynthError {
        SynthError::InvalidSetting {
            name: self.name.to_owned(),
            expected: self.kind.to_string(),
            value: value.to_owned(),
        }
    }
}

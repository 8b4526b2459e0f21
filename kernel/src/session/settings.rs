//! The settings that `%config` shows and changes.

use crate::display::TableOptions;
use crate::error::KernelError;
use crate::magic::suggest;

/// One setting as `%config` lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The name, such as `display.rows`.
    pub name: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// The smallest value.
    pub least: usize,
    /// The largest value.
    pub most: usize,
}

/// Every setting, in the order of [`Settings::values`].
const ALL: [Setting; 4] = [
    Setting { name: "display.rows", help: "Rows of a table that are shown.", least: 1, most: 10_000 },
    Setting { name: "display.columns", help: "Columns of a table that are shown.", least: 1, most: 1_000 },
    Setting { name: "display.text", help: "Characters of a value that are shown.", least: 4, most: 10_000 },
    Setting { name: "sql.rows", help: "Rows of a query's result that are shown.", least: 1, most: 10_000 },
];

/// Names that people know from elsewhere.
const ALIASES: [(&str, &str); 1] = [("SqlMagic.displaylimit", "sql.rows")];

/// The settings of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    values: [usize; 4],
}

impl Default for Settings {
    fn default() -> Self {
        let table = TableOptions::default();
        Self { values: [table.rows, table.columns, table.text, 10] }
    }
}

impl Settings {
    /// Every setting with its value.
    pub fn iter(&self) -> impl Iterator<Item = (Setting, usize)> {
        ALL.into_iter().zip(self.values)
    }

    /// How tables are shown.
    #[must_use]
    pub fn table(&self) -> TableOptions {
        let [rows, columns, text, _] = self.values;
        TableOptions { rows, columns, text, ..TableOptions::default() }
    }

    /// Rows of a query's result that are shown.
    #[must_use]
    pub fn sql_rows(&self) -> usize {
        self.values[3]
    }

    /// Changes a setting.
    ///
    /// # Errors
    /// `magic::unknown_name` or `magic::bad_value`.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), KernelError> {
        let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| *name);
        let Some(at) = ALL.iter().position(|setting| setting.name == name) else {
            let names: Vec<&str> = ALL.iter().map(|setting| setting.name).collect();
            return Err(KernelError::UnknownName {
                what: "setting",
                name: name.to_owned(),
                help: suggest::did_you_mean(name, &names, "settings"),
            });
        };
        let Setting { least, most, .. } = ALL[at];
        match value.replace('_', "").parse() {
            Ok(number) if (least..=most).contains(&number) => self.values[at] = number,
            _ => {
                return Err(KernelError::BadValue {
                    argument: name.to_owned(),
                    expected: format!("a whole number from {least} to {most}"),
                    value: value.to_owned(),
                    help: format!("for example %config {name}={}", least.max(20)),
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_checked() {
        let mut settings = Settings::default();
        settings.set("display.rows", "20").unwrap();
        assert_eq!(settings.table().rows, 20);
        settings.set("SqlMagic.displaylimit", "7").unwrap();
        assert_eq!(settings.sql_rows(), 7);
        assert!(settings.set("display.rows", "0").is_err());
        assert!(settings.set("display.rows", "many").is_err());
        assert!(settings.set("display.row", "1").is_err());
    }
}

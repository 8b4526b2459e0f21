//! What a column is: a time, a number, a flag, a name, something personal.

use super::names::synonyms;
use crate::analyzer::{ColumnAnalysis, Role};
use crate::semantic::words::split;
use crate::semantic::{FilterExtension, NamedFilter, PersonalData, TimeKind};

/// Numbers that may not be summed, by the words in their names.
const RATES: &[&str] = &[
    "age",
    "altitude",
    "average",
    "balance",
    "capacity",
    "close",
    "density",
    "depth",
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

/// What becomes of a column.
pub(super) enum Kind {
    /// A time, cast to a type.
    Time(TimeKind, Option<&'static str>),
    /// A number, cast to a type.
    Number(Option<&'static str>),
    Flag,
    Other,
}

pub(super) fn kind(about: &ColumnAnalysis) -> Kind {
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
pub(super) fn is_label(words: &[String]) -> bool {
    let label = |word: &String| {
        matches!(
            word.as_str(),
            "zip" | "zipcode" | "postal" | "postcode" | "phone" | "telephone" | "fax" | "code" | "ssn"
        )
    };
    words.iter().any(label) || words.len() == 1 && matches!(words[0].as_str(), "number" | "no" | "nr")
}

/// Words that end as the word for identifiers does.
const WORDS_IN_ID: &[&str] = &[
    "paid", "said", "laid", "maid", "raid", "grid", "void", "avoid", "acid", "valid", "rapid", "solid", "fluid",
    "humid",
];

/// Whether words say that a column identifies something: `id`, `aid`, `section number`.
pub(super) fn identifies(words: &[String]) -> bool {
    let Some(last) = words.last() else { return false };
    matches!(last.as_str(), "id" | "key" | "code" | "cd" | "fk" | "uuid" | "guid")
        || (matches!(last.as_str(), "no" | "nr" | "number") && words.len() > 1 && words[0] != "total")
        || (words.len() == 1
            && last.ends_with("id")
            && (last.len() <= 3 || last.len() <= 5 && !WORDS_IN_ID.contains(&last.as_str())))
}

/// Whether a dimension names its entity: `name`, `title`, `first name`, `state name`, `ingr name` of an ingredient.
pub(super) fn names_it(name: &str, one: &str) -> bool {
    let words: Vec<&str> = name.split('_').collect();
    let last = words.last().copied().unwrap_or_default();
    match words.as_slice() {
        ["name" | "title" | "symbol" | "label" | "firstname" | "lastname" | "fullname" | "keyword"]
        | ["first" | "last" | "full" | "given" | "family", "name"] => true,
        _ => {
            let front = words[..words.len().saturating_sub(1)].join(" ");
            let short = front.len() > 2 && one.starts_with(&front);
            matches!(last, "name" | "title" | "symbol") && (short || one.ends_with(&front) || front.ends_with(one))
        }
    }
}

pub(super) fn personal(name: &str, about: &ColumnAnalysis) -> Option<PersonalData> {
    let words: Vec<&str> = name.split('_').collect();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(word));
    if about.data_type.to_ascii_uppercase().starts_with("VARCHAR")
        || about.data_type.to_ascii_uppercase().starts_with("TEXT")
    {
        // The state of an address is nobody's address.
        let region = words.len() > 1
            && words.last().is_some_and(|last| {
                matches!(*last, "city" | "county" | "state" | "country" | "region" | "province" | "town")
            });
        if has(CONTACTS) && !region {
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
pub(super) fn flag_filter(name: &str, expr: &str, about: &ColumnAnalysis) -> Option<NamedFilter> {
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

/// Whether numbers of this name may be summed.
pub(super) fn sums(name: &str) -> bool {
    !split(name).iter().any(|word| RATES.contains(&word.as_str()))
}

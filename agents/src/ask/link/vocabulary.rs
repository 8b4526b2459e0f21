//! The words of each table and column, so that any form of a name is known: "number of citations" for `citation_num`,
//! "PASI score at day 100" for `day100_pasi_score`.

use serde::{Deserialize, Serialize};

use super::forms::{UNITS, forms_of, split, typed_forms};
use crate::ask::words::{Token, stem};
use crate::plan::Field;
use crate::semantic::{LogicalTable, SemanticModel, TableRole};

/// What kind of column it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ColumnKind {
    /// It tells rows apart, or points at another table.
    Key,
    /// Texts, and numbers that stand for something.
    Text,
    /// True or false.
    Flag,
    /// Numbers to reckon with.
    Number,
    /// Days, moments and years.
    Time,
}

/// What words name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Named {
    /// A thing, by its name in the model.
    Entity(String),
    /// A column.
    Column(Field, ColumnKind),
}

/// A table or column and its words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Noun {
    pub(crate) named: Named,
    /// Words that must be said, each in one of several forms.
    required: Vec<Vec<String>>,
    /// Words that may be said.
    optional: Vec<Vec<String>>,
    /// The words of its table.
    owner: Vec<Vec<String>>,
}

/// Words of a question that are a name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spoken {
    pub(crate) len: usize,
    pub(crate) named: Named,
    /// How many words of the name were said.
    pub(crate) said: usize,
    /// How many were not.
    pub(crate) unsaid: usize,
    /// Whether the words of its table stood with it.
    pub(crate) owned: bool,
    /// How many words its name must have.
    pub(crate) core: usize,
}

/// The names of a model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Vocabulary {
    nouns: Vec<Noun>,
}

/// Words that a name may leave out when it is said.
const SLIGHT: &[&str] = &[
    "number",
    "count",
    "total",
    "amount",
    "value",
    "date",
    "time",
    "datetime",
    "timestamp",
    "is",
    "has",
    "have",
    "had",
    "id",
    "code",
    "name",
    "string",
    "str",
    "text",
    "flag",
    "level",
    "average",
    "of",
    "the",
    "a",
    "to",
    "at",
    "on",
    "in",
    "and",
    "for",
    "key",
    "identifier",
    "by",
    "was",
    "were",
    "do",
    "address",
    "location",
];

/// Words that a time's name may leave out besides.
const OF_TIMES: &[&str] = &["term", "semester", "day", "year", "month", "moment"];

/// Words between the words of a name.
const BETWEEN: &[&str] = &["of", "the", "a", "an", "in", "at", "on", "for", "'", "-", "/"];

impl Vocabulary {
    /// The names of a model.
    pub(crate) fn new(model: &SemanticModel) -> Self {
        let mut nouns = Vec::new();
        for table in model.tables.iter().filter(|table| table.extension.role != TableRole::Calendar) {
            of_table(table, &mut nouns);
        }
        let names: Vec<String> = model.entities().map(|found| found.entity.singular.clone()).collect();
        nouns.retain(|noun| match &noun.named {
            Named::Entity(thing) => {
                let other = |name: &String| name != thing && typed_forms(&split(name)) == noun.required;
                !names.iter().any(other)
            }
            Named::Column(..) => true,
        });
        Self { nouns }
    }

    /// The names that begin at a token, the best first: most words said, fewest left out.
    pub(crate) fn at(&self, tokens: &[Token], i: usize) -> Vec<Spoken> {
        let mut found: Vec<Spoken> = self.nouns.iter().filter_map(|noun| noun.at(tokens, i)).collect();
        found.sort_by_key(|spoken| {
            (std::cmp::Reverse((spoken.said, spoken.owned)), spoken.unsaid, std::cmp::Reverse(spoken.len))
        });
        found
    }

    /// The kind of a column.
    pub(crate) fn kind(&self, field: &Field) -> Option<ColumnKind> {
        self.nouns.iter().find_map(|noun| match &noun.named {
            Named::Column(known, kind) if known.table == field.table && known.name == field.name => Some(*kind),
            _ => None,
        })
    }

    /// The times of a table.
    pub(crate) fn times(&self, table: &str) -> Vec<Field> {
        let mut out: Vec<Field> = Vec::new();
        for noun in &self.nouns {
            if let Named::Column(field, ColumnKind::Time) = &noun.named
                && field.table == table
                && !out.contains(field)
            {
                out.push(field.clone());
            }
        }
        out
    }
}

/// Whether a value says yes.
pub(crate) fn affirms(value: &str) -> bool {
    matches!(value.to_lowercase().as_str(), "y" | "yes" | "true" | "t" | "1")
}

/// Whether a value says no.
pub(crate) fn denies(value: &str) -> bool {
    matches!(value.to_lowercase().as_str(), "n" | "no" | "false" | "f" | "0")
}

fn of_table(table: &LogicalTable, nouns: &mut Vec<Noun>) {
    let entity = table.extension.entity.as_ref();
    let singular = entity.map_or(table.name.as_str(), |entity| entity.singular.as_str());
    let mut owner = forms_of(&split(singular));
    owner.extend(entity.and_then(|entity| entity.short()).map(|short| vec![stem(short)]));
    if let Some(entity) = entity {
        let others = alike(&entity.singular);
        let mut said: Vec<Vec<Vec<String>>> = Vec::new();
        for word in std::iter::once(&entity.singular).chain(&entity.nouns).chain(&table.synonyms).chain(&others) {
            let required = typed_forms(&split(word));
            if !required.is_empty() && !said.contains(&required) {
                said.push(required);
            }
        }
        nouns.extend(said.into_iter().map(|required| Noun {
            named: Named::Entity(entity.singular.clone()),
            required,
            optional: typed_forms(&["record".to_owned(), "entry".to_owned()]),
            owner: Vec::new(),
        }));
    }
    let key = entity.and_then(|entity| entity.key.as_deref());
    let mut add = |name: &str, synonyms: &[String], kind: ColumnKind| {
        let field = Field::new(&table.name, name);
        let mut made: Vec<Noun> = Vec::new();
        for said in std::iter::once(name).chain(synonyms.iter().map(String::as_str)) {
            let noun = column(&field, said, kind, &owner);
            if !made.iter().any(|known| known.required == noun.required && known.optional.len() >= noun.optional.len())
            {
                made.push(noun);
            }
        }
        if kind == ColumnKind::Key && key == Some(name) {
            let noun = column(&field, "id", kind, &owner);
            if !made.iter().any(|known| known.required == noun.required) {
                made.push(noun);
            }
        }
        if let [front, back] = split(name).as_slice() {
            let noun = column(&field, &format!("{front}{back}x"), kind, &[]);
            let glued = vec![vec![stem(&format!("{front}{back}"))]];
            made.push(Noun { required: glued, optional: Vec::new(), ..noun });
        }
        nouns.append(&mut made);
    };
    for dimension in table.dimensions.iter().filter(|dimension| !dimension.extension.hidden) {
        let boolean = dimension.data_type.as_deref().is_some_and(|kind| kind.to_uppercase().starts_with("BOOL"));
        let identifies = key == Some(dimension.name.as_str()) && dimension.name != "name"
            || split(&dimension.name).last().is_some_and(|word| word.ends_with("id") && word.len() <= 4);
        let text = dimension.data_type.as_deref().is_some_and(|kind| {
            let kind = kind.to_uppercase();
            kind.starts_with("VARCHAR") || kind.starts_with("TEXT")
        });
        let names = text && split(&dimension.name).last().is_some_and(|word| matches!(word.as_str(), "name" | "title"));
        let two = dimension.is_enum && (1..=2).contains(&dimension.sample_values.len());
        let boolean = boolean || two && dimension.sample_values.iter().all(|value| affirms(value) || denies(value));
        let kind = match (boolean, identifies && !names) {
            (true, _) => ColumnKind::Flag,
            (false, true) => ColumnKind::Key,
            _ => ColumnKind::Text,
        };
        add(&dimension.name, &dimension.synonyms, kind);
    }
    for time in &table.time_dimensions {
        add(&time.name, &time.synonyms, ColumnKind::Time);
    }
    for fact in &table.facts {
        let flag = ["is_", "has_"].iter().any(|front| fact.name.starts_with(front));
        add(&fact.name, &fact.synonyms, if flag { ColumnKind::Flag } else { ColumnKind::Number });
    }
}

/// Other words for people that a table may be of.
fn alike(singular: &str) -> Vec<String> {
    const PEOPLE: &[&str] = &["customer", "client", "user", "buyer", "shopper"];
    if !PEOPLE.contains(&singular) {
        return Vec::new();
    }
    PEOPLE.iter().filter(|word| **word != singular).map(|word| (*word).to_owned()).collect()
}

fn column(field: &Field, said: &str, kind: ColumnKind, owner: &[Vec<String>]) -> Noun {
    let words = split(said);
    let slight = |word: &String| {
        let identifies = kind == ColumnKind::Key && matches!(word.as_str(), "id" | "key" | "code" | "name");
        let minutes = kind == ColumnKind::Number && word == "minimum" && words.len() > 1 && words.last() == Some(word);
        !identifies && SLIGHT.contains(&word.as_str())
            || minutes
            || UNITS.iter().any(|(unit, _)| unit == word)
            || kind == ColumnKind::Time && OF_TIMES.contains(&word.as_str())
    };
    let of_owner = |word: &String| owner.iter().any(|forms| forms.iter().any(|form| *form == stem(word)));
    let mut required: Vec<String> = words.iter().filter(|word| !slight(word) && !of_owner(word)).cloned().collect();
    // "the first batch" is no first name.
    let partial = |word: &String| matches!(word.as_str(), "first" | "last" | "full" | "middle" | "given" | "family");
    if required.is_empty() || required.iter().all(partial) {
        required = words.iter().filter(|word| !of_owner(word)).cloned().collect();
    }
    if required.is_empty() {
        required.clone_from(&words);
    }
    let optional: Vec<String> =
        words.iter().filter(|word| !required.contains(word) && !of_owner(word)).cloned().collect();
    let mut optional = forms_of(&optional);
    if kind == ColumnKind::Key {
        optional.push(vec!["identifi".to_owned(), "number".to_owned()]);
    }
    // "country name" and "semester id" for columns that hold one.
    if kind == ColumnKind::Text {
        optional.push(vec!["name".to_owned(), "id".to_owned()]);
    }
    if kind == ColumnKind::Number {
        optional.push(vec!["score".to_owned(), "valu".to_owned()]);
    }
    let required = forms_of(&required);
    // "courses have a lab": there the table is the thing that has it.
    let spoken = |forms: &&Vec<String>| kind != ColumnKind::Flag && !required.contains(forms);
    let owner = owner.iter().filter(spoken).cloned().collect();
    Noun { named: Named::Column(field.clone(), kind), required, optional, owner }
}

/// Whether two stems are of one word: "regist" and "registr", "particip" and "particip".
fn kin(form: &str, said: &str) -> bool {
    form == said
        || (form.len().min(said.len()) >= 5
            && form.len().abs_diff(said.len()) <= 3
            && (form.starts_with(said) || said.starts_with(form)))
}

fn takes(list: &[Vec<String>], taken: &mut [bool], said: &str) -> bool {
    let found = list
        .iter()
        .enumerate()
        .find(|(k, forms)| !taken[*k] && forms.iter().any(|form| kin(form, said)))
        .map(|(k, _)| k);
    if let Some(k) = found {
        taken[k] = true;
    }
    found.is_some()
}

impl Noun {
    fn at(&self, tokens: &[Token], i: usize) -> Option<Spoken> {
        let entity = matches!(self.named, Named::Entity(_));
        let mut required = vec![false; self.required.len()];
        let mut optional = vec![false; self.optional.len()];
        let mut of_table = vec![false; self.owner.len()];
        let (mut len, mut gap, mut said) = (0, 0, 0);
        for (k, token) in tokens[i..].iter().enumerate().take(10) {
            if token.quoted || token.mark && !matches!(token.norm.as_str(), "-" | "'" | "/" | "_") {
                break;
            }
            let exact = |list: &[Vec<String>]| list.iter().any(|forms| forms.contains(&token.stem));
            // After the name itself, the words of its table need an "of": "title of the publication".
            let number = matches!(self.named, Named::Column(_, ColumnKind::Number));
            let apart = said == 0 || gap > 0 || number || !required.iter().any(|it| *it);
            let word = takes(&self.required, &mut required, &token.stem)
                || (k > 0 || !entity) && takes(&self.optional, &mut optional, &token.stem)
                || !entity && apart && exact(&self.owner) && takes(&self.owner, &mut of_table, &token.stem);
            if word {
                said += 1;
                len = k + 1;
                gap = 0;
            } else if len > 0
                && !entity
                && gap < 2
                && (token.mark || token.is(BETWEEN) || self.onwards(tokens, i + k, &required))
            {
                gap += 1;
            } else {
                break;
            }
        }
        if len == 0 || !required.iter().all(|it| *it) {
            return None;
        }
        if entity && !self.as_typed(tokens, i, len) {
            return None;
        }
        // "the claimed amount for approved claims": how the claims are, and no amount that was approved.
        let state = |three: &[Token]| {
            three[0].is(&["for", "in", "at", "on"])
                && three[1].norm.ends_with("ed")
                && !three[2].mark
                && three[2].norm != three[2].lemma
        };
        if !entity && tokens[i..tokens.len().min(i + len + 1)].windows(3).any(state) {
            return None;
        }
        let unsaid = optional.iter().zip(&self.optional).filter(|(taken, forms)| !**taken && forms.len() == 1).count();
        let owned = !of_table.is_empty() && of_table.iter().all(|it| *it);
        Some(Spoken { len, named: self.named.clone(), said, unsaid, owned, core: self.required.len() })
    }

    /// "predicted to graduate": a "to" inside of a name, between two words that it must have.
    fn onwards(&self, tokens: &[Token], at: usize, required: &[bool]) -> bool {
        let open = self.required.iter().zip(required).filter(|(_, taken)| !**taken);
        tokens[at].is(&["to"])
            && required.iter().any(|it| *it)
            && tokens
                .get(at + 1)
                .is_some_and(|next| open.into_iter().any(|(forms, _)| forms.iter().any(|form| kin(form, &next.stem))))
    }

    /// Whether a thing is said as a noun: "students", not "studied".
    fn as_typed(&self, tokens: &[Token], i: usize, len: usize) -> bool {
        tokens[i..i + len].iter().all(|token| {
            let said = [stem(&token.lemma), token.stem.clone()];
            let verb = ["ed", "ing"].iter().any(|end| token.norm.ends_with(end));
            let known = |words: &[Vec<String>]| {
                words.iter().any(|forms| {
                    let typed = forms.first().is_some_and(|word| *word == token.lemma || *word == token.norm);
                    typed || !verb && forms.iter().skip(1).any(|form| said.contains(form))
                })
            };
            known(&self.required) || known(&self.optional)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::words::tokenize;

    fn vocabulary() -> Vocabulary {
        let model = SemanticModel::from_yaml(
            "name: v
tables:
- name: publication
  base_table: {table: publication}
  dimensions: [{name: pid, expr: pid}, {name: title, expr: title}]
  time_dimensions: [{name: admit_term, expr: a}, {name: registration_year, expr: y}]
  facts:
  - {name: citation_number, expr: citation_num}
  - {name: day100_pasi_score, expr: d}
  - {name: day30_pasi_score, expr: d3}
  - {name: height_cm, expr: h}
  extension: {entity: {singular: publication, plural: publications, key: pid, labels: [title]}}
",
        )
        .unwrap();
        Vocabulary::new(&model)
    }

    #[test]
    fn any_form_of_a_name_is_known() {
        let known = vocabulary();
        for (said, name, len) in [
            ("citations received", "citation_number", 1),
            ("PASI score at day 100 and", "day100_pasi_score", 5),
            ("height in cm", "height_cm", 3),
            ("heights in centimeters", "height_cm", 3),
            ("admitted", "admit_term", 1),
            ("year of registration", "registration_year", 3),
            ("registered", "registration_year", 1),
            ("title of the publication that", "title", 4),
            ("publication titles", "title", 2),
            ("publication IDs", "pid", 2),
        ] {
            let tokens = tokenize(said);
            let found = known.at(&tokens, 0).into_iter().next();
            let found = found.map(|spoken| (spoken.named, spoken.len));
            let Some((Named::Column(field, _), width)) = found else { panic!("{said}: {found:?}") };
            assert_eq!((field.name.as_str(), width), (name, len), "{said}");
        }
        let tokens = tokenize("publications");
        assert!(matches!(known.at(&tokens, 0)[0].named, Named::Entity(_)));
        assert!(known.at(&tokenize("widgets"), 0).is_empty());
    }
}

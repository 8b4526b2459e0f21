//! Expressions as users type them: what they mean, and what is said about those that mean nothing.

use polars::prelude::*;

use super::*;

fn table() -> DataFrame {
    let table = df!(
        "age" => [Some(17_i64), Some(40), None, Some(65)],
        "pay" => [10.5, f64::NAN, -3.0, 0.0],
        "state" => [Some("Texas"), Some("Ohio"), Some("te%as"), None],
        "member" => [Some(true), Some(false), None, Some(true)],
        "marital-status" => ["a", "b", "c", "d"],
        "day" => [0, 59, 11_016, 19_000],
        "^x$" => [1_u64, u64::MAX, 3, 4],
    );
    let moment = DataType::Datetime(TimeUnit::Nanoseconds, Some(TimeZone::UTC));
    let moments = (col("day").cast(DataType::Int64) * lit(86_400_000_000_000_i64)).cast(moment).alias("at");
    let kinds = col("state").cast(DataType::from_categories(Categories::global())).alias("kind");
    table.unwrap().lazy().with_columns([moments, kinds, col("day").cast(DataType::Date)]).collect().unwrap()
}

fn holds(text: &str) -> Vec<bool> {
    let condition = crate::Condition::parse(text).unwrap();
    condition.check(&table()).unwrap();
    condition.holds(&table()).unwrap()
}

fn text_of(text: &str) -> Vec<Option<String>> {
    let made = Expression::parse(text).unwrap().evaluate(&table()).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(made.len(), 4, "{text}");
    let made = made.cast(&DataType::String).unwrap();
    made.str().unwrap().iter().map(|value| value.map(str::to_owned)).collect()
}

fn reason(text: &str) -> String {
    let checked = crate::Condition::parse(text).and_then(|condition| condition.check(&table()));
    match checked {
        Err(SynthError::InvalidCondition { reason, .. }) => reason,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn a_comparison_with_a_missing_value_does_not_hold() {
    for (text, expected) in [
        ("age > 20", [false, true, false, true]),
        ("not age > 20", [true, false, false, false]),
        ("age > 20 or state = 'te%as'", [false, true, true, true]),
        ("pay > -5", [true, false, true, true]),
        ("pay is null", [false, true, false, false]),
        ("not (age > 20 and member)", [true, true, false, false]),
        ("member is not true", [false, true, true, false]),
        ("age <> 40", [true, false, false, true]),
        ("age not in (17, 40)", [false, false, false, true]),
        ("1 = 1", [true; 4]),
    ] {
        assert_eq!(holds(text), expected, "{text}");
    }
}

#[test]
fn text_dates_and_odd_names_are_compared() {
    for (text, expected) in [
        ("state like 'te%'", [false, false, true, false]),
        ("state ilike 'TE_as'", [true, false, true, false]),
        (r"state like 'te\%as'", [false, false, true, false]),
        ("kind = 'Ohio'", [false, true, false, false]),
        ("day >= '1970-03-01'", [false, true, true, true]),
        ("day between DATE '1970-01-01' and '2000-02-29 12:00'", [true, true, true, false]),
        ("at = TIMESTAMP '1970-03-01 00:00:00'", [false, true, false, false]),
        ("at > day - 1 and year(at) = 1970", [true, true, false, false]),
        ("\"marital-status\" in ('b', 'd')", [false, true, false, true]),
        ("\"^x$\" > 3", [false, true, false, true]),
        ("age > '39'", [false, true, false, true]),
        ("member = 1", [true, false, false, true]),
        ("day + interval '1 day' > '2000-03-01'", [false, false, false, true]),
    ] {
        assert_eq!(holds(text), expected, "{text}");
    }
}

#[test]
fn values_are_computed() {
    let some = |values: [&str; 4]| values.map(|value| (value != "-").then(|| value.to_owned())).to_vec();
    for (text, expected) in [
        ("age / 2", ["8.5", "20.0", "-", "32.5"]),
        ("age % 10 + 1", ["8", "1", "-", "6"]),
        ("age / pay is null", ["false", "true", "true", "true"]),
        ("coalesce(age, 0) - 7", ["10", "33", "-7", "58"]),
        ("case when age < 18 then 'child' when age >= 65 then 'old' else state end", ["child", "Ohio", "te%as", "old"]),
        ("upper(state) || '-' || age", ["TEXAS-17", "OHIO-40", "-", "-"]),
        ("concat(state, '!')", ["Texas!", "Ohio!", "te%as!", "!"]),
        ("greatest(age, 30)", ["30", "40", "30", "65"]),
        ("least(age, pay)", ["10.5", "40.0", "-3.0", "0.0"]),
        ("round(pay / 4, 1)", ["2.6", "-", "-0.8", "0.0"]),
        ("cast(pay as int) + length(state)", ["15", "-", "2", "-"]),
        ("month(day) * 100 + day(day)", ["101", "301", "229", "108"]),
        ("day - '1970-01-01'", ["0", "59", "11016", "19000"]),
        ("day + 1", ["1970-01-02", "1970-03-02", "2000-03-01", "2022-01-09"]),
        ("-age", ["-17", "-40", "-", "-65"]),
        ("nullif(member, true)", ["-", "false", "-", "-"]),
        ("sqrt(pay) + ln(exp(0))", ["3.24037034920393", "-", "-", "0.0"]),
        ("7", ["7"; 4]),
    ] {
        assert_eq!(text_of(text), some(expected), "{text}");
    }
    let none = Expression::parse("age + 1").unwrap().evaluate(&table().head(Some(0))).unwrap();
    assert!(none.is_empty());
}

#[test]
fn what_is_wrong_is_said() {
    for (text, expected) in [
        ("", "it is empty"),
        ("age >", "it can't be read"),
        ("age > 1 state", "it should end before 'state'"),
        ("agee > 3", "did you mean age?"),
        ("AGE > 3", "did you mean age?"),
        ("marital = 'x'", "did you mean \"marital-status\"?"),
        ("age > 'old'", "'old' can't be read as a number"),
        ("state = 5", "5 is a number, not text; write text in single quotes"),
        ("day > 'yesterday'", "'yesterday' can't be read as a date"),
        ("age = null", "write IS NULL"),
        ("age + 1", "it is a number, neither true nor false"),
        ("age in (select 1)", "this is not supported"),
        ("abss(age) > 1", "did you mean abs?"),
        ("abs(age, 2) > 1", "abs takes 1 argument(s), not 2"),
        ("state + state = 'x'", "text is joined by ||"),
        ("age and member", "column 'age' is a number, not a truth value"),
    ] {
        assert!(reason(text).contains(expected), "{text}: {}", reason(text));
    }
    let deep = format!("{}age{} > 1", "(".repeat(5000), ")".repeat(5000));
    assert!(!reason(&deep).is_empty());
    let long = vec!["age > 1"; 5000].join(" and ");
    assert!(reason(&long).contains("words and signs"));
    let many = vec!["age > 1"; 900].join(" or ");
    assert_eq!(crate::Condition::parse(&many).unwrap().holds(&table()).unwrap(), [true, true, false, true]);
}

#[test]
fn conditions_fall_into_parts_and_constants() {
    let condition =
        crate::Condition::parse("age > 3 and (state in ('Texas', 'Ohio') and (day < '1970-02-01'))").unwrap();
    let parts = condition.parts();
    assert_eq!(parts.iter().map(crate::Condition::columns).collect::<Vec<_>>(), [["age"], ["state"], ["day"]]);
    assert!(parts.iter().all(crate::Condition::is_piecewise));
    assert!(!crate::Condition::parse("age % 7 = 3").unwrap().is_piecewise());
    let named = |at: usize, name: &str| -> Vec<String> {
        let column = table().column(name).unwrap().as_materialized_series().clone();
        let named = parts[at].literals(&column).unwrap();
        assert!(named.iter().all(|one| one.dtype() == column.dtype() && one.name() == column.name()));
        named.iter().map(|one| one.str_value(0).unwrap().to_string()).collect()
    };
    assert_eq!(named(0, "age"), ["3"]);
    assert_eq!(named(1, "kind"), ["Texas", "Ohio"]);
    assert_eq!(named(2, "day"), ["1970-02-01"]);
    assert_eq!(named(2, "at"), ["1970-02-01 00:00:00 UTC"]);
    let or = crate::Condition::parse("age > 3 or age is null").unwrap();
    assert_eq!(or.parts().len(), 1);
}

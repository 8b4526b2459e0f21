//! Tests of the time grammar: every row is an expression and the days it means on 31 December 2017.

use jiff::civil::date;

use super::*;
use crate::ask::words::tokenize;

fn calendar() -> Calendar {
    Calendar { today: date(2017, 12, 31), fiscal_start: 2, complete: true }
}

fn says(text: &str) -> String {
    let tokens = tokenize(text);
    let Some((len, when)) = parse(&tokens, 0, calendar()) else { return "nothing".to_owned() };
    let rest = if len == tokens.len() { "" } else { " ..." };
    let open = |d: Option<jiff::civil::Date>| d.map_or("*".to_owned(), |d| d.to_string());
    match when {
        When::Period(p) => format!("{}..{}{rest}", open(p.start), open(p.end)),
        When::Range(a, b) => format!("{}..{}{rest}", open(a.start), open(b.end)),
        When::Sides(a, b) => {
            format!("{}..{} | {}..{}{rest}", open(a.start), open(a.end), open(b.start), open(b.end))
        }
        When::Part(part) => format!("{part:?}{rest}"),
        When::Always => format!("always{rest}"),
    }
}

/// Names every row that says something else than it should.
fn all_say(rows: &[(&str, &str)]) {
    let wrong: Vec<String> = rows
        .iter()
        .filter(|(text, want)| says(text) != *want)
        .map(|(text, want)| format!("{text}: {} and not {want}", says(text)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn absolute_periods() {
    all_say(&[
        ("2017", "2017-01-01..2017-12-31"),
        ("in July 2017", "2017-07-01..2017-07-31"),
        ("July", "2017-07-01..2017-07-31"),
        ("Q3", "2017-07-01..2017-09-30"),
        ("in the second quarter", "2017-04-01..2017-06-30"),
        ("the second quarter of 2016", "2016-04-01..2016-06-30"),
        ("Q1 of 2016", "2016-01-01..2016-03-31"),
        ("2017 Q2", "2017-04-01..2017-06-30"),
        ("the first half of 2017", "2017-01-01..2017-06-30"),
        ("H2", "2017-07-01..2017-12-31"),
        ("5 March", "2017-03-05..2017-03-05"),
        ("March 5th, 2016", "2016-03-05..2016-03-05"),
        ("on 2017-03-05", "2017-03-05..2017-03-05"),
        ("3/5/2017", "2017-03-05..2017-03-05"),
        ("week 12", "2017-03-20..2017-03-26"),
        ("the first week of March", "2017-03-01..2017-03-07"),
        ("the last quarter of 2017", "2017-10-01..2017-12-31"),
        ("the last 10 days of June", "2017-06-21..2017-06-30"),
        ("the first quarter of 2017", "2017-01-01..2017-03-31"),
        ("through 2017", "2017-01-01..2017-12-31"),
        ("Thanksgiving Day", "2017-11-23..2017-11-23"),
        ("Black Friday", "2017-11-24..2017-11-24"),
        ("on Easter", "2017-04-16..2017-04-16"),
        ("the week before Christmas", "2017-12-18..2017-12-24"),
        ("Christmas week", "2017-12-25..2017-12-31"),
        ("summer 2017", "2017-06-01..2017-08-31"),
        ("all time", "always"),
    ]);
}

#[test]
fn relative_periods() {
    all_say(&[
        ("yesterday", "2017-12-30..2017-12-30"),
        ("last month", "2017-11-01..2017-11-30"),
        ("this month", "2017-12-01..2017-12-31"),
        ("last quarter", "2017-07-01..2017-09-30"),
        ("last week", "2017-12-18..2017-12-24"),
        ("last 7 days", "2017-12-25..2017-12-31"),
        ("the past thirty days", "2017-12-02..2017-12-31"),
        ("last 3 months", "2017-10-01..2017-12-31"),
        ("last three full months", "2017-09-01..2017-11-30"),
        ("the previous two weeks", "2017-12-18..2017-12-31"),
        ("2 months ago", "2017-10-01..2017-10-31"),
        ("a year ago", "2016-01-01..2016-12-31"),
        ("year to date", "2017-01-01..2017-12-31"),
        ("so far this month", "2017-12-01..2017-12-31"),
        ("the month before last", "2017-10-01..2017-10-31"),
        ("last Friday", "2017-12-29..2017-12-29"),
        ("next week", "2018-01-01..2018-01-07"),
        ("last year", "2016-01-01..2016-12-31"),
        ("July last year", "2016-07-01..2016-07-31"),
    ]);
}

#[test]
fn ranges_and_fiscal_periods() {
    all_say(&[
        ("between March and June", "2017-03-01..2017-06-30"),
        ("from January through March 2016", "2016-01-01..2016-03-31"),
        ("from 5 May to 7 June", "2017-05-05..2017-06-07"),
        ("between Jan 1, 2023 and Mar 31, 2023", "2023-01-01..2023-03-31"),
        ("between the third and the fourth quarter of 2017", "2017-07-01..2017-12-31"),
        ("from the first half of 2017 to the second", "2017-01-01..2017-12-31"),
        ("June to August", "2017-06-01..2017-08-31"),
        ("from November 2016 to February", "2016-11-01..2017-02-28"),
        ("since October", "2017-10-01..*"),
        ("after June 2017", "2017-07-01..*"),
        ("before 2017", "*..2016-12-31"),
        ("on or after Apr 1, 2023", "2023-04-01..*"),
        ("until the end of March", "*..2017-03-31"),
        ("from May onwards", "2017-05-01..*"),
        ("fiscal year 2017", "2017-02-01..2018-01-31"),
        ("fiscal Q2 of fiscal year 2017", "2017-05-01..2017-07-31"),
        ("FY2016", "2016-02-01..2017-01-31"),
        ("fiscal month 3", "2017-04-01..2017-04-30"),
        ("fiscal week 1 of 2017", "2017-02-01..2017-02-07"),
        ("this fiscal quarter", "2017-11-01..2018-01-31"),
        ("last fiscal year", "2016-02-01..2017-01-31"),
    ]);
}

#[test]
fn short_forms() {
    all_say(&[
        ("Q3'17", "2017-07-01..2017-09-30"),
        ("Q3 17", "2017-07-01..2017-09-30"),
        ("Q1/2017", "2017-01-01..2017-03-31"),
        ("3Q17", "2017-07-01..2017-09-30"),
        ("1H17", "2017-01-01..2017-06-30"),
        ("H2'17", "2017-07-01..2017-12-31"),
        ("CY17", "2017-01-01..2017-12-31"),
        ("11/2017", "2017-11-01..2017-11-30"),
        ("12/24/17", "2017-12-24..2017-12-24"),
        ("24.12.2017", "2017-12-24..2017-12-24"),
        ("2017/12/24", "2017-12-24..2017-12-24"),
        ("Nov-17", "2017-11-01..2017-11-30"),
        ("Jul'17", "2017-07-01..2017-07-31"),
        ("july 17", "2017-07-01..2017-07-31"),
        ("Nov. 2017", "2017-11-01..2017-11-30"),
        ("Dec 1-15", "2017-12-01..2017-12-15"),
        ("December 1 to 15", "2017-12-01..2017-12-15"),
        ("1-15 December 2017", "2017-12-01..2017-12-15"),
        ("Jan-Mar", "2017-01-01..2017-03-31"),
        ("weeks 10 to 12", "2017-03-06..2017-03-26"),
        ("weeks 40-44 of 2017", "2017-10-02..2017-11-05"),
        ("Q1-Q3 2017", "2017-01-01..2017-09-30"),
    ]);
}

#[test]
fn ends_and_neighbours_of_periods() {
    all_say(&[
        ("since the end of September", "2017-10-01..*"),
        ("since the beginning of June", "2017-06-01..*"),
        ("from the end of March on", "2017-04-01..*"),
        ("as of the end of June", "*..2017-06-30"),
        ("by the end of Q1", "*..2017-03-31"),
        ("until the start of March", "*..2017-03-01"),
        ("from mid March to mid April", "2017-03-15..2017-04-15"),
        ("in early May", "2017-05-01..2017-05-10"),
        ("late December", "2017-12-21..2017-12-31"),
        ("the last 3 months of the year", "2017-10-01..2017-12-31"),
        ("in the final month of the year", "2017-12-01..2017-12-31"),
        ("the first two quarters of 2017", "2017-01-01..2017-06-30"),
        ("the first 100 days of 2017", "2017-01-01..2017-04-10"),
        ("the weekend before Christmas", "2017-12-23..2017-12-24"),
        ("the weekend after Thanksgiving", "2017-11-25..2017-11-26"),
        ("the Saturday before Christmas", "2017-12-23..2017-12-23"),
        ("the three days after Halloween", "2017-11-01..2017-11-03"),
        ("2 months before December", "2017-10-01..2017-11-30"),
        ("4 weeks before and after 2017-06-15", "2017-05-18..2017-06-14 | 2017-06-16..2017-07-13"),
        ("over the whole of FY2017", "2017-02-01..2018-01-31"),
        ("in December so far", "2017-12-01..2017-12-31"),
        ("for the full year 2017", "2017-01-01..2017-12-31"),
        ("the first quarter of fiscal year 2017", "2017-02-01..2017-04-30"),
        ("the one of November", "nothing"),
        ("at the end of June", "nothing"),
        ("the weeks before Christmas", "nothing"),
    ]);
}

#[test]
fn recurring_parts() {
    assert_eq!(says("on Mondays"), "Weekdays([1])");
    assert_eq!(says("Friday and Saturday"), "Weekdays([5, 6])");
    assert_eq!(says("on weekends"), "Weekend(true)");
    assert_eq!(says("public holidays"), "Holiday(true)");
    assert_eq!(says("the winter months"), "Months([12, 1, 2])");
    assert_eq!(says("from November to February"), "Months([11, 12, 1, 2])");
}

#[test]
fn no_time_in_other_words() {
    for text in ["may I ask", "march on", "second best", "fall behind", "$2000", "the most"] {
        let found = says(text);
        assert!(found == "nothing" || text == "fall behind", "{text}: {found}");
    }
}

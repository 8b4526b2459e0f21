//! Follow-ups: each must come to what a whole question says, or be refused where it can only be meant as a change.

use super::read;

/// A first question, a follow-up, and the whole question that it stands for.
const STAND_FOR: [(&str, &str, &str); 34] = [
    ("revenue by state in 2017", "now show that per basket", "revenue per basket by state in 2017"),
    ("revenue by state in 2017", "per basket please", "revenue per basket by state in 2017"),
    ("revenue by state in 2017", "and per customer?", "revenue per customer by state in 2017"),
    ("basket value by region", "now per customer", "revenue per customer by region"),
    ("units by department in 2017", "now per visit", "units per basket by department in 2017"),
    ("coupon discount by region", "now per basket", "coupon discount per basket by region"),
    ("revenue by state in 2017", "now by month", "revenue by month in 2017"),
    ("revenue by state in 2017", "instead by brand", "revenue by brand in 2017"),
    ("revenue by state in 2017", "what about units instead", "units by state in 2017"),
    ("revenue by state in 2017", "and units as well", "revenue and units by state in 2017"),
    ("revenue by state in 2017", "same for 2016", "revenue by state in 2016"),
    ("revenue by state in 2017", "and in Q3?", "revenue by state in Q3 2017"),
    ("revenue by state in 2017", "only private brands", "revenue by state in 2017, only private brands"),
    ("revenue by state in 2017", "now only the top 3", "top 3 states by revenue in 2017"),
    ("revenue by state in 2017", "the five lowest instead", "the 5 states with the lowest revenue in 2017"),
    ("revenue by state in 2017", "in percent of the total", "share of revenue by state in 2017"),
    ("revenue by state in 2017", "but without Texas", "revenue by state without Texas in 2017"),
    ("revenue by state in 2017", "and overall?", "revenue in 2017"),
    ("top 3 states by revenue", "and the bottom 3?", "bottom 3 states by revenue"),
    ("top 3 states by revenue", "what about cities?", "top 3 cities by revenue"),
    ("revenue in Texas", "what about Ohio?", "revenue in Ohio"),
    ("revenue in Texas", "and for Ohio?", "revenue in Ohio"),
    ("revenue in Texas in 2017", "and in November?", "revenue in Texas in November 2017"),
    ("how many customers do we have", "and how many own their home?", "how many customers own their home"),
    ("how many baskets were there in May", "and in June?", "how many baskets were there in June"),
    ("how many baskets were there in May", "and online?", "how many baskets were there online in May"),
    ("units by department", "only those with more than 100000", "departments with more than 100000 units"),
    ("units by department", "largest first please", "units by department, largest first"),
    ("sales by month in 2017", "now as a running total", "running total of sales by month in 2017"),
    ("sales by region in 2017", "break it down further by format", "sales by region and format in 2017"),
    ("sales by region in 2017", "split that by channel", "sales by region and channel in 2017"),
    ("sales by region in 2017", "and the average basket?", "average basket by region in 2017"),
    ("sales by region in 2017", "now for weekends only", "sales by region in 2017 on weekends"),
    ("which region sold the most in 2017", "and which sold the least?", "which region sold the least in 2017"),
];

#[test]
fn follow_ups_come_to_whole_questions() {
    let mut wrong = Vec::new();
    for (first, then, whole) in STAND_FOR {
        let (got, want) = (read(then, &[first]), read(whole, &[]));
        if got != want || want.starts_with("ask::") {
            wrong.push(format!("{first} / {then}\n  wanted {want}\n  got    {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn changes_that_fail_are_no_questions_of_their_own() {
    for (first, then) in [
        ("revenue by state in 2017", "now revenue by unicorns"),
        ("revenue by state in 2017", "only revenue of wizards"),
        ("revenue by state in 2017", "what about the blue stores"),
        ("revenue by state in 2017", "and for customers from Atlantis, the number of baskets"),
        ("revenue by state in 2017", "the same for the frobnicated products"),
        ("revenue by state in 2017", "show the profit instead"),
    ] {
        let got = read(then, &[first]);
        assert!(got.starts_with("ask::"), "{first} / {then}: {got}");
    }
}

//! Tests of tokens and numbers.

use super::*;

fn numbers(text: &str) -> Vec<(f64, Unit, bool)> {
    tokenize(text).into_iter().filter_map(|t| t.number).map(|n| (n.value, n.unit, n.ordinal)).collect()
}

fn norms(text: &str) -> Vec<String> {
    tokenize(text).into_iter().map(|t| t.norm).collect()
}

#[test]
fn numbers_in_digits_and_words() {
    assert_eq!(numbers("more than $50,000"), [(50_000.0, Unit::Money, false)]);
    assert_eq!(numbers("past 390 thousand dollars"), [(390_000.0, Unit::Money, false)]);
    assert_eq!(numbers("less than a thousand dollars"), [(1000.0, Unit::Money, false)]);
    assert_eq!(
        numbers("half a million, 1.5k, two hundred and fifty"),
        [(500_000.0, Unit::Plain, false), (1500.0, Unit::Plain, false), (250.0, Unit::Plain, false)]
    );
    assert_eq!(
        numbers("twenty-five and 50 % and ten per cent"),
        [(25.0, Unit::Plain, false), (50.0, Unit::Percent, false), (10.0, Unit::Percent, false)]
    );
    assert_eq!(numbers("the third and 2nd"), [(3.0, Unit::Plain, true), (2.0, Unit::Plain, true)]);
    assert_eq!(numbers("a hundred thousand people"), [(100_000.0, Unit::Plain, false)]);
    assert_eq!(
        numbers("one, two and three"),
        [(1.0, Unit::Plain, false), (2.0, Unit::Plain, false), (3.0, Unit::Plain, false)]
    );
}

#[test]
fn years_are_four_plain_digits() {
    let years = |text: &str| tokenize(text).into_iter().filter(|t| t.number.is_some_and(|n| n.year)).count();
    assert_eq!(years("in 2017"), 1);
    assert_eq!(years("over $2000"), 0);
    assert_eq!(years("2000 dollars"), 0);
    assert_eq!(years("2,017 units"), 0);
}

#[test]
fn words_keep_their_place_and_contractions_open() {
    let tokens = tokenize("What's the caf\u{e9}'s  \"Machine Learning\" total?");
    assert_eq!(
        tokens.iter().map(|t| t.norm.as_str()).collect::<Vec<_>>(),
        ["what", "is", "the", "cafe", "machine learning", "total", "?"]
    );
    let quoted = tokens.iter().find(|t| t.quoted).unwrap();
    assert_eq!(quoted.text, "Machine Learning");
    assert_eq!(
        norms("didn't in-store 65+ 25-34 2017-03-05 W12"),
        ["did", "not", "in", "-", "store", "65+", "25-34", "2017-03-05", "w12"]
    );
    assert_eq!(norms("customers' children's toys"), ["customers", "children", "toys"]);
}

#[test]
fn stems_bring_forms_together() {
    for (a, b) in [
        ("categories", "category"),
        ("sold", "sell"),
        ("households", "household"),
        ("spending", "spent"),
        ("customers", "customer"),
    ] {
        assert_eq!(stem(a), stem(b));
    }
    assert_ne!(stem("customs"), stem("customers"));
    for (a, b) in
        [("categories", "category"), ("boxes", "box"), ("cookies", "cookie"), ("sales", "sale"), ("houses", "house")]
    {
        assert_eq!(lemma(a), lemma(b));
    }
    assert_ne!(lemma("purchased"), lemma("purchases"));
}

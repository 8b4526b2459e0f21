//! Made-up people against what is said of them.

use std::collections::BTreeSet;

use polars::prelude::NamedFrom;

use super::*;
use crate::metadata::{is_iban, luhn};
use crate::{ColumnKind as Kind, Seed};

fn fitted(kind: Kind, values: &[String]) -> Box<dyn FittedTransform> {
    let column = Series::new("x".into(), values);
    PersonalTransform.fit(&column, &ColumnMetadata::new(kind), 10).unwrap()
}

fn made(kind: Kind, values: &[String], rows: usize, first: u64) -> Vec<String> {
    let encoded = Encoded { pieces: vec![0; rows], positions: vec![0.5; rows] };
    let column = fitted(kind, values).inverse(&encoded, Rows { first, seed: Seed::new(4) }).unwrap();
    column.str().unwrap().iter().flatten().map(str::to_owned).collect()
}

fn people(many: usize) -> Vec<String> {
    (0..many)
        .map(|at| format!("{} {}", ["Aaron", "Anna", "Bob", "Zoe"][at % 4], char::from(b'A' + (at % 26) as u8)))
        .collect()
}

fn real(kind: Kind) -> Vec<String> {
    let form: fn(usize) -> String = match kind {
        Kind::Name => |at| format!("Anna {} Lee{at}", char::from(b'A' + (at % 26) as u8)),
        Kind::FirstName => |at| format!("Anna{at}"),
        Kind::LastName => |at| format!("Lee{at}"),
        Kind::Email => |at| format!("anna.lee{at}@firm.com"),
        Kind::PhoneNumber => |at| format!("+41 44 668 {at:04}"),
        Kind::Address => |at| format!("{at} Main Street"),
        Kind::City => |at| format!("Town {at}"),
        Kind::Postcode => |at| format!("{}", 8000 + at),
        Kind::Ssn => |at| format!("123-45-{at:04}"),
        Kind::CreditCardNumber => |at| format!("4111 {:04} {:04} 111{}", at * 7919 % 10_000, at * 31 % 10_000, at % 10),
        Kind::Ipv4Address => |at| format!("192.168.{}.{}", at / 250, at % 250),
        Kind::Ipv6Address => |at| format!("fe80::{at:x}"),
        Kind::Iban => |at| format!("DE89 3704 0044 0532 {at:04} 00"),
        Kind::UserName => |at| format!("alee{at}"),
        Kind::Company => |at| format!("Lee {at} Inc"),
        _ => |at| format!("https://www.firm{at}.com/a/b"),
    };
    (0..400).map(form).collect()
}

#[test]
fn what_was_unique_stays_unique_and_nothing_is_copied() {
    for kind in Kind::PERSONAL {
        let real = real(kind);
        if matches!(kind, Kind::FirstName | Kind::LastName) {
            continue;
        }
        let rows = if kind == Kind::Postcode { 900 } else { 3000 };
        let made: BTreeSet<String> = made(kind, &real, rows, 0).into_iter().collect();
        assert_eq!(made.len(), rows, "{kind}");
        let real: BTreeSet<String> = real.into_iter().collect();
        let most = if matches!(kind, Kind::Ssn | Kind::PhoneNumber | Kind::Postcode) { 400 } else { 5 };
        assert!(made.intersection(&real).count() <= most, "{kind}");
    }
}

#[test]
fn forms_are_kept() {
    let all = |kind: Kind, test: fn(&str) -> bool| {
        let made = made(kind, &real(kind), 200, 0);
        assert!(made.iter().all(|value| test(value)), "{kind}: {:?}", &made[..5]);
    };
    all(Kind::Email, |value| value.ends_with("@example.com") && value.split_once('@').unwrap().0.contains('.'));
    all(Kind::PhoneNumber, |value| value.starts_with("+41 44 668 ") && value.len() == 15);
    all(Kind::CreditCardNumber, |value| value.starts_with("4111 ") && luhn(&value.replace(' ', "")));
    all(Kind::Iban, |value| value.starts_with("DE") && is_iban(value));
    all(Kind::Ipv4Address, |value| value.starts_with("10."));
    all(Kind::Ipv6Address, |value| value.starts_with("2001:db8:") && value.parse::<std::net::Ipv6Addr>().is_ok());
    all(Kind::Url, |value| value.starts_with("https://www.") && value.contains(".example/"));
    all(Kind::Name, |value| value.split(' ').count() >= 3);
}

#[test]
fn values_repeat_as_they_did_and_columns_agree_on_who_it_is() {
    let names: Vec<String> = (0..3000).map(|at| format!("Anna Lee{}", if at < 1000 { 0 } else { at % 500 })).collect();
    let mails: Vec<String> =
        (0..3000).map(|at| format!("anna.lee{}@x.org", if at < 1000 { 0 } else { at % 500 })).collect();
    let (names, mails) = (made(Kind::Name, &names, 3000, 0), made(Kind::Email, &mails, 3000, 0));
    let distinct: BTreeSet<&String> = names.iter().collect();
    assert!((450..=500).contains(&distinct.len()), "{}", distinct.len());
    let commonest = distinct.iter().map(|name| names.iter().filter(|other| *other == *name).count()).max().unwrap();
    assert!((900..1100).contains(&commonest), "{commonest}");
    for (name, mail) in names.iter().zip(&mails) {
        let plain = name.to_lowercase().replace(['\'', '-'], "");
        let (first, last) = plain.split_once(' ').unwrap();
        assert!(mail.starts_with(&format!("{first}.{last}")), "{name} and {mail}");
    }
}

#[test]
fn batches_continue_each_other() {
    let whole = made(Kind::Email, &people(50), 100, 0);
    assert_eq!(made(Kind::Email, &people(50), 40, 60), whole[60..]);
}

#[test]
fn odd_values_have_a_form() {
    for kind in Kind::PERSONAL {
        for values in [
            vec![],
            vec![String::new()],
            vec![String::new(), " ".into(), "é\u{301}🙂".into()],
            vec!["@".into(), "a@".into()],
        ] {
            let fitted = fitted(kind, &values);
            let encoded = Encoded { pieces: vec![0; 3], positions: vec![0.5; 3] };
            let made = fitted.inverse(&encoded, Rows { first: 0, seed: Seed::new(1) });
            assert!(made.is_ok_and(|made| made.len() == 3), "{kind} {values:?}");
        }
    }
}

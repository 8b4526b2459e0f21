//! Personal data, told by what it looks like or, where that is not enough, by the column's name as well.

use std::net::{Ipv4Addr, Ipv6Addr};

use fake::locales::{Data, EN};

use super::ColumnKind;

/// Of values with a form of their own, so many in a hundred must have it.
const MOST: usize = 95;
/// The values that are looked at.
const PROBED: usize = 500;

/// The kind of personal data that these distinct values of `rows` rows of text are.
pub(super) fn text(name: &str, distinct: &[String], rows: usize) -> Option<ColumnKind> {
    let every = distinct.len().div_ceil(PROBED).max(1);
    let probes: Vec<&str> =
        distinct.iter().step_by(every).map(|value| value.trim()).filter(|value| !value.is_empty()).collect();
    if probes.is_empty() {
        return None;
    }
    let share = |test: fn(&str) -> bool| probes.iter().filter(|value| test(value)).count() * 100 / probes.len();
    let mostly = |test: fn(&str) -> bool| share(test) >= MOST;
    let named = Named::of(name);
    let many = distinct.len() * 2 > rows;
    if mostly(is_email) {
        return Some(ColumnKind::Email);
    }
    if mostly(|value| value.contains('.') && value.parse::<Ipv4Addr>().is_ok()) {
        return Some(ColumnKind::Ipv4Address);
    }
    if mostly(|value| value.contains(':') && value.parse::<Ipv6Addr>().is_ok()) {
        return Some(ColumnKind::Ipv6Address);
    }
    if mostly(is_url) {
        return Some(ColumnKind::Url);
    }
    if mostly(is_iban) {
        return Some(ColumnKind::Iban);
    }
    if mostly(is_card) && (probes.len() >= 5 || named.has(&["card", "credit", "cc", "pan"])) {
        return Some(ColumnKind::CreditCardNumber);
    }
    if mostly(is_ssn) && (many || named.has(&["ssn", "social"])) {
        return Some(ColumnKind::Ssn);
    }
    let phone = named.has(&["phone", "telephone", "tel", "mobile", "cell", "cellphone", "fax", "msisdn"]);
    if mostly(is_phone) && (phone || many && mostly(is_dialled)) {
        return Some(ColumnKind::PhoneNumber);
    }
    if named.has(&["address", "street", "addr", "addr1", "addr2", "address1", "address2"])
        && many
        && share(|value| value.contains(|sign: char| sign.is_ascii_digit()) && value.contains(' ')) >= 60
    {
        return Some(ColumnKind::Address);
    }
    if named.has(&["zip", "zipcode", "postcode", "plz"]) || named.ends(&["postal", "code"]) {
        let code = |value: &str| value.len() <= 10 && value.contains(|sign: char| sign.is_ascii_digit());
        return (many && mostly(code)).then_some(ColumnKind::Postcode);
    }
    if named.has(&["city", "town"]) {
        return (many && mostly(is_words)).then_some(ColumnKind::City);
    }
    if named.has(&["company", "employer", "organisation", "organization"]) {
        return many.then_some(ColumnKind::Company);
    }
    if (named.has(&["username", "login"]) || named.ends(&["user", "name"])) && many {
        return mostly(|value| !value.contains(char::is_whitespace)).then_some(ColumnKind::UserName);
    }
    name_of(&named, &probes)
}

/// The kind of personal data that a column of whole numbers holds; its name has to say so.
pub(super) fn whole(name: &str, values: &[i128]) -> Option<ColumnKind> {
    let named = Named::of(name);
    let digits = |low: u32, high: u32| {
        let range = 10_i128.pow(low - 1)..10_i128.pow(high);
        !values.is_empty() && values.iter().all(|value| range.contains(value))
    };
    if named.has(&["phone", "telephone", "mobile", "cellphone", "msisdn"]) && digits(6, 15) {
        return Some(ColumnKind::PhoneNumber);
    }
    if named.has(&["ssn"]) && digits(7, 9) {
        return Some(ColumnKind::Ssn);
    }
    let cards = named.has(&["card", "credit", "cc", "pan"]) && digits(13, 19);
    let valid = values.iter().take(PROBED).all(|value| luhn(&value.to_string()));
    (cards && valid).then_some(ColumnKind::CreditCardNumber)
}

/// Latitude and longitude, by name and range.
pub(super) fn coordinate(name: &str, minimum: Option<f64>, maximum: Option<f64>) -> Option<ColumnKind> {
    let named = Named::of(name);
    let (minimum, maximum) = (minimum?, maximum?);
    if named.has(&["lat", "latitude"]) && minimum >= -90.0 && maximum <= 90.0 {
        return Some(ColumnKind::Latitude);
    }
    (named.has(&["lon", "lng", "long", "longitude"]) && minimum >= -180.0 && maximum <= 180.0)
        .then_some(ColumnKind::Longitude)
}

/// Names of people, in a column that is called so.
fn name_of(named: &Named, probes: &[&str]) -> Option<ColumnKind> {
    let person = |value: &str| {
        value.chars().all(|sign| sign.is_alphabetic() || " .,'’-".contains(sign)) && value.chars().count() <= 60
    };
    if probes.iter().filter(|value| person(value)).count() * 100 < MOST * probes.len() {
        return None;
    }
    let words = |value: &str| value.split_whitespace().count();
    let short = probes.iter().filter(|value| words(value) <= 2).count() * 100 >= MOST * probes.len();
    if short
        && (named.has(&["firstname", "forename", "fname"])
            || named.ends(&["first", "name"])
            || named.ends(&["given", "name"]))
    {
        return Some(ColumnKind::FirstName);
    }
    if short
        && (named.has(&["lastname", "surname", "lname"])
            || named.ends(&["last", "name"])
            || named.ends(&["family", "name"]))
    {
        return Some(ColumnKind::LastName);
    }
    let known = |value: &&&str| {
        let first = value.split(|sign: char| !sign.is_alphanumeric() && sign != '\'').any(is_given);
        first && (2..=5).contains(&words(value))
    };
    let called =
        named.has(&["name", "fullname", "customer", "employee", "patient", "contact", "passenger", "person", "owner"]);
    (called && probes.iter().filter(known).count() * 100 >= 30 * probes.len()).then_some(ColumnKind::Name)
}

/// Whether the word is a usual given name.
fn is_given(word: &str) -> bool {
    let mut letters = word.chars();
    let Some(first) = letters.next() else { return false };
    let word: String = first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect();
    EN::NAME_FIRST_NAME.binary_search(&word.as_str()).is_ok()
}

/// A column's name in lower-case words.
struct Named(Vec<String>);

impl Named {
    fn of(name: &str) -> Self {
        let mut words = vec![String::new()];
        let mut lower = false;
        for sign in name.chars() {
            if !sign.is_alphanumeric() || (sign.is_uppercase() && lower) {
                words.push(String::new());
            }
            lower = sign.is_lowercase();
            if let Some(word) = words.last_mut().filter(|_| sign.is_alphanumeric()) {
                word.extend(sign.to_lowercase());
            }
        }
        words.retain(|word| !word.is_empty());
        Self(words)
    }

    fn has(&self, words: &[&str]) -> bool {
        self.0.iter().any(|word| words.contains(&word.as_str()))
    }

    fn ends(&self, words: &[&str]) -> bool {
        self.0.len() >= words.len() && self.0[self.0.len() - words.len()..].iter().zip(words).all(|(a, b)| a == b)
    }
}

fn is_words(value: &str) -> bool {
    value.chars().all(|sign| sign.is_alphabetic() || " .'’-()/,".contains(sign))
}

fn is_email(value: &str) -> bool {
    let Some((local, domain)) = value.split_once('@') else { return false };
    let plain = |part: &str| {
        !part.is_empty() && !part.contains(|sign: char| sign.is_whitespace() || sign == '@' || sign == ',')
    };
    plain(local) && plain(domain) && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.')
}

fn is_url(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    (lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("www."))
        && lower.contains('.')
        && !lower.contains(char::is_whitespace)
}

fn is_ssn(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let digits = |part: &str, many: usize| part.len() == many && part.bytes().all(|digit| digit.is_ascii_digit());
    matches!(parts[..], [a, b, c] if digits(a, 3) && digits(b, 2) && digits(c, 4))
}

fn is_phone(value: &str) -> bool {
    let value = value.split_once(['x', '#']).map_or(value, |(number, _)| number.trim_end());
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    (7..=15).contains(&digits) && value.chars().all(|sign| sign.is_ascii_digit() || "+-(). /".contains(sign))
}

/// Whether a telephone number looks like nothing else: it begins with a plus, or its area stands in brackets.
fn is_dialled(value: &str) -> bool {
    value.starts_with('+') || value.contains('(') && value.contains(')')
}

fn is_card(value: &str) -> bool {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    (13..=19).contains(&digits.len())
        && value.chars().all(|sign| sign.is_ascii_digit() || sign == ' ' || sign == '-')
        && luhn(&digits)
}

/// Whether the check digit of a card's number is right (Luhn, US patent 2 950 048, 1960).
pub(crate) fn luhn(digits: &str) -> bool {
    let double = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(at, digit)| if at % 2 == 1 { double(digit) } else { digit })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether the check digits of an account's number are right (ISO 7064, modulus 97).
pub(crate) fn is_iban(value: &str) -> bool {
    let plain: String = value.chars().filter(|sign| *sign != ' ').collect();
    let country = plain.chars().take(2).all(|sign| sign.is_ascii_uppercase());
    let check = plain.chars().skip(2).take(2).all(|sign| sign.is_ascii_digit());
    (15..=34).contains(&plain.len())
        && country
        && check
        && plain.chars().all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit())
        && iban_rest(&plain) == 1
}

/// What is left when the account's number, its first four signs put last and its letters written as 10 to 35, is divided
/// by 97. It consists of ASCII letters and digits.
pub(crate) fn iban_rest(plain: &str) -> u32 {
    let (country, account) = plain.split_at(4.min(plain.len()));
    account
        .chars()
        .chain(country.chars())
        .filter_map(|sign| sign.to_digit(36))
        .fold(0, |rest, digit| if digit < 10 { (rest * 10 + digit) % 97 } else { (rest * 100 + digit) % 97 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, values: &[&str]) -> Option<ColumnKind> {
        let mut distinct: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
        distinct.sort();
        distinct.dedup();
        text(name, &distinct, values.len())
    }

    #[test]
    fn personal_data_is_told_by_its_form_or_its_name() {
        use ColumnKind as Kind;
        for (name, values, kind) in [
            ("contact", ["ann.lee@mail.org", "bob@firm.co.uk"], Kind::Email),
            ("source", ["10.0.0.1", "192.168.7.12"], Kind::Ipv4Address),
            ("source", ["fe80::1", "2001:db8::8a2e:370:7334"], Kind::Ipv6Address),
            ("page", ["https://a.example/x", "http://b.example"], Kind::Url),
            ("account", ["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432"], Kind::Iban),
            ("credit_card", ["4111 1111 1111 1111", "5500-0000-0000-0004"], Kind::CreditCardNumber),
            ("tax", ["123-45-6789", "987-65-4321"], Kind::Ssn),
            ("reach", ["+41 44 668 18 00", "(212) 555-0142"], Kind::PhoneNumber),
            ("PHONE", ["555-0142", "555-0143"], Kind::PhoneNumber),
            ("home_address", ["12 Main Street", "7 Elm Road, Apt 3"], Kind::Address),
            ("POSTAL_CODE", ["8001", "SW1A 1AA"], Kind::Postcode),
            ("CITY", ["Zürich", "St. Gallen"], Kind::City),
            ("FIRST_NAME", ["Ann", "Jean Luc"], Kind::FirstName),
            ("lastName", ["O'Hara", "Lee"], Kind::LastName),
            ("customer_name", ["Aaron Lee", "Anna Smith"], Kind::Name),
            ("user_name", ["alee7", "bob_m"], Kind::UserName),
            ("Company", ["Lee & Sons", "Acme 2 Inc"], Kind::Company),
        ] {
            assert_eq!(found(name, &values), Some(kind), "{name}");
        }
        assert_eq!(whole("phone", &[2_125_550_142, 2_125_550_143]), Some(Kind::PhoneNumber));
        assert_eq!(whole("units", &[2_125_550_142, 2_125_550_143]), None);
        assert_eq!(coordinate("STORE_LATITUDE", Some(-10.0), Some(47.4)), Some(Kind::Latitude));
        assert_eq!(coordinate("long", Some(-200.0), Some(47.4)), None);
    }

    #[test]
    fn other_words_are_not_personal() {
        for (name, values) in [
            ("PRODUCT_NAME", ["Blue Jug", "Oak Table"]),
            ("STORE_NAME", ["Main Street Mall", "Airport North"]),
            ("code", ["A12-33", "B77-12"]),
            ("version", ["1.2.3", "10.0.1"]),
            ("city", ["Paris", "Paris"]),
            ("note", ["call back @ noon", "see mail"]),
            ("reference", ["2021-0001234", "2021-0001235"]),
            ("address", ["yes", "no"]),
            ("", ["", " "]),
        ] {
            assert_eq!(found(name, &values), None, "{name}");
        }
    }

    #[test]
    fn check_digits_are_checked() {
        assert!(luhn("4111111111111111") && !luhn("4111111111111112"));
        assert!(is_iban("DE89370400440532013000") && !is_iban("DE88370400440532013000"));
    }
}

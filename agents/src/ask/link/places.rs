//! Other names of countries and states: "United States" where the data says US or USA, "California" where it says CA.

/// Names of one place, in the words that values are compared by.
const PLACES: &[&[&str]] = &[
    &["united state", "united state of america", "usa", "us", "u.s", "america"],
    &["united kingdom", "uk", "gb", "gbr", "great britain", "britain"],
    &["germany", "de", "deu"],
    &["france", "fr", "fra"],
    &["spain", "es", "esp"],
    &["italy", "it", "ita"],
    &["netherland", "nl", "nld", "holland"],
    &["belgium", "be", "bel"],
    &["austria", "at", "aut"],
    &["switzerland", "ch", "che"],
    &["portugal", "pt", "prt"],
    &["ireland", "ie", "irl"],
    &["denmark", "dk", "dnk"],
    &["sweden", "se", "swe"],
    &["norway", "no", "nor"],
    &["finland", "fi", "fin"],
    &["poland", "pl", "pol"],
    &["czechia", "cz", "cze", "czech republic"],
    &["greece", "gr", "grc"],
    &["turkey", "tr", "tur"],
    &["canada", "ca", "can"],
    &["mexico", "mx", "mex"],
    &["brazil", "br", "bra"],
    &["argentina", "ar", "arg"],
    &["chile", "cl", "chl"],
    &["china", "cn", "chn"],
    &["japan", "jp", "jpn"],
    &["south korea", "kr", "kor", "korea"],
    &["india", "in", "ind"],
    &["singapore", "sg", "sgp"],
    &["australia", "au", "aus"],
    &["new zealand", "nz", "nzl"],
    &["south africa", "za", "zaf"],
    &["alabama", "al"],
    &["alaska", "ak"],
    &["arizona", "az"],
    &["arkansas", "ar"],
    &["california", "ca"],
    &["colorado", "co"],
    &["connecticut", "ct"],
    &["delaware", "de"],
    &["florida", "fl"],
    &["georgia", "ga"],
    &["hawaii", "hi"],
    &["idaho", "id"],
    &["illinois", "il"],
    &["indiana", "in"],
    &["iowa", "ia"],
    &["kansas", "ks"],
    &["kentucky", "ky"],
    &["louisiana", "la"],
    &["maine", "me"],
    &["maryland", "md"],
    &["massachusetts", "ma"],
    &["michigan", "mi"],
    &["minnesota", "mn"],
    &["mississippi", "ms"],
    &["missouri", "mo"],
    &["montana", "mt"],
    &["nebraska", "ne"],
    &["nevada", "nv"],
    &["new hampshire", "nh"],
    &["new jersey", "nj"],
    &["new mexico", "nm"],
    &["new york", "ny"],
    &["north carolina", "nc"],
    &["north dakota", "nd"],
    &["ohio", "oh"],
    &["oklahoma", "ok"],
    &["oregon", "or"],
    &["pennsylvania", "pa"],
    &["rhode island", "ri"],
    &["south carolina", "sc"],
    &["south dakota", "sd"],
    &["tennessee", "tn"],
    &["texas", "tx"],
    &["utah", "ut"],
    &["vermont", "vt"],
    &["virginia", "va"],
    &["washington", "wa"],
    &["west virginia", "wv"],
    &["wisconsin", "wi"],
    &["wyoming", "wy"],
];

/// The other names of a place that is called by its full name, or by one of more than two letters.
pub(super) fn others(phrase: &str) -> impl Iterator<Item = &'static str> {
    let phrase = phrase.to_owned();
    let long = phrase.len() > 2 || matches!(phrase.as_str(), "us" | "uk");
    PLACES.iter().filter(move |names| long && names.contains(&phrase.as_str())).flat_map(|names| names.iter().copied())
}

/// Whether a column's name says that it holds countries or states.
pub(super) fn holds(column: &str) -> bool {
    column
        .split('_')
        .any(|word| matches!(word, "country" | "state" | "nation" | "nationality" | "region" | "province" | "ctry"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_other_names() {
        assert!(others("united state").any(|name| name == "usa"));
        assert!(others("california").any(|name| name == "ca"));
        assert!(others("germany").any(|name| name == "de"));
        // Two letters alone may be any word.
        assert_eq!(others("in").count(), 0);
        assert!(holds("billing_country") && !holds("city"));
    }
}

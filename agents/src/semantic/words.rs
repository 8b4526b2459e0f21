//! Names of tables and columns as the words that people say: split, spelt out, in singular and plural.

/// Abbreviations that names use, spelt out.
const SPELT_OUT: &[(&str, &str)] = &[
    ("abn", "abnormal"),
    ("acct", "account"),
    ("addr", "address"),
    ("adm", "admission"),
    ("admin", "administration"),
    ("amt", "amount"),
    ("appr", "approval"),
    ("appt", "appointment"),
    ("avg", "average"),
    ("bal", "balance"),
    ("bd", "board"),
    ("bday", "birthday"),
    ("bld", "blood"),
    ("bldg", "building"),
    ("cat", "category"),
    ("ccy", "currency"),
    ("cd", "code"),
    ("cert", "certification"),
    ("chg", "charge"),
    ("clnt", "client"),
    ("cmt", "comment"),
    ("cnt", "count"),
    ("cntry", "country"),
    ("com", "common"),
    ("comm", "commission"),
    ("conf", "conference"),
    ("cons", "consultant"),
    ("ctry", "country"),
    ("cty", "city"),
    ("cur", "currency"),
    ("curr", "currency"),
    ("cust", "customer"),
    ("deliv", "delivery"),
    ("dep", "department"),
    ("dept", "department"),
    ("desc", "description"),
    ("descr", "description"),
    ("dest", "destination"),
    ("diag", "diagnosis"),
    ("disc", "discount"),
    ("div", "division"),
    ("dob", "date of birth"),
    ("doc", "doctor"),
    ("dos", "dose"),
    ("dr", "doctor"),
    ("dt", "date"),
    ("dur", "duration"),
    ("dx", "diagnosis"),
    ("eff", "effective"),
    ("elev", "elevation"),
    ("emp", "employee"),
    ("enr", "enrollment"),
    ("exch", "exchange"),
    ("exp", "expiry"),
    ("fg", "flag"),
    ("fl", "flag"),
    ("flg", "flag"),
    ("flr", "floor"),
    ("fname", "first name"),
    ("freq", "frequency"),
    ("govt", "government"),
    ("gpa", "grade point average"),
    ("grp", "group"),
    ("hab", "habitat"),
    ("hosp", "hospital"),
    ("hr", "hour"),
    ("hrs", "hours"),
    ("img", "image"),
    ("ind", "indicator"),
    ("ins", "insurance"),
    ("insp", "inspection"),
    ("intl", "international"),
    ("inv", "invoice"),
    ("juv", "juvenile"),
    ("lab", "laboratory"),
    ("lang", "language"),
    ("lat", "latitude"),
    ("lbl", "label"),
    ("lname", "last name"),
    ("lng", "longitude"),
    ("loc", "location"),
    ("lon", "longitude"),
    ("lvl", "level"),
    ("max", "maximum"),
    ("mbr", "member"),
    ("mech", "mechanic"),
    ("meds", "medications"),
    ("mfg", "manufacturing"),
    ("mfr", "manufacturer"),
    ("mgmt", "management"),
    ("mgr", "manager"),
    ("min", "minimum"),
    ("mo", "month"),
    ("msg", "message"),
    ("mth", "month"),
    ("nbr", "number"),
    ("nm", "name"),
    ("no", "number"),
    ("nr", "number"),
    ("num", "number"),
    ("obj", "object"),
    ("odo", "odometer"),
    ("ord", "order"),
    ("org", "organization"),
    ("pct", "percent"),
    ("perc", "percent"),
    ("pkg", "package"),
    ("pmt", "payment"),
    ("po", "purchase order"),
    ("pop", "population"),
    ("pos", "position"),
    ("prc", "price"),
    ("prev", "previous"),
    ("prod", "product"),
    ("prof", "professor"),
    ("proj", "project"),
    ("prot", "protected"),
    ("pt", "patient"),
    ("purch", "purchase"),
    ("px", "price"),
    ("pymt", "payment"),
    ("qty", "quantity"),
    ("quant", "quantity"),
    ("rcpt", "receipt"),
    ("rec", "record"),
    ("recap", "recapture"),
    ("ref", "reference"),
    ("reg", "registration"),
    ("reord", "reorder"),
    ("rep", "representative"),
    ("req", "requirement"),
    ("res", "result"),
    ("resp", "response"),
    ("rev", "revenue"),
    ("rm", "room"),
    ("rtn", "return"),
    ("rx", "prescription"),
    ("sal", "salary"),
    ("sched", "schedule"),
    ("sci", "scientific"),
    ("sem", "semester"),
    ("shp", "ship"),
    ("shpmt", "shipment"),
    ("sku", "sku"),
    ("sp", "species"),
    ("spec", "specialty"),
    ("spp", "species"),
    ("src", "source"),
    ("stat", "status"),
    ("std", "standard"),
    ("str", "string"),
    ("subj", "subject"),
    ("supp", "supplier"),
    ("svc", "service"),
    ("sym", "symbol"),
    ("tel", "telephone"),
    ("temp", "temperature"),
    ("tix", "tickets"),
    ("tkt", "ticket"),
    ("tm", "time"),
    ("tot", "total"),
    ("trx", "transaction"),
    ("ts", "time"),
    ("tx", "transaction"),
    ("txn", "transaction"),
    ("typ", "type"),
    ("univ", "university"),
    ("usr", "user"),
    ("val", "value"),
    ("veh", "vehicle"),
    ("vend", "vendor"),
    ("verif", "verified"),
    ("vol", "volume"),
    ("wh", "warehouse"),
    ("whs", "warehouse"),
    ("wo", "work order"),
    ("wt", "weight"),
    ("wthr", "weather"),
    ("yr", "year"),
    ("yrs", "years"),
    ("zip", "zip code"),
];

/// Words before a table's name that say its kind, not what it is of.
const KINDS: [&str; 10] = ["dim", "fact", "fct", "staging", "stg", "tbl", "vw", "raw", "src", "dimension"];

/// Plurals that no rule makes.
const IRREGULAR: [(&str, &str); 10] = [
    ("person", "people"),
    ("child", "children"),
    ("man", "men"),
    ("woman", "women"),
    ("diagnosis", "diagnoses"),
    ("analysis", "analyses"),
    ("datum", "data"),
    ("criterion", "criteria"),
    ("medium", "media"),
    ("staff", "staff"),
];

/// A name in words, in lower case: `sbTxCustId` is sb, tx, cust, id.
pub(super) fn split(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    for (at, &letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            before = None;
            continue;
        }
        let next_is_small = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let begins = before.is_none_or(|last| {
            letter.is_uppercase()
                && (last.is_lowercase() || last.is_numeric() || (last.is_uppercase() && next_is_small))
        });
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
        before = Some(letter);
    }
    words
}

/// The words that nearly all names begin with, when there are enough names: a prefix that says nothing.
pub(super) fn prefix(names: &[Vec<String>]) -> Vec<String> {
    let mut prefix: Vec<String> = Vec::new();
    if names.len() < 2 {
        return prefix;
    }
    while prefix.len() < 3 {
        let next =
            most(names.iter().filter(|words| words.starts_with(&prefix)).filter_map(|words| words.get(prefix.len())));
        let Some(next) = next else { break };
        let mut longer = prefix.clone();
        longer.push(next);
        // Each name keeps at least one word of its own.
        let sharing = names.iter().filter(|words| words.starts_with(&longer)).count();
        if sharing * 5 < names.len() * 4 || names.contains(&longer) {
            break;
        }
        prefix = longer;
    }
    prefix
}

/// The words of a table's name without a short front that its columns share: `blBill` with `blId` and `blAmount` is bill.
pub(super) fn apart(table: Vec<String>, columns: &[Vec<String>]) -> Vec<String> {
    let front = prefix(columns);
    match table.strip_prefix(front.as_slice()) {
        Some(rest)
            if !rest.is_empty()
                && matches!(front.as_slice(), [short] if short.len() <= 3)
                && columns.iter().all(|words| words.starts_with(&front)) =>
        {
            rest.to_vec()
        }
        _ => table,
    }
}

/// The word that is there most often, the first of several.
fn most<'a>(words: impl Iterator<Item = &'a String>) -> Option<String> {
    let mut counts: Vec<(&String, usize)> = Vec::new();
    for word in words {
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(word, _)| word.clone())
}

/// The words of a name without a prefix.
pub(super) fn without(words: &[String], prefix: &[String]) -> Vec<String> {
    words.strip_prefix(prefix).filter(|rest| !rest.is_empty()).unwrap_or(words).to_vec()
}

/// The words of a table's name without its kind.
pub(super) fn subject(words: Vec<String>) -> Vec<String> {
    let rest: Vec<String> = words.iter().filter(|word| !KINDS.contains(&word.as_str())).cloned().collect();
    if rest.is_empty() { words } else { rest }
}

/// Words with their abbreviations spelt out.
pub(super) fn spelt_out(words: &[String]) -> String {
    let spelt: Vec<&str> = words
        .iter()
        .map(|word| SPELT_OUT.iter().find(|(short, _)| short == word).map_or(word.as_str(), |(_, long)| long))
        .collect();
    spelt.join(" ")
}

/// Whether a word is another or a short form of it: its first letter, and letters of it in order.
pub(crate) fn shortens(short: &str, word: &str) -> bool {
    let mut letters = word.chars();
    short.chars().next() == word.chars().next() && short.chars().all(|letter| letters.any(|other| other == letter))
}

/// The last word in the singular.
pub(crate) fn singular(text: &str) -> String {
    let (front, last) = text.rsplit_once(' ').map_or(("", text), |(front, last)| (front, last));
    let made = singular_word(last);
    if front.is_empty() { made } else { format!("{front} {made}") }
}

fn singular_word(word: &str) -> String {
    if let Some((one, _)) = IRREGULAR.iter().find(|(one, many)| *many == word || *one == word) {
        return (*one).to_owned();
    }
    let cut = |end: &str, new: &str| word.strip_suffix(end).map(|stem| format!("{stem}{new}"));
    if word.len() <= 3 || word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") || word == "series" {
        return word.to_owned();
    }
    cut("ies", "y")
        .or_else(|| cut("sses", "ss"))
        .or_else(|| cut("xes", "x"))
        .or_else(|| cut("ches", "ch"))
        .or_else(|| cut("shes", "sh"))
        .or_else(|| cut("s", ""))
        .unwrap_or_else(|| word.to_owned())
}

/// The last word in the plural.
pub(crate) fn plural(text: &str) -> String {
    let (front, last) = text.rsplit_once(' ').map_or(("", text), |(front, last)| (front, last));
    let one = singular_word(last);
    let many = match IRREGULAR.iter().find(|(known, _)| *known == one) {
        Some((_, many)) => (*many).to_owned(),
        None if one.ends_with('y') && !one.ends_with("ay") && !one.ends_with("ey") && !one.ends_with("oy") => {
            format!("{}ies", &one[..one.len() - 1])
        }
        None if ["s", "x", "ch", "sh", "z"].iter().any(|end| one.ends_with(end)) => format!("{one}es"),
        None => format!("{one}s"),
    };
    if front.is_empty() { many } else { format!("{front} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        assert_eq!(split("sbTxCustId"), ["sb", "tx", "cust", "id"]);
        assert_eq!(split("CUSTOMER_KEY"), ["customer", "key"]);
        assert_eq!(split("day30_pasi_score"), ["day30", "pasi", "score"]);
        assert_eq!(split("HTTPStatus"), ["http", "status"]);
        assert_eq!(split("__"), [] as [&str; 0]);
        assert_eq!(spelt_out(&split("tot_drug_amt")), "total drug amount");
    }

    #[test]
    fn prefixes_are_what_all_names_share() {
        let names: Vec<Vec<String>> = ["sbTxId", "sbTxType", "sbTxAmount"].iter().map(|name| split(name)).collect();
        assert_eq!(prefix(&names), ["sb", "tx"]);
        let names: Vec<Vec<String>> = ["name", "name_long"].iter().map(|name| split(name)).collect();
        assert_eq!(prefix(&names), [] as [&str; 0]);
    }

    #[test]
    fn a_table_leaves_out_the_front_of_its_columns() {
        let words = |names: &[&str]| names.iter().map(|name| split(name)).collect::<Vec<_>>();
        let columns = words(&["blId", "blCuId", "blAmount"]);
        assert_eq!(apart(split("blBill"), &columns), ["bill"]);
        assert_eq!(apart(split("bl"), &columns), ["bl"]);
        assert_eq!(apart(split("blBill"), &words(&["id", "amount"])), ["bl", "bill"]);
        let columns = words(&["order_id", "order_date"]);
        assert_eq!(apart(split("order_line"), &columns), ["order", "line"]);
    }

    #[test]
    fn one_and_many() {
        for (one, many) in [
            ("customer", "customers"),
            ("city", "cities"),
            ("diagnosis", "diagnoses"),
            ("adverse event", "adverse events"),
            ("day", "days"),
            ("box", "boxes"),
            ("class", "classes"),
            ("person", "people"),
            ("status", "statuses"),
        ] {
            assert_eq!(plural(one), many);
            assert_eq!(plural(many), many);
            if one != "status" {
                assert_eq!(singular(many), one);
            }
        }
    }
}

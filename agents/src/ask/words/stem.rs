//! Stems: Snowball's English stemmer (Porter2) after the irregular forms that business questions use.

use rust_stemmers::{Algorithm, Stemmer};

/// The stem of a folded word; words with digits stay as they are.
pub(crate) fn stem(word: &str) -> String {
    if let Some(here) = american(word) {
        return stem(&here);
    }
    if let Some(base) = irregular(word) {
        return base.to_owned();
    }
    if word.chars().any(|c| c.is_ascii_digit()) || word.chars().count() < 3 {
        return word.to_owned();
    }
    Stemmer::create(Algorithm::English).stem(word).into_owned()
}

/// American spelling for British: "labour" and "labor" are one word.
fn american(word: &str) -> Option<String> {
    const OUR: &[&str] =
        &["lab", "col", "neighb", "fav", "behavi", "hon", "hum", "flav", "harb", "rum", "vap", "arm", "endeav"];
    const OTHERS: &[(&str, &str)] = &[
        ("centre", "center"),
        ("theatre", "theater"),
        ("metre", "meter"),
        ("litre", "liter"),
        ("licence", "license"),
        ("enrolment", "enrollment"),
        ("fulfilment", "fulfillment"),
        ("instalment", "installment"),
        ("catalogue", "catalog"),
        ("programme", "program"),
        ("cheque", "check"),
        ("grey", "gray"),
        ("tyre", "tire"),
    ];
    if let Some((front, rest)) =
        OUR.iter().find_map(|front| Some((*front, word.strip_prefix(front)?.strip_prefix("our")?)))
    {
        return Some(format!("{front}or{rest}"));
    }
    OTHERS.iter().find_map(|(british, here)| {
        let (front, rest) = word.split_once(british)?;
        matches!(rest, "" | "s").then(|| format!("{front}{here}{rest}"))
    })
}

/// The singular of a folded word; other forms stay, so that "purchased" is no "purchase".
pub(crate) fn lemma(word: &str) -> String {
    if let Some(here) = american(word) {
        return lemma(&here);
    }
    if let Some(base) = plural(word) {
        return base.to_owned();
    }
    let short =
        word.len() < 4 || !word.is_ascii() || word.ends_with("ss") || word.ends_with("us") || word.ends_with("is");
    if word.chars().any(|c| c.is_ascii_digit()) || short && !word.ends_with("ie") {
        return word.to_owned();
    }
    let bare = if ["xes", "ches", "shes", "sses", "zzes"].iter().any(|end| word.ends_with(end)) {
        &word[..word.len() - 2]
    } else {
        word.strip_suffix('s').unwrap_or(word)
    };
    bare.strip_suffix("ie").filter(|head| head.len() > 1).map_or_else(|| bare.to_owned(), |head| format!("{head}y"))
}

fn plural(word: &str) -> Option<&'static str> {
    Some(match word {
        "children" => "child",
        "men" => "man",
        "women" => "woman",
        "persons" | "people" => "person",
        "custmers" | "custs" => "customer",
        "statuses" => "status",
        "buses" => "bus",
        "analyses" => "analysis",
        "data" => "data",
        "potatoes" => "potato",
        "tomatoes" => "tomato",
        "knives" => "knife",
        "loaves" => "loaf",
        "organisation" | "organisations" | "organizations" => "organization",
        "avg" => "average",
        "qty" => "quantity",
        _ => return None,
    })
}

fn irregular(word: &str) -> Option<&'static str> {
    Some(match word {
        "spent" => "spend",
        "admission" | "admissions" => "admit",
        "bought" => "buy",
        "sold" => "sell",
        "took" | "taken" => "take",
        "made" => "make",
        "gave" | "given" => "give",
        "went" | "gone" => "go",
        "got" | "gotten" => "get",
        "brought" => "bring",
        "paid" => "pay",
        "grew" | "grown" => "grow",
        "lost" => "lose",
        "won" => "win",
        "fell" | "fallen" => "fall",
        "rose" | "risen" => "rise",
        "shrank" | "shrunk" => "shrink",
        "held" => "hold",
        "came" => "come",
        "did" | "done" | "does" => "do",
        "had" | "has" => "have",
        "is" | "are" | "was" | "were" | "been" | "being" => "be",
        "wrote" | "written" => "write",
        "taught" => "teach",
        "shown" => "show",
        "seen" | "saw" => "see",
        "sown" => "sow",
        "overseen" | "oversaw" => "overse",
        "driven" | "drove" => "drive",
        "flown" | "flew" => "fli",
        "drawn" | "drew" => "draw",
        "known" | "knew" => "know",
        "begun" | "began" => "begin",
        "chosen" | "chose" => "choos",
        "broken" | "broke" => "break",
        "spoken" | "spoke" => "speak",
        "sent" => "send",
        "lent" => "lend",
        "built" => "build",
        "kept" => "keep",
        "left" => "leav",
        "met" => "meet",
        "caught" => "catch",
        "sung" | "sang" => "sing",
        "led" => "lead",
        "bred" => "breed",
        "withdrew" | "withdrawn" => "withdraw",
        "found" => "find",
        "dug" => "dig",
        "rode" | "ridden" => "ride",
        "swam" | "swum" => "swim",
        "ate" | "eaten" => "eat",
        "wore" | "worn" => "wear",
        "stole" | "stolen" => "steal",
        "threw" | "thrown" => "throw",
        "fought" => "fight",
        "hired" | "hires" | "hiring" => "hire",
        "children" => "child",
        "men" => "man",
        "women" => "woman",
        "persons" | "people" => "person",
        "lives" | "lived" | "living" => "live",
        "cities" => "citi",
        "united" => "united",
        "avg" => "averag",
        "pct" => "percent",
        "num" | "nbr" => "number",
        "qty" => "quantiti",
        "yoy" => "yoy",
        "news" => "news",
        "customer" | "customers" | "custmers" | "custs" => "customer",
        "university" | "universities" => "university",
        "universe" => "universe",
        "organization" | "organizations" | "organisation" | "organisations" => "organization",
        "category" | "categories" => "category",
        "general" => "general",
        "generation" => "generation",
        "store" | "stores" => "store",
        "storage" => "storage",
        "stored" => "stored",
        _ => return None,
    })
}

//! Verbs that say of two things no more than that they belong together; which way, the keys of the tables say. Other verbs
//! may say more and are never skipped.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::stem;

/// Such verbs, irregular forms too.
const RELATING: &str = "\
    accept accredit acquire act add administer admit adopt advise affiliate analyse analyze anchor answer appear \
    apply appoint argue arrange arrive assess assign associate ate attach attend author bake base began begin begun \
    belong berth bid bill board book border borrow bottle bought bred breed brew bring brought build built buy call \
    came carries carry carve catch categorize caught chair charge cite classify climb coach collect come compete \
    compose comprise conduct connect consist construct consult contain contest cook coordinate correspond cost \
    counsel cover craft create cross curate deal dealt decide declare defend deliver depart describe design develop \
    dig direct discover display dock donate download drank draw drawn drew drink drive driven drove dug earn eat \
    eaten edit elect embark employ endorse engage engrave enrol enroll enter established evaluate examine excavate \
    exhibit exist experience explore export feature fight file film finance find fish fit fitted flag flow flown fly \
    follow forge form foster fought found fund gain gave get give given go gone got gotten graduate grow grown guide \
    hail handle hang happen haul headline hear heard held hire hold host house hung illustrate import include \
    inhabit inspect install invent invest invite involve issue join joined judge keep kept label lay lead lease \
    lecture led lend lent license lie link list listen live locate lodge log made maintain make manage manufacture \
    mark measure meet mention mentor met monitor moor move moved name narrate need nominate note observe obtain \
    occupy occur offer officiate open operate orbit order organise organize oversee overseeing overseen own paid \
    paint participate pass patent patrol pay perform photograph pick place plant play possess post pour practice \
    practise prepare prescribe present preside process produce provide publish purchase put race raise rate receive \
    record recruit referee reference refuel register relate release rent repair report represent require reserve \
    reside respond restore review ridden ride roast rode run sail sailed sample sang sat say score sculpt see seen \
    sell send sent serve ship shoot shot show shown sight sign signed sing sit situate sold solve sow sown span \
    speak spend spent spoke spoken sponsor spot spread stand star start stay stayed stock stood store studied study \
    submit subscribe suffer sung supervise supply tag take taken talk taught teach tie took trade train transfer \
    translate transport traverse treat tried try tutor umpire uncover undergo undergone underwent unearth upload use \
    visit watch wear weave weigh went win won wore work worn woven write written wrote";

/// Verbs that say no more than that something is there.
const EXISTING: &str = "\
    assign book carry conduct create do enroll exist file fly give hold issue list lodge log make occur offer order perform \
    place plant present produce publish purchase buy receive record register report run score sell serve show sow submit \
    take teach write earn appear happen";

/// Helping verbs, and nouns in phrases such as "with respect to".
const HELPING: &[&str] = &["be", "have", "do", "go", "went", "say", "said", "part", "origin", "respect"];

/// Words that are no form of a verb, though their stem is that of one: of "officiate".
const NO_VERBS: &[&str] = &["official", "officials", "racial"];

/// Whether a word is a verb that relates, or helps another.
pub(crate) fn ties(norm: &str, stem_of: &str) -> bool {
    HELPING.contains(&stem_of) || relates(norm, stem_of)
}

/// Whether a word is such a verb, in any form.
pub(crate) fn relates(norm: &str, stem_of: &str) -> bool {
    static KNOWN: OnceLock<BTreeSet<String>> = OnceLock::new();
    let known =
        KNOWN.get_or_init(|| RELATING.split_whitespace().flat_map(|word| [word.to_owned(), stem(word)]).collect());
    (known.contains(norm) || known.contains(stem_of)) && !NO_VERBS.contains(&norm)
}

/// Whether a verb, by its stem, says no more than that something is there: "parcels that were booked".
pub(crate) fn exists(stem_of: &str) -> bool {
    EXISTING.split_whitespace().any(|word| stem(word) == stem_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_known_in_every_form() {
        for word in ["written", "wrote", "writes", "grown", "overseen", "enrolled", "sold", "shown", "prescribed"] {
            assert!(relates(word, &stem(word)), "{word}");
        }
        for word in ["cancelled", "refused", "returned", "refunded", "customer", "late", "official"] {
            assert!(!relates(word, &stem(word)), "{word}");
        }
    }
}

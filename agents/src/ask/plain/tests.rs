//! Wordings that mean the same as a plain one.

use std::sync::OnceLock;

use crate::ask::{Lexicon, Settings, understand};
use crate::semantic::SemanticModel;

fn retail() -> &'static (SemanticModel, Lexicon) {
    static RETAIL: OnceLock<(SemanticModel, Lexicon)> = OnceLock::new();
    RETAIL.get_or_init(|| {
        let model = SemanticModel::retail().unwrap();
        let lexicon = Lexicon::new(&model);
        (model, lexicon)
    })
}

/// What is understood, or the code of the refusal.
fn read(question: &str) -> String {
    let (model, lexicon) = retail();
    let settings = Settings::of_model(model).unwrap();
    match understand(question, &[], model, lexicon, &settings) {
        Ok(understood) => understood.interpretation,
        Err(refusal) => format!("{} {:?}", refusal.code, refusal.words),
    }
}

/// The plan of a question, or what is refused.
fn plan(question: &str) -> Result<crate::plan::Plan, String> {
    let (model, lexicon) = retail();
    let settings = Settings::of_model(model).unwrap();
    understand(question, &[], model, lexicon, &settings)
        .map(|understood| understood.plan)
        .map_err(|refusal| format!("{} {:?}", refusal.code, refusal.words))
}

/// Each wording must mean what the first line means.
fn same(want: &str, wordings: &[&str]) {
    let wrong: Vec<String> = wordings
        .iter()
        .map(|wording| (wording, read(wording)))
        .filter(|(_, got)| got != want)
        .map(|(wording, got)| format!("{wording}\n    {got}"))
        .collect();
    assert!(wrong.is_empty(), "{want}\n  {}", wrong.join("\n  "));
}

#[test]
fn courtesies_and_occasions_ask_for_nothing() {
    same(
        "revenue by category",
        &[
            "Hi team, could you please send me sales by department? Thanks!",
            "Morning! Quick question for the Monday deck: what has each department brought in? Cheers, Dave",
            "Good afternoon, I would be grateful if you could let me have our turnover for each department. Kind regards, Ann",
            "Dear analytics team, would you mind pulling revenue per department for me? Best wishes, Tom",
            "pls can u give me sales by dept",
            "got a number for sales by department?",
            "do you happen to know the revenue by department?",
            "I'm trying to find out what every department makes",
            "Sales figures by department would be great.",
            "Any chance of getting sales by department?",
            "Sales by department? Just the numbers, no chart needed.",
            "Could somebody please check sales by department? Many thanks in advance",
        ],
    );
    same(
        "revenue by category, December 2017",
        &[
            "For my December report I need sales by department.",
            "For the December review, sales by department that month",
        ],
    );
    for kept in ["Dear Santa, weather by region", "flurbs for the board: sales by department", "regards by region"] {
        assert!(read(kept).starts_with("ask::"), "{kept}: {}", read(kept));
    }
}

#[test]
fn groups_are_said_in_many_ways() {
    same(
        "revenue by category",
        &[
            "our turnover, one figure per department",
            "One line for each department with its sales, please.",
            "revenue dept wise",
            "department-wise revenue",
            "departmentwise revenue",
            "revenue on a per-department basis",
            "departments and their sales",
            "Show all departments with their sales next to them",
            "how is revenue distributed over departments",
            "sales for the individual departments",
            "by department, what are sales so far",
        ],
    );
    same("revenue by region, 2017", &["regional sales 2017", "for 2017 could you show me revenue region-wise"]);
    same(
        "revenue by income band",
        &["Which income groups does our turnover come from? Give me the sum for each band."],
    );
}

#[test]
fn spoken_and_jotted_periods_and_amounts_are_figures() {
    same(
        "revenue by region, 2017",
        &[
            "ok so i need sales by region for twenty seventeen",
            "umm what were uh sales by region in twenty seventeen",
            "sales by region for two thousand seventeen",
        ],
    );
    same("units, Q3 2017", &["how many units did we sell in q three twenty seventeen"]);
    same("units, July 2017", &["units in july 17", "july 17 units sold??", "units sold, jul 2017"]);
    same("units, 17 July 2017", &["units sold on july 17"]);
    same(
        "number of customers with revenue above 1000, 2017",
        &[
            "how many customers spent > $1k in 2017",
            "number of customers who spent more than $ 1,000 in 2017",
            "how many customers spent more than USD 1,000 in twenty seventeen",
        ],
    );
    same("number of customers with revenue at least 1000", &["how many customers spent 1,000+"]);
}

#[test]
fn what_is_asked_last_is_asked() {
    same(
        "revenue by subcategory, the 10 highest, 2017",
        &[
            "the ten subcategories with the highest revenue in 2017",
            "I'd like the 10 subcategories that made the most money in 2017",
            "Which subcategories earn us the most in 2017? Ten are enough.",
            "which subcategories brought in the most revenue in 2017? Just the top ten.",
            "Please rank the subcategories on 2017 turnover and give me the first ten.",
            "Sort the subcategories by what they earned in 2017 and hand me the first ten.",
            "the ten subcategories bringing in the most in 2017",
        ],
    );
    same(
        "number of customers, home ownership is Homeowner",
        &["customers who own their home - how many?", "we have customers who own a house. how many?"],
    );
    same(
        "revenue by region, the highest one, 2017",
        &[
            "Of all our regions, which one had the highest revenue in 2017?",
            "Of all the regions, I'd like to know the one that earned the highest revenue in 2017.",
            "the region with the highest revenue in 2017 is which one?",
        ],
    );
    same(
        "list of store format",
        &["what kinds of stores do we run format wise", "Store formats: which ones do we run?"],
    );
    same("revenue, state is Ohio", &["what do the ohio stores make"]);
    same("revenue by region, the highest one", &["I'd like to know the region that earns the highest revenue"]);
}

#[test]
fn what_is_left_out_is_left_out() {
    same(
        "revenue by region, state is not Texas",
        &[
            "revenue by region, leave out Texas",
            "revenue by region, Texas left out",
            "sales by region with Texas excluded",
            "sales by region, disregarding Texas",
            "revenue by region, not counting Texas",
        ],
    );
    same(
        "revenue, region is West, home ownership is Homeowner",
        &["Looking only at our western stores, what did customers who own their home spend there?"],
    );
}

#[test]
fn headings_and_turns_of_phrase_say_the_same() {
    same("revenue by channel, 2 December 2017 to 31 December 2017", &["Channel turnover, past 30 days"]);
    same(
        "revenue by store format, December 2017",
        &["Store format revenue in december", "Store format: sales in Dec 2017"],
    );
    same("customer value by age band", &["Age bands: avg revenue per customer"]);
    same(
        "average number of products with sales per basket",
        &[
            "How many distinct products does the average basket contain?",
            "how many different products does a typical basket hold",
        ],
    );
    same(
        "coupon discount in percent of revenue by quarter, 2017",
        &["How much were coupon discounts in relation to revenue, in percent, in each of the four quarters of 2017?"],
    );
    same(
        "units and unit target by category, units below unit target, 2017",
        &["Where did we fall short of the 2017 unit target? List the categories."],
    );
    same(
        "discount by region, Q4 2017",
        &["This quarter, how much discount did each region give, retail and coupons added together?"],
    );
    same(
        "revenue by In summer and In winter, subcategory is ICE CREAM/MILK/SHERBTS",
        &["Do we sell more ice cream in summer (Jun-Aug) than in winter (Dec-Feb)? Show me the revenue of both."],
    );
}

#[test]
fn a_noun_in_a_longer_name_is_not_said_again() {
    same("customer value by household size", &["Average spend per household by household size"]);
}

#[test]
fn every_way_to_say_a_meaning_has_the_plan_of_the_first() {
    let mut wrong = Vec::new();
    let mut wanted: Option<crate::plan::Plan> = None;
    let mut lines = 0;
    for line in include_str!("pairs.txt").lines().skip(1).filter(|line| !line.is_empty()) {
        if line.starts_with("# ") {
            wanted = None;
            continue;
        }
        lines += 1;
        match (plan(line), &wanted) {
            (Ok(plan), None) => wanted = Some(plan),
            (Ok(plan), Some(wanted)) if plan == *wanted => {}
            (Ok(_), _) => wrong.push(format!("{line}\n    {}", read(line))),
            (Err(refusal), _) => wrong.push(format!("{line}\n    {refusal}")),
        }
    }
    assert!(lines > 300, "{lines}");
    assert!(wrong.is_empty(), "{} ways\n  {}", wrong.len(), wrong.join("\n  "));
}

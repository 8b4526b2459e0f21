//! Measures, shares and statistics in other words: concentration, targets, ranks, averages over one of many.

use super::all;

#[test]
fn few_of_many_are_weighed() {
    all(&[
        ("How many customers make up 80% of revenue?", "smallest number of customers that make up 80 % of revenue"),
        (
            "What is the smallest number of stores that make half of all revenue?",
            "smallest number of stores that make up 50 % of revenue",
        ),
        ("How much of our revenue comes from the top 10 stores?", "share of revenue of the top 10 of stores"),
        (
            "What share of revenue comes from the bottom half of customers?",
            "share of revenue of the bottom 50 % of customers",
        ),
        (
            "how many percent of sales are due to the best tenth of the customers",
            "share of revenue of the top 10 % of customers",
        ),
        ("What part of sales do the top 5 categories make up?", "share of revenue of the top 5 of category"),
    ]);
}

#[test]
fn targets_are_missed_and_met() {
    all(&[
        (
            "How many products exceeded their target?",
            "number of products with unit target above 0 and units above unit target",
        ),
        ("List the categories under 90% of target", "target attainment by category, target attainment below 90"),
        (
            "Which departments reached less than 80 percent of plan in 2017?",
            "target attainment by category, target attainment below 80, 2017",
        ),
        (
            "How many products missed their target by more than half?",
            "number of products with unit target above 0 and target attainment below 50",
        ),
        ("By how many units did PRODUCE miss its target?", "unit target minus units, category is PRODUCE"),
        (
            "Which category is furthest below its target?",
            "units, unit target and unit target minus units by category, units below unit target, the highest one",
        ),
    ]);
}

#[test]
fn several_numbers_describe_one_measure() {
    all(&[
        (
            "min, max and median basket value",
            "lowest revenue per basket, highest revenue per basket and median revenue per basket",
        ),
        (
            "quartiles of spend per customer",
            "percentile 25 of revenue per customer, percentile 50 of revenue per customer and percentile 75 of revenue per customer",
        ),
        (
            "p50 and p90 of basket value by channel",
            "percentile 50 of revenue per basket and percentile 90 of revenue per basket by channel",
        ),
        ("average and maximum list price per category", "average list price and highest list price by category"),
    ]);
}

#[test]
fn one_is_set_against_the_rest_and_ranked_among_all() {
    all(&[
        ("Revenue of Texas versus all other states", "revenue by Texas and Other states"),
        ("revenue of private label compared with the rest", "revenue by Private label and All others"),
        ("What rank does Texas have by revenue?", "revenue and rank by revenue by state, only state is Texas"),
        (
            "What is the fourth best store in each region by revenue?",
            "revenue by region and store, only place 4 from the highest of each region",
        ),
        (
            "Which stores had more baskets than average?",
            "basket count by store, basket count above average basket count over all rows",
        ),
        (
            "days with revenue of more than 1.5 times the average",
            "revenue by day, revenue above 1.5 times average revenue over all rows, until 31 December 2017",
        ),
    ]);
}

#[test]
fn averages_are_taken_over_one_of_many() {
    all(&[
        ("How much do we sell on an average day?", "average revenue per day"),
        ("number of lines on one receipt on average", "basket lines"),
        ("How much does the average household spend?", "revenue per number of customers with sales"),
        (
            "What is the difference between gross and net sales in 2017?",
            "gross sales, revenue and gross sales minus revenue, 2017",
        ),
        ("retail and coupon discounts together by region", "discount by region"),
        ("share of revenue and share of baskets by region", "share of revenue and share of basket count by region"),
        (
            "In which state is the share of digital orders the highest?",
            "share of basket count where channel category is Digital by state, the highest one",
        ),
    ]);
}

#[test]
fn the_best_of_a_period_are_compared_with_another() {
    all(&[
        (
            "Which 5 stores sold the most ice cream in July 2017, compared with June 2017?",
            "revenue by store, July 2017 compared with June 2017, subcategory is ICE CREAM/MILK/SHERBTS, the 5 highest",
        ),
        (
            "Top 3 categories in Q1 2017 vs Q2 2017",
            "revenue by category and quarter, in Q1 2017 or in Q2 2017, the 3 highest of each quarter",
        ),
    ]);
}

#[test]
fn a_ratio_may_have_its_conditions_in_between() {
    all(&[
        ("Revenue of married customers per basket", "revenue per basket, marital status is Married"),
        (
            "Revenue of married vs unmarried customers per basket",
            "revenue per basket by marital status, marital status is Married or Unmarried",
        ),
    ]);
}

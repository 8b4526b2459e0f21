//! Words that were easily read as something else: verbs that stand in names of values, "a single", "it again".

use super::all;

#[test]
fn verbs_are_no_values() {
    all(&[
        ("How many manufacturers supply the COSMETICS department?", "number of manufacturers, category is COSMETICS"),
        ("Which manufacturers produce cosmetics?", "list of manufacturer id, category is COSMETICS"),
        (
            "How many customers have not placed a single home delivery order?",
            "number of customers, only customers without sales where channel is Home delivery",
        ),
        (
            "How many customers who are single shopped online?",
            "number of customers, marital status is Unmarried, only customers with sales where channel category is \
             Digital",
        ),
        ("In what share of baskets was at least one coupon used?", "share of basket count where with coupon"),
    ]);
}

#[test]
fn numbers_are_of_what_is_said() {
    all(&[
        (
            "How many customers shopped in more than 5 different stores in 2017?",
            "number of customers with number of stores with sales above 5, 2017",
        ),
        (
            "How many products sold more units in 2017 than their target?",
            "number of products with unit target above 0 and units above unit target, 2017",
        ),
        ("Average amount per trip by household size", "revenue per basket by household size"),
        (
            "What's the average unit target of a product in each category?",
            "average unit target per product by category",
        ),
        (
            "How many days pass on average between a customer's first and second shopping day?",
            "average days between visits 1 and 2 of one customer",
        ),
        ("who are the seven customers that came in most often", "basket count by customer, the 7 highest"),
        ("Give me the revenue of every public holiday in 2017.", "revenue by holiday, public holiday, 2017"),
        (
            "What percentage of the customers who used click and collect in January 2017 used it again in December?",
            "share of customers with sales where channel is Click and collect in December 2017, only customers with \
             sales where channel is Click and collect in January 2017",
        ),
    ]);
}

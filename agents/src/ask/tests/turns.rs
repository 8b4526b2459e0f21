//! Turns of speech of an office: asked in the middle, spelt out again, usual days, ranked averages, only before values.

use super::all;

#[test]
fn turns_of_speech_say_the_same() {
    all(&[
        ("Texas has how many stores?", "number of stores, state is Texas"),
        ("We sold how many units in May?", "units, May 2017"),
        ("What revenue did we book in fiscal 2017?", "revenue, fiscal year 2017 (1 February 2017 to 31 January 2018)"),
        ("What did the customers in each income band spend with us in total?", "revenue by income band"),
        ("discount rate by brand: discounts divided by gross sales", "discount rate by brand"),
        ("stores opened per year", "number of stores by year"),
        ("list the departments with their respective sales", "revenue by category"),
        ("revenue by state in 2017, only supermarkets", "revenue by state, store format is Supermarket, 2017"),
        (
            "Revenue per basket in each store format, split into physical and digital",
            "basket value by store format and channel category, channel category is Physical or Digital",
        ),
        ("How much did we sell per day on average, month by month in 2017?", "average revenue per day by month, 2017"),
        ("On average, how much revenue per day did we make in each quarter of 2017?", "daily revenue by quarter, 2017"),
        (
            "Which day of the week has the lowest average number of baskets per day?",
            "average basket count per day by weekday, the lowest one",
        ),
        ("Average baskets per day, weekends against weekdays", "average basket count per day by weekend or not"),
        (
            "What is the median total spend of a customer, and the 75th percentile?",
            "median revenue per customer and percentile 75 of revenue per customer",
        ),
        ("Total coupon discount handed out by the Texas stores?", "coupon discount, state is Texas"),
        ("How much retail discount did we grant in 2017 in all?", "retail discount, 2017"),
        (
            "how many of our stores did not even make a thousand dollars in sales",
            "number of stores with revenue below 1000",
        ),
        ("revenue in Texas California and Ohio", "ask::unclear"),
    ]);
}

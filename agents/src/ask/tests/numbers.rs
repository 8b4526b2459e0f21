//! Numbers and time as people say them: what one of them is worth, usual days, orders in time, parts, middles, places.

use super::all;

#[test]
fn what_one_of_them_is_worth() {
    all(&[
        ("what does a basket come to on average", "basket value"),
        (
            "For each of our channels, how much does the typical shopping basket come to on average?",
            "basket value by channel",
        ),
        ("On average, what is a basket worth in each of our store formats?", "basket value by store format"),
        ("How much do people leave at the till per visit?", "basket value"),
        ("If you take a typical sales line, how many dollars is it worth on average?", "line value"),
        (
            "What do people pay for a unit of milk on average, per channel?",
            "unit price by channel, subcategory is FLUID MILK PRODUCTS",
        ),
        (
            "How much does a unit of milk cost on average in each region?",
            "unit price by region, subcategory is FLUID MILK PRODUCTS",
        ),
        (
            "average price per unit that customers pay for milk, state by state",
            "unit price by state, subcategory is FLUID MILK PRODUCTS",
        ),
        ("How many items does a shopper put in the basket on average?", "basket units"),
        ("How many baskets does a store ring up per day on average?", "average basket count per store and day"),
        ("average units per store and week", "average units per week and store"),
        (
            "how many customers visit a store on an average day",
            "average number of customers with sales per store and day",
        ),
        ("What's the median customer spend by state?", "median revenue per customer by state"),
    ]);
}

#[test]
fn days_of_a_kind_are_compared_by_what_is_usual_in_one() {
    let weekend = "average revenue per day by weekend or not";
    let holiday = "average revenue per day by holiday or not";
    all(&[
        (
            "do we get more baskets a day on weekends or on weekdays, on average",
            "average basket count per day by weekend or not",
        ),
        ("average revenue on weekend days compared to weekdays", weekend),
        ("Do we sell more per day on holidays or on other days?", holiday),
        ("On a holiday, what do we take in a day on average, and what on a day that is not a holiday?", holiday),
        ("how much do we make on a holiday compared with a normal day", holiday),
        (
            "Baskets per day on average, holidays versus all other days",
            "average basket count per day by holiday or not",
        ),
        ("Average revenue by day of the week", "average revenue per day by weekday"),
        ("average number of baskets per weekday in 2017", "average basket count per day by weekday, 2017"),
        ("How many baskets a day do we have on Sundays?", "average basket count per day, weekday Sunday"),
        (
            "how many lines does a basket have on average on weekends compared to weekdays",
            "line count per basket by weekend or not",
        ),
        ("sales on public holidays", "revenue, public holiday"),
        ("sales on the last day of each month 2017", "ask::words_not_placed"),
    ]);
}

#[test]
fn orders_in_time_are_no_dates() {
    all(&[
        (
            "number of baskets in the Midwest for every month of 2017, January first",
            "basket count by month, region is Midwest, in ascending order, 2017",
        ),
        (
            "revenue of the Superstores for each month of 2017 beginning with January",
            "revenue by month, store format is Superstore, in ascending order, 2017",
        ),
        (
            "baskets for each month of 2017, sorted from January to December",
            "basket count by month, in ascending order, 2017",
        ),
        (
            "revenue, baskets and basket value per month 2017, oldest first",
            "revenue, basket count and basket value by month, in ascending order, 2017",
        ),
        ("Sales by state in 2017, from the smallest to the largest", "revenue by state, in ascending order, 2017"),
        ("Coupon discount by store format for the year so far", "coupon discount by store format, 2017"),
        (
            "What did we make in November, and what in December?",
            "revenue by month, in November 2017 or in December 2017",
        ),
        (
            "For Q1 to Q4 2017, how large were coupon discounts relative to sales, in percent?",
            "coupon discount in percent of revenue by quarter, 2017",
        ),
        ("Revenue between 5 and 12 March 2017", "revenue, 5 March 2017 to 12 March 2017"),
        ("baskets in Jan-Jun 2017", "basket count, January to June 2017"),
    ]);
}

#[test]
fn numbers_add_up_and_change_from_step_to_step() {
    all(&[
        (
            "Show how the number of baskets adds up over the quarters of 2017 as a running total.",
            "basket count and running total of basket count by quarter, 2017",
        ),
        (
            "How much had we sold in 2017 by the end of each month?",
            "revenue and running total of revenue by month, 2017",
        ),
        (
            "By what percentage did the number of baskets change from each quarter of 2017 to the next?",
            "basket count and change of basket count in percent against the step before by quarter, 2017",
        ),
        (
            "revenue by month 2017 with the difference to the previous month",
            "revenue and change of revenue against the step before by month, 2017",
        ),
        (
            "december 2017: daily sales smoothed with a rolling 7 day average",
            "revenue and moving average of revenue over 7 rows by day, December 2017",
        ),
        (
            "comparing jan-jun with jul-dec 2017, which department's share of total sales rose the most?",
            "share of revenue by category, July to December 2017 compared with January to June 2017, the highest one",
        ),
        (
            "Comparing the two halves of 2017, which state's share of revenue fell the most?",
            "share of revenue by state, July to December 2017 compared with January to June 2017, the lowest one",
        ),
        ("Revenue of Q4 compared with Q1 by region, in percent", "revenue by region, Q4 2017 compared with Q1 2017"),
        (
            "Which of the two sold more units in 2017, private or national brand?",
            "units by brand, brand is Private or National, 2017",
        ),
        (
            "Sort departments from the highest revenue to the lowest and show the cumulative share of revenue in percent.",
            "revenue and cumulative share of revenue by category, greatest first",
        ),
    ]);
}

#[test]
fn parts_and_middles_and_places() {
    all(&[
        (
            "For each store format, how many percent of the sales before discounts went into retail and coupon discounts?",
            "discount in percent of gross sales by store format",
        ),
        (
            "how big are retail + coupon discounts together per category, as a % of what sales would have been before any discount",
            "discount in percent of gross sales by category",
        ),
        ("percentage of coupon discount divided by revenue", "coupon discount in percent of revenue"),
        (
            "Units sold in percent of the 2017 unit target, private versus national brand",
            "target attainment by brand, brand is Private or National, 2017",
        ),
        ("Store formats: share of total baskets in percent", "share of basket count by store format"),
        ("revenue and its share of the total by region", "revenue and share of revenue by region"),
        ("share of weekend sales in total sales by state", "share of revenue where weekends only by state"),
        (
            "I need the median and the 90th percentile of what a basket is worth.",
            "median revenue per basket and percentile 90 of revenue per basket",
        ),
        (
            "Half of the baskets are worth less than what amount, and nine out of ten less than what?",
            "median revenue per basket and percentile 90 of revenue per basket",
        ),
        (
            "smallest, largest and average basket",
            "lowest revenue per basket, highest revenue per basket and average revenue per basket",
        ),
        (
            "best 10% of our customers: how much of total sales is theirs, in %?",
            "share of revenue of the top 10 % of customers",
        ),
        (
            "What are the top 5% of customers worth in percent of revenue?",
            "share of revenue of the top 5 % of customers",
        ),
        (
            "rank subcategories on 2017 turnover and give me the ten at the top",
            "revenue by subcategory, the 10 highest, 2017",
        ),
        (
            "who got the most coupon discount from us? top ten customers pls",
            "coupon discount by customer, the 10 highest",
        ),
        ("Month of 2017 with the highest average basket value", "basket value by month, the highest one, 2017"),
        (
            "For each region, the city with the highest revenue in 2017",
            "revenue by region and city, the highest one of each region, 2017",
        ),
        (
            "Which is the second-largest state by customers?",
            "number of customers by state, only place 2 from the highest",
        ),
        ("top -5 departments", "ask::unclear"),
        ("Revenue share of weekends by region", "share of revenue where weekends only by region"),
        ("sales per quarter 2017, Q1 first", "revenue by quarter, in ascending order, 2017"),
        ("distribution of baskets by number of lines", "ask::words_not_placed"),
    ]);
}

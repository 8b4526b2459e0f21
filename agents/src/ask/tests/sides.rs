//! The same said from the other side: what was not done, to whom it was given, what was there before it is asked for.

use super::all;

#[test]
fn what_was_not_reached_is_less_than_it() {
    all(&[
        (
            "how many of our stores didn't even make a thousand dollars in sales",
            "number of stores with revenue below 1000",
        ),
        ("How many stores failed to make 20,000 dollars in 2017?", "number of stores with revenue below 20,000, 2017"),
        (
            "Which departments never made it to 10,000 dollars in 2017?",
            "revenue by category, revenue below 10,000, 2017",
        ),
        ("how many households didn't even spend a hundred dollars", "number of customers with revenue below 100"),
        (
            "In which categories did we sell fewer units in 2017 than targeted?",
            "units and unit target by category, units below unit target, 2017",
        ),
    ]);
}

#[test]
fn whom_it_concerns_is_no_group() {
    all(&[
        ("How much did we give our customers in coupon discounts in December?", "coupon discount, December 2017"),
        (
            "Revenue of private label products separately for each quarter of 2017",
            "revenue by quarter, brand is Private, 2017",
        ),
        ("What is the highest list price by department?", "highest list price by category"),
        ("What discounts did we grant our customers in December?", "discount, December 2017"),
        ("What did the customers in each income band spend with us in total?", "revenue by income band"),
        ("What was spent with us by households with kids?", "revenue, kids count is 1 or 2 or 3+"),
        ("How much money did renters leave with us in 2017?", "revenue, home ownership is Renter, 2017"),
    ]);
}

#[test]
fn what_is_there_is_asked_for() {
    all(&[
        (
            "were there months in 2017 where we made more than 390,000 dollars in sales, and which ones",
            "revenue by month, revenue above 390,000, 2017",
        ),
        ("Did any store sell more than 60,000 dollars in 2017?", "revenue by store, revenue above 60,000, 2017"),
        ("In how many customer households are there children?", "number of customers, kids count is 1 or 2 or 3+"),
        (
            "What percentage of our sales comes from the 10% of customers who spend the most?",
            "share of revenue of the top 10 % of customers",
        ),
    ]);
}

#[test]
fn an_average_day_is_none_of_the_groups() {
    all(&[
        ("How much did we sell per day on average, month by month in 2017?", "average revenue per day by month, 2017"),
        (
            "How much did every channel's revenue grow this quarter over the last one, in percent?",
            "revenue by channel, Q4 2017 compared with Q3 2017",
        ),
        ("Active customers, 2017, monthly count", "active customers by month, 2017"),
        ("Revenue in the summer, meaning June through August", "revenue, June to August 2017"),
    ]);
}

#[test]
fn sides_and_scenes_come_first() {
    all(&[
        (
            "How many married and how many unmarried households do we have, and what did each of the two groups spend in total?",
            "number of customers and revenue by marital status, marital status is Married or Unmarried",
        ),
        (
            "How many homeowners and how many renters do we have?",
            "number of customers by home ownership, home ownership is Homeowner or Renter",
        ),
        ("We have 30 departments. Which three sold the least in 2017?", "revenue by category, the 3 lowest, 2017"),
        (
            "Think of December 2017. Which ten products brought in the most?",
            "revenue by product, the 10 highest, December 2017",
        ),
        ("Saturday and Sunday together: what did they bring in in 2017?", "revenue, weekends only, 2017"),
        (
            "Who stopped buying after September?",
            "list of customers, only customers with sales for the last time until 30 September 2017",
        ),
    ]);
}

#[test]
fn what_falls_into_a_time_is_in_it() {
    all(&[
        (
            "How many baskets fall into fiscal year 2016?",
            "basket count, fiscal year 2016 (1 February 2016 to 31 January 2017)",
        ),
        ("How much have we sold on Saturdays and Sundays together?", "revenue, weekends only"),
    ]);
}

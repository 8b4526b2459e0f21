//! Questions about time and change: every row is a question and what is understood of it, or the code of the refusal.

use super::tests::all;

#[test]
fn periods_are_set_against_each_other() {
    let weeks = "revenue, 25 December 2017 to 31 December 2017 compared with 18 December 2017 to 24 December 2017";
    all(&[
        ("Revenue this week vs last week", weeks),
        ("revenue this week against the week before", weeks),
        ("sales this week compared to the previous one", weeks),
        ("how do sales compare to last week", weeks),
        (
            "Sales by region, this quarter against the one before",
            "revenue by region and quarter, in Q3 2017 or in Q4 2017",
        ),
        (
            "sales in the 10 days before and after Thanksgiving",
            "revenue, 24 November 2017 to 3 December 2017 compared with 13 November 2017 to 22 November 2017",
        ),
        (
            "How many customers are spending more over time? Compare Q4 with Q3",
            "number of customers with revenue in Q4 2017 above revenue in Q3 2017",
        ),
        ("How many customers are spending more over time?", "ask::unclear"),
    ]);
}

#[test]
fn steps_of_time_change() {
    let declined = "revenue and change of revenue in percent against the step before by month, \
                    change of revenue in percent against the step before below 0, until 31 December 2017";
    all(&[
        ("In which months did revenue decline?", declined),
        ("which months did sales fall in", declined),
        (
            "revenue per month of 2017 and the change in percent to the month before",
            "revenue and change of revenue in percent against the step before by month, 2017",
        ),
        (
            "by what percentage was turnover up or down on the previous month, for each month of 2017",
            "revenue and change of revenue in percent against the step before by month, 2017",
        ),
    ]);
}

#[test]
fn what_is_usual_is_an_average_per_step() {
    all(&[
        ("How much do we sell on a typical Friday?", "average revenue per day, weekday Friday"),
        ("How many baskets do we get on an average Saturday?", "average basket count per day, weekday Saturday"),
        ("Average sales on Mondays", "average revenue per day, weekday Monday"),
        ("For all months of 2017, how much did we sell on an average day", "average revenue per day by month, 2017"),
        (
            "rolling 7 day average of daily sales",
            "revenue and moving average of revenue over 7 rows by day, until 31 December 2017",
        ),
        (
            "moving average over three months of monthly revenue in 2017",
            "revenue and moving average of revenue over 3 rows by month, 2017",
        ),
        (
            "the mean revenue over seven days each time, for every day of December 2017",
            "revenue and moving average of revenue over 7 rows by day, December 2017",
        ),
    ]);
}

#[test]
fn lists_of_times_are_told_one_by_one() {
    all(&[
        (
            "revenue in Q1, Q2, Q3 and Q4 of 2017",
            "revenue by quarter, in Q1 2017 or in Q2 2017 or in Q3 2017 or in Q4 2017",
        ),
        ("Revenue in January 2017, February and so on until December", "revenue by month, 2017"),
        ("what did Mondays bring in, Tuesdays and so on", "revenue by weekday"),
        (
            "What did retail discounts amount to last month in each store format?",
            "total retail discount amount by store format, November 2017",
        ),
        ("beer sales in spring and in autumn", "revenue by In spring and In autumn, subcategory is BEERS/ALES"),
        ("average basket value by region, weekends apart from weekdays", "basket value by region and weekend or not"),
        ("Revenue month after month in 2017", "revenue by month, 2017"),
        ("revenue in each of the four quarters of 2017", "revenue by quarter, 2017"),
    ]);
}

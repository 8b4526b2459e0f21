//! Things and what they did, said in many ways: first and last times, days of the calendar, sets, counts side by side.

use super::all;

#[test]
fn first_and_last_times_are_told_by_step() {
    all(&[
        (
            "New customers by month in 2017",
            "number of customers with sales for the first time in 2017 by month of the customer's lowest date",
        ),
        (
            "by month of 2017, how many customers bought from us for the last time?",
            "number of customers with sales for the last time in 2017 by month of the customer's highest date",
        ),
        (
            "customers per month of last purchase, 2017",
            "number of customers with sales for the last time in 2017 by month of the customer's highest date",
        ),
        (
            "how many customers used click and collect for the first time in each month of 2017",
            "number of customers with sales where channel is Click and collect for the first time in 2017 by month of the customer's lowest date where channel is Click and collect",
        ),
        (
            "When did customers first try home delivery? I need the number of first-time users for each month of 2017.",
            "number of customers with sales where channel is Home delivery for the first time in 2017 by month of the customer's lowest date where channel is Home delivery",
        ),
        ("how many new customers did we win each month?", "number of customers by month of the customer's lowest date"),
        (
            "In which month did most customers buy for the first time?",
            "number of customers by month of the customer's lowest date, the highest one",
        ),
        (
            "how many new customers in March 2017",
            "number of customers, only customers with sales for the first time in March 2017",
        ),
        (
            "Take everyone who shopped with us for the first time in January 2017: how many percent of them were back to buy in December?",
            "share of customers with sales in December 2017, only customers with sales for the first time in January 2017",
        ),
        (
            "Average gap in days from one shopping day of a household to its next",
            "average days between visits of one customer",
        ),
    ]);
}

#[test]
fn days_of_the_calendar_are_counted_and_found() {
    all(&[
        ("how many weekend days did 2017 have, going by our calendar", "number of days where weekends only, 2017"),
        ("how many Sundays were there in 2017?", "number of days where weekday Sunday, 2017"),
        ("Count the 2018 federal holidays in the date table.", "number of days where public holiday, 2018"),
        ("how many days did Q1 2017 have", "number of days, Q1 2017"),
        ("On which date is Thanksgiving in 2018 according to our calendar?", "list of date, in 22 November 2018"),
        ("What date does Christmas fall on in 2018?", "list of date, in 25 December 2018"),
        ("On what day of the week is Independence Day in 2018?", "list of weekday, in 4 July 2018"),
        ("List the holidays of 2017 with their dates", "list of holiday and date, public holiday, in 2017"),
        ("On which days of 2017 did we sell nothing?", "list of date, only dates without sales, in 2017"),
        ("on how many days did we sell fuel?", "number of different date, category is FUEL"),
    ]);
}

#[test]
fn counts_stand_side_by_side() {
    all(&[
        ("Shoppers and trips by age band", "number of customers and basket count by age band"),
        ("customers and baskets per region", "number of customers with sales and basket count by region"),
        ("shoppers as well as revenue by store format", "number of customers with sales and revenue by store format"),
        (
            "click and collect and home delivery: customers and revenue for each",
            "number of customers with sales and revenue by channel, channel is Click and collect or Home delivery",
        ),
        (
            "For each kids count, show how many households there are and what they have spent altogether.",
            "number of customers and revenue by kids count",
        ),
        ("Number of stores with sales per quarter in 2017", "number of stores with sales by quarter, 2017"),
        (
            "imported wine: in how many states did we sell any last month",
            "number of different state, subcategory is IMPORTED WINE, November 2017",
        ),
        (
            "on average, how many different stores did a customer visit?",
            "average number of stores with sales per customer",
        ),
        ("What have our customers spent, by marital status?", "revenue by marital status"),
        (
            "How many customers bought more than 5 different products in June?",
            "number of customers with number of products with sales above 5, June 2017",
        ),
        ("List the ten customers who came most often in 2017", "basket count by customer, the 10 highest, 2017"),
        ("receipts above $100 per store format", "number of baskets with revenue above 100 by store format"),
        ("states without a superstore", "list of state, only states without stores where store format is Superstore"),
        (
            "Do we have more homeowners or more renters?",
            "number of customers by home ownership, home ownership is Homeowner or Renter",
        ),
        ("subcategories with only one product", "number of products by subcategory, number of products is 1"),
        ("Number of baskets worth more than $200", "number of baskets with revenue above 200"),
        ("For how many products did we set a target for 2017?", "number of products with targets, 2017"),
    ]);
}

#[test]
fn sets_of_things_are_told_apart() {
    all(&[
        (
            "how many customers have bought beer as well as yogurt",
            "number of customers, only customers with sales where subcategory is BEERS/ALES, only customers with sales where subcategory is YOGURT",
        ),
        (
            "Number of customers who have ordered both by Click and collect and by Home delivery",
            "number of customers, only customers with sales where channel is Click and collect, only customers with sales where channel is Home delivery",
        ),
        (
            "bought in q1 2017, but no purchase in q4 2017: how many customers is that?",
            "number of customers, only customers with sales in Q1 2017, only customers without sales in Q4 2017",
        ),
        (
            "In how many stores was beer sold in December?",
            "number of stores with sales, subcategory is BEERS/ALES, December 2017",
        ),
        (
            "What percentage of the customers who bought in January 2017 also bought in every other month of the year?",
            "share of customers with sales in 2017 with number of different month of the year of date at least 12, only customers with sales in January 2017",
        ),
        ("how many customers bought from every department", "ask::unclear"),
        ("how many customers made their second purchase in 2017", "ask::unclear"),
        ("How many customers shopped on at least 5 days in a row in 2017?", "ask::words_not_placed"),
        (
            "Out of everyone who ordered by click and collect in Q1 2017, how many percent did so again in Q4?",
            "share of customers with sales where channel is Click and collect in Q4 2017, only customers with sales where channel is Click and collect in Q1 2017",
        ),
        (
            "Households by income band, only where the income is known",
            "number of customers by income band, income band is not Unknown",
        ),
        ("Customers per state of residence", "number of customers by customer state"),
        ("how many orders went out by home delivery?", "basket count, channel is Home delivery"),
        ("whats the rent we pay for the seattle stores", "ask::not_in_data"),
        (
            "In 2017, what number of catalogue items had no sale at all?",
            "number of products, only products without sales in 2017",
        ),
    ]);
}

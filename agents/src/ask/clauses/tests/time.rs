//! Dates set against dates, and the way that rows are ordered.

use super::Aviary;
use crate::ask::{Lexicon, Settings, understand};

/// Horses and the times that they are boarded, with the days of booking, arrival, departure and payment.
const STABLE: &str = "
    CREATE TABLE horse (horse_id INTEGER PRIMARY KEY, name VARCHAR, birth_date DATE, price DOUBLE);
    CREATE TABLE boarding (boarding_id INTEGER PRIMARY KEY, horse_id INTEGER REFERENCES horse(horse_id), yard VARCHAR,
        booked_on DATE, arrival DATE, departure DATE, payment_due DATE, paid_on DATE, fee DOUBLE);
    INSERT INTO horse SELECT i, 'Comet ' || i, DATE '2008-03-01' + (i * 400)::INTEGER, 900 + i * 13.5 FROM range(14) t(i);
    INSERT INTO boarding SELECT i, i % 12, ['north', 'south', 'mill'][i % 3 + 1], DATE '2023-10-01' + (i * 3)::INTEGER,
        DATE '2023-10-01' + (i * 3 + i % 9)::INTEGER, DATE '2023-10-01' + (i * 3 + i % 9 + i % 7 + 1)::INTEGER,
        DATE '2023-12-01' + (i * 3)::INTEGER, CASE WHEN i % 5 > 0 THEN DATE '2023-12-01' + (i * 3 + i % 11 - 5)::INTEGER END,
        i * 12.5 FROM range(90) t(i);";

#[test]
fn times_between_dates_give_the_rows_of_their_sql() {
    let stable = Aviary::of("stable", STABLE);
    for (question, sql) in [
        (
            "What is the average length of stay in days for each yard?",
            "SELECT yard, AVG(departure - arrival) FROM boarding GROUP BY ALL",
        ),
        (
            "What is the average number of days from booking to arrival?",
            "SELECT AVG(arrival - booked_on) FROM boarding",
        ),
        ("How many days before arrival do people book on average?", "SELECT AVG(arrival - booked_on) FROM boarding"),
        (
            "How many days does it take on average from booking to departure? Split it by yard.",
            "SELECT yard, AVG(departure - booked_on) FROM boarding GROUP BY ALL",
        ),
        (
            "How many horses are older than 9?",
            "SELECT COUNT(*) FROM horse WHERE date_sub('year', birth_date, DATE '2024-06-30') > 9",
        ),
        (
            "What is the average age of horses?",
            "SELECT AVG(date_sub('year', birth_date, DATE '2024-06-30')) FROM horse",
        ),
        (
            "How many boardings were paid after the payment due date?",
            "SELECT COUNT(*) FROM boarding WHERE paid_on > payment_due",
        ),
        (
            "How many boardings arrived within 5 days of booking?",
            "SELECT COUNT(*) FROM boarding WHERE arrival - booked_on BETWEEN 0 AND 5",
        ),
        (
            "How many boardings arrived in 2023 (from Jan 1st to Dec 31st inclusive)?",
            "SELECT COUNT(*) FROM boarding WHERE year(arrival) = 2023",
        ),
        (
            "What is the total fee of boardings that arrived in the past 30 days, inclusive of 30 days ago?",
            "SELECT SUM(fee) FROM boarding WHERE arrival >= DATE '2024-05-31' AND arrival <= DATE '2024-06-30'",
        ),
    ] {
        assert_eq!(stable.rows(question), stable.sql(sql), "{question}");
    }
}

#[test]
fn superlatives_say_by_what_rows_are_ordered_and_which_way() {
    let stable = Aviary::of("stable", STABLE);
    let settings = Settings { today: jiff::civil::date(2024, 6, 30), complete: true };
    let lexicon = Lexicon::new(&stable.model);
    for (question, column, descending) in [
        ("List the name and birth date of horses from youngest to oldest.", "birth_date", true),
        ("List the name and birth date of horses, oldest first.", "birth_date", false),
        ("Show the name and price of horses from the dearest to the cheapest.", "price", true),
        ("Show the name and price of horses, cheapest first.", "price", false),
        ("Show the name and price of horses sorted by highest price first.", "price", true),
        ("Show the name and price of horses in alphabetical order.", "name", false),
    ] {
        let plan = understand(question, &[], &stable.model, &lexicon, &settings).unwrap().plan;
        let crate::plan::OrderKey::Dimension(place) = plan.order[0].by else { panic!("{question}") };
        let shown = serde_json::to_string(&plan.dimensions[place]).unwrap();
        assert!(shown.contains(column), "{question}: {shown}");
        assert_eq!(plan.order[0].descending, descending, "{question}");
    }
}

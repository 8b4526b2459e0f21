//! Denied kinds, missing values that are told of, the ends of terms, first rows, and times of rows with several dates.

use super::Aviary;

/// Clubs, members of them in a role, and loans with several dates.
const CLUBS: &str = "
    CREATE TABLE club (club_id INTEGER PRIMARY KEY, club_name VARCHAR, is_open BOOLEAN, dues DOUBLE);
    CREATE TABLE person (person_id INTEGER PRIMARY KEY, first_name VARCHAR, last_name VARCHAR, status VARCHAR, contract_end DATE,
        hired_on DATE);
    CREATE TABLE club_person (club_id INTEGER REFERENCES club(club_id), person_id INTEGER REFERENCES person(person_id), role VARCHAR);
    CREATE TABLE loan (loan_id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person(person_id), loan_datetime TIMESTAMP,
        due_date DATE, decision_date DATE, amount DOUBLE, granted_amount DOUBLE, status VARCHAR);
    INSERT INTO club SELECT i, ['Chess', 'Rowing', 'Opera', 'Judo'][i + 1], i % 2 = 0, CASE WHEN i > 1 THEN i * 10 END FROM range(4) t(i);
    INSERT INTO person SELECT i, 'Ada' || i, 'Moss' || i, ['active', 'former'][i % 2 + 1], DATE '2024-01-15' + (i * 30)::INTEGER,
        DATE '2015-01-01' + (i * 300)::INTEGER FROM range(12) t(i);
    INSERT INTO club_person SELECT i % 4, i, ['chair', 'player', 'player'][i % 3 + 1] FROM range(10) t(i);
    INSERT INTO loan SELECT i, i % 9, TIMESTAMP '2023-11-01 10:00:00' + INTERVAL (i * 5) DAY, DATE '2024-03-01' + i::INTEGER,
        DATE '2023-12-01' + (i * 5)::INTEGER, i * 10.0, i * 8.0, ['granted', 'denied', 'open'][i % 3 + 1] FROM range(40) t(i);";

#[test]
fn kinds_are_denied_and_dates_are_those_of_their_rows() {
    let clubs = Aviary::of("clubs", CLUBS);
    for (question, sql) in [
        ("How many non-open clubs are there?", "SELECT COUNT(*) FROM club WHERE NOT is_open"),
        (
            "How many people have a contract that ends in March 2024?",
            "SELECT COUNT(*) FROM person WHERE contract_end >= '2024-03-01' AND contract_end < '2024-04-01'",
        ),
        (
            "How many loans were made in January 2024?",
            "SELECT COUNT(*) FROM loan WHERE loan_datetime >= '2024-01-01' AND loan_datetime < '2024-02-01'",
        ),
        (
            "How many loans were decided in January 2024?",
            "SELECT COUNT(*) FROM loan WHERE decision_date >= '2024-01-01' AND decision_date < '2024-02-01'",
        ),
        (
            "What is the average amount for granted loans in 2024?",
            "SELECT AVG(amount) FROM loan WHERE status = 'granted' AND loan_datetime >= '2024-01-01' AND loan_datetime < '2025-01-01'",
        ),
        (
            "How does the ratio of loans to people vary by club name? Return the number of loans and people as well.",
            "SELECT club_name, 1.0 * COUNT(DISTINCT loan_id) / COUNT(DISTINCT person_id), COUNT(DISTINCT loan_id), \
             COUNT(DISTINCT person_id) FROM club JOIN club_person USING (club_id) LEFT JOIN loan USING (person_id) GROUP BY 1",
        ),
        (
            "Which people chair a club?",
            "SELECT person_id, first_name, last_name FROM person WHERE person_id IN (SELECT person_id FROM club_person WHERE role = 'chair')",
        ),
        (
            "Which clubs must waive dues?\nclub.dues is null for clubs that must waive dues.",
            "SELECT club_id, club_name FROM club WHERE dues IS NULL",
        ),
        (
            "Return the last name and the most recent loan (date and id) of people who were hired more than 6 years ago.",
            "SELECT last_name, l.loan_datetime, l.loan_id FROM person p JOIN loan l USING (person_id) WHERE hired_on < '2018-06-30' \
             AND l.loan_datetime = (SELECT MAX(loan_datetime) FROM loan o WHERE o.person_id = p.person_id)",
        ),
    ] {
        assert_eq!(clubs.rows(question), clubs.sql(sql), "{question}");
    }
}

#[test]
fn a_time_is_left_to_the_rows_that_it_is_said_of() {
    let clubs = Aviary::of("clubs", CLUBS);
    for question in ["How many loans were renewed in January 2024?", "Which people have a licence that ends in 2024?"] {
        let answer = clubs.rows(question);
        assert!(answer.is_err(), "{question}: {answer:?}");
    }
}

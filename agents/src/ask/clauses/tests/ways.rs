//! Which way and which rows a condition is said of: by the verb, by both of two, by the column itself, by what is so now.

use super::Aviary;

/// Pools and lessons: a home pool beside the pool of a lesson, marks that may be missing, passes that begin and end.
const BATHS: &str = "
    CREATE TABLE pool (pool_id INTEGER PRIMARY KEY, name VARCHAR, country VARCHAR, upkeep DOUBLE);
    CREATE TABLE swimmer (swimmer_id INTEGER PRIMARY KEY, name VARCHAR, home_pool_id INTEGER REFERENCES pool(pool_id),
        squad_no INTEGER, since_date DATE, birth_date DATE);
    CREATE TABLE course (course_id INTEGER PRIMARY KEY, title VARCHAR, stroke VARCHAR, minutes INTEGER, season INTEGER);
    CREATE TABLE lesson (lesson_id INTEGER PRIMARY KEY, course_id INTEGER REFERENCES course(course_id),
        pool_id INTEGER REFERENCES pool(pool_id), held_on DATE);
    CREATE TABLE booking (booking_id INTEGER PRIMARY KEY, swimmer_id INTEGER REFERENCES swimmer(swimmer_id),
        lesson_id INTEGER REFERENCES lesson(lesson_id), booked_on DATE, rating INTEGER, channel VARCHAR);
    CREATE TABLE brewery (brewery_id INTEGER PRIMARY KEY, label VARCHAR, country VARCHAR);
    CREATE TABLE season_pass (pass_id INTEGER PRIMARY KEY, swimmer_id INTEGER REFERENCES swimmer(swimmer_id), tier VARCHAR,
        start_date DATE, end_date DATE);
    CREATE TABLE course_votes (course_id INTEGER PRIMARY KEY REFERENCES course(course_id), fun INTEGER, tiring INTEGER,
        would_take_again INTEGER);
    INSERT INTO pool SELECT i, 'Pool ' || i, ['Norway', 'Italy', 'Peru'][i % 3 + 1], (i + 1) * 1.5 FROM range(6) t(i);
    INSERT INTO brewery SELECT i, 'Brew ' || i, ['Norway', 'Chad'][i % 2 + 1] FROM range(5) t(i);
    INSERT INTO swimmer SELECT i, 'Ole ' || i, (i * 5) % 6, CASE WHEN i % 3 = 0 THEN i END, DATE '2022-01-01' + (i * 20)::INTEGER,
        DATE '1990-01-01' + (i * 90)::INTEGER FROM range(20) t(i);
    INSERT INTO course SELECT i, 'Course ' || i, ['crawl', 'butterfly', 'medley'][i % 3 + 1], 30 + i * 5, i % 4 FROM range(9) t(i);
    INSERT INTO lesson SELECT i, i % 9, (i * 7) % 6, DATE '2024-01-01' + i::INTEGER FROM range(40) t(i);
    INSERT INTO booking SELECT i, i % 17, (i * 3) % 40, DATE '2024-01-05' + i::INTEGER, CASE WHEN i % 4 > 0 THEN i % 5 END,
        ['web', 'desk'][i % 2 + 1] FROM range(120) t(i);
    INSERT INTO season_pass SELECT i, i, ['gold', 'blue'][i % 2 + 1], DATE '2023-01-01' + i::INTEGER,
        CASE WHEN i % 3 = 0 THEN DATE '2023-12-31' WHEN i % 3 = 1 THEN DATE '2024-12-31' END FROM range(15) t(i);
    INSERT INTO course_votes SELECT i, i * 2, i + 1, i + 3 FROM range(9) t(i);";

fn agree(cases: &[(&str, &str)]) {
    let baths = Aviary::of("baths", BATHS);
    for (question, sql) in cases {
        let wanted = baths.sql(sql).unwrap();
        assert!(!wanted.is_empty(), "nothing is expected of {question}");
        assert_eq!(baths.rows(question), Ok(wanted), "{question}");
    }
}

#[test]
fn the_verb_or_the_plain_key_says_which_way() {
    agree(&[
        (
            "How many swimmers have booked a butterfly course?",
            "SELECT COUNT(DISTINCT swimmer_id) FROM booking JOIN lesson USING (lesson_id) JOIN course USING (course_id)
             WHERE stroke = 'butterfly'",
        ),
        (
            "How many bookings were made at each pool?",
            "SELECT p.pool_id, p.name, COUNT(*) FROM booking JOIN lesson l USING (lesson_id) JOIN pool p USING (pool_id) GROUP BY 1, 2",
        ),
    ]);
}

#[test]
fn both_of_two_need_not_be_one_row() {
    let both = "SELECT swimmer_id, name FROM swimmer WHERE swimmer_id IN (SELECT swimmer_id FROM booking JOIN lesson USING (lesson_id)
        JOIN course USING (course_id) WHERE stroke = 'crawl') AND swimmer_id IN (SELECT swimmer_id FROM booking JOIN lesson
        USING (lesson_id) JOIN course USING (course_id) WHERE stroke = 'medley')";
    agree(&[
        ("Which swimmers have booked both crawl and medley courses?", both),
        (
            "Which countries have both pools and breweries?",
            "SELECT country FROM pool INTERSECT SELECT country FROM brewery",
        ),
        (
            "What is the average upkeep of pools per country in countries with a brewery?",
            "SELECT country, AVG(upkeep) FROM pool WHERE country IN (SELECT country FROM brewery) GROUP BY 1",
        ),
        ("Which strokes have at least 3 courses?", "SELECT stroke FROM course GROUP BY 1 HAVING COUNT(*) >= 3"),
    ]);
}

#[test]
fn what_is_so_now_has_begun_and_not_ended() {
    agree(&[(
        "Which swimmers currently have a gold season pass?",
        "SELECT swimmer_id, name FROM swimmer WHERE swimmer_id IN (SELECT swimmer_id FROM season_pass WHERE tier = 'gold'
         AND start_date <= DATE '2024-06-30' AND (end_date IS NULL OR end_date >= DATE '2024-06-30'))",
    )]);
}

#[test]
fn what_came_of_a_verb_may_be_missing() {
    agree(&[
        (
            "Return the ids of the bookings that were made by web but have not been rated.",
            "SELECT booking_id FROM booking WHERE channel = 'web' AND rating IS NULL",
        ),
        ("How many bookings have been rated?", "SELECT COUNT(*) FROM booking WHERE rating IS NOT NULL"),
        ("How many swimmers are in a squad?", "SELECT COUNT(*) FROM swimmer WHERE squad_no IS NOT NULL"),
    ]);
}

#[test]
fn time_lies_between_now_or_a_first_event() {
    agree(&[
        ("How long has it been in days since the last lesson?", "SELECT DATE '2024-06-30' - MAX(held_on) FROM lesson"),
        (
            "Return the swimmer id and the number of days from joining to their first booking. Ignore swimmers who have not \
             made any bookings.",
            "SELECT swimmer_id, MIN(booked_on) - since_date FROM booking JOIN swimmer USING (swimmer_id)
             GROUP BY swimmer_id, since_date",
        ),
        ("What is the average length in minutes of courses?", "SELECT AVG(minutes) FROM course"),
        (
            "What month did most swimmers join? Return the number of swimmers and the month.",
            "SELECT DATE_TRUNC('month', since_date)::DATE, COUNT(*) FROM swimmer GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1",
        ),
    ]);
}

#[test]
fn a_verdict_is_counted_in_a_column() {
    agree(&[
        (
            "What is the total number of visitors who found the course fun per course id?",
            "SELECT course_id, fun FROM course_votes",
        ),
        (
            "What is the ratio of the number of visitors who found the course tiring to the number of visitors who would take it \
             again for each course id?",
            "SELECT course_id, 1.0 * tiring / would_take_again FROM course_votes",
        ),
    ]);
}

#[test]
fn what_is_said_of_how_values_are_kept_is_heeded() {
    agree(&[
        (
            "Which pools have an upkeep of more than four million euros?\npool.upkeep is in millions of euros.",
            "SELECT pool_id, name FROM pool WHERE upkeep > 4",
        ),
        (
            "How many courses are there for the flutter stroke?\nStrokes are stored in their full form, e.g. butterfly for flutter.",
            "SELECT COUNT(*) FROM course WHERE stroke = 'butterfly'",
        ),
    ]);
    let baths = Aviary::of("baths", BATHS);
    let said = baths.rows("Which pools have an upkeep of more than 4?\npool.upkeep is in furlongs of joy.");
    assert!(said.is_err(), "{said:?}");
}

#[test]
fn numbers_stand_beside_each_other_and_are_ranked() {
    agree(&[
        (
            "Rank the courses by minutes, longest first.",
            "SELECT course_id, title, minutes FROM course ORDER BY minutes DESC",
        ),
        (
            "Which pools have an upkeep of more than 2 and at least 5 lessons?",
            "SELECT pool_id, name FROM pool WHERE upkeep > 2 AND (SELECT COUNT(*) FROM lesson l WHERE l.pool_id = pool.pool_id) >= 5",
        ),
        ("What is the total number of courses in each season?", "SELECT season, COUNT(*) FROM course GROUP BY 1"),
    ]);
}

#[test]
fn what_would_be_a_guess_is_refused() {
    let baths = Aviary::of("baths", BATHS);
    for question in [
        "Which swimmers have a birth date that is in furlongs?",
        "What are the names of pools whose lessons have an average rating above 2?",
    ] {
        let answer = baths.rows(question);
        assert!(answer.is_err(), "{question}: {answer:?}");
    }
}

//! What comments say of columns, ways that agree, and words for what is denied or meant of several.

use super::Aviary;

/// A quarry: stones are cut from pits in shifts, both of a hill; a person cut each, as only a comment says.
const QUARRY: &str = "
    CREATE TABLE hill (hill_id INTEGER, name VARCHAR, depth_m INTEGER);
    CREATE TABLE crew (crew_id INTEGER, first_name VARCHAR, last_name VARCHAR, hire_dt DATE, trade VARCHAR);
    CREATE TABLE pit (pit_id INTEGER, hill_id INTEGER, name VARCHAR, depth_m INTEGER, opened_dt DATE);
    CREATE TABLE shift (shift_id INTEGER, hill_id INTEGER, started_dt DATE);
    CREATE TABLE stone (stone_id INTEGER, pit_id INTEGER, shift_id INTEGER, cutter_id INTEGER, cut_dt DATE, mass_val INTEGER,
        is_cracked BOOLEAN, grade_cd VARCHAR);
    COMMENT ON COLUMN stone.cutter_id IS 'crew member who cut the stone';
    COMMENT ON COLUMN stone.mass_val IS 'raw weight in kg';
    COMMENT ON COLUMN stone.is_cracked IS 'true for broken stones, false for sound ones';
    INSERT INTO hill SELECT i, 'Hill ' || i, 100 + i FROM range(4) t(i);
    INSERT INTO crew SELECT i + 50, 'Ana' || i, 'Rock' || i, DATE '2015-01-01' + (i * 90)::INTEGER, ['mason', 'driver'][i % 2 + 1]
        FROM range(9) t(i);
    INSERT INTO pit SELECT i, i % 4, 'Pit ' || i, 10 + i, DATE '2023-01-01' + i::INTEGER FROM range(12) t(i);
    INSERT INTO shift SELECT i + 100, i % 4, DATE '2023-06-01' + i::INTEGER FROM range(20) t(i);
    INSERT INTO stone SELECT i + 1000, i % 12, 100 + i % 20, 50 + i % 5, DATE '2023-07-01' + i::INTEGER, 100 + i * 7 % 31,
        i % 3 = 0, ['red', 'blue'][i % 2 + 1] FROM range(60) t(i);";

#[test]
fn what_comments_say_is_read() {
    let quarry = Aviary::of("quarry", QUARRY);
    for (question, sql) in [
        (
            "What is the total raw weight of stones for each pit?",
            "SELECT p.pit_id, p.name, SUM(mass_val) FROM stone JOIN pit p USING (pit_id) GROUP BY 1, 2",
        ),
        ("Return the distinct list of crew IDs that have made stones", "SELECT DISTINCT cutter_id FROM stone"),
        ("How many crew members are there for each trade?", "SELECT trade, COUNT(*) FROM crew GROUP BY 1"),
        (
            "How many stones are there for each hill?",
            "SELECT h.hill_id, h.name, COUNT(*) FROM stone JOIN pit USING (pit_id) JOIN hill h USING (hill_id) GROUP BY 1, 2",
        ),
        ("What are the names and depths of the pits?", "SELECT name, depth_m FROM pit"),
        (
            "Return the numbers of red and blue stones",
            "SELECT COUNT(CASE WHEN grade_cd = 'red' THEN 1 END), COUNT(CASE WHEN grade_cd = 'blue' THEN 1 END) FROM stone",
        ),
        (
            "What is the average number of years that the masons have been hired?",
            "SELECT AVG(DATE_SUB('year', hire_dt, DATE '2024-06-30')) FROM crew WHERE trade = 'mason'",
        ),
    ] {
        let wanted = quarry.sql(sql).unwrap();
        assert_eq!(quarry.rows(question), Ok(wanted), "{question}");
    }
}

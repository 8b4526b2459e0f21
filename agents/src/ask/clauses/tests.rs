//! Questions read clause by clause, on small schemas that no development question is asked of.

mod comments;
mod kinds;
mod time;
mod ways;

use crate::analyzer::{Options, analyze};
use crate::ask::{Lexicon, Settings, understand};
use crate::compile::compile;
use crate::semantic::{SemanticModel, from_catalog};
use crate::warehouse::{Dialect, DuckDb, Guard, Request, Sql, Warehouse, check};

/// Nests and birds: names, a bridge, a flag, two days.
const AVIARY: &str = "
    CREATE TABLE bird (bird_id INTEGER PRIMARY KEY, name VARCHAR, wingspan_cm DOUBLE, color VARCHAR, keeper_id INTEGER);
    CREATE TABLE keeper (keeper_id INTEGER PRIMARY KEY, first_name VARCHAR, last_name VARCHAR, town VARCHAR, hire_date DATE);
    CREATE TABLE toy (toy_id INTEGER PRIMARY KEY, label VARCHAR, is_wooden BOOLEAN);
    CREATE TABLE bird_toy (bird_id INTEGER REFERENCES bird(bird_id), toy_id INTEGER REFERENCES toy(toy_id));
    CREATE TABLE flight (flight_id INTEGER PRIMARY KEY, bird_id INTEGER REFERENCES bird(bird_id), flown_on DATE, meters DOUBLE,
        mood VARCHAR);
    INSERT INTO keeper SELECT i, 'Ada' || i, 'Moss' || i, ['Ulm', 'Graz'][i % 2 + 1], DATE '2020-01-01' + i::INTEGER FROM range(6) t(i);
    INSERT INTO bird SELECT i, 'Tweety ' || i, 20 + i * 1.5, ['red', 'blue', 'green'][i % 3 + 1], i % 5 FROM range(20) t(i);
    INSERT INTO toy SELECT i, 'Toy ' || i, i % 2 = 0 FROM range(5) t(i);
    INSERT INTO bird_toy SELECT i % 15, i % 4 FROM range(15) t(i);
    INSERT INTO flight SELECT i, i % 12, DATE '2024-01-01' + i::INTEGER, i * 10.0, ['calm', 'wild'][i % 2 + 1] FROM range(90) t(i);";

/// Ports and voyages: two ways between two tables, short names, flags as letters, countries in short.
const HARBOR: &str = "
    CREATE TABLE port (port_id INTEGER PRIMARY KEY, port_nm VARCHAR, ctry VARCHAR, is_deep VARCHAR);
    CREATE TABLE mate (mate_id INTEGER PRIMARY KEY, first_name VARCHAR, last_name VARCHAR, birth_date DATE);
    CREATE TABLE vyg (vyg_id INTEGER PRIMARY KEY, origin_port_id INTEGER, dest_port_id INTEGER, mate_id INTEGER, cargo_t DOUBLE,
        dep_dt DATE, insp_dt DATE);
    CREATE TABLE salvage (salvage_id INTEGER PRIMARY KEY, vyg_id INTEGER, fee DOUBLE);
    INSERT INTO port SELECT i, ['Oslo', 'Cork', 'Bari', 'Brest'][i + 1], ['NO', 'IE', 'IT', 'FR'][i + 1], ['Y', 'N'][i % 2 + 1]
        FROM range(4) t(i);
    INSERT INTO mate SELECT i, 'Ida' || i, 'Berg' || i, DATE '1980-01-01' + (i * 100)::INTEGER FROM range(6) t(i);
    INSERT INTO vyg SELECT i, i % 4, (i + 1 + i // 4 % 2) % 4, i % 5, i * 2.5, DATE '2024-01-01' + i::INTEGER,
        CASE WHEN i % 3 = 0 THEN DATE '2024-02-01' + i::INTEGER END FROM range(40) t(i);
    INSERT INTO salvage SELECT i, i * 3, i * 100.0 FROM range(9) t(i);";

struct Aviary {
    model: SemanticModel,
    duck: DuckDb,
}

impl Aviary {
    fn new() -> Self {
        Self::of("aviary", AVIARY)
    }

    /// Other tables than birds.
    fn of(name: &str, tables: &str) -> Self {
        let duck = DuckDb::in_memory().unwrap();
        drop(duck.query(&check(Sql::new(tables), &Guard::write()).unwrap(), &Request::default()).unwrap());
        let catalog = duck.catalog().unwrap();
        let found = analyze(&duck, &catalog, &Options::default()).unwrap();
        let model = from_catalog(name, &duck, &catalog, &found).unwrap();
        Self { model, duck }
    }

    /// The rows of an answer, sorted, as texts; the reason why there is none.
    fn rows(&self, question: &str) -> Result<Vec<String>, String> {
        let settings = Settings { today: jiff::civil::date(2024, 6, 30), complete: true };
        let read = understand(question, &[], &self.model, &Lexicon::new(&self.model), &settings);
        let plan = read.map_err(|refusal| refusal.message)?.plan;
        let sql = compile(&plan, &self.model, Dialect::DuckDb).map_err(|error| error.to_string())?.sql;
        self.sql(&sql)
    }

    fn sql(&self, sql: &str) -> Result<Vec<String>, String> {
        let wrapped = format!("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ({sql})");
        let checked = check(Sql::new(wrapped), &Guard::read(Dialect::DuckDb)).map_err(|error| error.to_string())?;
        let mut rows = Vec::new();
        for batch in self.duck.query(&checked, &Request::default()).map_err(|error| format!("{error}: {sql}"))? {
            let batch = batch.unwrap();
            let options = arrow_cast::display::FormatOptions::default();
            let columns: Vec<_> = batch
                .columns()
                .iter()
                .map(|column| arrow_cast::display::ArrayFormatter::try_new(column, &options).unwrap())
                .collect();
            rows.extend(
                (0..batch.num_rows()).map(|row| {
                    columns.iter().map(|column| column.value(row).to_string()).collect::<Vec<_>>().join("|")
                }),
            );
        }
        rows.sort();
        Ok(rows)
    }
}

#[test]
fn each_question_gives_the_rows_of_its_sql() {
    let aviary = Aviary::new();
    for (question, sql) in [
        (
            "Return the name and color of birds that have not made any flights.",
            "SELECT name, color FROM bird WHERE bird_id NOT IN (SELECT bird_id FROM flight)",
        ),
        (
            "List the first names and last names of keepers who do not have any birds",
            "SELECT first_name, last_name FROM keeper WHERE keeper_id NOT IN (SELECT keeper_id FROM bird)",
        ),
        ("How many birds are there for each color?", "SELECT color, COUNT(*) FROM bird GROUP BY 1"),
        (
            "What is the total number of flights made by each bird?",
            "SELECT b.bird_id, b.name, COUNT(*) FROM flight f JOIN bird b USING (bird_id) GROUP BY 1, 2",
        ),
        (
            "What are the top 3 colors by number of flights? Return the color, number of flights and average meters.",
            "SELECT color, COUNT(*), AVG(meters) FROM flight JOIN bird USING (bird_id) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3",
        ),
        (
            "Which bird has the largest wingspan?",
            "SELECT bird_id, name, wingspan_cm FROM bird ORDER BY wingspan_cm DESC LIMIT 1",
        ),
        (
            "How many birds have a wooden toy?",
            "SELECT COUNT(*) FROM bird WHERE bird_id IN (SELECT bird_id FROM bird_toy JOIN toy USING (toy_id) WHERE is_wooden)",
        ),
        (
            "What is the ratio of birds to keepers?",
            "SELECT 1.0 * (SELECT COUNT(*) FROM bird) / (SELECT COUNT(*) FROM keeper)",
        ),
        ("number of birds whose wingspan is greater than 40 cm", "SELECT COUNT(*) FROM bird WHERE wingspan_cm > 40"),
        (
            "How many 'wild' flights were made by birds of keepers in Graz?",
            "SELECT COUNT(*) FROM flight JOIN bird USING (bird_id) JOIN keeper USING (keeper_id) WHERE mood = 'wild' AND town = 'Graz'",
        ),
        (
            "Which keepers have at least 4 birds?",
            "SELECT keeper_id, first_name, last_name FROM keeper WHERE (SELECT COUNT(*) FROM bird b WHERE b.keeper_id = keeper.keeper_id) >= 4",
        ),
        (
            "What is the total meters in February 2024?",
            "SELECT SUM(meters) FROM flight WHERE flown_on >= '2024-02-01' AND flown_on < '2024-03-01'",
        ),
        ("What are the names of all birds ordered alphabetically?", "SELECT name FROM bird"),
        (
            "Which birds have toys but no flights?",
            "SELECT bird_id, name FROM bird WHERE bird_id IN (SELECT bird_id FROM bird_toy) \
             AND bird_id NOT IN (SELECT bird_id FROM flight)",
        ),
        (
            "What is the most common color of birds?",
            "SELECT color, COUNT(*) FROM bird GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1",
        ),
        (
            "Show the name of the bird with the most flights.",
            "SELECT name, COUNT(*) FROM bird JOIN flight USING (bird_id) GROUP BY bird_id, name ORDER BY 2 DESC, 1 LIMIT 1",
        ),
        (
            "For each town, what is the average wingspan of birds?",
            "SELECT town, AVG(wingspan_cm) FROM bird JOIN keeper USING (keeper_id) GROUP BY 1",
        ),
        (
            "What percentage of flights were wild?",
            "SELECT 100.0 * COUNT(*) FILTER (mood = 'wild') / COUNT(*) FROM flight",
        ),
        (
            "List the first name and the hire date of the newest keeper",
            "SELECT first_name, hire_date FROM keeper ORDER BY hire_date DESC LIMIT 1",
        ),
    ] {
        let wanted = aviary.sql(sql).unwrap();
        assert!(!wanted.is_empty(), "nothing is expected of {question}");
        assert_eq!(aviary.rows(question), Ok(wanted), "{question}");
    }
}

#[test]
fn words_that_nothing_is_known_of_are_not_passed_over() {
    let aviary = Aviary::new();
    for question in [
        "How many birds have escaped?",
        "What is the average price of toys?",
        "Which keepers were sacked?",
        "How many flights were cancelled by each bird?",
        "List the birds that are insured",
        "How many birds have no insurance?",
        "List the names of birds longer than 30 grams",
    ] {
        assert!(aviary.rows(question).is_err(), "{question}: {:?}", aviary.rows(question));
    }
}

#[test]
fn ways_deeds_and_short_names_are_told_from_the_schema() {
    let harbor = Aviary::of("harbor", HARBOR);
    for (question, sql) in [
        (
            "How many voyages are there for each destination port name?",
            "SELECT p.port_nm, COUNT(*) FROM vyg v JOIN port p ON p.port_id = v.dest_port_id GROUP BY 1",
        ),
        (
            "How many voyages went from Oslo to Cork?",
            "SELECT COUNT(*) FROM vyg WHERE origin_port_id = 0 AND dest_port_id = 1",
        ),
        ("Which voyages have been salvaged?", "SELECT DISTINCT vyg_id FROM salvage"),
        ("How many inspected voyages are there?", "SELECT COUNT(*) FROM vyg WHERE insp_dt IS NOT NULL"),
        ("How many voyages have not been inspected yet?", "SELECT COUNT(*) FROM vyg WHERE insp_dt IS NULL"),
        ("How many ports are there in Norway?", "SELECT COUNT(*) FROM port WHERE ctry = 'NO'"),
        ("How many deep ports are there?", "SELECT COUNT(*) FROM port WHERE is_deep = 'Y'"),
        (
            "Which people have not made any voyages?",
            "SELECT mate_id, first_name, last_name FROM mate WHERE mate_id NOT IN (SELECT mate_id FROM vyg)",
        ),
        ("List the first and last names of all people.", "SELECT first_name, last_name FROM mate"),
        ("What is the total cargo in tonnes?", "SELECT SUM(cargo_t) FROM vyg"),
    ] {
        assert_eq!(harbor.rows(question), harbor.sql(sql), "{question}");
    }
    for question in ["Which voyages have been insured?", "How many times was each port photographed?"] {
        let answer = harbor.rows(question);
        assert!(answer.is_err(), "{question}: {answer:?}");
    }
}

//! Questions on a small made model, and what is understood of them.

use jiff::civil::date;

use crate::ask::{Lexicon, Settings, understand};
use crate::semantic::SemanticModel;

/// A library: authors write books that members borrow.
const LIBRARY: &str = "name: library
tables:
- name: author
  base_table: {table: author}
  primary_key: {columns: [aid]}
  dimensions:
  - {name: aid, expr: aid, data_type: INTEGER}
  - {name: name, expr: name, data_type: VARCHAR, sample_values: [Ann Gray, Bo Lind]}
  - {name: country, expr: country, data_type: VARCHAR, is_enum: true, sample_values: [Norway, Peru]}
  extension: {entity: {singular: author, plural: authors, key: aid, labels: [aid, name]}}
- name: book
  base_table: {table: book}
  primary_key: {columns: [bid]}
  dimensions:
  - {name: bid, expr: bid, data_type: INTEGER}
  - {name: title, expr: title, data_type: VARCHAR}
  - {name: genre, expr: genre, data_type: VARCHAR, is_enum: true, sample_values: [crime, poetry]}
  - {name: is_translated, expr: is_translated, data_type: BOOLEAN}
  time_dimensions:
  - {name: publication_year, expr: publication_year, data_type: INTEGER, extension: {kind: year}}
  facts:
  - {name: page_number, expr: page_num, data_type: INTEGER}
  - {name: weight_kg, expr: weight_kg, data_type: DOUBLE, extension: {additivity: none}}
  extension: {entity: {singular: book, plural: books, key: bid, labels: [bid, title]}}
- name: loan
  base_table: {table: loan}
  primary_key: {columns: [lid]}
  dimensions: [{name: lid, expr: lid, data_type: INTEGER}]
  time_dimensions:
  - {name: start_date, expr: start_dt, data_type: DATE}
  - {name: return_date, expr: return_dt, data_type: DATE}
  facts: [{name: fee, expr: fee, data_type: DOUBLE}]
  extension: {role: fact, entity: {singular: loan, plural: loans, key: lid, labels: [lid]}, default_time: {table: loan, name: start_date}}
relationships:
- {name: book_author, left_table: book, right_table: author, relationship_columns: [{left_column: aid, right_column: aid}]}
- {name: loan_book, left_table: loan, right_table: book, relationship_columns: [{left_column: bid, right_column: bid}]}
";

/// What is understood, or the code of the refusal.
fn read(question: &str) -> String {
    let model = SemanticModel::from_yaml(LIBRARY).unwrap();
    let settings = Settings { today: date(2025, 6, 18), complete: true };
    match understand(question, &[], &model, &Lexicon::new(&model), &settings) {
        Ok(understood) => understood.interpretation,
        Err(refusal) => refusal.code,
    }
}

fn all(cases: &[(&str, &str)]) {
    let found: Vec<String> = cases.iter().map(|(question, _)| format!("{question}\n  {}", read(question))).collect();
    let wanted: Vec<String> = cases.iter().map(|(question, want)| format!("{question}\n  {want}")).collect();
    assert_eq!(found.join("\n"), wanted.join("\n"));
}

#[test]
fn measures_and_groups_are_understood() {
    all(&[
        ("How many books are there per genre?", "number of books by genre"),
        ("What is the average number of pages of books in each genre?", "average page number by genre"),
        ("What is the total number of books published in each year?", "number of books by year"),
        ("Total fee by genre, ordered from highest to lowest", "total fee by genre, greatest first"),
        ("What is the heaviest book in kg?", "list of book and weight kg, greatest first"),
    ]);
}

#[test]
fn first_ones_are_understood() {
    all(&[
        ("What are the top 5 authors by number of books?", "number of books by author, greatest first"),
        ("Which book has the highest number of pages?", "list of book and page number, greatest first"),
    ]);
}

#[test]
fn ratios_percentages_and_times_are_understood() {
    all(&[
        ("What is the ratio of books to authors?", "books per author"),
        ("What percentage of the books are translated?", "share of books where translated"),
        ("How many loans were there in 2024?", "number of loans, start date in 2024"),
        (
            "How many loans were returned in the past 7 days?",
            "number of loans, return date in 11 June 2025 to 18 June 2025",
        ),
        (
            "How long has it been in days since the last loan was returned?",
            "lowest time from return date to 18 June 2025",
        ),
        ("How many books are translated and how many are not?", "number of books by translated or not"),
        ("Which authors have no books?", "list of authors, only authors without books"),
        ("Which films won an Oscar?", "ask::words_not_placed"),
        ("Which books are the same as those of Ann Gray?", "ask::unclear"),
    ]);
}

#[test]
fn instructions_are_followed() {
    all(&[
        ("How many authors come from Peru?", "number of authors, country is Peru"),
        (
            "How many books have titles that start with \"Th\"?\nAlways filter names using ILIKE",
            "number of books, title starting with \u{201c}Th\u{201d}",
        ),
    ]);
}

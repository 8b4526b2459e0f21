//! What tables look like.

use super::*;

fn column(name: &str, dtype: &str, number: bool) -> GridColumn {
    GridColumn { name: name.to_owned(), dtype: dtype.to_owned(), number }
}

/// A table of so many rows and columns as the window shows it.
fn grid(rows: usize, width: usize, window: Window) -> Grid {
    let shown = window.columns(width);
    let cell = |row: usize, column: usize| GridCell::Value(format!("{row}.{column}"));
    Grid {
        columns: shown.iter().map(|at| column(&format!("c{at}"), "f64", true)).collect(),
        cells: window.rows(rows).iter().map(|row| shown.iter().map(|at| cell(*row, *at)).collect()).collect(),
        rows,
        width,
        window,
    }
}

#[test]
fn text_shows_types_nulls_and_quotes_nothing() {
    let grid = Grid {
        columns: vec![column("name", "str", false), column("年齢", "i64", true)],
        cells: vec![
            vec![GridCell::Text("Ada\nL.\u{1b}[31m".to_owned()), GridCell::Value("36".to_owned())],
            vec![GridCell::Text("x".repeat(40)), GridCell::Null],
        ],
        rows: 2,
        width: 2,
        window: Window::text(),
    };
    insta::assert_snapshot!(grid.to_text(), @"
    2 rows × 2 columns
    ┌─────────────────────────────────┬──────┐
    │ name                            ┆ 年齢 │
    │ ---                             ┆ ---  │
    │ str                             ┆ i64  │
    ╞═════════════════════════════════╪══════╡
    │ Ada\\nL.\\u{1b}[31m               ┆   36 │
    │ xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… ┆ null │
    └─────────────────────────────────┴──────┘
    ");
}

#[test]
fn large_tables_show_their_ends() {
    let window = Window { rows: 3, columns: 2, text: 10 };
    insta::assert_snapshot!(grid(1_234_567, 5, window).to_text(), @"
    1,234,567 rows × 5 columns
    ┌───────────┬───┬───────────┐
    │ c0        ┆ … ┆ c4        │
    │ ---       ┆ … ┆ ---       │
    │ f64       ┆ … ┆ f64       │
    ╞═══════════╪═══╪═══════════╡
    │       0.0 ┆ … ┆       0.4 │
    │       1.0 ┆ … ┆       1.4 │
    │         … ┆ … ┆         … │
    │ 1234566.0 ┆ … ┆ 1234566.4 │
    └───────────┴───┴───────────┘
    ");
    let html = grid(1_234_567, 5, window).to_html();
    assert_eq!(html.matches("<tr>").count(), 6);
    assert_eq!(html.matches("<th>…</th>").count(), 1);
}

#[test]
fn html_is_safe_against_the_data() {
    let attack = "<script>alert('1')</script>\"&";
    let grid = Grid {
        columns: vec![column(attack, attack, false)],
        cells: vec![
            vec![GridCell::Text(attack.repeat(9))],
            vec![GridCell::Value(attack.to_owned())],
            vec![GridCell::Null],
        ],
        rows: 3,
        width: 1,
        window: Window::html(),
    };
    let html = grid.to_html();
    assert!(!html.contains("<script"));
    assert!(!html.contains('\''));
    assert!(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;"));
    assert!(html.contains(">null</i>"));
}

#[test]
fn tables_without_rows_or_columns_have_a_shape() {
    insta::assert_snapshot!(grid(0, 1, Window::text()).to_text(), @"
    0 rows × 1 column
    ┌─────┐
    │ c0  │
    │ --- │
    │ f64 │
    ╞═════╡
    └─────┘
    ");
    assert_eq!(grid(0, 0, Window::text()).to_text(), "0 rows × 0 columns");
    assert!(grid(0, 0, Window::html()).to_html().contains("0 rows × 0 columns"));
}

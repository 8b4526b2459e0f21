//! The cells' library as rust-analyzer is shown it: names and types without bodies.
//!
//! The analysis host does not load the library's sources and their dependencies; these declarations are enough to
//! complete `table("sales").` and cost nothing. A test compares the names with the library's prelude.

/// Declarations that stand in for the crate `synthbook`.
pub(super) const CELL_API: &str = r#"
#[allow(unused)]
mod synthbook {
    pub fn check() {}
    pub fn attach() {}
    pub fn flush() {}
    pub mod prelude {
        /// A frame of the session, memory-mapped.
        #[derive(Debug, Clone)] pub struct Table;
        impl Table {
            /// The number of rows.
            pub fn rows(&self) -> usize { loop {} }
            /// The names of the columns.
            pub fn columns(&self) -> Vec<&str> { loop {} }
            /// The type of a column, in words.
            pub fn dtype(&self, name: &str) -> Option<String> { loop {} }
            /// A column as values of one type: `table("people").column::<i64>("age")`.
            pub fn column<T>(&self, name: &str) -> ColumnView<T> { loop {} }
            /// The frame as HTML.
            pub fn to_html(&self) -> String { loop {} }
            /// The frame as text.
            pub fn to_text(&self) -> String { loop {} }
        }
        /// A column of a table.
        pub struct ColumnView<T>(T);
        impl<T> ColumnView<T> {
            /// The number of values, nulls included.
            pub fn len(&self) -> usize { loop {} }
            /// True when there are no values.
            pub fn is_empty(&self) -> bool { loop {} }
            /// The number of nulls.
            pub fn null_count(&self) -> usize { loop {} }
            /// True when the value is null.
            pub fn is_null(&self, row: usize) -> bool { loop {} }
            /// The value in a row; `None` for a null.
            pub fn get(&self, row: usize) -> Option<T> { loop {} }
            /// All values, nulls as `None`.
            pub fn iter(&self) -> std::vec::IntoIter<Option<T>> { loop {} }
            /// The values that are not null.
            pub fn values(&self) -> std::vec::IntoIter<T> { loop {} }
            /// The values as a slice, where the file holds them in one piece.
            pub fn as_slice(&self) -> Option<&[T]> { loop {} }
            /// The values as a slice, copied if need be.
            pub fn contiguous(&self) -> std::borrow::Cow<'_, [T]> where T: Clone { loop {} }
        }
        /// Builds a table from columns.
        pub struct TableBuilder;
        impl TableBuilder {
            /// A builder without columns.
            pub fn new() -> Self { loop {} }
            /// Adds a column.
            pub fn column<V>(self, name: impl Into<String>, values: V) -> Self { loop {} }
            /// The finished table.
            pub fn build(self) -> Table { loop {} }
        }
        /// Many representations of one thing.
        pub struct Bundle;
        /// A display that can be changed later.
        pub struct DisplayHandle;
        impl DisplayHandle {
            /// Shows something else in its place.
            pub fn update<T>(&self, value: T) {}
        }
        /// A bar that shows how far long work is.
        pub struct Progress;
        impl Progress {
            /// A bar for so many steps.
            pub fn new(total: u64, message: impl Into<String>) -> Self { loop {} }
            /// Goes on by some steps.
            pub fn advance(&mut self, steps: u64) {}
            /// Sets the steps done.
            pub fn set(&mut self, done: u64) {}
            /// Changes the message.
            pub fn message(&mut self, message: impl Into<String>) {}
            /// Ends the bar.
            pub fn finish(self) {}
        }
        pub struct Html; pub struct Markdown; pub struct Latex; pub struct Svg; pub struct Text; pub struct Png; pub struct Jpeg; pub struct Json; pub struct Vega; pub struct Audio;
        /// HTML to show.
        pub fn Html(text: impl Into<String>) -> Html { loop {} }
        /// Markdown to show.
        pub fn Markdown(text: impl Into<String>) -> Markdown { loop {} }
        /// LaTeX to show.
        pub fn Latex(text: impl Into<String>) -> Latex { loop {} }
        /// An SVG picture to show.
        pub fn Svg(text: impl Into<String>) -> Svg { loop {} }
        /// Plain text to show.
        pub fn Text(text: impl Into<String>) -> Text { loop {} }
        /// A PNG picture to show.
        pub fn Png(bytes: impl Into<Vec<u8>>) -> Png { loop {} }
        /// A JPEG picture to show.
        pub fn Jpeg(bytes: impl Into<Vec<u8>>) -> Jpeg { loop {} }
        /// JSON to show.
        pub fn Json<T>(value: T) -> Json { loop {} }
        /// A Vega-Lite chart to show.
        pub fn Vega<T>(spec: T) -> Vega { loop {} }
        /// A WAV recording to play.
        pub fn Audio(wav: impl Into<Vec<u8>>) -> Audio { loop {} }
        /// The frame with a name; ends the cell with an error when there is none.
        pub fn table(name: &str) -> Table { loop {} }
        /// The frame with a name.
        pub fn try_table(name: &str) -> Result<Table, Box<dyn std::error::Error>> { loop {} }
        /// The names of all frames.
        pub fn frames() -> Vec<String> { loop {} }
        /// Makes a table a frame of the session.
        pub fn publish<T: ?Sized>(name: &str, table: &T) {}
        /// Shows something.
        pub fn display<T>(value: T) {}
        /// Shows something that can be changed later by its id.
        pub fn display_id<T>(id: impl Into<String>, value: T) -> DisplayHandle { loop {} }
        /// Clears the cell's output; `wait`: when the next output comes.
        pub fn clear_output(wait: bool) {}
        /// Asks for a line of text.
        pub fn input(prompt: impl AsRef<str>) -> String { loop {} }
        /// Asks for a line of text that is not shown.
        pub fn password(prompt: impl AsRef<str>) -> String { loop {} }
        /// True when the user wants the cell to stop.
        pub fn interrupted() -> bool { loop {} }
        /// Sleeps, but wakes when the user interrupts the cell.
        pub fn sleep(duration: std::time::Duration) {}
        /// Draws a bar while the items are gone through.
        pub fn progress<I: IntoIterator>(items: I) -> I::IntoIter { loop {} }
    }
}
"#;

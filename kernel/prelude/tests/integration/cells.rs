//! What cells see of the libraries: one copy of their state, names that do not clash, errors that are the user's.

use crate::compiler::Cells;

const POLARS: &str = "use synthbook_prelude::{frame, polars}; use synthbook_prelude::polars::prelude::*;";

#[test]
fn cells_and_the_prelude_share_one_copy_of_the_state() {
    let mut cells = Cells::new();
    cells.add("", "synthbook::attach(); synthbook::register_renderer(|_: &u8| Bundle::text(\"registered\"));").unwrap();
    let body = "
        use synthbook::{AsReference, Show};
        (7_u8).evcxr_display();
        let frame = df!(\"x\" => [1, 2]).unwrap();
        let has_html = || <&DataFrame as Show<AsReference>>::to_bundle(&&frame).get(\"text/html\").is_some();
        let before = has_html();
        synthbook_prelude::attach();
        println!(\"html before {before}, after {}\", has_html());
        (frame.lazy()).evcxr_display();
    ";
    cells.add(POLARS, body).unwrap();
    cells.add("", "(8_u8).evcxr_display();").unwrap();
    let printed = cells.run();
    assert_eq!(printed.matches("registered\n").count(), 2, "{printed}");
    assert!(printed.contains("html before false, after true"), "{printed}");
    assert!(printed.contains("LazyFrame, not computed yet"), "{printed}");
}

#[test]
fn cells_stay_small_because_polars_is_linked_and_not_copied() {
    let mut cells = Cells::new();
    let body = "let frame = df!(\"x\" => [1_i64, 2, 3]).unwrap();\n\
                let sum = frame.lazy().select([col(\"x\").sum()]).collect().unwrap();\n\
                display(sum);";
    cells.add(POLARS, body).unwrap();
    assert!(cells.size() < 2 << 20, "{} bytes", cells.size());
    assert!(cells.run().contains('6'));
}

#[test]
fn names_of_the_cells_library_and_of_polars_do_not_clash() {
    let body = "
        fn types(_: Option<(Audio, Html, Jpeg, Json, Latex, Markdown, Png, Svg, Text, Vega, Bundle)>) {}
        fn more(_: Option<(DisplayHandle, Progress, Table, TableBuilder)>) {}
        types(None);
        more(None);
        let table = TableBuilder::new().column(\"x\", [1]).build();
        display(&table);
        display(Json(json!({\"a\": 1})));
        let handle = display_id(\"a\", Html(\"b\"));
        handle.update(Text(\"c\"));
        for _ in progress(0..2) {}
        clear_output(interrupted());
        sleep(std::time::Duration::ZERO);
        let frame = df!(\"x\" => [1]).unwrap();
        if interrupted() {
            publish(\"a\", &frame);
            publish(\"b\", &table);
            publish(\"c\", &frame.clone().lazy());
            let _ = (frames(), input(\"\"), password(\"\"), synthbook::prelude::table(\"x\"));
        }
        display(&frame);
        display(&frame.clone().lazy());
        display(frame);
    ";
    let mut cells = Cells::new();
    cells.add(POLARS, body).unwrap();
    cells
        .add("use synthbook_prelude::{chart, charts, synth};", "let _ = (chart, charts::kinds(), synth::metrics());")
        .unwrap();
    assert!(cells.run().contains("shape: (1, 1)"));
}

#[test]
fn what_can_t_be_published_or_displayed_is_a_clear_error() {
    let mut cells = Cells::new();
    let error = cells.add("", "publish(\"x\", &3);").unwrap_err();
    assert!(error.contains("can't be published as a frame"), "{error}");
    let error = cells.add("", "struct Opaque; display(Opaque);").unwrap_err();
    assert!(error.contains("display(&value)"), "{error}");
}

#[test]
fn borrowed_and_opaque_values_leave_the_display_to_the_evaluator() {
    let mut cells = Cells::new();
    let borrowed = "let list = vec![1, 2]; (list.iter().max()).evcxr_display();";
    assert!(cells.add("", borrowed).unwrap_err().contains("borrowed value does not live long enough"));
    let opaque = "struct Opaque; (Opaque).evcxr_display();";
    assert!(cells.add("", opaque).unwrap_err().contains("evcxr_display"));
}

//! The cells that the tests run, as a user would write them.

use std::panic::catch_unwind;
use std::time::Duration;

use synthbook::prelude::*;

/// Runs the cell that the environment names, as the evaluator does: attached, panics caught.
#[test]
#[ignore = "run by the other tests, in a process of its own"]
fn cell() {
    let name = std::env::var("CELL").unwrap();
    let (_, run) = CELLS.iter().find(|(known, _)| *known == name).unwrap();
    synthbook::attach();
    print!("<cell>");
    let caught = catch_unwind(run);
    println!("{}</cell>", if caught.is_err() { "caught" } else { "" });
}

const CELLS: &[(&str, fn())] = &[
    ("displays", displays),
    ("results", results),
    ("rich", rich),
    ("order", order),
    ("asks", asks),
    ("progress", bars),
    ("sums", sums),
    ("publishes", publishes),
    ("publishes_to_full_disk", publishes_twice),
    ("panics", || panic!("at {}", "the disco")),
    ("indexes", || {
        let list = [1, 2, 3];
        let _ = list[std::hint::black_box(7)];
    }),
    ("unknown_frame", || {
        let _ = table("peple");
    }),
    ("unknown_column", || {
        let _ = TableBuilder::new().column("age", [1]).build().column::<i32>("agee");
    }),
    ("loops", || {
        display("ready");
        loop {
            synthbook::check();
        }
    }),
    ("sleeps", || {
        display("ready");
        sleep(Duration::from_mins(10));
    }),
    ("waits", || {
        display("ready");
        let _ = input("? ");
    }),
    ("interrupted_then_fine", || {
        display("ready");
        assert!(catch_unwind(|| sleep(Duration::from_mins(10))).is_err());
        synthbook::attach();
        synthbook::check();
        println!("fine");
    }),
    ("thread", || {
        let worker = std::thread::Builder::new().name("worker".to_owned()).spawn(|| panic!("elsewhere")).unwrap();
        assert!(worker.join().is_err());
        println!("still here");
    }),
];

fn displays() {
    let h = display_id("z1", Html("a"));
    h.update(Html("b"));
    clear_output(false);
    clear_output(true);
    display(&vec![1, 2]);
    display(Markdown("*m*"));
    display(3);
    display("text");
}

/// An inherent method of the evaluator's name wins over the trait.
#[derive(Debug)]
struct Own(&'static str);

impl Own {
    fn evcxr_display(&self) {
        println!("{}", self.0);
    }
}

#[derive(Debug)]
struct Registered(i32);

fn results() {
    synthbook::register_renderer(|value: &Registered| Bundle::text("registered").with("x/y", value.0));
    let numbers = vec![1, 2];
    let borrowed: &Vec<i32> = &numbers;
    (numbers).evcxr_display();
    (borrowed).evcxr_display();
    ("text").evcxr_display();
    (String::from("owned")).evcxr_display();
    (Some(1.5)).evcxr_display();
    (Html("<i>h</i>")).evcxr_display();
    (Registered(3)).evcxr_display();
    (Own("own")).evcxr_display();
    (display_id("quiet", 1)).evcxr_display();
    ().evcxr_display();
    (TableBuilder::new().column("x", [1]).build()).evcxr_display();
    ("z".repeat(300_000).chars().collect::<Vec<_>>()).evcxr_display();
}

fn rich() {
    display(Latex("$x$"));
    display(Svg("<svg/>"));
    display(Png([1, 2, 3]));
    display(Jpeg(vec![255]));
    display(Json(json!({"a": 1})));
    display(Json("[1]"));
    display(Vega(json!({"mark": "bar"})));
    display(Audio::from_samples(&[0.0; 4], 8000));
    display(Bundle::text("t").with_metadata("image/png", json!({"width": 3})));
}

fn order() {
    print!("a");
    display(1);
    print!("b");
    display(2);
    sleep(Duration::from_mins(10));
}

fn asks() {
    let name = input("Name? ");
    println!("hi {name}");
    let secret = password("Word: ");
    print!("{}", secret.len());
    let _ = input("again? ");
}

fn bars() {
    let total: u64 = progress(0_u64..1_000_000).sum();
    print!("{total}");
    let mut bar = Progress::new(4, "half");
    bar.advance(2);
    assert_eq!(bar.fraction(), Some(0.5));
}

fn sums() {
    let people = table("people");
    let ages = people.column::<i64>("age");
    print!("{} {} {:?}", people.rows(), ages.values().sum::<i64>(), frames());
}

fn publishes() {
    let made = TableBuilder::new().column("n", [1_i64, 2]).column("s", vec![Some("a"), None]);
    (publish("made", &made)).evcxr_display();
    publish("again", &made.build());
}

fn publishes_twice() {
    let big = TableBuilder::new().column("n", vec![0_i64; 1 << 20]);
    let error = synthbook::try_publish("big", &big).unwrap_err();
    print!("{} {error}", error.stable_code());
    let refused = synthbook::try_publish("bad name", &TableBuilder::new().column("n", [1]));
    print!(" {}", refused.unwrap_err().stable_code());
}

//! Every type in every shape that Snowflake sends it in.

use std::collections::HashMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int64Type, Time64NanosecondType, TimestampMicrosecondType};
use arrow_array::{
    Array, BinaryArray, Date32Array, Decimal128Array, FixedSizeListArray, Int8Array, Int16Array, Int32Array,
    Int64Array, StringArray, StructArray,
};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::DataType;
use serde_json::json;

use super::*;

fn row(name: &str, kind: &str, precision: i64, scale: i64) -> RowType {
    RowType {
        name: name.to_owned(),
        kind: kind.to_owned(),
        precision: Some(precision),
        scale: Some(scale),
        nullable: Some(true),
    }
}

fn stream(columns: Vec<(&str, i64, ArrayRef)>) -> Vec<u8> {
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, scale, array)| {
            let metadata = HashMap::from([("scale".to_owned(), scale.to_string())]);
            Field::new(*name, array.data_type().clone(), true).with_metadata(metadata)
        })
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), columns.into_iter().map(|(_, _, array)| array).collect()).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &schema).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

fn read(rowtype: &[RowType], part: Part) -> Result<(Columns, RecordBatch), AgentsError> {
    let columns = Columns::of(rowtype, Some(&part), false)?;
    let mut batches = columns.read(part)?;
    assert_eq!(batches.len(), 1);
    Ok((columns, batches.remove(0)))
}

fn one(kind: &str, precision: i64, scale: i64, array: ArrayRef) -> ArrayRef {
    let part = Part::Arrow(stream(vec![("C", scale, array)]));
    let (_, batch) = read(&[row("C", kind, precision, scale)], part).unwrap();
    Arc::clone(batch.column(0))
}

fn moment(epoch: i64, fraction: i32) -> ArrayRef {
    let fields = vec![Field::new("epoch", DataType::Int64, false), Field::new("fraction", DataType::Int32, false)];
    let arrays: Vec<ArrayRef> =
        vec![Arc::new(Int64Array::from(vec![epoch])), Arc::new(Int32Array::from(vec![fraction]))];
    Arc::new(StructArray::new(fields.into(), arrays, None))
}

#[test]
fn numbers_are_divided_by_their_scale() {
    let array = one("FIXED", 10, 2, Arc::new(Int16Array::from(vec![Some(1234), None, Some(-5)])));
    let decimals = array.as_primitive::<Decimal128Type>();
    assert_eq!(decimals.scale(), 2);
    assert_eq!(decimals.iter().collect::<Vec<_>>(), [Some(1234), None, Some(-5)]);
    let array = one("FIXED", 9, 0, Arc::new(Int8Array::from(vec![7])));
    assert_eq!(array.as_primitive::<Int64Type>().value(0), 7);
    let part = || Part::Arrow(stream(vec![("C", 0, Arc::new(Int64Array::from(vec![7])))]));
    let announced = [row("C", "FIXED", 38, 0)];
    assert_eq!(Columns::of(&announced, Some(&part()), true).unwrap().schema().field(0).data_type(), &DataType::Int64);
    assert_eq!(Columns::of(&announced, Some(&part()), false).unwrap().wide(), [0], "another part may be wider");
    let wide = Decimal128Array::from(vec![10_i128.pow(37)]).with_precision_and_scale(38, 0).unwrap();
    let part = Part::Arrow(stream(vec![("C", 0, Arc::new(wide))]));
    let (columns, batch) = read(&[row("C", "FIXED", 38, 0)], part).unwrap();
    assert_eq!(columns.wide(), [0]);
    assert_eq!(batch.column(0).as_primitive::<Decimal128Type>().value(0), 10_i128.pow(37));
}

#[test]
fn moments_come_as_structs_and_as_numbers() {
    let micros = |array: &ArrayRef| array.as_primitive::<TimestampMicrosecondType>().value(0);
    assert_eq!(micros(&one("TIMESTAMP_NTZ", 0, 9, moment(-1, 500_000_999))), -500_000);
    assert_eq!(micros(&one("TIMESTAMP_LTZ", 0, 3, Arc::new(Int64Array::from(vec![1500])))), 1_500_000);
    assert_eq!(micros(&one("TIMESTAMP_NTZ", 0, 9, Arc::new(Int64Array::from(vec![-1])))), -1);
    let far = 253_402_300_799;
    assert_eq!(micros(&one("TIMESTAMP_NTZ", 0, 9, moment(far, 999_999_999))), far * 1_000_000 + 999_999);
    let fields = vec![Field::new("epoch", DataType::Int64, false), Field::new("timezone", DataType::Int32, false)];
    let arrays: Vec<ArrayRef> = vec![Arc::new(Int64Array::from(vec![2500])), Arc::new(Int32Array::from(vec![1500]))];
    let zoned: ArrayRef = Arc::new(StructArray::new(fields.into(), arrays, None));
    let (columns, batch) = read(&[row("Z", "TIMESTAMP_TZ", 0, 3)], Part::Arrow(stream(vec![("Z", 3, zoned)]))).unwrap();
    assert_eq!(micros(batch.column(0)), 2_500_000);
    assert!(columns.notes()[0].contains("UTC: Z"));
    let time = one("TIME", 0, 3, Arc::new(Int32Array::from(vec![3_600_001])));
    assert_eq!(time.as_primitive::<Time64NanosecondType>().value(0), 3_600_001_000_000);
    let part = Part::Arrow(stream(vec![("C", 0, Arc::new(Int64Array::from(vec![i64::MAX])))]));
    let error = read(&[row("C", "TIMESTAMP_NTZ", 0, 0)], part).unwrap_err();
    assert!(matches!(error, AgentsError::ResultType { .. }), "{error:?}");
}

#[test]
fn unknown_types_are_texts() {
    let values: ArrayRef = Arc::new(Int32Array::from(vec![1, 2, 3, 4]));
    let item = Arc::new(Field::new("item", DataType::Int32, true));
    let vector = one("VECTOR", 0, 0, Arc::new(FixedSizeListArray::new(item, 2, values, None)));
    assert_eq!(vector.as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["[1,2]", "[3,4]"]);
    let object = one("OBJECT", 0, 0, moment(5, 7));
    assert_eq!(object.as_string::<i32>().value(0), r#"{"epoch":5,"fraction":7}"#);
    let place = one("GEOGRAPHY", 0, 0, Arc::new(StringArray::from(vec![r#"{"type":"Point"}"#])));
    assert_eq!(place.as_string::<i32>().value(0), r#"{"type":"Point"}"#);
    let fields =
        vec![Field::new("exponent", DataType::Int16, false), Field::new("significand", DataType::Binary, false)];
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(Int16Array::from(vec![-2, 0])),
        Arc::new(BinaryArray::from(vec![&[0x30, 0x39][..], &[0xff][..]])),
    ];
    let number = one("DECFLOAT", 0, 0, Arc::new(StructArray::new(fields.into(), arrays, None)));
    assert_eq!(number.as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["12345e-2", "-1"]);
    let bytes = one("SOMETHING_NEW", 0, 0, Arc::new(BinaryArray::from(vec![&[0xab, 0][..]])));
    assert_eq!(bytes.as_string::<i32>().value(0), "AB00");
}

#[test]
fn rows_of_texts_have_the_same_types() {
    let rowtype = [
        row("N", "fixed", 38, 2),
        row("I", "fixed", 9, 0),
        row("R", "real", 0, 0),
        row("B", "boolean", 0, 0),
        row("D", "date", 0, 0),
        row("T", "time", 0, 9),
        row("M", "timestamp_ntz", 0, 9),
        row("Z", "timestamp_tz", 0, 9),
        row("X", "binary", 0, 0),
        row("V", "variant", 0, 0),
    ];
    let rows = vec![
        vec![
            json!("-1.5"),
            json!("7"),
            json!("NaN"),
            json!("1"),
            json!("-1"),
            json!("3600.5"),
            json!("-0.500000001"),
            json!("1.5 1500"),
            json!("0aFF"),
            json!("[1]"),
        ],
        vec![json!(null); 10],
    ];
    let (columns, batch) = read(&rowtype, Part::Json(rows)).unwrap();
    assert_eq!(columns.wide(), Vec::<usize>::new());
    assert!((0..10).all(|column| batch.column(column).is_null(1)));
    assert_eq!(batch.column(0).as_primitive::<Decimal128Type>().value(0), -150);
    assert!(batch.column(2).as_primitive::<arrow_array::types::Float64Type>().value(0).is_nan());
    assert!(batch.column(3).as_boolean().value(0));
    assert_eq!(batch.column(4).as_any().downcast_ref::<Date32Array>().unwrap().value(0), -1);
    assert_eq!(batch.column(5).as_primitive::<Time64NanosecondType>().value(0), 3_600_500_000_000);
    assert_eq!(batch.column(6).as_primitive::<TimestampMicrosecondType>().value(0), -500_001);
    assert_eq!(batch.column(7).as_primitive::<TimestampMicrosecondType>().value(0), 1_500_000);
    assert_eq!(batch.column(8).as_binary::<i32>().value(0), [0x0a, 0xff]);
    for (kind, scale, text) in [
        ("fixed", 0, "x"),
        ("fixed", 0, "1.5"),
        ("boolean", 0, "yes"),
        ("date", 0, ""),
        ("binary", 0, "0"),
        ("time", 9, "-"),
    ] {
        let error = read(&[row("C", kind, 38, scale)], Part::Json(vec![vec![json!(text)]])).unwrap_err();
        assert!(matches!(&error, AgentsError::ResultType { message } if message.ends_with("column C")), "{error:?}");
    }
    assert!(read(&rowtype, Part::Json(vec![vec![json!(1)]])).is_err(), "a short row");
}

#[test]
fn streams_that_are_cut_are_refused() {
    let whole = stream(vec![("C", 0, Arc::new(Int64Array::from((0..100).collect::<Vec<_>>())))]);
    let rowtype = [row("C", "FIXED", 18, 0)];
    // Eight bytes at the end say that it ends; without them the rows are still whole, and counted elsewhere.
    for length in 1..whole.len() - 8 {
        let part = Part::Arrow(whole[..length].to_vec());
        let outcome = Columns::of(&rowtype, Some(&part), true).and_then(|columns| columns.read(part));
        let rows = outcome.map(|batches| batches.iter().map(RecordBatch::num_rows).sum::<usize>());
        assert!(!matches!(rows, Ok(1..)), "{length} of {} bytes gave {rows:?}", whole.len());
    }
    let (_, batch) = read(&rowtype, Part::Arrow(whole)).unwrap();
    assert_eq!(batch.num_rows(), 100);
}

#[test]
fn columns_of_one_name_and_results_without_rows_are_told_apart() {
    let columns = Columns::of(&[row("A", "TEXT", 0, 0), row("A", "DATE", 0, 0)], None, true).unwrap();
    let schema = columns.schema();
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(names, ["A", "A_1"]);
    let part = Part::Arrow(stream(vec![("A", 0, Arc::new(Int64Array::from(vec![1])))]));
    let error = Columns::of(&[row("A", "TEXT", 0, 0), row("B", "DATE", 0, 0)], Some(&part), true).unwrap_err();
    assert!(error.to_string().contains("2 columns were announced, 1 came"), "{error}");
}

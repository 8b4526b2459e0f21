//! Rows of Arrow as lists of literals, all of them texts: the statement around them says what they become.

use arrow_array::{Array, ArrayRef, Float32Array, Float64Array, RecordBatch, make_array};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::DataType;

use super::bind;

const OPTIONS: FormatOptions<'static> = FormatOptions::new()
    .with_date_format(Some("%Y-%m-%d"))
    .with_timestamp_format(Some("%Y-%m-%d %H:%M:%S%.9f"))
    .with_time_format(Some("%H:%M:%S%.9f"));

/// Every row in brackets, or which column has no text.
pub(super) fn rows(batch: &RecordBatch) -> Result<Vec<String>, String> {
    let mut rows = vec![String::from("("); batch.num_rows()];
    let schema = batch.schema();
    for (index, array) in batch.columns().iter().enumerate() {
        let texts =
            texts(array).ok_or_else(|| format!("some values of {} have no text", schema.field(index).name()))?;
        for (row, text) in rows.iter_mut().zip(texts) {
            if index > 0 {
                row.push(',');
            }
            row.push_str(&text.map_or_else(|| "NULL".to_owned(), |text| bind::quoted(&text)));
        }
    }
    for row in &mut rows {
        row.push(')');
    }
    Ok(rows)
}

/// A column's values as texts that Snowflake reads as the same values; none where one has no text.
fn texts(array: &ArrayRef) -> Option<Vec<Option<String>>> {
    let each = |text: &dyn Fn(usize) -> Option<String>| -> Option<Vec<Option<String>>> {
        (0..array.len()).map(|row| if array.is_null(row) { Some(None) } else { text(row).map(Some) }).collect()
    };
    // Written with as many digits as make the same number again.
    if let Some(doubles) = array.as_any().downcast_ref::<Float64Array>() {
        return each(&|row| Some(bind::float(doubles.value(row))));
    }
    if let Some(floats) = array.as_any().downcast_ref::<Float32Array>() {
        return each(&|row| Some(bind::float(f64::from(floats.value(row)))));
    }
    if let DataType::Timestamp(unit, Some(_)) = array.data_type() {
        // The values count from 1970 in UTC, whatever zone they are shown in.
        let plain = array.to_data().into_builder().data_type(DataType::Timestamp(*unit, None)).build().ok()?;
        let moments = texts(&make_array(plain))?;
        return Some(moments.into_iter().map(|moment| moment.map(|moment| format!("{moment}+00:00"))).collect());
    }
    let formatter = ArrayFormatter::try_new(array.as_ref(), &OPTIONS).ok()?;
    each(&|row| formatter.value(row).try_to_string().ok())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{BinaryArray, Int8Array, StringArray, Time64NanosecondArray, TimestampMillisecondArray};

    use super::*;

    #[test]
    fn values_become_texts_and_nothing_leaves_its_quotes() {
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("a", Arc::new(Int8Array::from(vec![Some(-1), None]))),
            ("b", Arc::new(StringArray::from(vec!["it's \\", "), (DROP"]))),
            ("c", Arc::new(Float64Array::from(vec![0.1, f64::NAN]))),
            ("d", Arc::new(TimestampMillisecondArray::from(vec![-1, 0]).with_timezone("Europe/Berlin"))),
            ("e", Arc::new(Time64NanosecondArray::from(vec![1, 3_600_000_000_000]))),
            ("f", Arc::new(BinaryArray::from(vec![&[0, 255][..], &[][..]]))),
        ];
        let rows = rows(&RecordBatch::try_from_iter(columns).unwrap()).unwrap();
        assert_eq!(
            rows[0],
            "('-1','it''s \\\\','1e-1','1969-12-31 23:59:59.999000000+00:00','00:00:00.000000001','00ff')"
        );
        assert_eq!(rows[1], "(NULL,'), (DROP','NaN','1970-01-01 00:00:00.000000000+00:00','01:00:00.000000000','')");
    }

    #[test]
    fn what_has_no_text_is_said() {
        let far: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![i64::MAX]));
        let error = rows(&RecordBatch::try_from_iter([("when", far)]).unwrap()).unwrap_err();
        assert!(error.contains("when"), "{error}");
    }
}

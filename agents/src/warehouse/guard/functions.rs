//! Functions that an agent may call: each is named; what is not named is refused.
//!
//! Left out are functions that read files, settings, secrets or the catalogue, run text as SQL, change a state, wait,
//! or end a query on purpose. The lists are read from DuckDB 1.5's `duckdb_functions()` and Snowflake's reference.

use sqlparser::ast::{ObjectName, ObjectNamePart};

use crate::warehouse::Dialect;

/// Scalar, aggregate and window functions of DuckDB, in order.
const DUCKDB: &str = "
    abs acos acosh add age aggregate ago any_value apply approx_count_distinct approx_quantile approx_top_k
    arbitrary arg_max arg_max_null arg_min arg_min_null argmax argmin array_agg array_aggr array_aggregate
    array_append array_apply array_cat array_concat array_contains array_cosine_distance array_cosine_similarity
    array_cross_product array_distance array_distinct array_dot_product array_extract array_filter
    array_grade_up array_has array_has_all array_has_any array_indexof array_inner_product array_intersect
    array_length array_negative_inner_product array_pop_back array_pop_front array_position array_prepend
    array_push_back array_push_front array_reduce array_resize array_reverse array_reverse_sort array_select
    array_slice array_sort array_to_json array_to_string array_transform array_unique array_value array_where
    array_zip ascii asin asinh atan atan2 atanh avg base64 bin bit_and bit_count bit_length bit_or
    bit_position bit_xor bitstring bitstring_agg bool_and bool_or cardinality cbrt ceil ceiling century
    char_length character_length chr coalesce columns concat concat_ws contains corr cos cosh cot count count_if
    count_star countif covar_pop covar_samp cume_dist current_date current_time current_timestamp
    damerau_levenshtein date_add date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc day
    dayname dayofmonth dayofweek dayofyear days_in_month decade decode degrees dense_rank divide editdist3
    element_at encode ends_with entropy enum_code enum_first enum_last enum_range epoch epoch_ms epoch_ns
    epoch_us equi_width_bins era even exp factorial favg fdiv fill filter first first_value flatten floor fmod
    format format_bytes formatreadabledecimalsize formatreadablesize from_base64 from_binary from_hex from_json
    fsum gamma gcd gen_random_uuid generate_series generate_subscripts geomean geometric_mean get_bit
    get_current_time get_current_timestamp grade_up greatest greatest_common_divisor group_concat grouping
    grouping_id hamming hash hex histogram histogram_exact hour if ifnull ilike_escape instr isfinite isinf
    isnan isodow isoyear jaccard jaro_similarity jaro_winkler_similarity json json_array json_array_length
    json_contains json_exists json_extract json_extract_path json_extract_path_text json_extract_string
    json_group_array json_group_object json_group_structure json_keys json_merge_patch json_object json_pretty
    json_quote json_structure json_transform json_type json_valid json_value julian kahan_sum kurtosis
    kurtosis_pop lag last last_day last_value lcase lcm lead least least_common_multiple left left_grapheme len
    length length_grapheme levenshtein lgamma like_escape list list_aggr list_aggregate list_any_value
    list_append list_apply list_approx_count_distinct list_avg list_bool_and list_bool_or list_cat list_concat
    list_contains list_cosine_distance list_cosine_similarity list_count list_distance list_distinct
    list_dot_product list_element list_entropy list_extract list_filter list_first list_grade_up list_has
    list_has_all list_has_any list_histogram list_indexof list_inner_product list_intersect list_kurtosis
    list_last list_mad list_max list_median list_min list_mode list_pack list_position list_prepend list_product
    list_reduce list_resize list_reverse list_reverse_sort list_select list_skewness list_slice list_sort
    list_stddev_pop list_stddev_samp list_string_agg list_sum list_transform list_unique list_value list_var_pop
    list_var_samp list_where list_zip listagg ln localtime localtimestamp log log10 log2 lower lpad ltrim mad
    make_date make_time make_timestamp make_timestamp_ms make_timestamp_ns make_timestamptz map map_concat
    map_contains map_entries map_extract map_extract_value map_from_entries map_keys map_values max max_by md5
    md5_number median microsecond millennium millisecond min min_by minute mismatches mod mode month monthname
    multiply nanosecond nextafter nfc_normalize normalized_interval now nth_value ntile nullif nvl octet_length
    ord percent_rank percentile_cont percentile_disc pi position pow power prefix product quantile
    quantile_cont quantile_disc quarter radians random range rank reduce regexp_escape regexp_extract
    regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array regr_avgx regr_avgy
    regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy repeat replace reservoir_quantile
    reverse right right_grapheme round round_even roundbankers row row_number row_to_json rpad rtrim second sem
    set_bit sha1 sha256 sign signbit sin sinh skewness soundex split split_part sqrt starts_with stddev
    stddev_pop stddev_samp str_split str_split_regex strftime string_agg string_split string_split_regex
    string_to_array strip_accents strlen strpos strptime struct_concat struct_contains struct_extract
    struct_extract_at struct_has struct_insert struct_keys struct_pack struct_position struct_update
    struct_values substr substring substring_grapheme subtract suffix sum sum_no_overflow sumkahan tan tanh
    time_bucket timezone timezone_hour timezone_minute to_base64 to_binary to_centuries to_date to_days
    to_decades to_hex to_hours to_json to_microseconds to_millennia to_milliseconds to_minutes to_months
    to_quarters to_seconds to_timestamp to_weeks to_years today transaction_timestamp translate trim trunc
    try_strptime typeof ucase unbin unhex unicode union_extract union_tag union_value unnest upper url_decode
    url_encode uuid var_pop var_samp variance wavg week weekday weekofyear weighted_avg xor year yearweek
";

/// Scalar, aggregate and window functions of Snowflake, in order.
const SNOWFLAKE: &str = "
    abs acos acosh add_months any_value approx_count_distinct approx_percentile approx_top_k
    approximate_jaccard_index approximate_similarity array_agg array_append array_cat array_compact
    array_construct array_construct_compact array_contains array_distinct array_except array_flatten
    array_insert array_intersection array_max array_min array_position array_prepend array_remove array_reverse
    array_size array_slice array_sort array_sum array_to_string array_union_agg array_unique_agg arrays_overlap
    as_array as_boolean as_char as_date as_decimal as_double as_integer as_number as_object as_real as_time
    as_timestamp_ntz as_varchar ascii asin asinh atan atan2 atanh avg base64_decode_string base64_encode bit_and
    bit_or bit_xor bitand bitand_agg bitnot bitor bitor_agg bitshiftleft bitshiftright bitxor bitxor_agg booland
    booland_agg boolor boolor_agg boolxor cast cbrt ceil ceiling char char_length character_length charindex
    check_json chr coalesce collate concat concat_ws conditional_change_event conditional_true_event contains
    convert_timezone corr cos cosh cot count count_if countif covar_pop covar_samp cume_dist current_date
    current_time current_timestamp date date_from_parts date_part date_trunc dateadd datediff day dayname
    dayofmonth dayofweek dayofweekiso dayofyear decode degrees dense_rank div0 div0null editdistance ends_with
    endswith equal_null exp factorial filter first_value floor get get_path greatest grouping grouping_id hash
    hash_agg haversine hex_decode_string hex_encode hll hour if iff ifnull ilike initcap insert is_array
    is_boolean is_date is_decimal is_double is_integer is_null_value is_object is_real is_time is_timestamp_ntz
    is_varchar jarowinkler_similarity kurtosis lag last_day last_value lead least left len length levenshtein
    like like_all like_any listagg ln localtime localtimestamp log lower lpad ltrim mad max max_by md5 md5_hex
    median min min_by minute mod mode month monthname months_between next_day normal now nth_value ntile nullif
    nullifzero nvl nvl2 object_agg object_construct object_construct_keep_null object_delete object_insert
    object_keys object_pick octet_length parse_json percent_rank percentile_cont percentile_disc pi position pow
    power previous_day quarter radians random randstr rank ratio_to_report reduce regexp_count regexp_instr
    regexp_like regexp_replace regexp_substr regexp_substr_all regr_avgx regr_avgy regr_count regr_intercept
    regr_r2 regr_slope regr_sxx regr_sxy regr_syy regr_valx regr_valy repeat replace reverse right rlike round
    row_number rpad rtrim rtrimmed_length second seq1 seq2 seq4 seq8 sha1 sha1_hex sha2 sha2_hex sign sin sinh
    skew skewness soundex space split split_part sqrt square st_area st_asgeojson st_astext st_centroid
    st_contains st_distance st_dwithin st_intersects st_length st_makepoint st_point st_within st_x st_y
    starts_with startswith stddev stddev_pop stddev_samp strip_null_value strtok strtok_to_array substr
    substring sum sysdate tan tanh time time_from_parts time_slice timeadd timediff timestamp_from_parts
    timestamp_ltz_from_parts timestamp_ntz_from_parts timestamp_tz_from_parts timestampadd timestampdiff
    to_array to_binary to_boolean to_char to_date to_decimal to_double to_geography to_geometry to_json
    to_number to_numeric to_object to_time to_timestamp to_timestamp_ltz to_timestamp_ntz to_timestamp_tz
    to_varchar to_variant transform translate trim trunc truncate try_cast try_parse_json try_to_boolean
    try_to_date try_to_decimal try_to_double try_to_number try_to_numeric try_to_time try_to_timestamp
    try_to_timestamp_ntz typeof unicode uniform upper uuid_string var_pop var_samp variance variance_pop
    variance_samp vector_cosine_similarity vector_inner_product vector_l2_distance week weekiso weekofyear
    width_bucket xmlget year yearofweek yearofweekiso zeroifnull zipf
";

/// Functions that may stand after FROM in DuckDB.
const DUCKDB_ROWS: &[&str] = &["generate_series", "generate_subscripts", "json_each", "json_tree", "range", "unnest"];

/// Functions that may stand after FROM in Snowflake.
const SNOWFLAKE_ROWS: &[&str] = &["flatten", "generator", "split_to_table", "strtok_split_to_table"];

/// Whether a function only works out a value from its arguments.
pub(super) fn is_harmless(dialect: Dialect, name: &ObjectName) -> bool {
    let list = match dialect {
        Dialect::DuckDb => DUCKDB,
        Dialect::Snowflake => SNOWFLAKE,
    };
    plain(name).is_some_and(|name| list.split_ascii_whitespace().any(|known| known == name))
}

/// Whether a function may stand after FROM: it makes rows from its arguments and from nothing else.
pub(super) fn makes_rows(dialect: Dialect, name: &ObjectName) -> bool {
    let list = match dialect {
        Dialect::DuckDb => DUCKDB_ROWS,
        Dialect::Snowflake => SNOWFLAKE_ROWS,
    };
    plain(name).is_some_and(|name| list.contains(&name.as_str()))
}

/// Which arguments of a function say how large its value gets, when it is larger than what it is given. DuckDB works out
/// a value without looking at its deadline, so such an argument must be a small number that can be seen.
pub(super) fn sizes(name: &ObjectName) -> &'static [usize] {
    match plain(name).as_deref() {
        Some("repeat" | "lpad" | "rpad" | "list_resize" | "array_resize" | "bitstring") => &[1],
        Some("range" | "generate_series") => &[0, 1, 2],
        Some("space" | "randstr") => &[0],
        _ => &[],
    }
}

/// The largest size that an argument may ask for.
pub(super) const LARGEST: u64 = 10_000;

/// What to say of a function that may not stand after FROM.
pub(super) fn rows_help(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::DuckDb => {
            "Only tables can be read; of functions, unnest, range, generate_series, json_each and json_tree."
        }
        Dialect::Snowflake => "Only tables can be read; of functions, FLATTEN, SPLIT_TO_TABLE and GENERATOR.",
    }
}

/// What to say of a function that may not be called.
pub(super) fn help(name: &ObjectName) -> &'static str {
    let quoted = |part: &ObjectNamePart| part.as_ident().is_some_and(|ident| ident.quote_style.is_some());
    if name.0.len() > 1 || name.0.iter().any(quoted) {
        "A function is named without schema and quotes."
    } else {
        "Only functions that work out a value from their arguments pass: not those that reach files, settings or the system."
    }
}

/// The name of a function in lower case; none when it is in quotes or in a schema, where a user's own could hide.
fn plain(name: &ObjectName) -> Option<String> {
    match name.0.as_slice() {
        [ObjectNamePart::Identifier(only)] if only.quote_style.is_none() => Some(only.value.to_ascii_lowercase()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_order() {
        for list in [DUCKDB, SNOWFLAKE] {
            let words: Vec<&str> = list.split_ascii_whitespace().collect();
            assert!(words.is_sorted_by(|one, next| one < next));
        }
        assert!(DUCKDB_ROWS.is_sorted() && SNOWFLAKE_ROWS.is_sorted());
    }

    #[test]
    fn what_reaches_out_is_in_no_list() {
        let reaching = [
            "read_csv",
            "read_parquet",
            "read_text",
            "read_blob",
            "read_json",
            "glob",
            "getenv",
            "getvariable",
            "current_setting",
            "query",
            "query_table",
            "duckdb_settings",
            "pragma_table_info",
            "nextval",
            "currval",
            "setseed",
            "sleep_ms",
            "write_log",
            "which_secret",
            "json_serialize_sql",
            "json_execute_serialized_sql",
            "parquet_scan",
            "sniff_csv",
            "identifier",
            "result_scan",
            "system$typeof",
            "system$wait",
            "to_query",
            "get_ddl",
            "build_scoped_file_url",
            "get_presigned_url",
            "current_user",
            "version",
            "error",
        ];
        for name in reaching {
            let name = ObjectName::from(vec![sqlparser::ast::Ident::new(name)]);
            for dialect in [Dialect::DuckDb, Dialect::Snowflake] {
                assert!(!is_harmless(dialect, &name) && !makes_rows(dialect, &name), "{name}");
            }
        }
    }
}

//! Our points, queries and filters as the engine's.

use std::collections::HashMap;

use qdrant_edge::external::ordered_float::OrderedFloat;
use qdrant_edge::{
    Condition, Distance as EdgeDistance, EdgeConfig, EdgeOptimizersConfig, EdgeSparseVectorParams, EdgeVectorParams,
    FieldCondition, Filter as EdgeFilter, IsEmptyCondition, JsonPath, Match, MatchValue, Modifier,
    MultiVectorComparator, MultiVectorConfig, NamedQuery, Payload as EdgePayload, PointId, PointStructPersisted,
    Prefetch, QueryEnum, QueryRequest, Range, ScoredPoint, ScoringQuery, SparseVector, ValueVariants, VectorInternal,
    VectorPersisted, VectorStructPersisted, WalOptions, WithPayloadInterface, WithVector,
};
use serde_json::Value;

use super::names::{DENSE, MULTI, SPARSE};
use crate::vectors::schema::{Dense, Distance, Hit, Point, Schema, Sparse};
use crate::vectors::{Bound, Filter, VectorError};

/// The log numbers changes and is never read back: it need not be large.
const LOG_PART: usize = 4 * 1024 * 1024;

pub(super) fn config(schema: &Schema) -> EdgeConfig {
    let params = |size, distance, multivector_config| EdgeVectorParams {
        size,
        distance,
        on_disk: Some(true),
        multivector_config,
        datatype: None,
        quantization_config: None,
        hnsw_config: None,
    };
    let mut vectors = HashMap::new();
    if let Some(dense) = schema.dense {
        vectors.insert(DENSE.to_owned(), params(dense.dimension, distance(dense.distance), None));
    }
    if let Some(size) = schema.multi {
        let multi = MultiVectorConfig { comparator: MultiVectorComparator::MaxSim };
        vectors.insert(MULTI.to_owned(), params(size, EdgeDistance::Cosine, Some(multi)));
    }
    let words = EdgeSparseVectorParams { modifier: Some(Modifier::Idf), ..EdgeSparseVectorParams::default() };
    let sparse_vectors = if schema.sparse { HashMap::from([(SPARSE.to_owned(), words)]) } else { HashMap::new() };
    EdgeConfig {
        vectors,
        sparse_vectors,
        optimizers: EdgeOptimizersConfig {
            default_segment_number: Some(1),
            max_segment_size: Some(8_000_000),
            ..EdgeOptimizersConfig::default()
        },
        wal_options: Some(WalOptions { segment_capacity: LOG_PART, ..WalOptions::default() }),
        ..EdgeConfig::default()
    }
}

pub(super) fn schema(config: &EdgeConfig) -> Schema {
    Schema {
        dense: config.vectors.get(DENSE).map(|params| Dense {
            dimension: params.size,
            distance: match params.distance {
                EdgeDistance::Dot => Distance::Dot,
                EdgeDistance::Euclid => Distance::Euclid,
                EdgeDistance::Cosine | EdgeDistance::Manhattan => Distance::Cosine,
            },
        }),
        sparse: config.sparse_vectors.contains_key(SPARSE),
        multi: config.vectors.get(MULTI).map(|params| params.size),
    }
}

fn distance(distance: Distance) -> EdgeDistance {
    match distance {
        Distance::Cosine => EdgeDistance::Cosine,
        Distance::Dot => EdgeDistance::Dot,
        Distance::Euclid => EdgeDistance::Euclid,
    }
}

pub(super) fn point(point: &Point) -> PointStructPersisted {
    let mut vectors = HashMap::new();
    if let Some(dense) = &point.dense {
        vectors.insert(DENSE.to_owned(), VectorPersisted::Dense(dense.clone()));
    }
    if let Some(words) = point.sparse.as_ref().filter(|words| !words.is_empty()) {
        vectors.insert(SPARSE.to_owned(), VectorPersisted::Sparse(sparse(words)));
    }
    if let Some(multi) = &point.multi {
        vectors.insert(MULTI.to_owned(), VectorPersisted::MultiDense(multi.clone()));
    }
    PointStructPersisted {
        id: PointId::NumId(point.id),
        vector: VectorStructPersisted::Named(vectors),
        payload: Some(EdgePayload(point.payload.clone())),
    }
}

fn sparse(words: &Sparse) -> SparseVector {
    SparseVector { indices: words.indices.clone(), values: words.values.clone() }
}

pub(super) fn near_dense(vector: &[f32]) -> ScoringQuery {
    nearest(VectorInternal::Dense(vector.to_vec()), DENSE)
}

pub(super) fn near_sparse(words: &Sparse) -> ScoringQuery {
    nearest(VectorInternal::Sparse(sparse(words)), SPARSE)
}

pub(super) fn near_multi(tokens: &[Vec<f32>]) -> Result<ScoringQuery, VectorError> {
    let vector = qdrant_edge::Vector::new_multi(tokens.to_vec())
        .map_err(|error| VectorError::Store { message: error.to_string() })?;
    Ok(nearest(vector.0, MULTI))
}

fn nearest(query: VectorInternal, using: &str) -> ScoringQuery {
    ScoringQuery::Vector(QueryEnum::Nearest(NamedQuery { query, using: Some(using.to_owned()) }))
}

pub(super) fn request(
    query: ScoringQuery,
    prefetch: Option<Prefetch>,
    filter: Option<EdgeFilter>,
    limit: usize,
) -> QueryRequest {
    QueryRequest {
        prefetches: prefetch.into_iter().collect(),
        query: Some(query),
        filter,
        score_threshold: None,
        limit,
        offset: 0,
        params: None,
        with_vector: WithVector::Bool(false),
        with_payload: WithPayloadInterface::Bool(true),
    }
}

pub(super) fn prefetch(query: ScoringQuery, filter: Option<EdgeFilter>, limit: usize) -> Prefetch {
    Prefetch { prefetches: Vec::new(), query: Some(query), limit, params: None, filter, score_threshold: None }
}

/// Points that we put in have numbers; others are left out.
pub(super) fn hit(point: ScoredPoint) -> Option<Hit> {
    let PointId::NumId(id) = point.id else { return None };
    Some(Hit { id, score: point.score, payload: point.payload.map(|payload| payload.0).unwrap_or_default() })
}

pub(super) fn filter(filter: &Filter) -> EdgeFilter {
    match filter {
        Filter::And(all) => EdgeFilter { must: Some(all.iter().map(condition).collect()), ..nothing_asked() },
        Filter::Or(any) if !any.is_empty() => {
            EdgeFilter { should: Some(any.iter().map(condition).collect()), ..nothing_asked() }
        }
        other => EdgeFilter { must: Some(vec![condition(other)]), ..nothing_asked() },
    }
}

fn nothing_asked() -> EdgeFilter {
    EdgeFilter { should: None, min_should: None, must: None, must_not: None }
}

fn condition(part: &Filter) -> Condition {
    match part {
        Filter::Equals(field, value) => equals(field, value),
        Filter::In(_, values) if values.is_empty() => never(),
        Filter::In(field, values) => any(values.iter().map(|value| equals(field, value)).collect()),
        Filter::Range(field, bound) => Condition::Field(FieldCondition::new_range(path(field), range(bound))),
        Filter::Missing(field) => {
            Condition::IsEmpty(IsEmptyCondition { is_empty: qdrant_edge::IsNullCondition::from(path(field)).is_null })
        }
        Filter::Not(inner) => {
            Condition::Filter(EdgeFilter { must_not: Some(vec![condition(inner)]), ..nothing_asked() })
        }
        Filter::Or(list) if list.is_empty() => never(),
        both @ (Filter::And(_) | Filter::Or(_)) => Condition::Filter(filter(both)),
    }
}

fn any(conditions: Vec<Condition>) -> Condition {
    Condition::Filter(EdgeFilter { should: Some(conditions), ..nothing_asked() })
}

/// Holds of nothing: not everything.
fn never() -> Condition {
    Condition::Filter(EdgeFilter { must_not: Some(vec![Condition::Filter(nothing_asked())]), ..nothing_asked() })
}

fn equals(field: &str, value: &Value) -> Condition {
    let exactly = |value: ValueVariants| {
        Condition::Field(FieldCondition::new_match(path(field), Match::Value(MatchValue { value })))
    };
    match value {
        Value::String(text) => exactly(ValueVariants::String(text.as_str().into())),
        Value::Bool(flag) => exactly(ValueVariants::Bool(*flag)),
        // A whole number in a filter also equals 3.0 in a payload, which only a range finds.
        Value::Number(number) => {
            let bound = Bound::exactly(number.as_f64().unwrap_or(f64::NAN));
            Condition::Field(FieldCondition::new_range(path(field), range(&bound)))
        }
        Value::Null | Value::Array(_) | Value::Object(_) => never(),
    }
}

fn range(bound: &Bound) -> Range<OrderedFloat<f64>> {
    let limit = |limit: Option<f64>| limit.map(OrderedFloat);
    Range { lt: limit(bound.lt), gt: limit(bound.gt), gte: limit(bound.gte), lte: limit(bound.lte) }
}

/// The field as it is spelt: dots and brackets in it mean nothing.
fn path(field: &str) -> JsonPath {
    JsonPath { first_key: field.to_owned(), rest: Vec::new() }
}

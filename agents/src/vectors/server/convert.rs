//! Our points, queries and filters as messages of Qdrant's protocol.

use std::collections::HashMap;

use qdrant_client::Payload as Fields;
use qdrant_client::qdrant::{
    CollectionParams, Condition, CreateCollection, DenseVector, Distance as ServerDistance, FieldCondition,
    Filter as ServerFilter, IsEmptyCondition, Match, Modifier, MultiDenseVector, MultiVectorComparator,
    MultiVectorConfig, NamedVectors, PointId, PointStruct, PointsIdsList, PointsSelector, PrefetchQuery,
    Query as ServerQuery, QueryPoints, Range, ScoredPoint, SparseVector, SparseVectorConfig, SparseVectorParams,
    Vector, VectorInput, VectorParams, VectorParamsMap, Vectors, VectorsConfig, r#match, point_id, points_selector,
    query, vector, vector_input, vectors, vectors_config, with_payload_selector,
};
use serde_json::{Map, Value};

use crate::vectors::edge::names::{DENSE, MULTI, SPARSE};
use crate::vectors::schema::{Dense, Distance, Hit, Point, Schema, Sparse};
use crate::vectors::{Bound, Filter};

pub(super) fn collection(name: &str, schema: &Schema) -> CreateCollection {
    let params = |size: usize, distance: ServerDistance, multivector_config| VectorParams {
        size: size as u64,
        distance: distance.into(),
        multivector_config,
        ..VectorParams::default()
    };
    let mut map = HashMap::new();
    if let Some(dense) = schema.dense {
        map.insert(DENSE.to_owned(), params(dense.dimension, distance(dense.distance), None));
    }
    if let Some(size) = schema.multi {
        let multi = MultiVectorConfig { comparator: MultiVectorComparator::MaxSim.into() };
        map.insert(MULTI.to_owned(), params(size, ServerDistance::Cosine, Some(multi)));
    }
    let words = SparseVectorParams { modifier: Some(Modifier::Idf.into()), ..SparseVectorParams::default() };
    CreateCollection {
        collection_name: name.to_owned(),
        vectors_config: Some(VectorsConfig {
            config: Some(vectors_config::Config::ParamsMap(VectorParamsMap { map })),
        }),
        sparse_vectors_config: schema
            .sparse
            .then(|| SparseVectorConfig { map: HashMap::from([(SPARSE.to_owned(), words)]) }),
        ..CreateCollection::default()
    }
}

pub(super) fn schema(params: Option<CollectionParams>) -> Schema {
    let Some(params) = params else { return Schema::default() };
    let sparse = params.sparse_vectors_config.is_some_and(|config| config.map.contains_key(SPARSE));
    let Some(vectors_config::Config::ParamsMap(VectorParamsMap { map })) =
        params.vectors_config.and_then(|config| config.config)
    else {
        return Schema { sparse, ..Schema::default() };
    };
    let dense = map.get(DENSE).map(|params| Dense {
        dimension: params.size as usize,
        distance: match params.distance() {
            ServerDistance::Dot => Distance::Dot,
            ServerDistance::Euclid => Distance::Euclid,
            _ => Distance::Cosine,
        },
    });
    Schema { dense, sparse, multi: map.get(MULTI).map(|params| params.size as usize) }
}

fn distance(distance: Distance) -> ServerDistance {
    match distance {
        Distance::Cosine => ServerDistance::Cosine,
        Distance::Dot => ServerDistance::Dot,
        Distance::Euclid => ServerDistance::Euclid,
    }
}

pub(super) fn point(point: &Point) -> PointStruct {
    let mut vectors = HashMap::new();
    let mut add = |name: &str, vector| {
        vectors.insert(name.to_owned(), Vector { vector: Some(vector), ..Vector::default() });
    };
    if let Some(dense) = &point.dense {
        add(DENSE, vector::Vector::Dense(DenseVector { data: dense.clone() }));
    }
    if let Some(words) = point.sparse.as_ref().filter(|words| !words.is_empty()) {
        add(SPARSE, vector::Vector::Sparse(sparse(words)));
    }
    if let Some(tokens) = &point.multi {
        add(MULTI, vector::Vector::MultiDense(multi(tokens)));
    }
    PointStruct {
        id: Some(PointId::from(point.id)),
        payload: Fields::from(point.payload.clone()).into(),
        vectors: Some(Vectors { vectors_options: Some(vectors::VectorsOptions::Vectors(NamedVectors { vectors })) }),
    }
}

fn sparse(words: &Sparse) -> SparseVector {
    SparseVector { indices: words.indices.clone(), values: words.values.clone() }
}

fn multi(tokens: &[Vec<f32>]) -> MultiDenseVector {
    MultiDenseVector { vectors: tokens.iter().map(|token| DenseVector { data: token.clone() }).collect() }
}

/// A vector to be near to, and its name.
pub(super) type Near = (vector_input::Variant, &'static str);

pub(super) fn near_dense(vector: &[f32]) -> Near {
    (vector_input::Variant::Dense(DenseVector { data: vector.to_vec() }), DENSE)
}

pub(super) fn near_sparse(words: &Sparse) -> Near {
    (vector_input::Variant::Sparse(sparse(words)), SPARSE)
}

pub(super) fn near_multi(tokens: &[Vec<f32>]) -> Near {
    (vector_input::Variant::MultiDense(multi(tokens)), MULTI)
}

pub(super) fn query(collection: &str, near: Near, filter: Option<ServerFilter>, limit: usize) -> QueryPoints {
    QueryPoints {
        collection_name: collection.to_owned(),
        query: Some(nearest(near.0)),
        using: Some(near.1.to_owned()),
        filter,
        limit: Some(limit as u64),
        with_payload: Some(with_payload_selector::SelectorOptions::Enable(true).into()),
        ..QueryPoints::default()
    }
}

pub(super) fn prefetch(near: Near, filter: Option<ServerFilter>, limit: usize) -> PrefetchQuery {
    PrefetchQuery {
        query: Some(nearest(near.0)),
        using: Some(near.1.to_owned()),
        filter,
        limit: Some(limit as u64),
        ..PrefetchQuery::default()
    }
}

fn nearest(variant: vector_input::Variant) -> ServerQuery {
    ServerQuery { variant: Some(query::Variant::Nearest(VectorInput { variant: Some(variant) })) }
}

pub(super) fn selected(ids: &[u64]) -> PointsSelector {
    let list = PointsIdsList { ids: ids.iter().copied().map(PointId::from).collect() };
    PointsSelector { points_selector_one_of: Some(points_selector::PointsSelectorOneOf::Points(list)) }
}

/// Points that we put in have numbers; others are left out.
pub(super) fn hit(point: ScoredPoint) -> Option<Hit> {
    let id = number(point.id?)?;
    Some(Hit { id, score: point.score, payload: Map::from(Fields::from(point.payload)) })
}

pub(super) fn number(id: PointId) -> Option<u64> {
    match id.point_id_options? {
        point_id::PointIdOptions::Num(number) => Some(number),
        point_id::PointIdOptions::Uuid(_) => None,
    }
}

pub(super) fn filter(filter: &Filter) -> ServerFilter {
    match filter {
        Filter::And(all) => ServerFilter::must(all.iter().map(condition)),
        Filter::Or(any) if !any.is_empty() => ServerFilter::should(any.iter().map(condition)),
        other => ServerFilter::must([condition(other)]),
    }
}

fn condition(part: &Filter) -> Condition {
    match part {
        Filter::Equals(field, value) => equals(field, value),
        Filter::In(_, values) if values.is_empty() => never(),
        Filter::In(field, values) => ServerFilter::should(values.iter().map(|value| equals(field, value))).into(),
        Filter::Range(field, bound) => range(field, bound),
        Filter::Missing(field) => IsEmptyCondition { key: key(field) }.into(),
        Filter::Not(inner) => ServerFilter::must_not([condition(inner)]).into(),
        Filter::Or(list) if list.is_empty() => never(),
        both @ (Filter::And(_) | Filter::Or(_)) => filter(both).into(),
    }
}

/// Holds of nothing: not everything.
fn never() -> Condition {
    ServerFilter::must_not([ServerFilter::default().into()]).into()
}

fn equals(field: &str, value: &Value) -> Condition {
    let exactly = |value| {
        let matched = Some(Match { match_value: Some(value) });
        Condition::from(FieldCondition { key: key(field), r#match: matched, ..FieldCondition::default() })
    };
    match value {
        Value::String(text) => exactly(r#match::MatchValue::Keyword(text.clone())),
        Value::Bool(flag) => exactly(r#match::MatchValue::Boolean(*flag)),
        // A whole number in a filter also equals 3.0 in a payload, which only a range finds.
        Value::Number(number) => range(field, &Bound::exactly(number.as_f64().unwrap_or(f64::NAN))),
        Value::Null | Value::Array(_) | Value::Object(_) => never(),
    }
}

fn range(field: &str, bound: &Bound) -> Condition {
    let range = Range { lt: bound.lt, gt: bound.gt, gte: bound.gte, lte: bound.lte };
    FieldCondition { key: key(field), range: Some(range), ..FieldCondition::default() }.into()
}

/// The field as a path of one step: dots and brackets in it mean nothing.
fn key(field: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    if field.chars().all(is_plain) { field.to_owned() } else { format!("\"{field}\"") }
}

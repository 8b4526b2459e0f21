//! The protocol's messages as the engine's types, and back.

use std::collections::{BTreeMap, HashMap};

use qdrant_client::qdrant::{
    self as wire, condition, r#match, point_id, points_selector, query, vector, vector_input, vectors, vectors_config,
};
use qdrant_edge::external::ordered_float::OrderedFloat;
use qdrant_edge::{
    Condition, Distance, EdgeConfig, EdgeSparseVectorParams, EdgeVectorParams, FieldCondition, Filter,
    IsEmptyCondition, IsNullCondition, JsonPath, Match, MatchValue, Modifier, MultiVectorComparator, MultiVectorConfig,
    NamedQuery, Payload, PointId, PointStructPersisted, Prefetch, QueryEnum, QueryRequest, Range, ScoredPoint,
    ScoringQuery, SparseVector, ValueVariants, Vector, VectorInternal, VectorPersisted, VectorStructPersisted,
    WithPayloadInterface, WithVector,
};
use tonic::Status;

fn bad(what: &str) -> Status {
    Status::invalid_argument(what.to_owned())
}

pub(super) fn config(request: &wire::CreateCollection) -> Result<EdgeConfig, Status> {
    let Some(vectors_config::Config::ParamsMap(map)) = request.vectors_config.as_ref().and_then(|c| c.config.clone())
    else {
        return Err(bad("named vectors are expected"));
    };
    let mut config = EdgeConfig::default();
    for (name, params) in map.map.into_iter().collect::<BTreeMap<_, _>>() {
        let distance = match params.distance() {
            wire::Distance::Cosine => Distance::Cosine,
            wire::Distance::Euclid => Distance::Euclid,
            wire::Distance::Dot => Distance::Dot,
            _ => return Err(bad("a distance is expected")),
        };
        let params = EdgeVectorParams {
            size: params.size as usize,
            distance,
            on_disk: None,
            multivector_config: params
                .multivector_config
                .map(|_| MultiVectorConfig { comparator: MultiVectorComparator::MaxSim }),
            datatype: None,
            quantization_config: None,
            hnsw_config: None,
        };
        config.vectors.insert(name, params);
    }
    for (name, params) in
        request.sparse_vectors_config.clone().unwrap_or_default().map.into_iter().collect::<BTreeMap<_, _>>()
    {
        let modifier = (params.modifier == Some(wire::Modifier::Idf.into())).then_some(Modifier::Idf);
        config.sparse_vectors.insert(name, EdgeSparseVectorParams { modifier, ..EdgeSparseVectorParams::default() });
    }
    Ok(config)
}

pub(super) fn point(point: wire::PointStruct) -> Result<PointStructPersisted, Status> {
    let Some(vectors::VectorsOptions::Vectors(named)) = point.vectors.and_then(|v| v.vectors_options) else {
        return Err(bad("named vectors are expected"));
    };
    let mut vectors = HashMap::new();
    for (name, vector) in named.vectors.into_iter().collect::<BTreeMap<_, _>>() {
        let vector = match vector.vector.ok_or_else(|| bad("a vector is expected"))? {
            vector::Vector::Dense(dense) => VectorPersisted::Dense(dense.data),
            vector::Vector::Sparse(words) => {
                VectorPersisted::Sparse(SparseVector { indices: words.indices, values: words.values })
            }
            vector::Vector::MultiDense(multi) => {
                VectorPersisted::MultiDense(multi.vectors.into_iter().map(|vector| vector.data).collect())
            }
            _ => return Err(bad("nothing is inferred here")),
        };
        vectors.insert(name, vector);
    }
    Ok(PointStructPersisted {
        id: id(point.id.ok_or_else(|| bad("an id is expected"))?)?,
        vector: VectorStructPersisted::Named(vectors),
        payload: Some(payload(point.payload)),
    })
}

pub(super) fn payload(fields: HashMap<String, wire::Value>) -> Payload {
    Payload(fields.into_iter().map(|(name, value)| (name, value.into_json())).collect())
}

#[expect(clippy::needless_pass_by_value, reason = "a message is taken apart")]
pub(super) fn id(id: wire::PointId) -> Result<PointId, Status> {
    match id.point_id_options {
        Some(point_id::PointIdOptions::Num(number)) => Ok(PointId::NumId(number)),
        _ => Err(bad("a number is expected")),
    }
}

pub(super) fn id_back(id: PointId) -> wire::PointId {
    match id {
        PointId::NumId(number) => number.into(),
        PointId::Uuid(uuid) => uuid.to_string().into(),
    }
}

pub(super) fn selected(selector: Option<wire::PointsSelector>) -> Result<Vec<PointId>, Status> {
    match selector.and_then(|selector| selector.points_selector_one_of) {
        Some(points_selector::PointsSelectorOneOf::Points(list)) => list.ids.into_iter().map(id).collect(),
        _ => Err(bad("points are expected")),
    }
}

pub(super) fn query(request: wire::QueryPoints) -> Result<QueryRequest, Status> {
    let prefetches = request.prefetch.into_iter().map(prefetch).collect::<Result<_, _>>()?;
    Ok(QueryRequest {
        prefetches,
        query: Some(scoring(request.query, request.using)?),
        filter: request.filter.map(filter).transpose()?,
        score_threshold: None,
        limit: request.limit.unwrap_or(10) as usize,
        offset: request.offset.unwrap_or(0) as usize,
        params: None,
        with_vector: WithVector::Bool(false),
        with_payload: WithPayloadInterface::Bool(request.with_payload.is_some()),
    })
}

fn prefetch(request: wire::PrefetchQuery) -> Result<Prefetch, Status> {
    Ok(Prefetch {
        prefetches: request.prefetch.into_iter().map(prefetch).collect::<Result<_, _>>()?,
        query: Some(scoring(request.query, request.using)?),
        limit: request.limit.unwrap_or(10) as usize,
        params: None,
        filter: request.filter.map(filter).transpose()?,
        score_threshold: None,
    })
}

fn scoring(query: Option<wire::Query>, using: Option<String>) -> Result<ScoringQuery, Status> {
    let Some(query::Variant::Nearest(near)) = query.and_then(|query| query.variant) else {
        return Err(bad("a vector to be near to is expected"));
    };
    let query = match near.variant.ok_or_else(|| bad("a vector is expected"))? {
        vector_input::Variant::Dense(dense) => VectorInternal::Dense(dense.data),
        vector_input::Variant::Sparse(words) => {
            VectorInternal::Sparse(SparseVector { indices: words.indices, values: words.values })
        }
        vector_input::Variant::MultiDense(multi) => {
            let vectors: Vec<Vec<f32>> = multi.vectors.into_iter().map(|vector| vector.data).collect();
            Vector::new_multi(vectors).map_err(|error| bad(&error.to_string()))?.0
        }
        _ => return Err(bad("nothing is inferred here")),
    };
    Ok(ScoringQuery::Vector(QueryEnum::Nearest(NamedQuery { query, using })))
}

pub(super) fn filter(filter: wire::Filter) -> Result<Filter, Status> {
    let all = |conditions: Vec<wire::Condition>| -> Result<Option<Vec<Condition>>, Status> {
        let read = conditions.into_iter().map(condition).collect::<Result<Vec<_>, _>>()?;
        Ok((!read.is_empty()).then_some(read))
    };
    Ok(Filter {
        should: all(filter.should)?,
        min_should: None,
        must: all(filter.must)?,
        must_not: all(filter.must_not)?,
    })
}

fn condition(condition: wire::Condition) -> Result<Condition, Status> {
    match condition.condition_one_of.ok_or_else(|| bad("a condition is expected"))? {
        condition::ConditionOneOf::Field(found) => field(found),
        condition::ConditionOneOf::Filter(inner) => Ok(Condition::Filter(filter(inner)?)),
        condition::ConditionOneOf::IsEmpty(empty) => {
            let is_empty = IsNullCondition::from(path(&empty.key)?).is_null;
            Ok(Condition::IsEmpty(IsEmptyCondition { is_empty }))
        }
        _ => Err(bad("this condition is not known here")),
    }
}

fn field(field: wire::FieldCondition) -> Result<Condition, Status> {
    let key = path(&field.key)?;
    if let Some(range) = field.range {
        let limit = |limit: Option<f64>| limit.map(OrderedFloat);
        let range = Range { lt: limit(range.lt), gt: limit(range.gt), gte: limit(range.gte), lte: limit(range.lte) };
        return Ok(Condition::Field(FieldCondition::new_range(key, range)));
    }
    let value = match field.r#match.and_then(|found| found.match_value) {
        Some(r#match::MatchValue::Keyword(text)) => ValueVariants::String(text),
        Some(r#match::MatchValue::Integer(number)) => ValueVariants::Integer(number),
        Some(r#match::MatchValue::Boolean(flag)) => ValueVariants::Bool(flag),
        _ => return Err(bad("this match is not known here")),
    };
    Ok(Condition::Field(FieldCondition::new_match(key, Match::Value(MatchValue { value }))))
}

fn path(key: &str) -> Result<JsonPath, Status> {
    key.parse().map_err(|()| bad("the key is no path"))
}

pub(super) fn scored(point: ScoredPoint) -> wire::ScoredPoint {
    let payload = point.payload.map(|payload| qdrant_client::Payload::from(payload.0)).unwrap_or_default();
    wire::ScoredPoint {
        id: Some(id_back(point.id)),
        payload: payload.into(),
        score: point.score,
        version: point.version,
        ..wire::ScoredPoint::default()
    }
}

//! Queries: the two that clients send to see whether the server is there. There is no SQL engine.

use prost_types::value::Kind;
use prost_types::{ListValue, Value};
use rescind_model::Code;

use super::sessions;
use super::state::Turn;
use crate::kernel::Status;
use crate::proto::spanner::{self as pb, TypeCode, transaction_selector::Selector};

/// The answer to a query of one row and one column.
struct Answer {
    metadata: pb::ResultSetMetadata,
    value: Value,
}

fn answer(turn: &mut Turn<'_>, request: &pb::ExecuteSqlRequest) -> Result<Answer, Status> {
    sessions::find(turn, &request.session)?;
    let words: Vec<&str> = request.sql.trim().trim_end_matches(';').split_whitespace().collect();
    let (code, value) = match words.join(" ").to_ascii_uppercase().as_str() {
        "SELECT 1" => (TypeCode::Int64, "1".to_owned()),
        "SELECT CURRENT_TIMESTAMP()" | "SELECT CURRENT_TIMESTAMP" => {
            (TypeCode::Timestamp, turn.now.to_string())
        }
        _ => {
            let message = "google.spanner.v1.Spanner.ExecuteSql is implemented for `SELECT 1` and `SELECT \
                           CURRENT_TIMESTAMP()` only: there is no SQL engine.";
            return Err(Status::new(Code::Unimplemented, message));
        }
    };
    let column = pb::struct_type::Field {
        name: String::new(),
        r#type: Some(pb::Type { code: code.into(), ..Default::default() }),
    };
    let row_type = Some(pb::StructType { fields: vec![column] });
    let metadata =
        pb::ResultSetMetadata { row_type, transaction: begin(turn, request), undeclared_parameters: None };
    Ok(Answer { metadata, value: Value { kind: Some(Kind::StringValue(value)) } })
}

/// The transaction that the request begins, if it does.
fn begin(turn: &mut Turn<'_>, request: &pb::ExecuteSqlRequest) -> Option<pb::Transaction> {
    let Some(Selector::Begin(_)) = request.transaction.as_ref()?.selector.as_ref() else { return None };
    turn.store.state.begun += 1;
    let id = format!("transaction-{}", turn.store.state.begun).into_bytes();
    Some(pb::Transaction { id, read_timestamp: Some(turn.now.to_proto()) })
}

pub fn execute(turn: &mut Turn<'_>, request: pb::ExecuteSqlRequest) -> Result<pb::ResultSet, Status> {
    let Answer { metadata, value } = answer(turn, &request)?;
    let rows = vec![ListValue { values: vec![value] }];
    Ok(pb::ResultSet { metadata: Some(metadata), rows, stats: None })
}

/// The stream is one message: the answers are small.
pub fn execute_streaming(
    turn: &mut Turn<'_>,
    request: pb::ExecuteSqlRequest,
) -> Result<pb::PartialResultSet, Status> {
    let Answer { metadata, value } = answer(turn, &request)?;
    Ok(pb::PartialResultSet { metadata: Some(metadata), values: vec![value], ..Default::default() })
}

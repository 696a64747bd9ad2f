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

/// The only column of a query.
#[derive(Debug, PartialEq, Eq)]
struct Column<'a> {
    /// What it holds, in upper case and without blanks.
    expression: String,
    /// What the query calls it; nothing, if it does not.
    name: &'a str,
}

/// The column of `SELECT EXPRESSION`, `SELECT EXPRESSION AS name` or `SELECT EXPRESSION name`.
fn column(sql: &str) -> Option<Column<'_>> {
    let words: Vec<&str> = sql.trim().trim_end_matches(';').split_whitespace().collect();
    let [select, rest @ ..] = words.as_slice() else { return None };
    let is = |word: &str, known| word.eq_ignore_ascii_case(known);
    if !is(select, "SELECT") {
        return None;
    }
    // What a name can be: CURRENT_TIMESTAMP () has none.
    let is_name = |word: &str| {
        let word = word.trim_matches(['`', '"']);
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && word.chars().all(plain)
    };
    let (expression, name) = match rest {
        [expression @ .., as_word, name] if is(as_word, "AS") && is_name(name) => (expression, *name),
        [expression @ .., name] if !expression.is_empty() && is_name(name) => (expression, *name),
        expression => (expression, ""),
    };
    let expression = expression.concat().to_ascii_uppercase();
    (!expression.is_empty()).then(|| Column { expression, name: name.trim_matches(['`', '"']) })
}

fn answer(turn: &mut Turn<'_>, request: &pb::ExecuteSqlRequest) -> Result<Answer, Status> {
    sessions::find(turn, &request.session)?;
    let unimplemented = || {
        let message = "google.spanner.v1.Spanner.ExecuteSql is implemented for `SELECT 1` and `SELECT \
                       CURRENT_TIMESTAMP()` only, with or without a name for the column: there is no SQL engine.";
        Status::new(Code::Unimplemented, message)
    };
    let Column { expression, name } = column(&request.sql).ok_or_else(unimplemented)?;
    let (code, value) = match &*expression {
        "1" => (TypeCode::Int64, "1".to_owned()),
        "CURRENT_TIMESTAMP()" | "CURRENT_TIMESTAMP" => (TypeCode::Timestamp, turn.now.to_string()),
        _ => return Err(unimplemented()),
    };
    let column = pb::struct_type::Field {
        name: name.to_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_may_have_a_name() {
        for (sql, expression, name) in [
            ("SELECT 1", "1", ""),
            (" select  1 as one; ", "1", "one"),
            ("SELECT CURRENT_TIMESTAMP() AS t", "CURRENT_TIMESTAMP()", "t"),
            ("SELECT CURRENT_TIMESTAMP ()", "CURRENT_TIMESTAMP()", ""),
            ("SELECT CURRENT_TIMESTAMP() `now`", "CURRENT_TIMESTAMP()", "now"),
            ("SELECT CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", ""),
        ] {
            assert_eq!(column(sql), Some(Column { expression: expression.to_owned(), name }), "{sql}");
        }
        for sql in ["", ";", "SELECT", "WITH 1", "UPDATE t"] {
            assert_eq!(column(sql), None, "{sql}");
        }
    }
}

//! Prints the JSON Schema of the results; what it prints is committed as docs/schema/results.schema.json.

fn main() -> Result<(), serde_json::Error> {
    print!("{}", rescind_report::json::schema()?);
    Ok(())
}

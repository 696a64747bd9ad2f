//! `rescind explain`.

use rescind_model::exit;
use rescind_report::rules;
use rescind_report::terminal::{TerminalOptions, render_rule, render_rules};

use crate::args::ExplainArgs;
use crate::failure::Failure;
use crate::output::print;

/// Says what a rule means, with an example, and how it is mended and switched off; without one, which rules there are.
///
/// # Errors
/// There is no rule of that name.
pub fn explain(args: &ExplainArgs) -> Result<u8, Failure> {
    let options = TerminalOptions::default();
    let text = match &args.rule {
        None => render_rules(&options),
        Some(id) => render_rule(rules::explain(id).map_err(Failure::usage)?, &options),
    };
    print(&text)?;
    Ok(exit::OK)
}

//! `rescind compare`.

use rescind_report::compare::{self, Comparison};

use crate::args::{CompareArgs, FailOn};
use crate::failure::Failure;
use crate::report;

/// Compares two results files and reports what differs.
///
/// # Errors
/// A file that holds no results, or a report that cannot be written.
pub fn compare(args: &CompareArgs) -> Result<u8, Failure> {
    let (base, head) = (report::read(&args.base)?, report::read(&args.head)?);
    let comparison = Comparison::of(&base, &head);
    report::write(&args.report, |format| format.render_comparison(&comparison))?;
    Ok(comparison.exit_code(match args.fail_on {
        FailOn::Regression => compare::FailOn::Regression,
        FailOn::Any => compare::FailOn::Any,
        FailOn::Never => compare::FailOn::Never,
    }))
}

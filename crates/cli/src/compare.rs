//! `rescind compare`, and the policy that makes a comparison fail.

use rescind_report::compare::{self, Comparison};

use crate::args::{CompareArgs, FailOn};
use crate::failure::Failure;
use crate::report;

/// Compares a results file with a base and reports what differs.
///
/// # Errors
/// A file that holds no results, or a report that cannot be written.
pub fn compare(args: &CompareArgs) -> Result<u8, Failure> {
    let (base, head) = (report::read_base(&args.base)?, report::read_all(&args.head)?);
    let comparison = Comparison::of(&base, &head);
    report::write(&args.report, |format| format.render_comparison(&comparison))?;
    Ok(comparison.exit_code(args.fail_on.into()))
}

impl From<FailOn> for compare::FailOn {
    fn from(typed: FailOn) -> compare::FailOn {
        match typed {
            FailOn::Regression => compare::FailOn::Regression,
            FailOn::Any => compare::FailOn::Any,
            FailOn::Never => compare::FailOn::Never,
        }
    }
}

//! How far an operation is, as its metadata tells it: the same message in two packages.

use crate::kernel::Time;
use crate::kernel::operation::Timeline;
use crate::proto::{database, instance};

/// The progress of an operation on a database or a backup.
pub fn of_database(timeline: &Timeline) -> database::OperationProgress {
    database::OperationProgress {
        progress_percent: timeline.percent,
        start_time: Some(timeline.start.to_proto()),
        end_time: timeline.end.map(Time::to_proto),
    }
}

/// The progress of an operation on an instance or its configuration.
pub fn of_instance(timeline: &Timeline) -> instance::OperationProgress {
    instance::OperationProgress {
        progress_percent: timeline.percent,
        start_time: Some(timeline.start.to_proto()),
        end_time: timeline.end.map(Time::to_proto),
    }
}

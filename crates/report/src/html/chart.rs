//! The sequence chart of a case: requests and replies as arrows, the states beside them as bands.

use askama::Template;
use rescind_model::{BackupView, Code, Ended, Observation};

use crate::requests::{FoldedRequest, Transition, heading, requests};
use crate::text::{capital, one_line};

/// Folded requests that are drawn.
const ROWS: usize = 60;
/// Characters of a name that are kept in the table.
const NAME_CHARS: usize = 160;
/// Characters of a label that fit between the two life lines, and beside them.
const LABEL_CHARS: usize = 55;
const DECIDED_CHARS: usize = 24;
/// Height of a request with its reply, and of what follows the last one.
const ROW: u32 = 46;
const END: u32 = 30;

/// A chart, laid out. All lengths are in the units of its view box, which are pixels at full size.
#[derive(Template)]
#[template(path = "chart.svg", escape = "html")]
pub(super) struct Chart {
    /// How many requests there are.
    pub heading: String,
    /// The requests, with repetitions folded.
    pub rows: Vec<RequestRow>,
    /// Requests that are not drawn.
    pub left_out: usize,
    bands: Vec<Band>,
    height: u32,
    end: u32,
    ended: String,
    clean_end: bool,
}

/// A request in the chart and in the table.
pub(super) struct RequestRow {
    y: u32,
    pub number: String,
    pub rpc: String,
    pub resource: String,
    pub decided: String,
    pub reply: String,
    pub message: String,
    pub operation: String,
    pub backup: String,
    pub fault: bool,
    label: String,
    about: String,
    decided_short: String,
    error: bool,
    lost: bool,
}

/// A state that lasts from one height to another.
struct Band {
    x: u32,
    y: u32,
    height: u32,
    class: &'static str,
    label: String,
}

impl Chart {
    const WIDTH: u32 = 964;
    const TOP: u32 = 28;
    const SAMPLE: u32 = 84;
    const SERVICE: u32 = 500;
    const OPERATION: u32 = 696;
    const BACKUP: u32 = 834;
    const BAND: u32 = 128;

    /// Lays out the journal of a case.
    pub fn of(observation: &Observation) -> Chart {
        let folded = requests(&observation.journal);
        let shown = &folded[..folded.len().min(ROWS)];
        let left_out: u32 = folded[shown.len()..].iter().map(FoldedRequest::count).sum();
        let mut y = Self::TOP;
        let mut rows = Vec::with_capacity(shown.len());
        let (mut operation, mut backup) = (Track::new(Self::OPERATION), Track::new(Self::BACKUP));
        for request in shown {
            rows.push(RequestRow::of(request, y));
            operation.row(y, &request.operation);
            backup.row(y, &request.backup);
            y += ROW;
        }
        let settled = &observation.settled;
        let last = |track: &mut Track, state: Option<String>| track.extend(y + 4, y + END, state.as_deref());
        last(&mut operation, settled.own_operations().next().map(|operation| operation.state.to_string()));
        let own = settled.own_backups().next();
        // Somebody else's, if it is one that the sample has asked about.
        let asked = |it: &&BackupView| observation.journal.iter().any(|entry| entry.resource == it.name);
        let shown = own.or_else(|| settled.backups.iter().find(asked));
        last(&mut backup, shown.map(|backup| backup.state.to_string()));
        let mut bands = operation.bands;
        bands.extend(backup.bands);
        Chart {
            heading: capital(&heading(&observation.journal)),
            rows,
            left_out: usize::try_from(left_out).unwrap_or(usize::MAX),
            bands,
            height: y + END + 4,
            end: y + 4,
            ended: observation.ended.to_string(),
            clean_end: observation.ended == Ended::Code(0),
        }
    }
}

impl RequestRow {
    fn of(request: &FoldedRequest<'_>, y: u32) -> RequestRow {
        let name = |text: &str| one_line(text, NAME_CHARS);
        let rpc = name(request.rpc);
        let times = if request.count() > 1 { format!(" ×{}", request.count()) } else { String::new() };
        let label = format!("{}{times}", shorten(&rpc, LABEL_CHARS - 8));
        let resource = name(request.resource);
        let about = shorten(&resource, LABEL_CHARS.saturating_sub(label.chars().count() + 1));
        let decided = name(&request.decisions.join(" "));
        let shown = request.shown.as_ref().map(|state| format!(" ({state})")).unwrap_or_default();
        RequestRow {
            y,
            number: request.number(),
            label,
            about,
            decided_short: shorten(&decided, DECIDED_CHARS),
            reply: format!("{}{shown}", request.code),
            message: name(request.message),
            operation: request.operation.to_string(),
            backup: request.backup.to_string(),
            fault: request.fault,
            error: request.code != Code::Ok,
            lost: request.lost,
            rpc,
            resource,
            decided,
        }
    }
}

/// The bands of one thing, one under the other.
struct Track {
    x: u32,
    bands: Vec<Band>,
}

impl Track {
    fn new(x: u32) -> Track {
        Track { x, bands: Vec::new() }
    }

    /// A request takes effect half-way between its two arrows.
    fn row(&mut self, y: u32, state: &Transition) {
        let middle = y + 28;
        self.extend(y, middle, state.before.as_deref());
        self.extend(middle, y + ROW, state.after.as_deref());
    }

    /// Continues the band above, if it is the same state and reaches so far, or begins another one.
    fn extend(&mut self, from: u32, to: u32, state: Option<&str>) {
        let Some(state) = state else { return };
        match self.bands.last_mut() {
            Some(band) if band.label == state && band.y + band.height + 5 >= from => {
                band.height = to - band.y - 1;
            }
            _ => self.bands.push(Band {
                x: self.x,
                y: from,
                height: to - from - 1,
                class: class(state),
                label: state.to_owned(),
            }),
        }
    }
}

fn class(state: &str) -> &'static str {
    match state {
        "running" | "CREATING" | "DELETING" => "going",
        "completed" | "READY" => "there",
        "CANCELLED" => "cancelled",
        _ => "broken",
    }
}

/// The text in at most this many characters.
fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{kept}…")
}

//! The tree of decisions of an exploration: what a sample was told, from left to right, and at each end how the case came out.

use askama::Template;
use rescind_model::{CaseResult, Exploration, Results, Verdict};

use crate::matrix::sign;
use crate::requests::{FoldedRequest, requests};
use crate::text::one_line;

/// Histories that are drawn: the others are in the matrix.
const LEAVES: usize = 1000;
/// Requests of a history that are drawn one after the other.
const DEEPEST: usize = 24;
/// Characters of a label that fit into a column.
const LABEL_CHARS: usize = 30;
/// Height of a line.
const LINE: usize = 18;
const TOP: usize = 14;

/// A tree, laid out. All lengths are in the units of its view box, which are pixels at full size.
#[derive(Template)]
#[template(path = "tree.svg", escape = "html")]
pub(super) struct DecisionTree {
    title: String,
    branches: Vec<Branch>,
    leaves: Vec<Leaf>,
    /// Histories that are not drawn.
    pub left_out: usize,
    width: usize,
    height: usize,
}

/// A request with its reply, and the line that leads to it.
struct Branch {
    /// Where it begins, and on which lines the one before it and it itself are.
    x: usize,
    from: usize,
    y: usize,
    label: String,
    whole: String,
    class: String,
}

/// The end of a history.
struct Leaf {
    x: usize,
    y: usize,
    id: String,
    class: String,
    label: String,
    whole: String,
}

/// A node of the tree while it grows: histories that begin alike share nodes.
#[derive(Default)]
struct Node<'a> {
    label: String,
    whole: String,
    children: Vec<Node<'a>>,
    ends: Vec<&'a CaseResult>,
}

impl DecisionTree {
    /// Width of a column.
    const COLUMN: usize = 216;

    /// Lays out the histories of an explored sample. None if it has none that ran.
    pub(super) fn of(results: &Results, exploration: &Exploration) -> Option<DecisionTree> {
        let of_sample =
            |case: &&CaseResult| case.id.sample == exploration.sample && case.observation.is_some();
        let mut cases: Vec<&CaseResult> = results.cases.iter().filter(of_sample).collect();
        // What failed is drawn whatever there is no room for.
        cases.sort_by_key(|case| case.verdict == Verdict::Pass);
        let left_out = cases.len().saturating_sub(LEAVES);
        cases.truncate(LEAVES);
        cases.sort_by(|a, b| a.id.cmp(&b.id));
        let mut root = Node::default();
        for case in &cases {
            root.add(case);
        }
        let mut tree = DecisionTree {
            title: format!("What {} was told in each history, and how it ended", exploration.sample),
            branches: Vec::new(),
            leaves: Vec::new(),
            left_out,
            width: 0,
            height: 0,
        };
        let mut y = TOP;
        tree.lay_out(&root, 0, &mut y);
        tree.width += Self::COLUMN;
        tree.height = y + TOP;
        (!cases.is_empty()).then_some(tree)
    }

    /// Lays out what follows a node in the columns from this one on, and from this line on; on which line the middle of it is,
    /// and the gravest verdict in it.
    fn lay_out(&mut self, node: &Node<'_>, column: usize, y: &mut usize) -> (usize, Verdict) {
        let x = column * Self::COLUMN + 8;
        self.width = self.width.max(x);
        let (mut lines, mut gravest) = (Vec::new(), Verdict::Pass);
        for case in &node.ends {
            lines.push(*y);
            gravest = gravest.max(case.verdict);
            self.leaves.push(Leaf::of(case, x, *y));
            *y += LINE;
        }
        let mut below: Vec<usize> = Vec::new();
        for child in &node.children {
            let at = self.branches.len();
            self.branches.push(Branch {
                x,
                from: 0,
                y: 0,
                label: one_line(&child.label, LABEL_CHARS),
                whole: child.whole.clone(),
                class: String::new(),
            });
            let (line, verdict) = self.lay_out(child, column + 1, y);
            gravest = gravest.max(verdict);
            (self.branches[at].y, self.branches[at].class) = (line, verdict.to_string());
            lines.push(line);
            below.push(at);
        }
        let middle = lines.first().zip(lines.last()).map_or(*y, |(first, last)| (first + last) / 2);
        for at in below {
            self.branches[at].from = middle;
        }
        (middle, gravest)
    }
}

impl<'a> Node<'a> {
    fn add(&mut self, case: &'a CaseResult) {
        let journal = case.observation.as_ref().map(|seen| seen.journal.as_slice()).unwrap_or_default();
        let mut node = self;
        for request in requests(journal).iter().take(DEEPEST) {
            let label = label(request);
            let at = match node.children.iter().position(|child| child.label == label) {
                Some(at) => at,
                None => {
                    let whole = format!("{} of {}: {label}", request.rpc, request.resource);
                    node.children.push(Node { label, whole: one_line(&whole, 200), ..Node::default() });
                    node.children.len() - 1
                }
            };
            node = &mut node.children[at];
        }
        node.ends.push(case);
    }
}

impl Leaf {
    fn of(case: &CaseResult, x: usize, y: usize) -> Leaf {
        let mut rules: Vec<&str> = case.findings.iter().map(|finding| finding.rule.id()).collect();
        rules.dedup();
        let ended = case.observation.as_ref().map(|seen| seen.ended.to_string()).unwrap_or_default();
        let said = if rules.is_empty() { ended } else { rules.join(", ") };
        Leaf {
            x,
            y,
            id: case.id.to_string(),
            class: case.verdict.to_string(),
            label: one_line(&format!("{} {said}", sign(case.verdict)), LABEL_CHARS),
            whole: one_line(&format!("{}: {said}; {}", case.verdict, case.title), 300),
        }
    }
}

/// What the sample was told: the code of the reply, or what it shows of the operation, with what made it so.
fn label(request: &FoldedRequest<'_>) -> String {
    let told = match &request.shown {
        _ if request.lost => "no reply".to_owned(),
        Some(shown) => shown.clone(),
        None => request.code.to_string(),
    };
    match request.count() {
        1 => format!("{} {told}", request.rpc),
        count => format!("{} ×{count} {told}", request.rpc),
    }
}

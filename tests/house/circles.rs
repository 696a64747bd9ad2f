//! Circles in a graph.

use std::collections::BTreeMap;

/// Who imports whom.
pub type Graph = BTreeMap<String, Vec<String>>;

/// The largest sets of nodes of which each reaches every other, each node with those of the set that it points to.
pub fn circles(graph: &Graph) -> Vec<Graph> {
    let reached: BTreeMap<&str, Vec<&str>> = graph.keys().map(|from| (&**from, reach(graph, from))).collect();
    let both =
        |a: &str, b: &str| reached[a].contains(&b) && reached.get(b).is_some_and(|back| back.contains(&a));
    let mut seen: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for from in graph.keys() {
        if seen.contains(&&**from) {
            continue;
        }
        let circle: Vec<&str> = graph.keys().map(String::as_str).filter(|to| both(from, to)).collect();
        if !circle.is_empty() {
            let within = |to: &&String| circle.contains(&to.as_str());
            let node =
                |from: &&str| ((*from).to_owned(), graph[*from].iter().filter(within).cloned().collect());
            found.push(circle.iter().map(node).collect());
            seen.extend(circle);
        }
    }
    found
}

/// What is reached from a node by one step or more.
fn reach<'a>(graph: &'a Graph, from: &str) -> Vec<&'a str> {
    let mut reached: Vec<&str> = Vec::new();
    let mut next: Vec<&str> = graph.get(from).into_iter().flatten().map(String::as_str).collect();
    while let Some(node) = next.pop() {
        if !reached.contains(&node) {
            reached.push(node);
            next.extend(graph.get(node).into_iter().flatten().map(String::as_str));
        }
    }
    reached
}

#[test]
fn circles_are_found_and_nothing_else_is() {
    let graph = |edges: &[(&str, &[&str])]| -> Graph {
        edges
            .iter()
            .map(|(from, to)| ((*from).to_owned(), to.iter().map(|to| (*to).to_owned()).collect()))
            .collect()
    };
    assert!(circles(&graph(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])])).is_empty());
    let found =
        circles(&graph(&[("a", &["b"]), ("b", &["c"]), ("c", &["b", "d"]), ("d", &[]), ("e", &["e"])]));
    assert_eq!(found, [graph(&[("b", &["c"]), ("c", &["b"])]), graph(&[("e", &["e"])])]);
}

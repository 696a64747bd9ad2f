//! From a path to the RPC it means. No route is written here: they come out of the descriptors.

use std::collections::{BTreeSet, HashMap};

use http::Method as Verb;
use percent_encoding::percent_decode_str;
use prost_reflect::{DynamicMessage, MethodDescriptor, Value};

use super::template::{Segment, Template};
use rescind_engine::{ListName, OperationsPath, Services, proto};

/// The HTTP rules of an RPC of `google.longrunning.Operations`.
fn operation_rules(rpc: &str, services: &Services) -> Vec<(Verb, String, String)> {
    let (verb, tail, body) = match rpc {
        "ListOperations" => (Verb::GET, "", ""),
        "GetOperation" => (Verb::GET, "/operations/*}", ""),
        "DeleteOperation" => (Verb::DELETE, "/operations/*}", ""),
        // Some service configurations say `body: "*"`, and the request has no field but the one in the path.
        "CancelOperation" => (Verb::POST, "/operations/*}:cancel", ""),
        _ => return Vec::new(),
    };
    let rule = |OperationsPath { parent, list }: &OperationsPath| {
        let tail = match (tail, list) {
            ("", ListName::Collection) => "/operations}",
            ("", ListName::Parent) => "}/operations",
            (tail, _) => tail,
        };
        (verb.clone(), format!("{parent}{tail}"), body.to_owned())
    };
    services.operations().map(rule).collect()
}

const OPERATIONS: &str = "google.longrunning.Operations";

/// An HTTP rule of an RPC.
#[derive(Clone, Debug)]
pub struct Route {
    /// The RPC.
    pub method: MethodDescriptor,
    /// What the body is: nothing (empty), the whole request (`*`), or the field of this name.
    pub body: String,
    template: Template,
}

/// What a path means.
#[derive(Debug)]
pub enum PathMatch<'a> {
    /// An RPC, with the values that the path gives to fields of the request.
    Route(&'a Route, Vec<(&'a str, String)>),
    /// The path is known, but not with this HTTP method; these are the methods that it is known with.
    OtherMethods(Vec<&'a Verb>),
    /// The path is not known.
    Nothing,
}

#[derive(Debug, Default)]
struct Node {
    literals: HashMap<String, Node>,
    any: Option<Box<Node>>,
    /// By the verb after the colon, and the HTTP method.
    routes: HashMap<String, Vec<(Verb, Route)>>,
}

/// All routes, as a tree of path segments.
#[derive(Debug, Default)]
pub struct Router {
    root: Node,
}

impl Router {
    /// The routes of every gRPC service of which these services serve something.
    pub fn of(services: &Services) -> Router {
        let mut router = Router::default();
        let names: BTreeSet<&str> = services.rpcs().into_iter().map(|rpc| rpc.service).collect();
        for service in names.iter().filter_map(|name| proto::pool().get_service_by_name(name)) {
            for method in service.methods() {
                for (verb, path, body) in rules(&method, services) {
                    if let Some(template) = Template::parse(&path) {
                        router.add(verb, Route { method: method.clone(), body, template });
                    }
                }
            }
        }
        router
    }

    fn add(&mut self, verb: Verb, route: Route) {
        let mut node = &mut self.root;
        for segment in &route.template.segments {
            node = match segment {
                Segment::Literal(text) => node.literals.entry(text.clone()).or_default(),
                Segment::Any => node.any.get_or_insert_default(),
            };
        }
        node.routes.entry(route.template.verb.clone()).or_default().push((verb, route));
    }

    /// What a request for this path, still percent-encoded, means.
    pub fn find(&self, verb: &Verb, path: &str) -> PathMatch<'_> {
        let Some(path) = path.strip_prefix('/') else { return PathMatch::Nothing };
        let segments: Vec<String> = path.split('/').map(decode).collect();
        // Ids may hold colons too: what follows the last one is a verb only if a route says so.
        let with_verb = segments.split_last().and_then(|(last, rest)| {
            let (last, verb) = last.rsplit_once(':')?;
            let mut segments = rest.to_vec();
            segments.push(last.to_owned());
            let routes = self.root.walk(&segments)?.routes.get(verb)?;
            Some((routes, segments))
        });
        let plain = || Some((self.root.walk(&segments)?.routes.get("")?, segments.clone()));
        let Some((routes, segments)) = with_verb.or_else(plain) else { return PathMatch::Nothing };
        let Some((_, route)) = routes.iter().find(|(known, _)| known == verb) else {
            return PathMatch::OtherMethods(routes.iter().map(|(known, _)| known).collect());
        };
        let captures = route.template.captures.iter();
        let captures = captures
            .map(|capture| (capture.field.as_str(), segments[capture.segments.clone()].join("/")))
            .collect();
        PathMatch::Route(route, captures)
    }
}

#[cfg(test)]
impl Router {
    /// Every route.
    pub fn routes(&self) -> impl Iterator<Item = &Route> {
        let mut nodes = vec![&self.root];
        std::iter::from_fn(move || {
            let node = nodes.pop()?;
            nodes.extend(node.literals.values().chain(node.any.as_deref()));
            Some(node)
        })
        .flat_map(|node| node.routes.values().flatten().map(|(_, route)| route))
    }
}

impl Node {
    /// The node of these segments; a literal wins over a wildcard.
    fn walk(&self, segments: &[String]) -> Option<&Node> {
        let Some((first, rest)) = segments.split_first() else { return Some(self) };
        let literal = self.literals.get(first).and_then(|node| node.walk(rest));
        literal.or_else(|| self.any.as_ref().filter(|_| !first.is_empty())?.walk(rest))
    }
}

fn decode(segment: &str) -> String {
    match percent_decode_str(segment).decode_utf8() {
        Ok(decoded) if !decoded.contains('/') => decoded.into_owned(),
        // An encoded slash is a part of an id, which no id may hold: it stays as it is and names nothing.
        _ => segment.to_owned(),
    }
}

/// The HTTP rules of an RPC: HTTP method, path template, body.
fn rules(method: &MethodDescriptor, services: &Services) -> Vec<(Verb, String, String)> {
    if method.parent_service().full_name() == OPERATIONS {
        return operation_rules(method.name(), services);
    }
    let Some(extension) = proto::pool().get_extension_by_name("google.api.http") else { return Vec::new() };
    let options = method.options();
    let option = options.get_extension(&extension);
    let Some(rule) = option.as_message() else { return Vec::new() };
    let additional = rule.get_field_by_name("additional_bindings");
    let additional = additional.as_deref().and_then(Value::as_list).unwrap_or_default();
    std::iter::once(rule)
        .chain(additional.iter().filter_map(Value::as_message))
        .filter_map(read_rule)
        .collect()
}

fn read_rule(rule: &DynamicMessage) -> Option<(Verb, String, String)> {
    const VERBS: [(&str, Verb); 5] = [
        ("get", Verb::GET),
        ("put", Verb::PUT),
        ("post", Verb::POST),
        ("delete", Verb::DELETE),
        ("patch", Verb::PATCH),
    ];
    let text = |field: &str| {
        rule.get_field_by_name(field).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let (field, verb) = VERBS.into_iter().find(|(field, _)| rule.has_field_by_name(field))?;
    Some((verb, text(field), text("body")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router() -> Router {
        Router::of(&rescind_engine::services())
    }

    fn rpc(verb: Verb, path: &str) -> Option<(String, Vec<(String, String)>)> {
        match router().find(&verb, path) {
            PathMatch::Route(route, captures) => {
                let captures = captures.into_iter().map(|(field, value)| (field.to_owned(), value));
                Some((route.method.name().to_owned(), captures.collect()))
            }
            _ => None,
        }
    }

    #[test]
    fn every_rule_of_the_served_services_is_routed() {
        let services = rescind_engine::services();
        let names: BTreeSet<&str> = services.rpcs().into_iter().map(|rpc| rpc.service).collect();
        for service in names {
            for method in proto::pool().get_service_by_name(service).expect(service).methods() {
                let rules = rules(&method, &services);
                assert_eq!(rules.is_empty(), method.name() == "WaitOperation", "{}", method.full_name());
                for (verb, path, _) in rules {
                    let example = path.replace(['{', '}'], "").replace('*', "x");
                    let example: Vec<&str> =
                        example.split('/').map(|part| part.rsplit('=').next().unwrap_or(part)).collect();
                    let found = rpc(verb, &example.join("/")).expect(&path).0;
                    assert_eq!(found, method.name(), "{path}");
                }
            }
        }
    }

    #[test]
    fn paths_give_fields_their_values() {
        let name = "projects/p/instances/i/backups/b";
        let (found, captures) = rpc(Verb::PATCH, &format!("/v1/{name}")).unwrap();
        assert_eq!(
            (found.as_str(), captures),
            ("UpdateBackup", vec![("backup.name".to_owned(), name.to_owned())])
        );
        let (found, captures) = rpc(Verb::POST, &format!("/v1/{name}/operations/_auto_op_1:cancel")).unwrap();
        assert_eq!(
            (found.as_str(), captures[0].1.as_str()),
            ("CancelOperation", "projects/p/instances/i/backups/b/operations/_auto_op_1")
        );
        let (found, captures) = rpc(Verb::GET, "/v1/projects/google.com%3Ap/instances/i:x").unwrap();
        assert_eq!(
            (found.as_str(), captures[0].1.as_str()),
            ("GetInstance", "projects/google.com:p/instances/i:x")
        );
    }

    #[test]
    fn unknown_paths_and_other_methods_are_told_apart() {
        for path in [
            "",
            "/",
            "/v1",
            "/v1/projects//instances",
            "/v2/projects/p/instances",
            "/v1/projects/p/instances/",
        ] {
            assert!(matches!(router().find(&Verb::GET, path), PathMatch::Nothing), "{path}");
        }
        let router = router();
        let PathMatch::OtherMethods(methods) = router.find(&Verb::PUT, "/v1/projects/p/instances/i/backups")
        else {
            panic!("the path is known");
        };
        assert_eq!(methods, [&Verb::POST, &Verb::GET]);
    }
}

//! What samples promise: the claims that they make, and what they print.

use std::collections::BTreeMap;

use rescind_model::{ClaimPattern, Contract, Outcome, Scenario, ServiceId, suggestion};

use crate::check;
use crate::diagnostic::Log;
use crate::located::Located;
use crate::raw::{RawClaim, RawExits, RawSubstitute};
use crate::substitute::Substitute;

/// The scenarios that there are, by name; none for those that could not be read.
pub(crate) type Scenarios = BTreeMap<String, Option<Scenario>>;

type Text = Located<String>;
type Texts = BTreeMap<Text, Text>;

/// What is promised, as typed.
#[derive(Default)]
pub(crate) struct RawContract {
    pub(crate) claims: Vec<RawClaim>,
    pub(crate) outputs: Texts,
    pub(crate) exits: RawExits,
}

/// Resolves what the samples of a service promise, against the scenarios that there are.
#[derive(Clone, Copy)]
pub(crate) struct Promises<'a> {
    pub(crate) service: &'a ServiceId,
    pub(crate) scenarios: &'a Scenarios,
}

impl Promises<'_> {
    /// Resolves claims, outputs whose placeholders are out of `names`, and exit codes.
    pub(crate) fn contract(self, raw: RawContract, names: &[&str], log: &mut Log<'_>) -> Option<Contract> {
        let mut contract = Contract::default();
        let mut valid = true;
        if let Some(first) = raw.claims.first() {
            contract.places.insert("claims".to_owned(), log.position(first.pattern.span.clone()));
        }
        for RawClaim { claim, pattern, stream } in raw.claims {
            match check::pattern(log, &pattern) {
                Some(pattern) => contract.claims.push(ClaimPattern { claim, stream, pattern }),
                None => valid = false,
            }
        }
        for (key, text) in raw.outputs {
            check::placeholders(log, &text, names);
            let place = log.position(key.span.clone());
            contract.places.insert(format!("outputs.{}", key.value), place);
            match self.promised(&key, log) {
                Some(PromisedFor::Outcome(outcome)) => drop(contract.outputs.insert(outcome, text.value)),
                Some(PromisedFor::Scenario) => {
                    contract.outputs_by_scenario.insert(key.value, text.value);
                }
                None => {}
            }
        }
        for (key, code) in raw.exits {
            if !(0..=255).contains(&code.value) {
                log.at(code.span, format!("`{}` is no exit code: they are 0 to 255", code.value));
            }
            match outcome_named(&key.value) {
                Some(outcome) => drop(contract.exits.insert(outcome, code.value)),
                None => self.no_outcome(&key, &[], log),
            }
        }
        valid.then_some(contract)
    }

    /// Takes away what is compared no more: the outputs of these outcomes and scenarios.
    pub(crate) fn remove(self, contract: &mut Contract, keys: Vec<Text>, log: &mut Log<'_>) {
        for key in keys {
            match self.promised(&key, log) {
                Some(PromisedFor::Outcome(outcome)) => drop(contract.outputs.remove(&outcome)),
                Some(PromisedFor::Scenario) => drop(contract.outputs_by_scenario.remove(&key.value)),
                None => {}
            }
        }
    }

    /// Resolves the expectations that take the place of the scenarios' own.
    pub(crate) fn expectations(
        self,
        raw: BTreeMap<Text, RawSubstitute>,
        log: &mut Log<'_>,
    ) -> BTreeMap<String, Substitute> {
        let mut expectations = BTreeMap::new();
        for (name, RawSubstitute { like, reason }) in raw {
            let reason = check::one_line(log, "reason", &reason);
            let known = self.scenario(&name, log).is_some();
            // Without a value, the other scenario is there but has mistakes of its own, which are told where it lies.
            let Some(Some(other)) = self.scenario(&like, log) else { continue };
            if known {
                let expect = other.expect.clone();
                expectations.insert(name.value, Substitute { like: like.value, expect, reason });
            }
        }
        expectations
    }

    /// What a sample promises of which its manifest says `own`, and its service `shared`. What the manifest says takes
    /// the place of what the service says: outputs one by one, claims (unless it has none) all at once.
    ///
    /// What is said of a scenario goes before what is said of its outcome, but not the service's before the manifest's:
    /// a sample whose library keeps the reply to a cancel to itself says what it prints in that outcome, once.
    pub(crate) fn merged(
        self,
        own: Contract,
        has_claims: bool,
        shared: &Contract,
        expectations: &BTreeMap<String, Substitute>,
    ) -> Contract {
        let mut merged = shared.clone();
        if has_claims {
            merged.claims = own.claims;
        }
        merged.outputs_by_scenario.retain(|name, _| {
            let outcome = self.outcome(name, expectations);
            outcome.is_none_or(|outcome| !own.outputs.contains_key(&outcome))
        });
        merged.outputs.extend(own.outputs);
        merged.outputs_by_scenario.extend(own.outputs_by_scenario);
        merged.exits.extend(own.exits);
        merged.places.extend(own.places);
        merged
    }

    /// The outcome of a scenario, as the sample with these expectations meets it.
    fn outcome(self, name: &str, expectations: &BTreeMap<String, Substitute>) -> Option<Outcome> {
        let substitute = expectations.get(name).and_then(|substitute| substitute.expect.as_ref());
        let own = || self.scenarios.get(name)?.as_ref()?.expect.as_ref();
        substitute.or_else(own).map(|expect| expect.outcome)
    }

    /// What an output is promised for; none, with a note, if there is no such outcome and no such scenario.
    fn promised(self, name: &Text, log: &mut Log<'_>) -> Option<PromisedFor> {
        if let Some(outcome) = outcome_named(&name.value) {
            return Some(PromisedFor::Outcome(outcome));
        }
        if self.scenarios.contains_key(&name.value) {
            return self.scenario(name, log).map(|_| PromisedFor::Scenario);
        }
        let scenarios: Vec<&str> = self.scenarios.keys().map(String::as_str).collect();
        self.no_outcome(name, &scenarios, log);
        None
    }

    /// Notes that there is no such outcome, nor one of these scenarios.
    fn no_outcome(self, name: &Text, scenarios: &[&str], log: &mut Log<'_>) {
        let outcomes = Outcome::ALL.map(|outcome| outcome.to_string());
        let known = outcomes.iter().map(String::as_str).chain(scenarios.iter().copied());
        let close = suggestion(&name.value, known);
        let message = match scenarios {
            [] => format!("`{}` is no outcome{close}", name.value),
            _ => format!("`{}` is neither an outcome nor a scenario{close}", name.value),
        };
        let help = format!("the outcomes are {}", outcomes.join(", "));
        log.note(name.span.clone(), message, Some(help));
    }
}

/// What an output is promised for.
enum PromisedFor {
    /// An outcome.
    Outcome(Outcome),
    /// The scenario of the key.
    Scenario,
}

fn outcome_named(name: &str) -> Option<Outcome> {
    Outcome::ALL.into_iter().find(|outcome| outcome.to_string() == name)
}

impl<'a> Promises<'a> {
    /// A scenario of the service, without a value if it could not be read; none, with a note, if there is no such one.
    fn scenario(self, name: &Text, log: &mut Log<'_>) -> Option<Option<&'a Scenario>> {
        let service = self.service;
        let message = match self.scenarios.get(&name.value) {
            Some(Some(scenario)) if !scenario.services.contains(service) => {
                format!("the scenario `{}` is not one of {service}", name.value)
            }
            Some(scenario) => return Some(scenario.as_ref()),
            None => {
                let close = suggestion(&name.value, self.scenarios.keys().map(String::as_str));
                format!("there is no scenario `{}`{close}", name.value)
            }
        };
        log.at(name.span.clone(), message);
        None
    }
}

//! How a case's sample reaches the service.

use rescind_catalog::ServiceProfile;
use rescind_model::Endpoint;

use super::error::CaseError;
use crate::RunClock;

/// Where a case's sample finds the service, and by what it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    /// `HOST:PORT` of what answers.
    pub(crate) address: String,
    /// How the sample gets there.
    pub(crate) endpoint: Endpoint,
}

impl Reach {
    /// The way to what answers at this address.
    ///
    /// # Errors
    /// The service's own names are to lead there, and there is no closed world in which they do.
    pub(crate) fn new(address: String, endpoint: Endpoint, time: &RunClock) -> Result<Reach, CaseError> {
        match (endpoint, time) {
            (Endpoint::Service, RunClock::Real { reason }) => {
                Err(CaseError::NoNames { reason: reason.clone() })
            }
            _ => Ok(Reach { address, endpoint }),
        }
    }

    /// The address of the service as a URL.
    pub(crate) fn url(&self, service: &ServiceProfile) -> String {
        match self.endpoint {
            Endpoint::Emulator => format!("http://{}", self.address),
            Endpoint::Service => format!("https://{}", service.host),
        }
    }

    /// The variables that lead a sample to the service. None of them where it is to find it by itself.
    pub(crate) fn variables<'a>(&self, service: &'a ServiceProfile) -> Vec<(&'a str, String)> {
        if self.endpoint == Endpoint::Service {
            return Vec::new();
        }
        let known_to_libraries =
            service.emulator_variable.as_deref().map(|name| (name, self.address.clone()));
        known_to_libraries.into_iter().chain([("RESCIND_EMULATOR", self.url(service))]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::service;

    const ADDRESS: &str = "127.0.0.1:9";

    fn without_variable() -> ServiceProfile {
        ServiceProfile { emulator_variable: None, ..ServiceProfile::clone(&service()) }
    }

    fn reach(endpoint: Endpoint) -> Reach {
        Reach::new(ADDRESS.to_owned(), endpoint, &RunClock::Virtual).unwrap()
    }

    #[test]
    fn the_emulator_is_reached_by_its_address_and_the_variable_that_libraries_know() {
        let reach = reach(Endpoint::Emulator);
        assert_eq!(reach.url(&service()), "http://127.0.0.1:9");
        let url = ("RESCIND_EMULATOR", "http://127.0.0.1:9".to_owned());
        let variable = ("SPANNER_EMULATOR_HOST", ADDRESS.to_owned());
        assert_eq!(reach.variables(&service()), [variable, url.clone()]);
        assert_eq!(reach.variables(&without_variable()), [url]);
    }

    #[test]
    fn the_service_is_reached_by_its_own_name_and_no_variable() {
        let reach = reach(Endpoint::Service);
        assert_eq!(reach.url(&service()), "https://spanner.googleapis.com");
        assert_eq!(reach.variables(&service()), []);
    }

    #[test]
    fn the_services_own_names_need_a_closed_world() {
        let time = RunClock::Real { reason: "ptrace is forbidden".to_owned() };
        let error = Reach::new(ADDRESS.to_owned(), Endpoint::Service, &time).unwrap_err();
        insta::assert_snapshot!(error, @"the endpoint is `service`, and the service's own names lead to the emulator in a closed world only, which there is not here: ptrace is forbidden; run it with --endpoint emulator");
        assert!(Reach::new(ADDRESS.to_owned(), Endpoint::Emulator, &time).is_ok());
    }
}

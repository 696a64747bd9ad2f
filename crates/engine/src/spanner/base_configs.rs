//! The instance configurations of Google, and what is replicated where in each: the page "Regional, dual-region, and
//! multi-region configurations" of the documentation, as a table. The first region of a configuration is the one that
//! leads unless a database says otherwise.

use crate::proto::instance::{ReplicaInfo, replica_info::ReplicaType};

/// How many replicas there are in a region, or may be added there.
type Placed = (&'static str, usize);

/// A configuration of Google.
#[derive(Debug, Clone, Copy)]
pub struct BaseConfig {
    /// Its id, `regional-us-central1`.
    id: &'static str,
    /// What people call it: for a regional one, the place of its region.
    place: &'static str,
    /// Where there are read-write replicas; the first region leads.
    read_write: &'static [Placed],
    /// Where there are read-only replicas.
    read_only: &'static [Placed],
    /// Where there are witnesses.
    witness: &'static [Placed],
    /// Where a configuration that is made of it may have read-only replicas besides.
    optional: &'static [Placed],
}

const REGIONAL: &str = "regional-";

/// A configuration of one region.
const fn regional(
    id: &'static str,
    place: &'static str,
    region: &'static [Placed],
    optional: &'static [Placed],
) -> BaseConfig {
    BaseConfig { id, place, read_write: region, read_only: &[], witness: &[], optional }
}

macro_rules! regions {
    ($($region:literal $place:literal [$($optional:literal $most:literal),*];)+) => {
        &[$(regional(
            concat!("regional-", $region),
            $place,
            &[($region, 3)],
            &[$(($optional, $most)),*],
        ),)+]
    };
}

macro_rules! several {
    ($($id:literal $place:literal
        [$($rw:literal $rws:literal),+] [$($ro:literal $ros:literal),*] [$($w:literal),*] [$($optional:literal $most:literal),*];
    )+) => {
        &[$(BaseConfig {
            id: $id,
            place: $place,
            read_write: &[$(($rw, $rws)),+],
            read_only: &[$(($ro, $ros)),*],
            witness: &[$(($w, 1)),*],
            optional: &[$(($optional, $most)),*],
        },)+]
    };
}

const OF_ONE_REGION: &[BaseConfig] = regions! {
    "northamerica-northeast1" "Montréal" [];
    "northamerica-northeast2" "Toronto" [];
    "northamerica-south1" "Querétaro" [];
    "southamerica-east1" "São Paulo" [];
    "southamerica-west1" "Santiago" [];
    "us-central1" "Iowa" [
        "asia-northeast1" 1, "asia-south1" 1, "europe-west1" 2, "europe-west2" 1, "europe-west9" 1, "us-west3" 1
    ];
    "us-east1" "South Carolina" ["us-central1" 1, "us-west1" 1, "europe-west1" 1, "europe-west3" 1];
    "us-east4" "Northern Virginia" [];
    "us-east5" "Columbus" [];
    "us-south1" "Dallas" [];
    "us-west1" "Oregon" [];
    "us-west2" "Los Angeles" [];
    "us-west3" "Salt Lake City" [];
    "us-west4" "Las Vegas" [];
    "europe-central2" "Warsaw" [];
    "europe-north1" "Finland" [];
    "europe-north2" "Stockholm" [];
    "europe-southwest1" "Madrid" [];
    "europe-west1" "Belgium" ["us-central1" 1, "us-west1" 1];
    "europe-west2" "London" [];
    "europe-west3" "Frankfurt" [];
    "europe-west4" "Netherlands" [];
    "europe-west6" "Zürich" [];
    "europe-west8" "Milan" [];
    "europe-west9" "Paris" [];
    "europe-west10" "Berlin" [];
    "europe-west12" "Turin" [];
    "asia-east1" "Taiwan" [];
    "asia-east2" "Hong Kong" [];
    "asia-northeast1" "Tokyo" [];
    "asia-northeast2" "Osaka" [];
    "asia-northeast3" "Seoul" [];
    "asia-south1" "Mumbai" [];
    "asia-south2" "Delhi" [];
    "asia-southeast1" "Singapore" [];
    "asia-southeast2" "Jakarta" [];
    "asia-southeast3" "Bangkok" [];
    "australia-southeast1" "Sydney" [];
    "australia-southeast2" "Melbourne" [];
    "me-central1" "Doha" [];
    "me-central2" "Dammam" [];
    "me-west1" "Tel Aviv" [];
    "africa-south1" "Johannesburg" [];
};

/// Their lists: read-write, read-only, witness, optional.
const OF_SEVERAL_REGIONS: &[BaseConfig] = several! {
    "dual-region-australia1" "Australia (Sydney/Melbourne)"
        ["australia-southeast1" 2, "australia-southeast2" 2] [] ["australia-southeast1", "australia-southeast2"] [];
    "dual-region-canada1" "Canada (Toronto/Montréal)"
        ["northamerica-northeast2" 2, "northamerica-northeast1" 2] []
        ["northamerica-northeast2", "northamerica-northeast1"] [];
    "dual-region-germany1" "Germany (Berlin/Frankfurt)"
        ["europe-west10" 2, "europe-west3" 2] [] ["europe-west10", "europe-west3"] [];
    "dual-region-india1" "India (Mumbai/Delhi)"
        ["asia-south1" 2, "asia-south2" 2] [] ["asia-south1", "asia-south2"] [];
    "dual-region-japan1" "Japan (Tokyo/Osaka)"
        ["asia-northeast1" 2, "asia-northeast2" 2] [] ["asia-northeast1", "asia-northeast2"] [];
    "asia1" "Asia (Tokyo/Osaka)"
        ["asia-northeast1" 2, "asia-northeast2" 2] [] ["asia-northeast3"] ["us-west1" 1, "us-east5" 1];
    "asia2" "Asia (Mumbai/Delhi)" ["asia-south1" 2, "asia-south2" 2, "asia-southeast1" 1] [] [] [];
    "eur3" "Europe (Belgium/Netherlands)"
        ["europe-west1" 2, "europe-west4" 2] [] ["europe-north1"] ["us-central1" 1, "us-east4" 1];
    "eur5" "Europe (London/Belgium)"
        ["europe-west2" 2, "europe-west1" 2] [] ["europe-west4"] ["us-central1" 1, "us-east1" 1];
    "eur6" "Europe (Netherlands/Frankfurt)"
        ["europe-west4" 2, "europe-west3" 2] [] ["europe-west6"] ["us-east1" 2];
    "eur7" "Europe (Milan/Frankfurt)" ["europe-west8" 2, "europe-west3" 2] [] ["europe-west12"] [];
    "nam3" "United States (Northern Virginia/South Carolina)"
        ["us-east4" 2, "us-east1" 2] [] ["us-central1"]
        [
            "asia-south1" 1, "asia-southeast1" 1, "asia-southeast2" 1, "europe-west1" 1, "europe-west2" 1,
            "europe-west4" 1, "europe-west9" 1, "us-east5" 1, "us-west1" 1, "us-west2" 1, "us-west4" 1, "us-west8" 1
        ];
    "nam6" "United States (Iowa/South Carolina)"
        ["us-central1" 2, "us-east1" 2] ["us-west1" 1, "us-west2" 1] ["us-central2"] [];
    "nam7" "United States (Iowa/Northern Virginia)"
        ["us-central1" 2, "us-east4" 2] [] ["us-central2"]
        ["us-east1" 2, "us-south1" 1, "us-west1" 1, "europe-west1" 2];
    "nam8" "United States (Los Angeles/Oregon)"
        ["us-west2" 2, "us-west1" 2] [] ["us-west3"]
        ["asia-northeast1" 2, "asia-southeast1" 2, "europe-west2" 2, "europe-west3" 2, "us-east5" 1];
    "nam9" "United States (Northern Virginia/Iowa)"
        ["us-east4" 2, "us-central1" 2] ["us-west1" 2] ["us-east1"] [];
    "nam10" "United States (Iowa/Salt Lake City)"
        ["us-central1" 2, "us-west3" 2] [] ["us-central2"] ["us-east4" 1];
    "nam11" "United States (Iowa/South Carolina)"
        ["us-central1" 2, "us-east1" 2] [] ["us-central2"] ["us-west1" 1];
    "nam12" "United States (Iowa/Northern Virginia)"
        ["us-central1" 2, "us-east4" 2] ["us-west1" 2] ["us-central2"] [];
    "nam13" "United States (Oklahoma/Iowa)" ["us-central2" 2, "us-central1" 2] [] ["us-west3"] [];
    "nam14" "North America (Northern Virginia/Montréal)"
        ["us-east4" 2, "northamerica-northeast1" 2] [] ["us-east1"] [];
    "nam15" "United States (Dallas/Northern Virginia)" ["us-south1" 2, "us-east4" 2] [] ["us-central1"] [];
    "nam16" "United States (Iowa/Northern Virginia)"
        ["us-central1" 2, "us-east4" 2] [] ["us-east5"] ["us-west2" 2];
    "nam-eur-asia1" "United States, Europe, and Asia (Iowa/Oklahoma/Belgium/Taiwan)"
        ["us-central1" 2, "us-central2" 2] ["europe-west1" 2, "asia-east1" 2] ["us-east1"] ["us-west2" 1];
    "nam-eur-asia3" "United States, Europe, and Asia (Iowa/South Carolina/Belgium/Netherlands/Taiwan)"
        ["us-central1" 2, "us-east1" 2] ["europe-west1" 1, "europe-west4" 1, "asia-east1" 2] ["us-central2"] [];
};

/// All of them.
pub fn all() -> impl Iterator<Item = &'static BaseConfig> {
    OF_ONE_REGION.iter().chain(OF_SEVERAL_REGIONS)
}

impl BaseConfig {
    /// Its id, `regional-us-central1`.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Its name for people.
    pub fn display_name(&self) -> String {
        match self.id.strip_prefix(REGIONAL) {
            Some(region) => format!("{region} ({})", self.place),
            None => self.place.to_owned(),
        }
    }

    /// Its replicas, those of the leading region first.
    pub fn replicas(&self) -> Vec<ReplicaInfo> {
        let leader = self.read_write.first().map(|(region, _)| *region);
        let of = |placed: &'static [Placed], kind: ReplicaType| {
            spread(placed).map(move |location| ReplicaInfo {
                location: location.to_owned(),
                r#type: kind.into(),
                default_leader_location: kind == ReplicaType::ReadWrite && Some(location) == leader,
            })
        };
        of(self.read_write, ReplicaType::ReadWrite)
            .chain(of(self.read_only, ReplicaType::ReadOnly))
            .chain(of(self.witness, ReplicaType::Witness))
            .collect()
    }

    /// The replicas that a configuration which is made of it may have besides.
    pub fn optional_replicas(&self) -> Vec<ReplicaInfo> {
        spread(self.optional)
            .map(|location| ReplicaInfo {
                location: location.to_owned(),
                r#type: ReplicaType::ReadOnly.into(),
                default_leader_location: false,
            })
            .collect()
    }

    /// The regions that can lead: those with read-write replicas.
    pub fn leader_options(&self) -> Vec<String> {
        self.read_write.iter().map(|(region, _)| (*region).to_owned()).collect()
    }
}

/// Each region as often as it has replicas.
fn spread(placed: &'static [Placed]) -> impl Iterator<Item = &'static str> {
    placed.iter().flat_map(|(region, count)| std::iter::repeat_n(*region, *count))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_configuration_has_an_id_of_its_own_and_a_quorum() {
        let ids: BTreeSet<_> = all().map(BaseConfig::id).collect();
        assert_eq!(ids.len(), all().count());
        for config in all() {
            let voting =
                config.replicas().iter().filter(|info| info.r#type() != ReplicaType::ReadOnly).count();
            let expected = if config.id.starts_with(REGIONAL) { 3 } else { 5 };
            assert!(voting >= expected, "{}: {voting}", config.id);
            let led = config.replicas().into_iter().filter(|info| info.default_leader_location);
            let led: BTreeSet<_> = led.map(|info| info.location).collect();
            assert_eq!(led, BTreeSet::from([config.leader_options()[0].clone()]), "{}", config.id);
        }
    }

    #[test]
    fn a_configuration_of_several_regions_tells_what_is_where() {
        let nam6 = all().find(|config| config.id == "nam6").unwrap();
        let replicas: Vec<_> = (nam6.replicas().iter())
            .map(|info| format!("{} {}", info.location, info.r#type().as_str_name()))
            .collect();
        assert_eq!(
            replicas,
            [
                "us-central1 READ_WRITE",
                "us-central1 READ_WRITE",
                "us-east1 READ_WRITE",
                "us-east1 READ_WRITE",
                "us-west1 READ_ONLY",
                "us-west2 READ_ONLY",
                "us-central2 WITNESS",
            ]
        );
        assert_eq!(nam6.leader_options(), ["us-central1", "us-east1"]);
        let iowa = all().find(|config| config.id == "regional-us-central1").unwrap();
        assert_eq!(iowa.display_name(), "us-central1 (Iowa)");
        assert_eq!(iowa.optional_replicas().iter().filter(|info| info.location == "europe-west1").count(), 2);
    }
}

//! Configurations of instances that clients make.

use prost_types::FieldMask;
use rescind_engine::Status;
use rescind_engine::proto::{instance as pb, longrunning};
use rescind_engine::spanner::instance_admin as instances;
use rescind_model::Code;

use crate::instances::{create, delete};
use crate::support::{CONFIG, Case, OPERATION_TIME, response_as, setup};

fn create_config(
    case: &mut Case,
    id: &str,
    base: &str,
    validate_only: bool,
) -> Result<longrunning::Operation, Status> {
    let config = pb::InstanceConfig { base_config: base.into(), ..with_one_more(case, base) };
    create_config_of(case, id, config, validate_only)
}

/// A configuration with the replicas of its base, and the first of those that are optional there.
pub fn with_one_more(case: &mut Case, base: &str) -> pb::InstanceConfig {
    let mut config = pb::InstanceConfig { display_name: "Mine".into(), ..Default::default() };
    if let Ok(base) = get_config(case, base) {
        config.replicas = base.replicas;
        config.replicas.extend(base.optional_replicas.into_iter().take(1));
    }
    config
}

fn get_config(case: &mut Case, name: &str) -> Result<pb::InstanceConfig, Status> {
    case.call::<instances::GetInstanceConfig>(pb::GetInstanceConfigRequest { name: name.into() })
}

fn create_config_of(
    case: &mut Case,
    id: &str,
    config: pb::InstanceConfig,
    validate_only: bool,
) -> Result<longrunning::Operation, Status> {
    let request = pb::CreateInstanceConfigRequest {
        parent: "projects/p".into(),
        instance_config_id: id.into(),
        instance_config: Some(config),
        validate_only,
    };
    case.call::<instances::CreateInstanceConfig>(request)
}

fn delete_config(case: &mut Case, name: &str) -> Result<(), Status> {
    let request = pb::DeleteInstanceConfigRequest { name: name.into(), ..Default::default() };
    case.call::<instances::DeleteInstanceConfig>(request)
}

#[test]
fn configurations_of_clients_have_ids_that_begin_with_custom() {
    let mut case = Case::free_running();
    for id in ["mine", "custom-", "custom-A", "custom_a"] {
        assert_eq!(
            create_config(&mut case, id, CONFIG, false).unwrap_err().code,
            Code::InvalidArgument,
            "{id}"
        );
    }
    let base = "projects/p/instanceConfigs/moon";
    assert_eq!(create_config(&mut case, "custom-mine", base, false).unwrap_err().code, Code::NotFound);
    assert!(create_config(&mut case, "custom-mine", CONFIG, true).unwrap().done);

    let name = "projects/p/instanceConfigs/custom-mine";
    let operation = create_config(&mut case, "custom-mine", CONFIG, false).unwrap().name;
    assert!(operation.starts_with(&format!("{name}/operations/_auto_op_")), "{operation}");
    assert_eq!(create_config(&mut case, "custom-mine", CONFIG, false).unwrap_err().code, Code::AlreadyExists);
    let early = create(&mut case, "i2", |instance| instance.config = name.into()).unwrap_err();
    assert_eq!(early.code, Code::FailedPrecondition);
    case.pass(OPERATION_TIME);
    let config: pb::InstanceConfig = response_as(&case.poll(&operation).unwrap()).unwrap();
    assert_eq!((config.state(), config.reconciling), (pb::instance_config::State::Ready, false));

    let request =
        pb::ListInstanceConfigOperationsRequest { parent: "projects/p".into(), ..Default::default() };
    assert_eq!(case.call::<instances::ListInstanceConfigOperations>(request).unwrap().operations.len(), 1);
    let request = pb::ListInstanceConfigsRequest { parent: "projects/p".into(), ..Default::default() };
    let listed = case.call::<instances::ListInstanceConfigs>(request).unwrap().instance_configs;
    assert!(listed.contains(&config));
}

#[test]
fn a_configuration_is_updated_by_mask_and_cannot_be_deleted_while_it_is_used() {
    let mut case = Case::new("");
    create_config(&mut case, "custom-mine", CONFIG, false).unwrap();
    let name = "projects/p/instanceConfigs/custom-mine";
    let mut update = |name: &str, paths: &[&str]| {
        let config =
            pb::InstanceConfig { name: name.into(), display_name: "Yours".into(), ..Default::default() };
        let update_mask = Some(FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() });
        let request = pb::UpdateInstanceConfigRequest {
            instance_config: Some(config),
            update_mask,
            validate_only: false,
        };
        case.call::<instances::UpdateInstanceConfig>(request)
    };
    let updated: pb::InstanceConfig = response_as(&update(name, &["display_name"]).unwrap()).unwrap();
    assert_eq!((updated.display_name.as_str(), updated.base_config.as_str()), ("Yours", CONFIG));
    assert_eq!(update(name, &["base_config"]).unwrap_err().code, Code::InvalidArgument);
    assert_eq!(update(CONFIG, &["display_name"]).unwrap_err().code, Code::InvalidArgument);
    create(&mut case, "i2", |instance| instance.config = name.into()).unwrap();
    assert_eq!(delete_config(&mut case, name).unwrap_err().code, Code::FailedPrecondition);
    delete(&mut case, "projects/p/instances/i2").unwrap();
    delete_config(&mut case, name).unwrap();
    assert_eq!(delete_config(&mut case, name).unwrap_err().code, Code::NotFound);
    assert_eq!(delete_config(&mut case, CONFIG).unwrap_err().code, Code::InvalidArgument);
}

#[test]
fn the_configurations_of_google_tell_what_is_where() {
    use pb::replica_info::ReplicaType::{ReadWrite, Witness};
    let mut case = Case::new("");
    let request = pb::ListInstanceConfigsRequest { parent: "projects/p".into(), ..Default::default() };
    let listed = case.call::<instances::ListInstanceConfigs>(request).unwrap().instance_configs;
    let ids: Vec<&str> = listed.iter().filter_map(|config| config.name.rsplit('/').next()).collect();
    let documented = ["eur3", "eur5", "nam3", "nam6", "nam7", "nam11", "nam-eur-asia1", "nam-eur-asia3"];
    for id in documented.into_iter().chain(["emulator-config", "regional-us-east1", "dual-region-germany1"]) {
        assert!(ids.contains(&id), "{id}");
    }
    let nam3 = get_config(&mut case, "projects/p/instanceConfigs/nam3").unwrap();
    assert_eq!(nam3.leader_options, ["us-east4", "us-east1"]);
    let kinds: Vec<_> = nam3.replicas.iter().map(|info| (info.location.as_str(), info.r#type())).collect();
    let east =
        [("us-east4", ReadWrite), ("us-east4", ReadWrite), ("us-east1", ReadWrite), ("us-east1", ReadWrite)];
    assert_eq!(kinds[..4], east);
    assert_eq!(kinds[4..], [("us-central1", Witness)]);
    assert!(nam3.optional_replicas.iter().any(|info| info.location == "europe-west1"));
}

#[test]
fn a_configuration_of_a_client_has_the_replicas_of_its_base_and_one_more() {
    let mut case = Case::new("");
    let base = get_config(&mut case, CONFIG).unwrap();
    let mut refused = |replicas: Vec<pb::ReplicaInfo>, base_config: &str| {
        let config = pb::InstanceConfig { base_config: base_config.into(), replicas, ..Default::default() };
        let refused = create_config_of(&mut case, "custom-mine", config, false).unwrap_err();
        (refused.code, refused.message)
    };
    let (code, message) = refused(Vec::new(), CONFIG);
    assert_eq!(code, Code::InvalidArgument);
    insta::assert_snapshot!(message, @"Invalid instance_config.replicas in the request: all replicas of projects/p/instanceConfigs/regional-us-central1 must be among them.");
    insta::assert_snapshot!(refused(base.replicas.clone(), CONFIG).1, @"Invalid instance_config.replicas in the request: one or more optional replicas of projects/p/instanceConfigs/regional-us-central1 must be added: asia-northeast1, asia-south1, europe-west1, europe-west1, europe-west2, europe-west9, us-west3.");
    let elsewhere = pb::ReplicaInfo { location: "moon1".into(), ..base.optional_replicas[0].clone() };
    insta::assert_snapshot!(refused([base.replicas.clone(), vec![elsewhere]].concat(), CONFIG).1, @"Invalid instance_config.replicas in the request: moon1 is no optional replica of projects/p/instanceConfigs/regional-us-central1, or is once too often.");
    let two = "projects/p/instanceConfigs/dual-region-india1";
    let replicas = get_config(&mut case, two).unwrap().replicas;
    let config = pb::InstanceConfig { base_config: two.into(), replicas, ..Default::default() };
    assert!(create_config_of(&mut case, "custom-two", config, false).is_err());

    create_config(&mut case, "custom-mine", CONFIG, false).unwrap();
    let made = get_config(&mut case, "projects/p/instanceConfigs/custom-mine").unwrap();
    assert_eq!((made.replicas.len(), made.leader_options), (4, base.leader_options));
    let of_custom = pb::InstanceConfig { base_config: made.name, ..Default::default() };
    assert!(create_config_of(&mut case, "custom-other", of_custom, false).is_err());
}

#[test]
fn by_choice_an_id_alone_names_a_configuration_and_there_are_more() {
    let mut case = Case::new("");
    let short = |instance: &mut pb::Instance| instance.config = "emulator-config".into();
    assert_eq!(create(&mut case, "i2", short).unwrap_err().code, Code::InvalidArgument);
    let mut setup = setup("", &[]);
    for choice in ["short-config-name=OK", "instance-configs=regional-moon1,regional-mars1"] {
        setup.choices.extend(&choice.parse().unwrap());
    }
    let mut case = Case::with(&setup).unwrap();
    create(&mut case, "i2", short).unwrap();
    let name = "projects/p/instances/i2".to_owned();
    let get = pb::GetInstanceRequest { name, ..Default::default() };
    let made = case.call::<instances::GetInstance>(get).unwrap();
    assert_eq!(made.config, "projects/p/instanceConfigs/emulator-config");
    create(&mut case, "i3", |instance| instance.config = "regional-mars1".into()).unwrap();
}

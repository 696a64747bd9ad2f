//! Configurations of instances that clients make.

use prost_types::FieldMask;
use rescind_engine::Status;
use rescind_engine::proto::{instance as pb, longrunning};
use rescind_engine::spanner::instance_admin as instances;
use rescind_model::Code;

use crate::instances::{create, delete};
use crate::support::{CONFIG, Case, OPERATION_TIME, response_as};

fn create_config(
    case: &mut Case,
    id: &str,
    base: &str,
    validate_only: bool,
) -> Result<longrunning::Operation, Status> {
    let config =
        pb::InstanceConfig { display_name: "Mine".into(), base_config: base.into(), ..Default::default() };
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

//! The server, as a gRPC client meets it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prost::Message;
use rescind_emulator::{ControlError, Emulator, Server};
use rescind_engine::proto::{database as pb, longrunning, rpc};
use rescind_engine::spanner::database_admin as databases;
use rescind_engine::{Rpc, operations};
use rescind_model::{BackupState, Transport};
use tonic::transport::{Channel, Endpoint};
use tonic_prost::ProstCodec;

use crate::support::{INSTANCE, backup_name, clock, create_request, error_code, setup};

pub fn emulator() -> Emulator {
    let now = UNIX_EPOCH + Duration::from_micros(clock().micros().unsigned_abs());
    Emulator::new(Arc::new(move || -> SystemTime { now }))
}

pub async fn start(emulator: &Emulator) -> (Server, Channel) {
    let server = Server::bind(emulator.clone(), SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let endpoint = Endpoint::from_shared(format!("http://{}", server.address())).unwrap();
    let channel = endpoint.connect().await.unwrap();
    (server, channel)
}

async fn raw<Q: Message + 'static, A: Message + Default + 'static>(
    channel: &Channel,
    path: &str,
    request: Q,
) -> Result<A, tonic::Status> {
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let path = path.parse().unwrap();
    let reply = client.unary(tonic::Request::new(request), path, ProstCodec::<Q, A>::default()).await?;
    Ok(reply.into_inner())
}

async fn call<R: Rpc<Request: 'static, Reply: Default>>(
    channel: &Channel,
    request: R::Request,
) -> Result<R::Reply, tonic::Status> {
    raw(channel, &format!("/{}/{}", R::SERVICE, R::NAME), request).await
}

#[tokio::test]
async fn a_backup_is_created_cancelled_and_journaled_over_grpc() {
    let emulator = emulator();
    emulator.prepare("p", &setup("", &[])).unwrap();
    let (server, channel) = start(&emulator).await;

    let operation = call::<databases::CreateBackup>(&channel, create_request("b1")).await.unwrap();
    let name = operation.name.clone();
    call::<operations::CancelOperation>(&channel, longrunning::CancelOperationRequest { name: name.clone() })
        .await
        .unwrap();
    let operation =
        call::<operations::GetOperation>(&channel, longrunning::GetOperationRequest { name }).await.unwrap();
    assert_eq!(error_code(&operation), Some(rescind_model::Code::Cancelled));

    let journal = emulator.journal("p").unwrap();
    let rpcs: Vec<_> = journal.iter().map(|entry| entry.rpc.as_str()).collect();
    assert_eq!(rpcs, ["CreateBackup", "CancelOperation", "GetOperation"]);
    assert!(journal.iter().all(|entry| entry.transport == Transport::Grpc));
    assert!(emulator.snapshot("p").unwrap().backups.is_empty());
    server.shutdown().await;
    assert!(call::<databases::ListBackups>(&channel, pb::ListBackupsRequest::default()).await.is_err());
}

#[tokio::test]
async fn errors_carry_their_details_in_both_trailers() {
    let emulator = emulator();
    emulator.prepare("p", &setup("", &[("b1", BackupState::Ready)])).unwrap();
    let (_server, channel) = start(&emulator).await;

    let status = call::<databases::CreateBackup>(&channel, create_request("b1")).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::AlreadyExists);
    let details = rpc::Status::decode(status.details()).unwrap();
    assert_eq!((details.code, details.message.as_str()), (6, status.message()));
    let info: rpc::ResourceInfo = details.details[0].to_msg().unwrap();
    assert_eq!(info.resource_name, backup_name("b1"));
    let trailer = status.metadata().get_bin("google.rpc.resourceinfo-bin").unwrap().to_bytes().unwrap();
    assert_eq!(rpc::ResourceInfo::decode(trailer).unwrap(), info);
}

#[tokio::test]
async fn what_is_not_served_is_unimplemented_by_name() {
    let (_server, channel) = start(&emulator()).await;
    for (path, name) in [
        (
            "/google.spanner.admin.database.v1.DatabaseAdmin/AddSplitPoints",
            "google.spanner.admin.database.v1.DatabaseAdmin.AddSplitPoints",
        ),
        ("/no.such.Service/Method", "no.such.Service.Method"),
    ] {
        let status = raw::<(), ()>(&channel, path, ()).await.unwrap_err();
        assert_eq!(status.code(), tonic::Code::Unimplemented);
        assert_eq!(status.message(), format!("{name} is not implemented."));
    }
}

#[tokio::test]
async fn bytes_that_are_no_message_are_an_error_and_the_server_lives_on() {
    let (_server, channel) = start(&emulator()).await;
    // On the wire this is the field `name` of GetOperationRequest, but with bytes that are no UTF-8.
    let nonsense: Vec<u8> = vec![0xff, 0xfe];
    let path = "/google.longrunning.Operations/GetOperation";
    let status = raw::<_, longrunning::Operation>(&channel, path, nonsense).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::Internal);
    let list = pb::ListBackupsRequest { parent: INSTANCE.into(), ..Default::default() };
    assert_eq!(
        call::<databases::ListBackups>(&channel, list).await.unwrap_err().code(),
        tonic::Code::NotFound
    );
}

#[tokio::test]
async fn a_message_over_four_mebibytes_is_refused_and_only_that_changes_a_code() {
    let emulator = emulator();
    emulator.prepare("p", &setup("list:out-of-range", &[])).unwrap();
    let (_server, channel) = start(&emulator).await;
    let list = |filter| pb::ListBackupsRequest { parent: INSTANCE.into(), filter, ..Default::default() };
    let code = async |request| call::<databases::ListBackups>(&channel, request).await.unwrap_err().code();
    assert_eq!(code(list("x".repeat(4 * 1024 * 1024))).await, tonic::Code::ResourceExhausted);
    assert!(emulator.journal("p").unwrap().is_empty());
    assert_eq!(code(list(String::new())).await, tonic::Code::OutOfRange);
}

#[tokio::test]
async fn unknown_projects_are_empty_and_leave_no_trace() {
    let emulator = emulator();
    let (_server, channel) = start(&emulator).await;
    let status = call::<databases::CreateBackup>(&channel, create_request("b1")).await.unwrap_err();
    assert_eq!(
        (status.code(), status.message()),
        (tonic::Code::NotFound, "Instance not found: projects/p/instances/test")
    );
    assert_eq!(emulator.journal("p"), Err(ControlError::UnknownProject("p".into())));
    assert_eq!(emulator.remove("p"), Err(ControlError::UnknownProject("p".into())));
}

#[tokio::test]
async fn an_address_that_is_taken_is_an_error() {
    let (server, _channel) = start(&emulator()).await;
    let error = Server::bind(emulator(), server.address()).await.unwrap_err();
    assert!(error.to_string().starts_with(&format!("cannot listen on {}", server.address())));
}

#[test]
fn projects_share_nothing_and_are_reset_by_preparing_them() {
    let emulator = emulator();
    for project in ["p", "q"] {
        emulator.prepare(project, &setup("", &[])).unwrap();
    }
    let create = |emulator: &Emulator| {
        let path = "/google.spanner.admin.database.v1.DatabaseAdmin/CreateBackup";
        emulator.call(path, Transport::Grpc, &create_request("b1").encode_to_vec()).unwrap()
    };
    create(&emulator);
    assert_eq!(emulator.journal("p").unwrap().len(), 1);
    assert!(emulator.journal("q").unwrap().is_empty());
    let given = emulator.snapshot("p").unwrap();
    emulator.settle("p").unwrap();
    assert_ne!(emulator.snapshot("p").unwrap(), given);
    emulator.prepare("p", &setup("", &[])).unwrap();
    assert!(emulator.snapshot("p").unwrap().backups.is_empty() && emulator.journal("p").unwrap().is_empty());
    create(&emulator);
    emulator.remove("p").unwrap();
}

//! Health and reflection, as gRPC clients meet them.

use prost::Message;
use prost_types::FileDescriptorProto;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};

use crate::grpc::{emulator, start};

#[tokio::test]
async fn the_server_and_each_of_its_services_are_healthy() {
    let (_server, channel) = start(&emulator()).await;
    let mut client = HealthClient::new(channel);
    for service in [
        "",
        "google.spanner.admin.database.v1.DatabaseAdmin",
        "google.cloud.alloydb.v1beta.AlloyDBAdmin",
        "google.longrunning.Operations",
    ] {
        let reply = client.check(HealthCheckRequest { service: service.into() }).await.unwrap();
        assert_eq!(reply.into_inner().status(), ServingStatus::Serving, "{service}");
    }
    let unknown = client.check(HealthCheckRequest { service: "no.such.Service".into() }).await;
    assert_eq!(unknown.unwrap_err().code(), tonic::Code::NotFound);
}

async fn reflect(channel: &Channel, request: MessageRequest) -> MessageResponse {
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(request) };
    let mut client = ServerReflectionClient::new(channel.clone());
    let mut replies = client.server_reflection_info(tokio_stream::once(request)).await.unwrap().into_inner();
    let reply: ServerReflectionResponse = replies.message().await.unwrap().unwrap();
    reply.message_response.unwrap()
}

#[tokio::test]
async fn a_client_lists_the_services_and_gets_their_descriptors() {
    let (_server, channel) = start(&emulator()).await;
    let MessageResponse::ListServicesResponse(list) =
        reflect(&channel, MessageRequest::ListServices(String::new())).await
    else {
        panic!("a list of services");
    };
    let names: Vec<&str> = list.service.iter().map(|service| service.name.as_str()).collect();
    insta::assert_snapshot!(names.join("\n"), @"
    google.cloud.alloydb.v1.AlloyDBAdmin
    google.cloud.alloydb.v1alpha.AlloyDBAdmin
    google.cloud.alloydb.v1beta.AlloyDBAdmin
    google.longrunning.Operations
    google.spanner.admin.database.v1.DatabaseAdmin
    google.spanner.admin.instance.v1.InstanceAdmin
    google.spanner.v1.Spanner
    grpc.health.v1.Health
    grpc.reflection.v1.ServerReflection
    ");
    for name in names {
        let MessageResponse::FileDescriptorResponse(files) =
            reflect(&channel, MessageRequest::FileContainingSymbol(name.to_owned())).await
        else {
            panic!("the file of {name}");
        };
        let file = FileDescriptorProto::decode(files.file_descriptor_proto[0].as_slice()).unwrap();
        let (package, service) = name.rsplit_once('.').unwrap();
        assert_eq!(file.package(), package);
        assert!(file.service.iter().any(|found| found.name() == service), "{name}");
    }
}

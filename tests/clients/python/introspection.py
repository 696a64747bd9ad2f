"""grpcio-health-checking and grpcio-reflection: what a gRPC server tells about itself."""

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from checks import LASTING, SpannerPlace, check, equal, main, raises

SERVICES = [
    "google.cloud.alloydb.v1.AlloyDBAdmin",
    "google.cloud.alloydb.v1alpha.AlloyDBAdmin",
    "google.cloud.alloydb.v1beta.AlloyDBAdmin",
    "google.longrunning.Operations",
    "google.spanner.admin.database.v1.DatabaseAdmin",
    "google.spanner.admin.instance.v1.InstanceAdmin",
    "google.spanner.v1.Spanner",
]


def connect(place):
    return grpc.insecure_channel(place.address)


def health(place, service):
    request = health_pb2.HealthCheckRequest(service=service)
    return health_pb2_grpc.HealthStub(connect(place)).Check(request, timeout=10)


@check(LASTING)
def the_server_and_each_of_its_services_are_healthy(place):
    for service in ["", *SERVICES]:
        equal((service, health(place, service).status), (service, health_pb2.HealthCheckResponse.SERVING))


@check(LASTING)
def the_health_of_another_service_is_not_found(place):
    with raises(grpc.RpcError) as caught:
        health(place, "google.example.Missing")
    equal(caught[0].code(), grpc.StatusCode.NOT_FOUND)


@check(LASTING)
def a_watch_of_the_health_begins_with_how_it_is(place):
    request = health_pb2.HealthCheckRequest()
    watch = health_pb2_grpc.HealthStub(connect(place)).Watch(request, timeout=10)
    equal(next(iter(watch)).status, health_pb2.HealthCheckResponse.SERVING)
    watch.cancel()


@check(LASTING)
def reflection_lists_every_service(place):
    found = set(ProtoReflectionDescriptorDatabase(connect(place)).get_services())
    assert found.issuperset(SERVICES), found


@check(LASTING)
def reflection_has_the_descriptors_of_every_service(place):
    pool = DescriptorPool(ProtoReflectionDescriptorDatabase(connect(place)))
    methods = {name: len(pool.FindServiceByName(name).methods) for name in SERVICES}
    assert all(methods.values()), methods
    create = pool.FindMethodByName("google.spanner.admin.database.v1.DatabaseAdmin.CreateBackup")
    equal(create.input_type.full_name, "google.spanner.admin.database.v1.CreateBackupRequest")
    equal(create.output_type.full_name, "google.longrunning.Operation")


main(SpannerPlace)

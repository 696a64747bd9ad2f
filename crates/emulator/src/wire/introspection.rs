//! The gRPC services by which a server tells about itself: health, and reflection in both versions.
//!
//! They know nothing of projects, and leave no trace in journals.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::pin::Pin;

use http::{HeaderValue, Request, Response, header};
use tokio::sync::OnceCell;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};
use tonic_reflection::server::Builder;

use rescind_engine::{Services, proto};

const HEALTH: &str = "grpc.health.v1.Health";
const REFLECTION: &str = "grpc.reflection.v1.ServerReflection";
const REFLECTION_ALPHA: &str = "grpc.reflection.v1alpha.ServerReflection";

/// The name and the version of this server, in the header `server`.
pub const SERVER: &str = concat!("rescind/", env!("CARGO_PKG_VERSION"));

type Reply = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;
type Handler = Box<dyn Fn(Request<Body>) -> Reply + Send + Sync>;

/// True for a path of one of these services.
pub fn serves(path: &str) -> bool {
    service_of(path).is_some_and(|service| [HEALTH, REFLECTION, REFLECTION_ALPHA].contains(&service))
}

fn service_of(path: &str) -> Option<&str> {
    path.strip_prefix('/')?.split_once('/').map(|(service, _)| service)
}

/// What tells about a server. It is made when somebody first asks: most clients never do, and the descriptors take memory.
#[derive(Default)]
pub struct Introspection(OnceCell<HashMap<&'static str, Handler>>);

/// Answers a gRPC call of one of them. The reply tells which server it is of, by [`SERVER`].
pub async fn answer(
    introspection: &Introspection,
    services: &Services,
    request: Request<Body>,
) -> Response<Body> {
    let mut response = dispatch(introspection, services, request).await;
    response.headers_mut().insert(header::SERVER, HeaderValue::from_static(SERVER));
    response
}

async fn dispatch(
    introspection: &Introspection,
    services: &Services,
    request: Request<Body>,
) -> Response<Body> {
    let handlers = introspection.0.get_or_init(|| handlers(names(services))).await;
    let handler = service_of(request.uri().path()).and_then(|service| handlers.get(service));
    match handler {
        Some(handler) => handler(request).await,
        None => tonic::Status::unimplemented("reflection is not available").into_http(),
    }
}

async fn handlers(names: BTreeSet<&'static str>) -> HashMap<&'static str, Handler> {
    let mut handlers = HashMap::from([(HEALTH, handler(health(&names).await))]);
    // The descriptors are those that this program was built from; were they unsound, there would be no reflection.
    handlers.extend(builder(&names).build_v1().ok().map(|service| (REFLECTION, handler(service))));
    handlers.extend(builder(&names).build_v1alpha().ok().map(|service| (REFLECTION_ALPHA, handler(service))));
    handlers
}

/// The gRPC services of which something is served.
fn names(services: &Services) -> BTreeSet<&'static str> {
    services.rpcs().into_iter().map(|rpc| rpc.service).collect()
}

/// What answers at all is healthy, with every service that it has.
async fn health(names: &BTreeSet<&'static str>) -> HealthServer<HealthService> {
    let reporter = HealthReporter::new();
    for service in names {
        reporter.set_service_status(service, ServingStatus::Serving).await;
    }
    HealthServer::new(HealthService::from_health_reporter(reporter))
}

fn builder(names: &BTreeSet<&'static str>) -> Builder<'static> {
    let builder = Builder::configure()
        .register_encoded_file_descriptor_set(proto::DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET);
    names.iter().copied().chain([HEALTH, REFLECTION]).fold(builder, Builder::with_service_name)
}

fn handler<S>(service: S) -> Handler
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
    Box::new(move |request| {
        let reply = service.clone().call(request);
        Box::pin(async move {
            let Ok(response) = reply.await;
            response
        })
    })
}

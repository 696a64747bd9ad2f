//! The load: the same unary call, again and again, over so many connections.

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use rescind_engine::proto::{database as pb, instance as instance_pb};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tonic::client::Grpc;
use tonic::transport::{Channel, Endpoint};
use tonic_prost::ProstCodec;

use crate::program::Program;

const INSTANCE: &str = "projects/p/instances/test";
const DATABASE: &str = "projects/p/instances/test/databases/db";
const GET_DATABASE: &str = "/google.spanner.admin.database.v1.DatabaseAdmin/GetDatabase";

/// How many connections, and calls in flight on each.
#[derive(Clone, Copy)]
pub struct Load {
    connections: usize,
    in_flight: usize,
}

impl Load {
    pub const fn new(connections: usize, in_flight: usize) -> Load {
        Load { connections, in_flight }
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {}", self.connections, self.in_flight)
    }
}

/// How fast a server was.
#[derive(Clone, Copy)]
pub struct Rate {
    pub per_second: f64,
    p50: Duration,
    p99: Duration,
}

impl Rate {
    fn of(mut times: Vec<Duration>, elapsed: Duration) -> Rate {
        times.sort_unstable();
        let quantile = |percent: usize| times[times.len() * percent / 100];
        Rate { per_second: times.len() as f64 / elapsed.as_secs_f64(), p50: quantile(50), p99: quantile(99) }
    }

    /// The one in the middle.
    pub fn median(mut rates: Vec<Rate>) -> Rate {
        rates.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
        rates[rates.len() / 2]
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        let (p50, p99) = (milliseconds(self.p50), milliseconds(self.p99));
        write!(f, "{:.0} | {p50:.2} ms | {p99:.2} ms", self.per_second)
    }
}

/// Gives a server the instance and the database that are asked for.
pub async fn seed(program: &Program) {
    let channel = connect(program.address).await;
    let instance = instance_pb::Instance {
        name: INSTANCE.into(),
        config: "projects/p/instanceConfigs/emulator-config".into(),
        display_name: "test".into(),
        node_count: 1,
        ..Default::default()
    };
    let request = instance_pb::CreateInstanceRequest {
        parent: "projects/p".into(),
        instance_id: "test".into(),
        instance: Some(instance),
    };
    call::<_, rescind_engine::proto::longrunning::Operation>(
        &channel,
        "/google.spanner.admin.instance.v1.InstanceAdmin/CreateInstance",
        request,
    )
    .await
    .unwrap();
    let create = async || {
        let request = pb::CreateDatabaseRequest {
            parent: INSTANCE.into(),
            create_statement: "CREATE DATABASE db".into(),
            ..Default::default()
        };
        call::<_, rescind_engine::proto::longrunning::Operation>(
            &channel,
            "/google.spanner.admin.database.v1.DatabaseAdmin/CreateDatabase",
            request,
        )
        .await
    };
    // An instance that is still being created has no databases yet.
    let begin = Instant::now();
    while let Err(status) = create().await {
        assert!(begin.elapsed() < Duration::from_secs(10), "{status}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    while let Err(status) = get(&channel).await {
        assert!(begin.elapsed() < Duration::from_secs(10), "{status}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn connect(address: SocketAddr) -> Channel {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    endpoint.tcp_nodelay(true).connect().await.unwrap()
}

async fn call<Q, A>(channel: &Channel, path: &'static str, request: Q) -> Result<A, tonic::Status>
where
    Q: prost::Message + 'static,
    A: prost::Message + Default + 'static,
{
    let mut client = Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static(path);
    Ok(client.unary(tonic::Request::new(request), path, ProstCodec::<Q, A>::default()).await?.into_inner())
}

async fn get(channel: &Channel) -> Result<pb::Database, tonic::Status> {
    let request = pb::GetDatabaseRequest { name: DATABASE.into() };
    call(channel, GET_DATABASE, request).await
}

/// How a call is made.
#[derive(Clone, Copy)]
pub enum Wire {
    /// Over HTTP/2, on which a connection takes many calls at once.
    Grpc,
    /// Over HTTP/1.1, on which a connection takes one call at a time.
    Rest,
}

impl fmt::Display for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Wire::Grpc => "gRPC",
            Wire::Rest => "REST",
        })
    }
}

/// A connection that makes the one call. It stands right on HTTP: what a whole client library takes for itself would
/// hide the servers' differences.
struct Caller {
    sender: Sender,
    request: Request<Full<Bytes>>,
}

enum Sender {
    Grpc(http2::SendRequest<Full<Bytes>>),
    Rest(http1::SendRequest<Full<Bytes>>),
}

impl Caller {
    /// As many callers as calls may be in flight, on one connection.
    async fn connect(wire: Wire, address: SocketAddr, in_flight: usize) -> Vec<Caller> {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let stream = TokioIo::new(stream);
        match wire {
            Wire::Grpc => {
                let (sender, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
                tokio::spawn(connection);
                let message = pb::GetDatabaseRequest { name: DATABASE.into() }.encode_to_vec();
                let length = u32::try_from(message.len()).unwrap();
                // Not compressed, its length, itself.
                let framed = [&[0], length.to_be_bytes().as_slice(), &message].concat();
                let request = Request::post(format!("http://{address}{GET_DATABASE}"))
                    .header("content-type", "application/grpc")
                    .header("te", "trailers")
                    .body(Full::from(framed));
                let request = request.unwrap();
                let caller = || Caller { sender: Sender::Grpc(sender.clone()), request: request.clone() };
                std::iter::repeat_with(caller).take(in_flight).collect()
            }
            Wire::Rest => {
                let (sender, connection) = http1::handshake(stream).await.unwrap();
                tokio::spawn(connection);
                let request = Request::get(format!("/v1/{DATABASE}")).header("host", address.to_string());
                assert_eq!(in_flight, 1);
                vec![Caller { sender: Sender::Rest(sender), request: request.body(Full::default()).unwrap() }]
            }
        }
    }

    async fn call(&mut self) {
        let request = self.request.clone();
        match &mut self.sender {
            Sender::Grpc(sender) => {
                let response = sender.send_request(request).await.unwrap();
                let response = response.into_body().collect().await.unwrap();
                assert_eq!(response.trailers().unwrap()["grpc-status"], "0");
            }
            Sender::Rest(sender) => {
                let response = sender.send_request(request).await.unwrap();
                assert_eq!(response.status(), 200);
                response.into_body().collect().await.unwrap();
            }
        }
    }
}

/// GetDatabase, again and again.
pub async fn load(program: &Program, wire: Wire, load: Load, lasts: Duration) -> Rate {
    let mut callers = Vec::new();
    for _ in 0..load.connections {
        callers.extend(Caller::connect(wire, program.address, load.in_flight).await);
    }
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for mut caller in callers {
        tasks.spawn(async move {
            let mut times = Vec::new();
            while begin.elapsed() < lasts {
                let sent = Instant::now();
                caller.call().await;
                times.push(sent.elapsed());
            }
            times
        });
    }
    let times = tasks.join_all().await.concat();
    Rate::of(times, begin.elapsed())
}

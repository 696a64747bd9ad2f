//! The load: the same unary call, again and again, over so many connections.

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rescind_emulator::proto::{database as pb, instance as instance_pb};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tonic::client::Grpc;
use tonic::transport::{Channel, Endpoint};
use tonic_prost::ProstCodec;

use crate::program::Program;

const INSTANCE: &str = "projects/p/instances/test";
const DATABASE: &str = "projects/p/instances/test/databases/db";

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
pub async fn furnish(program: &Program) {
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
    call::<_, rescind_emulator::proto::longrunning::Operation>(
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
        call::<_, rescind_emulator::proto::longrunning::Operation>(
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
    call(channel, "/google.spanner.admin.database.v1.DatabaseAdmin/GetDatabase", request).await
}

/// GetDatabase over gRPC.
pub async fn grpc(program: &Program, load: Load, lasts: Duration) -> Rate {
    let mut channels = Vec::new();
    for _ in 0..load.connections {
        channels.push(connect(program.address).await);
    }
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for channel in channels.iter().flat_map(|channel| std::iter::repeat_n(channel, load.in_flight)) {
        let channel = channel.clone();
        tasks.spawn(async move {
            let mut times = Vec::new();
            while begin.elapsed() < lasts {
                let sent = Instant::now();
                get(&channel).await.unwrap();
                times.push(sent.elapsed());
            }
            times
        });
    }
    let times = tasks.join_all().await.concat();
    Rate::of(times, begin.elapsed())
}

/// GetDatabase over HTTP/1.1, on which a connection takes one call at a time.
pub async fn rest(program: &Program, load: Load, lasts: Duration) -> Rate {
    let mut senders = Vec::new();
    for _ in 0..load.connections {
        let stream = TcpStream::connect(program.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        senders.push(sender);
    }
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for mut sender in senders {
        let host = program.address.to_string();
        tasks.spawn(async move {
            let mut times = Vec::new();
            while begin.elapsed() < lasts {
                let sent = Instant::now();
                let request = Request::get(format!("/v1/{DATABASE}")).header("host", &host);
                let request = request.body(Empty::<Bytes>::new()).unwrap();
                let response = sender.send_request(request).await.unwrap();
                assert_eq!(response.status(), 200);
                response.into_body().collect().await.unwrap();
                times.push(sent.elapsed());
            }
            times
        });
    }
    let times = tasks.join_all().await.concat();
    Rate::of(times, begin.elapsed())
}

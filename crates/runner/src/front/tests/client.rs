//! Clients: HTTP/1.1 by hand on a blocking socket, gRPC by tonic; in clear text, or over TLS, with the authority's
//! certificate as all that they trust.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use hyper_util::rt::TokioIo;
use prost::Message;
use rescind_engine::Rpc;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tonic::transport::{Channel, Endpoint};
use tonic_prost::ProstCodec;

use super::House;
use crate::front::Pki;
use crate::front::pki::AUTHORITY;

/// With TLS or without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Clear,
    Tls,
}

pub const WAYS: [Way; 2] = [Way::Clear, Way::Tls];

/// The name that clients ask for: that of a service.
pub const HOST: &str = "spanner.googleapis.com";

/// What a client trusts, and offers as ALPN.
pub fn client_config(pki: &Pki, protocols: &[&str]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(pki.path(AUTHORITY)).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    Arc::new(config)
}

/// A TLS connection, after its handshake.
pub fn handshake(
    house: &House,
    host: &str,
    protocols: &[&str],
) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let socket = TcpStream::connect(house.front.address())?;
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let connection = ClientConnection::new(client_config(&house.pki, protocols), name).unwrap();
    let mut stream = StreamOwned::new(connection, socket);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}

/// A connection that speaks HTTP/1.1.
pub struct Http {
    stream: Box<dyn ReadWrite>,
    pub socket: TcpStream,
}

pub trait ReadWrite: Read + Write + Send {}

impl<T: Read + Write + Send> ReadWrite for T {}

impl Http {
    pub fn connect(house: &House, way: Way) -> Http {
        match way {
            Way::Clear => Http::on(TcpStream::connect(house.front.address()).unwrap()),
            Way::Tls => {
                let stream = handshake(house, HOST, &["http/1.1"]).unwrap();
                let socket = stream.sock.try_clone().unwrap();
                Http { stream: Box::new(stream), socket }
            }
        }
    }

    pub fn on(socket: TcpStream) -> Http {
        let _ = socket.set_nodelay(true);
        Http { stream: Box::new(socket.try_clone().unwrap()), socket }
    }

    /// Sends a request, or the beginning of one.
    pub fn send(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(text.as_bytes())?;
        self.stream.flush()
    }

    /// Reads a reply: its status, and its body.
    pub fn receive(&mut self) -> io::Result<(u16, String)> {
        let mut read = Vec::new();
        let head = loop {
            let mut byte = [0];
            if self.stream.read(&mut byte)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            read.push(byte[0]);
            if read.ends_with(b"\r\n\r\n") {
                break String::from_utf8(read).unwrap().to_ascii_lowercase();
            }
        };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.stream.read_exact(&mut body)?;
        Ok((head[9..12].parse().unwrap(), String::from_utf8(body).unwrap()))
    }

    /// Asks, and waits for the reply.
    pub fn ask(&mut self, method: &str, path: &str) -> io::Result<(u16, String)> {
        self.send(&request(method, path))?;
        self.receive()
    }
}

/// A request without a body.
pub fn request(method: &str, path: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 0\r\n\r\n")
}

/// A gRPC channel to a front.
pub async fn channel(house: &House, way: Way) -> Channel {
    let address = house.front.address();
    match way {
        Way::Clear => Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap(),
        Way::Tls => {
            let connector = TlsConnector::from(client_config(&house.pki, &["h2"]));
            let connect = tower::service_fn(move |_| tls(connector.clone(), address));
            let endpoint = Endpoint::from_static("http://spanner.googleapis.com");
            endpoint.connect_with_connector(connect).await.unwrap()
        }
    }
}

async fn tls(
    connector: TlsConnector,
    address: SocketAddr,
) -> io::Result<TokioIo<tokio_rustls::client::TlsStream<tokio::net::TcpStream>>> {
    let stream = tokio::net::TcpStream::connect(address).await?;
    let stream = connector.connect(ServerName::try_from(HOST).unwrap(), stream).await?;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    Ok(TokioIo::new(stream))
}

/// Calls an RPC.
pub async fn call<R>(channel: &Channel, request: R::Request) -> Result<R::Reply, tonic::Status>
where
    R: Rpc,
    R::Request: Message + 'static,
    R::Reply: Message + Default + 'static,
{
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.map_err(|error| tonic::Status::unavailable(error.to_string()))?;
    let path = format!("/{}/{}", R::SERVICE, R::NAME).parse().unwrap();
    let codec = ProstCodec::<R::Request, R::Reply>::default();
    Ok(client.unary(tonic::Request::new(request), path, codec).await?.into_inner())
}

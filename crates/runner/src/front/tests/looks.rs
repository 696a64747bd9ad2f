//! A look is exact: what is called quiet has arrived.

use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::yield_now;
use std::time::{Duration, SystemTime};

use rescind_emulator::{Emulator, EmulatorOptions};
use rescind_engine::services;

use super::client::{Http, WAYS, Way, request};
use super::{House, PLACES, Place};
use rescind_world::Look;

const PATH: &str = "/v1/projects/p/instances/i/backups";

/// Waits until all is quiet, and gives the number that two looks agree on.
pub fn until_quiet(house: &House, connects: u64) -> u64 {
    let mut last = None;
    loop {
        match house.front.look(connects) {
            Look::Quiet(number) if last == Some(number) => return number,
            Look::Quiet(number) => last = Some(number),
            Look::Busy => yield_now(),
        }
    }
}

/// Looks many times, and finds something going on each time.
fn stays_busy(house: &House, connects: u64) {
    for _ in 0..2_000 {
        assert_eq!(house.front.look(connects), Look::Busy);
    }
}

/// An emulator that answers nothing until it is told to: its observer sees each request when its reply is made.
fn waiting(place: Place) -> (House, Sender<()>, Receiver<()>) {
    let (go_on, told) = mpsc::channel();
    let (arrive, arrived) = mpsc::channel();
    let told = Mutex::new(told);
    let emulator = Emulator::with(EmulatorOptions {
        clock: Arc::new(SystemTime::now),
        operation_time: None,
        services: services(),
        observer: Some(Arc::new(move |_| {
            arrive.send(()).unwrap();
            // The test is over if nobody tells.
            let _ = told.lock().unwrap().recv();
        })),
    });
    (House::of(emulator, place, ""), go_on, arrived)
}

#[test]
fn it_is_quiet_once_the_reply_is_there_and_each_request_changes_the_number() {
    for way in WAYS {
        let house = House::new(Place::Here, "");
        let mut numbers = vec![until_quiet(&house, 0)];
        let mut http = Http::connect(&house, way);
        for _ in 0..3 {
            assert_eq!(http.ask("GET", PATH).unwrap().0, 200);
            numbers.push(until_quiet(&house, 1));
        }
        assert!(numbers.is_sorted_by(|one, next| one < next), "{way:?}: {numbers:?}");
        assert_eq!(until_quiet(&house, 1), *numbers.last().unwrap());
    }
}

#[test]
fn it_is_busy_while_a_request_is_being_answered_though_every_thread_sleeps() {
    for (place, way) in PLACES.into_iter().flat_map(|place| WAYS.map(|way| (place, way))) {
        let (house, go_on, arrived) = waiting(place);
        let mut http = Http::connect(&house, way);
        until_quiet(&house, 1);
        http.send(&request("GET", PATH)).unwrap();
        arrived.recv().unwrap();
        stays_busy(&house, 1);
        go_on.send(()).unwrap();
        assert_eq!(http.receive().unwrap().0, 200);
        until_quiet(&house, 1);
    }
}

#[test]
fn it_is_busy_until_every_connection_is_accepted() {
    let (house, go_on, arrived) = waiting(Place::Here);
    // Nothing has connected yet that is said to connect.
    stays_busy(&house, 1);
    let mut http = Http::connect(&house, Way::Clear);
    until_quiet(&house, 1);
    // The front is at another request while the next one connects, and somebody's count is late.
    http.send(&request("GET", PATH)).unwrap();
    arrived.recv().unwrap();
    let _waits = TcpStream::connect(house.front.address()).unwrap();
    stays_busy(&house, 1);
    go_on.send(()).unwrap();
    until_quiet(&house, 2);
}

#[test]
fn half_a_request_is_the_client_s_to_go_on_with() {
    for way in WAYS {
        let house = House::new(Place::Here, "");
        let mut http = Http::connect(&house, way);
        let path = "/v1/projects/p/instances/i/backups?backupId=b2";
        let body = r#"{"database":"projects/p/instances/i/databases/d","expireTime":"2999-01-01T00:00:00Z"}"#;
        let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len());
        let request = head + body;
        for (from, to) in [(0, 10), (10, request.len() - 10)] {
            http.send(&request[from..to]).unwrap();
            until_quiet(&house, 1);
        }
        assert!(house.journal("p").is_empty());
        http.send(&request[request.len() - 10..]).unwrap();
        assert_ne!(http.receive().unwrap().0, 0);
        until_quiet(&house, 1);
        assert_eq!(house.journal("p").len(), 1);
    }
}

#[test]
fn connections_that_end_are_forgotten_whoever_ends_them() {
    for way in WAYS {
        let house = House::new(Place::Here, "get1:reset");
        for connects in 1..=20 {
            let mut http = Http::connect(&house, way);
            let closes = if connects % 2 == 0 { "Connection: close\r\n" } else { "" };
            http.send(&format!("GET {PATH} HTTP/1.1\r\nHost: x\r\n{closes}\r\n")).unwrap();
            assert_eq!(http.receive().unwrap().0, 200);
            until_quiet(&house, connects);
        }
        let mut http = Http::connect(&house, way);
        assert!(http.ask("GET", &format!("{PATH}/b1")).is_err());
        drop(http);
        until_quiet(&house, 21);
        assert!(house.front.ledger.lines().is_empty());
    }
}

#[test]
fn a_socket_of_ipv6_that_speaks_ipv4_is_found_as_well() {
    let house = House::new(Place::Here, "");
    let SocketAddr::V4(address) = house.front.address() else { panic!("the front is on IPv4") };
    let mapped = SocketAddr::from((address.ip().to_ipv6_mapped(), address.port()));
    let mut http = Http::on(TcpStream::connect(mapped).unwrap());
    assert_eq!(http.ask("GET", PATH).unwrap().0, 200);
    until_quiet(&house, 1);
    http.send("GET").unwrap();
    until_quiet(&house, 1);
}

/// The promise of `look`: whoever sleeps after it has asked, and is then told that all is quiet, has its reply. On one
/// connection after another, with both threads on the same cores as everything else that runs.
#[test]
fn whatever_is_called_quiet_has_arrived() {
    for (place, way) in PLACES.into_iter().flat_map(|place| WAYS.map(|way| (place, way))) {
        let house = House::new(place, "");
        let mut connects = 0;
        for _ in 0..60 {
            let mut http = Http::connect(&house, way);
            connects += 1;
            for _ in 0..20 {
                http.send(&request("GET", PATH)).unwrap();
                until_quiet(&house, connects);
                // Fails unless the reply is in the socket's buffer.
                http.socket.set_nonblocking(true).unwrap();
                assert_eq!(http.receive().unwrap().0, 200, "{way:?}");
                http.socket.set_nonblocking(false).unwrap();
            }
        }
    }
}

/// A reply that nobody reads has been delivered all the same.
#[test]
fn what_the_client_leaves_unread_keeps_nobody_busy() {
    let house = House::new(Place::Here, "");
    let mut http = Http::connect(&house, Way::Clear);
    for _ in 0..3 {
        http.send(&request("GET", PATH)).unwrap();
        until_quiet(&house, 1);
    }
    assert_eq!(house.front.activity(), 6);
    let _ = http.socket.set_read_timeout(Some(Duration::from_secs(60)));
    for _ in 0..3 {
        assert_eq!(http.receive().unwrap().0, 200);
    }
}

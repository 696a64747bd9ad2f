//! Samples that find the service by its own name, as they are published: the same verdicts, and not one packet that leaves
//! the machine.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use rescind_model::Results;
use rescind_tests::{binary, cache, command, repository, results, rules};
use tempfile::TempDir;

const ROWS: &[&str] = &["--service", "spanner", "--language", "python", "--language", "curl"];

/// A network in which whatever is sent elsewhere ends in one interface, which counts it. In it, a command is run; then the
/// count is printed.
const COUNTED: &str = "ip link set lo up && ip link add counter type veth peer name sink && \
    for it in counter sink; do \
        no=/proc/sys/net/ipv6/conf/$it/disable_ipv6; if [ -e $no ]; then echo 1 > $no; fi; ip link set $it up; \
    done && \
    ip address add 203.0.113.1/24 dev counter && \
    ip neighbour add 203.0.113.2 lladdr 02:00:00:00:00:02 dev counter && \
    ip route add default via 203.0.113.2 dev counter && \
    { \"$@\"; code=$?; echo \"sent: $(cat /sys/class/net/counter/statistics/tx_packets)\"; exit $code; }";

/// True where such a network can be made.
pub fn can_count() -> bool {
    counted(&["true"]) == Some((0, 0))
}

/// Runs a command in the counted network, and gives its exit code and how many packets left.
fn counted(command: &[&str]) -> Option<(i32, u64)> {
    let output = Command::new("unshare")
        .args(["--net", "--mount", "sh", "-c", &format!("mount -t sysfs none /sys && {COUNTED}"), "sh"])
        .args(command)
        .current_dir(repository())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let sent = text.lines().rev().find_map(|line| line.strip_prefix("sent: ")?.trim().parse().ok())?;
    Some((output.status.code()?, sent))
}

fn outcomes(results: &Results) -> Vec<String> {
    let outcome =
        |case: &rescind_model::CaseResult| format!("{}: {} {:?}", case.id, case.verdict, rules(case));
    results.cases.iter().map(outcome).collect()
}

/// The rows, by the service's own name.
struct ByName {
    results: Results,
    /// The exit code, and how many packets left, where that can be counted.
    counted: Option<(i32, u64)>,
}

/// Runs them; once, whoever looks at it.
fn by_name() -> &'static ByName {
    static RUN: OnceLock<ByName> = OnceLock::new();
    RUN.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let [cache, file] =
            [cache(), folder.path().join("results.json")].map(|path| path.display().to_string());
        let mut run = vec!["--cache-dir", &cache, "run", "--endpoint", "service", "--results", &file];
        run.extend_from_slice(ROWS);
        let counted = if can_count() {
            counted(&[&[binary().to_str().unwrap()], &run[..]].concat())
        } else {
            command(&repository()).args(&run[2..]).stdout(Stdio::null()).status().unwrap();
            None
        };
        let results = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        ByName { results, counted }
    })
}

pub fn same_verdicts() {
    let service = &by_name().results;
    let emulator = results(&repository(), &[&["run", "--endpoint", "emulator"][..], ROWS].concat()).1;
    assert_eq!(outcomes(service), outcomes(&emulator));
    for (one, other) in service.cases.iter().zip(&emulator.cases) {
        let rpcs = |case: &rescind_model::CaseResult| {
            let journal = &case.observation.as_ref().unwrap().journal;
            journal.iter().map(|entry| (entry.rpc.clone(), entry.decisions.clone())).collect::<Vec<_>>()
        };
        assert_eq!(rpcs(one), rpcs(other), "{}", one.id);
    }
}

pub fn nothing_leaves() {
    // That it counts.
    let (_, sent) = counted(&["sh", "-c", "curl -s -m 1 http://198.51.100.7/ || true"]).unwrap();
    assert!(sent > 0, "the interface counts nothing");
    assert_eq!(by_name().counted, Some((0, 0)), "all cases pass, and nothing leaves");
}

//! Every runtime that is installed trusts a front by the variables that it is told of, and does not without them. One
//! that is missing is counted as ignored, with its name.

// A test ends where it cannot go on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::process::{Command, ExitCode, Output};
use std::sync::Arc;
use std::time::SystemTime;

use libtest_mimic::Arguments;
use rescind_emulator::Emulator;
use rescind_model::{Given, Schedule};
use rescind_runner::{Front, Pki, Setup, Upstream};
use rescind_test_support::{need, trial};
use tempfile::TempDir;

/// What a program is told, of which it prints the reply.
const URL: &str = "{url}";

fn main() -> ExitCode {
    let curl = need("curl", "curl", &["--version"]);
    let python = need("Python", "python3", &["--version"]);
    let node = need("Node.js", "node", &["--version"]);
    let java = need("a JDK", "javac", &["-version"]);
    let go = need("Go", "go", &["version"]);
    let ruby = need("Ruby", "ruby", &["--version"]);
    let php = need("PHP with curl", "php", &["-r", "exit(extension_loaded('curl') ? 0 : 1);"]);
    let tests = vec![
        trial("curl", &[&curl], || asks(&["curl", "--silent", "--show-error", "--fail", URL])),
        trial("python", &[&python], || asks(&["python3", "-c", PYTHON, URL])),
        trial("node", &[&node], || asks(&["node", "-e", NODE, URL])),
        trial("java", &[&java], || asks(&["java", "Ask.java", URL])),
        trial("go", &[&go], || asks(&["go", "run", "ask.go", URL])),
        trial("ruby", &[&ruby], || asks(&["ruby", "-e", RUBY, URL])),
        trial("php", &[&php], || asks(&["php", "-r", PHP, URL])),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}

const PYTHON: &str = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())";

const NODE: &str = "fetch(process.argv[1]).then(answer => answer.text()).then(console.log)";

const RUBY: &str = "require 'net/http'; puts Net::HTTP.get(URI(ARGV[0]))";

const PHP: &str =
    "$c = curl_init($argv[1]); if (!curl_exec($c)) { fwrite(STDERR, curl_error($c)); exit(1); }";

const JAVA: &str = r#"
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

class Ask {
  public static void main(String[] args) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(args[0])).build();
    System.out.println(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
  }
}
"#;

const GO: &str = r#"
package main

import (
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	answer, err := http.Get(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	io.Copy(os.Stdout, answer.Body)
}
"#;

/// A front with a backup behind it, and a folder for programs.
struct House {
    front: Front,
    pki: Pki,
    folder: TempDir,
}

impl House {
    fn new() -> House {
        let emulator = Emulator::new(Arc::new(SystemTime::now));
        let setup = Setup {
            service: "spanner".parse().unwrap(),
            instance: "i".to_owned(),
            database: "d".to_owned(),
            backup: "b1".to_owned(),
            given: Given::default(),
            bystanders: false,
            schedule: Schedule::default(),
            choices: rescind_engine::Settings::default(),
        };
        emulator.prepare("p", &setup).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let pki = Pki::make(folder.path(), &[]).unwrap();
        let front = Front::start(Upstream::Embedded(emulator), "p", &[], &pki).unwrap();
        std::fs::write(folder.path().join("Ask.java"), JAVA).unwrap();
        std::fs::write(folder.path().join("ask.go"), GO).unwrap();
        House { front, pki, folder }
    }

    /// Runs a program with the variables of the front, or without.
    fn run(&self, words: &[&str], informed: bool) -> Output {
        let url = format!(
            "https://localhost:{}/v1/projects/p/instances/i/databases/d",
            self.front.address().port()
        );
        let words: Vec<&str> = words.iter().map(|word| if *word == URL { &*url } else { word }).collect();
        let variable = |name: &str| std::env::var_os(name).unwrap_or_default();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(self.folder.path()).env_clear().env("PATH", variable("PATH"));
        // Where Go keeps what it has compiled, and pyenv its versions.
        command.env("HOME", variable("HOME"));
        if informed {
            command.envs(self.pki.variables("p").unwrap());
        }
        command.output().unwrap()
    }
}

fn asks(words: &[&str]) {
    let house = House::new();
    let Output { status, stdout, stderr } = house.run(words, true);
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success() && stdout.contains("projects/p/instances/i/databases/d"), "{stdout}\n{stderr}");
    let doubts = house.run(words, false);
    assert!(!String::from_utf8_lossy(&doubts.stdout).contains("databases/d"), "{words:?} trusts anybody");
    assert!(house.front.strangers().is_empty());
    assert!(Path::new(house.folder.path()).join("p.json").is_file());
}

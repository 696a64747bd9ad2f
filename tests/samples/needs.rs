//! What this machine has of what the tests need.

use rescind_runner::RunClock;
use rescind_test_support::{Need, need, need_version};

use crate::names;

/// Everything that some test needs. Versions are those that the manifests ask for.
pub struct Needs {
    pub python: Need,
    pub node: Need,
    pub npm: Need,
    pub ruby: Need,
    pub bundle: Need,
    pub php_curl: Need,
    pub php_bcmath: Need,
    pub composer: Need,
    pub cmake: Need,
    pub cxx: Need,
    pub pkg_config: Need,
    pub google_cloud_cpp: Need,
    pub libcurl: Need,
    pub json: Need,
    pub dotnet: Need,
    pub go: Need,
    pub java: Need,
    pub maven: Need,
    pub cargo: Need,
    pub curl: Need,
    pub jq: Need,
    pub gcloud: Need,
    pub git: Need,
    /// Programs reach the service by its own name, and only a closed world leads that to the emulator.
    pub world: Need,
    /// What it takes to count the packets that leave.
    pub counter: Need,
}

impl Needs {
    /// Looks for all of it.
    pub fn look() -> Needs {
        let version = |name, program, minimum| need_version(name, program, &["--version"], minimum);
        Needs {
            python: version("Python 3.10", "python3", [3, 10]),
            node: version("Node.js 18", "node", [18, 0]),
            npm: version("npm 7", "npm", [7, 0]),
            ruby: version("Ruby 3.1", "ruby", [3, 1]),
            bundle: version("Bundler 2.3", "bundle", [2, 3]),
            php_curl: need("PHP's curl extension", "php", &["--ri", "curl"]),
            php_bcmath: need("PHP's bcmath extension", "php", &["--ri", "bcmath"]),
            composer: version("Composer 2.2", "composer", [2, 2]),
            cmake: version("CMake 3.18", "cmake", [3, 18]),
            cxx: need("c++", "c++", &["--version"]),
            pkg_config: need("pkg-config", "pkg-config", &["--version"]),
            google_cloud_cpp: need(
                "google-cloud-cpp",
                "pkg-config",
                &["--maximum-traverse-depth=1", "--modversion", "google_cloud_cpp_spanner"],
            ),
            libcurl: need("libcurl's headers", "curl-config", &["--version"]),
            json: need(
                "nlohmann-json's headers",
                "c++",
                &["-fsyntax-only", "-include", "nlohmann/json.hpp", "-x", "c++", "/dev/null"],
            ),
            dotnet: version("the .NET SDK 10.0", "dotnet", [10, 0]),
            go: need_version("Go 1.26", "go", &["version"], [1, 26]),
            java: need_version("a JDK 17", "javac", &["-version"], [17, 0]),
            maven: need_version("Maven 3.8", "mvn", &["--batch-mode", "--version"], [3, 8]),
            cargo: version("Cargo 1.91", "cargo", [1, 91]),
            curl: version("curl 7.52", "curl", [7, 52]),
            jq: version("jq 1.6", "jq", [1, 6]),
            gcloud: version("gcloud 450.0", "gcloud", [450, 0]),
            git: need("git", "git", &["--version"]),
            world: Need { name: "a closed world", met: RunClock::of_run(None) == RunClock::Virtual },
            counter: Need { name: "root, unshare and ip", met: names::can_count() },
        }
    }
}

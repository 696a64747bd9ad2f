//! `cargo xtask`: what a maintainer runs.

fn main() -> anyhow::Result<()> {
    xtask::run(std::env::args_os())
}

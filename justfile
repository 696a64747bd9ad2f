# What a contributor types. `just` lists them; each is one command that can be typed without just, too.

_list:
    @just --list --unsorted

# Run every bundled sample that can run here, or what the arguments select
run *arguments:
    cargo run --release -- run {{ arguments }}

# All tests, or those whose names hold a word
test *names:
    cargo test --workspace -- {{ names }}

# Format, and see what the compiler and its lints say
lint:
    cargo fmt
    cargo clippy --workspace --all-targets -- -D warnings

# Bring the committed JSON Schemas up to date
schemas:
    cargo xtask schemas

# All that a pull request must pass; installs what is missing (Debian, Ubuntu)
ci:
    .ci/run

# rescind's emulator as an image: `docker build -t rescind .`, then `docker run -p 127.0.0.1:9010:9010 rescind`.
# (`rescind run --emulator container` needs none of this: it makes an image of itself.)

FROM rust:1.91-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --package rescind && strip target/release/rescind

# The C library and nothing else: no shell, no package manager.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/release/rescind /rescind
EXPOSE 9010 9020 9030
HEALTHCHECK --interval=10s --timeout=2s --start-period=1s CMD ["/rescind", "emulator", "--check", "127.0.0.1:9010"]
# The services have no authentication: publish the ports on loopback only. 9030 is the control API, which wants the token
# that the emulator prints, or that it finds in RESCIND_CONTROL_TOKEN.
ENTRYPOINT ["/rescind", "emulator", "--host", "0.0.0.0", "--control", "0.0.0.0:9030", "--allow-remote"]

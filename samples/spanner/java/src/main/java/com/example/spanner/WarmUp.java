package com.example.spanner;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Runs the sample against a server in this process that serves nothing, so that the virtual machine can archive the
 * classes that were loaded on the way (-XX:ArchiveClassesAtExit). With the archive a run starts in a third of the time.
 */
public final class WarmUp {

  private WarmUp() {}

  public static void main(String[] args) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    Server server = NettyServerBuilder.forAddress(new InetSocketAddress(loopback, 0)).build().start();
    try {
      Main.run(loopback.getHostAddress() + ":" + server.getPort(), "project", "instance", "database", "backup");
    } catch (RuntimeException expected) {
      // Every request is answered with UNIMPLEMENTED.
    } finally {
      server.shutdownNow();
    }
  }
}

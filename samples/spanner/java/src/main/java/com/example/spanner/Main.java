package com.example.spanner;

import com.google.cloud.NoCredentials;
import com.google.cloud.spanner.Spanner;
import com.google.cloud.spanner.SpannerOptions;
import com.google.cloud.spanner.admin.database.v1.DatabaseAdminClient;
import io.grpc.ManagedChannelBuilder;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Runs the sample: Main PROJECT INSTANCE DATABASE BACKUP. */
public final class Main {

  /** The client library writes all its options to the log. A level lasts as long as somebody holds the logger. */
  private static final Logger CLIENT_LOGGER = Logger.getLogger("com.google.cloud");

  private Main() {}

  public static void main(String[] args) {
    if (args.length != 4) {
      System.err.println("usage: Main PROJECT INSTANCE DATABASE BACKUP");
      System.exit(2);
    }
    try {
      run(System.getenv("SPANNER_EMULATOR_HOST"), args[0], args[1], args[2], args[3]);
    } catch (IllegalStateException e) {
      System.err.println(e.getMessage());
      for (Throwable consequence : e.getSuppressed()) {
        System.err.println(consequence.getMessage());
      }
      System.exit(1);
    }
  }

  /**
   * Runs the sample.
   *
   * @param emulatorHost the emulator's HOST:PORT, or null for the service itself
   */
  static void run(String emulatorHost, String projectId, String instanceId, String databaseId, String backupId) {
    CLIENT_LOGGER.setLevel(Level.WARNING);
    try (Spanner spanner = options(emulatorHost, projectId).getService();
        DatabaseAdminClient dbAdminClient = spanner.createDatabaseAdminClient()) {
      CancelBackup.cancelCreateBackup(dbAdminClient, projectId, instanceId, databaseId, backupId);
    }
  }

  private static SpannerOptions options(String emulatorHost, String projectId) {
    // A handful of requests needs no pool of channels and no metrics.
    SpannerOptions.Builder builder =
        SpannerOptions.newBuilder()
            .setProjectId(projectId)
            .disableGrpcGcpExtension()
            .setNumChannels(1)
            .setBuiltInMetricsEnabled(false);
    if (emulatorHost != null) {
      // SpannerOptions does the same with SPANNER_EMULATOR_HOST, and then also asks whether the emulator is there.
      builder
          .setEmulatorHost(null)
          .setHost("http://" + emulatorHost)
          .setChannelConfigurator(ManagedChannelBuilder::usePlaintext)
          .setCredentials(NoCredentials.getInstance());
    }
    return builder.build();
  }
}

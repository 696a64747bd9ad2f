// Cancels the creation of a Cloud Spanner backup: cancel_backup PROJECT INSTANCE DATABASE BACKUP

#include "google/cloud/spanner/admin/database_admin_client.h"
#include "google/cloud/spanner/admin/database_admin_options.h"
#include "google/cloud/spanner/backup.h"
#include "google/cloud/spanner/database.h"
#include "google/cloud/spanner/timestamp.h"
#include "google/cloud/grpc_options.h"
#include "google/cloud/status.h"
#include <google/protobuf/util/time_util.h>
#include <grpcpp/grpcpp.h>
#include <chrono>
#include <future>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

// [START spanner_cancel_backup_create]
// Returns a client that polls at least every 15 seconds, and that sends a cancel
// again while the service is unavailable. By itself the library sends it once,
// and tells nobody what came of it, so this is left to gRPC.
google::cloud::spanner_admin::DatabaseAdminClient MakePersistentClient() {
  namespace gc = ::google::cloud;
  namespace admin = ::google::cloud::spanner_admin;
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(R"({
    "methodConfig": [{
      "name": [
        {"service": "google.longrunning.Operations", "method": "CancelOperation"}
      ],
      "retryPolicy": {
        "maxAttempts": 5,
        "initialBackoff": "0.5s",
        "maxBackoff": "10s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"]
      }
    }]
  })");
  auto polling_policy =
      gc::GenericPollingPolicy<admin::DatabaseAdminLimitedTimeRetryPolicy,
                               gc::ExponentialBackoffPolicy>(
          admin::DatabaseAdminLimitedTimeRetryPolicy(std::chrono::minutes(30)),
          gc::ExponentialBackoffPolicy(std::chrono::seconds(1),
                                       std::chrono::seconds(10), 1.5));
  return admin::DatabaseAdminClient(admin::MakeDatabaseAdminConnection(
      gc::Options{}
          .set<gc::GrpcChannelArgumentsNativeOption>(arguments)
          .set<admin::DatabaseAdminPollingPolicyOption>(
              polling_policy.clone())));
}

// Deletes a backup. The library does not repeat a delete that has failed.
google::cloud::Status DeleteBackup(
    google::cloud::spanner_admin::DatabaseAdminClient& client,
    std::string const& backup_name) {
  using ::google::cloud::StatusCode;
  auto status = client.DeleteBackup(backup_name);
  auto delay = std::chrono::seconds(1);
  for (int attempt = 1; attempt != 5; ++attempt) {
    if (status.code() != StatusCode::kUnavailable) break;
    std::this_thread::sleep_for(delay);
    delay *= 2;
    status = client.DeleteBackup(backup_name);
    // It was the reply to the attempt before that was lost.
    if (status.code() == StatusCode::kNotFound) return {};
  }
  return status;
}

// Starts a backup and cancels it, so that no backup of this call is left. Throws
// if the backup could not be created, or could not be deleted.
void CreateBackupAndCancel(
    google::cloud::spanner_admin::DatabaseAdminClient client,
    std::string const& project_id, std::string const& instance_id,
    std::string const& database_id, std::string const& backup_id,
    google::cloud::spanner::Timestamp expire_time) {
  using ::google::cloud::StatusCode;
  using ::google::protobuf::util::TimeUtil;
  // How long to wait for the operation to end.
  auto const patience = std::chrono::minutes(5);

  google::cloud::spanner::Database database(project_id, instance_id,
                                            database_id);
  auto const backup_name =
      google::cloud::spanner::Backup(database.instance(), backup_id)
          .FullName();
  google::spanner::admin::database::v1::CreateBackupRequest request;
  request.set_parent(database.instance().FullName());
  request.set_backup_id(backup_id);
  request.mutable_backup()->set_database(database.FullName());
  *request.mutable_backup()->mutable_expire_time() =
      expire_time.get<google::protobuf::Timestamp>().value();

  auto delete_backup = [&] {
    auto status = DeleteBackup(client, backup_name);
    if (!status.ok()) {
      throw std::runtime_error("Could not delete backup " + backup_id + ": " +
                               StatusCodeToString(status.code()) + ".");
    }
    std::cout << "Deleted backup " << backup_id << "." << std::endl;
  };

  std::cout << "Creating backup " << backup_id << " of database "
            << database_id << "." << std::endl;
  auto persistent_client = MakePersistentClient();
  auto operation = persistent_client.CreateBackup(request);
  // The cancel is sent once there is an operation.
  std::cout << "Cancelling the operation." << std::endl;
  operation.cancel();

  // Cancelling is best effort: only the end of the operation tells what came of
  // it.
  if (operation.wait_for(patience) == std::future_status::timeout) {
    std::cerr << "Could not see the operation end: it is still running."
              << std::endl;
    // Deleting a backup that is still being created also cancels its operation.
    return delete_backup();
  }
  auto backup = operation.get();
  if (backup) {
    std::cout << "The backup was completed before it could be cancelled."
              << std::endl;
    return delete_backup();
  }
  auto const code = backup.status().code();
  if (code == StatusCode::kCancelled) {
    std::cout << "The operation was cancelled; no backup was made."
              << std::endl;
    return;
  }

  // The error is that of the create, of the operation or of a poll; the library
  // does not say which. What is there of the backup does.
  auto const failure = "Could not create backup " + backup_id + ": " +
                       StatusCodeToString(code) + ".";
  auto const found = client.GetBackup(backup_name);
  if (!found && found.status().code() != StatusCode::kNotFound) {
    throw std::runtime_error(
        failure + "\nCould not tell whether it exists: " +
        StatusCodeToString(found.status().code()) + ".");
  }
  // Somebody else's backup may have this name; the expiration time, of which the
  // service keeps microseconds, tells ours from it.
  auto const& wanted = request.backup();
  bool const was_started =
      found && found->database() == wanted.database() &&
      TimeUtil::TimestampToMicroseconds(found->expire_time()) ==
          TimeUtil::TimestampToMicroseconds(wanted.expire_time());
  if (!was_started) throw std::runtime_error(failure);
  switch (code) {
    case StatusCode::kUnavailable:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kUnknown:
    case StatusCode::kInternal:
      // The create took effect although its reply says otherwise.
      delete_backup();
      throw std::runtime_error(failure);
    default:
      // A create that is refused starts no backup, so this was a poll.
      std::cerr << "Could not see the operation end: "
                << StatusCodeToString(code) << "." << std::endl;
      delete_backup();
  }
}
// [END spanner_cancel_backup_create]

int main(int argc, char* argv[]) try {
  if (argc != 5) {
    std::cerr << "usage: " << argv[0] << " PROJECT INSTANCE DATABASE BACKUP\n";
    return 2;
  }
  // Three days from now; the service keeps microseconds.
  auto const expire_time =
      std::chrono::time_point_cast<std::chrono::microseconds>(
          std::chrono::system_clock::now() + std::chrono::hours(3 * 24));
  google::cloud::spanner_admin::DatabaseAdminClient client(
      google::cloud::spanner_admin::MakeDatabaseAdminConnection());
  CreateBackupAndCancel(
      std::move(client), argv[1], argv[2], argv[3], argv[4],
      google::cloud::spanner::MakeTimestamp(expire_time).value());
  return 0;
} catch (google::cloud::Status const& status) {
  // Samples throw what the library returns, which is no std::exception.
  std::cerr << "Error: " << status << "\n";
  return 1;
} catch (std::exception const& error) {
  std::cerr << error.what() << "\n";
  return 1;
}

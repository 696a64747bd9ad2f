# frozen_string_literal: true

# Cancels the creation of a Cloud Spanner backup.
def cancel_backup project_id:, instance_id:, database_id:, backup_id:
  # [START spanner_cancel_backup_create]
  # project_id  = "Your Google Cloud project ID"
  # instance_id = "Your Spanner instance ID"
  # database_id = "Your Spanner database ID"
  # backup_id = "Your Spanner backup ID"

  require "google/cloud/spanner"
  require "google/cloud/spanner/admin/database"
  require "google/rpc/code_pb"

  # After one of these, create_backup may have taken effect although its reply says otherwise.
  may_have_started = [
    Google::Cloud::UnavailableError,
    Google::Cloud::DeadlineExceededError,
    Google::Cloud::UnknownError,
    Google::Cloud::InternalError
  ]
  # How long to wait for the operation to end, in seconds.
  patience = 300

  database_admin_client = Google::Cloud::Spanner::Admin::Database.database_admin project_id: project_id
  # The operation that create_backup returns is polled and cancelled with the options of create_backup, which is never
  # retried. This client asks anew while the service is not available.
  operations_client = database_admin_client.operations_client
  operations_client.configure do |config|
    config.timeout = 10
    config.retry_policy = { retry_codes: ["UNAVAILABLE"], initial_delay: 0.5, multiplier: 2, max_delay: 10 }
  end

  instance_path = database_admin_client.instance_path project: project_id, instance: instance_id
  database_path = database_admin_client.database_path project: project_id,
                                                      instance: instance_id,
                                                      database: database_id
  backup_path = database_admin_client.backup_path project: project_id, instance: instance_id, backup: backup_id
  # Three days from now; the service keeps microseconds.
  expire_time = Time.now.floor(6) + (3 * 24 * 60 * 60)

  # The name in google.rpc.Code.
  code_of = ->(error) { Google::Rpc::Code.lookup(error.code) || error.code }

  delete_backup = lambda do
    database_admin_client.delete_backup name: backup_path
    puts "Deleted backup #{backup_id}."
  rescue Google::Cloud::Error => e
    abort "Could not delete backup #{backup_id}: #{code_of.call e}."
  end

  # Somebody else's backup may have this name; the expiration time tells ours from it.
  backup_was_started = lambda do
    found = database_admin_client.get_backup name: backup_path
    found.database == database_path && found.expire_time&.to_time == expire_time
  rescue Google::Cloud::NotFoundError
    false
  rescue Google::Cloud::Error => e
    abort "Could not tell whether backup #{backup_id} exists: #{code_of.call e}."
  end

  # Polls the operation, ever less often, and returns it once it is done.
  wait_for_end = lambda do |operation|
    delay = 1.0
    waited = 0.0
    until operation.done?
      operation = operations_client.get_operation({ name: operation.name })
      break if operation.done?

      raise Google::Cloud::DeadlineExceededError, "#{operation.name} is still running" if waited >= patience

      sleep delay
      waited += delay
      delay = [delay * 1.5, 10.0].min
    end
    operation
  end

  puts "Creating backup #{backup_id} of database #{database_id}."
  begin
    operation = database_admin_client.create_backup parent: instance_path,
                                                    backup_id: backup_id,
                                                    backup: {
                                                      database: database_path,
                                                      expire_time: expire_time
                                                    }
  rescue Google::Cloud::Error => e
    warn "Could not create backup #{backup_id}: #{code_of.call e}."
    delete_backup.call if may_have_started.include?(e.class) && backup_was_started.call
    exit 1
  end

  puts "Cancelling operation #{operation.name}."
  begin
    operations_client.cancel_operation({ name: operation.name })
  rescue Google::Cloud::Error => e
    puts "The cancel request was refused: #{code_of.call e}."
  end

  # Cancelling is best effort: only the end of the operation tells what came of it.
  begin
    operation = wait_for_end.call operation
  rescue Google::Cloud::Error => e
    warn "Could not see the operation end: #{code_of.call e}."
    # Deleting a backup that is still being created also cancels its operation.
    delete_backup.call
    return
  end

  if operation.response?
    puts "The backup was completed before it could be cancelled."
    delete_backup.call
  elsif operation.error.code == Google::Rpc::Code::CANCELLED
    puts "The operation was cancelled; no backup was made."
  else
    abort "The operation failed: #{code_of.call operation.error}."
  end
  # [END spanner_cancel_backup_create]
end

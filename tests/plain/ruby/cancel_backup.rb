# frozen_string_literal: true

# Cancels the creation of a Cloud Spanner backup over REST, with nothing but Ruby's own library:
# ruby cancel_backup.rb PROJECT INSTANCE DATABASE BACKUP

$stdout.sync = true

if ARGV.length != 4
  warn "usage: ruby #{$PROGRAM_NAME} PROJECT INSTANCE DATABASE BACKUP"
  exit 2
end
project_id, instance_id, database_id, backup_id = ARGV

# [START spanner_cancel_backup_create]
require "json"
require "net/http"
require "time"

# A request that failed; its message is the name in google.rpc.Code.
class ServiceError < StandardError
  # After one of these, a request may have taken effect although its answer says otherwise.
  UNCERTAIN = ["UNAVAILABLE", "DEADLINE_EXCEEDED", "UNKNOWN", "INTERNAL"].freeze

  def may_have_taken_effect?
    UNCERTAIN.include? message
  end
end

# The REST API of Cloud Spanner. Each method returns what the service answers, or raises a ServiceError.
class Spanner
  HOST = "spanner.googleapis.com"
  ATTEMPTS = 5

  def initialize token
    @headers = { "Authorization" => "Bearer #{token}", "Content-Type" => "application/json" }
  end

  def request method, path, body = nil
    response = Net::HTTP.start HOST, use_ssl: true, max_retries: 0, open_timeout: 10, read_timeout: 30 do |http|
      http.send_request method, "/v1/#{path}", body && JSON.generate(body), @headers
    end
    raise ServiceError, status_of(response) unless response.is_a? Net::HTTPSuccess

    JSON.parse response.body
  rescue Timeout::Error
    raise ServiceError, "DEADLINE_EXCEEDED"
  rescue SystemCallError, SocketError, IOError, OpenSSL::SSL::SSLError
    raise ServiceError, "UNAVAILABLE"
  end

  # As request, for what may be repeated: it is, while the service is not available.
  def repeatable_request method, path, body = nil
    attempt = 1
    begin
      request method, path, body
    rescue ServiceError => e
      raise if e.message != "UNAVAILABLE" || attempt == ATTEMPTS

      sleep 0.5 * (2**attempt)
      attempt += 1
      retry
    end
  end

  private

  def status_of response
    JSON.parse(response.body).dig("error", "status") || "UNKNOWN"
  rescue JSON::ParserError, TypeError
    "UNKNOWN"
  end
end

# Polls the operation, ever less often, and returns it once it is done; waits `patience` seconds in all.
def wait_for_end spanner, operation, patience: 300
  delay = 1.0
  waited = 0.0
  until operation["done"]
    operation = spanner.repeatable_request "GET", operation["name"]
    break if operation["done"]

    raise ServiceError, "DEADLINE_EXCEEDED" if waited >= patience

    sleep delay
    waited += delay
    delay = [delay * 1.5, 10.0].min
  end
  operation
end

# The names in google.rpc.Code, by their numbers.
CODES = ["OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
         "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
         "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"].freeze

spanner = Spanner.new ENV.fetch("GOOGLE_OAUTH_ACCESS_TOKEN")
instance = "projects/#{project_id}/instances/#{instance_id}"
database = "#{instance}/databases/#{database_id}"
backup = "#{instance}/backups/#{backup_id}"
# Three days from now; the service keeps microseconds.
expire_time = Time.now.utc.floor(6) + (3 * 24 * 60 * 60)

delete_backup = lambda do
  spanner.repeatable_request "DELETE", backup
  puts "Deleted backup #{backup_id}."
rescue ServiceError => e
  abort "Could not delete backup #{backup_id}: #{e.message}."
end

# Somebody else's backup may have this name; the expiration time tells ours from it.
backup_was_started = lambda do
  found = spanner.repeatable_request "GET", backup
  found["database"] == database && Time.iso8601(found["expireTime"]) == expire_time
rescue ServiceError => e
  abort "Could not tell whether backup #{backup_id} exists: #{e.message}." if e.message != "NOT_FOUND"
  false
end

puts "Creating backup #{backup_id} of database #{database_id}."
begin
  operation = spanner.request "POST", "#{instance}/backups?backupId=#{backup_id}",
                              { database: database, expireTime: expire_time.iso8601(6) }
rescue ServiceError => e
  warn "Could not create backup #{backup_id}: #{e.message}."
  delete_backup.call if e.may_have_taken_effect? && backup_was_started.call
  exit 1
end

puts "Cancelling operation #{operation['name']}."
begin
  spanner.repeatable_request "POST", "#{operation['name']}:cancel", {}
rescue ServiceError => e
  puts "The cancel request was refused: #{e.message}."
end

# Cancelling is best effort: only the end of the operation tells what came of it.
begin
  operation = wait_for_end spanner, operation
rescue ServiceError => e
  warn "Could not see the operation end: #{e.message}."
  # Deleting a backup that is still being created also cancels its operation.
  delete_backup.call
  exit
end

if operation.key? "response"
  puts "The backup was completed before it could be cancelled."
  delete_backup.call
elsif CODES[operation["error"]["code"]] == "CANCELLED"
  puts "The operation was cancelled; no backup was made."
else
  abort "The operation failed: #{CODES[operation['error']['code']]}."
end
# [END spanner_cancel_backup_create]

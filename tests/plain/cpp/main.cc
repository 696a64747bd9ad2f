// Cancels the creation of a Cloud Spanner backup over REST, with libcurl: cancel_backup PROJECT INSTANCE DATABASE BACKUP

// [START spanner_cancel_backup_create]
#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

using nlohmann::json;

// A request that failed; what() is the name in google.rpc.Code.
struct ServiceError : std::runtime_error {
  using std::runtime_error::runtime_error;

  std::string code() const { return what(); }

  // Whether the request may have taken effect although its answer says otherwise.
  bool may_have_taken_effect() const {
    static std::set<std::string> const kUncertain{"UNAVAILABLE", "DEADLINE_EXCEEDED", "UNKNOWN", "INTERNAL"};
    return kUncertain.count(code()) == 1;
  }
};

// The REST API of Cloud Spanner. Its members return what the service answers, or throw a ServiceError.
class Spanner {
 public:
  explicit Spanner(std::string const& token) : curl_(curl_easy_init(), curl_easy_cleanup), headers_(nullptr, curl_slist_free_all) {
    if (!curl_) throw std::runtime_error("libcurl cannot be used");
    headers_.reset(curl_slist_append(nullptr, ("Authorization: Bearer " + token).c_str()));
    curl_slist_append(headers_.get(), "Content-Type: application/json");
  }

  json request(std::string const& method, std::string const& path, json const& body = nullptr) {
    std::string const url = "https://spanner.googleapis.com/v1/" + path;
    std::string const sent = body.is_null() ? "" : body.dump();
    std::string answer;
    CURL* curl = curl_.get();
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    if (!body.is_null()) curl_easy_setopt(curl, CURLOPT_POSTFIELDS, sent.c_str());
    // Only the command line tool of curl reads this variable by itself.
    if (char const* authorities = std::getenv("CURL_CA_BUNDLE")) curl_easy_setopt(curl, CURLOPT_CAINFO, authorities);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Spanner::append);

    CURLcode const outcome = curl_easy_perform(curl);
    if (outcome == CURLE_OPERATION_TIMEDOUT) throw ServiceError("DEADLINE_EXCEEDED");
    if (outcome != CURLE_OK) throw ServiceError("UNAVAILABLE");
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    json const parsed = json::parse(answer, nullptr, /*allow_exceptions=*/false);
    if (status / 100 == 2 && parsed.is_object()) return parsed;
    static json::json_pointer const kStatus("/error/status");
    throw ServiceError(parsed.is_object() && parsed.contains(kStatus) ? parsed.at(kStatus).get<std::string>() : "UNKNOWN");
  }

  // As request, for what may be repeated: it is, while the service is not available.
  json repeatable_request(std::string const& method, std::string const& path, json const& body = nullptr) {
    auto delay = std::chrono::seconds(1);
    for (int attempt = 1;; ++attempt) {
      try {
        return request(method, path, body);
      } catch (ServiceError const& error) {
        if (error.code() != "UNAVAILABLE" || attempt == 5) throw;
      }
      std::this_thread::sleep_for(delay);
      delay *= 2;
    }
  }

  // Polls the operation, ever less often, and returns it once it is done; waits `patience` in all.
  json wait_for_end(json operation, std::chrono::milliseconds patience = std::chrono::minutes(5)) {
    std::chrono::milliseconds delay(1000);
    std::chrono::milliseconds waited(0);
    while (!operation.value("done", false)) {
      operation = repeatable_request("GET", operation.at("name"));
      if (operation.value("done", false)) break;
      if (waited >= patience) throw ServiceError("DEADLINE_EXCEEDED");
      std::this_thread::sleep_for(delay);
      waited += delay;
      delay = std::min(delay * 3 / 2, std::chrono::milliseconds(10000));
    }
    return operation;
  }

 private:
  static std::size_t append(char* bytes, std::size_t size, std::size_t count, void* answer) {
    static_cast<std::string*>(answer)->append(bytes, size * count);
    return size * count;
  }

  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl_;
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers_;
};

// The name in google.rpc.Code of a number.
std::string name_of(std::size_t code) {
  static std::array<char const*, 17> const kNames{
      "OK",           "CANCELLED",         "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED", "NOT_FOUND",
      "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",           "OUT_OF_RANGE",
      "UNIMPLEMENTED", "INTERNAL",          "UNAVAILABLE",       "DATA_LOSS",          "UNAUTHENTICATED"};
  return code < kNames.size() ? kNames[code] : std::to_string(code);
}

// A timestamp in RFC 3339, to the microsecond.
std::string timestamp(std::chrono::system_clock::time_point moment) {
  auto const micros = std::chrono::duration_cast<std::chrono::microseconds>(moment.time_since_epoch()).count();
  std::time_t const seconds = micros / 1000000;
  std::tm broken_down{};
  gmtime_r(&seconds, &broken_down);
  char second[sizeof "2006-01-02T15:04:05"];
  std::strftime(second, sizeof second, "%Y-%m-%dT%H:%M:%S", &broken_down);
  std::string const fraction = std::to_string(1000000 + micros % 1000000).substr(1);
  return std::string(second) + "." + fraction + "Z";
}

// The same timestamp without zeros at the end of the fraction, of which a service may write more or fewer.
std::string canonical(std::string text) {
  if (text.find('.') != std::string::npos && text.back() == 'Z') {
    text.erase(text.find_last_not_of("0Z") + 1);
    if (text.back() == '.') text.pop_back();
    text += 'Z';
  }
  return text;
}

// Starts a backup and cancels it, so that no backup of this call is left. Throws if the backup could not be created, failed
// by itself, or could not be deleted.
void cancel_backup(Spanner& spanner, std::string const& project_id, std::string const& instance_id,
                   std::string const& database_id, std::string const& backup_id) {
  std::string const instance = "projects/" + project_id + "/instances/" + instance_id;
  std::string const database = instance + "/databases/" + database_id;
  std::string const backup = instance + "/backups/" + backup_id;
  std::string const expire_time = timestamp(std::chrono::system_clock::now() + std::chrono::hours(3 * 24));

  auto delete_backup = [&] {
    try {
      spanner.repeatable_request("DELETE", backup);
    } catch (ServiceError const& error) {
      throw std::runtime_error("Could not delete backup " + backup_id + ": " + error.code() + ".");
    }
    std::cout << "Deleted backup " << backup_id << "." << std::endl;
  };

  // Somebody else's backup may have this name; the expiration time tells ours from it.
  auto backup_was_started = [&] {
    try {
      json const found = spanner.repeatable_request("GET", backup);
      return found.value("database", "") == database && canonical(found.value("expireTime", "")) == canonical(expire_time);
    } catch (ServiceError const& error) {
      if (error.code() == "NOT_FOUND") return false;
      throw std::runtime_error("Could not tell whether backup " + backup_id + " exists: " + error.code() + ".");
    }
  };

  std::cout << "Creating backup " << backup_id << " of database " << database_id << "." << std::endl;
  json operation;
  try {
    operation = spanner.request("POST", instance + "/backups?backupId=" + backup_id,
                                {{"database", database}, {"expireTime", expire_time}});
  } catch (ServiceError const& error) {
    std::string failure = "Could not create backup " + backup_id + ": " + error.code() + ".";
    try {
      if (error.may_have_taken_effect() && backup_was_started()) delete_backup();
    } catch (std::runtime_error const& consequence) {
      failure += std::string("\n") + consequence.what();
    }
    throw std::runtime_error(failure);
  }

  std::string const name = operation.at("name");
  std::cout << "Cancelling operation " << name << "." << std::endl;
  try {
    spanner.repeatable_request("POST", name + ":cancel", json::object());
  } catch (ServiceError const& error) {
    std::cout << "The cancel request was refused: " << error.code() << "." << std::endl;
  }

  // Cancelling is best effort: only the end of the operation tells what came of it.
  try {
    operation = spanner.wait_for_end(operation);
  } catch (ServiceError const& error) {
    std::cerr << "Could not see the operation end: " << error.code() << "." << std::endl;
    // Deleting a backup that is still being created also cancels its operation.
    delete_backup();
    return;
  }

  if (operation.contains("response")) {
    std::cout << "The backup was completed before it could be cancelled." << std::endl;
    delete_backup();
    return;
  }
  std::string const code = name_of(operation.at("error").at("code"));
  if (code != "CANCELLED") throw std::runtime_error("The operation failed: " + code + ".");
  std::cout << "The operation was cancelled; no backup was made." << std::endl;
}
// [END spanner_cancel_backup_create]

int main(int argc, char* argv[]) try {
  if (argc != 5) {
    std::cerr << "usage: " << argv[0] << " PROJECT INSTANCE DATABASE BACKUP\n";
    return 2;
  }
  char const* token = std::getenv("GOOGLE_OAUTH_ACCESS_TOKEN");
  if (token == nullptr) throw std::runtime_error("GOOGLE_OAUTH_ACCESS_TOKEN is not set");
  Spanner spanner(token);
  cancel_backup(spanner, argv[1], argv[2], argv[3], argv[4]);
  return 0;
} catch (std::exception const& error) {
  std::cerr << error.what() << "\n";
  return 1;
}

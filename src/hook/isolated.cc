#include "hook/isolated.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>

#include "core/file.h"

namespace leaksift {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kThrown = 70;

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

// Without running what the parent has registered for its own end, and without
// tearing anything down.
[[noreturn]] void work_and_exit(const std::function<std::string()>& work,
                                int fd, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kThrown);  // it died in the meantime
  try {
    _exit(write_all(fd, work()) ? 0 : kThrown);
  } catch (const std::exception& e) {
    const std::string what = std::string("leaksift: ") + e.what() + "\n";
    write_all(STDERR_FILENO, what);
  }
  _exit(kThrown);
}

// Milliseconds, rounded up.
int time_left(Clock::time_point until) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 1'000'000'000));
}

// Until the child closes its end, or the time is over: false.
bool read_until(int fd, Clock::time_point until, std::string& out) {
  std::array<char, 1 << 16> buffer;
  for (;;) {
    pollfd waiting{fd, POLLIN, 0};
    const int ready = poll(&waiting, 1, time_left(until));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    out.append(buffer.data(), static_cast<size_t>(count));
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

Outcome run_isolated(const std::function<std::string()>& work,
                     Clock::time_point until) {
  Outcome outcome;
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    outcome.detail = std::string("no pipe: ") + std::strerror(errno);
    return outcome;
  }
  const FileHandle from(ends[0]);
  FileHandle to(ends[1]);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) {
    outcome.detail = std::string("no process: ") + std::strerror(errno);
    return outcome;
  }
  if (child == 0) work_and_exit(work, to.fd(), parent);
  to = FileHandle();
  if (!read_until(from.fd(), until, outcome.bytes)) {
    kill(child, SIGKILL);
    wait_for(child);
    outcome.kind = Outcome::Kind::kLate;
    outcome.bytes.clear();
    return outcome;
  }
  const int status = wait_for(child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    outcome.kind = Outcome::Kind::kDone;
  } else if (WIFSIGNALED(status)) {
    outcome.detail = std::string("the scan was ended by signal ") +
                     std::to_string(WTERMSIG(status)) + " (" +
                     strsignal(WTERMSIG(status)) + ")";
  } else {
    outcome.detail = "the scan could not go on";
  }
  return outcome;
}

}  // namespace leaksift

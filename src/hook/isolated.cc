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
#include <utility>

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

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

IsolatedWork IsolatedWork::start(const std::function<std::string()>& work) {
  IsolatedWork started;
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    started.outcome_.detail = std::string("no pipe: ") + std::strerror(errno);
    return started;
  }
  FileHandle from(ends[0]);
  const FileHandle to(ends[1]);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) {
    started.outcome_.detail =
        std::string("no process: ") + std::strerror(errno);
    return started;
  }
  if (child == 0) work_and_exit(work, to.fd(), parent);
  started.from_ = std::move(from);
  started.child_ = child;
  return started;
}

IsolatedWork::IsolatedWork(IsolatedWork&& other) noexcept
    : from_(std::move(other.from_)),
      child_(std::exchange(other.child_, -1)),
      stopped_(other.stopped_),
      outcome_(std::move(other.outcome_)) {}

IsolatedWork::~IsolatedWork() {
  if (child_ < 0) return;
  stop();
  wait_for(child_);
}

bool IsolatedWork::take() {
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const ssize_t count = read(from_.fd(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    outcome_.bytes.append(buffer.data(), static_cast<size_t>(count));
    return true;
  }
}

void IsolatedWork::stop() {
  stopped_ = true;
  if (child_ >= 0) kill(child_, SIGKILL);
}

Outcome IsolatedWork::outcome() {
  if (child_ < 0) return std::move(outcome_);
  const int status = wait_for(std::exchange(child_, -1));
  if (stopped_) {
    outcome_.kind = Outcome::Kind::kLate;
    outcome_.bytes.clear();
  } else if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    outcome_.kind = Outcome::Kind::kDone;
  } else if (WIFSIGNALED(status)) {
    outcome_.detail = std::string("the scan was ended by signal ") +
                      std::to_string(WTERMSIG(status)) + " (" +
                      strsignal(WTERMSIG(status)) + ")";
  } else {
    outcome_.detail = "the scan could not go on";
  }
  return std::move(outcome_);
}

Outcome run_isolated(const std::function<std::string()>& work,
                     Clock::time_point until) {
  IsolatedWork running = IsolatedWork::start(work);
  while (running.fd() >= 0) {
    pollfd waiting{running.fd(), POLLIN, 0};
    const int ready = poll(&waiting, 1, time_left(until));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      running.stop();
      break;
    }
    if (!running.take()) break;
  }
  return running.outcome();
}

}  // namespace leaksift

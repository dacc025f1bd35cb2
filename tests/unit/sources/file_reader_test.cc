#include "sources/file_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <thread>

#include "support/catch.h"
#include "support/temp_dir.h"

using namespace leaksift;

namespace {

std::string numbered(size_t size) {
  std::string bytes;
  while (bytes.size() < size) bytes += std::to_string(bytes.size()) + ' ';
  bytes.resize(size);
  return bytes;
}

FileHandle open_for_reading(const std::string& path) {
  FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  REQUIRE(file);
  return file;
}

// Reads all windows, checks that they are what Window promises, and returns
// the bytes that they own, one after another.
std::string reassemble(int fd, WindowBuffer& buffer, const WindowSizes& sizes,
                       size_t& windows) {
  WindowReader reader(fd, buffer, sizes);
  std::string bytes;
  Window window;
  windows = 0;
  for (;;) {
    const Result<bool> more = reader.next(window);
    REQUIRE(more);
    if (!*more) break;
    ++windows;
    const uint64_t end = window.offset + window.text.size();
    REQUIRE(window.own.begin == bytes.size());
    REQUIRE(window.offset ==
            bytes.size() - std::min(bytes.size(), sizes.margin));
    REQUIRE(window.own.end <= end);
    if (!window.last) REQUIRE(end - window.own.end == sizes.margin);
    if (!window.last) REQUIRE(window.own.size() > 0);
    if (window.last) REQUIRE(window.own.end == end);
    // The margin in front repeats what was read before.
    const size_t lead = window.own.begin - window.offset;
    REQUIRE(window.text.substr(0, lead) ==
            std::string_view(bytes).substr(window.offset));
    bytes += window.text.substr(lead, window.own.size());
  }
  REQUIRE(window.last);
  return bytes;
}

}  // namespace

TEST_CASE("windows of any size make up the file", "[sources][file_reader]") {
  const TempDir dir;
  WindowBuffer buffer;
  for (const size_t size : {0U, 1U, 2U, 7U, 8U, 9U, 63U, 64U, 65U, 200U}) {
    const std::string bytes = numbered(size);
    dir.write("file", bytes);
    for (size_t window_bytes = 0; window_bytes < 70; ++window_bytes) {
      for (const size_t margin : {0U, 1U, 2U, 5U, 16U}) {
        CAPTURE(size, window_bytes, margin);
        const FileHandle file = open_for_reading(dir / "file");
        size_t windows = 0;
        CHECK(reassemble(file.fd(), buffer, {window_bytes, margin}, windows) ==
              bytes);
        if (size <= window_bytes) CHECK(windows == 1);
      }
    }
  }
}

TEST_CASE("a stream that comes in pieces is read like a file",
          "[sources][file_reader]") {
  const bool blocking = GENERATE(true, false);
  int ends[2];
  REQUIRE(::pipe2(ends, blocking ? 0 : O_NONBLOCK) == 0);
  const FileHandle read_end(ends[0]);
  const std::string bytes = numbered(100'000);
  std::thread writer([&] {
    const FileHandle write_end(ends[1]);
    for (size_t at = 0; at < bytes.size();) {
      const size_t piece = std::min<size_t>(777, bytes.size() - at);
      const ssize_t n = ::write(write_end.fd(), bytes.data() + at, piece);
      if (n > 0) at += static_cast<size_t>(n);
      if (n < 0) std::this_thread::yield();
    }
  });
  WindowBuffer buffer;
  size_t windows = 0;
  const std::string read =
      reassemble(read_end.fd(), buffer, {1000, 100}, windows);
  writer.join();
  CHECK(read == bytes);
  CHECK(windows > 100);
}

TEST_CASE("a file that grows or shrinks meanwhile is read as far as it goes",
          "[sources][file_reader]") {
  const TempDir dir;
  dir.write("file", numbered(300));
  const FileHandle file = open_for_reading(dir / "file");
  WindowBuffer buffer;
  WindowReader reader(file.fd(), buffer, {100, 10});
  Window window;
  REQUIRE(*reader.next(window));
  CHECK(window.own == Span{0, 90});
  const off_t new_size = GENERATE(0, 50, 101, 150, 400);
  CAPTURE(new_size);
  REQUIRE(::truncate((dir / "file").c_str(), new_size) == 0);
  uint64_t end = window.own.end;
  while (*reader.next(window)) {
    CHECK(window.own.begin == end);
    end = window.own.end;
  }
  CHECK(window.last);
  // One byte more than the window was read before.
  CHECK(end == std::max<uint64_t>(101, static_cast<uint64_t>(new_size)));
}

TEST_CASE("what cannot be read is an error", "[sources][file_reader]") {
  const TempDir dir;
  const FileHandle directory = open_for_reading(dir.path());
  WindowBuffer buffer;
  WindowReader reader(directory.fd(), buffer, {});
  Window window;
  const Result<bool> read = reader.next(window);
  REQUIRE_FALSE(read);
  CHECK_THAT(read.error().message(), Catch::EndsWith("Is a directory"));
}

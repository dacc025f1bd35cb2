#include "sources/directory.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>

#include "sources/file_reader.h"
#include "sources/tree_root.h"
#include "support/catch.h"
#include "support/git_fixture.h"
#include "support/walk.h"

using namespace leaksift;

namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

std::string read_through(const FileEntry& entry) {
  auto opened = open_file(entry);
  REQUIRE(std::holds_alternative<FileHandle>(opened));
  std::string bytes(entry.size, '\0');
  const int fd = std::get<FileHandle>(opened).fd();
  REQUIRE(read_fully(fd, bytes.data(), bytes.size()) ==
          static_cast<int64_t>(entry.size));
  return bytes;
}

SkipReason reason_not_opened(const FileEntry& entry) {
  const auto opened = open_file(entry);
  REQUIRE(std::holds_alternative<Skipped>(opened));
  return std::get<Skipped>(opened).reason;
}

// Whoever may read everything becomes somebody who may not, for a while.
class Unprivileged {
 public:
  Unprivileged() {
    if (::geteuid() == 0) REQUIRE(::seteuid(65534) == 0);
  }
  ~Unprivileged() {
    if (::getuid() == 0 && ::seteuid(0) != 0) std::abort();
  }
};

// Directories below `top`, so deep that one path to the last is too long for
// the kernel; with a file at the bottom. Returns the relative path to it.
std::string make_deep_tree(const std::string& top) {
  const std::string name(200, 'd');
  std::string path;
  FileHandle at(::open(top.c_str(), O_PATH | O_DIRECTORY));
  for (int i = 0; i < 30; ++i) {
    REQUIRE(::mkdirat(at.fd(), name.c_str(), 0755) == 0);
    at = FileHandle(::openat(at.fd(), name.c_str(), O_PATH | O_DIRECTORY));
    path += name + '/';
  }
  const FileHandle file(
      ::openat(at.fd(), "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  REQUIRE(::write(file.fd(), "bottom", 6) == 6);
  return path + "file";
}

}  // namespace

TEST_CASE("a walk finds all regular files, hidden ones too",
          "[sources][directory]") {
  const TempDir dir;
  dir.write("b", "12345");
  dir.write("a/x", "");
  dir.write(".hidden/.y", "1");
  dir.write("\xff", "1");
  dir.make_directory("empty");
  CHECK(walk(dir.path()).files == Names{".hidden/.y", "a/x", "b", "\xff"});
  CHECK(walk(dir.path()).skipped.empty());
}

TEST_CASE("a listing is in the order of names", "[sources][directory]") {
  const TempDir dir;
  for (const char* name : {"b", "a.c", "a", "a-", "B", "\xc3\xa9"}) {
    dir.write(name, name);
  }
  dir.make_directory("z");
  dir.make_directory("y");
  const Listing listing = list(root_directory(dir.path()));
  Names names;
  for (const FileEntry& file : listing.files) {
    names.push_back(file.path.substr(dir.path().size() + 1));
    CHECK(file.size == names.back().size());
  }
  CHECK(names == Names{"B", "a", "a-", "a.c", "b", "\xc3\xa9"});
  REQUIRE(listing.subdirectories.size() == 2);
  CHECK(listing.subdirectories[0].path() == dir / "y");
  CHECK(listing.subdirectories[1].path() == dir / "z");
}

TEST_CASE("a path is reported as the root was given", "[sources][directory]") {
  const TempDir dir;
  dir.write("sub/file", "text");
  const fs::path before = fs::current_path();
  fs::current_path(dir.path());
  auto [given, directory, file] =
      GENERATE(table<std::string, std::string, std::string>({
          {".", "./sub", "./sub/file"},
          {"sub", "", "sub/file"},
          {"sub//", "", "sub/file"},
          {"./sub/../sub", "", "./sub/../sub/file"},
      }));
  CAPTURE(given);
  Listing listing = list(root_directory(given));
  if (!directory.empty()) {
    REQUIRE(listing.subdirectories.size() == 1);
    CHECK(listing.subdirectories[0].path() == directory);
    listing = list(listing.subdirectories[0]);
  }
  REQUIRE(listing.files.size() == 1);
  CHECK(listing.files[0].path == file);
  CHECK(read_through(listing.files[0]) == "text");
  fs::current_path(before);
}

TEST_CASE("the root of the file system has no second slash",
          "[sources][directory]") {
  const Listing listing = list(root_directory("/"));
  REQUIRE_FALSE(listing.subdirectories.empty());
  for (const Directory& directory : listing.subdirectories) {
    CHECK(directory.path().find('/', 1) == std::string::npos);
    list(directory);
  }
}

TEST_CASE("a root that is missing or no file is an error",
          "[sources][directory]") {
  const TempDir dir;
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0644) == 0);
  const auto missing = open_root(dir / "missing", {});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message() ==
        dir / "missing" + ": No such file or directory");
  const auto pipe = open_root(dir / "pipe", {});
  REQUIRE_FALSE(pipe);
  CHECK_THAT(pipe.error().message(), Catch::EndsWith("a pipe"));
  CHECK_FALSE(open_root("", {}));
}

TEST_CASE("a file given by name is scanned, also through a link",
          "[sources][directory]") {
  const GitFixture repo;
  repo.write(".gitignore", "*\n");
  repo.write("ignored", "text");
  repo.around().link("repo/link", "ignored");
  for (const char* name : {"ignored", "link"}) {
    const auto root = open_root(repo / name, {});
    REQUIRE(root);
    REQUIRE(std::holds_alternative<FileEntry>(*root));
    const auto& entry = std::get<FileEntry>(*root);
    CHECK(entry.path == repo / name);
    CHECK(read_through(entry) == "text");
  }
}

TEST_CASE("symbolic links are named and not followed", "[sources][directory]") {
  const TempDir dir;
  dir.write("tree/real/file", "1");
  dir.write("outside/secret", "1");
  dir.link("tree/loop", ".");
  dir.link("tree/real/up", "..");
  dir.link("tree/out", dir / "outside");
  dir.link("tree/file", "real/file");
  dir.link("tree/broken", "nowhere");
  const Walked walked = walk(dir / "tree");
  CHECK(walked.files == Names{"real/file"});
  CHECK(walked.skipped_as(SkipReason::kSymlink) ==
        Names{dir / "tree/broken", dir / "tree/file", dir / "tree/loop",
              dir / "tree/out", dir / "tree/real/up"});
}

TEST_CASE("a root that is a link to a directory is followed",
          "[sources][directory]") {
  const TempDir dir;
  dir.write("real/sub/file", "1");
  dir.link("link", "real");
  CHECK(walk(dir / "link").files == Names{"sub/file"});
}

TEST_CASE("pipes, sockets and devices are named and not opened",
          "[sources][directory]") {
  const TempDir dir;
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0644) == 0);
  const FileHandle socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = dir / "socket";
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(socket.fd(), reinterpret_cast<sockaddr*>(&address),
                 sizeof address) == 0);
  const Walked walked = walk(dir.path());
  CHECK(walked.files.empty());
  REQUIRE(walked.skipped.size() == 2);
  CHECK(walked.skipped[0] ==
        Skipped{SkipReason::kSpecialFile, dir / "pipe", "a pipe"});
  CHECK(walked.skipped[1] ==
        Skipped{SkipReason::kSpecialFile, dir / "socket", "a socket"});
}

TEST_CASE("file systems that the kernel makes up are not entered",
          "[sources][directory]") {
  const Listing root = list(root_directory("/"));
  for (const Directory& directory : root.subdirectories) {
    if (directory.path() != "/proc") continue;
    const Listing listing = list(directory);
    CHECK(listing.files.empty());
    CHECK(listing.subdirectories.empty());
    REQUIRE(listing.skipped.size() == 1);
    CHECK(listing.skipped[0].reason == SkipReason::kSpecialFile);
  }
}

TEST_CASE("what may not be read is named with what the system said",
          "[sources][directory]") {
  const TempDir dir;
  fs::permissions(dir.path(), fs::perms::all);
  dir.write("closed/file", "1");
  dir.write("file", "1");
  fs::permissions(dir / "closed", fs::perms::none);
  fs::permissions(dir / "file", fs::perms::none);
  {
    const Unprivileged now;
    const Walked walked = walk(dir.path());
    CHECK(walked.files == Names{"file"});
    CHECK(walked.skipped ==
          std::vector<Skipped>{
              {SkipReason::kUnreadable, dir / "closed", "Permission denied"}});
    const Listing listing = list(root_directory(dir.path()));
    CHECK(reason_not_opened(listing.files[0]) == SkipReason::kUnreadable);
  }
  fs::permissions(dir / "closed", fs::perms::all);
}

TEST_CASE("what is gone when it is opened has vanished",
          "[sources][directory]") {
  const TempDir dir;
  dir.write("file", "1");
  dir.write("sub/file", "1");
  const Listing listing = list(root_directory(dir.path()));
  fs::remove_all(dir / "file");
  fs::remove_all(dir / "sub");
  CHECK(reason_not_opened(listing.files[0]) == SkipReason::kVanished);
  const Listing gone = list(listing.subdirectories[0]);
  REQUIRE(gone.skipped.size() == 1);
  CHECK(gone.skipped[0].reason == SkipReason::kVanished);
  CHECK(gone.skipped[0].name == dir / "sub");
}

TEST_CASE("a link put in the place of something found is not followed",
          "[sources][directory]") {
  const TempDir dir;
  dir.write("tree/file", "1");
  dir.write("tree/a/b/file", "1");
  dir.write("outside/b/file", "secret");
  const Listing top = list(root_directory(dir / "tree"));
  const Listing below = list(top.subdirectories[0]);
  const Listing bottom = list(below.subdirectories[0]);
  fs::remove_all(dir / "tree/a");
  fs::remove(dir / "tree/file");
  dir.link("tree/a", dir / "outside");
  dir.link("tree/file", dir / "outside/b/file");
  CHECK(reason_not_opened(top.files[0]) == SkipReason::kVanished);
  CHECK(reason_not_opened(bottom.files[0]) == SkipReason::kVanished);
  for (const Directory& gone :
       {top.subdirectories[0], below.subdirectories[0]}) {
    const Listing listing = list(gone);
    CHECK(listing.files.empty());
    REQUIRE(listing.skipped.size() == 1);
    CHECK(listing.skipped[0].reason == SkipReason::kVanished);
  }
}

TEST_CASE("a pipe put in the place of a file does not keep one waiting",
          "[sources][directory]") {
  const TempDir dir;
  dir.write("file", "1");
  const Listing listing = list(root_directory(dir.path()));
  fs::remove(dir / "file");
  REQUIRE(::mkfifo((dir / "file").c_str(), 0644) == 0);
  CHECK(reason_not_opened(listing.files[0]) == SkipReason::kSpecialFile);
}

TEST_CASE("paths longer than the kernel takes at once are walked and opened",
          "[sources][directory]") {
  const TempDir dir;
  dir.make_directory("top");
  const std::string path = make_deep_tree(dir / "top");
  REQUIRE(path.size() > 4096);
  CHECK(walk(dir / "top").files == Names{path});

  Directory at = root_directory(dir / "top");
  Listing listing = list(at);
  while (listing.files.empty()) {
    REQUIRE(listing.subdirectories.size() == 1);
    listing = list(Directory(listing.subdirectories[0]));
  }
  CHECK(read_through(listing.files[0]) == "bottom");
}

TEST_CASE("without openat2 the same is opened and refused",
          "[sources][directory]") {
  const TempDir dir;
  dir.write("a/b/file", "1");
  dir.link("link", "a");
  dir.link("a/b/link", "file");
  dir.make_directory("top");
  const std::string deep = "top/" + make_deep_tree(dir / "top");
  const FileHandle top(::open(dir.path().c_str(), O_PATH | O_DIRECTORY));
  for (const auto open : {open_beneath, open_by_components}) {
    CHECK(open(top.fd(), "a/b/file", O_RDONLY));
    CHECK(open(top.fd(), "a/b", O_RDONLY | O_DIRECTORY));
    CHECK(open(top.fd(), "", O_RDONLY | O_DIRECTORY));
    CHECK(open(top.fd(), deep, O_RDONLY));
    CHECK_FALSE(open(top.fd(), "a/b/none", O_RDONLY));
    CHECK(errno == ENOENT);
    CHECK_FALSE(open(top.fd(), "a/b/link", O_RDONLY));
    CHECK(errno == ELOOP);
    CHECK_FALSE(open(top.fd(), "link/b/file", O_RDONLY));
    CHECK((errno == ELOOP || errno == ENOTDIR));
  }
}

TEST_CASE("a walk keeps no file open", "[sources][directory]") {
  const TempDir dir;
  for (int i = 0; i < 50; ++i) dir.write(std::to_string(i) + "/file", "1");
  const auto count_open = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = count_open();
  const Listing listing = list(root_directory(dir.path()));
  REQUIRE(listing.subdirectories.size() == 50);
  CHECK(count_open() == before + 1);  // the root
}

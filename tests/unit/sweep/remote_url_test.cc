#include "sweep/remote_url.h"

#include <string>
#include <vector>

#include "support/catch.h"

namespace leaksift {
namespace {

struct Known {
  std::string text;
  std::string key;
  std::string url;
};

TEST_CASE("all ways to reach a repository have one key") {
  const std::vector<Known> known = {
      {"https://git.example/pay/api", "git.example/pay/api",
       "https://git.example/pay/api"},
      {"https://GIT.example:443/pay/api.git", "git.example/pay/api",
       "https://git.example/pay/api.git"},
      {"https://git.example//pay/api.git/", "git.example/pay/api",
       "https://git.example//pay/api.git/"},
      {"git@git.example:pay/api.git", "git.example/pay/api",
       "git@git.example:pay/api.git"},
      {"ssh://git@git.example:22/pay/api.git", "git.example/pay/api",
       "ssh://git@git.example/pay/api.git"},
      {"git://git.example/pay/api", "git.example/pay/api",
       "git://git.example/pay/api"},
      {"http://[::1]:8080/pay/api", "[::1]:8080/pay/api",
       "http://[::1]:8080/pay/api"},
      {"file:///srv/git/api.git", "localhost/srv/git/api",
       "file:///srv/git/api.git"}};
  for (const Known& expected : known) {
    CAPTURE(expected.text);
    const Result<RemoteUrl> remote = parse_remote_url(expected.text);
    REQUIRE(remote);
    CHECK(remote->key() == expected.key);
    CHECK(remote->url == expected.url);
  }
}

TEST_CASE("credentials in a URL are left behind") {
  for (const std::string text : {"https://alice:hunter2@git.example/a/b",
                                 "https://hunter2@git.example/a/b",
                                 "https://alice:hunter2@git.example:443/a/b",
                                 "https://a@b:hunter2@git.example/a/b"}) {
    CAPTURE(text);
    const Result<RemoteUrl> remote = parse_remote_url(text);
    REQUIRE(remote);
    CHECK(remote->key() == "git.example/a/b");
    CHECK(remote->url == "https://git.example/a/b");
  }
  const Result<RemoteUrl> ssh = parse_remote_url("ssh://git:hunter2@h/a/b");
  REQUIRE(ssh);
  CHECK(ssh->url == "ssh://git@h/a/b");
}

TEST_CASE("a hostile URL is refused, and no password of it is shown") {
  for (const std::string text : {"ext::sh -c touch% HIT",
                                 "ext::sh",
                                 "-oProxyCommand=touch",
                                 "--upload-pack=touch",
                                 "ssh://-oProxyCommand=touch/a/b",
                                 "ssh://-lroot@host/a/b",
                                 "-host:a/b",
                                 "user@-host:a/b",
                                 "https://u:hunter2@host/../../etc",
                                 "https://u:hunter2@host/a/./b",
                                 "https://u:hunter2@/a/b",
                                 "https://u:hunter2@host",
                                 "https://u:hunter2@host/",
                                 "https://u:hunter2@host/.git",
                                 "https://u:hunter2@ho st/a",
                                 "https://u:hunter2@host/a\nb",
                                 "https://u:hunter2@host/a\x1b[2J",
                                 "https://u:hunter2@host:99999999/a",
                                 "https://u:hunter2@host/a?hunter2",
                                 "https://u:hunter2@host/a#b",
                                 "https://u:hunter2@ho`st/a",
                                 "ftp://u:hunter2@host/a",
                                 "fd::17/foo",
                                 "file://server/share/a",
                                 "https:///a/b",
                                 "host:",
                                 "host::a",
                                 ":a",
                                 "transport::address",
                                 "https://[::1/a/b",
                                 "https://[]:80/a",
                                 "https://../a/b",
                                 "https://.locks/a",
                                 "..:a/b",
                                 "ssh://$(touch)@host/a",
                                 "a\\b:c"}) {
    CAPTURE(text);
    const Result<RemoteUrl> remote = parse_remote_url(text);
    REQUIRE_FALSE(remote);
    const std::string& message = remote.error().message();
    CHECK_FALSE(message.empty());
    if (text.find("u:hunter2@") != std::string::npos &&
        text.find("?hunter2") == std::string::npos) {
      CHECK(message.find("hunter2") == std::string::npos);
    }
    CHECK(message.find('\x1b') == std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
  }
}

TEST_CASE("what is a remote and what a path is told as git tells it") {
  CHECK(looks_like_remote("https://host/a"));
  CHECK(looks_like_remote("host:a/b"));
  CHECK(looks_like_remote("git@host:a"));
  CHECK_FALSE(looks_like_remote("/srv/a:b"));
  CHECK_FALSE(looks_like_remote("./a:b"));
  CHECK_FALSE(looks_like_remote("a/b"));
}

}  // namespace
}  // namespace leaksift

# Sourced by the other scripts: sees to it that what the build needs is
# installed. `need_packages PACKAGE...` installs what is missing, as root or
# with sudo where that asks for no password; else says what to run, and exits.

# What was compiled in one checkout is known in another one.
export CCACHE_BASEDIR="${top:-$PWD}" CCACHE_NOHASHDIR=1

build_packages=(
  ca-certificates ccache cmake g++ git libcli11-dev libcurl4-openssl-dev
  libdeflate-dev libhyperscan-dev libpq-dev libre2-dev libsimdjson-dev
  libsqlite3-dev libssl-dev libtbb-dev libtomlplusplus-dev libxxhash-dev
  libyaml-dev ninja-build nlohmann-json3-dev pkg-config zlib1g-dev)
test_packages=(
  catch2 clang-14 clang-format-14 clang-tidy-14 git-filter-repo libbenchmark-dev
  libclang-rt-14-dev parallel postgresql python3 python3-jsonschema python3-venv python3-yaml)

need_packages() {
  if ! command -v dpkg-query >/dev/null; then
    echo "This script installs packages of Debian or Ubuntu; this is neither." >&2
    echo "Install the equivalents of: $*" >&2
    exit 2
  fi
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null |
      grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    else
      echo "Missing packages. Run this as root, then try again:" >&2
      echo "  apt-get update && apt-get install -y ${missing[*]}" >&2
      exit 2
    fi
  fi
  echo "Installing ${missing[*]}" >&2
  "${as_root[@]}" apt-get -qq update >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install -y --no-install-recommends "${missing[@]}" >&2
}

#include "match/prefilter.h"

#include <hs/hs.h>

#include <cassert>
#include <cstdlib>
#include <new>

namespace leaksift {
namespace {

// Frees what Hyperscan allocates, so that no caller has to.
struct HsFree {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
  void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
  void operator()(hs_compile_error_t* error) const {
    hs_free_compile_error(error);
  }
};
using DatabasePtr = std::unique_ptr<hs_database_t, HsFree>;
using ScratchPtr = std::unique_ptr<hs_scratch_t, HsFree>;

const hs_platform_info_t* platform_info(PrefilterTarget target,
                                        hs_platform_info_t& info) {
  info = {};
  switch (target) {
    case PrefilterTarget::kThisMachine:
      return nullptr;
    case PrefilterTarget::kBaseline:
      return &info;
    case PrefilterTarget::kAvx2:
      info.cpu_features = HS_CPU_FEATURES_AVX2;
      return &info;
    case PrefilterTarget::kAvx512:
      info.cpu_features = HS_CPU_FEATURES_AVX2 | HS_CPU_FEATURES_AVX512;
      return &info;
  }
  return nullptr;
}

}  // namespace

struct Prefilter::Impl {
  DatabasePtr database;  // null where there are no patterns
};

Prefilter::Prefilter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Prefilter::Prefilter(Prefilter&&) noexcept = default;
Prefilter& Prefilter::operator=(Prefilter&&) noexcept = default;
Prefilter::~Prefilter() = default;

Result<Prefilter> Prefilter::compile(
    const std::vector<PrefilterPattern>& patterns, PrefilterTarget target) {
  auto impl = std::make_unique<Impl>();
  if (patterns.empty()) return Prefilter(std::move(impl));

  std::vector<const char*> expressions;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (const PrefilterPattern& pattern : patterns) {
    expressions.push_back(pattern.expression.c_str());
    // No SOM_LEFTMOST: it rejects a third of usual rules and slows the rest.
    // No SINGLEMATCH: every place must be reported.
    flags.push_back(HS_FLAG_DOTALL |
                    (pattern.fold_case ? HS_FLAG_CASELESS : 0U));
    ids.push_back(static_cast<unsigned>(ids.size()));
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_platform_info_t info;
  if (hs_compile_multi(expressions.data(), flags.data(), ids.data(),
                       static_cast<unsigned>(patterns.size()), HS_MODE_BLOCK,
                       platform_info(target, info), &database,
                       &error) != HS_SUCCESS) {
    const std::unique_ptr<hs_compile_error_t, HsFree> owner(error);
    return Error("anchor " + std::to_string(error->expression) +
                 " does not compile: " + error->message);
  }
  impl->database.reset(database);
  return Prefilter(std::move(impl));
}

Result<Prefilter> Prefilter::deserialize(std::string_view bytes) {
  auto impl = std::make_unique<Impl>();
  if (bytes.empty()) return Prefilter(std::move(impl));
  hs_database_t* database = nullptr;
  const hs_error_t code =
      hs_deserialize_database(bytes.data(), bytes.size(), &database);
  if (code != HS_SUCCESS) {
    return Error("compiled anchors are not for this machine (Hyperscan error " +
                 std::to_string(code) + ")");
  }
  impl->database.reset(database);

  // Only making scratch space tells whether the instructions are there.
  hs_scratch_t* scratch = nullptr;
  if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) {
    return Error("compiled anchors need other instructions than this CPU has");
  }
  hs_free_scratch(scratch);
  return Prefilter(std::move(impl));
}

std::string Prefilter::serialize() const {
  if (!impl_->database) return {};
  char* bytes = nullptr;
  size_t size = 0;
  if (hs_serialize_database(impl_->database.get(), &bytes, &size) !=
      HS_SUCCESS) {
    throw std::bad_alloc();
  }
  std::string result(bytes, size);
  std::free(bytes);  // NOLINT(*-no-malloc): Hyperscan's default allocator
  return result;
}

std::string Prefilter::platform() {
  hs_platform_info_t info;
  std::string name = hs_version();
  if (hs_populate_platform(&info) == HS_SUCCESS) {
    name += " " + std::to_string(info.cpu_features) + " " +
            std::to_string(info.tune);
  }
  return name;
}

struct PrefilterScanner::Impl {
  const hs_database_t* database = nullptr;
  ScratchPtr scratch;
};

PrefilterScanner::PrefilterScanner(const Prefilter& prefilter)
    : impl_(std::make_unique<Impl>()) {
  impl_->database = prefilter.impl_->database.get();
  if (impl_->database == nullptr) return;
  hs_scratch_t* scratch = nullptr;
  if (hs_alloc_scratch(impl_->database, &scratch) != HS_SUCCESS) {
    throw std::bad_alloc();
  }
  impl_->scratch.reset(scratch);
}
PrefilterScanner::~PrefilterScanner() = default;
PrefilterScanner::PrefilterScanner(PrefilterScanner&&) noexcept = default;
PrefilterScanner& PrefilterScanner::operator=(PrefilterScanner&&) noexcept =
    default;

void PrefilterScanner::scan(std::string_view text,
                            std::vector<PrefilterHit>& hits) {
  assert(text.size() <= kMaxPrefilterText);
  hits.clear();
  if (impl_->database == nullptr || text.empty()) return;
  auto collect = [](unsigned id, unsigned long long, unsigned long long to,
                    unsigned, void* context) {
    static_cast<std::vector<PrefilterHit>*>(context)->push_back(
        {id, static_cast<uint32_t>(to)});
    return 0;
  };
  const hs_error_t code =
      hs_scan(impl_->database, text.data(), static_cast<unsigned>(text.size()),
              0, impl_->scratch.get(), collect, &hits);
  // Anything but success means a database or scratch that is not ours: broken
  // code. Going on would report text as clean that nobody looked at.
  if (code != HS_SUCCESS) std::abort();
}

}  // namespace leaksift

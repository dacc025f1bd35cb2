#include "git/byte_stream.h"

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace leaksift {
namespace {

// What is to be ahead of a delta: the two sizes in front of it, or an
// operation.
constexpr size_t kMinAhead = 20;
static_assert(kMinAhead >= kMaxDeltaOperation);
constexpr uint64_t kTouchedAtOnce = uint64_t{16} << 20;
constexpr uint64_t kPage = 4096;

class Zlib {
 public:
  explicit Zlib(std::string_view input) : given_(input.size()), input_(input) {
    if (::inflateInit(&stream_) != Z_OK) throw std::bad_alloc();
  }
  ~Zlib() { ::inflateEnd(&stream_); }
  Zlib(const Zlib&) = delete;
  Zlib& operator=(const Zlib&) = delete;

  // Inflates up to `size` bytes. Returns zlib's word.
  int inflate(char* out, size_t size, size_t& written) {
    constexpr size_t kMost = size_t{1} << 30;  // zlib counts in 32 bits
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(std::min(size, kMost));
    const uInt room = stream_.avail_out;
    stream_.next_in = reinterpret_cast<const Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(std::min(input_.size(), kMost));
    const uInt given = stream_.avail_in;
    const int result = ::inflate(&stream_, Z_NO_FLUSH);
    input_.remove_prefix(given - stream_.avail_in);
    written = room - stream_.avail_out;
    return result;
  }

  size_t taken() const { return given_ - input_.size(); }

 private:
  z_stream stream_{};
  size_t given_;
  std::string_view input_;  // what is left of it
};

}  // namespace

std::optional<size_t> BufferStream::read(char* out, size_t size) {
  size_t done = 0;
  while (done < size && at_ < size_) {
    const uint64_t block = std::min(kTouchedAtOnce, size_ - at_);
    const auto count =
        static_cast<size_t>(std::min<uint64_t>(size - done, block));
    std::memcpy(out + done, buffer_.data() + at_, count);
    done += count;
    at_ += count;
    buffer_.forget_pages();
  }
  return done;
}

struct InflateStream::Impl : Zlib {
  using Zlib::Zlib;
};

InflateStream::InflateStream(std::string_view input, uint64_t size)
    : impl_(std::make_unique<Impl>(input)), left_(size) {}

InflateStream::~InflateStream() = default;
InflateStream::InflateStream(InflateStream&&) noexcept = default;

size_t InflateStream::taken() const {
  return impl_->taken();
}

std::optional<size_t> InflateStream::read(char* out, size_t size) {
  size_t done = 0;
  const auto wanted = static_cast<size_t>(std::min<uint64_t>(size, left_));
  while (!damaged_ && !at_end_ && done < wanted) {
    size_t written = 0;
    const int result = impl_->inflate(out + done, wanted - done, written);
    done += written;
    at_end_ = result == Z_STREAM_END;
    damaged_ = result != Z_OK && !at_end_;
  }
  left_ -= done;
  if (damaged_ || done < wanted) {
    damaged_ = true;
    return std::nullopt;
  }
  if (left_ == 0 && done < size && !finish()) return std::nullopt;
  return done;
}

// The checksum stands behind the last byte, and nothing else may.
bool InflateStream::finish() {
  char more;
  size_t written = 0;
  while (!at_end_ && !damaged_) {
    const int result = impl_->inflate(&more, 1, written);
    at_end_ = result == Z_STREAM_END;
    damaged_ = written != 0 || (result != Z_OK && !at_end_);
  }
  return !damaged_;
}

std::string inflate_head(std::string_view input, size_t size) {
  std::string head(size, 0);
  size_t written = 0;
  Zlib(input.substr(0, size_t{1} << 16)).inflate(head.data(), size, written);
  head.resize(written);
  return head;
}

DeltaStream::DeltaStream(Buffer base, uint64_t base_size, ByteStream& delta)
    : base_(std::move(base)), base_size_(base_size), delta_(delta) {
  if (!refill()) return;
  sizes_ = read_delta_sizes(ahead_);
  damaged_ = !sizes_ || sizes_->base != base_size;
  if (!sizes_) return;
  ahead_.remove_prefix(sizes_->header);
  left_ = sizes_->result;
}

// Sees to it that a whole operation is ahead, if there is one.
bool DeltaStream::refill() {
  if (ahead_.size() >= kMinAhead) return true;
  if (!ahead_.empty()) {
    std::memmove(buffer_.data(), ahead_.data(), ahead_.size());
  }
  const std::optional<size_t> more = delta_.read(
      buffer_.data() + ahead_.size(), buffer_.size() - ahead_.size());
  if (!more) damaged_ = true;
  ahead_ = {buffer_.data(), ahead_.size() + more.value_or(0)};
  return !damaged_;
}

bool DeltaStream::next_operation() {
  if (!refill()) return false;
  const std::optional<DeltaOperation> op = take_delta_operation(ahead_);
  damaged_ = !op || op->size > left_ ||
             (op->copies &&
              (op->size > base_size_ || op->offset > base_size_ - op->size));
  if (damaged_) return false;
  copy_from_ = op->offset;
  if (op->copies) {
    copy_left_ = op->size;
  } else {
    insert_left_ = static_cast<size_t>(op->size);
  }
  return true;
}

std::optional<size_t> DeltaStream::read(char* out, size_t size) {
  size_t done = 0;
  while (!damaged_ && done < size && left_ > 0) {
    if (copy_left_ == 0 && insert_left_ == 0 && !next_operation()) break;
    size_t count = 0;
    if (copy_left_ > 0) {
      count = static_cast<size_t>(std::min<uint64_t>(copy_left_, size - done));
      std::memcpy(out + done, base_.data() + copy_from_, count);
      copy_from_ += count;
      copy_left_ -= count;
      let_go_of_base(count);
    } else {
      if (ahead_.empty() && (!refill() || ahead_.empty())) damaged_ = true;
      count = std::min({insert_left_, size - done, ahead_.size()});
      std::memcpy(out + done, ahead_.data(), count);
      ahead_.remove_prefix(count);
      insert_left_ -= count;
    }
    done += count;
    left_ -= count;
  }
  // Behind the result's last byte there must be no operation more.
  if (!damaged_ && left_ == 0 && done < size) {
    damaged_ = !refill() || !ahead_.empty();
  }
  if (damaged_) return std::nullopt;
  return done;
}

// A base in a temporary file must not come into memory as a whole.
void DeltaStream::let_go_of_base(uint64_t touched) {
  touched_ += touched + kPage;
  if (touched_ < kTouchedAtOnce) return;
  touched_ = 0;
  base_.forget_pages();
}

}  // namespace leaksift

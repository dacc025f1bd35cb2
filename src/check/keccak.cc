#include "check/keccak.h"

#include <array>
#include <bit>
#include <cstdint>
#include <utility>

namespace leaksift {
namespace {

constexpr size_t kRate = 136;  // bytes taken in between two permutations
constexpr size_t kSize = 32;

// Lane (x, y) is state[x + 5 * y].
using State = std::array<uint64_t, 25>;

constexpr std::array<uint64_t, 24> kRoundConstants = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a,
    0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
    0x8000000080008081, 0x8000000000008009, 0x000000000000008a,
    0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
    0x000000000000800a, 0x800000008000000a, 0x8000000080008081,
    0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

void mix_columns(State& state) {
  std::array<uint64_t, 5> parity{};
  for (size_t i = 0; i < state.size(); ++i) parity[i % 5] ^= state[i];
  for (size_t i = 0; i < state.size(); ++i) {
    state[i] ^= parity[(i + 4) % 5] ^ std::rotl(parity[(i + 1) % 5], 1);
  }
}

// Lane (x, y) goes to (y, 2x + 3y), turned by the triangular numbers.
void move_lanes(State& state) {
  size_t x = 1;
  size_t y = 0;
  uint64_t moved = state[1];
  for (int step = 1; step <= 24; ++step) {
    const size_t next_y = (2 * x + 3 * y) % 5;
    x = y;
    y = next_y;
    const int turn = step * (step + 1) / 2 % 64;
    moved = std::exchange(state[x + 5 * y], std::rotl(moved, turn));
  }
}

void combine_rows(State& state) {
  for (size_t y = 0; y < 25; y += 5) {
    std::array<uint64_t, 5> row{};
    for (size_t x = 0; x < 5; ++x) row[x] = state[y + x];
    for (size_t x = 0; x < 5; ++x) {
      state[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
    }
  }
}

void permute(State& state) {
  for (const uint64_t constant : kRoundConstants) {
    mix_columns(state);
    move_lanes(state);
    combine_rows(state);
    state[0] ^= constant;
  }
}

void flip_byte(State& state, size_t place, uint8_t byte) {
  state[place / 8] ^= uint64_t{byte} << place % 8 * 8;
}

}  // namespace

std::string keccak_256(std::string_view message) {
  State state{};
  size_t place = 0;
  for (const char c : message) {
    flip_byte(state, place, static_cast<uint8_t>(c));
    place = (place + 1) % kRate;
    if (place == 0) permute(state);
  }
  flip_byte(state, place, 0x01);
  flip_byte(state, kRate - 1, 0x80);
  permute(state);
  std::string digest;
  for (size_t i = 0; i < kSize; ++i) {
    digest += static_cast<char>(state[i / 8] >> i % 8 * 8 & 0xff);
  }
  return digest;
}

}  // namespace leaksift

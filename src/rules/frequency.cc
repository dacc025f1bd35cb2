// How often a text is to be expected in source code.
//
// Only the order of magnitude counts: it decides which text of a rule becomes
// its anchor. Chains of pairs tell it well for punctuation ("</", ":::"); words
// stand together far more often than their pairs would, so the common ones
// have counts of their own.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string_view>

#include "rules/plan.h"

namespace leaksift {
namespace {

struct WordCount {
  std::string_view word;
  uint32_t per_mb;
};

#include "rules/frequency_table.inc"

constexpr size_t kSymbolCount = std::size(kPairs);

bool is_letter(char c) {
  return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

bool is_digit(unsigned char c) {
  return c >= '0' && c <= '9';
}

// Everything that lookups need, computed once.
class Frequencies {
 public:
  Frequencies() {
    symbol_.fill(kSymbolCount - 1);
    for (size_t b = 0; b < symbol_.size(); ++b) {
      const auto c = static_cast<unsigned char>(b);
      const char shown = is_digit(c)            ? '0'
                         : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20)
                                                : static_cast<char>(c);
      const size_t at = c < 0x80 ? kSymbols.find(shown) : kSymbols.npos;
      if (at != kSymbols.npos) symbol_[b] = at;
    }
    for (size_t a = 0; a < kSymbolCount; ++a) {
      for (size_t b = 0; b < kSymbolCount; ++b) {
        pair_[a][b] = std::exp2(static_cast<double>('!' - kPairs[a][b]) / 2);
        single_[a] += pair_[a][b];
      }
    }
  }

  // The share of places where `c` stands; where letters' case matters, most
  // are lower case.
  double first(unsigned char c) const {
    return single_[symbol_[c]] * part(c, .15);
  }

  // But a capital likes company, as in NAMES_OF_CONSTANTS.
  double next(unsigned char before, unsigned char c) const {
    const size_t a = symbol_[before];
    const double capital = is_capital(before)               ? .7
                           : before >= 'a' && before <= 'z' ? .05
                                                            : .25;
    return pair_[a][symbol_[c]] / single_[a] * part(c, capital);
  }

  // How often what stands behind `before` is no letter.
  double no_letter_behind(unsigned char before) const {
    constexpr size_t kLetters = 26;
    const size_t a = symbol_[before];
    return std::accumulate(pair_[a].begin() + kLetters, pair_[a].end(), 0.0) /
           single_[a];
  }

 private:
  static bool is_capital(unsigned char c) { return c >= 'A' && c <= 'Z'; }

  // A symbol stands for ten digits, or for two cases of a letter.
  static double part(unsigned char c, double capital) {
    if (is_digit(c)) return .1;
    return is_capital(c) ? capital : 1;
  }

  std::array<size_t, 256> symbol_{};
  std::array<std::array<double, kSymbolCount>, kSymbolCount> pair_{};
  std::array<double, kSymbolCount> single_{};
};

const Frequencies& frequencies() {
  static const Frequencies kFrequencies;
  return kFrequencies;
}

double by_pairs(std::string_view text) {
  const Frequencies& f = frequencies();
  double share = f.first(static_cast<unsigned char>(text[0]));
  for (size_t i = 1; i < text.size(); ++i) {
    share *= f.next(static_cast<unsigned char>(text[i - 1]),
                    static_cast<unsigned char>(text[i]));
  }
  return share;
}

// The count of `word`, which begins at text[at], times what the rest of the
// text makes of it.
double with_word(std::string_view text, size_t at, const WordCount& word) {
  constexpr double kBytesPerMb = 1024 * 1024;
  const Frequencies& f = frequencies();
  double share = word.per_mb / kBytesPerMb;
  const size_t end = at + word.word.size();
  // Where a word ends no letter comes next: "test_" stands three times as often
  // as the letters behind "t" in all words would have it.
  if (end < text.size() && !is_letter(text[end])) {
    share /= f.no_letter_behind(static_cast<unsigned char>(text[end - 1]));
  }
  for (size_t i = end; i < text.size(); ++i) {
    share *= f.next(static_cast<unsigned char>(text[i - 1]),
                    static_cast<unsigned char>(text[i]));
  }
  // What stands in front goes with the word like what stands behind it.
  for (size_t i = 0; i < at; ++i) {
    share *= std::sqrt(f.first(static_cast<unsigned char>(text[i])));
  }
  return share;
}

double by_words(std::string_view text) {
  double share = 0;
  for (size_t at = 0; at + 3 <= text.size(); ++at) {
    const std::string_view rest = text.substr(at);
    // Words that `rest` begins with sort between its first three letters and
    // itself.
    auto word = std::lower_bound(
        std::begin(kWords), std::end(kWords), rest.substr(0, 3),
        [](const WordCount& w, std::string_view s) { return w.word < s; });
    for (; word != std::end(kWords) && word->word <= rest; ++word) {
      if (rest.starts_with(word->word)) {
        share = std::max(share, with_word(text, at, *word));
      }
    }
  }
  return share;
}

// Texts stand inside of words: "fal" in "false", "passw" in "password".
double inside_words(std::string_view text) {
  constexpr double kBytesPerMb = 1024 * 1024;
  double per_mb = 0;
  for (const WordCount& word : kWords) {
    if (word.word.find(text) != std::string_view::npos) per_mb += word.per_mb;
  }
  return per_mb / kBytesPerMb;
}

}  // namespace

double estimated_share(const ByteSet& bytes) {
  double share = 0;
  for (size_t b = 0; b < bytes.size(); ++b) {
    if (bytes[b]) share += frequencies().first(static_cast<unsigned char>(b));
  }
  return std::min(share, 1.0);
}

double estimated_share_behind(char before, const ByteSet& bytes) {
  double share = 0;
  for (size_t b = 0; b < bytes.size(); ++b) {
    if (!bytes[b]) continue;
    share += frequencies().next(static_cast<unsigned char>(before),
                                static_cast<unsigned char>(b));
  }
  return std::min(share, 1.0);
}

double estimated_hits_per_kb(std::string_view literal, bool fold_case) {
  // A rare word may be the name of the project at hand.
  constexpr double kSomeWord = 2e-7;
  constexpr double kBothCases = 1.2;
  double share =
      std::max({by_pairs(literal), by_words(literal), inside_words(literal)});
  if (std::all_of(literal.begin(), literal.end(), is_letter)) {
    share = std::max(share, kSomeWord);
  }
  return share * 1024 * (fold_case ? kBothCases : 1);
}

}  // namespace leaksift

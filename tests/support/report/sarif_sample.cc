// Prints SARIF reports for validate_sarif.py to hold against the schema: one
// that is full of hostile names, or one with nothing in it.
#include <cstring>
#include <iostream>

#include "report/sarif.h"
#include "support/report/sample_report.h"

int main(int argc, char** argv) {
  using namespace leaksift;
  const bool empty = argc > 1 && std::strcmp(argv[1], "empty") == 0;
  const testing::SampleReport sample = testing::hostile_report();
  ReportStyle style;
  style.show_suppressed = argc > 1 && std::strcmp(argv[1], "all") == 0;
  write_sarif(empty ? testing::empty_report(0) : sample.report, style,
              std::cout);
  return 0;
}

// How a report is to look. What it says does not depend on it, but for
// secrets and suppressed findings.
#pragma once

namespace leaksift {

struct ReportStyle {
  bool color = false;            // text only
  bool show_secrets = false;     // never in SARIF, which is made to be uploaded
  bool stats = false;            // time and bytes by stage
  bool show_suppressed = false;  // list them too, not only their number
};

}  // namespace leaksift

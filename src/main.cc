#include <sys/prctl.h>
#include <sys/resource.h>

#include "cli/commands.h"

int main(int argc, char** argv) {
  // A core file of this process would hold the secrets it was looking at.
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
  return leaksift::run_leaksift(argc, argv);
}

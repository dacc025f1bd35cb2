// For processes that live for milliseconds and are waited for.
#pragma once

namespace leaksift {

// Has the heap begin with as many large pages as reading the rules takes: page
// by page, and with an arena for each thread, the kernel takes a third of the
// time of a small scan. Later growth is as usual, but what is freed is kept.
// To be called before there are other threads. Where the system has no large
// pages nothing is lost.
void expect_short_life();

}  // namespace leaksift

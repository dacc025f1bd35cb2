// Does a secret read like words, or like something drawn at random?
#pragma once

#include <string_view>

namespace leaksift {

// By how many quarters of a bit `secret` is likelier to have been made of words
// than of characters drawn at random from the kinds that it has (hexadecimal
// digits, small letters…). Above 0 it reads like words. Its spelling is held
// against that of words in source code, joined ("nightworld", "testKey-2") or
// with digits for letters ("p4ssw0rd"). Looks at the first 256 bytes.
//
// Of English words of six letters 94 % are told, of random strings of as many
// small letters 0.6 % are taken for words; of eight, 99 and 0.3 %.
//
// Integers only: the same on every machine.
int wordiness(std::string_view secret);

}  // namespace leaksift

#pragma once

#include <random>

#include "src/evidence/bundle.h"

namespace evidence::test {

/// Alters a bundle as somebody does who wants another verdict of it: octets of sets, of
/// handshakes and of blinds, which answers there are and what they refer to, dates,
/// numbers, words of the facts. One to three alterations; the order that the form asks
/// for is made again, so that most mutants get past a reader.
void mutate(Bundle& bundle, std::mt19937& random);

/// Alters the octets of a text.
void mutate(std::string& text, std::mt19937& random);

}  // namespace evidence::test

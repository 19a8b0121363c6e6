#pragma once

#include <chrono>
#include <cstddef>

namespace verify {

class Roots;

/// How much work a hostile peer may cause before the answer is no. A peer chooses its
/// certificates and often its records, and paths among n certificates of one name are n!
/// many; so each kind of work has a bound, and no chain that anybody means honestly comes
/// near one of them. The first four go by the worst that is seen in the field, a factor
/// of four and more added; Go's crypto/x509 and rustls-webpki bound the same things, 100
/// signatures a chain among them, where we judge many records and dane+pkix by one
/// budget.
struct Budget {
  /// Looked at in a chain. Honest servers send two to five; eight with cross-signed ones.
  std::size_t certificates = 32;
  /// Certificates on one path, leaf and anchor counted. The web's have three or four.
  std::size_t path = 10;
  /// Judged for one record: alternatives by cross-signing, and roots of one name.
  std::size_t paths = 16;
  /// Checked in all, for every record and for PKIX beside DANE. One costs some 0.1 ms.
  std::size_t signatures = 256;
  /// Taken in all searches for paths, which go by names and cost next to nothing.
  std::size_t steps = 4096;
  /// Presented names compared. The largest certificates of content networks have 250.
  std::size_t names = 1024;
  /// The octets of one certificate on a path. With 1,000 names it has some 30 thousand.
  std::size_t octets = std::size_t{256} * 1024;
};

/// What `check` would otherwise have to ask the world for.
struct Context {
  std::chrono::sys_seconds now;  ///< UTC; validity periods are compared with it
  const Roots* roots = nullptr;  ///< the trust store that the user named, if any
  Budget budget{};
};

}  // namespace verify

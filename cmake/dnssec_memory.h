#pragma once

namespace dnssec {

/// From now on a signature that libunbound has once found right, in this thread, is known
/// to be right when it comes again: the same key, the same digest, the same signature.
/// For who validates the answers of many bundles, most of which hang on the same keys of
/// root and TLD. Without effect where libunbound does not stand on nettle.
void remember_signatures();

}  // namespace dnssec

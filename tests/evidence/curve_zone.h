// The zone curve., which Python's cryptography has signed with Ed448: one libunbound
// knows that and another does not, and ldns cannot sign with it.
#pragma once

#include "tests/evidence/signed_world.h"

namespace evidence::test {

/// The owner of its TLSA records.
inline constexpr const char* kCurveOwner = "_443._tcp.www.curve.";

/// Its DS records, for the parent to sign.
[[nodiscard]] inline Draft curve_ds() {
  return draft("curve.", "DS",
               {"63988 16 2 "
                "0b573b1189aac852e06b432c2dcc37aa80f21303c9879c6aa1583adb9ed5cb62"});
}

/// The records with the signature that the zone has for their owner and type.
[[nodiscard]] inline Draft signed_by_curve(Draft set, const char* signature) {
  set.signatures = draft(set.owner, "RRSIG", {signature}).records;
  return set;
}

[[nodiscard]] inline Draft curve_keys() {
  return signed_by_curve(
      draft("curve.", "DNSKEY",
            {"257 3 16 BCT8t+eETEVoq4hfVudntXgeyNwZtLsqd9zUrQ2aZhBley0LRR4IYGW7IfGZ6cNSAX"
             "JZMe9gLJUA"}),
      "DNSKEY 16 1 3600 20270124080000 20270110080000 63988 curve. "
      "wtJToUqEZDiwMA8z1Pq7t1cxVWoTTnV9pNOfLZz7PWfxE/pGFSa1kfmbSCeatHFlh9TxP/HE9jsA9kqT"
      "Ai6Y3DL8n4jgyDYHSoLKTBwjmJ8Y5I8Wpj+X9+wUGBAqKfHH13qRF+tiujfJ7C5eTyDzphAA");
}

/// The address of www.curve., 192.0.2.1: of another one the signature is wrong.
[[nodiscard]] inline Draft curve_address(const char* address = "192.0.2.1") {
  return signed_by_curve(
      draft("www.curve.", "A", {address}),
      "A 16 2 3600 20270124080000 20270110080000 63988 curve. "
      "DeuHTS5K9VHF3LEejvB/P3w3RTFBRcuAVaeaKZboOpkhqm7Q+1YsF0SkH/oYu7sYL5rtQZYVKFgAzWNn"
      "9b+JEI5sBxIU45nfgfY6DfDZEbdaLB8eGK7R/DXCE7+PdKUZXB43SokFqK031dfnJkU+DiEA");
}

/// The TLSA record `3 1 1 0123...`: of another one the signature is wrong.
[[nodiscard]] inline Draft curve_tlsa(const char* record) {
  return signed_by_curve(
      draft(kCurveOwner, "TLSA", {record}),
      "TLSA 16 4 3600 20270124080000 20270110080000 63988 curve. "
      "eoKxMWRqqrLqsNgV9XGo3YWgkF943/qq1LV3+Znyw1DkQjtcT7ktmErc69srnw08MHWHxh0+t5qARwUN"
      "ldKjlIzqMGHIDi+S0+mYLcxAtOxxlYVfm2NMms/KFu0kSJlWqlMbjjExGdG2WSfwE/j4nRQA");
}

}  // namespace evidence::test

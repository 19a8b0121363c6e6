#include "src/tls/certificate_text.h"

#include <gtest/gtest.h>

#include "tests/support/certificates.h"
#include "verify/certificate.h"
#include "verify/der.h"
#include "verify/oids.h"

namespace tls {
namespace {

using verify::der::encode;

// A certificate with this serial number, all else as in an honest one.
base::Bytes with_serial(const base::Bytes& serial) {
  namespace der = verify::der;
  namespace oid = verify::oid;
  const auto honest = support::make(support::leaf("CA", {"mail.example.org"}));
  const auto parts = verify::parse_certificate(honest).value();
  const auto version =
      encode(der::constructed(0), {encode(der::kInteger, {oid::make(2)})});
  const auto algorithm = encode(der::kSequence, {encode(der::kOid, {oid::kSha256Ecdsa})});
  const auto tbs =
      encode(der::kSequence,
             {version, encode(der::kInteger, {serial}), algorithm, parts.issuer,
              encode(der::kSequence, {parts.validity}), parts.subject, parts.spki});
  const auto signature = encode(der::kBitString, {oid::make(0, 0)});
  return encode(der::kSequence, {tbs, algorithm, signature});
}

std::string serial_of(const base::Bytes& serial) {
  return describe_certificate(with_serial(serial)).serial;
}

TEST(CertificateText, SerialNumbersAreDecimalUpToTwentyOctets_Rfc5280s4_1_2_2) {
  EXPECT_EQ(serial_of({std::byte{0}}), "0");
  EXPECT_EQ(serial_of({std::byte{1}, std::byte{0}}), "256");
  EXPECT_EQ(serial_of(base::Bytes(20, std::byte{0x7f})),
            "727885129180488904360266563744972327436484050815");
  base::Bytes padded(21, std::byte{0xff});
  padded[0] = std::byte{0};
  EXPECT_EQ(serial_of(padded), "1461501637330902918203684832716283019655932542975");
}

TEST(CertificateText, ALongerSerialNumberIsHexadecimal) {
  EXPECT_EQ(serial_of(base::Bytes(21, std::byte{0x7f})),
            "0x" + base::to_hex(base::Bytes(21, std::byte{0x7f})));
}

// In decimal this one would take minutes.
TEST(CertificateText, AVeryLongSerialNumberIsCut) {
  const auto text = serial_of(base::Bytes(150'000, std::byte{0x7f}));
  EXPECT_EQ(text, "0x" + base::to_hex(base::Bytes(24, std::byte{0x7f})) + "...");
}

TEST(CertificateText, WhatIsNoCertificateHasNoWords) {
  const auto text = describe_certificate(base::Bytes(3, std::byte{0x30}));
  EXPECT_EQ(text.serial + text.subject + text.pem, "");
}

}  // namespace
}  // namespace tls

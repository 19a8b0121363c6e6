#include "verify/curve.h"

#include <gmp.h>

#include <algorithm>
#include <array>

#include "verify/der.h"
#include "verify/oids.h"

namespace verify {
namespace {

using base::Bytes;
using base::ByteView;
using der::Reader;

/// 1.2.840.10045.1.1, prime-field.
constexpr auto kPrimeField = oid::make(0x2a, 0x86, 0x48, 0xce, 0x3d, 1, 1);
constexpr auto kP256 = oid::make(0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7);
constexpr auto kP384 = oid::make(0x2b, 0x81, 0x04, 0, 0x22);
constexpr auto kP521 = oid::make(0x2b, 0x81, 0x04, 0, 0x23);

/// A curve y^2 = x^3 - 3x + b over a prime p = 3 mod 4 (FIPS 186-4 D.1.2), as digits.
struct Curve {
  ByteView name;       ///< contents of its OID
  std::size_t octets;  ///< of a coordinate
  const char* p;
  const char* b;
  const char* x;  ///< of the generator
  const char* y;
  const char* order;
};

const std::array<Curve, 3> kCurves = {{
    {kP256, 32, "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
     "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
     "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
     "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"},
    {kP384, 48,
     "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeff"
     "ffffff0000000000000000ffffffff",
     "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac6"
     "56398d8a2ed19d2a85c8edd3ec2aef",
     "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a3855"
     "02f25dbf55296c3a545e3872760ab7",
     "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a"
     "60b1ce1d7e819d7a431d7c90ea0e5f",
     "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf58"
     "1a0db248b0a77aecec196accc52973"},
    {kP521, 66,
     "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109"
     "e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
     "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3d"
     "baa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
     "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e66"
     "2c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
     "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"},
}};

/// A number of GMP's.
class Number {
 public:
  Number() { mpz_init(value_); }
  explicit Number(const char* digits) { mpz_init_set_str(value_, digits, 16); }
  explicit Number(ByteView big_endian) : Number() {
    mpz_import(value_, big_endian.size(), 1, 1, 1, 0, big_endian.data());
  }
  Number(const Number&) = delete;
  Number& operator=(const Number&) = delete;
  ~Number() { mpz_clear(value_); }
  [[nodiscard]] mpz_ptr get() { return value_; }
  [[nodiscard]] mpz_srcptr get() const { return value_; }
  [[nodiscard]] bool operator==(const Number& other) const {
    return mpz_cmp(value_, other.value_) == 0;
  }
  /// Big-endian, filled up with zeros.
  [[nodiscard]] Bytes octets(std::size_t size) const {
    Bytes out(size);
    const std::size_t length = (mpz_sizeinbase(value_, 2) + 7) / 8;
    if (mpz_sgn(value_) != 0 && length <= size) {
      mpz_export(out.data() + (size - length), nullptr, 1, 1, 1, 0, value_);
    }
    return out;
  }

 private:
  mpz_t value_;
};

/// Whether the octets are this number, whatever zeros stand before it.
bool is(const std::optional<der::Element>& element, const char* digits) {
  constexpr std::size_t kMost = 128;  // no number of these curves is half as long
  return element && element->content.size() <= kMost &&
         Number(element->content) == Number(digits);
}

/// A point, its two coordinates one after the other.
struct Point {
  Bytes coordinates;
};

bool is_on_curve(const Curve& curve, const Number& x, const Number& y, Number& square) {
  const Number p(curve.p);
  const Number b(curve.b);
  Number left;
  mpz_powm_ui(left.get(), y.get(), 2, p.get());
  mpz_powm_ui(square.get(), x.get(), 3, p.get());
  mpz_submul_ui(square.get(), x.get(), 3);
  mpz_add(square.get(), square.get(), b.get());
  mpz_mod(square.get(), square.get(), p.get());
  return left == square && mpz_cmp(x.get(), p.get()) < 0 && mpz_cmp(y.get(), p.get()) < 0;
}

/// The y of a compressed point whose last bit is `odd`: a square root modulo p = 3 mod 4
/// is a power (SEC 1 2.3.4).
std::optional<Bytes> other_coordinate(const Curve& curve, ByteView octets, unsigned odd) {
  const Number x(octets);
  const Number p(curve.p);
  Number y;
  Number square;
  (void)is_on_curve(curve, x, y, square);
  Number power;
  mpz_add_ui(power.get(), p.get(), 1);
  mpz_fdiv_q_2exp(power.get(), power.get(), 2);
  mpz_powm(y.get(), square.get(), power.get(), p.get());
  if (mpz_odd_p(y.get()) != static_cast<int>(odd)) mpz_sub(y.get(), p.get(), y.get());
  if (!is_on_curve(curve, x, y, square)) return std::nullopt;
  return y.octets(curve.octets);
}

/// SEC 1 2.3.4: 04 x y, or 02 x and 03 x, or 06 x y and 07 x y, where the last bit of the
/// first octet is that of y.
std::optional<Point> read_point(const Curve& curve, ByteView octets) {
  if (octets.empty()) return std::nullopt;
  const auto form = std::to_integer<unsigned>(octets[0]);
  const ByteView rest = octets.subspan(1);
  Point point{{rest.begin(), rest.end()}};
  if (rest.size() == 2 * curve.octets) {
    const unsigned last = std::to_integer<unsigned>(rest.back()) & 1U;
    const bool hybrid = form == (6U | last);
    return form == 4 || hybrid ? std::optional(std::move(point)) : std::nullopt;
  }
  if (rest.size() != curve.octets || (form != 2 && form != 3)) return std::nullopt;
  const auto y = other_coordinate(curve, rest, form & 1U);
  if (!y) return std::nullopt;
  point.coordinates.insert(point.coordinates.end(), y->begin(), y->end());
  return point;
}

/// The contents of an ECParameters (RFC 3279 2.3.5): the seed from which b was made plays
/// no part in any computation, and the cofactor is one.
bool are_parameters_of(const Curve& curve, ByteView content) {
  Reader reader(content);
  const auto version = reader.next(der::kInteger);
  const auto field = reader.next(der::kSequence);
  const auto shape = reader.next(der::kSequence);
  const auto base = reader.next(der::kOctetString);
  const auto order = reader.next(der::kInteger);
  const auto cofactor = reader.next(der::kInteger);
  if (!version || !field || !shape || !base || !reader.at_end()) return false;
  Reader fields(field->content);
  const auto kind = fields.next(der::kOid);
  if (!kind || !base::equal(kind->content, kPrimeField)) return false;
  if (!is(fields.next(der::kInteger), curve.p) || !fields.at_end()) return false;
  Number a(curve.p);
  mpz_sub_ui(a.get(), a.get(), 3);
  Reader coefficients(shape->content);
  const auto first = coefficients.next(der::kOctetString);
  const auto second = coefficients.next(der::kOctetString);
  if (!first || first->content.size() != curve.octets) return false;
  if (!(Number(first->content) == a) || !is(second, curve.b)) return false;
  (void)coefficients.next(der::kBitString);
  const auto generator = read_point(curve, base->content);
  if (!coefficients.at_end() || !generator) return false;
  const ByteView at = generator->coordinates;
  return Number(at.first(curve.octets)) == Number(curve.x) &&
         Number(at.subspan(curve.octets)) == Number(curve.y) && is(order, curve.order) &&
         (!cofactor || is(cofactor, "1"));
}

const Curve* curve_of(Reader& parameters) {
  const auto name = parameters.next(der::kOid);
  const auto explicitly = name ? std::nullopt : parameters.next(der::kSequence);
  if ((!name && !explicitly) || !parameters.at_end()) return nullptr;
  const auto* found = std::find_if(kCurves.begin(), kCurves.end(), [&](const Curve& c) {
    return name ? base::equal(name->content, c.name)
                : are_parameters_of(c, explicitly->content);
  });
  return found == kCurves.end() ? nullptr : found;
}

}  // namespace

std::optional<Bytes> with_named_curve(ByteView spki) {
  const auto outer = der::only(spki, der::kSequence);
  Reader reader(outer ? outer->content : ByteView());
  const auto algorithm = reader.next(der::kSequence);
  const auto bits = reader.next(der::kBitString);
  if (!algorithm || !bits || !reader.at_end()) return std::nullopt;
  Reader parts(algorithm->content);
  const auto type = parts.next(der::kOid);
  if (!type || !base::equal(type->content, oid::kEc)) return std::nullopt;
  const Curve* curve = curve_of(parts);
  if (curve == nullptr || bits->content.empty() || bits->content[0] != std::byte{0}) {
    return std::nullopt;
  }
  const auto point = read_point(*curve, bits->content.subspan(1));
  if (!point) return std::nullopt;
  const auto name = der::encode(der::kOid, {curve->name});
  return der::encode(
      der::kSequence,
      {der::encode(der::kSequence, {type->whole, name}),
       der::encode(der::kBitString, {oid::make(0, 4), point->coordinates})});
}

}  // namespace verify

// One verify::check beside the raw hash and signature work that it cannot avoid.

#include <benchmark/benchmark.h>
#include <gnutls/abstract.h>

#include "tests/bench/openssl_check.h"
#include "tests/support/certificates.h"
#include "tests/support/peers.h"

namespace {

using namespace support;

/// A leaf, an intermediate and a root, all P-256, for mail.example.org.
verify::Certificates chain_of_three() {
  return {make(leaf("intermediate", {"mail.example.org"})),
          make(ca("intermediate", "root")), make(ca("root"))};
}

void run_check(benchmark::State& state, const verify::Certificates& chain,
               const policy::Requirement& requirement) {
  for (auto _ : state) {
    auto verdict = judge(chain, requirement);
    if (!verify::accepted(verdict.outcome)) state.SkipWithError("the peer is refused");
    benchmark::DoNotOptimize(verdict);
  }
}

void check_3_1_1(benchmark::State& state) {
  const auto chain = chain_of_three();
  run_check(state, chain, dane({record(3, 1, 1, chain[0])}));
}
BENCHMARK(check_3_1_1);

void check_2_1_1_of_the_root(benchmark::State& state) {
  const auto chain = chain_of_three();
  run_check(state, chain, dane({record(2, 1, 1, chain[2])}));
}
BENCHMARK(check_2_1_1_of_the_root);

void run_openssl(benchmark::State& state, const verify::Certificates& chain,
                 const dns::Tlsa& tlsa) {
  for (auto _ : state) {
    if (!bench::openssl_check(chain, tlsa)) state.SkipWithError("the peer is refused");
  }
}

void openssl_3_1_1(benchmark::State& state) {
  const auto chain = chain_of_three();
  run_openssl(state, chain, record(3, 1, 1, chain[0]));
}
BENCHMARK(openssl_3_1_1);

void openssl_2_1_1_of_the_root(benchmark::State& state) {
  const auto chain = chain_of_three();
  run_openssl(state, chain, record(2, 1, 1, chain[2]));
}
BENCHMARK(openssl_2_1_1_of_the_root);

/// The two signatures of the path, and nothing else.
void raw_two_signatures(benchmark::State& state) {
  const gnutls_datum_t data{
      reinterpret_cast<unsigned char*>(const_cast<char*>("to be signed")), 12};
  gnutls_privkey_t key = nullptr;
  gnutls_pubkey_t pub = nullptr;
  gnutls_datum_t signature{};
  gnutls_privkey_init(&key);
  gnutls_pubkey_init(&pub);
  gnutls_privkey_generate(key, GNUTLS_PK_ECDSA,
                          GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
  gnutls_privkey_sign_data2(key, GNUTLS_SIGN_ECDSA_SHA256, 0, &data, &signature);
  gnutls_pubkey_import_privkey(pub, key, 0, 0);
  for (auto _ : state) {
    for (int i = 0; i < 2; ++i) {
      if (gnutls_pubkey_verify_data2(pub, GNUTLS_SIGN_ECDSA_SHA256, 0, &data,
                                     &signature) < 0) {
        state.SkipWithError("the signature does not verify");
      }
    }
  }
  gnutls_free(signature.data);
  gnutls_pubkey_deinit(pub);
  gnutls_privkey_deinit(key);
}
BENCHMARK(raw_two_signatures);

void raw_sha256_of_a_key(benchmark::State& state) {
  const auto chain = chain_of_three();
  const auto leaf = verify::parse_certificate(chain[0]);
  for (auto _ : state) benchmark::DoNotOptimize(verify::sha256(leaf->spki));
}
BENCHMARK(raw_sha256_of_a_key);

}  // namespace

BENCHMARK_MAIN();

#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/tls/served.h"

namespace tls {

/// A client that speaks nothing but this version: `1.2`, `1.3`.
inline support::ClientRecipe client(const std::string& version,
                                    const std::string& server_name = "") {
  support::ClientRecipe out;
  out.priorities = only(version);
  out.server_name = server_name;
  return out;
}

/// A chain of one's own for a name.
inline std::vector<base::Bytes> chain_for(const std::string& name,
                                          const support::Key& key) {
  auto recipe = support::leaf("Middle", {name});
  recipe.key = key;
  return {support::make(recipe), support::make(support::ca("Middle", "Root"))};
}

/// A server with one chain for everybody and one for a.example, whose keys are 0 and 1.
class ServerTest : public testing::TestWithParam<const char*> {
 protected:
  ServerTest() {
    options_.credentials = [this](const std::string& name) {
      names_.push_back(name);
      return name == "a.example" ? special_ : usual_;
    };
  }

  Credentials credentials(const std::vector<base::Bytes>& chain, std::uint32_t key) {
    const ServedChain one{chain, key};
    return served_credentials(std::span(&one, 1), signer_, "").value();
  }
  /// Tickets by this secret word, a key for each name.
  void give_tickets(const std::string& secret) {
    options_.ticket_key = [this, secret](const std::string& name) {
      ++ticket_keys_;
      const std::string text = secret + name + std::string(64, '.');
      const base::ByteView octets = base::as_bytes(text).first(64);
      return std::optional(base::Bytes(octets.begin(), octets.end()));
    };
  }
  [[nodiscard]] support::ClientRecipe mine(const std::string& server_name = "") const {
    return client(GetParam(), server_name);
  }
  [[nodiscard]] static bool is_tls13() { return std::string(GetParam()) == "1.3"; }
  /// What a client sees of one more connection.
  support::SeenServer visit(const support::ClientRecipe& recipe) {
    Served served(options_);
    return served.seen_by(recipe);
  }

  const support::Key usual_key_{"usual"},
      special_key_{"special", support::Key::Kind::rsa2048};
  const std::vector<base::Bytes> usual_chain_ = chain_for("b.example", usual_key_);
  const std::vector<base::Bytes> special_chain_ = chain_for("a.example", special_key_);
  OwnSigner signer_{{usual_key_, special_key_}};
  Credentials usual_ = credentials(usual_chain_, 0);
  Credentials special_ = credentials(special_chain_, 1);
  std::vector<std::string> names_;
  int ticket_keys_ = 0;
  ServerOptions options_;
};

}  // namespace tls

// What a verdict rests on: the findings of a domain, and what its hosts showed.

const accessWords = { proved: "verified", encrypted: "encrypted, not verified",
  open: "no DANE", refused: "not used by senders that use DANE", unknown: "could not tell" };
const accessWord = access =>
  Object.hasOwn(accessWords, access) ? accessWords[access] : String(access);

const fact = (name, ...values) => [element("dt", {}, name), element("dd", {}, ...values)];
const hex = digits => element("code", { class: "hex" }, digits);

function findingBlock({ code, severity, subject, detail }) {
  const kind = kindOf(code);
  const word = severities.includes(severity) ? severity : kind.severity;
  return element("div", { class: `finding ${word}` },
    element("p", {}, element("span", { class: `severity ${word}` }, severityWords[word]), " ",
      element("strong", {}, sentence(kind.title)), " ", codeElement(code)),
    element("p", {}, nameElement(subject), detail ? prose(`: ${detail}`) : ""),
    element("p", { class: "soft" }, kind.advice, kind.source ? ` (${kind.source})` : ""));
}

function certificateElement({ spki_sha256, not_after }, depth) {
  return element("li", {}, depth ? `Certificate ${depth + 1}` : "Certificate of the server",
    not_after ? `, until ${moment(not_after)}` : "", ", SHA2-256 of its key ",
    hex(spki_sha256 ?? "unknown"));
}

function addressElement(address) {
  const session = [address.protocol, address.cipher, address.group].filter(Boolean).join(", ");
  const out = element("li", {}, element("strong", {}, address.address), ": ",
    accessWord(address.access), session ? `; ${session}` : "",
    ...[address.detail, address.error].filter(Boolean).map(text => prose(`; ${text}`)));
  const chain = address.chain ?? [];
  if (chain.length) out.append(element("ul", {}, ...chain.map(certificateElement)));
  return out;
}

function recordElement({ usage, selector, matching, data, state }) {
  return element("li", {}, `${usage} ${selector} ${matching} `, hex(data.slice(0, 128)),
    data.length > 128 ? "\u2026 " : " ", state ?? "");
}

function tlsaFacts(tlsa) {
  const until = tlsa.signed_until ? `, signed until ${moment(tlsa.signed_until)}` : "";
  const facts = fact("TLSA records", tlsa.state, tlsa.owner ? " at " : "",
    nameElement(tlsa.owner ?? ""), until, tlsa.error ? prose(`: ${tlsa.error}`) : "");
  const records = tlsa.records ?? [];
  if (records.length) facts[1].append(element("ul", {}, ...records.map(recordElement)));
  return facts;
}

// What DNSSEC says of an answer, in the word that people have for it.
const dnssecWord = state => ({ secure: "signed with DNSSEC",
  insecure: "not signed with DNSSEC" })[state] ?? `DNSSEC ${state}`;

function hostElement(host) {
  const facts = element("dl", {});
  if (host.error) facts.append(...fact("Addresses", prose(host.error)));
  if (host.dnssec) facts.append(...fact("Addresses", dnssecWord(host.dnssec)));
  if (host.tlsa) facts.append(...tlsaFacts(host.tlsa));
  const addresses = host.addresses ?? [];
  if (addresses.length) {
    facts.append(...fact("Connections",
      element("ul", {}, ...addresses.map(addressElement))));
  }
  return element("section", {}, element("h4", {}, `MX ${host.preference} `,
    nameElement(host.name), `: ${accessWord(host.access)}`), facts);
}

function domainFacts({ mx, sts }) {
  const facts = element("dl", {});
  if (mx) {
    const sort = mx.implicit ? "none: mail goes to the domain itself" : "found";
    facts.append(...fact("MX records", `${sort}; ${dnssecWord(mx.dnssec)}`));
  }
  if (sts) {
    facts.append(...fact("MTA-STS", prose(sts.error ?? `mode ${sts.mode}, good for ` +
      `${number(sts.max_age)} s: ${sts.mx.join(", ")}`)));
  }
  return facts;
}

function shortEvidence(domain) {
  return [element("ul", {}, ...domain.codes.map(code => element("li", {}, findingElement(code)))),
    element("p", { class: "soft" }, "The mail servers, records and certificates of this domain are "
      + "not on this page. The JSON lines have them: ",
      element("code", {}, `dane audit --json ${domain.input}`)), proofElement(domain)];
}

function evidence(domain) {
  if (!domain.whole) return shortEvidence(domain);
  const isNote = f => !isFault(f.code);
  const notes = domain.findings.filter(isNote);
  const out = domain.findings.filter(f => !isNote(f)).map(findingBlock);
  if (notes.length) {
    const rest = out.length ? {} : { open: "" };
    out.push(element("details", rest, element("summary", {}, notesWord(notes.length)),
      ...notes.map(findingBlock)));
  }
  if (!domain.findings.length) out.push(element("p", {}, "Nothing was found."));
  return [...out, domainFacts(domain), ...domain.hosts.map(hostElement), proofElement(domain)];
}
const notesWord = count => `${number(count)} ${count === 1 ? "note" : "notes"}`;

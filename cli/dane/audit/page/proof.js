// How a verdict is proved: the chains of trust as one tree, from the root's keys down to the
// records of the domain and to the keys that its servers showed. A list in a list, so that it
// says the same to who hears it, without a style, and on paper.

const linkStates = {
  proved: { sign: "\u2713", word: "signed" },
  insecure: { sign: "\u2013", word: "not signed" },
  broken: { sign: "\u2717", word: "broken" },
  missing: { sign: "?", word: "missing" },
};
const linkState = state => Object.hasOwn(linkStates, state) ? state : "broken";

// IANA's numbers of DNSSEC algorithms.
const algorithms = { 5: "RSA/SHA-1", 7: "RSA/SHA-1", 8: "RSA/SHA-256", 10: "RSA/SHA-512",
  13: "ECDSA P-256", 14: "ECDSA P-384", 15: "Ed25519", 16: "Ed448" };

const zoneElement = zone => zone ? nameElement(zone) : element("span", {}, "the root");
const day = seconds => new Date(seconds * 1000).toLocaleDateString("en-GB",
  { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const timeElement = seconds => element("time",
  { datetime: new Date(seconds * 1000).toISOString() }, day(seconds));

// A bundle is a file beside the page or at an absolute path, and no other address.
const bundlePath = url => /^(file:\/\/(?=\/))?(?!\/\/)[\w.~%/-]+$/.test(url) ? url : "";

// A word as a shell takes it.
const shellWord = text => /^[\w.~\/+:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
const typed = (command, ...words) => element("code", {}, `${command} `,
  ...words.flatMap((word, i) => [i ? " " : "", nameElement(shellWord(word))]));

function bundleElement({ bundle, store, id }) {
  if (store) {
    return element("p", {}, "Evidence: ", typed("dane evidence export", String(store), id));
  }
  const url = bundlePath(bundle);
  if (!url) return "";
  let path = url;
  try {
    path = decodeURIComponent(url);
  } catch { /* octets that are not UTF-8 stay as they are */ }
  return element("p", {}, "Evidence: ",
    element("a", { href: url }, nameElement(path.replace(/^.*\//, ""))),
    element("span", { class: "soft" }, ", which anybody can check: "),
    typed("dane replay", path.replace(/^file:\/\//, "")));
}

// What stands behind a sign: the words, when the signature counts, and why it does not.
function linkRow(state, words, { from, until, why } = {}, scale = undefined) {
  const { sign, word } = linkStates[state];
  const out = element("div", { class: `link ${state}` },
    element("span", { class: "mark" }, hidden(sign), element("span", { class: "unseen" },
      `${word}: `)), element("span", { class: "words" }, ...words));
  if (until) {
    out.append(scale ? spanElement(from, until, scale) : "", element("span", { class: "dates" },
      timeElement(from), " \u2013\u00a0", timeElement(until)));
  }
  if (why) out.append(element("span", { class: "reason" }, prose(why)));
  return out;
}

// A bar for the time in which a signature counts, with a line at the moment of the audit.
const SCALE_DAYS = 45;
function spanElement(from, until, { low, high, at }) {
  const place = seconds => 100 * (Math.min(Math.max(seconds, low), high) - low) / (high - low);
  const left = place(from), width = Math.max(place(until) - left, 1);
  return element("span", { class: "span", "aria-hidden": "true" },
    element("span", { class: "counts",
      style: `left:${left.toFixed(1)}%;width:${width.toFixed(1)}%` }),
    element("span", { class: "now", style: `left:${place(at).toFixed(1)}%` }));
}

function scaleOf(links, time) {
  const at = Date.parse(time) / 1000, most = SCALE_DAYS * 86400;
  if (!at) return undefined;
  const within = seconds => Math.min(Math.max(seconds, at - most), at + most);
  const ends = links.filter(link => link.until).flatMap(link => [link.from, link.until]);
  return { low: Math.min(at - 86400, ...ends.map(within)),
    high: Math.max(at + 86400, ...ends.map(within)), at };
}

const signedBy = ({ tag, algorithm, state, signer }) => tag === undefined ? ""
  : element("span", { class: "soft" }, state === "broken" ? ", with a signature by key "
    : ", signed by key ", `${tag}`, signer === undefined ? "" : " of ",
    signer === undefined ? "" : zoneElement(signer),
    ", ", element("span", { class: "more" }, algorithms[algorithm] ?? `algorithm ${algorithm}`));

function linkWords(link) {
  const { type, owner, denied, target } = link;
  const at = nameElement(owner), by = signedBy(link);
  if (type === "DNSKEY") return ["Keys (DNSKEY)", by];
  if (type === "DS") return [denied ? "No DS records in " : "DS records in ",
    zoneElement(link.zone), by];
  if (target !== undefined) return [at, ` is an alias (${type}) of `, nameElement(target), by];
  const what = type === "A" || type === "AAAA" ? `Address (${type}) of `
    : `${type} records ${type === "TLSA" ? "at" : "of"} `;
  return [denied ? `No ${what}` : what, at, by];
}

const boundWords = { all: "The server signed its key, its certificates and the name",
  key: "The server signed so that its key alone is bound, as TLS 1.2 has it" };

const keyStates = { proved: "proved", refused: "broken", unknown: "missing" };

// The end of a chain: what an address showed, and whether its server signed that.
function keyElement(host, address, peers) {
  const state = keyStates[address.access] ?? "insecure";
  const key = address.chain?.[0]?.spki_sha256;
  const peer = peers.find(one => one.host === host.name && one.address === address.address);
  const words = [key || address.protocol ? "Key of " : "No key of ", nameElement(host.name),
    ` at ${address.address}`, address.protocol ? `, ${address.protocol}` : ""];
  const told = [address.detail, address.error].filter(Boolean).join("; ");
  const row = linkRow(state, words, { why: told });
  const about = [];
  if (key) about.push(element("span", {}, "SHA2-256 of the key ", hex(key)));
  if (address.protocol) {
    about.push((peer ? boundWords[peer.bound] : undefined)
      ?? "Nothing that the server signed is in the evidence");
  }
  if (peer?.weak) about.push(prose(sentence(peer.weak)));
  row.append(...about.map(one => element("span", { class: "reason plain" }, one)));
  return element("li", { class: `set ${state}` }, row);
}

// Where an owner's records stand, behind its aliases.
function behindAliases(owner, links) {
  for (let hops = 0; hops < 16; ++hops) {
    const alias = links.find(link => link.owner === owner && link.target !== undefined);
    if (!alias) break;
    owner = alias.target;
  }
  return owner;
}

class Proof {
  constructor(domain) {
    this.links = domain.proof.links.map(link =>
      ({ ...link, state: linkState(link.state ?? "proved") }));
    this.peers = domain.proof.peers ?? [];
    this.hosts = domain.hosts;
    this.scale = scaleOf(this.links, domain.time);
  }
  of(zone, type) { return this.links.filter(link => link.zone === zone && link.type === type); }

  keysBehind(link) {
    if (link.type !== "TLSA" || link.target !== undefined) return [];
    return this.hosts.filter(host => host.tlsa?.owner
      && behindAliases(host.tlsa.owner, this.links) === link.owner)
      .flatMap(host => (host.addresses ?? []).map(address =>
        keyElement(host, address, this.peers)));
  }

  set(link) {
    const keys = this.keysBehind(link);
    const calm = link.denied && link.state === "proved" ? " denied" : "";
    return element("li", { class: `set ${link.state}${calm}` },
      linkRow(link.state, linkWords(link), link, this.scale),
      keys.length ? element("ul", {}, ...keys) : "");
  }

  // A zone with its keys, what it signs, and the zones below it; `way` is what led to it.
  zone(zone, way, above = []) {
    const keys = this.links.filter(link => link.type === "DNSKEY" && link.owner === zone);
    const rows = [...way, ...keys];
    const state = rows.find(link => link.state !== "proved")?.state ?? "proved";
    const ends = this.links.filter(link => link.zone === zone
      && !["DS", "DNSKEY"].includes(link.type));
    const below = this.of(zone, "DS").filter(link => !above.includes(link.owner));
    return element("li", { class: `zone ${state}` },
      element("div", { class: "box" }, element("strong", {}, zone ? nameElement(zone) : "The root"),
        ...rows.map(link => linkRow(link.state, linkWords(link), link, this.scale))),
      element("ul", {}, ...ends.map(link => this.set(link)),
        ...below.map(link => this.zone(link.owner, [link], [...above, zone]))));
  }
}

function windowText({ from, until }) {
  if (!until) return "No signature counts.";
  if (from > until) return "There is no moment at which all signatures count.";
  return `All signatures that count do so together from ${moment(from * 1000)} to ` +
    `${moment(until * 1000)}. `;
}

function proofElement(domain) {
  const { proof } = domain;
  if (!proof?.links) return bundleElement(domain);
  const left = proof.left_out ? element("p", { class: "soft" },
    `${number(proof.left_out)} more links are in the evidence and not drawn.`) : "";
  return element("details", { class: "proof" }, element("summary", {}, "How it is proved"),
    bundleElement(domain), element("p", { class: "soft" }, windowText(proof),
      element("span", { class: "barred" }, "A bar is the time in which a signature counts, "
        + "the line in it the moment of the audit.")),
    element("ul", { class: "trust" }, new Proof(domain).zone("", [])), left);
}

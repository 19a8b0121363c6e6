// A domain of the run, from its JSON line. Of one with nothing to fix the page may have a
// short form: `codes` in the place of findings and hosts.

class Domain {
  constructor(line) {
    this.grade = known(line.grade);
    this.input = String(line.input ?? "");
    this.id = line.domain ?? this.input;
    if (!this.id) this.id = this.input;
    this.name = line.unicode || this.id;
    this.whole = !line.codes;
    this.findings = line.findings ?? [];
    this.hosts = line.hosts ?? [];
    this.mx = line.mx;
    this.sts = line.mta_sts;
    this.time = line.time;
    this.bundle = line.bundle ?? "";
    this.store = line.store;
    this.proof = line.proof;
    this.codes = line.codes ?? [...new Set(this.findings.map(f => f.code))];
    this.faults = this.codes.filter(isFault);
    this.cause = this.grade === "enforced" ? "" : line.cause ?? this.codes[0] ?? "";
  }
  // What the search looks at: names in both spellings, hosts, and what findings are about.
  get text() {
    this.text_ ??= [this.name, this.id, this.input, ...this.hosts.map(h => h.name),
      ...this.findings.map(f => f.subject)].join(" ").toLowerCase();
    return this.text_;
  }
  // The code that a fault of this host has, if one is about it.
  causeAt(host) {
    const about = ({ subject }) => subject === host || subject.startsWith(host + " ")
      || subject.endsWith("." + host);
    const finding = this.findings.find(f => f.severity === "error" && about(f));
    return finding ? finding.code : this.cause;
  }
}

const summary = JSON.parse(by("summary").textContent);
const domains = JSON.parse(by("domains").textContent).map(line => new Domain(line));

// The mail hosts that most domains are broken by, with the cause that they most often have.
function worstHosts(most) {
  const hosts = new Map();
  for (const domain of domains) {
    if (domain.grade !== "broken") continue;
    for (const { name, access } of domain.hosts) {
      if (access !== "refused") continue;
      if (!hosts.has(name)) hosts.set(name, { name, domains: 0, causes: new Map() });
      const host = hosts.get(name), code = domain.causeAt(name);
      ++host.domains;
      host.causes.set(code, (host.causes.get(code) ?? 0) + 1);
    }
  }
  const commonest = causes => [...causes].reduce((a, b) => b[1] > a[1] ? b : a)[0];
  return [...hosts.values()].sort((a, b) => b.domains - a.domains || (a.name < b.name ? -1 : 1))
    .slice(0, most).map(host => ({ ...host, cause: commonest(host.causes) }));
}

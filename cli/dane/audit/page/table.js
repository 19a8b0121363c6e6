// The table of domains: what is chosen, in which order, a hundred rows at a time.

const STEP = 100;
const state = { search: "", grade: "", code: "", open: "", sort: "grade", down: false,
  shown: STEP };

const keys = {
  domain: domain => domain.name,
  grade: domain => grades.indexOf(domain.grade),
  cause: domain => domain.cause || "~",
};

const sorted = { by: "", down: false, domains: [] };
function inOrder() {
  if (sorted.by === state.sort && sorted.down === state.down) return sorted.domains;
  const key = keys[state.sort], sign = state.down ? -1 : 1;
  const compare = (x, y) => x < y ? -1 : x > y ? 1 : 0;
  sorted.domains = domains.slice().sort((a, b) =>
    sign * compare(key(a), key(b)) || compare(a.name, b.name));
  sorted.by = state.sort;
  sorted.down = state.down;
  return sorted.domains;
}

// Words are looked for in names and in the sentences of findings.
function matcher(search) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const codes = words.map(word => new Set(Object.keys(catalogue).filter(code =>
    `${code} ${catalogue[code].title}`.toLowerCase().includes(word))));
  return domain => words.every((word, i) => domain.text.includes(word)
    || domain.codes.some(code => codes[i].has(code)));
}

function chosen() {
  const matches = matcher(state.search);
  return inOrder().filter(domain => (!state.grade || domain.grade === state.grade)
    && (!state.code || domain.codes.includes(state.code)) && matches(domain));
}

function whyElement(domain) {
  const [cause, rest] = domain.cause
    ? [domain.cause, domain.faults.filter(code => code !== domain.cause)]
    : [domain.faults[0], domain.faults.slice(1)];
  if (!cause) {
    const notes = domain.codes.length ? ` (${notesWord(domain.codes.length)})` : "";
    const text = domain.grade === "enforced" ? `Nothing to fix${notes}` : "No cause is on record";
    return element("span", { class: "soft" }, text);
  }
  const more = rest.length ? ` and ${number(rest.length)} more` : "";
  return element("span", {}, findingElement(cause), element("span", { class: "soft more" }, more));
}

function detailRow(domain) {
  return element("tr", { role: "row", class: "detail" },
    element("td", { role: "cell", colspan: "3" }, ...evidence(domain)));
}

function domainRow(domain) {
  const out = element("tr", { role: "row", class: "row" });
  const button = element("button", { class: "name", "aria-expanded": "false",
    onclick: () => toggle(out, domain) }, nameElement(domain.name));
  out.append(element("td", { role: "cell" }, button),
    element("td", { role: "cell" }, verdictElement(domain.grade)),
    element("td", { role: "cell", class: "why" }, whyElement(domain)));
  if (state.open === domain.id) unfold(out, domain);
  return out;
}

function unfold(row, domain) {
  row.classList.add("open");
  row.querySelector(".name").setAttribute("aria-expanded", "true");
  row.detail = detailRow(domain);
}

function toggle(row, domain) {
  if (row.detail) {
    row.detail.remove();
    row.detail = undefined;
    row.classList.remove("open");
    row.querySelector(".name").setAttribute("aria-expanded", "false");
  } else {
    unfold(row, domain);
    row.after(row.detail);
  }
  state.open = row.detail ? domain.id : "";
  writeLink();
}

// The domain that a link opens is shown, however far down it would stand.
function visible(all) {
  const some = all.slice(0, state.shown);
  const asked = state.open ? all.find(domain => domain.id === state.open) : undefined;
  return !asked || some.includes(asked) ? some : [asked, ...some];
}

function drawRows() {
  const all = chosen(), some = visible(all);
  const rows = some.map(domainRow).flatMap(row => row.detail ? [row, row.detail] : [row]);
  by("rows").replaceChildren(...rows);
  const whole = all.length === domains.length ? domains_(all.length)
    : `${number(all.length)} of ${domains_(domains.length)}`;
  show(by("shown"), some.length < all.length
    ? `${whole}, the first ${number(some.length)} of them below` : whole);
  by("more").hidden = some.length === all.length;
}

function drawState() {
  for (const id of ["search", "grade", "code"]) by(id).value = state[id];
  by("clear").hidden = !state.search && !state.grade && !state.code;
  for (const button of document.querySelectorAll("[aria-pressed]")) {
    const { grade, code } = button.dataset;
    const on = grade ? grade === state.grade : code === state.code;
    button.setAttribute("aria-pressed", String(on));
  }
  for (const button of document.querySelectorAll("th button")) {
    const on = button.dataset.by === state.sort;
    button.parentElement.setAttribute("aria-sort",
      !on ? "none" : state.down ? "descending" : "ascending");
  }
}

function draw() {
  drawRows();
  drawState();
  writeLink();
}

// Chooses by a row of the summary, which lets go again when it is pressed once more.
function choose(wanted) {
  const same = Object.entries(wanted).every(([key, value]) => state[key] === value);
  for (const [key, value] of Object.entries(wanted)) state[key] = same ? "" : value;
  state.shown = STEP;
  draw();
  if (!same) goToTable();
}

function goToTable() {
  by("shown").focus({ preventScroll: true });
  by("shown").scrollIntoView({ block: "start" });
}

// What the run adds up to: verdicts, faults, mail hosts. Each row is a button that filters
// the table.

const FIRST = 8;    // faults that are shown at once
const WORST = 10;   // mail hosts

function drawHead() {
  const total = Object.values(summary.grades).reduce((a, b) => a + b, 0);
  const parts = [`${domains_(total)}, ${moment(summary.time)}.`];
  if (summary.left_out) {
    parts.push(`${number(summary.left_out)} of them are not on this page.`);
  }
  const short = domains.filter(domain => !domain.whole).length;
  if (short) {
    parts.push(`For ${domains_(short)} with nothing to fix, without DANE or misspelt, mail `
      + "servers, records and certificates are left out.");
  }
  if (short || summary.left_out) {
    parts.push("The JSON lines have all of it: dane audit --output FILE.");
  }
  show(by("when"), parts.join(" "));
}

function verdictRow(grade, count, total) {
  const takesNone = ["mx-null", "no-mail-host"].reduce(
    (sum, code) => sum + (summary.findings[code] ?? 0), 0);
  const more = grade === "not-deployed" && takesNone
    ? ` ${sentence(domains_(takesNone))} of these take${takesNone === 1 ? "s" : ""} no mail.` : "";
  const share = grade === "bad-input" ? "" : percent(count, total);
  return element("li", {}, element("button", { class: "row-button verdict-row",
    "data-grade": grade, "aria-pressed": "false", onclick: () => choose({ grade }) },
    verdictElement(grade), element("span", { class: "figure" }, number(count)),
    element("span", { class: "figure" }, share),
    element("span", { class: "soft meaning" }, verdicts[grade].meaning + more)));
}

function drawVerdicts() {
  const counts = summary.grades;
  const graded = grades.filter(grade => grade !== "bad-input");
  const total = graded.reduce((sum, grade) => sum + (counts[grade] ?? 0), 0);
  for (const grade of grades) {
    const count = counts[grade] ?? 0;
    if (!count && grade === "bad-input") continue;
    by("verdicts").append(verdictRow(grade, count, total));
    by("grade").append(element("option", { value: grade }, verdicts[grade].word));
    if (!count) continue;
    by("stack").append(element("span", { class: `fill ${grade}`, style: `flex-grow:${count}` }));
  }
}

function faultRow([code, count], most) {
  const bar = element("span", { class: `bar ${kindOf(code).severity}`,
    style: `width:${100 * count / most}%` });
  return element("li", {}, element("button", { class: "row-button", "data-code": code,
    "aria-pressed": "false", onclick: () => choose({ code }) }, findingElement(code),
    element("span", { class: "figure" }, number(count)),
    most ? element("span", { class: "track", "aria-hidden": "true" }, bar) : ""));
}

const list = (rows, most) =>
  element("ul", { class: "plain" }, ...rows.map(row => faultRow(row, most)));
const folded = (title, rows, most) =>
  element("details", {}, element("summary", {}, title), list(rows, most));

function drawFaults() {
  const weight = ([code]) => severities.indexOf(kindOf(code).severity);
  const counts = Object.entries(summary.findings)
    .sort((a, b) => weight(a) - weight(b) || b[1] - a[1]);
  const faults = counts.filter(([code]) => isFault(code));
  const notes = counts.filter(([code]) => !isFault(code));
  const most = Math.max(1, ...faults.map(([, count]) => count));
  const out = [faults.length ? list(faults.slice(0, FIRST), most)
    : element("p", {}, "Nothing is wrong.")];
  if (faults.length > FIRST) {
    out.push(folded(`${number(faults.length - FIRST)} more`, faults.slice(FIRST), most));
  }
  if (notes.length) out.push(folded(`${sentence(notesWord(notes.length))} (no faults)`, notes, 0));
  show(by("faults"), ...out);
  for (const [code] of counts) {
    const title = `${sentence(kindOf(code).title)} (${code})`;
    by("code").append(element("option", { value: code }, title));
  }
}

function hostRow({ name, domains, cause }) {
  return element("li", {}, element("button", { class: "row-button",
    onclick: () => choose({ grade: "broken", search: name }) }, nameElement(name),
    element("span", { class: "figure" }, domains_(domains)),
    element("span", { class: "soft meaning" }, cause ? findingElement(cause) : "")));
}

function drawHosts() {
  const worst = worstHosts(WORST);
  by("hosts-card").hidden = worst.length === 0;
  show(by("hosts"), ...worst.map(hostRow));
}

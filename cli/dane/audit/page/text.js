// Text on the page. All that is shown goes through element() or show(), and with that
// through clean(): what the network says can be neither markup nor a character that hides
// or turns round what stands beside it.

const by = id => document.getElementById(id);

// As base::misleads has it.
const MISLEADING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const clean = text => String(text).replace(MISLEADING, "\ufffd");

function show(node, ...children) {
  node.replaceChildren(...children.map(one => one instanceof Node ? one : clean(one)));
  return node;
}

function element(name, attributes = {}, ...children) {
  const out = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") out.addEventListener("click", value);
    else out.setAttribute(key, clean(value));
  }
  return show(out, ...children);
}

const hidden = text => element("span", { "aria-hidden": "true" }, text);

// Parts between which a line may be broken.
const withBreaks = parts =>
  parts.flatMap((part, i) => i ? [document.createElement("wbr"), part] : [part]);

// A name that may be broken behind its dots and nowhere else, unless a label is wider than
// the window.
const nameElement = (name, tag = "span") =>
  element(tag, { class: "word" }, ...withBreaks(clean(name).split(/(?<=[.@])/)));

// A text whose names may be broken in the same way.
const prose = text =>
  element("span", {}, ...withBreaks(clean(text).split(/(?<=[\p{L}\p{N}][.@])(?=[\p{L}_])/u)));

const sentence = text => text.charAt(0).toUpperCase() + text.slice(1);
const number = count => count.toLocaleString("en-US");
const domains_ = count => `${number(count)} ${count === 1 ? "domain" : "domains"}`;

// How many in a hundred, as exactly as so many domains allow; never 0 of what there is, and
// never 100 of what is not all.
function percent(count, total) {
  const digits = total < 100 ? 0 : total < 1000 ? 1 : 2;
  const step = 10 ** -digits;
  const share = total ? 100 * count / total : 0;
  if (!count) return "0 %";
  if (share < step) return `< ${step.toFixed(digits)} %`;
  const shown = count < total ? Math.min(share, 100 - step) : share;
  return `${shown.toFixed(digits)} %`;
}

function moment(time) {
  const at = new Date(time);
  return isNaN(at) ? clean(time) : at.toLocaleString("en-GB",
    { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }) + " UTC";
}

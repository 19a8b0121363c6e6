// What can be found: a sentence of the catalogue, which is on the page once, and its code.

const catalogue = JSON.parse(by("catalogue").textContent);
const severities = ["error", "warning", "note"];
const severityWords = { error: "Error", warning: "Warning", note: "Note" };

// Of a code that this catalogue does not have, the words of the code are all there is.
function kindOf(code) {
  if (Object.hasOwn(catalogue, code)) return catalogue[code];
  return { severity: "note", title: code.replaceAll("-", " "), advice: "", source: "" };
}
const isFault = code => kindOf(code).severity !== "note";

const codeElement = code => element("code", { class: "code" }, code);
const findingElement = code =>
  element("span", {}, sentence(kindOf(code).title), " ", codeElement(code));

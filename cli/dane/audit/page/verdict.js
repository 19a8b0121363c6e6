// The verdict on a domain: the grade of the JSON lines in a word that everybody knows, worst
// first. The sign stands beside the word, so that nothing hangs on the colour.

const verdicts = {
  broken: { sign: "\u2717", word: "broken",
    meaning: "No mail server passes DANE: senders that use it hold their mail back." },
  partial: { sign: "!", word: "partly protected",
    meaning: "Mail arrives, but not every mail server is there and verified." },
  undecided: { sign: "?", word: "could not tell",
    meaning: "It could not be found out now. Ask again later." },
  "not-deployed": { sign: "\u2013", word: "no DANE",
    meaning: "No mail server has TLSA records that count, or no mail is wanted." },
  enforced: { sign: "\u2713", word: "protected",
    meaning: "Every mail server is verified by DANE." },
  "bad-input": { sign: "\u00d7", word: "not a domain",
    meaning: "The input is no domain name. It is left out of the shares." },
};
const grades = Object.keys(verdicts);
// A line that somebody else wrote may have a grade that is not among them.
const known = grade => Object.hasOwn(verdicts, grade) ? grade : "undecided";

function verdictElement(grade) {
  const { sign, word } = verdicts[grade];
  return element("span", { class: `verdict ${grade}` }, hidden(sign), " ", word);
}

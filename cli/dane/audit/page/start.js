// The link of what is shown, and what people do with the page.
// #grade=broken&code=mismatch&search=example&sort=-domain&open=example.org

function readLink() {
  const asked = new URLSearchParams(location.hash.slice(1));
  for (const key of ["search", "grade", "code", "open"]) state[key] = asked.get(key) || "";
  const sort = asked.get("sort") || "grade", name = sort.replace(/^-/, "");
  state.sort = Object.hasOwn(keys, name) ? name : "grade";
  state.down = sort.startsWith("-");
  state.shown = STEP;
}

function writeLink() {
  const link = new URLSearchParams();
  for (const key of ["search", "grade", "code", "open"]) {
    if (state[key]) link.set(key, state[key]);
  }
  const sort = (state.down ? "-" : "") + state.sort;
  if (sort !== "grade") link.set("sort", sort);
  history.replaceState(null, "", "#" + link);
}

function followLink() {
  readLink();
  draw();
}

function listen() {
  for (const id of ["search", "grade", "code"]) {
    by(id).addEventListener("input", () => {
      state[id] = by(id).value;
      state.shown = STEP;
      draw();
    });
  }
  by("skip").addEventListener("click", goToTable);
  by("clear").addEventListener("click", () => {
    state.search = state.grade = state.code = "";
    draw();
    by("search").focus();
  });
  by("more").addEventListener("click", () => {
    const before = by("rows").querySelectorAll(".row").length;
    state.shown += STEP;
    drawRows();
    by("rows").querySelectorAll(".name")[before].focus();
  });
  for (const button of document.querySelectorAll("th button")) {
    button.addEventListener("click", () => {
      state.down = state.sort === button.dataset.by && !state.down;
      state.sort = button.dataset.by;
      draw();
    });
  }
  addEventListener("hashchange", followLink);
  // Paper cannot be unfolded.
  addEventListener("beforeprint", () => {
    for (const one of by("rows").querySelectorAll("details")) one.open = true;
  });
}

drawHead();
drawVerdicts();
drawFaults();
drawHosts();
listen();
followLink();
document.querySelector(".row.open")?.scrollIntoView({ block: "center" });

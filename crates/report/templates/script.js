"use strict";
// The page is complete without scripts: this one filters the matrix and shows one case at a time, and the one in the head
// hides the others before they are laid out.
(() => {
  const form = document.getElementById("filters");
  const drawer = document.getElementById("drawer");
  const body = drawer.querySelector(".body");
  const cells = [...document.querySelectorAll("a.cell")];
  const idOf = (cell) => decodeURIComponent(cell.hash.slice(1));
  const byId = new Map(cells.map((cell) => [idOf(cell), cell]));
  // Where a case came from, so that it can go back there.
  let shown = null;

  form.hidden = false;

  // Filters.
  const ticked = (name) => new Set([...form.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value));
  const isVisible = (cell) => cell.offsetParent !== null && getComputedStyle(cell).visibility !== "hidden";
  function filter() {
    const verdicts = ticked("verdict");
    const languages = ticked("language");
    const wanted = form.elements.scenario.value.trim().toLowerCase();
    for (const row of document.querySelectorAll(".matrix tr")) {
      let left = 0;
      for (const cell of row.querySelectorAll("[data-language]")) {
        const language = languages.has(cell.dataset.language);
        const verdict = verdicts.has(cell.dataset.verdict);
        cell.classList.toggle("off", !language);
        cell.classList.toggle("dim", !verdict);
        if (language && verdict) left += 1;
      }
      const scenario = row.dataset.scenario;
      if (scenario !== undefined) row.classList.toggle("off", left === 0 || !scenario.toLowerCase().includes(wanted));
    }
    const count = cells.filter(isVisible).length;
    form.querySelector("output").textContent = `${count} of ${cells.length} cases shown`;
  }
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());

  // The drawer.
  function putBack() {
    if (!shown) return;
    shown.marker.replaceWith(shown.article);
    byId.get(shown.article.id)?.removeAttribute("aria-current");
    shown = null;
  }
  function open(id) {
    const cell = byId.get(id);
    if (shown?.article.id === id) return;
    putBack();
    const article = document.getElementById(id);
    if (!cell || !article) return;
    const marker = document.createComment(id);
    article.replaceWith(marker);
    body.replaceChildren(article);
    shown = { article, marker };
    cell.setAttribute("aria-current", "true");
    drawer.setAttribute("aria-label", id);
    const order = cells.filter(isVisible);
    const at = order.indexOf(cell);
    drawer.querySelector(".position").textContent = at < 0 ? "" : `${at + 1} of ${order.length}`;
    for (const button of drawer.querySelectorAll("[data-step]")) {
      const target = at < 0 ? undefined : order[at + Number(button.dataset.step)];
      button.disabled = !target;
      button.dataset.target = target ? idOf(target) : "";
    }
    if (!drawer.open) drawer.showModal();
    drawer.scrollTop = 0;
  }
  function follow() {
    const id = decodeURIComponent(location.hash.slice(1));
    if (byId.has(id)) open(id);
    else if (drawer.open) drawer.close();
  }
  drawer.addEventListener("close", () => {
    const cell = shown && byId.get(shown.article.id);
    putBack();
    history.replaceState(null, "", location.pathname + location.search);
    cell?.focus();
  });
  drawer.addEventListener("click", (event) => {
    const target = event.target;
    if (target === drawer || target.closest("[data-close]")) drawer.close();
    const step = target.closest("[data-step]");
    if (step?.dataset.target) {
      history.replaceState(null, "", `#${step.dataset.target}`);
      open(step.dataset.target);
    }
    const copy = target.closest("[data-copy]");
    if (copy) {
      navigator.clipboard.writeText(copy.previousElementSibling.textContent).then(
        () => { copy.textContent = "Copied"; },
        () => { copy.textContent = "Could not copy"; },
      );
    }
  });
  // Each case has an address of its own: it can be shared, and the way back closes it.
  document.getElementById("matrix").addEventListener("click", (event) => {
    const cell = event.target.closest("a.cell");
    if (!cell || event.button !== 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState(null, "", cell.hash);
    open(idOf(cell));
  });
  addEventListener("hashchange", follow);
  addEventListener("popstate", follow);
  if (navigator.clipboard) {
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  }

  // The arrow keys move between the cells.
  document.getElementById("matrix").addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const from = event.target.closest("td");
    if (!move || !from || event.altKey || event.ctrlKey || event.metaKey) return;
    let row = from.parentElement;
    let column = from.cellIndex;
    for (;;) {
      if (move[0] > 0) row = row.nextElementSibling;
      if (move[0] < 0) row = row.previousElementSibling;
      column += move[1];
      const cell = row?.cells[column];
      if (!cell || column < 1) return;
      const link = cell.querySelector("a.cell");
      if (link && isVisible(link)) {
        event.preventDefault();
        link.focus();
        return;
      }
    }
  });

  filter();
  follow();
})();

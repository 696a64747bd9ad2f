// Clicks through the report as a reader would, and leaves what it saw in `data-seen` of the document.
(async () => {
  const once = (target, type) => new Promise((done) => target.addEventListener(type, done, { once: true }));
  await once(window, "load");
  const seen = {};
  const visible = (element) => element.checkVisibility({ visibilityProperty: true });
  const cells = [...document.querySelectorAll("a.cell")];
  const shown = () => cells.filter(visible).length;
  const drawer = document.getElementById("drawer");
  const form = document.getElementById("filters");
  seen.cells = shown();
  seen.scripts = document.querySelectorAll("script").length;
  seen.loads = document.querySelectorAll("img, iframe, object, embed, link, audio, video").length;

  form.querySelector('input[name="verdict"][value="pass"]').click();
  seen.withoutPass = shown();
  form.elements.scenario.value = "no scenario has this name";
  form.elements.scenario.dispatchEvent(new Event("input", { bubbles: true }));
  seen.withoutAny = shown();
  seen.counted = form.querySelector("output").textContent;
  form.reset();
  // The page filters again in a task of its own, which comes before this one.
  await new Promise((done) => setTimeout(done));
  seen.afterReset = shown();

  const cell = cells.find((cell) => cell.classList.contains("fail"));
  cell.focus();
  cell.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
  seen.below = document.activeElement.getAttribute("aria-label");
  cell.focus();
  cell.click();
  const chart = drawer.querySelector("svg.chart");
  const box = chart.getBoundingClientRect();
  seen.address = location.hash;
  seen.opened = cell.getAttribute("aria-label");
  seen.open = drawer.open;
  seen.title = drawer.querySelector("h2").textContent;
  seen.chart = visible(chart) && box.width > 300 && box.height > 60;
  seen.requests = chart.querySelectorAll("g.request").length;

  drawer.querySelector('[data-step="1"]').click();
  seen.next = drawer.querySelector("h2").textContent;
  const closed = once(drawer, "close");
  drawer.close();
  await closed;
  seen.closed = !drawer.open && drawer.querySelector("article") === null;
  seen.articles = document.querySelectorAll("#cases > article").length;
  seen.focus = document.activeElement.getAttribute("aria-label");
  document.documentElement.dataset.seen = JSON.stringify(seen);
})();

"use strict";

// What depends on the reader's taste: Plotly draws on the page's own colours.
function taste() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  return { ink: colour("--ink"), line: colour("--line"), card: colour("--card") };
}

// A finger that moves over a chart means the page.
const BY_TOUCH = matchMedia("(pointer: coarse)").matches;

// What there is no other way to do.
function buttons(config) {
  const spared = BY_TOUCH ? ["toImage"] : ["zoomIn2d", "zoomOut2d"];
  return { ...config, modeBarButtonsToRemove: [...(config.modeBarButtonsToRemove ?? []), ...spared] };
}

function dress(layout) {
  const { ink, line, card } = taste();
  const dressed = structuredClone(layout);
  Object.assign(dressed, { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)" });
  if (BY_TOUCH) dressed.dragmode = false;
  // In a short run the nearest second may be far from the pointer, and is meant all the same.
  if (dressed.hovermode === "x unified") dressed.hoverdistance = -1;
  dressed.font = { ...dressed.font, color: ink, size: 12 };
  dressed.modebar = { bgcolor: "rgba(0,0,0,0)", color: line, activecolor: ink };
  dressed.hoverlabel = { bgcolor: card, bordercolor: line, font: { color: ink } };
  for (const name of Object.keys(dressed).filter((name) => /^[xy]axis\d*$/.test(name))) {
    Object.assign(dressed[name], { gridcolor: line, zerolinecolor: line, automargin: true });
  }
  for (const shape of dressed.shapes ?? []) {
    if (shape.type === "rect") shape.fillcolor = ink;
    else shape.line = { ...shape.line, color: ink };
  }
  return dressed;
}

const charts = [...document.querySelectorAll(".chart")];

function draw() {
  for (const element of charts) {
    const chart = JSON.parse(element.nextElementSibling.textContent);
    element.least = chart.layout.height ?? 0;
    Plotly.react(element, chart.data, dress(chart.layout), buttons(chart.config));
    fit(element);
  }
}

// As high as Plotly makes a row of names of 12 pixels.
const LEGEND_ROW = 19;

// A chart is as wide as its place, and higher by its legend, which would else take the room of what it explains. How many
// rows that has depends on the width in turn.
function fit(element, width = element.clientWidth) {
  for (let turn = 0; turn < 3; turn++) {
    const names = [...element.querySelectorAll(".legend .traces")].map((name) => name.getBoundingClientRect());
    const rows = new Set(names.map(({ top }) => Math.round(top))).size;
    element.style.height = "";
    const height = Math.max(element.clientHeight, element.least) + rows * LEGEND_ROW;
    element.style.height = `${height}px`;
    if (element._fullLayout.width === width && element._fullLayout.height === height) return;
    Plotly.relayout(element, { width, height });
  }
}

// The value of a figure as it is shown, whatever its unit, so that 900 µs is less than 1.2 ms.
const UNITS = {
  "µs": 1, ms: 1e3, s: 1e6, m: 6e7, h: 3.6e9, "%": 1, "/s": 1, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15,
};

function value(text) {
  const parts = [...text.matchAll(/(-?[\d,]*\.?\d+)\s*(µs|ms|kB|MB|GB|TB|PB|\/s|[smhB%])?/g)];
  if (parts.length === 0) return null;
  return parts.reduce((sum, [, digits, unit]) => sum + Number(digits.replaceAll(",", "")) * (UNITS[unit] ?? 1), 0);
}

function compare(a, b, figures) {
  if (!figures) return a.localeCompare(b);
  const [x, y] = [value(a), value(b)];
  if (x === null || y === null) return (x === null) - (y === null);
  return x - y;
}

// Rows that stand under a heading take its name along when they are put into another order.
function ungroup(body) {
  let heading = "";
  for (const row of [...body.rows]) {
    if (row.classList.contains("heading")) {
      heading = row.cells[0].textContent;
      row.remove();
    } else if (heading) {
      const name = document.createElement("small");
      name.textContent = ` ${heading}`;
      row.cells[0].append(name);
    }
  }
}

function sort(heading) {
  const table = heading.closest("table");
  const body = table.tBodies[0];
  const sorted = heading.getAttribute("aria-sort");
  // Of figures the largest are looked for first, of names the first.
  const descending = sorted ? sorted === "ascending" : heading.classList.contains("figures");
  ungroup(body);
  const column = heading.cellIndex;
  const text = (row) => row.cells[column]?.textContent ?? "";
  const rows = [...body.rows].sort((a, b) => compare(text(a), text(b), heading.classList.contains("figures")));
  if (descending) rows.reverse();
  body.append(...rows);
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
}

for (const heading of document.querySelectorAll("th")) {
  heading.addEventListener("click", () => sort(heading));
}
// Also when that changes without the window.
const resized = new ResizeObserver((entries) => entries.forEach(({ target }) => fit(target)));

function print(onPaper) {
  document.documentElement.classList.toggle("paper", onPaper);
  draw();
  // The page has its place on paper only after this.
  if (onPaper) charts.forEach((chart) => fit(chart, PAPER_WIDTH));
}

// 82 mm, as page.css has it.
const PAPER_WIDTH = 310;

addEventListener("beforeprint", () => print(true));
addEventListener("afterprint", () => print(false));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
draw();
charts.forEach((chart) => resized.observe(chart));

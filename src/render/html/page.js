"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const bytes = Uint8Array.from(atob(data.bytes), (c) => c.charCodeAt(0));
const nodes = data.nodes;
const $ = (id) => document.getElementById(id);
const HEIGHT = parseInt(getComputedStyle(document.documentElement).getPropertyValue("--row")) || 20;
let columns = 16;

// Which leaf owns each byte that is shown, and the colour of each leaf.
const owner = new Int32Array(bytes.length).fill(-1);
const colour = new Map();
nodes.forEach((node, i) => {
  if (!node.owns) return;
  const from = Math.max(node.offset - data.start, 0);
  const to = Math.min(node.offset + node.size - data.start, bytes.length);
  if (from >= to) return;
  owner.fill(i, from, to);
  if (node.kind !== "gap" && node.kind !== "padding") colour.set(i, colour.size % 5);
});

// Only the rows that are seen are in the page: files have many.
function list(pane, draw) {
  const rows = document.createElement("div");
  rows.className = "rows";
  pane.append(rows);
  const self = {
    count: 0,
    // What is said below the last row.
    cut: "",
    update() {
      const all = self.count + (self.cut ? 1 : 0);
      rows.style.height = all * HEIGHT + "px";
      const first = Math.max(Math.floor(pane.scrollTop / HEIGHT) - 4, 0);
      const last = Math.min(first + Math.ceil(pane.clientHeight / HEIGHT) + 8, self.count);
      const shown = [];
      for (let i = first; i < Math.min(last + 1, all); i++) {
        const row = i < self.count ? draw(i) : element("div", "cut", self.cut);
        row.style.top = i * HEIGHT + "px";
        row.classList.add("row");
        shown.push(row);
      }
      rows.replaceChildren(...shown);
    },
    reveal(i) {
      const top = i * HEIGHT;
      if (top < pane.scrollTop || top + HEIGHT > pane.scrollTop + pane.clientHeight) {
        pane.scrollTop = Math.max(top - pane.clientHeight / 3, 0);
      }
      self.update();
    },
  };
  pane.addEventListener("scroll", () => self.update());
  new ResizeObserver(() => self.update()).observe(pane);
  return self;
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

const hexadecimal = (n) => "0x" + n.toString(16);
const closed = new Set();
nodes.forEach((node, i) => {
  const item = node.name.startsWith("[");
  if (node.children && (node.depth > 1 || node.keyed || (item && node.size < 64))) closed.add(i);
});
let visible = [];
let current = 0;
let lit = -1;
let cursor = -1;
let query = "";

function matches(node) {
  const text = [node.path, node.name, node.key, node.value, node.meaning, ...(node.problems || [])];
  return text.some((t) => t !== undefined && String(t).toLowerCase().includes(query));
}

function choose() {
  visible = [];
  if (query) {
    // What is found, and what it stands in.
    const keep = new Set();
    const above = [];
    nodes.forEach((node, i) => {
      above.length = node.depth;
      above.push(i);
      if (matches(node)) above.forEach((a) => keep.add(a));
    });
    visible = nodes.map((_, i) => i).filter((i) => keep.has(i));
    return;
  }
  let hidden = Infinity;
  nodes.forEach((node, i) => {
    if (node.depth > hidden) return;
    hidden = closed.has(i) ? node.depth : Infinity;
    visible.push(i);
  });
}

const tree = list($("tree"), (at) => {
  const i = visible[at];
  const node = nodes[i];
  const row = element("div", node.children ? "" : "leaf");
  row.setAttribute("role", "treeitem");
  row.setAttribute("aria-level", node.depth + 1);
  row.id = "node" + i;
  if (node.children) row.setAttribute("aria-expanded", !closed.has(i));
  row.classList.toggle("lit", i === lit);
  row.classList.toggle("current", at === current);
  row.setAttribute("aria-selected", at === current);
  const mark = node.children ? (closed.has(i) && !query ? "▸ " : "▾ ") : "  ";
  row.append("  ".repeat(node.depth) + mark, element("span", "name", node.name));
  if (node.color) {
    const swatch = element("span", "swatch");
    swatch.style.background = node.color;
    row.append(swatch);
  }
  if (node.key !== undefined) row.append(" ", element("span", "", node.key));
  if (node.value !== undefined) row.append(" = " + node.value);
  if (node.meaning) row.append(element("span", "quiet", "  " + node.meaning));
  for (const problem of node.problems || []) {
    // The whole of it wraps above the tree and below.
    const [severity, code] = problem.split(/[ :]/);
    const mark = element("span", "problem " + severity, `  ${severity} ${code}`);
    mark.title = problem;
    row.append(mark);
  }
  row.dataset.node = i;
  row.onclick = () => {
    current = at;
    if (node.children) toggle(i);
    show(i);
    tree.update();
  };
  return row;
});

function toggle(i) {
  if (query) return;
  closed.has(i) ? closed.delete(i) : closed.add(i);
  refresh();
}

function refresh() {
  choose();
  tree.count = visible.length;
  current = Math.min(current, Math.max(visible.length - 1, 0));
  $("tree").setAttribute("aria-activedescendant", "node" + visible[current]);
  tree.update();
}

const inLit = (at) => {
  const node = nodes[lit];
  if (!node || node.stream !== undefined) return false;
  const offset = at + data.start;
  return node.offset <= offset && offset < node.offset + node.size;
};

const hex = list($("hex"), (line) => {
  const row = element("div");
  const start = line * columns;
  row.append(element("span", "quiet", (data.start + start).toString(16).padStart(8, "0") + "  "));
  const text = element("span", "text");
  for (let at = start; at < start + columns; at++) {
    if (at >= bytes.length) {
      row.append(element("span", "byte", "  "));
      continue;
    }
    const byte = bytes[at];
    const classes = ["byte"];
    if (colour.has(owner[at])) classes.push("c" + colour.get(owner[at]));
    else classes.push("gap");
    if (inLit(at)) classes.push("lit");
    if (at === cursor) classes.push("cursor");
    const printable = byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·";
    for (const [parent, shown] of [[row, byte.toString(16).padStart(2, "0")], [text, printable]]) {
      const cell = element("span", classes.join(" "), shown);
      cell.dataset.at = at;
      parent.append(cell);
    }
  }
  row.append("  ", text);
  return row;
});
if (data.bytes_left_out) hex.cut = `${data.bytes_left_out} more bytes are not on this page`;
if (data.fields_shown) tree.cut = `only the first ${data.fields_shown} fields are on this page`;

// Half as many bytes stand in a row of a narrow window, and of one that has the fields beside them.
function fit() {
  const before = columns;
  columns = innerWidth < 700 || (innerWidth <= 1100 && innerHeight <= 500) ? 8 : 16;
  // What was on top stays there.
  if (before !== columns) $("hex").scrollTop *= before / columns;
  hex.count = Math.ceil(bytes.length / columns);
  hex.update();
}
addEventListener("resize", fit);

function light(i) {
  if (lit === i) return;
  lit = i;
  const node = nodes[i];
  if (node) {
    const bits = node.bits ? `, ${node.bits} bits from bit ${node.first_bit}` : "";
    const place = node.stream === undefined ? "" : " of what the stream holds";
    const parts = [node.path, `${hexadecimal(node.offset)}, ${node.size} bytes${bits}${place}`];
    if (node.value !== undefined) parts.push("= " + node.value);
    if (node.meaning) parts.push(node.meaning);
    $("status").textContent = [...parts, ...(node.problems || [])].join("   ");
  }
  tree.update();
  hex.update();
}

// Brings the first byte of a node into view.
function show(i) {
  light(i);
  const at = nodes[i].offset - data.start;
  if (nodes[i].stream === undefined && at >= 0 && at < bytes.length) {
    cursor = at;
    hex.reveal(Math.floor(at / columns));
  }
}

// Opens what a node stands in, and brings it into view.
function find(i) {
  let depth = nodes[i].depth;
  for (let above = i - 1; above >= 0 && depth > 0; above--) {
    if (nodes[above].depth < depth) {
      closed.delete(above);
      depth = nodes[above].depth;
    }
  }
  choose();
  tree.count = visible.length;
  current = Math.max(visible.indexOf(i), 0);
  tree.reveal(current);
}

function atByte(at, reveal) {
  cursor = at;
  if (owner[at] >= 0) {
    lit = -1;
    light(owner[at]);
    if (reveal) find(owner[at]);
  }
  hex.reveal(Math.floor(at / columns));
}

// Rows that move below a pointer at rest, as they do under the keyboard, tell nothing of it.
let pointer = "";
function moved(event) {
  const place = event.clientX + "," + event.clientY;
  const has = place !== pointer;
  pointer = place;
  return has;
}

$("tree").addEventListener("pointermove", (event) => {
  const row = event.target.closest(".row");
  if (moved(event) && row && row.dataset.node !== undefined) light(Number(row.dataset.node));
});
$("hex").addEventListener("pointermove", (event) => {
  const at = event.target.dataset.at;
  if (moved(event) && at !== undefined && owner[at] >= 0) light(owner[at]);
});
$("hex").addEventListener("click", (event) => {
  const at = event.target.dataset.at;
  if (at !== undefined) atByte(Number(at), true);
});

$("tree").addEventListener("keydown", (event) => {
  const i = visible[current];
  const node = nodes[i];
  const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -Infinity, End: Infinity };
  if (event.key in moves) {
    current = Math.min(Math.max(current + moves[event.key], 0), visible.length - 1);
  } else if (event.key === "ArrowRight" && node.children && closed.has(i)) {
    toggle(i);
  } else if (event.key === "ArrowRight" && node.children) {
    current = Math.min(current + 1, visible.length - 1);
  } else if (event.key === "ArrowLeft" && node.children && !closed.has(i) && !query) {
    toggle(i);
  } else if (event.key === "ArrowLeft") {
    while (current > 0 && nodes[visible[current]].depth >= node.depth) current--;
  } else if (event.key === "Enter" || event.key === " ") {
    if (node.children) toggle(i);
  } else {
    return;
  }
  event.preventDefault();
  $("tree").setAttribute("aria-activedescendant", "node" + visible[current]);
  show(visible[current]);
  tree.reveal(current);
});

$("hex").addEventListener("keydown", (event) => {
  const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
  if (!(event.key in moves) || bytes.length === 0) return;
  event.preventDefault();
  const to = Math.min(Math.max(cursor + moves[event.key], 0), bytes.length - 1);
  atByte(to, true);
});

$("search").addEventListener("input", (event) => {
  query = event.target.value.trim().toLowerCase();
  current = 0;
  refresh();
  const first = query ? visible.findIndex((i) => matches(nodes[i])) : 0;
  if (first >= 0 && visible.length) {
    current = first;
    show(visible[current]);
    tree.reveal(current);
  } else {
    $("status").textContent = "nothing found";
  }
});
$("search").addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    event.target.value = "";
    query = "";
    refresh();
    $("tree").focus();
  } else if (event.key === "Enter" || event.key === "ArrowDown") {
    event.preventDefault();
    $("tree").focus();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== $("search")) {
    event.preventDefault();
    $("search").focus();
  } else if (event.target === document.body && !event.altKey && !event.ctrlKey && !event.metaKey &&
             /^(Arrow|Page|Home|End)/.test(event.key)) {
    // Nothing has the keyboard yet: who opens the page presses an arrow.
    event.preventDefault();
    $("tree").focus({ preventScroll: true });
    $("tree").dispatchEvent(new KeyboardEvent("keydown", { key: event.key }));
  }
});
$("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.theme = (root.dataset.theme || system) === "dark" ? "light" : "dark";
});

// Every problem in its whole length; a click leads to its field.
const problems = nodes.flatMap((node, i) => (node.problems || []).map((problem) => [i, problem]));
if (problems.length > 0) {
  const panel = $("problems");
  panel.hidden = false;
  panel.open = problems.length <= 5;
  panel.querySelector("summary").textContent = `${problems.length} problem${problems.length > 1 ? "s" : ""}`;
  for (const [i, problem] of problems.slice(0, 1000)) {
    const item = element("li", "problem " + problem.split(" ")[0]);
    const button = element("button", "", `${nodes[i].path || "the file"}: ${problem}`);
    button.type = "button";
    button.onclick = () => { find(i); show(i); };
    item.append(button);
    panel.querySelector("ul").append(item);
  }
  if (problems.length > 1000) panel.querySelector("ul").append(element("li", "cut", "more are in the tree"));
}

// The bar between fields and bytes: dragged, or moved by keys.
function divide(width) {
  const most = document.body.clientWidth - 200;
  const taken = Math.max(200, Math.min(width, most));
  document.body.style.setProperty("--tree", taken + "px");
  $("divider").setAttribute("aria-valuenow", Math.round((100 * taken) / document.body.clientWidth));
  document.body.style.setProperty("--hex", "minmax(0, 1fr)");
}
$("divider").addEventListener("pointerdown", (event) => {
  $("divider").setPointerCapture(event.pointerId);
  event.preventDefault();
});
$("divider").addEventListener("pointermove", (event) => {
  if (event.buttons & 1) divide(event.clientX);
});
$("divider").addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -20, ArrowRight: 20 }[event.key];
  if (step) divide($("tree").clientWidth + step);
});

// How the page is used, by what there is to use it with.
const finger = matchMedia("(pointer: coarse)").matches;
$("status").textContent = finger
  ? "Tap a field to see its bytes, a byte to see its field."
  : "Move over a field or a byte. Keys: arrows, Enter, Tab, / to search"
    + (getComputedStyle($("divider")).display === "none" ? "." : "; the bar between can be dragged.");
if (!finger) $("search").placeholder = "search: press /";

refresh();
fit();

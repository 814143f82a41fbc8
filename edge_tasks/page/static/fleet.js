// The edges: tiles with values if they are few, cells if they are many. Only what has changed is drawn again.
import { isFew, room } from "./room.js";
import { hits } from "./search.js";
import { FIGURES, MARKS, STATES, element, figure, hint, online, percent, power, whole } from "./words.js";

const MOST_SHOWN = 5000, MOST_GROUPS = 8, MOST_NAMES = 12;
const CELLS = {
  values: "A cell has an edge's number and the power at its grid meter; point at it to see more.",
  numbers: "A cell has an edge's number; point at it to see more.",
  cells: "A cell is an edge; point at it to see which.",
};

export class FleetView {
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.box = document.getElementById("fleet");
    this.search = document.getElementById("search");
    this.nodes = new Map();
    this.edges = {};
    this.only = "";
    this.chosen = "";
    this.room = { show: "tiles", cell: 0 };
    this.search.addEventListener("input", () => this.filter());
    this.search.addEventListener("keydown", (event) => this.searchKey(event));
    this.box.addEventListener("click", (event) => this.choose(event.target.closest(".edge")));
    this.box.addEventListener("keydown", (event) => this.key(event));
    for (const kind of ["pointerover", "focusin"]) this.box.addEventListener(kind, (event) => this.under(event.target.closest(".edge")));
    addEventListener("resize", () => this.fit());
  }

  /** Show these edges instead of all others. */
  start(edges) {
    this.edges = edges;
    document.body.classList.toggle("empty", !Object.keys(edges).length);
    this.room = this.space();
    this.build();
    this.counts();
    this.ill();
  }

  /** What there is room for, now that the panel is where it belongs for so many edges. */
  space() {
    const names = Object.keys(this.edges);
    document.body.classList.toggle("few", isFew(names.length, document.querySelector("main").clientWidth));
    const digits = Math.max(0, ...names.map((name) => this.number(name).length));
    return room(names.length, digits, document.getElementById("found").parentElement.clientWidth - 32, innerHeight);
  }

  /** The window has another size: make the edges anew if that changes what there is room for. */
  fit() {
    const found = this.space();
    if (found.show === this.room.show && found.cell === this.room.cell) return;
    this.room = found;
    this.build();
  }

  build() {
    this.asTiles = this.room.show === "tiles";
    this.box.className = this.asTiles ? "tiles" : `cells ${this.room.show}`;
    this.box.style.setProperty("--cell", `${this.room.cell}px`);
    document.getElementById("under").hidden = this.asTiles;
    document.getElementById("under").textContent = CELLS[this.room.show] ?? "";
    this.nodes.clear();
    for (const name of Object.keys(this.edges)) this.nodes.set(name, this.make(name));
    this.filter();
  }

  number(name) {
    return name.replace(/^\D+/, "") || name;
  }

  /** Take over changed edges; returns the names of those whose state has changed. */
  update(changed) {
    const turned = [];
    for (const [name, row] of Object.entries(changed)) {
      if (this.edges[name]?.[0] !== row[0]) turned.push(name);
      this.edges[name] = row;
      const node = this.nodes.get(name);
      if (node) this.fill(node, name, row);
    }
    const reasons = Object.values(changed).some((row) => row[0] !== "online");
    if (turned.length) {
      this.counts();
      if (this.only || this.search.value) this.filter();
    }
    if (turned.length || reasons) this.ill();
    return turned;
  }

  make(name) {
    const node = element("div", { role: "option", tabindex: "-1", "data-name": name, "aria-selected": String(name === this.chosen) });
    if (this.asTiles) {
      const rows = FIGURES.slice(0, 4).map(({ short }) => element("span", {}, short, element("b")));
      node.append(element("div", { class: "top" }, element("span", {}, name), element("span")), element("div", { class: "where" }), element("div", { class: "rows" }, ...rows), element("div", { class: "charge" }, element("div", { class: "bar" }, element("i")), element("b")));
    }
    if (this.room.show === "numbers") node.append(element("b"));
    if (this.room.show === "values") node.append(element("b"), element("span"));
    this.fill(node, name, this.edges[name]);
    return node;
  }

  fill(node, name, [state, why, , , figures, where]) {
    const look = `edge is-${state}`;
    if (node.className !== look) node.className = look;
    node.setAttribute("aria-label", this.words(name, state, why, figures, where));
    if (!this.asTiles) {
      this.fillCell(node, name, state, figures);
      return;
    }
    node.querySelector(".top span:last-child").textContent = `${MARKS[state]} ${state}`;
    node.querySelector(".where").textContent = where ?? "";
    node.querySelectorAll(".rows b").forEach((cell, index) => { cell.textContent = figure(FIGURES[index].key, figures[index]); });
    node.querySelector(".charge b").textContent = percent(figures[4]);
    node.querySelector(".bar i").style.width = `${figures[4] ?? 0}%`;
  }

  fillCell(node, name, state, figures) {
    const { show } = this.room;
    const place = node.firstChild ?? node, text = `${MARKS[state]}${show === "cells" ? "" : this.number(name)}`;
    if (place.textContent !== text) place.textContent = text; // the same text would be laid out again
    if (show === "values") node.lastChild.textContent = power(figures[0]);
  }

  words(name, state, why, figures, where) {
    const told = FIGURES.map(({ key, name: word }, index) => `${word} ${figure(key, figures[index])}`);
    const at = where ? ` on ${where}` : "";
    return state === "online" ? `${name}, online${at}, ${told.join(", ")}` : `${name}, ${state}${at}: ${why}`;
  }

  counts() {
    const counts = {};
    for (const [state] of Object.values(this.edges)) counts[state] = (counts[state] ?? 0) + 1;
    const all = Object.keys(this.edges).length;
    const button = (state, count) => element("button", { type: "button", "aria-pressed": String(this.only === state), onclick: () => this.show(state) },
      ...(state ? [element("span", { class: `mark is-${state}`, "aria-hidden": "true" }, MARKS[state] || "✓"), ` ${state} `] : ["all "]), element("b", {}, whole(count)));
    const place = document.getElementById("states");
    const focused = [...place.children].indexOf(document.activeElement);
    place.replaceChildren(button("", all), ...STATES.filter((state) => counts[state] || state === this.only).map((state) => button(state, counts[state] ?? 0)));
    if (focused >= 0) place.children[Math.min(focused, place.children.length - 1)].focus();
    const ill = all - (counts.online ?? 0);
    const tile = document.getElementById("sum-online");
    this.online = counts.online ?? 0;
    tile.className = !all ? "" : ill ? "has-ill" : "all-well";
    const told = online(all, this.online, counts.unknown ?? 0);
    tile.querySelector("span").textContent = told.figure;
    tile.querySelector("small").textContent = told.rest;
    document.title = `${told.title} · edge-tasks`;
  }

  show(state) {
    this.only = state;
    this.counts();
    this.filter();
  }

  filter() {
    const names = hits(this.edges, this.search.value, this.only);
    const shown = names.slice(0, MOST_SHOWN);
    const keep = document.activeElement?.dataset?.name;
    this.box.replaceChildren(...shown.map((name) => this.nodes.get(name)));
    this.tabStop(shown.includes(keep) ? keep : shown.includes(this.chosen) ? this.chosen : shown[0]);
    if (keep && shown.includes(keep)) this.nodes.get(keep).focus();
    this.box.hidden = !shown.length;
    const all = Object.keys(this.edges).length;
    const rest = names.length > shown.length ? `; the first ${shown.length} are shown, search to find the others` : "";
    document.getElementById("found").textContent = names.length === all && !rest ? "" : `${whole(names.length)} of ${whole(all)} edges${rest}`;
  }

  ill() {
    const groups = new Map();
    for (const [name, [state, why, what]] of Object.entries(this.edges)) {
      if (state === "online") continue;
      const key = JSON.stringify([state, why.replace(/\d+ s$/, "… s"), what]);
      if (!groups.has(key)) groups.set(key, { state, why, what, names: [] });
      groups.get(key).names.push(name);
    }
    const all = [...groups.values()].sort((a, b) => b.names.length - a.names.length);
    const text = JSON.stringify(all);
    if (text === this.illText) return;
    this.illText = text;
    const list = document.getElementById("ill-list");
    const focused = list.contains(document.activeElement) ? document.activeElement.textContent : null;
    list.replaceChildren(...all.slice(0, MOST_GROUPS).map((group) => this.illEntry(group)));
    if (all.length > MOST_GROUPS) list.append(element("li", {}, `and ${all.length - MOST_GROUPS} more reasons: search for them, or type inv status`));
    if (focused) [...list.querySelectorAll("button")].find((button) => button.textContent === focused)?.focus();
    const said = all.length === 1 && all[0].state === "unknown" && all[0].names.length === Object.keys(this.edges).length;
    document.getElementById("ill").hidden = !all.length || said; // the banner says it
  }

  illEntry({ state, why, what, names }) {
    const buttons = names.slice(0, MOST_NAMES).map((name) => element("button", { type: "button", onclick: () => this.onChoose(name) }, name));
    const rest = names.length > MOST_NAMES ? [`and ${names.length - MOST_NAMES} more`] : [];
    return element("li", {}, element("div", { class: "names" }, element("span", { class: `mark is-${state}`, "aria-hidden": "true" }, MARKS[state]), ` ${state} `, ...buttons, ...rest), `${why} `, hint(what));
  }

  mark(name) {
    this.nodes.get(this.chosen)?.setAttribute("aria-selected", "false");
    this.chosen = name;
    this.nodes.get(name)?.setAttribute("aria-selected", "true");
    if (name && this.nodes.get(name)?.isConnected) this.tabStop(name);
  }

  tabStop(name) {
    this.box.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    this.nodes.get(name)?.setAttribute("tabindex", "0");
  }

  searchKey(event) {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      this.focusFirst();
    }
    if (event.key === "Enter" && this.search.value.trim()) this.choose(this.box.firstElementChild);
  }

  focusFirst() {
    this.box.querySelector('[tabindex="0"]')?.focus();
  }

  choose(node) {
    if (node) this.onChoose(node.dataset.name);
  }

  key(event) {
    const node = event.target.closest(".edge");
    if (!node) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.choose(node);
      return;
    }
    const shown = [...this.box.children];
    const across = shown.filter((one) => one.offsetTop === shown[0].offsetTop).length;
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across, Home: -Infinity, End: Infinity, PageDown: 5 * across, PageUp: -5 * across };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(shown.length - 1, shown.indexOf(node) + steps[event.key]));
    this.tabStop(shown[index].dataset.name);
    shown[index].focus();
  }

  under(node) {
    if (node && !this.asTiles) document.getElementById("under").textContent = node.getAttribute("aria-label");
  }
}

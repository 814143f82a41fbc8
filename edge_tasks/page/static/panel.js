// The right-hand side: the whole fleet, or one edge with its charts, components and configuration.
import { Chart } from "./chart.js";
import { EnergyView } from "./energy.js";
import { FIGURES, MARKS, age, clock, direction, element, figure, hint } from "./words.js";

const byId = (id) => document.getElementById(id);
const READ_AGAIN_S = 30;

export function figures(place, values) {
  const cells = () => place.querySelectorAll("[class^=of-]");
  if (cells().length !== FIGURES.length) {
    place.append(...FIGURES.map(({ key, name, short }) => element("div", { class: `of-${key}` }, element("dt", {}, key === "soc" && place.classList.contains("small") ? short : name), element("dd", {}, element("span"), element("small")))));
  }
  const made = cells();
  FIGURES.forEach((one, index) => {
    const cell = made[index].lastChild;
    cell.firstChild.textContent = figure(one.key, values[index]);
    cell.lastChild.textContent = direction(one, values[index]);
  });
}

/** Where an edge's files and ports are; a light edge may have neither. */
function place(directory, ports) {
  const rows = [];
  if (directory) rows.push(["config directory", directory]);
  if (ports) rows.push(["host ports", `${ports.console} console, ${ports.websocket} websocket`]);
  if (!rows.length) return element("p", { class: "note" }, "It is a light edge: it needs no config directory and has no ports of its own.");
  return element("table", {}, ...rows.map(([word, text]) => element("tr", {}, element("th", { scope: "row" }, word), element("td", {}, text))));
}

export class Panel {
  constructor() {
    this.power = new Chart(byId("power"), ["grid", "pv", "consumption", "battery"]);
    this.soc = new Chart(byId("soc"), ["soc"]);
    this.energy = new EnergyView();
    this.name = "";
    this.details = null;
    this.row = null;
  }

  fleet(history) {
    this.name = "";
    this.details = this.row = null;
    byId("panel-title").textContent = "Whole fleet";
    this.energy.of("");
    byId("close").hidden = true;
    for (const id of ["panel-state", "panel-figures", "components"]) byId(id).replaceChildren();
    this.charts(history);
  }

  async edge(name, row, at) {
    this.name = name;
    this.details = null;
    byId("panel-title").textContent = name;
    this.energy.of(name);
    byId("close").hidden = false;
    byId("components").replaceChildren();
    this.charts([]);
    this.now(row, at);
    await this.read();
  }

  charts(history) {
    for (const chart of [this.power, this.soc]) chart.start(history);
    const first = history[0]?.[0];
    byId("since").textContent = first ? `Recorded by this page's server since ${clock(first)}. The lines have steps because nothing is known between two answers.` : "";
  }

  /** Ask the server for the components and the history of the chosen edge. */
  async read() {
    const name = this.name;
    this.asking = true;
    try {
      const answer = await fetch(`/edges/${encodeURIComponent(name)}`);
      if (this.name !== name) return;
      if (!answer.ok) throw new Error(await answer.text());
      const details = await answer.json();
      if (this.name !== name) return;
      if (!this.details) this.charts(details.history);
      this.details = details;
      this.components();
    } catch (error) {
      if (this.name === name && !this.details) byId("components").replaceChildren(element("p", { class: "note" }, `its configuration cannot be read: ${error.message}`));
    } finally {
      this.asking = false;
    }
  }

  /** Show the newest values of the chosen edge. */
  now(row, at) {
    const turned = this.row !== null && this.row[0] !== row[0];
    this.row = row;
    this.at = at;
    figures(byId("panel-figures"), row[4]);
    if (this.details) this.point(at, row[4]);
    this.state();
    if (this.details && !this.asking && (turned || at - this.details.asked > READ_AGAIN_S)) this.read();
  }

  point(at, values) {
    this.power.add(at, values);
    this.soc.add(at, values);
  }

  state() {
    const [state, why, what, heard, , where] = this.row;
    const text = JSON.stringify([this.name, state, why, what, heard, where]);
    if (text === this.stateText && byId("panel-state").children.length) return;
    this.stateText = text;
    const mark = element("span", { class: `mark is-${state}`, "aria-hidden": "true" }, MARKS[state] || "✓");
    const parts = why ? [`: ${why} `, hint(what)] : [": the backend says that it is connected, and has all its components with the values that they should have."];
    byId("panel-state").replaceChildren(element("p", {}, mark, " ", element("b", {}, state), ...(where ? [` on ${where}`] : []), ...parts), element("p", { class: "note", id: "heard" }));
    this.tick(this.at);
  }

  /** Count the age on; `now` is in seconds since 1970 by the server's clock. */
  tick(now) {
    const place = byId("heard");
    if (!place || !this.row) return;
    const heard = this.row[3];
    place.textContent = heard === null ? "The backend has noted no message from it yet." : `The backend noted its last message ${age(now - heard)} ago (it does so every 30\u00a0s).`;
  }

  components() {
    const { components, expected, asked, ports, directory, problem } = this.details;
    const ids = Object.keys(components).sort((a, b) => expected.includes(b) - expected.includes(a) || a.localeCompare(b));
    const missing = ids.length ? expected.filter((id) => !(id in components)) : [];
    const open = new Set([...document.querySelectorAll("#components details[open]")].map((one) => one.dataset.id));
    const where = place(directory, ports);
    const head = problem ? problem : ids.length ? `As the backend stored it${this.row[0] === "offline" ? " when the edge was last online" : ""}, read at ${clock(asked)}. Apikeys and passwords are masked.` : "The backend has no edgeConfig of it.";
    byId("components").replaceChildren(
      element("h3", {}, `Components (${ids.length})`), element("p", { class: "note" }, head),
      ...(missing.length ? [element("p", { class: "missing" }, `missing: ${missing.join(", ")}`)] : []),
      element("div", { class: "list" }, ...ids.map((id) => this.component(id, components[id], open.has(id)))), element("h3", {}, "Where it is"), where);
  }

  component(id, { factoryId = "", alias = "", properties = {} }, open) {
    const text = (value) => (value !== null && typeof value === "object" ? JSON.stringify(value) : String(value));
    const rows = Object.entries(properties).map(([name, value]) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, text(value))));
    const made = element("details", { "data-id": id }, element("summary", {}, element("b", {}, id), " ", element("span", {}, alias && alias !== id && alias !== factoryId ? `${alias} · ${factoryId}` : factoryId)), rows.length ? element("table", {}, ...rows) : element("p", { class: "note" }, "no properties"));
    made.open = open;
    return made;
  }
}

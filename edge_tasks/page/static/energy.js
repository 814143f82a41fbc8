// A year of energies: its months, and the days of one of them. The server asks the backend, so nothing is asked while this is closed.
import { element, hint, whole } from "./words.js";

const byId = (id) => document.getElementById(id);
const AGAIN_MS = 500;
const option = ([value, text]) => element("option", { value }, text);
const MARKUP = new DOMParser();

/** Put a chart that the server has drawn into its place. */
function draw(place, svg) {
  const parsed = MARKUP.parseFromString(svg, "text/html").querySelector("svg");
  place.replaceChildren(document.adoptNode(parsed));
}

function fill(select, options, chosen) {
  const text = JSON.stringify(options);
  if (select.dataset.text !== text) {
    select.dataset.text = text;
    select.replaceChildren(...options.map(option));
  }
  select.value = chosen;
  select.parentElement.hidden = options.length < 2;
}

export class EnergyView {
  constructor() {
    this.edge = "";
    this.turn = 0;
    byId("energy").addEventListener("toggle", () => this.ask());
    for (const id of ["energy-group", "energy-what", "energy-month"]) byId(id).addEventListener("change", () => this.ask());
    byId("energy-year").addEventListener("click", (event) => this.month(event.target.closest("[role=listitem]")));
  }

  /** Show the fleet (an empty name) or an edge. */
  of(edge) {
    if (this.edge === edge) return;
    this.edge = edge;
    byId("energy-charts").hidden = true;
    byId("energy-told").textContent = "";
    const what = byId("energy-what");
    if (what.value.startsWith("meter:")) what.value = "";
    this.ask();
  }

  month(entry) {
    const place = entry ? [...entry.parentElement.children].indexOf(entry) : -1;
    if (place < 0) return;
    byId("energy-month").selectedIndex = place;
    this.ask();
  }

  /** Ask the server, again and again while it is asking edges; a newer question ends this. */
  async ask() {
    const turn = ++this.turn;
    if (!byId("energy").open) return;
    const address = `/energies?${this.question()}`;
    for (let found = { is_done: false }; !found.is_done; await new Promise((done) => { setTimeout(done, AGAIN_MS); })) {
      try {
        const answer = await fetch(address);
        found = answer.ok ? await answer.json() : { problem: await answer.text(), hint: "", is_done: true };
      } catch {
        found = { problem: "the page's server does not answer", hint: "", is_done: true };
      }
      if (turn !== this.turn) return;
      this.show(found);
      if (found.is_done ?? true) return;
    }
  }

  question() {
    const what = byId("energy-what").value, group = this.edge ? "" : byId("energy-group").value;
    const [meter, kind] = what.startsWith("meter:") ? [what.slice(6), ""] : ["", what];
    return new URLSearchParams({ group, edge: this.edge, meter, kind, month: byId("energy-month").value });
  }

  show(found) {
    const told = byId("energy-told");
    told.replaceChildren(found.problem ? `${found.problem} ` : "", hint(found.hint));
    if (found.is_done === false && found.all > 1) told.textContent = `asking ${whole(found.asked)} of ${whole(found.all)} edges`;
    if (found.kinds) this.choices(found);
    byId("energy-charts").hidden = !found.year_chart;
    if (!found.year_chart) return;
    draw(byId("energy-year"), found.year_chart);
    draw(byId("energy-days"), found.month_chart);
    byId("energy-year-told").textContent = found.year_told;
    byId("energy-days-told").textContent = found.month_told;
    fill(byId("energy-month"), found.months, found.month);
  }

  choices({ kinds, kind, households, groups }) {
    const meters = households.map(([meter, alias]) => [`meter:${meter}`, alias === meter ? meter : `${alias} (${meter})`]);
    const what = byId("energy-what").value;
    if (!this.edge) fill(byId("energy-group"), groups.length ? [["", "the whole fleet"], ...groups.map((group) => [group, group])] : [], byId("energy-group").value);
    else byId("energy-group").parentElement.hidden = true;
    fill(byId("energy-what"), [...kinds, ...meters], what.startsWith("meter:") ? what : kind);
  }
}

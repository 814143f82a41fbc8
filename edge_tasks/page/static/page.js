// One websocket brings everything once, and then what has changed. When it is lost, the page says so and turns grey.
import { append } from "./chart.js";
import { FleetView } from "./fleet.js";
import { LAMPS, lamp } from "./lamp.js";
import { Panel, figures } from "./panel.js";
import { age, clock, element, hint, spread, whole } from "./words.js";

const byId = (id) => document.getElementById(id);
const LATE_S = 5;
const page = { at: 0, took: 0, looked: false, problem: "", hint: "", edges: {}, history: [[], [], [], [], [], []], linked: false, heardAt: 0, ready: false };
const panel = new Panel();
const fleet = new FleetView((name) => { location.hash = name; });
let lastSaid = 0, toSay = new Set();

function connect() {
  const socket = new WebSocket(`ws://${location.host}/feed`);
  socket.addEventListener("message", (event) => take(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    page.linked = false;
    tick();
    setTimeout(connect, 2000);
  });
}

function take(news) {
  page.linked = true;
  page.heardAt = performance.now();
  Object.assign(page, { at: news.at, took: news.took, looked: news.looked, problem: news.problem, hint: news.hint });
  if (news.type === "whole") begin(news);
  else turn(fleet.update(news.edges));
  append(page.history, news.at, news.totals);
  figures(byId("sum-figures"), news.totals);
  const all = Object.keys(page.edges).length;
  byId("sums-of").textContent = !all ? "" : news.reporting ? `Sums over ${whole(news.reporting)} of ${whole(all)} edges that report values; the state of charge is their mean.` : "No edge reports any value.";
  byId("nodes").textContent = spread(page.edges);
  const row = page.edges[panel.name];
  if (panel.name && row) panel.now(row, news.at);
  else if (panel.name) location.hash = "";
  else panel.point(news.at, news.totals);
  document.body.dataset.updates = String(Number(document.body.dataset.updates ?? 0) + 1);
  tick();
}

function begin(news) {
  page.edges = news.edges;
  if (news.history?.length === page.history.length) page.history = news.history;
  page.ready = true;
  const { platform = "", runtime = "", stands_for: stands = "" } = news.about;
  byId("about").textContent = platform ? `${platform} · runtime ${runtime}: ${stands}` : "";
  fleet.start(page.edges);
  byId("none").textContent = page.looked ? "There are no edges here." : "The edges are being asked for …";
  if (!page.looked) document.title = "edge-tasks";
  choose();
}

function turn(names) {
  for (const name of names) toSay.add(name);
}

function say() {
  if (!toSay.size || performance.now() - lastSaid < 3000) return;
  const names = [...toSay].filter((name) => page.edges[name]);
  const told = names.slice(0, 3).map((name) => `${name} is ${page.edges[name][0]}`);
  byId("said").textContent = names.length > 3 ? `${names.length} edges changed: ${told.join(", ")} and others` : told.join(", ");
  toSay = new Set();
  lastSaid = performance.now();
}

function choose() {
  const name = decodeURIComponent(location.hash.slice(1));
  const known = name in page.edges;
  document.body.classList.toggle("chosen", known);
  fleet.mark(known ? name : "");
  if (known && panel.name !== name) panel.edge(name, page.edges[name], page.at);
  else if (!known) panel.fleet(page.history);
}

function banner() {
  const place = byId("problem");
  let parts = [];
  if (!page.linked && page.ready) parts = [`No connection to the page's server. Everything below is from ${clock(page.at)}. `, hint("inv dashboard")];
  else if (page.problem) parts = [`${page.problem} `, hint(page.hint)];
  const text = parts.map((part) => part.textContent ?? part).join("");
  if (place.dataset.text === text) return;
  place.dataset.text = text;
  place.hidden = !text;
  place.replaceChildren(...(text ? [element("p", {}, ...parts)] : []));
}

function tick() {
  const since = (performance.now() - page.heardAt) / 1000;
  const late = since > LATE_S + 4 * page.took;
  document.body.classList.toggle("lost", page.ready && (!page.linked || late));
  if (page.ready) pill(since, late);
  panel.tick(page.at + since); // the server's clock: through a tunnel it may be another machine's
  banner();
  say();
}

function pill(since, late) {
  const all = Object.keys(page.edges).length;
  const found = lamp({ asked: page.looked, linked: page.linked, late, problem: page.problem, all, online: fleet.online });
  byId("asked").className = `pill lamp-${found}`;
  byId("asked").textContent = page.looked ? `${LAMPS[found]} · ${page.problem ? "tried" : "asked"} ${age(since)} ago` : LAMPS[found];
}

addEventListener("hashchange", () => {
  choose();
  if (panel.name) byId("panel-title").focus({ preventScroll: innerWidth > 900 });
});
byId("close").addEventListener("click", () => {
  const name = panel.name;
  history.pushState(null, "", location.pathname);
  choose();
  fleet.nodes.get(name)?.focus();
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && panel.name) byId("close").click();
  if (event.key === "/" && document.activeElement?.tagName !== "INPUT") {
    event.preventDefault();
    byId("search").focus();
  }
});
setInterval(tick, 500);
connect();

// Values as words. A value that nobody reported is shown as a dash.
export const FIGURES = [
  { key: "grid", name: "Grid", short: "Grid", words: ["feeding in", "drawing"] },
  { key: "pv", name: "PV", short: "PV", words: ["", ""] },
  { key: "consumption", name: "Consumption", short: "Cons.", words: ["", ""] },
  { key: "battery", name: "Battery", short: "Batt.", words: ["charging", "discharging"] },
  { key: "soc", name: "State of charge", short: "SoC", words: ["", ""] },
];
export const STATES = ["online", "offline", "silent", "incomplete", "unknown"];
export const MARKS = { online: "", offline: "✕", silent: "…", incomplete: "!", unknown: "?" };

function number(digits) {
  const format = new Intl.NumberFormat("en", { maximumFractionDigits: digits });
  return (value) => format.format(value).replace("-", "\u2212");
}
export const whole = number(0);
const fine = number(1), finest = number(2);

export function power(watts) {
  if (watts === null || watts === undefined) return "–";
  const size = Math.abs(watts);
  if (size < 10_000) return `${whole(watts)} W`;
  return size < 1_000_000 ? `${fine(watts / 1000)} kW` : `${finest(watts / 1e6)} MW`;
}
export const percent = (value) => (value === null || value === undefined ? "–" : `${fine(value)} %`);
export const figure = (key, value) => (key === "soc" ? percent(value) : power(value));
export function direction({ words }, value) {
  return value === null || value === undefined || value === 0 ? "" : words[value < 0 ? 0 : 1];
}
/** How many are online: the figure, the rest of the sentence, the page's title. Of unknown edges nothing is claimed. */
export function online(all, count, unknown) {
  if (!all) return { figure: "–", rest: "there are no edges", title: "no edges" };
  const ill = all - count - unknown, of = `of ${whole(all)}`;
  if (unknown === all) return { figure: "–", rest: `${of}: it is not known`, title: `${whole(all)} not known` };
  if (count === all) return { figure: whole(count), rest: `${of}: all are online`, title: `${whole(all)} online` };
  const parts = [[ill, "not online"], [unknown, "not known"]].filter(([number]) => number).map(([number, word]) => `${whole(number)} ${word}`);
  return { figure: whole(count), rest: `${of}; ${parts.join(", ")}`, title: `${whole(all - count)} ${of} not online` };
}
export function age(seconds) {
  const s = Math.max(0, seconds);
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 120) return `${Math.round(s)} s`;
  return s < 7200 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`;
}
export const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString("en-GB");
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}
export function hint(text) {
  if (!text) return "";
  const made = element("span", { class: "hint" }, "→ ", element("code", {}, text));
  if (navigator.clipboard && /^(inv|edge-tasks) /.test(text)) {
    const button = element("button", { type: "button", "aria-label": `copy ${text}` }, "copy");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text);
      button.textContent = "copied";
    });
    made.append(button);
  }
  return made;
}

/** How many edges each node of a Swarm has, as a sentence; empty elsewhere. */
export function spread(edges) {
  const counts = new Map();
  for (const [, , , , , node] of Object.values(edges)) if (node) counts.set(node, (counts.get(node) ?? 0) + 1);
  if (!counts.size) return "";
  return `Edges by node: ${[...counts].sort().map(([node, count]) => `${node} ${whole(count)}`).join(", ")}.`;
}

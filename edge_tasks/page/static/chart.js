// Charts of values over time, drawn by uPlot. A value holds until the next one, so lines have steps and no slopes.
import { FIGURES, figure } from "./words.js";

const MOST = 3600;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Add the values of a moment to [times, ...columns]. If no value changes, the last step gets longer and no point is added. */
export function append([times, ...columns], at, figures) {
  const last = times.length - 1;
  if (last >= 0 && at <= times[last]) return;
  const same = (i) => columns.every((column, c) => column[i] === (figures[c] ?? null));
  if (last > 0 && same(last) && same(last - 1)) {
    times[last] = at;
    return;
  }
  times.push(at);
  columns.forEach((column, c) => column.push(figures[c] ?? null));
  if (times.length > MOST) for (const column of [times, ...columns]) column.shift();
}

export class Chart {
  constructor(place, keys) {
    this.place = place;
    this.columns = keys.map((key) => FIGURES.findIndex((one) => one.key === key));
    this.data = [[], ...keys.map(() => [])];
    this.plot = null;
    new ResizeObserver(() => this.resize()).observe(place);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.build());
  }

  /** Begin with the columns that the server sends: times, then one column for each value. */
  start(history) {
    const [times = [], ...figures] = history;
    this.data = [[...times], ...this.columns.map((index) => [...(figures[index] ?? [])])];
    this.build();
  }

  add(at, figures) {
    append(this.data, at, this.columns.map((index) => figures[index]));
    if (!document.hidden) this.draw();
    this.describe();
  }

  /** Draw; while no pointer is over the chart, the legend shows the newest values. */
  draw() {
    if (!this.plot) return;
    this.plot.setData(this.data);
    const { plot } = this;
    queueMicrotask(() => { // uPlot itself empties the legend when it commits new data
      if (plot === this.plot && !(plot.cursor.left >= 0) && this.data[0].length) plot.setLegend({ idx: this.data[0].length - 1 });
    });
  }

  describe() {
    const told = this.columns.map((index, c) => {
      const { key, name } = FIGURES[index];
      return `${name} ${figure(key, this.data[c + 1].at(-1))}`;
    });
    this.place.setAttribute("aria-label", `Chart over time; now: ${told.join(", ")}`);
  }

  build() {
    this.plot?.destroy();
    const axis = { stroke: colour("soft"), grid: { stroke: colour("chart-line"), width: 1 }, ticks: { stroke: colour("chart-line") }, font: "12px system-ui, sans-serif" };
    const soc = FIGURES[this.columns[0]].key === "soc";
    const series = this.columns.map((index) => {
      const { key, name } = FIGURES[index];
      return {
        label: name, stroke: colour(key), width: 2, points: { show: false },
        paths: uPlot.paths.stepped({ align: 1 }), value: (_, value) => figure(key, value),
      };
    });
    const options = {
      ...this.size(), tzDate: (s) => new Date(s * 1000),
      padding: [10, 28, 0, 0], legend: { show: !soc }, cursor: { drag: { x: true, y: false } },
      scales: { x: { range: (_, low, high) => [low, Math.max(high, low + 30)] }, y: soc ? { range: [0, 100] } : {} },
      axes: [
        { ...axis, size: 36, values: [[3600, "{HH}:{mm}", null, null, null, null, null, null, 1], [60, "{HH}:{mm}", null, null, null, null, null, null, 1], [1, "{HH}:{mm}:{ss}", null, null, null, null, null, null, 1]], space: 80 },
        { ...axis, size: 72, values: (_, ticks) => ticks.map((tick) => figure(soc ? "soc" : "grid", tick)) },
      ],
      series: [{ label: "Time", value: "{HH}:{mm}:{ss}" }, ...series],
    };
    this.plot = new uPlot(options, this.data, this.place);
    this.draw();
    this.describe();
  }

  /** The place says how high it is at least, in CSS. */
  size() {
    return { width: Math.max(200, this.place.clientWidth), height: parseInt(getComputedStyle(this.place).minHeight, 10) };
  }

  resize() {
    const size = this.size();
    if (this.plot && this.place.clientWidth && (size.width !== this.plot.width || size.height !== this.plot.height)) this.plot.setSize(size);
  }
}

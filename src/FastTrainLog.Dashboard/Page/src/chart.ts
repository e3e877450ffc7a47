// One chart: a line of last values over a band from minimum to maximum for each run, with marks where values are not finite.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { differenceOf, kindsOf, smooth, type SeriesData } from "./series";
import { StepAxis, type AxisKind } from "./axis";
import { add, css, cut, download, el, fill, shown, svg } from "./dom";
import { count, number, quoted, relative, ticks } from "./format";

export interface ChartRun { key: string; label: string; color: string }
/** A step, or a range of steps, of a run that is marked. */
export interface Mark { run: string; step: number; last?: number; label: string; kind: "best" | "anomaly" | "step" }

/** What all charts of a view share. */
export interface ChartSettings {
  axis: AxisKind;
  /** What the positions of a series count. */
  place: "step" | "second";
  isLog: boolean;
  /** The weight of the past in the smoothed line; 0 for none. */
  smoothing: number;
  from: number | null;
  to: number | null;
  runs: ChartRun[];
  /** The run whose values are taken from those of the others; null to show the values themselves. */
  base: string | null;
  axisOf(run: string): StepAxis;
  zoom(from: number | null, to: number | null): void;
  pick(run: string, step: number): void;
}

const height = 210;
const labelWidth = 6.4;
// The margins that uPlot has by itself.
const padding: uPlot.Range.Limit = { pad: 0.1, soft: 0, mode: 3 };
// More of them are drawn as short marks, which leave the line visible.
const mostWholeMarks = 12;
const mostMarksRead = 3;
const strokeHeight = 8;
// Of more lines nobody tells the points apart, and they take most of the time of drawing and most of the page's elements.
const mostDetailedRuns = 8;
// Of fewer points a mean shows less than the points themselves.
const fewestSmoothed = 32;
// A line at the edge of a chart is drawn in its whole width.
const lineMargin = 1;

/** The charts that are to be drawn: as many at a frame as leave time for scrolling, one at least. */
class Drawings {
  private readonly waiting = new Set<Chart>();
  private frame = 0;

  add(chart: Chart): void {
    this.waiting.add(chart);
    this.frame ||= requestAnimationFrame(() => this.drawSome());
  }

  delete(chart: Chart): void {
    this.waiting.delete(chart);
  }

  private drawSome(): void {
    const begin = performance.now();
    try {
      for (const chart of this.waiting) {
        this.waiting.delete(chart);
        chart.drawNow();
        if (performance.now() - begin > millisecondsOfFrame) {
          break;
        }
      }
    } finally {
      // One that cannot be drawn keeps no other from it.
      this.frame = this.waiting.size === 0 ? 0 : requestAnimationFrame(() => this.drawSome());
    }
  }
}

const millisecondsOfFrame = 6;
const drawings = new Drawings();

/** The tables of several runs as one: by their places, which are the same ones for runs that log at the same steps. */
function joined(tables: uPlot.AlignedData[]): uPlot.AlignedData {
  const places = tables[0][0];
  return tables.every(table => table[0].length === places.length && table[0].every((place, i) => place === places[i]))
    ? [places, ...tables.flatMap(table => table.slice(1))] as uPlot.AlignedData
    : uPlot.join(tables, tables.map(table => table.map(() => 1)));
}

/**
 * Draws a series at once instead of giving uPlot a path for it: each path has memory that only a collection of garbage frees,
 * of which many charts that scroll by take more than all else.
 */
function drawnAtOnce(draw: (u: uPlot, series: number) => void): uPlot.Series.PathBuilder {
  return (u, series) => {
    const { left, top, width, height } = u.bbox;
    u.ctx.save();
    u.ctx.beginPath();
    u.ctx.rect(left - lineMargin, top - lineMargin, width + 2 * lineMargin, height + 2 * lineMargin);
    u.ctx.clip();
    u.ctx.beginPath();
    draw(u, series);
    u.ctx.restore();
    return null;
  };
}

/** Strokes a line through the values of a series; null is a gap, undefined is none, and a value between two gaps is a dot. */
function strokeLine(u: uPlot, series: number, color: string, width: number): void {
  const [places, values] = [u.data[0], u.data[series]];
  const context = u.ctx;
  [context.strokeStyle, context.lineWidth, context.lineJoin, context.lineCap] = [color, width * devicePixelRatio, "round", "round"];
  let isOpen = false;
  for (let i = 0; i < places.length; i++) {
    const value = values[i];
    if (typeof value === "number") {
      const [x, y] = [u.valToPos(places[i], "x", true), u.valToPos(value, "y", true)];
      if (!isOpen) {
        context.moveTo(x, y);
      }
      context.lineTo(x, y);
      isOpen = true;
    } else {
      isOpen &&= value !== null;
    }
  }
  context.stroke();
}

/** Fills what is between two series, wherever both have values. */
function fillBetween(u: uPlot, lower: number, upper: number, color: string): void {
  const [places, low, high] = [u.data[0], u.data[lower], u.data[upper]];
  const context = u.ctx;
  let stretch: number[] = [];
  const close = () => {
    const point = (i: number, value: number) => context.lineTo(u.valToPos(places[i], "x", true), u.valToPos(value, "y", true));
    if (stretch.length > 0) {
      context.moveTo(u.valToPos(places[stretch[0]], "x", true), u.valToPos(high[stretch[0]]!, "y", true));
      stretch.forEach(i => point(i, high[i]!));
      stretch.reverse().forEach(i => point(i, low[i]!));
      context.closePath();
    }
    stretch = [];
  };
  for (let i = 0; i < places.length; i++) {
    if (typeof low[i] === "number" && typeof high[i] === "number") {
      stretch.push(i);
    } else if (low[i] === null || high[i] === null) {
      close();
    }
  }
  close();
  context.fillStyle = color;
  context.fill();
}

export class Chart {
  readonly root: HTMLElement;
  private readonly name = el("span", { class: "name" });
  private readonly menuName = el("summary", {}, "⋯");
  private readonly menu: HTMLDetailsElement;
  private readonly canvas = el("div", { class: "plot", role: "application", "aria-roledescription": "chart", tabindex: 0, onkeydown: (event: KeyboardEvent) => this.key(event) });
  private readonly readout = el("div", { class: "readout" });
  private readonly why = el("p", { class: "why", hidden: true });
  private readonly badge = el("button", { class: "badge bad", type: "button", hidden: true, onclick: () => this.zoomToNonFinite() });
  private readonly differences = new Map<string, { state: string; data: SeriesData }>();
  private plot: uPlot | null = null;
  /** The lines that the plot has: for others another one is made. */
  private lines = "";
  private marks: Mark[] = [];
  /** Of each run how often something happened at its steps, as a share; drawn below the lines. */
  private events: { name: string; of: Map<string, SeriesData> } | null = null;
  private readonly resize = new ResizeObserver(entries => this.fit(entries[entries.length - 1].contentRect.width));
  private pixels = 0;

  constructor(private series: string, private title: string, private data: Map<string, SeriesData>, private readonly settings: ChartSettings) {
    this.menu = el("details", { class: "menu" }, this.menuName, el("div", {},
      el("button", { type: "button", onclick: () => this.exportCsv() }, "CSV"),
      el("button", { type: "button", onclick: () => this.exportPng() }, "PNG"),
      el("button", { type: "button", onclick: () => this.exportSvg() }, "SVG")));
    this.root = el("figure", { class: "chart" }, el("figcaption", {}, this.name, this.badge, this.menu), this.canvas, this.readout, this.why);
    this.show(series, title, data);
  }

  /**
   * Shows a series, also another one than before: what draws it is kept, since making it anew for each chart that scrolls by
   * takes more memory than is collected meanwhile.
   */
  show(series: string, title: string, data: Map<string, SeriesData>): void {
    [this.series, this.title, this.data] = [series, title, data];
    [this.marks, this.events] = [[], null];
    this.differences.clear();
    this.root.dataset["series"] = series;
    fill(this.name, title);
    this.menu.open = false;
    this.menuName.setAttribute("aria-label", `Export ${shown(title)}`);
    this.canvas.setAttribute("aria-label", `${shown(title)}: arrow keys move the crosshair, plus and minus zoom, 0 shows everything, Enter picks the step`);
    this.explain(null);
    this.drawNothing();
    this.resize.observe(this.canvas);
  }

  /** Stops drawing, until something is shown again. */
  rest(): void {
    drawings.delete(this);
    this.resize.disconnect();
    this.plot?.setCursor({ left: -10, top: -10 });
  }

  /** The width in pixels for which buckets are asked for. */
  get width(): number {
    // Asked of the document once, which has to be laid out for it; from then on it is told.
    return Math.max(120, this.pixels ||= this.canvas.clientWidth);
  }

  /** Says why the chart is where it is; null for nothing to say. */
  explain(why: Node | null): void {
    this.why.hidden = why === null;
    fill(this.why, why);
  }

  setMarks(marks: Mark[]): void {
    // Every chart is told whenever one comes or goes, and most have no marks: drawing them all again would take most of the time of scrolling.
    if (JSON.stringify(marks) !== JSON.stringify(this.marks)) {
      this.marks = marks;
      this.plot?.redraw(false);
    }
  }

  /** Marks the steps at which something happened: a series that is 1 there and 0 elsewhere. */
  setEvents(name: string, of: Map<string, SeriesData>): void {
    this.events = { name, of };
    this.draw();
  }

  /** Draws what the data are now, at one of the next frames. */
  draw(): void {
    drawings.add(this);
  }

  /** Takes the chart's drawing away, for new settings or colours. */
  reset(): void {
    this.destroy();
    this.draw();
  }

  dispose(): void {
    this.rest();
    this.destroy();
  }

  private destroy(): void {
    if (this.plot !== null) {
      // Its pixels would stay in memory until the garbage is collected.
      const { canvas } = this.plot.ctx;
      this.plot.destroy();
      canvas.width = canvas.height = 0;
      this.plot = null;
    }
  }

  /** The plot, if it has something to show. */
  private get drawn(): uPlot | null {
    return this.plot?.root.parentElement === this.canvas ? this.plot : null;
  }

  private shownData(): [ChartRun, SeriesData][] {
    const base = this.settings.base === null ? undefined : this.data.get(this.settings.base);
    return this.settings.runs.flatMap(run => {
      const own = this.data.get(run.key);
      const data = own === undefined || base === undefined ? own : this.differenceOf(own, base);
      return data === undefined || data.length === 0 ? [] : [[run, data] as [ChartRun, SeriesData]];
    });
  }

  // The crosshair asks for it at every movement.
  private differenceOf(own: SeriesData, base: SeriesData): SeriesData {
    const state = `${own.cursor} ${own.length} ${own.firstStep[0]} ${base.cursor} ${base.length} ${base.firstStep[0]}`;
    let known = this.differences.get(own.run);
    if (known?.state !== state) {
      this.differences.set(own.run, known = { state, data: differenceOf(own, base) });
    }
    return known.data;
  }

  /** Draws what the data are now. */
  drawNow(): void {
    const all = this.shownData();
    if (all.length === 0) {
      this.drawNothing();
      return;
    }
    this.showNonFinite(all);
    // How many points the drawing stands for, for whoever reads the page by program.
    this.root.dataset["points"] = String(all.reduce((sum, [, data]) => data.count.reduce((own, n) => own + n, sum), 0));
    const isPositive = (value: number) => Number.isFinite(value) && (!this.settings.isLog || value > 0) ? value : null;
    const hasBand = all.some(([, data]) => data.minimum.some((least, i) => least < data.maximum[i]));
    const isSmoothed = this.settings.smoothing > 0 && all.some(([, data]) => data.length >= fewestSmoothed);
    const tables = all.map(([run, data]) => {
      const axis = this.settings.axisOf(run.key);
      const last = this.settings.isLog || data.nonFinite.some(kind => kind !== 0) ? data.last.map(isPositive) : data.last;
      const columns: (number | null | undefined)[][] = [axis === StepAxis.identity ? data.lastStep : data.lastStep.map(step => axis.placeOf(step))];
      if (hasBand) {
        columns.push(data.minimum.map(isPositive), data.maximum.map(isPositive));
      }
      columns.push(last);
      if (isSmoothed) {
        columns.push(smooth(last, this.settings.smoothing));
      }
      return columns as uPlot.AlignedData;
    });
    // Values that are there but not finite are gaps; places at which only other runs have a value are none.
    const data = joined(tables);
    const lines = JSON.stringify([hasBand, isSmoothed, all.map(([run]) => [run.key, run.color])]);
    if (this.plot === null || this.lines !== lines) {
      this.destroy();
      this.canvas.replaceChildren();
      this.lines = lines;
      this.plot = new uPlot(this.options(all.map(([run]) => run), hasBand, isSmoothed), data, this.canvas);
    } else {
      if (this.drawn === null) {
        this.canvas.replaceChildren(this.plot.root);
      }
      this.plot.setData(data);
    }
    this.read(null);
  }

  private drawNothing(): void {
    this.showNonFinite([]);
    this.root.dataset["points"] = "0";
    delete this.root.dataset["events"];
    fill(this.readout);
    fill(this.canvas, el("p", { class: "none" }, this.data.size === 0 ? "Loading…" : "No points in this range."));
  }

  private options(runs: ChartRun[], hasBand: boolean, isSmoothed: boolean): uPlot.Options {
    const settings = this.settings;
    const series: uPlot.Series[] = [{}];
    for (const run of runs) {
      const color = css(run.color);
      if (hasBand) {
        series.push({ paths: () => null, points: { show: false } }, { paths: drawnAtOnce((u, i) => fillBetween(u, i - 1, i, color + "33")), points: { show: false } });
      }
      const few: uPlot.Series.Points = { size: 4, width: 1, stroke: color, fill: color, show: (u, index) => u.data[0].length * 6 < u.width && (runs.length <= mostDetailedRuns || u.data[0].length === 1) && !(isSmoothed && index % 2 === 0 && !hasBand) };
      // Lines of one pixel are drawn several times as fast where there is no graphics card.
      series.push({ stroke: color, paths: drawnAtOnce((u, i) => strokeLine(u, i, isSmoothed ? color + "66" : color, isSmoothed || runs.length > mostDetailedRuns ? 1 : 1.5)), points: few });
      if (isSmoothed) {
        series.push({ stroke: color, paths: drawnAtOnce((u, i) => strokeLine(u, i, color, 2)), points: { show: false } });
      }
    }
    const axis: Partial<uPlot.Axis> = { stroke: css("--soft"), grid: { stroke: css("--grid"), width: 1 }, ticks: { stroke: css("--grid"), width: 1, size: 4 }, font: "11px system-ui, sans-serif", gap: 4 };
    const isTime = settings.axis === "wall";
    return {
      width: this.width,
      height,
      pxAlign: 0,
      legend: { show: false },
      series,
      scales: {
        x: { time: isTime, range: (_, low, high) => settings.from !== null && settings.to !== null ? [settings.from, settings.to] : low === high ? [low - 1, high + 1] : [low, high] },
        y: settings.isLog ? { distr: 3 } : { range: (_, low, high) => low === null ? [0, 1] : low === high ? [low - (Math.abs(low) * 0.1 || 1), high + (Math.abs(high) * 0.1 || 1)] : uPlot.rangeNum(low, high, { min: padding, max: padding }) },
      },
      axes: [
        isTime ? { ...axis, size: 32 } : {
          ...axis, size: 26, values: (_, splits) => settings.axis === "relative" ? splits.map(relative) : ticks(splits),
          // Far from zero the numbers are longer.
          space: (_, __, low, high) => high - low < high / 10 ? 80 : 50,
        },
        { ...axis, size: (_, labels) => Math.max(58, 14 + Math.ceil(labelWidth * Math.max(0, ...(labels ?? []).map(label => label?.length ?? 0)))), values: (_, splits) => splits.map(value => value === null ? "" : number(value)) },
      ],
      cursor: {
        sync: { key: uPlot.sync(settings.place).key, scales: ["x", null], setSeries: false, filters: { pub: type => type === "mousemove" || type === "mouseleave" || type === "mouseenter", sub: () => this.root.isConnected } },
        drag: { x: true, y: false, setScale: false },
        points: { size: 5 },
        bind: { dblclick: () => () => { settings.zoom(null, null); return null; } },
      },
      hooks: {
        setCursor: [u => this.read(u.cursor.left === undefined || u.cursor.left < 0 ? null : u.posToVal(u.cursor.left, "x"))],
        setSelect: [u => this.select(u)],
        draw: [u => this.drawMarks(u)],
        ready: [u => u.over.addEventListener("click", event => this.click(u, event))],
      },
    };
  }

  private select(u: uPlot): void {
    if (u.select.width < 4) {
      return;
    }
    const from = u.posToVal(u.select.left, "x");
    const to = u.posToVal(u.select.left + u.select.width, "x");
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.settings.zoom(from, to);
  }

  private click(u: uPlot, event: MouseEvent): void {
    const run = this.shownData()[0]?.[0];
    if (run !== undefined && event.button === 0 && u.select.width < 4 && u.cursor.left !== undefined && u.cursor.left >= 0) {
      this.pickAt(run, u.posToVal(u.cursor.left, "x"));
    }
  }

  private pickAt(run: ChartRun, place: number): void {
    const data = this.shownData().find(([own]) => own === run)![1];
    this.settings.pick(run.key, data.lastStep[data.indexOf(this.settings.axisOf(run.key).stepOf(place))]);
  }

  private key(event: KeyboardEvent): void {
    const u = this.drawn;
    if (u === null || event.target !== this.canvas) {
      return;
    }
    const { min, max } = u.scales.x as { min: number; max: number };
    const width = max - min;
    const left = u.cursor.left !== undefined && u.cursor.left >= 0 ? u.cursor.left : u.over.clientWidth / 2;
    const move = (by: number) => u.setCursor({ left: Math.max(0, Math.min(u.over.clientWidth - 1, left + by)), top: u.over.clientHeight / 2 });
    const at = u.posToVal(left, "x");
    const around = (factor: number) => this.settings.zoom(at - (at - min) * factor, at + (max - at) * factor);
    const run = this.shownData()[0]?.[0];
    switch (event.key) {
      case "ArrowLeft": event.shiftKey ? this.settings.zoom(min - width / 4, max - width / 4) : move(-4); break;
      case "ArrowRight": event.shiftKey ? this.settings.zoom(min + width / 4, max + width / 4) : move(4); break;
      case "+": case "=": around(0.5); break;
      case "-": around(2); break;
      case "0": case "Escape": this.settings.zoom(null, null); break;
      case "Enter": if (run !== undefined) { this.pickAt(run, at); } break;
      default: return;
    }
    event.preventDefault();
  }

  private read(place: number | null): void {
    const all = this.shownData();
    if (all.length > mostDetailedRuns && (place === null || !this.canvas.matches(":hover, :focus"))) {
      const last = all.map(([, data]) => data.last[data.length - 1]).filter(Number.isFinite);
      fill(this.readout, el("span", { class: "value" }, `${all.length} runs: `, el("b", {}, last.length === 0 ? "none is finite" : [...new Set([number(Math.min(...last)), number(Math.max(...last))])].join(" to "))));
      return;
    }
    const parts: Node[] = [];
    for (const [run, data] of all) {
      const index = place === null ? data.length - 1 : data.indexOf(this.settings.axisOf(run.key).stepOf(place));
      const [first, last] = [data.firstStep[index], data.lastStep[index]];
      const line = el("span", { class: "value" }, el("i", { class: `key ${run.color.slice(2)}` }));
      if (all.length > 1) {
        add(line, el("span", { class: "run" }, cut(run.label)));
      }
      add(line, el("b", {}, number(data.last[index])), data.minimum[index] < data.maximum[index] ? ` [${number(data.minimum[index])}, ${number(data.maximum[index])}]` : null,
        data.nonFinite[index] === 0 || (first === last && !Number.isFinite(data.last[index])) ? null : el("span", { class: "bad" }, ` ${kindsOf(data.nonFinite[index])}`),
        el("span", { class: "soft" }, first === last ? ` ${this.settings.place} ${count(last)}` : ` ${this.settings.place}s ${count(first)}–${count(last)}`));
      const events = this.events?.of.get(run.key);
      const share = events === undefined || events.length === 0 ? 0 : events.mean[events.indexOf(last)];
      if (share > 0) {
        add(line, el("span", { class: "soft" }, `, ${share < 1 ? `${number(Number((100 * share).toPrecision(3)))}% ` : ""}${this.events!.name}`));
      }
      parts.push(line);
      if (place !== null) {
        parts.push(...this.marks.filter(mark => mark.run === run.key && mark.kind !== "step" && mark.step <= last && (mark.last ?? mark.step) >= first).slice(0, mostMarksRead).map(mark => el("span", { class: "value mark" }, mark.label)));
      }
    }
    fill(this.readout, ...parts);
  }

  private showNonFinite(all: [ChartRun, SeriesData][]): void {
    const steps: string[] = [];
    for (const [, data] of all) {
      data.nonFinite.forEach((mask, i) => {
        if (mask !== 0) {
          steps.push(`${data.firstStep[i] === data.lastStep[i] ? data.lastStep[i] : `${data.firstStep[i]}–${data.lastStep[i]}`} (${kindsOf(mask)})`);
        }
      });
    }
    this.badge.hidden = steps.length === 0;
    if (steps.length > 0) {
      const text = `not finite: ${this.settings.place} ${steps.slice(0, 8).join(", ")}${steps.length > 8 ? ", …" : ""}`;
      fill(this.badge, `${steps.length} not finite`);
      this.badge.title = text;
      this.badge.setAttribute("aria-label", `${steps.length} ${text}; zoom to it`);
    }
    this.root.dataset["nonFinite"] = steps.join(", ");
  }

  private zoomToNonFinite(): void {
    const places = this.shownData().flatMap(([run, data]) => data.nonFinite.flatMap((mask, i) => mask === 0 ? [] : [data.firstStep[i], data.lastStep[i]].map(step => this.settings.axisOf(run.key).placeOf(step))));
    const { min, max } = this.drawn!.scales.x as { min: number; max: number };
    const [low, high] = [Math.min(...places), Math.max(...places)];
    const margin = Math.max((high - low) * 0.2, (max - min) * 0.02);
    this.settings.zoom(low - margin, high + margin);
  }

  private drawMarks(u: uPlot): void {
    const context = u.ctx;
    const { left, top, width, height: tall } = u.bbox;
    const ratio = devicePixelRatio;
    context.save();
    context.beginPath();
    // A mark at an end is drawn whole.
    context.rect(left - 6 * ratio, top, width + 12 * ratio, tall);
    context.clip();
    for (const [run, data] of this.shownData()) {
      const axis = this.settings.axisOf(run.key);
      for (let i = 0; i < data.length; i++) {
        if (data.nonFinite[i] !== 0) {
          const x = u.valToPos(axis.placeOf(data.lastStep[i]), "x", true);
          context.fillStyle = css("--bad");
          context.globalAlpha = 0.35;
          context.fillRect(x - ratio / 2, top, ratio, tall);
          context.globalAlpha = 1;
          context.beginPath();
          context.moveTo(x - 5 * ratio, top);
          context.lineTo(x + 5 * ratio, top);
          context.lineTo(x, top + 8 * ratio);
          context.fill();
        }
      }
      this.drawEvents(u, run);
      const areShort = this.marks.filter(mark => mark.kind === "anomaly").length > mostWholeMarks;
      for (const mark of this.marks) {
        if (mark.run !== run.key) {
          continue;
        }
        const x = u.valToPos(axis.placeOf(mark.step), "x", true);
        if (mark.kind === "best") {
          const value = data.last[data.indexOf(mark.step)];
          const y = u.valToPos(value, "y", true);
          context.fillStyle = css(run.color);
          context.beginPath();
          context.moveTo(x, y - 7 * ratio);
          context.lineTo(x + 5 * ratio, y);
          context.lineTo(x, y + 7 * ratio);
          context.lineTo(x - 5 * ratio, y);
          context.fill();
          context.strokeStyle = css("--card");
          context.stroke();
        } else {
          context.fillStyle = css(mark.kind === "step" ? "--text" : "--warn");
          const end = mark.last === undefined ? x : u.valToPos(axis.placeOf(mark.last), "x", true);
          // What lasts is a surface under the line; what does not is a line itself.
          context.globalAlpha = mark.kind === "step" ? 0.8 : end > x + 2 * ratio ? 0.16 : 0.5;
          context.fillRect(x - ratio / 2, top, Math.max(ratio, end - x), areShort && mark.kind === "anomaly" ? 10 * ratio : tall);
          context.globalAlpha = 1;
        }
      }
    }
    context.restore();
  }

  /** A stroke at the foot for each bucket in which it happened, the darker the more often. */
  private drawEvents(u: uPlot, run: ChartRun): void {
    const events = this.events?.of.get(run.key);
    if (events === undefined) {
      return;
    }
    const axis = this.settings.axisOf(run.key);
    const [foot, ratio] = [u.bbox.top + u.bbox.height, devicePixelRatio];
    u.ctx.fillStyle = css(this.settings.runs.length > 1 ? run.color : "--warn");
    let strokes = 0;
    for (let i = 0; i < events.length; i++) {
      if (events.maximum[i] > 0) {
        strokes++;
        u.ctx.globalAlpha = 0.35 + 0.65 * events.mean[i];
        u.ctx.fillRect(u.valToPos(axis.placeOf(events.lastStep[i]), "x", true) - ratio / 2, foot - strokeHeight * ratio, Math.max(1, ratio), strokeHeight * ratio);
      }
    }
    u.ctx.globalAlpha = 1;
    this.root.dataset["events"] = String(strokes);
  }

  private fit(pixels: number): void {
    this.pixels = Math.round(pixels);
    if (this.plot !== null && this.plot.width !== this.width) {
      this.plot.setSize({ width: this.width, height });
    }
  }

  private exportCsv(): void {
    const lines = ["run,series,first_step,last_step,count,last,minimum,maximum,mean"];
    for (const [run, data] of this.shownData()) {
      for (let i = 0; i < data.length; i++) {
        lines.push([quoted(run.label), quoted(this.series), data.firstStep[i], data.lastStep[i], data.count[i] || "", data.last[i], data.minimum[i], data.maximum[i], data.mean[i]].join(","));
      }
    }
    download(`${this.title}.csv`, new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
  }

  private exportPng(): void {
    const plot = this.drawn;
    if (plot === null) {
      return;
    }
    const source = plot.ctx.canvas;
    const ratio = devicePixelRatio;
    const picture = el("canvas", { width: source.width, height: source.height + 26 * ratio });
    const context = picture.getContext("2d")!;
    context.fillStyle = css("--card");
    context.fillRect(0, 0, picture.width, picture.height);
    context.fillStyle = css("--text");
    context.font = `600 ${13 * ratio}px system-ui, sans-serif`;
    context.fillText(shown(this.title), 10 * ratio, 17 * ratio);
    context.drawImage(source, 0, 26 * ratio);
    picture.toBlob(blob => blob !== null && download(`${this.title}.png`, blob));
  }

  private exportSvg(): void {
    const plot = this.drawn;
    if (plot === null) {
      return;
    }
    const ratio = devicePixelRatio;
    const { left, top, width, height: tall } = { left: plot.bbox.left / ratio, top: plot.bbox.top / ratio + 26, width: plot.bbox.width / ratio, height: plot.bbox.height / ratio };
    const x = (place: number) => (left + plot.valToPos(place, "x")).toFixed(2);
    const y = (value: number) => (top + plot.valToPos(value, "y")).toFixed(2);
    const picture = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width: plot.width, height: plot.height + 26, viewBox: `0 0 ${plot.width} ${plot.height + 26}`, "font-family": "system-ui, sans-serif", "font-size": 11 });
    const text = (content: string, attributes: { [name: string]: string | number }) => {
      const element = svg("text", { fill: css("--soft"), ...attributes });
      element.textContent = shown(content);
      picture.append(element);
    };
    picture.append(svg("rect", { width: "100%", height: "100%", fill: css("--card") }));
    text(this.title, { x: 10, y: 17, fill: css("--text"), "font-size": 13, "font-weight": 600 });
    plot.axes.forEach((axis, i) => {
      const splits = (axis as unknown as { _splits: number[] })._splits ?? [];
      const labels = ((axis as unknown as { _values: (string | null)[] })._values ?? []);
      splits.forEach((split, n) => {
        const label = labels[n];
        if (label === null || label === undefined || label === "") {
          return;
        }
        if (i === 0) {
          picture.append(svg("line", { x1: x(split), x2: x(split), y1: top, y2: top + tall, stroke: css("--grid") }));
          text(label.replace("\n", " "), { x: x(split), y: top + tall + 15, "text-anchor": "middle" });
        } else {
          picture.append(svg("line", { x1: left, x2: left + width, y1: y(split), y2: y(split), stroke: css("--grid") }));
          text(label, { x: left - 6, y: Number(y(split)) + 4, "text-anchor": "end" });
        }
      });
    });
    for (const [run, data] of this.shownData()) {
      const axis = this.settings.axisOf(run.key);
      const isShown = (value: number) => Number.isFinite(value) && (!this.settings.isLog || value > 0);
      let path = "";
      let isOpen = false;
      for (let i = 0; i < data.length; i++) {
        if (isShown(data.last[i])) {
          path += `${isOpen ? "L" : "M"}${x(axis.placeOf(data.lastStep[i]))} ${y(data.last[i])}`;
        }
        isOpen = isShown(data.last[i]);
      }
      const inside = [...data.lastStep.keys()].filter(i => isShown(data.minimum[i]) && isShown(data.maximum[i]));
      const band = [...inside.map(i => `${x(axis.placeOf(data.lastStep[i]))} ${y(data.maximum[i])}`), ...inside.reverse().map(i => `${x(axis.placeOf(data.lastStep[i]))} ${y(data.minimum[i])}`)].join("L");
      picture.append(svg("path", { d: `M${band}Z`, fill: css(run.color), "fill-opacity": 0.2 }), svg("path", { d: path, fill: "none", stroke: css(run.color), "stroke-width": 1.5, "stroke-linejoin": "round" }));
    }
    download(`${this.title}.svg`, new Blob([new XMLSerializer().serializeToString(picture)], { type: "image/svg+xml" }));
  }
}

// Rows below each other as colours: one for each rank or each layer, over the steps.

import type { Heat } from "./api";
import type { ChartSettings } from "./chart";
import { add, css, download, el, fill, shown } from "./dom";
import { count, number, quoted, relative, ticks } from "./format";
import { kindsOf } from "./series";

/** What the colours of a heat map stand for. */
export interface Measure {
  name: string;
  /** The series that is asked for: of each rank, or with * of each layer. */
  series: string;
  /** The value itself, how many times the median of the column it is, how far it is from that, relative to it, or the share of the column that it is. */
  as: "value" | "ratio" | "difference" | "share";
  isLog: boolean;
  unit: string;
}

/** Asks for a measure between two steps, in at most so many columns. */
export type HeatSource = (measure: Measure, from: number | null, to: number | null, pixels: number, signal: AbortSignal) => Promise<Heat>;

interface Scale { low: number; high: number; isLog: boolean; colors: string[]; text: (value: number) => string }

const rowPixels = { least: 3, most: 18, all: 420 };
const axisHeight = 22;
const legendHeight = 22;
const shades = 64;
// Beyond these a colour says nothing more.
const farthestRatio = 4;
const difference = { least: 1e-4, most: 1 };
const leastShare = 1e-4;
const viridis = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
const refreshMilliseconds = 3000;

export class HeatMap {
  readonly root: HTMLElement;
  protected readonly canvas = el("canvas", {});
  private readonly frame = el("div", { class: "heat-plot" });
  private readonly selection = el("div", { class: "heat-select", hidden: true });
  private readonly readout = el("div", { class: "readout" });
  private readonly choice: HTMLSelectElement;
  private readonly observer = new IntersectionObserver(entries => this.seen(entries[entries.length - 1].isIntersecting), { rootMargin: "300px 0px" });
  private readonly resize = new ResizeObserver(() => this.draw());
  private readonly timer: number;
  protected measure: Measure;
  protected heat: Heat | null = null;
  private values: number[][] = [];
  private medians: number[] = [];
  private isVisible = false;
  private request: AbortController | null = null;
  private left = 0;
  protected rowHeight = rowPixels.most;
  private range: [number, number] = [0, 1];
  private at: { row: number; column: number } | null = null;
  private dragFrom: number | null = null;

  /**
   * @param rowName What a row is called, such as "rank".
   * @param rows How many rows are expected; their room is kept until they are there.
   * @param run The key of the run.
   * @param isLive Whether new steps are to be expected.
   */
  constructor(protected readonly title: string, private readonly rowName: string, rows: number, private measures: Measure[], private readonly source: HeatSource, private readonly run: string,
    private readonly settings: ChartSettings, private readonly isLive: () => boolean, private readonly say: (error: unknown) => void) {
    this.measure = measures[0];
    this.choice = el("select", { "aria-label": `What ${title} shows`, onchange: () => { this.measure = this.measures[this.choice.selectedIndex]; this.heat = null; void this.load(); } });
    this.offer(measures);
    const menu = el("details", { class: "menu" }, el("summary", { "aria-label": `Export ${title}` }, "⋯"), el("div", {},
      el("button", { type: "button", onclick: () => this.exportCsv() }, "CSV"),
      el("button", { type: "button", onclick: () => this.canvas.toBlob(blob => blob !== null && download(`${title}.png`, blob)) }, "PNG")));
    this.frame.tabIndex = 0;
    this.frame.setAttribute("role", "application");
    this.frame.setAttribute("aria-roledescription", "heat map");
    this.frame.setAttribute("aria-label", `${shown(title)}: arrow keys move from cell to cell, plus and minus zoom, 0 shows everything, Enter picks the step`);
    this.frame.style.minHeight = `${(rowHeightOf(rows) * rows) + axisHeight + legendHeight}px`;
    add(this.frame, this.canvas, this.selection);
    this.frame.addEventListener("keydown", event => this.key(event));
    this.frame.addEventListener("pointerdown", event => { if (event.button === 0) { this.dragFrom = this.xOf(event); this.frame.setPointerCapture(event.pointerId); } });
    this.frame.addEventListener("pointermove", event => this.moved(event));
    this.frame.addEventListener("pointerup", event => this.dropped(event));
    this.frame.addEventListener("pointercancel", () => this.endDrag());
    this.frame.addEventListener("pointerleave", () => { if (this.dragFrom === null) { this.point(null); } });
    this.frame.addEventListener("dblclick", () => settings.zoom(null, null));
    this.root = el("figure", { class: "chart heat", "data-heat": title }, el("figcaption", {}, el("span", { class: "name" }, title), this.choice, menu), this.frame, this.readout);
    this.observer.observe(this.root);
    this.resize.observe(this.frame);
    this.timer = window.setInterval(() => this.isVisible && this.settings.to === null && this.isLive() && void this.load(), refreshMilliseconds);
  }

  /** Offers measures to choose from; the chosen one stays chosen. */
  protected offer(measures: Measure[]): void {
    if (this.choice.options.length > 0 && measures.length === this.measures.length && measures.every((measure, i) => measure.series === this.measures[i].series)) {
      // A list that is open stays open.
      return;
    }
    this.measures = measures;
    fill(this.choice, ...measures.map(measure => el("option", { selected: measure.series === this.measure.series }, measure.name)));
  }

  dispose(): void {
    this.request?.abort();
    this.observer.disconnect();
    this.resize.disconnect();
    clearInterval(this.timer);
  }

  /** Asks for the range that is zoomed to, if it is on the screen, or is printed. */
  async load(isPrinted = false): Promise<void> {
    if (!this.isVisible && !isPrinted) {
      this.heat = null;
      return;
    }
    this.request?.abort();
    const request = this.request = new AbortController();
    const axis = this.settings.axisOf(this.run);
    const step = (place: number | null) => place === null ? null : axis.stepOf(place);
    try {
      const heat = await this.source(this.measure, step(this.settings.from), step(this.settings.to), Math.max(32, Math.floor(this.frame.clientWidth / 3)), request.signal);
      this.heat = heat;
      this.evaluate(heat);
      this.draw();
    } catch (error) {
      if (!request.signal.aborted) {
        this.say(error);
      }
    }
  }

  draw(): void {
    const heat = this.heat;
    const width = this.frame.clientWidth;
    if (heat === null || width === 0) {
      return;
    }
    this.root.dataset["rows"] = String(heat.rows.length);
    this.root.dataset["columns"] = String(heat.first_step.length);
    this.root.dataset["nonFinite"] = heat.rows.filter(row => row.non_finite.some(mask => mask !== null && mask !== 0)).map(row => row.name).join(", ");
    this.rowHeight = rowHeightOf(heat.rows.length);
    const tall = this.rowHeight * Math.max(1, heat.rows.length);
    const ratio = devicePixelRatio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round((tall + axisHeight + legendHeight) * ratio);
    this.canvas.style.height = `${tall + axisHeight + legendHeight}px`;
    const context = this.canvas.getContext("2d")!;
    context.scale(ratio, ratio);
    context.fillStyle = css("--card");
    context.fillRect(0, 0, width, tall + axisHeight + legendHeight);
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    this.left = Math.min(width * 0.34, 12 + Math.max(20, ...heat.rows.map(row => context.measureText(shown(row.name)).width)));
    if (heat.first_step.length === 0) {
      context.fillStyle = css("--soft");
      context.fillText("No points in this range.", this.left, tall / 2);
      return;
    }
    const places = this.placesOf(heat);
    this.range = this.settings.from !== null && this.settings.to !== null ? [this.settings.from, this.settings.to] : [places[0], places[places.length - 1]];
    const scale = this.scale();
    this.drawCells(context, heat, places, scale);
    this.drawOver(context, places);
    this.drawNames(context, heat);
    this.drawAxis(context, width, tall);
    this.drawLegend(context, width, tall + axisHeight + legendHeight / 2, scale);
    if (this.at !== null) {
      this.outline(context, places);
    }
  }

  private seen(isVisible: boolean): void {
    this.isVisible = isVisible;
    if (isVisible && this.heat === null) {
      void this.load();
    }
  }

  /** The places at which columns begin, and at which the last one ends. */
  private placesOf(heat: Heat): number[] {
    const axis = this.settings.axisOf(this.run);
    const [first, last] = [heat.first_step, heat.last_step];
    const n = first.length;
    // A single step reaches to the next one, and the last as far as the one before it.
    const end = n > 1 && first[n - 1] === last[n - 1] && first[n - 2] === last[n - 2] ? 2 * first[n - 1] - first[n - 2] : last[n - 1] + 1;
    return [...first.map(step => axis.placeOf(step)), axis.placeOf(end)];
  }

  /** Draws over the cells. */
  protected drawOver(_context: CanvasRenderingContext2D, _places: number[]): void {}

  private evaluate(heat: Heat): void {
    this.medians = heat.first_step.map((_, column) => this.medianOf(heat.rows.map(row => row.mean[column])));
    const of = (value: number | null, median: number) => value === null || !Number.isFinite(value) ? NaN
      : this.measure.as === "value" || this.measure.as === "share" ? value : this.measure.as === "ratio" ? value / median : value === median ? 0 : Math.abs(value - median) / Math.abs(median);
    this.values = heat.rows.map(row => row.mean.map((value, column) => of(value, this.medians[column])));
  }

  private medianOf(all: (number | null)[]): number {
    const finite = all.filter((value): value is number => value !== null && Number.isFinite(value));
    if (this.measure.as === "difference") {
      // As analyze compares: of two ranks the lower one is the reference, of more the upper median, which is the value of a rank.
      return finite.length === 2 ? finite[0] : finite.sort((a, b) => a - b)[finite.length >> 1] ?? NaN;
    }
    finite.sort((a, b) => a - b);
    return finite.length === 0 ? NaN : (finite[(finite.length - 1) >> 1] + finite[finite.length >> 1]) / 2;
  }

  private scale(): Scale {
    const isLog = this.measure.isLog;
    const finite = this.values.flat().filter(value => Number.isFinite(value) && (!isLog || value > 0)).sort((a, b) => a - b);
    const [least, most] = [finite[0] ?? 0, finite[finite.length - 1] ?? 1];
    if (this.measure.as === "ratio") {
      const span = Math.max(1.1, Math.min(farthestRatio, Math.max(most, 1 / least)));
      return { low: 1 / span, high: span, isLog: true, colors: ramp([css("--s0"), css("--grid"), css("--s1")]), text: value => `${number(Number(value.toPrecision(3)))}×` };
    }
    if (this.measure.as === "difference") {
      return { low: difference.least, high: difference.most, isLog: true, colors: ramp([css("--grid"), css("--s1")]), text: percent };
    }
    if (this.measure.as === "share") {
      // The fewer, the more like no cell.
      return { low: Math.min(most / 2, Math.max(least, leastShare)), high: most, isLog, colors: ramp([css("--grid"), css("--s0")]), text: percent };
    }
    // A single extreme must not take all colours.
    const high = finite[Math.floor(0.99 * (finite.length - 1))] ?? 1;
    return { low: least, high: high > least ? high : most, isLog, colors: ramp(viridis.map(([r, g, b]) => `rgb(${r} ${g} ${b})`)), text: value => `${number(Number(value.toPrecision(3)))}${this.measure.unit}` };
  }

  private drawCells(context: CanvasRenderingContext2D, heat: Heat, places: number[], scale: Scale): void {
    const bad = css("--bad");
    const position = (value: number) => scale.isLog ? Math.log(value / scale.low) / Math.log(scale.high / scale.low) : (value - scale.low) / (scale.high - scale.low || 1);
    const edges = places.map(place => this.pixelOf(place));
    context.save();
    context.beginPath();
    context.rect(this.left, 0, this.frame.clientWidth - this.left, this.rowHeight * heat.rows.length);
    context.clip();
    const gap = this.rowHeight >= 6 ? 1 : 0;
    heat.rows.forEach((row, i) => {
      for (let column = 0; column < heat.first_step.length; column++) {
        const mask = row.non_finite[column];
        if (mask === null) {
          continue;
        }
        const value = this.values[i][column];
        context.fillStyle = mask !== 0 || Number.isNaN(value) ? bad : scale.colors[Math.round(Math.max(0, Math.min(1, position(value))) * (shades - 1))];
        // Half a pixel more than the column, so that no seam shows.
        context.fillRect(edges[column], i * this.rowHeight, Math.max(1, edges[column + 1] - edges[column] + 0.5), this.rowHeight - gap);
      }
    });
    context.restore();
  }

  private drawNames(context: CanvasRenderingContext2D, heat: Heat): void {
    const every = Math.ceil(12 / this.rowHeight);
    context.textAlign = "right";
    context.fillStyle = css("--soft");
    heat.rows.forEach((row, i) => {
      if (i % every === 0) {
        context.fillText(this.fitted(context, shown(row.name), this.left - 10), this.left - 6, (i + 0.5) * this.rowHeight);
      }
    });
  }

  /** A name that is too long without its middle: layers differ at the beginning by their number, and at the end by what they are. */
  private fitted(context: CanvasRenderingContext2D, name: string, most: number): string {
    let text = name;
    for (let length = name.length - 1; length > 0 && context.measureText(text).width > most; length--) {
      const begin = Math.ceil(length * 0.6);
      text = `${name.slice(0, begin)}…${name.slice(name.length - length + begin)}`;
    }
    return text;
  }

  private drawAxis(context: CanvasRenderingContext2D, width: number, tall: number): void {
    const [low, high] = this.range;
    const kind = this.settings.axis;
    const rough = (high - low) / Math.max(2, (width - this.left) / 90);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= rough) ?? rough;
    const places: number[] = [];
    for (let place = Math.ceil(low / step) * step; place <= high; place += step) {
      places.push(place);
    }
    const labels = kind === "wall" ? places.map(place => new Date(place * 1000).toLocaleTimeString("sv-SE")) : kind === "relative" ? places.map(relative) : ticks(places);
    context.textAlign = "center";
    places.forEach((place, i) => {
      const label = labels[i];
      const half = context.measureText(label).width / 2;
      const x = this.pixelOf(place);
      context.fillStyle = css("--grid");
      context.fillRect(x, tall, 1, 4);
      context.fillStyle = css("--soft");
      context.fillText(label, Math.max(this.left + half - 4, Math.min(width - half, x)), tall + 13);
    });
  }

  private drawLegend(context: CanvasRenderingContext2D, width: number, middle: number, scale: Scale): void {
    const [low, high] = [scale.text(scale.low), scale.text(scale.high)];
    const bar = Math.min(140, width * 0.3);
    const texts = [low, high, ...(this.measure.as === "share" ? [] : ["not finite"])].reduce((sum, text) => sum + context.measureText(text).width, 0);
    let x = Math.max(0, Math.min(this.left, width - bar - texts - 44));
    context.textAlign = "left";
    context.fillStyle = css("--soft");
    context.fillText(low, x, middle);
    x += context.measureText(low).width + 6;
    scale.colors.forEach((color, i) => {
      context.fillStyle = color;
      context.fillRect(x + bar * i / shades, middle - 5, bar / shades + 0.5, 10);
    });
    x += bar + 6;
    context.fillStyle = css("--soft");
    context.fillText(high, x, middle);
    if (this.measure.as === "share") {
      return;
    }
    x += context.measureText(high).width + 14;
    context.fillStyle = css("--bad");
    context.fillRect(x, middle - 5, 10, 10);
    context.fillStyle = css("--soft");
    context.fillText("not finite", x + 15, middle);
  }

  private outline(context: CanvasRenderingContext2D, places: number[]): void {
    const { row, column } = this.at!;
    const [x, end] = [this.pixelOf(places[column]), this.pixelOf(places[column + 1])];
    context.strokeStyle = css("--text");
    context.lineWidth = 1.5;
    context.strokeRect(x, row * this.rowHeight, Math.max(2, end - x), this.rowHeight);
  }

  protected pixelOf(place: number): number {
    return this.left + (place - this.range[0]) / (this.range[1] - this.range[0] || 1) * (this.frame.clientWidth - this.left);
  }

  private placeOf(x: number): number {
    return this.range[0] + (x - this.left) / Math.max(1, this.frame.clientWidth - this.left) * (this.range[1] - this.range[0]);
  }

  private xOf(event: PointerEvent): number {
    return event.clientX - this.frame.getBoundingClientRect().left;
  }

  private columnAt(place: number): number {
    const places = this.placesOf(this.heat!);
    const next = places.findIndex(begin => begin > place);
    return Math.max(0, Math.min(places.length - 2, (next < 0 ? places.length : next) - 1));
  }

  private moved(event: PointerEvent): void {
    if (this.heat === null || this.heat.first_step.length === 0) {
      return;
    }
    const x = this.xOf(event);
    if (this.dragFrom !== null && Math.abs(x - this.dragFrom) >= 4) {
      const [low, high] = [Math.max(this.left, Math.min(x, this.dragFrom)), Math.max(x, this.dragFrom)];
      this.selection.hidden = false;
      this.selection.style.left = `${low}px`;
      this.selection.style.width = `${Math.max(0, high - low)}px`;
    }
    const row = Math.floor((event.clientY - this.frame.getBoundingClientRect().top) / this.rowHeight);
    this.point(x >= this.left && row >= 0 && row < this.heat.rows.length ? { row, column: this.columnAt(this.placeOf(x)) } : null);
  }

  private dropped(event: PointerEvent): void {
    const from = this.dragFrom;
    const x = this.xOf(event);
    this.endDrag();
    if (from === null || this.heat === null) {
      return;
    }
    if (Math.abs(x - from) >= 4) {
      const places = [from, x].map(pixel => this.placeOf(Math.max(this.left, pixel)));
      this.settings.zoom(Math.min(...places), Math.max(...places));
    } else if (this.at !== null) {
      this.settings.pick(this.run, this.heat.first_step[this.at.column]);
    }
  }

  private endDrag(): void {
    this.dragFrom = null;
    this.selection.hidden = true;
  }

  private key(event: KeyboardEvent): void {
    const heat = this.heat;
    if (heat === null || heat.first_step.length === 0 || event.target !== this.frame) {
      return;
    }
    const { row, column } = this.at ?? { row: 0, column: heat.first_step.length - 1 };
    const move = (down: number, right: number) => this.point(this.at === null ? { row, column } : { row: Math.max(0, Math.min(heat.rows.length - 1, row + down)), column: Math.max(0, Math.min(heat.first_step.length - 1, column + right)) });
    const place = this.placesOf(heat)[column];
    const around = (factor: number) => this.settings.zoom(place - (place - this.range[0]) * factor, place + (this.range[1] - place) * factor);
    switch (event.key) {
      case "ArrowLeft": move(0, -1); break;
      case "ArrowRight": move(0, 1); break;
      case "ArrowUp": move(-1, 0); break;
      case "ArrowDown": move(1, 0); break;
      case "+": case "=": around(0.5); break;
      case "-": around(2); break;
      case "0": case "Escape": this.settings.zoom(null, null); break;
      case "Enter": this.settings.pick(this.run, heat.first_step[column]); break;
      default: return;
    }
    event.preventDefault();
  }

  private point(at: { row: number; column: number } | null): void {
    this.at = at;
    this.draw();
    const heat = this.heat;
    if (at === null || heat === null || at.row >= heat.rows.length || at.column >= heat.first_step.length) {
      this.at = null;
      this.readout.replaceChildren();
      return;
    }
    const [first, last] = [heat.first_step[at.column], heat.last_step[at.column]];
    fill(this.readout, el("span", { class: "value" }, ...this.textOf(heat, at.row, at.column), el("span", { class: "soft" }, first === last ? ` step ${count(first)}` : ` steps ${count(first)}–${count(last)}`)));
  }

  /** What a cell is. */
  protected textOf(heat: Heat, at: number, column: number): (Node | string | null)[] {
    const row = heat.rows[at];
    const mean = row.mean[column];
    const mask = row.non_finite[column] ?? 0;
    const value = this.values[at][column];
    const compared = mean === null || !Number.isFinite(value) || this.measure.as === "value" ? ""
      : this.measure.as === "ratio" ? `, ${number(Number(value.toPrecision(3)))} times the median` : `, ${percent(value)} from the median`;
    return [el("span", { class: "run" }, `${this.rowName} ${row.name}`), el("b", {}, mean === null ? "–" : `${number(mean)}${this.measure.unit}`), compared, mask === 0 || !Number.isFinite(mean) ? null : el("span", { class: "bad" }, ` ${kindsOf(mask)}`)];
  }

  private exportCsv(): void {
    if (this.heat !== null) {
      download(`${this.title}.csv`, new Blob([this.linesOf(this.heat).join("\n") + "\n"], { type: "text/csv" }));
    }
  }

  /** The lines of the export to CSV. */
  protected linesOf(heat: Heat): string[] {
    const lines = [`${this.rowName},series,first_step,last_step,mean`];
    for (const row of heat.rows) {
      row.mean.forEach((mean, column) => mean !== null && lines.push([quoted(row.name), quoted(this.measure.series), heat.first_step[column], heat.last_step[column], mean].join(",")));
    }
    return lines;
  }
}

export function percent(share: number): string {
  return `${number(Number((100 * share).toPrecision(3)))}%`;
}

/** Colours between others, evenly; the browser reads and mixes them. */
function ramp(stops: string[]): string[] {
  const context = el("canvas", { width: shades, height: 1 }).getContext("2d", { willReadFrequently: true })!;
  const gradient = context.createLinearGradient(0, 0, shades - 1, 0);
  stops.forEach((stop, i) => gradient.addColorStop(i / (stops.length - 1), stop));
  context.fillStyle = gradient;
  context.fillRect(0, 0, shades, 1);
  const pixels = context.getImageData(0, 0, shades, 1).data;
  return Array.from({ length: shades }, (_, i) => `rgb(${pixels[4 * i]} ${pixels[4 * i + 1]} ${pixels[4 * i + 2]})`);
}

function rowHeightOf(rows: number): number {
  return Math.max(rowPixels.least, Math.min(rowPixels.most, Math.floor(rowPixels.all / Math.max(1, rows))));
}

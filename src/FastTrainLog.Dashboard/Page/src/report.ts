// The page of one run that `analyze --html` writes: its charts, over data that are in the page itself.

import type { Histogram } from "./api";
import { StepAxis } from "./axis";
import { Chart, type ChartSettings, type Mark } from "./chart";
import { el, fill } from "./dom";
import { count, relative } from "./format";
import { HistogramMap, between } from "./histogram";
import { SeriesData } from "./series";
import "./app.css";

/** A line; of points that stand for several steps with the least and the greatest of their values. A value that is null is not finite. */
interface Line { name: string; position: number[]; mean: (number | null)[]; minimum?: (number | null)[]; maximum?: (number | null)[]; non_finite?: number[] }

interface Drawing { title: string; place: Place; is_logarithmic: boolean; lines: Line[]; marks: { first: number; last: number; text: string }[] }

type Place = "step" | "second";

const colors = 8;
const notFinite = 8;

/** The charts over the same axis, which are zoomed together. */
class Group {
  from: number | null = null;
  to: number | null = null;
  picked: number | null = null;
  readonly charts = new Set<ReportChart>();
  histograms: HistogramMap | null = null;
  private readonly text = el("span", {});
  readonly notice = el("p", { class: "picked", role: "status", hidden: true }, this.text, el("button", { type: "button", onclick: () => this.zoom(null, null) }, "Whole range"));

  constructor(private readonly place: Place) {}

  zoom(from: number | null, to: number | null): void {
    [this.from, this.to] = [from, to];
    this.notice.hidden = from === null || to === null;
    if (from !== null && to !== null) {
      const shown = this.place === "step" ? (value: number) => count(Math.round(value)) : relative;
      fill(this.text, this.place === "step" ? `Steps ${shown(from)} to ${shown(to)}` : `From ${shown(from)} to ${shown(to)} of the run`);
    }
    this.charts.forEach(chart => chart.chart?.draw());
    void this.histograms?.load();
  }

  pick(step: number): void {
    this.picked = this.picked === step ? null : step;
    this.charts.forEach(chart => chart.mark());
  }
}

/** A chart and its place on the page; it is there only while it is on the screen, near it, or printed. */
class ReportChart {
  chart: Chart | null = null;
  private readonly data = new Map<string, SeriesData>();
  private readonly settings: ChartSettings;

  constructor(private readonly slot: Element, private readonly drawing: Drawing, private readonly group: Group) {
    drawing.lines.forEach((line, i) => this.data.set(String(i), dataOf(String(i), line)));
    this.settings = {
      axis: drawing.place === "step" ? "step" : "relative",
      place: drawing.place,
      isLog: drawing.is_logarithmic,
      smoothing: 0,
      get from() { return group.from; },
      get to() { return group.to; },
      runs: drawing.lines.map((line, i) => ({ key: String(i), label: line.name, color: `--s${i % colors}` })),
      base: null,
      axisOf: () => StepAxis.identity,
      zoom: (from, to) => group.zoom(from, to),
      pick: (_, step) => group.pick(step),
    };
    group.charts.add(this);
  }

  mount(): void {
    if (this.chart === null) {
      const title = this.drawing.title;
      this.chart = new Chart(title, this.drawing.is_logarithmic ? `${title}, logarithmic` : title, this.data, this.settings);
      fill(this.slot, this.chart.root);
      this.mark();
      this.chart.drawNow();
    }
  }

  unmount(): void {
    this.chart?.dispose();
    this.chart = null;
    this.slot.replaceChildren();
  }

  mark(): void {
    const marks: Mark[] = this.drawing.marks.map(mark => ({ run: "0", step: mark.first, last: mark.last, label: mark.text, kind: "anomaly" }));
    if (this.group.picked !== null) {
      marks.push({ run: "0", step: this.group.picked, label: "picked", kind: "step" });
    }
    this.chart?.setMarks(marks);
  }
}

function dataOf(run: string, line: Line): SeriesData {
  const numbers = (values: (number | null)[]) => values.map(value => value ?? NaN);
  const data = new SeriesData(run, line.name);
  data.firstStep = line.position;
  // A point of several steps goes on until the next one begins.
  data.lastStep = line.position.map((position, i) => line.minimum?.[i] === line.maximum?.[i] ? position : Math.max(position, (line.position[i + 1] ?? position + 1) - 1));
  data.count = line.position.map(() => 0);
  data.last = data.mean = numbers(line.mean);
  data.minimum = line.minimum === undefined ? data.mean : numbers(line.minimum);
  data.maximum = line.maximum === undefined ? data.mean : numbers(line.maximum);
  data.nonFinite = line.position.map((_, i) => (line.non_finite?.[i] ?? 0) > 0 ? notFinite : 0);
  return data;
}

const drawings = JSON.parse(document.getElementById("charts")!.textContent!) as Drawing[];
const groups: { [place in Place]: Group } = { step: new Group("step"), second: new Group("second") };
const bySlot = new Map<Element, ReportChart>();
const observer = new IntersectionObserver(entries => entries.forEach(entry => entry.isIntersecting ? bySlot.get(entry.target)!.mount() : bySlot.get(entry.target)!.unmount()), { rootMargin: "300px 0px" });
for (const slot of document.querySelectorAll<HTMLElement>("[data-chart]")) {
  const drawing = drawings[Number(slot.dataset["chart"])];
  bySlot.set(slot, new ReportChart(slot, drawing, groups[drawing.place]));
  observer.observe(slot);
}
document.querySelector("main")!.prepend(el("div", { class: "report-range" }, groups.step.notice, groups.second.notice));

const histograms = JSON.parse(document.getElementById("histograms")!.textContent!) as Histogram[];
const histogramSlot = document.querySelector("[data-histograms]");
if (histogramSlot !== null) {
  const steps = groups.step;
  const layers = histograms.map(histogram => histogram.layer);
  steps.histograms = new HistogramMap((layer, from, to) => Promise.resolve({ ...between(histograms.find(histogram => histogram.layer === layer) ?? histograms[0], from, to), layers, layer_count: layers.length }), "0", {
    axis: "step", place: "step", isLog: false, smoothing: 0, get from() { return steps.from; }, get to() { return steps.to; }, runs: [], base: null,
    axisOf: () => StepAxis.identity, zoom: (from, to) => steps.zoom(from, to), pick: (_, step) => steps.pick(step),
  }, () => false, error => { throw error; });
  fill(histogramSlot, steps.histograms.root);
}

function recolor(theme: string | null): void {
  if (theme === null) {
    delete document.documentElement.dataset["theme"];
  } else {
    document.documentElement.dataset["theme"] = theme;
  }
  for (const { chart } of bySlot.values()) {
    chart?.reset();
  }
  groups.step.histograms?.draw();
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => recolor(null));
window.addEventListener("beforeprint", () => {
  // All of them, and dark on white.
  recolor("light");
  for (const chart of bySlot.values()) {
    chart.mount();
    chart.chart!.drawNow();
  }
  void groups.step.histograms?.load(true);
});
window.addEventListener("afterprint", () => recolor(null));

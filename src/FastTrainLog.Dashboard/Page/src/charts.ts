// The charts of one run, or of several in the same charts; only those on the screen are mounted.

import { api, type Added, type Buckets, type Configuration, type Relevance, type RunDetail, type RunRow } from "./api";
import { axisKinds, axisSeries, StepAxis, type AxisKind } from "./axis";
import { Chart, type ChartRun, type ChartSettings, type Mark } from "./chart";
import { add, arrange, cut, el, fill, settle } from "./dom";
import { count, duration, number } from "./format";
import { HeatMap, type Measure } from "./heat";
import { HistogramMap } from "./histogram";
import type { Live, SeriesHolder } from "./live";
import { preferences } from "./preferences";
import { addressOf, change, go, Route } from "./route";
import { labelOf, RunHead } from "./run-head";
import { SeriesData } from "./series";

const mostRuns = 50;
// With one more for the events of a chart; a request has 256 at most.
const mostSeriesOfRequest = 32;
const mostWatched = 200;
const mostSpare = 12;
const colors = 8;
const sections: [string, (name: string) => boolean][] = [
  ["Training", name => /^train\/(loss|accuracy|learning_rate)$/.test(name)],
  ["Validation", name => name.startsWith("validation/")],
  ["Gradients", name => name.startsWith("gradients/")],
  ["Speed", name => /^train\/(throughput|step_seconds)$/.test(name)],
  ["Metrics", name => name.startsWith("metrics/")],
  ["Epochs", name => name.startsWith("epoch/")],
  ["Performance", name => name.startsWith("performance/")],
  ["Resources", name => name.startsWith("system/") || name.startsWith("gpu_")],
  ["Layers", name => name.startsWith("layers/")],
  ["Other", () => true],
];
const order = ["train/loss", "train/learning_rate", "train/accuracy", "validation/loss", "gradients/gradient_norm", "train/throughput", "train/step_seconds"];

const rankMeasures: Measure[] = [
  { name: "Step time, by its median", series: "train/step_seconds", as: "ratio", isLog: true, unit: " s" },
  { name: "Step time", series: "train/step_seconds", as: "value", isLog: false, unit: " s" },
  { name: "Loss: difference", series: "train/loss", as: "difference", isLog: true, unit: "" },
  { name: "Gradient norm: difference", series: "gradients/gradient_norm", as: "difference", isLog: true, unit: "" },
];
const layerMeasures: Measure[] = [
  { name: "Norm", series: "layers/*/norm", as: "value", isLog: true, unit: "" },
  { name: "Share of zeros", series: "layers/*/zero_share", as: "value", isLog: false, unit: "" },
  { name: "NaN elements", series: "layers/*/nan_count", as: "value", isLog: false, unit: "" },
  { name: "Infinite elements", series: "layers/*/infinity_count", as: "value", isLog: false, unit: "" },
];

/** Series of events that are drawn in the chart of another one. */
const events: { [series: string]: { series: string; name: string } } = { "gradients/gradient_norm": { series: ".clipped", name: "clipped" } };

/** A chart and its place on the page; the chart is there only while it is on the screen or near it. */
interface Slot { series: string; place: HTMLElement; chart: Chart | null; data: Map<string, SeriesData>; events: Map<string, SeriesData> }

/** Charts of a kind under a heading; it stays closed once somebody has closed it. */
interface Section { root: HTMLElement; size: HTMLElement; grid: HTMLElement }

export class ChartsView implements SeriesHolder, ChartSettings {
  readonly root = el("section", { class: "charts-view" });
  readonly place = "step";
  axis: AxisKind;
  isLog: boolean;
  smoothing: number;
  from: number | null;
  to: number | null;
  runs: ChartRun[] = [];
  base: string | null = null;
  private readonly keys: string[];
  /** The rank that is shown; null for all of a run as one. */
  private readonly shownRank: number | null;
  private rankHeat: HeatMap | null = null;
  private layerHeat: HeatMap | null = null;
  private histograms: HistogramMap | null = null;
  private readonly rankNotes = el("ul", { class: "rank-notes" });
  private readonly rankChoice = el("select", { onchange: () => go({ rank: this.rankChoice.value }) });
  private readonly rankLabel = el("label", { hidden: true }, "Ranks ", this.rankChoice);
  private readonly slots = new Map<string, Slot>();
  private readonly places = new Map<Element, Slot>();
  /** Charts that have left the screen, for the next ones that come. */
  private readonly spare: Chart[] = [];
  private readonly sections = new Map<string, Section>();
  private readonly axisData = new Map<string, SeriesData>();
  private readonly axes = new Map<string, StepAxis>();
  private readonly grid = el("div", { class: "chart-sections" });
  private readonly notice = el("p", { class: "notice", role: "status", hidden: true });
  private readonly picked = el("p", { class: "picked", role: "status", hidden: true });
  private readonly configuration = el("details", { class: "configuration" }, el("summary", {}, "Configuration"));
  private readonly head: RunHead | null;
  private readonly legend = el("div", { class: "legend" });
  private readonly resetButton = el("button", { type: "button", onclick: () => this.zoom(null, null) }, "Whole range");
  private readonly observer = new IntersectionObserver(entries => this.seen(entries), { rootMargin: "150px 0px" });
  private readonly wanted = new Set<Slot>();
  private readonly loadSoon = settle(30, () => void this.load());
  // When a run is no longer the same, such as when another of its logs was read, or when it has ended.
  private readonly describeSoon = settle(500, () => this.abort.signal.aborted || void Promise.all([this.loadNames(), this.describe()]).catch(error => this.say(error)));
  private readonly abort = new AbortController();
  private readonly stopListening: () => void;
  private readonly timers: number[] = [];
  private filter: string;
  private isByRelevance: boolean;
  private relevance = new Map<string, Relevance>();
  private details = new Map<string, RunDetail>();
  private pickedAt: { run: string; step: number } | null = null;

  constructor(private readonly live: Live, private readonly route: Route) {
    this.keys = route.runs.slice(0, mostRuns);
    const kind = route.text("x");
    this.axis = kind in axisKinds ? kind as AxisKind : "step";
    this.isLog = route.text("log") === "1";
    this.smoothing = Math.min(0.99, Math.max(0, route.number("smooth") ?? 0));
    this.from = route.number("from");
    this.to = route.number("to");
    this.filter = route.text("series");
    this.isByRelevance = route.text("order") === "unusual";
    this.base = route.text("difference") === "1" ? this.baseline : null;
    this.head = this.keys.length === 1 ? new RunHead(live, this.keys[0], "charts") : null;
    this.shownRank = this.keys.length === 1 ? route.number("rank") : null;
    this.describeRuns();
    add(this.root, this.head?.root ?? this.legend, this.keys.length === 0 ? el("p", { class: "none" }, "No run is chosen: mark some in the list of runs.") : null,
      this.keys.length > 0 ? this.toolbar() : null, this.notice, this.picked, this.keys.length > 1 ? this.configuration : null, this.grid);
    this.stopListening = live.listen(changed => {
      if (this.keys.some(key => changed.has(key))) {
        this.describeRuns();
        this.describeSoon();
      }
    });
    if (this.keys.length > 0) {
      void this.open();
    }
  }

  dispose(): void {
    this.abort.abort();
    this.stopListening();
    this.head?.dispose();
    this.observer.disconnect();
    this.timers.forEach(timer => clearInterval(timer));
    this.live.watch(null);
    for (const slot of this.slots.values()) {
      slot.chart?.dispose();
    }
    this.disposeSpare();
    this.heats.forEach(heat => heat.dispose());
  }

  /** Draws everything anew in other colours. */
  recolor(): void {
    for (const slot of this.slots.values()) {
      slot.chart?.reset();
    }
    this.disposeSpare();
    this.heats.forEach(heat => heat.draw());
  }

  axisOf(run: string): StepAxis {
    return this.axes.get(run) ?? StepAxis.identity;
  }

  zoom(from: number | null, to: number | null): void {
    this.from = from;
    this.to = to;
    change({ from: from === null ? null : trimmed(from), to: to === null ? null : trimmed(to) });
    this.resetButton.disabled = from === null;
    for (const slot of this.slots.values()) {
      if (slot.chart !== null) {
        this.wanted.add(slot);
        slot.chart.draw();
      }
    }
    this.loadSoon();
    this.heats.forEach(heat => void heat.load());
  }

  pick(run: string, step: number): void {
    this.pickedAt = { run, step };
    this.picked.hidden = false;
    fill(this.picked, `Step ${count(step)}`, this.keys.length > 1 ? ` of ${this.labels.get(run) ?? run}` : null, " ",
      el("a", { href: addressOf("log", { run, step }) }, "Records of the log from this step"), " ",
      el("button", { type: "button", "aria-label": "Forget the step", onclick: () => { this.pickedAt = null; this.picked.hidden = true; this.mark(); } }, "×"));
    change({ step, picked: run });
    this.mark();
  }

  cursorOf(run: string, series: string): string | null {
    return this.dataOf(run, series)?.cursor ?? null;
  }

  take(added: Added): void {
    const data = this.dataOf(added.run, added.series);
    if (added.series === axisSeries[this.axis]) {
      if (data !== undefined && !added.again) {
        data.append(added);
        this.axes.set(added.run, StepAxis.of(this.axis, data));
      }
      return;
    }
    const slot = this.slotOf(added.series);
    if (slot === undefined || data === undefined || slot.chart === null) {
      return;
    }
    if (added.again || data.length > 3 * slot.chart.width) {
      // The points before were superseded, or there are more buckets than pixels by now.
      data.cursor = added.cursor;
      this.wanted.add(slot);
      this.loadSoon();
    } else if (this.to === null) {
      data.append(added);
      slot.chart.draw();
    } else {
      // What is zoomed into does not change.
      data.cursor = added.cursor;
    }
  }

  /** The chart in which a series is drawn. */
  private slotOf(series: string): Slot | undefined {
    return this.slots.get(series) ?? this.slots.get(Object.keys(events).find(name => events[name].series === series) ?? "");
  }

  private dataOf(run: string, series: string): SeriesData | undefined {
    const slot = this.slotOf(series);
    return (series === axisSeries[this.axis] ? this.axisData : slot?.series === series ? slot.data : slot?.events)?.get(run);
  }

  /** The names of the series that charts are made of. */
  private static namesOf(slots: Slot[]): string[] {
    return slots.flatMap(slot => slot.series in events ? [slot.series, events[slot.series].series] : [slot.series]);
  }

  /** The run that the others are compared with: the baseline if it is among them, otherwise the first one. */
  private get baseline(): string | null {
    return this.keys.length < 2 ? null : this.keys.includes(preferences.baseline ?? "") ? preferences.baseline : this.keys[0];
  }

  private get heats(): HeatMap[] {
    return [this.rankHeat, this.layerHeat, this.histograms].filter(heat => heat !== null);
  }

  private get labels(): Map<string, string> {
    return new Map(this.runs.map(run => [run.key, run.label]));
  }

  private describeRuns(): void {
    this.runs = this.keys.map((key, i) => ({ key, label: labelOf(this.live.rows.get(key), key), color: `--s${i % colors}` }));
    if (this.head !== null) {
      this.head.show(this.details.get(this.keys[0]));
    } else {
      fill(this.legend, ...this.runs.map(run => {
        const row = this.live.rows.get(run.key);
        return el("span", { class: "legend-run" }, el("i", { class: `key ${run.color.slice(2)}` }), el("a", { href: addressOf("charts", { run: run.key }), "aria-label": run.label }, cut(run.label)),
          run.key === this.baseline ? el("span", { class: "baseline" }, "baseline") : null,
          row === undefined ? null : el("span", { class: `state ${row.state}` }, row.state),
          el("button", { type: "button", "aria-label": `Remove ${run.label}`, onclick: () => this.remove(run.key) }, "×"));
      }));
    }
  }

  private remove(key: string): void {
    go({ run: this.keys.filter(other => other !== key) });
  }

  private heat(title: string, rowName: string, rows: number, measures: Measure[]): HeatMap {
    return new HeatMap(title, rowName, rows, measures, (measure, from, to, pixels, signal) => api.heat(this.keys[0], measure.series, this.shownRank, from, to, pixels, signal), this.keys[0], this, this.isLive, error => this.say(error));
  }

  private readonly isLive = () => this.live.rows.get(this.keys[0])?.state === "running";

  private toolbar(): HTMLElement {
    const axis = el("select", { onchange: () => this.setAxis(axis.value as AxisKind) }, ...Object.entries(axisKinds).map(([kind, name]) => el("option", { value: kind, selected: kind === this.axis }, name)));
    const log = el("input", { type: "checkbox", checked: this.isLog, onchange: () => { this.isLog = log.checked; change({ log: log.checked ? "1" : null }); this.recolor(); } });
    const smoothing = el("input", { type: "range", min: 0, max: 0.99, step: 0.01, value: this.smoothing, oninput: () => { this.smoothing = Number(smoothing.value); change({ smooth: this.smoothing === 0 ? null : this.smoothing }); fill(shownSmoothing, this.smoothing.toFixed(2)); for (const slot of this.slots.values()) { slot.chart?.draw(); } } });
    const shownSmoothing = el("output", {}, this.smoothing.toFixed(2));
    const difference = el("input", { type: "checkbox", checked: this.base !== null, onchange: () => { this.base = difference.checked ? this.baseline : null; change({ difference: difference.checked ? "1" : null }); this.recolor(); } });
    const order = el("select", { onchange: () => { this.isByRelevance = order.value !== ""; change({ order: order.value }); void this.rank(); } },
      el("option", { value: "" }, "By kind"), el("option", { value: "unusual", selected: this.isByRelevance }, "Most unusual first"));
    const filter = el("input", { type: "search", placeholder: "Filter series", "aria-label": "Filter series", value: this.filter, oninput: () => { this.filter = filter.value; change({ series: filter.value }); this.arrange(); } });
    this.resetButton.disabled = this.from === null;
    return el("div", { class: "toolbar", role: "toolbar", "aria-label": "Charts" },
      filter, this.rankLabel, this.keys.length === 1 ? el("label", {}, "Order ", order) : null, el("label", {}, "x ", axis), el("label", {}, log, " Logarithmic"), this.keys.length > 1 ? el("label", {}, difference, " Difference to baseline") : null, el("label", {}, "Smoothing ", smoothing, shownSmoothing), this.resetButton);
  }

  private setAxis(kind: AxisKind): void {
    // The range stays that of the same steps of the first run.
    const before = this.axisOf(this.keys[0]);
    const steps = this.from === null || this.to === null ? null : [before.stepOf(this.from), before.stepOf(this.to)];
    this.axis = kind;
    change({ x: kind === "step" ? null : kind });
    void this.loadAxes().then(() => {
      const after = this.axisOf(this.keys[0]);
      this.recolor();
      this.zoom(steps === null ? null : after.placeOf(steps[0]), steps === null ? null : after.placeOf(steps[1]));
      this.watch();
    }, error => this.say(error));
  }

  private async open(): Promise<void> {
    try {
      await this.loadAxes();
      const isRanked = this.keys.length === 1 && (this.live.rows.get(this.keys[0])?.ranks ?? 2) > 1;
      if (isRanked) {
        // What stands above the charts comes first, so that no chart moves from under the pointer.
        await this.describe();
      }
      await this.loadNames();
      if (this.isByRelevance) {
        await this.rank();
      }
      if (this.route.number("step") !== null && this.keys.includes(this.route.text("picked"))) {
        this.pick(this.route.text("picked"), this.route.number("step")!);
      }
      if (!isRanked) {
        await this.describe();
      }
    } catch (error) {
      this.say(error);
    }
    // New series come while a run goes on, and so do validations and anomalies.
    this.timers.push(window.setInterval(() => {
      if (this.live.isCurrent && this.keys.some(key => this.live.rows.get(key)?.state === "running")) {
        void Promise.all([this.loadNames(), this.describe()]).catch(error => this.say(error));
      }
    }, 10_000));
  }

  private async describe(): Promise<void> {
    for (const key of this.keys.length === 1 ? this.keys : []) {
      this.details.set(key, await api.run(key, this.abort.signal));
    }
    this.describeRuns();
    this.mark();
    this.describeRanks();
    if (this.histograms === null && this.keys.length === 1 && this.details.get(this.keys[0])!.histogram_layers > 0) {
      this.histograms = new HistogramMap((layer, from, to, pixels, signal) => api.histograms(this.keys[0], this.shownRank, layer, from, to, pixels, signal), this.keys[0], this, this.isLive, error => this.say(error));
      this.arrange();
    }
    if (this.keys.length > 1) {
      this.compareConfigurations(await api.configurations(this.keys));
    }
  }

  private describeRanks(): void {
    const detail = this.keys.length === 1 ? this.details.get(this.keys[0]) : undefined;
    const ranks = detail?.ranks?.each.map(rank => String(rank.rank)) ?? [];
    if (detail === undefined || ranks.length < 2) {
      return;
    }
    fill(this.rankNotes, ...detail.rank_notes.map(note => el("li", {}, note)));
    if (this.rankChoice.options.length !== ranks.length + 1) {
      fill(this.rankChoice, el("option", { value: "" }, "all as one"), ...ranks.map(rank => el("option", { value: rank, selected: rank === String(this.shownRank) }, rank)));
      this.rankLabel.hidden = false;
      void this.rankHeat?.load();
    }
    if (this.rankHeat === null && this.shownRank === null) {
      this.rankHeat = this.heat("By rank", "rank", ranks.length, rankMeasures);
      if (this.slots.size > 0) {
        this.arrange();
      }
    }
  }

  private mark(): void {
    for (const slot of [...this.slots.values()].filter(slot => slot.chart !== null)) {
      const marks: Mark[] = [];
      for (const [run, detail] of this.details) {
        if (slot.series === "validation/loss" && detail.best_validation !== null) {
          marks.push({ run, step: detail.best_validation.step, label: "best", kind: "best" });
        }
        if (slot.series === "train/loss" || slot.series === "gradients/gradient_norm") {
          marks.push(...detail.anomalies.found.filter(anomaly => anomaly.kind !== "non_finite_loss" && anomaly.kind === (slot.series === "train/loss" ? "loss_spike" : "norm_spike")).map(anomaly => ({ run, step: anomaly.step, label: anomaly.kind, kind: "anomaly" as const })));
        }
      }
      if (this.pickedAt !== null) {
        marks.push({ ...this.pickedAt, label: "picked", kind: "step" });
      }
      slot.chart?.setMarks(marks);
    }
  }

  private compareConfigurations(all: { [key: string]: Configuration }): void {
    const names = [...new Set(Object.values(all).flatMap(configuration => Object.keys(configuration)))].sort();
    const isDifferent = (name: string) => new Set(this.keys.map(key => all[key]?.[name])).size > 1;
    const onlyDifferent = el("input", { type: "checkbox", checked: true, onchange: () => table.classList.toggle("only-different", onlyDifferent.checked) });
    const table = el("table", { class: "only-different" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Value"), ...this.runs.map(run => el("th", { scope: "col" }, el("i", { class: `key ${run.color.slice(2)}` }), run.label)))),
      el("tbody", {}, ...this.figures(), ...names.map(name => el("tr", { class: isDifferent(name) ? "different" : "same" }, el("th", { scope: "row" }, isDifferent(name) ? "≠ " : "", name), ...this.keys.map(key => el("td", {}, all[key]?.[name] ?? "–"))))));
    const isOpen = this.configuration.open;
    fill(this.configuration, el("summary", {}, `Figures and configuration: ${names.filter(isDifferent).length} of ${names.length} values differ`), el("label", {}, onlyDifferent, " Only what differs"),
      el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Configurations" }, table));
    this.configuration.open = isOpen || this.configuration.dataset["known"] === undefined;
    this.configuration.dataset["known"] = "1";
  }

  /** How each run is doing, and how much more or less that is than the baseline's. */
  private figures(): HTMLElement[] {
    const base = this.live.rows.get(this.baseline ?? "");
    const figure = (name: string, of: (row: RunRow) => number | null, text: (value: number | null) => string) => el("tr", { class: "figure" }, el("th", { scope: "row" }, name), ...this.keys.map(key => {
      const row = this.live.rows.get(key);
      const value = row === undefined ? null : of(row);
      const against = base === undefined || key === this.baseline ? null : of(base);
      const more = value === null || against === null ? null : value - against;
      const size = text(Math.abs(more ?? 0));
      return el("td", {}, text(value), more === null ? null : el("span", { class: "soft" }, ` ${more < 0 && size !== text(0) ? "−" : "+"}${size}`));
    }));
    return [figure("loss", row => row.loss, number), figure("best validation", row => row.best, number), figure("last step", row => row.last_step, count), figure("duration", row => row.duration_seconds, duration)];
  }

  private async loadAxes(): Promise<void> {
    this.axisData.clear();
    this.axes.clear();
    const series = axisSeries[this.axis];
    if (series !== null) {
      for (const buckets of await api.series(this.keys, [series], this.shownRank, null, null, 1000, this.abort.signal)) {
        const data = new SeriesData(buckets.run, series);
        data.set(buckets);
        this.axisData.set(buckets.run, data);
        this.axes.set(buckets.run, StepAxis.of(this.axis, data));
      }
    }
  }

  private async loadNames(): Promise<void> {
    const names = await api.names(this.keys);
    const known = this.slots.size;
    for (const name of [...new Set(Object.values(names).flat())].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))) {
      if (!this.slots.has(name)) {
        const place = el("div", { class: "slot" });
        const slot = { series: name, place, chart: null, data: new Map(), events: new Map() };
        this.slots.set(name, slot);
        this.places.set(place, slot);
        this.observer.observe(place);
      }
    }
    const layers = [...this.slots.keys()].filter(name => /^layers\/.*\/norm$/.test(name)).length;
    if (this.layerHeat === null && this.keys.length === 1 && layers > 0) {
      this.layerHeat = this.heat("By layer", "layer", layers, layerMeasures);
    }
    if (this.slots.size !== known || known === 0) {
      this.arrange();
    }
  }

  /** Asks how unusual each series is for this run, if the charts are in that order. */
  private async rank(): Promise<void> {
    try {
      this.relevance = new Map((this.isByRelevance && this.keys.length === 1 ? await api.relevance(this.keys[0], this.shownRank, this.abort.signal) : []).map(found => [found.series, found]));
      this.arrange();
      for (const slot of this.slots.values()) {
        this.explain(slot);
      }
    } catch (error) {
      this.say(error);
    }
  }

  private explain(slot: Slot): void {
    const found = this.relevance.get(slot.series);
    slot.chart?.explain(found === undefined || found.why === null ? null : el("a", { href: addressOf("charts", { run: this.keys[0], rank: this.shownRank, order: "unusual", picked: this.keys[0], step: found.step }) }, found.why));
  }

  private arrange(): void {
    const words = this.filter.toLowerCase().split(/\s+/).filter(word => word !== "");
    const left = [...this.slots.values()].filter(slot => words.every(word => slot.series.toLowerCase().includes(word)));
    const children: Node[] = [];
    if (this.rankHeat !== null && words.every(word => "ranks".includes(word))) {
      children.push(this.section("Ranks", [], this.rankNotes, this.rankHeat.root));
    }
    if (this.relevance.size > 0) {
      const score = (slot: Slot) => this.relevance.get(slot.series)?.score ?? 0;
      const own = left.splice(0, left.length).sort((a, b) => score(b) - score(a));
      children.push(el("p", { class: "soft" }, "The further a series was from its median before, in robust standard deviations of the 50 stretches before, the further up it is; values that are not finite come first."),
        el("div", { class: "chart-grid" }, ...own.map(slot => slot.place)));
    }
    for (const [name, has] of sections) {
      const own = left.filter(slot => has(slot.series));
      left.splice(0, left.length, ...left.filter(slot => !own.includes(slot)));
      if (own.length > 0) {
        children.push(this.section(name, own, ...(name === "Layers" && this.layerHeat !== null ? [this.layerHeat.root] : [])));
      }
      if (name === "Gradients" && this.histograms !== null && words.every(word => "histograms".includes(word))) {
        children.push(this.section("Histograms", [], this.histograms.root));
      }
    }
    arrange(this.grid, children.length > 0 ? children : [el("p", { class: "none" }, this.slots.size === 0 ? "This run has logged no series yet." : "No series has this in its name.")]);
  }

  private section(name: string, slots: Slot[], ...above: Node[]): HTMLElement {
    let section = this.sections.get(name);
    if (section === undefined) {
      const [size, grid] = [el("span", { class: "soft" }), el("div", { class: "chart-grid" })];
      const heading = el("summary", {}, el("h2", {}, name), size);
      section = { root: el("details", { class: "chart-section", open: true }, heading, grid), size, grid };
      this.sections.set(name, section);
    }
    fill(section.size, slots.length === 0 ? null : ` ${slots.length}`);
    arrange(section.grid, slots.map(slot => slot.place));
    arrange(section.root, [section.root.firstChild!, ...above, section.grid]);
    return section.root;
  }

  private seen(entries: IntersectionObserverEntry[]): void {
    // Each place once, as it is now; those that go are spare for those that come.
    const seen = [...new Map(entries.map(entry => [entry.target, entry.isIntersecting]))].map(([place, isSeen]) => ({ slot: this.places.get(place), isSeen }));
    for (const { slot, isSeen } of seen) {
      if (slot !== undefined && slot.chart !== null && !isSeen) {
        this.unmount(slot, slot.chart);
      }
    }
    for (const { slot, isSeen } of seen) {
      if (slot !== undefined && slot.chart === null && isSeen) {
        this.mount(slot);
      }
    }
    this.mark();
    this.loadSoon();
  }

  private mount(slot: Slot): void {
    const chart = this.spare.pop();
    chart?.show(slot.series, slot.series, slot.data);
    slot.chart = chart ?? new Chart(slot.series, slot.series, slot.data, this);
    if (slot.series in events) {
      slot.chart.setEvents(events[slot.series].name, slot.events);
    }
    fill(slot.place, slot.chart.root);
    slot.chart.draw();
    this.explain(slot);
    this.wanted.add(slot);
  }

  private unmount(slot: Slot, chart: Chart): void {
    this.wanted.delete(slot);
    slot.chart = null;
    slot.data = new Map();
    slot.events = new Map();
    slot.place.replaceChildren();
    if (this.spare.length < mostSpare) {
      chart.rest();
      this.spare.push(chart);
    } else {
      chart.dispose();
    }
  }

  private disposeSpare(): void {
    this.spare.splice(0).forEach(chart => chart.dispose());
  }

  private async load(): Promise<void> {
    const slots = [...this.wanted];
    this.wanted.clear();
    const most = Math.max(1, Math.min(mostSeriesOfRequest, Math.floor(mostWatched / this.keys.length)));
    try {
      for (let i = 0; i < slots.length; i += most) {
        const part = slots.slice(i, i + most).filter(slot => slot.chart !== null);
        if (part.length > 0) {
          await this.loadPart(part);
        }
      }
      this.notice.hidden = true;
    } catch (error) {
      this.say(error);
    }
    this.watch();
  }

  private async loadPart(slots: Slot[]): Promise<void> {
    const pixels = Math.min(2000, Math.max(...slots.map(slot => slot.chart!.width)));
    const zoomed = this.from !== null && this.to !== null;
    // Of several runs the same place on the axis may be other steps, so each is asked for its own.
    const groups: [string[], number | null, number | null][] = !zoomed || this.axis === "step" ? [[this.keys, this.from, this.to]]
      : this.keys.map(key => [[key], this.axisOf(key).stepOf(this.from!), this.axisOf(key).stepOf(this.to!)]);
    for (const [keys, from, to] of groups) {
      // One step more at each end, so that lines go on to the edge.
      const found = await api.series(keys, ChartsView.namesOf(slots), this.shownRank, from === null ? null : from - 1, to === null ? null : to + 1, pixels, this.abort.signal);
      for (const buckets of found) {
        this.put(buckets);
      }
    }
    for (const slot of slots) {
      slot.chart?.draw();
    }
    this.mark();
  }

  private put(buckets: Buckets): void {
    const slot = this.slotOf(buckets.series);
    if (slot !== undefined && slot.chart !== null) {
      const all = slot.series === buckets.series ? slot.data : slot.events;
      let data = all.get(buckets.run);
      if (data === undefined) {
        all.set(buckets.run, data = new SeriesData(buckets.run, buckets.series));
      }
      data.set(buckets);
    }
  }

  private watch(): void {
    const shown = ChartsView.namesOf([...this.slots.values()].filter(slot => slot.chart !== null && slot.data.size === this.keys.length));
    const axis = axisSeries[this.axis];
    const series = [...(axis === null ? [] : [axis]), ...shown].slice(0, Math.floor(mostWatched / Math.max(1, this.keys.length)));
    this.live.watch(series.length === 0 ? null : { runs: this.keys, series, rank: this.shownRank, holder: this });
  }

  private say(error: unknown): void {
    if (!this.abort.signal.aborted) {
      this.notice.hidden = false;
      fill(this.notice, error instanceof Error ? error.message : String(error));
    }
  }
}

function rank(name: string): number {
  const index = order.indexOf(name);
  return index < 0 ? order.length : index;
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(12)));
}


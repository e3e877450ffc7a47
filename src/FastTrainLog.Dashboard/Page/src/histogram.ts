// The magnitudes of gradients over the steps: a row for each power of two, coloured by the share of the elements in it, with quantiles.

import type { Heat, Histogram, HistogramAnswer } from "./api";
import type { ChartSettings } from "./chart";
import { add, css, el } from "./dom";
import { count, number, quoted } from "./format";
import { HeatMap, percent, type Measure } from "./heat";

/** Asks for the histograms of a layer between two steps, in at most so many columns; of the first layer without a name. */
export type HistogramSource = (layer: string, from: number | null, to: number | null, pixels: number, signal: AbortSignal) => Promise<HistogramAnswer>;

const title = "Gradient magnitudes";
const usualBins = 20;
const drawn = [0.05, 0.5, 0.95];
const read = [0.05, 0.25, 0.5, 0.75, 0.95];
const measureOf = (layer: string): Measure => ({ name: layer, series: layer, as: "share", isLog: true, unit: "" });

export class HistogramMap extends HeatMap {
  private histogram: Histogram | null = null;

  constructor(source: HistogramSource, run: string, settings: ChartSettings, isLive: () => boolean, say: (error: unknown) => void) {
    super(title, "bin", usualBins, [measureOf("")], async (measure, from, to, pixels, signal) => this.take(await source(measure.series, from, to, pixels, signal)), run, settings, isLive, say);
    add(this.root, el("p", { class: "soft" }, "The share of the elements in each power of two, without zeros and what is not finite. The lines are the median and, thinner, the 5% and 95% quantiles."));
  }

  protected override drawOver(context: CanvasRenderingContext2D, places: number[]): void {
    const histogram = this.histogram;
    if (histogram === null || histogram.rows.length === 0) {
      return;
    }
    const top = histogram.rows[0].exponent + 1;
    context.save();
    context.beginPath();
    context.rect(this.pixelOf(places[0]), 0, this.canvas.clientWidth, this.rowHeight * histogram.rows.length);
    context.clip();
    context.lineJoin = "round";
    for (const share of drawn) {
      const line = new Path2D();
      for (let column = 0; column < histogram.first_step.length; column++) {
        const y = (top - quantileOf(histogram, column, share)) * this.rowHeight;
        // As wide as the cells that it belongs to.
        line.lineTo(this.pixelOf(places[column]), y);
        line.lineTo(this.pixelOf(places[column + 1]), y);
      }
      // Seen on every colour below it.
      const width = share === 0.5 ? 2 : 1;
      for (const [color, wide] of [[css("--card"), width + 2], [css("--text"), width]] as const) {
        context.strokeStyle = color;
        context.lineWidth = wide;
        context.stroke(line);
      }
    }
    context.restore();
  }

  protected override textOf(heat: Heat, row: number, column: number): (Node | string | null)[] {
    const histogram = this.histogram!;
    const { exponent, name, elements } = histogram.rows[row];
    const share = heat.rows[row].mean[column];
    const quantiles = read.map(part => `${percent(part)} ${number(Number((2 ** quantileOf(histogram, column, part)).toPrecision(3)))}`);
    return [el("span", { class: "run" }, name.startsWith("<") ? `below ${name.slice(1)}` : `${name} to 2^${exponent + 1}`), " ", el("b", {}, share === null ? "none" : percent(share)), share === null ? null : ` (${count(elements[column])})`,
      el("span", { class: "soft" }, ` quantiles: ${quantiles.join(", ")};`), histogram.count[column] > 1 ? el("span", { class: "soft" }, ` ${count(histogram.count[column])} histograms,`) : null];
  }

  protected override linesOf(): string[] {
    const histogram = this.histogram!;
    const lines = ["bin,layer,first_step,last_step,histograms,elements"];
    for (const row of histogram.rows) {
      row.elements.forEach((elements, column) => elements > 0 && lines.push([quoted(row.name), quoted(histogram.layer), histogram.first_step[column], histogram.last_step[column], histogram.count[column], elements].join(",")));
    }
    return lines;
  }

  private take(answer: HistogramAnswer): Heat {
    this.histogram = answer;
    this.measure = measureOf(answer.layer);
    this.offer(answer.layers.map(measureOf));
    const totals = totalsOf(answer);
    return {
      first_step: answer.first_step,
      last_step: answer.last_step,
      left_out: answer.layer_count - answer.layers.length,
      rows: answer.rows.map(row => ({ name: row.name, mean: row.elements.map((elements, column) => elements === 0 ? null : elements / totals[column]), non_finite: row.elements.map(elements => elements === 0 ? null : 0) })),
    };
  }
}

/** The columns that are at least partly between two steps. */
export function between(histogram: Histogram, from: number | null, to: number | null): Histogram {
  const shown = histogram.first_step.map((first, column) => first <= (to ?? Infinity) && histogram.last_step[column] >= (from ?? -Infinity));
  const cut = (values: number[]) => values.filter((_, column) => shown[column]);
  return { ...histogram, first_step: cut(histogram.first_step), last_step: cut(histogram.last_step), count: cut(histogram.count), rows: histogram.rows.map(row => ({ ...row, elements: cut(row.elements) })) };
}

function totalsOf(histogram: Histogram): number[] {
  return histogram.first_step.map((_, column) => histogram.rows.reduce((sum, row) => sum + row.elements[column], 0));
}

/** The magnitude below which a share of the elements is, as an exponent of two: within a bin as if its elements were spread evenly over the exponents. */
function quantileOf(histogram: Histogram, column: number, share: number): number {
  let left = share * histogram.rows.reduce((sum, row) => sum + row.elements[column], 0);
  for (const row of [...histogram.rows].reverse()) {
    const elements = row.elements[column];
    if (elements > 0 && left <= elements) {
      return row.exponent + left / elements;
    }
    left -= elements;
  }
  return histogram.rows[0].exponent + 1;
}

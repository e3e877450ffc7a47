// What the page has of one series: buckets of the range on the screen, and points that were added since.

import type { Added, Buckets } from "./api";

const mostFillings = 200;

export class SeriesData {
  cursor: string | null = null;
  /** The steps of the buckets, how many values they have (0 if that is not known), these, and the kinds of those that are not finite; parallel arrays. */
  firstStep: number[] = [];
  lastStep: number[] = [];
  count: number[] = [];
  last: number[] = [];
  minimum: number[] = [];
  maximum: number[] = [];
  mean: number[] = [];
  nonFinite: number[] = [];
  private isShared = false;

  constructor(readonly run: string, readonly series: string) {}

  set(buckets: Buckets): void {
    this.cursor = buckets.cursor;
    this.lastStep = buckets.last_step;
    this.last = buckets.last_value;
    this.isShared = buckets.count === undefined;
    if (this.isShared) {
      // Of single values much is the same: an array of its own for each would be most of the memory of many charts.
      const isFinite = this.last.every(Number.isFinite);
      this.firstStep = this.lastStep;
      this.count = filled(1, this.length);
      this.minimum = this.maximum = this.mean = isFinite ? this.last : this.last.map(value => Number.isFinite(value) ? value : NaN);
      this.nonFinite = isFinite ? filled(0, this.length) : this.last.map(kindOf);
    } else {
      this.firstStep = buckets.first_step!;
      this.count = buckets.count!;
      this.minimum = buckets.minimum!;
      this.maximum = buckets.maximum!;
      this.mean = buckets.mean!;
      this.nonFinite = buckets.non_finite!;
    }
  }

  /** Adds points; the buckets are those of a range that has no end. */
  append(added: Added): void {
    this.cursor = added.cursor;
    if (this.isShared) {
      this.isShared = false;
      this.firstStep = [...this.firstStep];
      this.count = [...this.count];
      this.minimum = [...this.minimum];
      this.maximum = [...this.maximum];
      this.mean = [...this.mean];
      this.nonFinite = [...this.nonFinite];
    }
    for (let i = 0; i < added.step.length; i++) {
      const value = added.value[i];
      const finite = Number.isFinite(value) ? value : NaN;
      this.firstStep.push(added.step[i]);
      this.lastStep.push(added.step[i]);
      this.count.push(added.count?.[i] ?? 1);
      this.last.push(value);
      this.minimum.push(added.minimum?.[i] ?? finite);
      this.maximum.push(added.maximum?.[i] ?? finite);
      this.mean.push(finite);
      this.nonFinite.push(added.non_finite?.[i] ?? kindOf(value));
    }
  }

  get length(): number {
    return this.lastStep.length;
  }

  /** The index of the bucket that a step is in, or the nearest one. */
  indexOf(step: number): number {
    let low = 0;
    let high = this.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.lastStep[middle] < step) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low > 0 && step < this.firstStep[low] && step - this.lastStep[low - 1] < this.firstStep[low] - step ? low - 1 : low;
  }
}

/** A series less another one at the same steps; where that has buckets, less what is between the last values of two of them. */
export function differenceOf(data: SeriesData, base: SeriesData): SeriesData {
  const difference = new SeriesData(data.run, data.series);
  difference.cursor = data.cursor;
  if (base.length === 0) {
    return difference;
  }
  const end = base.lastStep[base.length - 1];
  for (let i = 0; i < data.length && data.firstStep[i] <= end; i++) {
    const value = data === base ? 0 : data.last[i] - valueAt(base, data.lastStep[i]);
    difference.firstStep.push(data.lastStep[i]);
    difference.lastStep.push(data.lastStep[i]);
    difference.count.push(1);
    difference.nonFinite.push(data.nonFinite[i]);
    difference.last.push(value);
    difference.minimum.push(value);
    difference.maximum.push(value);
    difference.mean.push(value);
  }
  return difference;
}

function valueAt(data: SeriesData, step: number): number {
  let at = 0;
  for (let high = data.length - 1; at < high;) {
    const middle = (at + high) >> 1;
    if (data.lastStep[middle] < step) {
      at = middle + 1;
    } else {
      high = middle;
    }
  }
  const [before, behind] = [data.lastStep[at - 1], data.lastStep[at]];
  return at === 0 || behind === step ? data.last[at] : data.last[at - 1] + (data.last[at] - data.last[at - 1]) * (step - before) / (behind - before);
}

const fillings = new Map<string, number[]>();

/** An array of one number; the same one each time, so it must not be changed. */
function filled(value: number, length: number): number[] {
  const key = `${value} ${length}`;
  let found = fillings.get(key);
  if (found === undefined) {
    if (fillings.size > mostFillings) {
      fillings.clear();
    }
    fillings.set(key, found = new Array<number>(length).fill(value));
  }
  return found;
}

/** The kind of a value: 0 if it is finite. */
function kindOf(value: number): number {
  return Number.isNaN(value) ? 1 : value === Infinity ? 2 : value === -Infinity ? 4 : 0;
}

/** The kinds of values that are not finite, as text; 8 is a value of a kind that is not known. */
export function kindsOf(mask: number): string {
  return [mask & 1 ? "NaN" : "", mask & 2 ? "+∞" : "", mask & 4 ? "−∞" : "", mask & 8 ? "not finite" : ""].filter(kind => kind !== "").join(" ");
}

/** An exponential mean in which the first values have the weight of their share, so that it begins at the first one. */
export function smooth(values: (number | null | undefined)[], weight: number): (number | null | undefined)[] {
  let mean = 0;
  let share = 0;
  return values.map(value => {
    if (value === null || value === undefined) {
      return value;
    }
    mean = weight * mean + (1 - weight) * value;
    share = weight * share + (1 - weight);
    return mean / share;
  });
}

// The horizontal axis: steps, or what the log says about them: their time, the time since the start, the epoch.

import type { SeriesData } from "./series";

export type AxisKind = "step" | "wall" | "relative" | "epoch";
export const axisKinds: { [kind in AxisKind]: string } = { step: "Step", relative: "Relative time", wall: "Wall time", epoch: "Epoch" };

/** The series that an axis is made of; null for steps. */
export const axisSeries: { [kind in AxisKind]: string | null } = { step: null, wall: ".time", relative: ".time", epoch: ".epoch" };

/** Converts between the steps of a run and places on the axis; between known steps linearly. */
export class StepAxis {
  private constructor(private readonly steps: number[], private readonly places: number[]) {}

  static readonly identity = new StepAxis([0, 1], [0, 1]);

  static of(kind: AxisKind, series: SeriesData | undefined): StepAxis {
    if (kind === "step" || series === undefined || series.length === 0) {
      return StepAxis.identity;
    }
    const steps: number[] = [];
    const places: number[] = [];
    if (kind === "epoch") {
      // The epoch is a staircase: the step at which each begins is known, and between these it grows evenly.
      for (let i = 0; i < series.length; i++) {
        if (places.length === 0 || series.last[i] > places[places.length - 1]) {
          steps.push(places.length === 0 ? series.firstStep[i] : series.lastStep[i - 1] + 1);
          places.push(series.last[i]);
        }
      }
      const end = series.lastStep[series.length - 1];
      const n = steps.length;
      const length = n > 1 ? Math.max(steps[n - 1] - steps[n - 2], end - steps[n - 1] + 1) : end - steps[0] + 1;
      steps.push(steps[n - 1] + length);
      places.push(places[n - 1] + 1);
    } else {
      const start = kind === "relative" ? series.minimum[0] : 0;
      steps.push(series.firstStep[0]);
      places.push(series.minimum[0] - start);
      for (let i = 0; i < series.length; i++) {
        if (series.lastStep[i] > steps[steps.length - 1]) {
          steps.push(series.lastStep[i]);
          places.push(series.last[i] - start);
        }
      }
    }
    return steps.length < 2 ? new StepAxis([steps[0], steps[0] + 1], [places[0], places[0] + 1]) : new StepAxis(steps, places);
  }

  placeOf(step: number): number {
    return this === StepAxis.identity ? step : interpolate(this.steps, this.places, step);
  }

  stepOf(place: number): number {
    return this === StepAxis.identity ? place : interpolate(this.places, this.steps, place);
  }
}

function interpolate(from: number[], to: number[], value: number): number {
  let low = 0;
  let high = from.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle] <= value) {
      low = middle;
    } else {
      high = middle;
    }
  }
  const width = from[high] - from[low];
  return width === 0 ? to[low] : to[low] + (to[high] - to[low]) * (value - from[low]) / width;
}

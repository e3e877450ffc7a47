// The head of a run's views: what it is, how far it is, and where else to look.

import type { RunDetail, RunRow } from "./api";
import { ControlPanel } from "./control";
import { el, fill } from "./dom";
import { count, duration, number, time } from "./format";
import type { Live } from "./live";
import { preferences } from "./preferences";
import { addressOf, type View } from "./route";

/** The name by which a run is shown. */
export function labelOf(row: RunRow | undefined, key: string): string {
  return preferences.nameOf(key) ?? (row === undefined ? key : row.name ?? row.run);
}

/** How far a run is; null if it has no planned number of steps. */
export function progressOf(row: RunRow): number | null {
  return row.total_steps === null || row.total_steps <= 0 || row.last_step === null ? null : Math.min(1, row.last_step / row.total_steps);
}

export function progressBar(row: RunRow): HTMLElement | null {
  const progress = progressOf(row);
  return progress === null ? null : el("progress", { max: 1, value: progress, "aria-label": `${Math.round(progress * 100)}% of the steps` });
}

const tabs: [View, string][] = [["charts", "Charts"], ["errors", "Errors and events"], ["log", "Log"]];

/** The head of a view of a run, with what steers it. */
export class RunHead {
  readonly root = el("div", {});
  private readonly described = el("div", {});
  private readonly control: ControlPanel;

  constructor(private readonly live: Live, private readonly key: string, private readonly view: View) {
    this.control = new ControlPanel(key);
    this.root.append(this.described, this.control.root);
  }

  show(detail?: RunDetail): void {
    const row = this.live.rows.get(this.key);
    fill(this.described, describe(row, this.key, this.view, detail));
    this.control.update(row);
  }

  dispose(): void {
    this.control.dispose();
  }
}

function describe(row: RunRow | undefined, key: string, view: View, detail?: RunDetail): HTMLElement {
  const card = (name: string, value: string, kind = "") => el("div", { class: `card ${kind}` }, el("dt", {}, name), el("dd", {}, value));
  const cards: HTMLElement[] = [];
  if (row !== undefined) {
    cards.push(card("Step", `${count(row.last_step)}${row.total_steps === null ? "" : ` / ${count(row.total_steps)}`}`));
    if (row.eta_seconds !== null) {
      cards.push(card("ETA", duration(row.eta_seconds)));
    }
    cards.push(card("Duration", duration(row.duration_seconds)), card("Loss", number(row.loss), row.loss !== null && !Number.isFinite(row.loss) ? "is-bad" : ""), card("Best validation", number(row.best)));
    if (view !== "log") {
      // They have their place before they are known, so that what is below does not move; the view of the log does not ask for them.
      const [speed, clipped] = [detail?.steps_per_second ?? null, detail?.clip_rate ?? null];
      cards.push(card("Steps/s", speed !== null && speed >= 1000 ? count(Number(speed.toPrecision(4))) : number(speed === null ? null : Number(speed.toPrecision(4)))), card("Clipped", clipped === null ? "–" : `${number(Number((clipped * 100).toPrecision(3)))}%`));
    }
    cards.push(card("Warnings", count(row.warnings)), card("Errors", count(row.errors), (row.errors ?? 0) > 0 ? "is-bad" : ""), card("Not finite", count(row.non_finite), (row.non_finite ?? 0) > 0 ? "is-bad" : ""));
  }
  return el("header", { class: "run-head" },
    el("div", { class: "run-title" }, el("h1", {}, labelOf(row, key)), row === undefined ? null : el("span", { class: `state ${row.state}` }, row.state), row?.reason ? el("span", { class: "soft" }, row.reason) : null),
    row === undefined ? el("p", { class: "soft" }, "This run is not known, or not yet.") : el("p", { class: "soft" },
      [labelOf(row, key) === row.run ? null : row.run, preferences.nameOf(key) === null ? null : row.name, row.model, row.group, row.tags.join(", "), row.ranks > 1 ? `${row.ranks} ranks` : null, row.directory, `started ${time(row.started)}`].filter(part => part !== null && part !== "").join(" · ")),
    row === undefined ? null : progressBar(row),
    el("dl", { class: "cards" }, ...cards),
    el("nav", { class: "tabs", "aria-label": "Views of the run" }, ...tabs.map(([name, text]) => el("a", { href: addressOf(name, { run: key }), "aria-current": name === view ? "page" : null }, text))));
}

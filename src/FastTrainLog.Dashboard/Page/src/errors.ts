// What went wrong in a run, grouped as analyze does, and what happened besides steps.

import { api, type Pattern, type RunDetail } from "./api";
import { el, fill, type Child } from "./dom";
import { count, number, time } from "./format";
import type { Live } from "./live";
import { addressOf, type Route } from "./route";
import { RunHead } from "./run-head";

const refreshMilliseconds = 5000;

export class ErrorsView {
  readonly root = el("section", { class: "errors-view" });
  private readonly key: string;
  private readonly head: RunHead;
  private readonly body = el("div", {});
  private readonly abort = new AbortController();
  private readonly stopListening: () => void;
  private readonly timer: number;
  private detail: RunDetail | undefined;
  private content = "";

  constructor(live: Live, route: Route) {
    this.key = route.runs[0] ?? "";
    this.head = new RunHead(live, this.key, "errors");
    this.root.append(this.head.root, this.body);
    this.showHead();
    fill(this.body, el("p", { class: "none" }, "Reading the run…"));
    this.stopListening = live.listen(changed => changed.has(this.key) && this.showHead());
    this.timer = window.setInterval(() => live.isCurrent && live.rows.get(this.key)?.state === "running" && void this.load(), refreshMilliseconds);
    void this.load();
  }

  dispose(): void {
    this.abort.abort();
    this.stopListening();
    this.head.dispose();
    clearInterval(this.timer);
  }

  recolor(): void {
    // Its colours are those of the style sheet.
  }

  private showHead(): void {
    this.head.show(this.detail);
  }

  private async load(): Promise<void> {
    try {
      const detail = await api.run(this.key, this.abort.signal);
      const content = JSON.stringify(detail);
      if (content !== this.content) {
        this.content = content;
        this.detail = detail;
        this.showHead();
        this.show(detail);
      }
    } catch (error) {
      if (!this.abort.signal.aborted) {
        fill(this.body, el("p", { class: "notice", role: "alert" }, error instanceof Error ? error.message : String(error)));
      }
    }
  }

  private show(detail: RunDetail): void {
    const step = (value: number | null): Child => value === null ? "–" : el("a", { href: addressOf("charts", { run: this.key, picked: this.key, step: value }) }, count(value));
    const { errors, anomalies } = detail;
    fill(this.body,
      detail.first_non_finite === null ? null : el("p", { class: "notice" }, `The first value that is not finite: ${detail.first_non_finite.type} in ${detail.first_non_finite.location} at step `, step(detail.first_non_finite.step),
        detail.first_non_finite.rank === null ? "." : ` on rank ${detail.first_non_finite.rank}.`),
      el("h2", {}, `Errors and warnings`),
      errors.patterns.length === 0 ? el("p", { class: "none" }, "None was logged.") : el("div", { class: "patterns" }, ...errors.patterns.map(pattern => this.pattern(pattern, step))),
      errors.others > 0 ? el("p", { class: "soft" }, `${count(errors.others)} more are in no group.`) : null,
      el("h2", {}, "Anomalies"),
      table("Anomalies", ["Kind", "#Step", "Time", "#Size", "Description"], anomalies.found.map(anomaly => [anomaly.kind, step(anomaly.step), time(anomaly.time), number(anomaly.size), anomaly.description]), Object.values(anomalies.counts).reduce((sum, n) => sum + n, 0)),
      el("h2", {}, "Numerical issues by layer"),
      table("Numerical issues", ["Layer", "Type", "#Count", "#NaN", "#Infinity", "#First step", "#Last step"], detail.layers.map(layer => [layer.location, layer.type, count(layer.count), count(layer.na_n_count), count(layer.infinity_count), step(layer.first_step), step(layer.last_step)])),
      detail.ranks === null ? null : el("h2", {}, `Ranks: ${detail.ranks.each.length} of ${detail.ranks.world_size}`),
      detail.rank_notes.length === 0 ? null : el("ul", { class: "rank-notes" }, ...detail.rank_notes.map(note => el("li", {}, note))),
      detail.ranks === null ? null : table("Ranks", ["#Rank", "State", "#Last step", "#Step seconds", "#p99", "#Score", "#Loss", "#Not finite", "#Warnings", "#Errors", "Directory"],
        detail.ranks.each.map(rank => [String(rank.rank), el("span", { class: `state ${rank.outcome}` }, rank.is_silent ? `${rank.outcome}, silent` : rank.outcome), step(rank.last_step), number(rank.step_seconds), number(rank.step_seconds_p99), number(rank.step_time_score), number(rank.last_loss), count(rank.non_finite_steps), count(rank.warnings), count(rank.errors), rank.directory])),
      el("h2", {}, "Validations"),
      table("Validations", ["#Epoch", "#Step", "#Loss", "Metrics", ""], detail.validations.map(validation => [count(validation.epoch), step(validation.step), number(Number(validation.loss)), Object.entries(validation.metrics).map(([name, value]) => `${name} ${number(Number(value))}`).join(", "), validation.step === detail.best_validation?.step ? "best" : ""]), detail.validation_count),
      el("h2", {}, "Checkpoints"),
      table("Checkpoints", ["#Step", "Time", "#Loss", "Outcome", "File"], detail.checkpoints.map(checkpoint => [step(checkpoint.step), time(checkpoint.time), number(Number(checkpoint.loss)), checkpoint.outcome, checkpoint.path]), detail.checkpoint_count),
      detail.unreadable_lines > 0 ? el("p", { class: "soft" }, `${count(detail.unreadable_lines)} lines of the log could not be read.`) : null);
  }

  private pattern(pattern: Pattern, step: (value: number | null) => Child): HTMLElement {
    const context = Object.entries(pattern.common_context);
    return el("article", { class: `pattern level-${pattern.level.toLowerCase()}` },
      el("header", {}, el("span", { class: `level ${pattern.level.toLowerCase()}` }, pattern.level), el("h3", {}, [pattern.operation ?? pattern.event, pattern.category, pattern.exception_type].filter(part => part !== null).join(" · ")), el("span", { class: "count" }, `${count(pattern.count)}×`)),
      el("p", { class: "example" }, pattern.example),
      pattern.suggestion === null ? null : el("p", {}, el("b", {}, "Suggestion: "), pattern.suggestion),
      el("p", { class: "soft" }, "First at step ", step(pattern.first_step), `, ${time(pattern.first)}; last at step `, step(pattern.last_step), `, ${time(pattern.last)}`, pattern.recovered > 0 ? `; ${count(pattern.recovered)} recovered` : null, ". ",
        el("a", { href: addressOf("log", { run: this.key, step: pattern.first_step, level: "warning" }) }, "Records")),
      context.length === 0 ? null : el("dl", { class: "context" }, ...context.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])));
  }
}

function table(name: string, heads: string[], rows: Child[][], total = rows.length): HTMLElement {
  if (rows.length === 0) {
    return el("p", { class: "none" }, "None was logged.");
  }
  const kind = (i: number) => heads[i].startsWith("#") ? "n" : "";
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": name }, el("table", {},
    el("thead", {}, el("tr", {}, ...heads.map((head, i) => el("th", { scope: "col", class: kind(i) }, head.replace("#", ""))))),
    el("tbody", {}, ...rows.map(row => el("tr", {}, ...row.map((cell, i) => el("td", { class: kind(i) }, cell)))))),
    total > rows.length ? el("p", { class: "soft" }, `${count(rows.length)} of ${count(total)}, evenly thinned.`) : null);
}

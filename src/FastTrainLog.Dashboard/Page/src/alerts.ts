// Alerts: what was told, the rules, and a form for more of them.

import { api, type AlertList, type AlertRule } from "./api";
import { el, fill } from "./dom";
import { time } from "./format";
import { addressOf } from "./route";

// Common rules: what they are about, and what the form then has.
const templates: [string, AlertRule][] = [
  ["Loss too high", { when: "threshold", series: "train/loss", above: 10 }],
  ["Loss or gradients not finite", { when: "non_finite" }],
  ["Loss spike", { when: "loss_spike" }],
  ["Plateau", { when: "plateau" }],
  ["Stalled", { when: "stalled" }],
  ["A run ends", { when: "ended" }],
  ["No validation for an hour", { when: "absence", series: "validation/loss", minutes: 60 }],
  ["Disk nearly full", { when: "threshold", series: "system/disk_free_bytes", below: 5e9 }],
  ["Memory nearly used up", { when: "threshold", series: "system/available_bytes", below: 1e9 }],
];

export class AlertsView {
  readonly root = el("section", { class: "alerts-view" });
  private readonly raised = el("div", {});
  private readonly rules = el("div", {});
  private readonly form = el("div", { class: "alert-form", role: "group", "aria-label": "New rule", hidden: true });
  private readonly answer = el("p", { class: "soft", role: "status" });
  private readonly when = el("select", { "aria-label": "What the rule is about", onchange: () => this.shape() });
  private readonly series = el("input", { type: "text", placeholder: "train/loss", "aria-label": "Series" });
  private readonly above = el("input", { type: "text", inputmode: "decimal", placeholder: "above", "aria-label": "Above" });
  private readonly below = el("input", { type: "text", inputmode: "decimal", placeholder: "below", "aria-label": "Below" });
  private readonly minutes = el("input", { type: "text", inputmode: "decimal", placeholder: "minutes", "aria-label": "Minutes without a point" });
  private readonly quiet = el("input", { type: "text", inputmode: "decimal", placeholder: "10", "aria-label": "Quiet minutes" });
  private readonly explanation = el("p", { class: "soft" });
  private conditions: { [when: string]: string } = {};

  constructor() {
    const template = el("select", { "aria-label": "Common rules", onchange: () => this.take(templates[Number(template.value)]?.[1]) },
      el("option", { value: "" }, "Common rules…"), ...templates.map(([name], i) => el("option", { value: i }, name)));
    this.form.append(template, this.when, this.series, this.above, this.below, this.minutes, el("label", {}, "quiet for ", this.quiet, " minutes"),
      el("button", { type: "button", onclick: () => void this.add() }, "Add the rule"));
    const notify = el("button", { type: "button", hidden: !("Notification" in window) || Notification.permission !== "default", onclick: () => void Notification.requestPermission().then(() => { notify.hidden = true; }) }, "Notify me in this browser");
    this.root.append(el("div", { class: "run-title" }, el("h1", {}, "Alerts"), notify), this.raised, el("h2", {}, "Rules"), this.rules, el("h2", {}, "New rule"), this.form, this.explanation, this.answer);
    void this.load();
  }

  dispose(): void {
    // It holds nothing.
  }

  recolor(): void {
    // Its colours are those of the style sheet.
  }

  /** Reads the alerts anew, because there are more. */
  async load(): Promise<void> {
    try {
      this.show(await api.alerts());
    } catch (error) {
      fill(this.answer, error instanceof Error ? error.message : String(error));
    }
  }

  private show(list: AlertList): void {
    fill(this.raised, list.raised.length === 0 ? el("p", { class: "none" }, "There was no alert since the dashboard was started.") : el("ul", { class: "raised" }, ...[...list.raised].reverse().map(({ key, alert }) =>
      el("li", {}, el("span", { class: "soft" }, time(alert.time)), " ", el("a", { href: addressOf("charts", { run: key, picked: alert.step === null ? null : key, step: alert.step }) }, alert.text)))));
    const item = (rule: AlertRule, isOfPage: boolean) => el("li", {}, el("b", {}, describe(rule)), isOfPage ? " " : el("span", { class: "soft" }, " from the file of alerts "),
      isOfPage && list.may_change ? el("button", { type: "button", "aria-label": `Remove ${describe(rule)}`, onclick: () => void this.change({ remove: rule }) }, "Remove") : null);
    const unkept = list.fault ?? (list.is_kept ? null : "The directory cannot be written to.");
    fill(this.rules, list.of_file.length + list.of_page.length === 0 ? el("p", { class: "none" }, "There is no rule.") : el("ul", { class: "rules" }, ...list.of_file.map(rule => item(rule, false)), ...list.of_page.map(rule => item(rule, true))),
      unkept === null ? null : el("p", { class: "notice" }, `${unkept} What is added here lasts as long as the dashboard runs.`));
    this.form.hidden = !list.may_change;
    if (this.when.options.length === 0) {
      this.conditions = list.conditions;
      fill(this.when, ...Object.keys(list.conditions).map(name => el("option", { value: name }, name.replaceAll("_", " "))));
      this.shape();
    }
    if (!list.may_change) {
      fill(this.explanation, "Rules are added and removed by who may steer runs.");
    }
  }

  private shape(): void {
    const when = this.when.value;
    this.series.hidden = when !== "threshold" && when !== "absence";
    this.above.hidden = this.below.hidden = when !== "threshold";
    this.minutes.hidden = when !== "absence";
    fill(this.explanation, `An alert if ${this.conditions[when] ?? ""}. It is shown on every open page and in the log of the host; webhooks and commands are in the file of alerts.`);
  }

  private take(rule: AlertRule | undefined): void {
    if (rule !== undefined) {
      this.when.value = rule.when;
      this.series.value = rule.series ?? "";
      this.above.value = rule.above === undefined ? "" : String(rule.above);
      this.below.value = rule.below === undefined ? "" : String(rule.below);
      this.minutes.value = rule.minutes === undefined ? "" : String(rule.minutes);
      this.shape();
    }
  }

  private async add(): Promise<void> {
    const numberOf = (input: HTMLInputElement) => input.hidden || input.value.trim() === "" ? undefined : Number(input.value);
    const rule: AlertRule = { when: this.when.value, series: this.series.hidden ? undefined : this.series.value.trim(), above: numberOf(this.above), below: numberOf(this.below), minutes: numberOf(this.minutes), quiet_minutes: numberOf(this.quiet) };
    const wrong = Object.values(rule).find(value => typeof value === "number" && !Number.isFinite(value));
    if (wrong !== undefined) {
      fill(this.answer, "What is above, below or a time must be a number.");
      return;
    }
    await this.change({ add: rule });
  }

  private async change(change: { add?: AlertRule; remove?: AlertRule }): Promise<void> {
    try {
      this.show(await api.changeAlerts(change));
      fill(this.answer);
    } catch (error) {
      fill(this.answer, error instanceof Error ? error.message : String(error));
    }
  }
}

function describe(rule: AlertRule): string {
  const limits = [rule.above == null ? "" : `above ${rule.above}`, rule.below == null ? "" : `below ${rule.below}`, rule.minutes == null ? "" : `${rule.minutes} minutes`].filter(part => part !== "").join(" or ");
  const what = [rule.when.replaceAll("_", " "), rule.series, limits, rule.outcomes == null ? "" : rule.outcomes.join(", ")].filter(part => part).join(" ");
  return `${rule.name ? `${rule.name}: ` : ""}${what}${rule.quiet_minutes == null ? "" : `, quiet for ${rule.quiet_minutes} minutes`}`;
}

/** Tells alerts as they come: on the page, and by the browser if the user has allowed it. */
export class AlertTeller {
  readonly root = el("div", { class: "toasts", role: "alert" });
  private told: number | null = null;

  /** Takes how many alerts there were; those before the page was opened are not told. */
  async update(count: number, isAnew: boolean): Promise<void> {
    const before = this.told;
    this.told = count;
    if (before === null || isAnew || count <= before) {
      return;
    }
    for (const { number, key, alert } of (await api.alerts()).raised) {
      if (number > before && number <= count) {
        this.tell(alert.text, addressOf("charts", { run: key }));
      }
    }
  }

  private tell(text: string, address: string): void {
    const toast: HTMLElement = el("p", { class: "notice" }, el("a", { href: address }, text), " ", el("button", { type: "button", "aria-label": "Close the alert", onclick: () => toast.remove() }, "×"));
    this.root.append(toast);
    if ("Notification" in window && Notification.permission === "granted") {
      new Notification("FastTrainLog", { body: text });
    }
  }
}

// The list of runs.

import { api, type Configuration, type RunRow } from "./api";
import { cut, el, fill, settle, svg } from "./dom";
import { count, duration, minute, number, time, total } from "./format";
import type { Live } from "./live";
import { preferences } from "./preferences";
import { addressOf, change, Route } from "./route";
import { labelOf, progressBar, progressOf } from "./run-head";

const states = ["running", "stalled", "completed", "failed", "killed", "stopped", "cancelled"];
const mostRows = 2000;
const mostSuggested = 12;

interface Column { name: string; text: string; value: (row: RunRow) => number | string | null; isDown?: boolean }

const columns: Column[] = [
  { name: "run", text: "Run", value: row => labelOf(row, row.key).toLowerCase() },
  { name: "state", text: "State", value: row => states.indexOf(row.state) },
  { name: "progress", text: "Progress", value: row => progressOf(row) ?? row.last_step, isDown: true },
  { name: "eta", text: "ETA", value: row => row.eta_seconds },
  { name: "loss", text: "Loss", value: row => row.loss },
  { name: "best", text: "Best", value: row => row.best },
  { name: "errors", text: "Errors", value: row => row.errors, isDown: true },
  { name: "not-finite", text: "Not finite", value: row => row.non_finite, isDown: true },
  { name: "started", text: "Started", value: row => row.started, isDown: true },
];

interface Item { row: RunRow; element: HTMLElement; content: string }

export class RunsView {
  readonly root = el("section", { class: "runs-view" });
  private readonly search: HTMLInputElement;
  private readonly chips = el("div", { class: "chips", role: "group", "aria-label": "States" });
  private readonly body = el("div", { role: "rowgroup", class: "rows" });
  private readonly heads = new Map<string, HTMLElement>();
  private readonly items = new Map<string, Item>();
  private readonly compare = el("a", { class: "button", href: "#compare", "aria-disabled": "true" }, "Compare");
  private readonly summary = el("p", { class: "soft", role: "status" });
  private readonly chosen = new Set<string>();
  private readonly group = el("select", { "aria-label": "Group", hidden: true, onchange: () => this.filterBy("group", this.group.value) });
  private readonly tag = el("select", { "aria-label": "Tag", hidden: true, onchange: () => this.filterBy("tag", this.tag.value) });
  private readonly suggestions = el("datalist", { id: "conditions" });
  private readonly hiddenChip = el("button", { type: "button", class: "chip", hidden: true, onclick: () => { this.showsHidden = !this.showsHidden; change({ hidden: this.showsHidden ? "1" : null }); this.arrange(); } });
  private readonly menuName = el("input", { type: "text", maxlength: 200, "aria-label": "Name of the run" });
  private readonly menuHide = el("button", { type: "button", onclick: () => this.hide() });
  private readonly menuBaseline = el("button", { type: "button", onclick: () => this.setBaseline() });
  private readonly menu = el("div", { popover: "auto", class: "run-menu", role: "dialog", "aria-label": "Run" }, this.menuName, el("button", { type: "button", onclick: () => this.rename() }, "Rename"), this.menuBaseline, this.menuHide,
    el("p", { class: "soft" }, "Kept in this browser; the log stays as it is."));
  private menuKey = "";
  private showsHidden: boolean;
  private configurations: { [key: string]: Configuration } = {};
  private sort: string;
  private isDown: boolean;
  private readonly states: Set<string>;
  private readonly stopListening: () => void;
  private readonly loadConfigurations = settle(200, () => void this.load());
  private readonly arrangeSoon = settle(60, () => this.arrange());

  constructor(private readonly live: Live, route: Route) {
    this.sort = route.text("sort") || "started";
    this.isDown = route.text("order") === "" ? this.sort === "started" : route.text("order") === "down";
    this.states = new Set(route.settings.getAll("state"));
    route.settings.getAll("chosen").forEach(key => this.chosen.add(key));
    this.showsHidden = route.text("hidden") === "1";
    this.menuName.addEventListener("keydown", event => event.key === "Enter" && this.rename());
    this.search = el("input", { type: "search", list: "conditions", value: route.text("q"), placeholder: "Search, or learning_rate=0.1, loss<0.5, group=sweep", "aria-label": "Search runs", oninput: () => { change({ q: this.search.value }); this.arrangeSoon(); } });
    this.root.append(
      el("div", { class: "toolbar" }, this.search, this.suggestions, this.group, this.tag, this.chips, this.hiddenChip, this.compare),
      el("div", { class: "run-table", role: "table", "aria-label": "Runs" }, el("div", { role: "rowgroup" }, this.header()), this.body),
      this.summary, this.menu);
    this.stopListening = live.listen(changed => this.update(changed));
    this.update(new Set(live.rows.keys()));
  }

  dispose(): void {
    this.stopListening();
  }

  recolor(): void {
    // Its colours are those of the style sheet.
  }

  private header(): HTMLElement {
    const cells = columns.map(column => {
      const cell = el("div", { role: "columnheader", class: `c-${column.name}` }, el("button", { type: "button", onclick: () => this.sortBy(column) }, column.text));
      this.heads.set(column.name, cell);
      return cell;
    });
    return el("div", { role: "row", class: "row head" }, el("div", { role: "columnheader", class: "c-choose" }, el("span", { class: "hidden" }, "Choose and pin")), cells[0], cells[1], cells[2], cells[3],
      el("div", { role: "columnheader", class: "c-spark" }, el("span", {}, "Loss over steps")), ...cells.slice(4));
  }

  private sortBy(column: Column): void {
    this.isDown = this.sort === column.name ? !this.isDown : column.isDown === true;
    this.sort = column.name;
    change({ sort: this.sort, order: this.isDown ? "down" : "up" });
    this.arrange();
  }

  private update(changed: Set<string>): void {
    let isNew = false;
    for (const key of changed) {
      const row = this.live.rows.get(key);
      if (row === undefined) {
        this.items.get(key)?.element.remove();
        this.items.delete(key);
        continue;
      }
      const content = JSON.stringify(row);
      const item = this.items.get(key);
      if (item === undefined) {
        isNew = true;
        this.items.set(key, { row, element: this.rowOf(row), content });
      } else if (item.content !== content) {
        item.row = row;
        item.content = content;
        fill(item.element, ...this.cells(row));
      }
    }
    if (isNew) {
      this.loadConfigurations();
      this.showGroups();
    }
    this.arrangeSoon();
  }

  private async load(): Promise<void> {
    this.configurations = await api.configurations([]);
    // What differs between runs is what one searches by.
    const values = new Map<string, Set<string>>();
    for (const configuration of Object.values(this.configurations)) {
      for (const [name, value] of Object.entries(configuration)) {
        (values.get(name) ?? values.set(name, new Set()).get(name)!).add(value);
      }
    }
    fill(this.suggestions, ...[...values].filter(([, own]) => own.size > 1 && own.size <= mostSuggested).flatMap(([name, own]) => [...own].filter(value => !/\s/.test(value)).map(value => el("option", { value: `${name}=${value}` }))));
    if (this.search.value !== "") {
      this.arrange();
    }
  }

  private rowOf(row: RunRow): HTMLElement {
    return el("div", { role: "row", class: "row", "data-run": row.key }, ...this.cells(row));
  }

  private cells(row: RunRow): HTMLElement[] {
    const label = labelOf(row, row.key);
    const cell = (name: string, ...children: (Node | string | null)[]) => el("div", { role: "cell", class: `c-${name}` }, ...children);
    const choose = el("input", { type: "checkbox", checked: this.chosen.has(row.key), "aria-label": `Choose ${label}`, onchange: () => this.choose(row.key, choose.checked) });
    const pin = el("button", { type: "button", class: "pin", "aria-pressed": String(preferences.isPinned(row.key)), "aria-label": `Pin ${label}`, title: "Pin", onclick: () => this.pin(row.key, pin) }, "★");
    const more = el("button", { type: "button", class: "more-of-run", "aria-haspopup": "dialog", "aria-label": `Rename, hide or compare with ${label}`, onclick: () => this.open(row.key, more) }, "⋯");
    const progress = progressOf(row);
    return [
      cell("choose", choose, pin, more),
      cell("run", el("a", { href: addressOf("charts", { run: row.key }), "aria-label": label }, cut(label)), preferences.baseline === row.key ? el("span", { class: "baseline" }, "baseline") : null, el("span", { class: "soft" }, [row.name === null && preferences.nameOf(row.key) === null ? null : row.run, row.model, row.group, ...row.tags, row.ranks > 1 ? `${row.ranks} ranks` : null].filter(part => part !== null && part !== "").join(" · "))),
      cell("state", el("span", { class: `state ${row.state}`, title: row.reason }, row.state)),
      cell("progress", progressBar(row), el("span", { class: "soft" }, progress === null ? `${count(row.last_step)} steps` : `${Math.floor(progress * 100)}% of ${total(row.total_steps)}`)),
      cell("eta", row.eta_seconds === null ? "" : duration(row.eta_seconds)),
      cell("spark", row.losses === null ? null : sparkline(row.losses, row.losses_non_finite ?? [])),
      cell("loss", number(row.loss)),
      cell("best", number(row.best)),
      el("div", { role: "cell", class: `c-errors${(row.errors ?? 0) > 0 ? " bad" : ""}`, "data-unit": row.errors === 1 ? "error" : "errors" }, row.errors === null ? "…" : (row.errors ?? 0) > 0 ? el("a", { href: addressOf("errors", { run: row.key }) }, count(row.errors)) : "0"),
      el("div", { role: "cell", class: `c-not-finite${(row.non_finite ?? 0) > 0 ? " bad" : ""}` }, row.non_finite === null ? "…" : count(row.non_finite)),
      cell("started", el("span", { title: time(row.started) }, minute(row.started)), el("span", { class: "soft" }, duration(row.duration_seconds))),
    ];
  }

  private choose(key: string, isChosen: boolean): void {
    if (isChosen) {
      this.chosen.add(key);
    } else {
      this.chosen.delete(key);
    }
    change({ chosen: [...this.chosen] });
    this.showChosen();
  }

  private showChosen(): void {
    const baseline = preferences.baseline !== null && this.items.has(preferences.baseline) ? preferences.baseline : null;
    const compared = new Set(baseline === null ? this.chosen : [baseline, ...this.chosen]);
    const some = this.chosen.size > 0 && compared.size > 1;
    this.compare.setAttribute("aria-disabled", String(!some));
    this.compare.href = some ? addressOf("compare", { run: [...compared] }) : addressOf("runs");
    this.compare.hidden = !some;
    fill(this.compare, baseline !== null && !this.chosen.has(baseline) ? `Compare ${this.chosen.size} with the baseline` : `Compare ${this.chosen.size} runs`);
  }

  private pin(key: string, button: HTMLElement): void {
    button.setAttribute("aria-pressed", String(preferences.togglePinned(key)));
    this.arrange();
  }

  private open(key: string, button: HTMLElement): void {
    this.menuKey = key;
    this.menuName.value = labelOf(this.live.rows.get(key), key);
    fill(this.menuHide, preferences.isHidden(key) ? "Show in the list" : "Hide from the list");
    fill(this.menuBaseline, preferences.baseline === key ? "No baseline any more" : "Make it the baseline");
    const place = button.getBoundingClientRect();
    this.menu.showPopover();
    this.menu.style.left = `${Math.max(4, Math.min(place.left, innerWidth - this.menu.offsetWidth - 4))}px`;
    this.menu.style.top = `${Math.max(4, Math.min(place.bottom + 2, innerHeight - this.menu.offsetHeight - 4))}px`;
    this.menuName.focus();
  }

  /** Closes the menu and draws rows anew. */
  private close(...keys: (string | null)[]): void {
    this.menu.hidePopover();
    for (const key of keys) {
      const item = key === null ? undefined : this.items.get(key);
      if (item !== undefined) {
        fill(item.element, ...this.cells(item.row));
      }
    }
    this.arrange();
  }

  private rename(): void {
    const row = this.live.rows.get(this.menuKey);
    const name = this.menuName.value.trim();
    preferences.rename(this.menuKey, name === (row?.name ?? row?.run) ? "" : name);
    this.close(this.menuKey);
  }

  private hide(): void {
    preferences.toggleHidden(this.menuKey);
    this.close();
  }

  private setBaseline(): void {
    const before = preferences.baseline;
    preferences.baseline = before === this.menuKey ? null : this.menuKey;
    this.close(before, this.menuKey);
  }

  private showGroups(): void {
    const rows = [...this.items.values()].map(item => item.row);
    const options = (select: HTMLSelectElement, setting: string, text: string, found: string[]) => {
      const chosen = Route.current().text(setting);
      const names = [...new Set(chosen === "" ? found : [...found, chosen])].sort();
      select.hidden = names.length === 0;
      fill(select, el("option", { value: "" }, text), ...names.map(name => el("option", { value: name, selected: name === chosen }, name)));
    };
    options(this.group, "group", "All groups", rows.flatMap(row => row.group === null ? [] : [row.group]));
    options(this.tag, "tag", "All tags", rows.flatMap(row => row.tags));
  }

  private filterBy(setting: "group" | "tag", value: string): void {
    change({ [setting]: value });
    this.arrange();
  }

  private arrange(): void {
    const column = columns.find(known => known.name === this.sort) ?? columns[columns.length - 1];
    for (const [name, cell] of this.heads) {
      cell.setAttribute("aria-sort", name === column.name ? this.isDown ? "descending" : "ascending" : "none");
    }
    const conditions = this.search.value.trim().split(/\s+/).filter(word => word !== "").map(conditionOf);
    const { group, tag } = { group: this.group.value, tag: this.tag.value };
    const found = [...this.items.values()].filter(item => (group === "" || item.row.group === group) && (tag === "" || item.row.tags.includes(tag)) && conditions.every(holds => holds(item.row, this.configurations[item.row.key] ?? {})));
    const concealed = found.filter(item => preferences.isHidden(item.row.key)).length;
    this.hiddenChip.hidden = concealed === 0;
    this.hiddenChip.setAttribute("aria-pressed", String(this.showsHidden));
    fill(this.hiddenChip, `hidden ${concealed}`);
    const matching = this.showsHidden ? found : found.filter(item => !preferences.isHidden(item.row.key));
    this.showChips(matching);
    const rows = matching.filter(item => this.states.size === 0 || this.states.has(item.row.state));
    const direction = this.isDown ? -1 : 1;
    rows.sort((a, b) => Number(preferences.isPinned(b.row.key)) - Number(preferences.isPinned(a.row.key)) || compare(column.value(a.row), column.value(b.row), direction) || (a.row.key < b.row.key ? -1 : 1));
    // Only what is not in its place is moved, so that the focus and the scrolling stay.
    let at = this.body.firstElementChild;
    for (const item of rows.slice(0, mostRows)) {
      if (item.element === at) {
        at = at.nextElementSibling;
      } else {
        this.body.insertBefore(item.element, at);
      }
    }
    while (at !== null) {
      const next: Element | null = at.nextElementSibling;
      at.remove();
      at = next;
    }
    this.showChosen();
    fill(this.summary, rows.length > mostRows ? `The first ${count(mostRows)} of ${count(rows.length)} runs: search for fewer.`
      : rows.length === 0 ? this.items.size === 0 ? this.live.logsRead < this.live.logs || this.live.isEmpty ? "Reading logs…" : "There is no run in these directories yet. It appears here as soon as it logs." : "No run matches."
      : rows.length === this.items.size ? `${count(rows.length)} ${rows.length === 1 ? "run" : "runs"}` : `${count(rows.length)} of ${count(this.items.size)} runs`);
  }

  private showChips(matching: Item[]): void {
    const numbers = new Map<string, number>();
    for (const { row } of matching) {
      numbers.set(row.state, (numbers.get(row.state) ?? 0) + 1);
    }
    const names = states.filter(state => numbers.has(state) || this.states.has(state));
    const content = names.map(state => `${state} ${numbers.get(state) ?? 0} ${this.states.has(state)}`).join();
    if (this.chips.dataset["content"] === content) {
      return;
    }
    this.chips.dataset["content"] = content;
    fill(this.chips, ...names.map(state => el("button", { type: "button", class: `chip state ${state}`, "aria-pressed": String(this.states.has(state)), onclick: () => this.toggle(state) }, `${state} ${numbers.get(state) ?? 0}`)));
  }

  private toggle(state: string): void {
    if (!this.states.delete(state)) {
      this.states.add(state);
    }
    change({ state: [...this.states] });
    this.arrange();
  }
}

function compare(a: number | string | null, b: number | string | null, direction: number): number {
  const isMissing = (value: number | string | null) => value === null || Number.isNaN(value);
  return isMissing(a) || isMissing(b) ? Number(isMissing(a)) - Number(isMissing(b)) : direction * (a! < b! ? -1 : a! > b! ? 1 : 0);
}

type Condition = (row: RunRow, configuration: Configuration) => boolean;

/** A word that a run must have, or a condition on one of its values, as in the command runs. */
function conditionOf(word: string): Condition {
  const match = /^([^=!<>~]+)(!=|<=|>=|=|<|>|~)(.*)$/.exec(word);
  if (match === null) {
    const text = word.toLowerCase();
    return row => [row.run, row.name, preferences.nameOf(row.key), row.model, row.group, row.directory, row.state, ...row.tags].some(field => field?.toLowerCase().includes(text));
  }
  const [, name, operator, wanted] = match;
  return (row, configuration) => {
    const key = name.startsWith("config.") ? name.slice("config.".length) : name;
    const own: { [name: string]: string | number | null } = { run: row.run, state: row.state, name: row.name, group: row.group, model: row.model, ranks: row.ranks, steps: row.last_step, loss: row.loss, best: row.best, duration: row.duration_seconds, tags: row.tags.join(", "), directory: row.directory };
    const value = name in own ? own[name] : configuration[key] ?? null;
    if (value === null) {
      return operator === "!=";
    }
    const [left, right] = [Number(value), Number(wanted)];
    const order = value !== "" && wanted !== "" && Number.isFinite(left) && Number.isFinite(right) ? left - right : String(value).toLowerCase().localeCompare(wanted.toLowerCase());
    switch (operator) {
      case "=": return order === 0;
      case "!=": return order !== 0;
      case "<": return order < 0;
      case "<=": return order <= 0;
      case ">": return order > 0;
      case ">=": return order >= 0;
      default: return String(value).toLowerCase().includes(wanted.toLowerCase());
    }
  };
}

function sparkline(values: number[], nonFinite: number[]): Node {
  const finite = values.filter(value => Number.isFinite(value));
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const x = (i: number) => values.length < 2 ? 60 : 3 + 114 * i / (values.length - 1);
  const y = (value: number) => high === low ? 14 : 26 - 24 * (value - low) / (high - low);
  let path = "";
  let isOpen = false;
  const marks = nonFinite.map(i => svg("path", { d: `M${(x(i) - 3).toFixed(1)} 1h6l-3 5z`, class: "spark-bad" }));
  values.forEach((value, i) => {
    if (Number.isFinite(value)) {
      path += `${isOpen ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
    }
    isOpen = Number.isFinite(value);
  });
  const picture = svg("svg", { viewBox: "0 0 120 28", width: 120, height: 28, class: "spark", role: "img", "aria-label": finite.length === 0 ? "no finite loss" : `loss from ${number(values[0])} to ${number(values[values.length - 1])}` }, svg("path", { d: path, class: "spark-line" }), ...marks);
  return picture;
}

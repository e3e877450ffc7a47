// The records of a run: the last ones and those that come, or those from a step on.

import { api, type LogRecord } from "./api";
import { el, fill, settle } from "./dom";
import { time } from "./format";
import type { Live } from "./live";
import { addressOf, change, type Route } from "./route";
import { RunHead } from "./run-head";

const pageRecords = 200;
const mostShown = 2000;
const levels = ["trace", "debug", "information", "warning", "error", "critical"];

export class LogView {
  readonly root = el("section", { class: "log-view" });
  private readonly key: string;
  private readonly head: RunHead;
  private readonly list = el("div", { class: "records", role: "log", "aria-label": "Records", "aria-live": "off", tabindex: 0 });
  private readonly older = el("button", { type: "button", class: "more", onclick: () => void this.loadOlder() }, "Older records");
  private readonly newer = el("button", { type: "button", class: "more", onclick: () => void this.loadNewer() }, "Newer records");
  private readonly notice = el("p", { class: "notice", role: "status", hidden: true });
  private readonly stepNotice = el("p", { class: "picked", hidden: true });
  private readonly abort = new AbortController();
  private readonly stopListening: () => void;
  private filters: { level: string; category: string; event: string; text: string };
  private step: number | null;
  private before = "";
  private behind = "";
  private hasNewer = false;
  private isLoading = false;
  private isAsked = false;
  private opened = 0;

  constructor(live: Live, route: Route) {
    this.key = route.runs[0] ?? "";
    this.step = route.number("step");
    this.filters = { level: route.text("level"), category: route.text("category"), event: route.text("event"), text: route.text("text") };
    this.head = new RunHead(live, this.key, "log");
    this.root.append(this.head.root, this.toolbar(), this.stepNotice, this.notice, this.older, this.list, this.newer);
    this.showHead();
    this.stopListening = live.listen(changed => {
      if (changed.has(this.key)) {
        this.showHead();
        if (!this.hasNewer) {
          void this.loadNewer();
        }
      }
    });
    void this.open();
  }

  dispose(): void {
    this.abort.abort();
    this.stopListening();
    this.head.dispose();
  }

  recolor(): void {
    // Its colours are those of the style sheet.
  }

  private showHead(): void {
    this.head.show();
  }

  private toolbar(): HTMLElement {
    const again = settle(250, () => void this.open());
    const set = (name: "level" | "category" | "event" | "text", value: string) => {
      this.filters[name] = value;
      change({ [name]: value });
      again();
    };
    const level = el("select", { "aria-label": "Lowest level", onchange: () => set("level", level.value) }, el("option", { value: "" }, "All levels"), ...levels.map(name => el("option", { value: name, selected: name === this.filters.level }, name)));
    const field = (name: "category" | "event" | "text", placeholder: string) => {
      const input: HTMLInputElement = el("input", { type: "search", placeholder, "aria-label": placeholder, value: this.filters[name], oninput: () => set(name, input.value.trim()) });
      return input;
    };
    return el("div", { class: "toolbar" }, level, field("category", "Category"), field("event", "Event"), field("text", "Text in message or exception"));
  }

  private query(direction: string, cursor: string, step: number | null = null) {
    return { run: this.key, direction, cursor, step, limit: pageRecords, ...this.filters };
  }

  private async open(): Promise<void> {
    const opened = ++this.opened;
    try {
      const page = await api.records(this.step === null ? this.query("older", "") : this.query("newer", "", this.step), this.abort.signal);
      if (opened !== this.opened) {
        return;
      }
      this.list.replaceChildren();
      this.stepNotice.hidden = this.step === null;
      if (this.step === null) {
        this.list.append(...page.records.reverse().map(record => this.element(record)));
        this.before = page.cursor;
        this.behind = page.start;
        this.hasNewer = false;
        this.list.scrollTop = this.list.scrollHeight;
        this.showEnds(!page.is_end, false);
      } else {
        fill(this.stepNotice, `Records from step ${this.step} on. `, el("button", { type: "button", onclick: () => { this.step = null; change({ step: null }); void this.open(); } }, "The last records"));
        this.list.append(...page.records.map(record => this.element(record)));
        this.before = page.start;
        this.behind = page.cursor;
        this.hasNewer = !page.is_end;
        this.showEnds(true, this.hasNewer);
      }
      this.say(page.is_incomplete && page.records.length < pageRecords ? "Not all of the log is searched yet: ask for more." : this.list.childElementCount === 0 ? "No record matches." : null);
    } catch (error) {
      this.fail(error);
    }
  }

  private async loadOlder(): Promise<void> {
    try {
      const page = await api.records(this.query("older", this.before), this.abort.signal);
      const height = this.list.scrollHeight;
      this.list.prepend(...page.records.reverse().map(record => this.element(record)));
      this.list.scrollTop += this.list.scrollHeight - height;
      this.before = page.cursor;
      this.older.hidden = page.is_end;
    } catch (error) {
      this.fail(error);
    }
  }

  private async loadNewer(): Promise<void> {
    if (this.isLoading || this.behind === "" && this.list.childElementCount > 0) {
      this.isAsked = true;
      return;
    }
    this.isLoading = true;
    const opened = this.opened;
    try {
      const page = await api.records(this.query("newer", this.behind), this.abort.signal);
      if (opened === this.opened) {
        const isAtEnd = this.list.scrollTop + this.list.clientHeight >= this.list.scrollHeight - 30;
        this.list.append(...page.records.map(record => this.element(record)));
        this.behind = page.cursor;
        this.hasNewer = !page.is_end;
        this.showEnds(!this.older.hidden, this.hasNewer);
        if (isAtEnd) {
          while (this.list.childElementCount > mostShown) {
            this.list.firstElementChild!.remove();
            this.older.hidden = true;
          }
          this.list.scrollTop = this.step === null ? this.list.scrollHeight : this.list.scrollTop;
        }
        if (page.records.length > 0) {
          this.say(null);
        }
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.isLoading = false;
      if (this.isAsked && !this.hasNewer) {
        this.isAsked = false;
        void this.loadNewer();
      }
    }
  }

  private showEnds(older: boolean, newer: boolean): void {
    this.older.hidden = !older;
    this.newer.hidden = !newer;
  }

  private element(record: LogRecord): HTMLElement {
    const level = record.level.toLowerCase();
    const details = el("details", { class: `record level-${level}` }, el("summary", {},
      el("span", { class: "time" }, time(record.time)), el("span", { class: `level ${level}` }, record.level), el("span", { class: "category" }, record.category), el("span", { class: "message" }, record.message)));
    details.addEventListener("toggle", () => {
      if (details.open && details.childElementCount === 1) {
        details.append(el("div", { class: "record-detail" },
          el("p", {}, `${record.time} · ${record.event ?? "event"} ${record.event_id}${record.rank === null ? "" : ` · rank ${record.rank}`} `, record.step === null ? null : el("a", { href: addressOf("charts", { run: this.key, picked: this.key, step: record.step }) }, `Step ${record.step} in the charts`)),
          el("pre", {}, record.message), record.exception === null ? null : el("pre", {}, record.exception), record.properties === null ? null : el("pre", {}, readable(record.properties))));
      }
    });
    return details;
  }

  private say(text: string | null): void {
    this.notice.hidden = text === null;
    fill(this.notice, text);
  }

  private fail(error: unknown): void {
    if (!this.abort.signal.aborted) {
      this.say(error instanceof Error ? error.message : String(error));
    }
  }
}

function readable(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    // It was cut because it is too long.
    return json;
  }
}

// Commands to a run in progress: pause, stop, a checkpoint, its values, a note. Shown only if its program takes them, and from this page.

import { api, type ControlCommand, type ControlStatus, type RunRow } from "./api";
import { el, fill } from "./dom";
import { number } from "./format";
import { addressOf } from "./route";

// The state changes with the steps of the run, but asking for it is a connection to its process.
const shortestRest = 2000;

interface ValueRow { root: HTMLElement; update(own: number, set: number | null): void }

export class ControlPanel {
  readonly root = el("section", { class: "control", hidden: true, "aria-label": "Control of the run" });
  private readonly state = el("span", { class: "soft" });
  private readonly pause = el("button", { type: "button", onclick: () => this.send({ action: this.isPaused ? "resume" : "pause" }) }, "Pause");
  private readonly checkpoint = el("button", { type: "button", onclick: () => this.send({ action: "checkpoint" }) }, "Save checkpoint");
  private readonly stop = el("button", { type: "button", class: "danger", onclick: () => this.ask(true) }, "Stop…");
  private readonly confirm = el("span", { class: "confirm", hidden: true }, "End the run after this step? ",
    el("button", { type: "button", class: "danger", onclick: () => { this.ask(false); this.send({ action: "stop" }); } }, "Stop the run"), " ",
    el("button", { type: "button", onclick: () => this.ask(false) }, "Go on"));
  private readonly values = el("span", { class: "control-values" });
  private readonly rows = new Map<string, ValueRow>();
  private readonly note = el("input", { type: "text", maxlength: 2000, placeholder: "Note for the log", "aria-label": "Note for the log" });
  private readonly controls: HTMLElement;
  private readonly answer = el("p", { class: "soft", role: "status" });
  private readonly abort = new AbortController();
  private timer = 0;
  private isPaused = false;
  private isLive = false;
  private lastAsked = 0;

  constructor(private readonly key: string) {
    const writeNote = () => {
      const text = this.note.value.trim();
      if (text !== "") {
        this.send({ action: "note", text });
        this.note.value = "";
      }
    };
    this.note.addEventListener("keydown", event => event.key === "Enter" && writeNote());
    this.controls = el("div", { class: "control-row" }, this.state, this.pause, this.checkpoint, this.stop, this.confirm, this.values,
      el("span", { class: "control-note" }, this.note, el("button", { type: "button", onclick: writeNote }, "Write")),
      el("a", { href: addressOf("log", { run: key, event: "ControlCommand" }) }, "Commands so far"));
    this.root.append(this.controls, this.answer);
  }

  /** Takes the row of the run; that of a run that has ended hides the panel. */
  update(row: RunRow | undefined): void {
    this.isLive = row !== undefined && (row.state === "running" || row.state === "stalled");
    if (!this.isLive) {
      this.root.hidden = true;
    } else {
      this.loadSoon();
    }
  }

  dispose(): void {
    this.abort.abort();
    clearTimeout(this.timer);
  }

  private loadSoon(): void {
    if (this.timer === 0 && !this.abort.signal.aborted) {
      this.timer = window.setTimeout(() => {
        this.timer = 0;
        void this.load();
      }, Math.max(0, shortestRest - (Date.now() - this.lastAsked)));
    }
  }

  private async load(): Promise<void> {
    this.lastAsked = Date.now();
    if (document.hidden) {
      return;
    }
    try {
      const { refusal, ranks } = await api.control(this.key, this.abort.signal);
      this.controls.hidden = ranks.length === 0;
      if (refusal !== null) {
        fill(this.answer, refusal);
      }
      this.root.hidden = !this.isLive || (refusal === null && ranks.length === 0);
      if (ranks.length > 0) {
        this.show(ranks[0]);
      }
    } catch {
      // The server is away, which the connection says, or the view was left.
      this.root.hidden = true;
    }
  }

  private show(status: ControlStatus): void {
    this.isPaused = status.state === "paused" || status.state === "pausing";
    fill(this.state, `${status.state[0].toUpperCase()}${status.state.slice(1)}`);
    this.root.dataset["state"] = status.state;
    fill(this.pause, this.isPaused ? "Resume" : "Pause");
    const isEnding = status.state === "stopping" || status.state === "stopped";
    this.pause.disabled = this.stop.disabled = isEnding;
    if (status.state === "pausing" || status.state === "stopping") {
      // A run that waits logs nothing, so nothing else tells when it does.
      this.loadSoon();
    }
    this.checkpoint.hidden = !status.saves_checkpoints;
    for (const { name, own, set } of status.values) {
      let row = this.rows.get(name);
      if (row === undefined) {
        this.rows.set(name, row = this.valueRow(name));
        this.values.append(row.root);
      }
      row.update(Number(own), set === null ? null : Number(set));
    }
  }

  private valueRow(name: string): ValueRow {
    const input = el("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": `Value of ${name}` });
    const apply = () => {
      const value = Number(input.value);
      if (input.value.trim() === "" || !Number.isFinite(value)) {
        this.say(`'${input.value}' is no number.`);
        return;
      }
      input.value = "";
      this.send({ action: "set", name, value });
    };
    input.addEventListener("keydown", event => event.key === "Enter" && apply());
    const unset = el("button", { type: "button", hidden: true, onclick: () => this.send({ action: "unset", name }) });
    return {
      root: el("span", { class: "control-value", "data-name": name }, el("span", {}, name), input, el("button", { type: "button", "aria-label": `Set ${name}`, onclick: apply }, "Set"), unset),
      update: (own, set) => {
        input.placeholder = number(set ?? own);
        unset.hidden = set === null;
        fill(unset, `Back to the program's own (${number(own)})`);
      },
    };
  }

  private ask(isAsked: boolean): void {
    this.confirm.hidden = !isAsked;
    this.stop.hidden = isAsked;
    if (isAsked) {
      this.confirm.querySelector("button")!.focus();
    }
  }

  private send(command: ControlCommand): void {
    void api.send(this.key, command).then(({ replies }) => {
      this.say(replies.map(reply => `${replies.length > 1 ? `Rank ${reply.rank}: ` : ""}${reply.accepted ? "" : "refused: "}${reply.message}`).join(" · "));
      const status = replies.find(reply => reply.status !== null)?.status;
      if (status) {
        this.show(status);
      }
    }, error => this.say(error));
  }

  private say(what: unknown): void {
    if (!this.abort.signal.aborted) {
      fill(this.answer, what instanceof Error ? what.message : String(what));
    }
  }
}

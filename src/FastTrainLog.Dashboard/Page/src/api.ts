// The interface of the server: its answers, and the requests.

export interface RunRow {
  key: string; run: string; directory: string; state: string; reason: string | null; name: string | null; group: string | null; tags: string[]; model: string | null;
  ranks: number; started: string; ended: string; duration_seconds: number; last_step: number | null; total_steps: number | null; eta_seconds: number | null;
  loss: number | null; best: number | null; warnings: number | null; errors: number | null; non_finite: number | null; losses: (number)[] | null; losses_non_finite: number[] | null;
}

export interface ListState { logs: number; logs_read: number; problems: string[]; runs: RunRow[] }
export interface RunListAnswer extends ListState { cursor: string }
export type Configuration = { [name: string]: string };

/** A range of a series as buckets; each array has one value for each. Where each is a single value there are its step and itself alone. */
export interface Buckets {
  run: string; series: string; cursor: string; points: number; first: number; last: number;
  last_step: number[]; last_value: number[]; first_step?: number[]; count?: number[]; minimum?: number[]; maximum?: number[]; mean?: number[]; non_finite?: number[];
}

/** Points that were added; those of several ranks have a band. */
export interface Added { run: string; series: string; cursor: string; again: boolean; step: number[]; value: number[]; count?: number[]; minimum?: number[]; maximum?: number[]; non_finite?: number[] }

/** Series below each other in the same columns; a cell without points is null. */
export interface Heat { first_step: number[]; last_step: number[]; left_out: number; rows: { name: string; mean: (number | null)[]; non_finite: (number | null)[] }[] }

/** The magnitudes of a layer's gradients: of each power of two how many elements are in it, the greatest first; a column may be several histograms. */
export interface Histogram { layer: string; first_step: number[]; last_step: number[]; count: number[]; rows: { name: string; exponent: number; elements: number[] }[] }
export interface HistogramAnswer extends Histogram { layers: string[]; layer_count: number }

export interface Update extends ListState { all_runs: boolean; run_count: number; alerts: number; series: Added[] }

export interface Validation { step: number; loss: number; epoch: number; is_best: boolean; metrics: { [name: string]: number } }
export interface Pattern {
  event: string; logger: string; level: string; category: string | null; operation: string | null; exception_type: string | null; count: number;
  first: string; first_step: number | null; last: string; last_step: number | null; recovered: number; common_context: { [name: string]: string }; suggestion: string | null; example: string;
}
export interface Anomaly { kind: string; step: number; last_step: number; time: string; size: number; description: string }
export interface RankSummary {
  rank: number; directory: string; outcome: string; reason: string | null; last_step: number | null; is_silent: boolean; step_seconds: number | null; step_seconds_p99: number | null;
  step_time_score: number | null; last_loss: number | null; non_finite_steps: number; warnings: number; errors: number;
}
export interface RunDetail {
  key: string; configuration: Configuration; series: string[]; steps_per_second: number | null; best_validation: Validation | null; validations: Validation[]; validation_count: number;
  checkpoints: { time: string; step: number; loss: number; path: string; size_bytes: number | null; outcome: string }[]; checkpoint_count: number;
  errors: { warnings: number; errors: number; criticals: number; patterns: Pattern[]; others: number };
  anomalies: { counts: { [kind: string]: number }; found: Anomaly[]; rules: { [kind: string]: string } };
  clip_rate: number | null; non_finite_steps: number; first_non_finite: { rank: number | null; step: number; location: string; type: string } | null;
  layers: { location: string; type: string; count: number; na_n_count: number; infinity_count: number; first_step: number; last_step: number }[];
  recoveries: { [action: string]: number }; guard: string | null; step_seconds: { [percentile: string]: number } | null;
  ranks: { world_size: number; each: RankSummary[]; missing: number[] } | null; rank_notes: string[]; histogram_layers: number; unreadable_lines: number;
}

export interface LogRecord {
  time: string; level: string; category: string; event: string | null; event_id: number; step: number | null; rank: number | null; message: string; exception: string | null; properties: string | null;
}
export interface RecordPage { cursor: string; start: string; is_end: boolean; is_incomplete: boolean; records: LogRecord[] }

export interface ControlStatus {
  run_id: string; rank: number; world_size: number; state: string; step: number | null; total_steps: number | null; saves_checkpoints: boolean;
  values: { name: string; own: number; set: number | null }[];
}
export interface ControlState { refusal: string | null; ranks: ControlStatus[] }
export interface ControlReply { rank: number; accepted: boolean; message: string; status: ControlStatus | null }
export interface ControlCommand { action: string; name?: string; value?: number; text?: string }

export interface AlertRule { name?: string | null; when: string; series?: string | null; above?: number; below?: number; minutes?: number; outcomes?: string[] | null; quiet_minutes?: number }
export interface AlertList {
  of_file: AlertRule[]; of_page: AlertRule[]; fault: string | null; is_kept: boolean; conditions: { [when: string]: string }; may_change: boolean;
  raised: { number: number; key: string; alert: { text: string; rule: string; run: string; state: string; step: number | null; time: string } }[];
}
export interface Relevance { series: string; score: number; why: string | null; step: number | null }

export type Query = { [name: string]: string | number | null | undefined | string[] };

/** The query of an address; values that are null or empty are left out. */
export function queryOf(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null && item !== undefined && item !== "") {
        parameters.append(name, String(item));
      }
    }
  }
  return parameters.toString();
}

const busy = 503;
const mostTries = 10;

async function get<T>(path: string, query: Query, signal?: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(`api/${path}?${queryOf(query)}`, { signal, headers: { accept: "application/json" } });
    if (response.status !== busy || tries === mostTries) {
      return answerOf<T>(response);
    }
    // It reads a log just now, and says when to ask again: nobody else would ask for what is read once.
    await new Promise(resolve => setTimeout(resolve, 1000 * (Number(response.headers.get("retry-after")) || 1)));
    signal?.throwIfAborted();
  }
}

/** Sends a command; its header is one that no page of another origin can send. */
async function post<T>(path: string, body: unknown): Promise<T> {
  return answerOf<T>(await fetch(`api/${path}`, { method: "POST", headers: { "accept": "application/json", "content-type": "application/json", "x-fasttrainlog": "page" }, body: JSON.stringify(body) }));
}

async function answerOf<T>(response: Response): Promise<T> {
  if (response.status === 401) {
    // The token has changed: the page asks for it.
    location.reload();
  }
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.error ?? `The server answered with status ${response.status}.`);
  }
  return answer as T;
}

// JSON has no numbers for these, so the server writes them as strings.
const nonFinite: { [text: string]: number } = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };
const valueOf = (value: unknown): number => typeof value === "string" ? nonFinite[value] : value as number;

/** Turns the texts of values that JSON has no numbers for into these; in place, since most have none. */
export function numbers(values: unknown[]): number[] {
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] === "string") {
      values[i] = valueOf(values[i]);
    }
  }
  return values as number[];
}

export function rowOf(row: RunRow): RunRow {
  const optional = (value: unknown) => value === null ? null : valueOf(value);
  return { ...row, loss: optional(row.loss), best: optional(row.best), losses: row.losses === null ? null : numbers(row.losses) };
}

export const api = {
  runs: () => get<RunListAnswer>("runs", {}),
  configurations: (run: string[]) => get<{ [key: string]: Configuration }>("configurations", { run }),
  names: (run: string[]) => get<{ [key: string]: string[] }>("names", { run }),
  run: (run: string, signal?: AbortSignal) => get<RunDetail>("run", { run }, signal),
  records: (query: Query, signal?: AbortSignal) => get<RecordPage>("records", query, signal),
  control: (run: string, signal?: AbortSignal) => get<ControlState>("control", { run }, signal),
  send: (run: string, command: ControlCommand) => post<{ replies: ControlReply[] }>("control", { run, ...command }),
  alerts: () => get<AlertList>("alerts", {}),
  changeAlerts: (change: { add?: AlertRule; remove?: AlertRule }) => post<AlertList>("alerts", change),
  relevance: (run: string, rank: number | null, signal?: AbortSignal) => get<Relevance[]>("relevance", { run, rank }, signal),
  heat: async (run: string, series: string, rank: number | null, from: number | null, to: number | null, pixels: number, signal?: AbortSignal): Promise<Heat> => {
    const heat = await get<Heat>("heat", { run, series, rank, from: from === null ? null : Math.floor(from), to: to === null ? null : Math.ceil(to), pixels }, signal);
    for (const row of heat.rows) {
      row.mean = numbers(row.mean);
    }
    heat.rows.sort((one, other) => one.name.localeCompare(other.name, "en", { numeric: true }));
    return heat;
  },
  histograms: (run: string, rank: number | null, layer: string, from: number | null, to: number | null, pixels: number, signal?: AbortSignal) =>
    get<HistogramAnswer>("histograms", { run, rank, layer, from: from === null ? null : Math.floor(from), to: to === null ? null : Math.ceil(to), pixels }, signal),
  series: async (run: string[], series: string[], rank: number | null, from: number | null, to: number | null, pixels: number, signal?: AbortSignal): Promise<Buckets[]> => {
    const answer = await get<{ series: Buckets[] }>("series", { run, series, rank, from: from === null ? null : Math.floor(from), to: to === null ? null : Math.ceil(to), pixels: Math.round(pixels) }, signal);
    for (const found of answer.series) {
      for (const values of [found.last_value, found.minimum, found.maximum, found.mean]) {
        numbers(values ?? []);
      }
    }
    return answer.series;
  },
};

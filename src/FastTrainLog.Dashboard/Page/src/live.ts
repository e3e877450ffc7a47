// The stream of changes: one connection for the whole page, made anew with the cursors of what the page has when it shows other series.

import { numbers, queryOf, rowOf, type Added, type RunRow, type Update } from "./api";
import { settle } from "./dom";

/** Who shows series and takes points that are added to them. */
export interface SeriesHolder {
  /** The cursor of what it has of a series; null if it has none yet. */
  cursorOf(run: string, series: string): string | null;
  take(added: Added): void;
}

/** Series of runs: of one rank, or of all merged. */
export interface Watched { runs: string[]; series: string[]; rank: number | null; holder: SeriesHolder }

export type Connection = "live" | "connecting";
const retryMilliseconds = 2000;

export class Live {
  readonly rows = new Map<string, RunRow>();
  logs = 0;
  logsRead = 0;
  problems: string[] = [];
  connection: Connection = "connecting";
  /** Told how many alerts there were, and whether by another server than before. */
  onAlerts: (count: number, isAnew: boolean) => void = () => {};
  /** Whether the rows are those of the server that is connected: one that was started anew may not have read them yet. */
  isCurrent = false;
  /** Whether nothing was heard yet of what the server has read. */
  isEmpty = true;
  private source: EventSource | null = null;
  private cursor = "";
  private watched: Watched | null = null;
  private readonly listeners = new Set<(changed: Set<string>) => void>();
  private readonly reconnectSoon = settle(150, () => this.connect());

  /** Adds a listener of changes of the list of runs and of the connection. */
  listen(listener: (changed: Set<string>) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  start(): void {
    this.connect();
  }

  /** Watches the series of a view instead of those before; null for none. */
  watch(watched: Watched | null): void {
    this.watched = watched;
    this.reconnectSoon();
  }

  private connect(): void {
    this.source?.close();
    const watched = this.watched;
    const pairs: [string, string][] = watched === null ? [] : watched.runs.flatMap(run => watched.series.map(series => [run, series] as [string, string]));
    const cursors = pairs.map(([run, series]) => watched!.holder.cursorOf(run, series));
    const known = cursors.every(cursor => cursor !== null);
    // Series that are still being loaded are watched as soon as they are.
    const isWatched = known && pairs.length > 0;
    // Without a cursor of the list, every row is sent.
    const list = this.cursor === "" ? "none.0" : this.cursor;
    const address = `api/stream?${queryOf({
      run: isWatched ? watched!.runs : [], series: isWatched ? watched!.series : [], rank: isWatched ? watched!.rank : null,
      cursor: isWatched ? [list, ...cursors].join("~") : list,
    })}`;
    const source = new EventSource(address);
    this.source = source;
    source.addEventListener("open", () => this.setConnection("live"));
    source.addEventListener("error", () => {
      this.isCurrent = false;
      this.setConnection("connecting");
      if (source.readyState === EventSource.CLOSED && this.source === source) {
        // Refused: the browser does not try again by itself. The cursors are in the address.
        window.setTimeout(() => this.source === source && this.connect(), retryMilliseconds);
      }
    });
    source.addEventListener("update", event => {
      if (this.source !== source) {
        return;
      }
      this.setConnection("live");
      this.cursor = event.lastEventId.split("~")[0];
      this.apply(JSON.parse(event.data) as Update, isWatched ? watched : null);
    });
  }

  private apply(update: Update, watched: Watched | null): void {
    const changed = new Set<string>();
    if (update.all_runs) {
      for (const key of this.rows.keys()) {
        changed.add(key);
      }
      this.rows.clear();
    }
    for (const row of update.runs) {
      this.rows.set(row.key, rowOf(row));
      changed.add(row.key);
    }
    if (!update.all_runs && this.rows.size !== update.run_count) {
      // A directory was deleted: the list is asked for anew.
      this.cursor = "";
      this.reconnectSoon();
    }
    this.isEmpty = false;
    this.isCurrent = true;
    this.logs = update.logs;
    this.logsRead = update.logs_read;
    this.problems = update.problems;
    for (const added of update.series) {
      watched?.holder.take({ ...added, value: numbers(added.value), minimum: added.minimum && numbers(added.minimum), maximum: added.maximum && numbers(added.maximum) });
    }
    this.onAlerts(update.alerts, update.all_runs);
    this.tell(changed);
  }

  private setConnection(connection: Connection): void {
    if (this.connection !== connection) {
      this.connection = connection;
      this.tell(new Set());
    }
  }

  private tell(changed: Set<string>): void {
    for (const listener of this.listeners) {
      listener(changed);
    }
  }
}

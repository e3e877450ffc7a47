// The view is in the address: its name and its settings, behind the number sign.

import { queryOf, type Query } from "./api";

export type View = "runs" | "charts" | "compare" | "errors" | "log" | "alerts";
const views: View[] = ["runs", "charts", "compare", "errors", "log", "alerts"];

export class Route {
  constructor(readonly view: View, readonly settings: URLSearchParams) {}

  static current(): Route {
    const [name, query] = location.hash.slice(1).split("?", 2);
    return new Route(views.find(view => view === name) ?? "runs", new URLSearchParams(query ?? ""));
  }

  get runs(): string[] {
    return this.settings.getAll("run");
  }

  text(name: string): string {
    return this.settings.get(name) ?? "";
  }

  number(name: string): number | null {
    const text = this.settings.get(name);
    return text === null || text === "" || !Number.isFinite(Number(text)) ? null : Number(text);
  }
}

/** The address of a view. */
export function addressOf(view: View, query: Query = {}): string {
  const text = queryOf(query);
  return `#${view}${text === "" ? "" : "?" + text}`;
}

/** Changes settings of the current view; without an entry in the history, because settings change with every key. */
export function change(query: Query): void {
  history.replaceState(null, "", changed(query));
}

/** Goes to the current view with other settings, for which it is built anew. */
export function go(query: Query): void {
  location.hash = changed(query);
}

/** The address of the current view with other settings. */
function changed(query: Query): string {
  const route = Route.current();
  const settings = new URLSearchParams(route.settings);
  for (const [name, value] of Object.entries(query)) {
    settings.delete(name);
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null && item !== undefined && item !== "") {
        settings.append(name, String(item));
      }
    }
  }
  const text = settings.toString();
  return `#${route.view}${text === "" ? "" : "?" + text}`;
}

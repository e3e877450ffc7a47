// The frame of the page: what is chosen, whether it is live, its colours; the views.

import { AlertsView, AlertTeller } from "./alerts";
import { ChartsView } from "./charts";
import { add, el, fill } from "./dom";
import { ErrorsView } from "./errors";
import { Live } from "./live";
import { LogView } from "./log";
import { addressOf, Route } from "./route";
import { RunsView } from "./runs";
import "./app.css";

interface PageView { root: HTMLElement; dispose(): void; recolor(): void }

const themeName = "fasttrainlog-theme";
const themes = ["auto", "light", "dark"];

const live = new Live();
const status = el("span", { class: "connection", role: "status" });
const problems = el("details", { class: "problems", hidden: true });
const teller = new AlertTeller();
const main = el("main", { id: "main" });
let view: PageView | null = null;
let shownRoute = "";

function show(): void {
  const route = Route.current();
  const text = `${route.view}?${route.settings}`;
  if (text === shownRoute) {
    return;
  }
  shownRoute = text;
  view?.dispose();
  view = route.view === "charts" || route.view === "compare" ? new ChartsView(live, route) : route.view === "errors" ? new ErrorsView(live, route) : route.view === "log" ? new LogView(live, route) : route.view === "alerts" ? new AlertsView() : new RunsView(live, route);
  fill(main, view.root);
  scrollTo(0, 0);
}

function theme(): HTMLElement {
  let chosen = localStorage.getItem(themeName) ?? "auto";
  const apply = () => {
    document.documentElement.dataset["theme"] = chosen;
    fill(button, `Theme: ${chosen}`);
    view?.recolor();
  };
  const button = el("button", {
    type: "button", class: "quiet", onclick: () => {
      chosen = themes[(themes.indexOf(chosen) + 1) % themes.length];
      localStorage.setItem(themeName, chosen);
      apply();
    },
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => view?.recolor());
  apply();
  return button;
}

function showStatus(): void {
  const isReading = live.connection === "live" && (live.logsRead < live.logs || live.isEmpty);
  status.dataset["connection"] = live.connection;
  fill(status, live.connection !== "live" ? "Connecting…" : isReading ? live.isEmpty ? "Reading logs" : `Reading ${live.logsRead} of ${live.logs} logs` : "Live");
  problems.hidden = live.problems.length === 0;
  if (live.problems.length > 0) {
    const isOpen = problems.open;
    fill(problems, el("summary", {}, `${live.problems.length} ${live.problems.length === 1 ? "log cannot" : "logs cannot"} be read`), el("ul", {}, ...live.problems.map(problem => el("li", {}, problem))));
    problems.open = isOpen;
  }
}

const app = document.getElementById("app")!;
add(app,
  el("a", { class: "skip", href: "#main", onclick: (event: Event) => { event.preventDefault(); main.tabIndex = -1; main.focus(); } }, "To the content"),
  el("div", { class: "top", role: "banner" }, el("a", { class: "brand", href: addressOf("runs") }, "FastTrainLog"), status, el("span", { class: "space" }), el("a", { href: addressOf("alerts") }, "Alerts"), theme()),
  problems,
  teller.root,
  main);
live.listen(showStatus);
let shownAlerts = 0;
live.onAlerts = (count, isAnew) => {
  teller.update(count, isAnew).catch(() => {
    // The server is away, which the connection says.
  });
  if (view instanceof AlertsView && count !== shownAlerts) {
    void view.load();
  }
  shownAlerts = count;
};
showStatus();
window.addEventListener("hashchange", () => {
  // Settings that a view writes into the address itself are no reason to build it anew.
  show();
});
const replaceState = history.replaceState.bind(history);
history.replaceState = (data, unused, address) => {
  replaceState(data, unused, address);
  const route = Route.current();
  shownRoute = `${route.view}?${route.settings}`;
};
live.start();
show();

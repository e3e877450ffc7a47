// Numbers, durations and times as text.

/** A number in at most six significant digits; a dash for none. */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined) {
    return "–";
  }
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  }
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e7) ? value.toExponential(3).replace(/\.?0*e\+?/, "e") : String(Number(value.toPrecision(6)));
}

/** An integer with separators. */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : value.toLocaleString("en-US");
}

/** Seconds as the two largest units: 3d 4h, 2m 05s. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) {
    return "–";
  }
  const s = Math.max(0, Math.round(seconds));
  return s < 60 ? `${s}s`
    : s < 3600 ? `${Math.floor(s / 60)}m ${String(s % 60).padStart(2, "0")}s`
    : s < 86400 ? `${Math.floor(s / 3600)}h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")}m`
    : `${Math.floor(s / 86400)}d ${Math.floor((s % 86400) / 3600)}h`;
}

const dateAndTime = new Intl.DateTimeFormat("sv-SE", { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** A time of a log in this browser's time zone. */
export function time(text: string): string {
  return dateAndTime.format(new Date(text));
}

/** The same without seconds, where there is little room. */
export function minute(text: string): string {
  return time(text).slice(0, 16);
}

const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 });

/** Numbers along an axis: short, unless two of them would read alike, as they do far from zero. */
export function ticks(values: number[]): string[] {
  const short = values.map(value => compact.format(value));
  return new Set(short).size === short.length ? short : values.map(value => Math.abs(value) < 1 ? number(value) : count(value));
}

/** How many steps there are in all, where there is little room. */
export function total(value: number | null): string {
  return value !== null && value >= 1e7 ? compact.format(value) : count(value);
}

/** Seconds since the start in the unit that suits them. */
export function relative(seconds: number): string {
  return Math.abs(seconds) < 120 ? `${number(seconds)}s` : Math.abs(seconds) < 7200 ? `${number(seconds / 60)}m` : Math.abs(seconds) < 172800 ? `${number(seconds / 3600)}h` : `${number(seconds / 86400)}d`;
}

/** A text as a cell of a CSV file. */
export function quoted(text: string): string {
  // A spreadsheet takes a text that begins with one of these for a formula.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll("\"", "\"\"")}"` : safe;
}

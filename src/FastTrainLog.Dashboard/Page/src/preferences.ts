// What this browser keeps of runs: pinned and hidden ones, their names, the baseline. The logs are not changed by it.

const prefix = "fasttrainlog-";

function read<T>(name: string, otherwise: T): T {
  try {
    return JSON.parse(localStorage.getItem(prefix + name) ?? "null") as T ?? otherwise;
  } catch {
    // Something else wrote it.
    return otherwise;
  }
}

function toggled(set: Set<string>, name: string, key: string): boolean {
  const isIn = !set.delete(key);
  if (isIn) {
    set.add(key);
  }
  localStorage.setItem(prefix + name, JSON.stringify([...set]));
  return isIn;
}

const pinned = new Set<string>(read<string[]>("pinned", []));
const hidden = new Set<string>(read<string[]>("hidden", []));
const names = new Map<string, string>(Object.entries(read<{ [key: string]: string }>("names", {})));
let baseline = read<string | null>("baseline", null);

export const preferences = {
  isPinned: (key: string) => pinned.has(key),
  isHidden: (key: string) => hidden.has(key),
  togglePinned: (key: string) => toggled(pinned, "pinned", key),
  toggleHidden: (key: string) => toggled(hidden, "hidden", key),
  nameOf: (key: string) => names.get(key) ?? null,
  /** Gives a run another name; an empty one takes it away. */
  rename(key: string, name: string): void {
    if (name === "") {
      names.delete(key);
    } else {
      names.set(key, name);
    }
    localStorage.setItem(prefix + "names", JSON.stringify(Object.fromEntries(names)));
  },
  get baseline(): string | null {
    return baseline;
  },
  set baseline(key: string | null) {
    baseline = key;
    localStorage.setItem(prefix + "baseline", JSON.stringify(key));
  },
};

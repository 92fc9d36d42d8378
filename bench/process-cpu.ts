import { readdirSync, readFileSync } from "node:fs";

/** Whole CPU time of a process so far in ms, all threads, from the scheduler's own accounting (Linux). */
export function processCpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ns = threads.reduce((sum, thread) => {
    const [onCpu = "0"] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
    return sum + Number(onCpu);
  }, 0);
  return ns / 1e6;
}

const parentOf = (pid: string): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
};

/** Process ids below `rootPid` whose command name is `name`. */
export function descendantsNamed(rootPid: number, name: string): readonly number[] {
  const pids = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  const children = new Map<number, number[]>();
  const names = new Map<number, string>();
  for (const pid of pids) {
    try {
      const parent = parentOf(pid);
      children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
      names.set(Number(pid), readFileSync(`/proc/${pid}/comm`, "utf8").trim());
    } catch {
      // The process ended between listing and reading.
    }
  }
  const below = (pid: number): number[] => (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(rootPid).filter((pid) => names.get(pid) === name);
}

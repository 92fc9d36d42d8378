import { readFileSync } from "node:fs";

/** Memory of one process, bytes. */
export interface ProcessMemory {
  readonly residentBytes: number;
  /** Greatest residentBytes so far. */
  readonly peakResidentBytes: number;
  /** Linear memory of all WebAssembly instances as it is now; it grows and never shrinks. */
  readonly wasmBytes: number;
}

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly mode: string;
}

// Addresses below 2 ** 53: user space ends at 2 ** 47.
function readMappings(pid: number): readonly Mapping[] {
  const lines = readFileSync(`/proc/${pid}/maps`, "utf8").split("\n");
  return lines.flatMap((line) => {
    const [, start, end, mode = ""] = /^([0-9a-f]+)-([0-9a-f]+) (\S{4})/.exec(line) ?? [];
    if (start === undefined || end === undefined) return [];
    return [{ start: Number.parseInt(start, 16), end: Number.parseInt(end, 16), mode }];
  });
}

/**
 * The runtime asks for a shared memory of up to 4 GiB, which V8 reserves whole, with a guard of some pages: the part in
 * use can be written, the rest cannot be touched. V8's own cage for its heap is smaller than 4 GiB with its neighbours.
 */
function wasmBytesOf(mappings: readonly Mapping[]): number {
  return mappings.reduce((sum, used, i) => {
    const rest = mappings[i + 1];
    const isPair = used.mode === "rw-p" && rest?.mode === "---p" && rest.start === used.end;
    const reserved = (rest?.end ?? 0) - used.start;
    return isPair && reserved >= 4 * GIB && reserved < 4 * GIB + MIB ? sum + used.end - used.start : sum;
  }, 0);
}

/** Reads /proc (Linux); throws when the process is gone. */
export function readProcessMemory(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const bytesOf = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? Number.NaN) * 1024;
  return {
    residentBytes: bytesOf("VmRSS"),
    peakResidentBytes: bytesOf("VmHWM"),
    wasmBytes: wasmBytesOf(readMappings(pid)),
  };
}

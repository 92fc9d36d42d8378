import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SOURCE_VARIABLES } from "../../workers/enricher/source-config.ts";

/** No test asks the world: an empty address turns a source off. */
const NO_SOURCES = Object.fromEntries(
  SOURCE_VARIABLES.filter((name) => name.endsWith("_URL")).map((name) => [name, ""]),
);

/** A file that runs while the hour turns sees no refresh that it did not ask for; the executor's sweeps are part of what runs promise. */
const NO_TIMED_REFRESH = { CRONS: "executor" };

const ROOT = join(import.meta.dirname, "..", "..");
/** A cold build on two idle cores takes about 15 s, and a start was seen to take more than 90 s where twenty wanted the two. */
const READY_TIMEOUT_MS = 280_000;

export interface TestHostOptions {
  /** `start` lets anonymous requests read and prints a development key; `serve` does neither. */
  readonly script?: "start" | "serve";
  /** A folder of an earlier host; left out, a fresh one. */
  readonly stateDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface TestHost {
  readonly url: string;
  /** The development key; null with `serve`. */
  readonly key: string | null;
  readonly stateDir: string;
  /** Everything that was printed so far. */
  output(): string;
  /** Ends the host; resolves with its exit status, null after a kill. The state stays. */
  stop(signal?: "SIGTERM" | "SIGINT" | "SIGKILL"): Promise<number | null>;
  /** Ends the host if it still runs and removes its state. */
  remove(): Promise<void>;
}

/** Below the ports that a system hands out by itself, to connections too: one of those may be taken before the host has it. */
const [FIRST_PORT, PORT_COUNT] = [20_000, 12_000];
let portsTried = 0;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

/** A port that no other process of these tests tries at this moment: each begins at its own. */
export async function nextPort(): Promise<number> {
  for (let tries = 0; tries < PORT_COUNT; tries += 1) {
    const port = FIRST_PORT + ((process.pid * 37 + portsTried) % PORT_COUNT);
    portsTried += 1;
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${FIRST_PORT} on is free`);
}

/** Starts the real host on a free port with a state folder of its own, and resolves when it says that it is ready. */
export async function startTestHost(options: TestHostOptions = {}): Promise<TestHost> {
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), "spawnpoint-host-"));
  const script = join(ROOT, "scripts", `${options.script ?? "start"}.ts`);
  const PORT = options.env?.PORT ?? String(await nextPort());
  const env = { ...process.env, STATE_DIR: stateDir, ...NO_SOURCES, ...NO_TIMED_REFRESH, ...options.env, PORT };
  const child = spawn(process.execPath, [script], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => printed.push(text));
  }
  const output = (): string => printed.join("");
  const url = await waitForReady({ child, output, exited }).catch(async (error: unknown) => {
    // Nobody else knows of it.
    child.kill();
    await exited;
    if (options.stateDir === undefined) rmSync(stateDir, { recursive: true, force: true });
    throw error;
  });
  const stop: TestHost["stop"] = (signal = "SIGTERM") => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return exited;
  };
  return {
    url,
    key: /\bsp_\w+/.exec(output())?.[0] ?? null,
    stateDir,
    output,
    stop,
    remove: async () => {
      await stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

interface Starting {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exited: Promise<number | null>;
}

/** The printed key comes after the ready line, in the same breath: both are waited for by the blank line that ends it. */
async function waitForReady({ child, output, exited }: Starting): Promise<string> {
  const ready = new Promise<string>((resolve) => {
    child.stdout?.on("data", () => {
      const url = /ready at (http\S+)\n[\s\S]*npm run key|ready at (http\S+)\n[\s\S]*\/api\/decisions/.exec(output());
      const found = url?.[1] ?? url?.[2];
      if (found !== undefined) resolve(found);
    });
  });
  const failed = exited.then((status) => {
    throw new Error(`the host ended with status ${status} before it was ready:\n${output()}`);
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the host is not ready:\n${output()}`)), READY_TIMEOUT_MS);
  });
  try {
    return await Promise.race([ready, failed, late]);
  } finally {
    clearTimeout(timer);
    // The same promise rejects when the host is stopped on purpose later.
    failed.catch(() => {});
  }
}

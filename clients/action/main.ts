import { setTimeout as sleep } from "node:timers/promises";
import { runAction } from "./run-action.ts";
import { EXIT } from "./stop.ts";

/** What the runner starts. A bug ends the step by name alone: its message might quote what nobody should read. */
try {
  process.exitCode = await runAction({
    env: process.env,
    print: (line) => console.log(line),
    transport: { fetch, sleep: async (ms) => sleep(ms), nowMs: Date.now, random: Math.random },
  });
} catch (error) {
  const name = error instanceof Error ? error.name : "unknown";
  const code = error instanceof Error && "code" in error ? ` ${String(error.code)}` : "";
  console.log(
    `::error title=Spawnpoint::The step itself failed (${name}${code}). Please report it with the inputs but without the key.`,
  );
  process.exitCode = EXIT.failed;
}

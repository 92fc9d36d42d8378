import { join } from "node:path";
import { expect, test } from "vitest";
import { hasSavedPayloads, readSavedPayloads } from "../scripts/read-saved-payloads.ts";
import { collectSources } from "../workers/enricher/collect-sources.ts";
import { toSourceConfig } from "../workers/enricher/source-config.ts";
import { toSourcePlans } from "../workers/enricher/source-registry.ts";
import { makeWorld } from "./fake-sources/memory-world.ts";
import { startReplayServer } from "./fake-sources/replay-server.ts";
import { replaySaved } from "./fake-sources/saved-replies.ts";
import { sourceEnv } from "./fake-sources/source-env.ts";

const DATA = join(import.meta.dirname, "../../shared/data");

/** Scores and models that the adapters read from saved files, when they are given them directly. */
function readDirectly(pattern: RegExp): { models: number; scores: number } {
  const payloads = readSavedPayloads(DATA).filter(({ file }) => pattern.test(file));
  const readings = payloads.flatMap(({ reading }) => (reading.ok ? [reading.value] : []));
  return {
    models: readings.reduce((sum, { models }) => sum + models, 0),
    scores: readings.reduce((sum, { scores }) => sum + scores, 0),
  };
}

// The payloads stand beside the repository and are no part of it: where they are absent this is skipped.
const isAbsent = !hasSavedPayloads(DATA);
if (isAbsent) console.log(`saved-payloads-replay.test: skipped, no saved payloads under ${DATA}`);
test.skipIf(isAbsent)(
  "collectSources() reads from a server that replays the saved payloads what the adapters read from the files",
  { timeout: 120_000 },
  async () => {
    const server = await startReplayServer();
    await replaySaved(server, DATA);
    const plans = toSourcePlans(toSourceConfig(sourceEnv(server.url, { LMARENA_BOARDS: "" })));
    const collected = await collectSources(plans, makeWorld().deps);
    await server.close();
    const counts = Object.fromEntries(
      (collected.ok ? collected.value : []).map(({ source, state, rows }) => [
        source,
        { state, models: rows.facts.length + rows.listed.length, scores: rows.scores.length },
      ]),
    );
    const expected = (pattern: RegExp) => ({ state: "fresh", ...readDirectly(pattern) });
    expect(counts).toMatchObject({
      openrouter: expected(/^openrouter\/models_2026-05-12/),
      artificial_analysis: expected(/^artificial_analysis\/DERIVED_free_v2_page/),
      livebench: expected(/^livebench\/table_2026_01_08/),
      aider: expected(/^aider\/polyglot/),
      epoch: expected(/^epoch\//),
    });
    // Entries that lay themselves over a base are resolved by the site, not in the saved files: those are rejected.
    expect(counts.models_dev?.state).toBe("fresh");
  },
);

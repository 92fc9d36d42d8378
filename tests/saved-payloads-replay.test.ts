import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hasSavedPayloads, readSavedPayloads } from "../scripts/read-saved-payloads.ts";
import { collectSources } from "../workers/enricher/collect-sources.ts";
import { DEFAULT_SOURCES } from "../workers/enricher/source-config.ts";
import { toSourcePlans } from "../workers/enricher/source-registry.ts";
import { toZip } from "../workers/enricher/testing/to-zip.ts";
import { makeWorld } from "./fake-sources/memory-world.ts";
import { send, startReplayServer } from "./fake-sources/replay-server.ts";

const DATA = join(import.meta.dirname, "../../shared/data");
const read = (file: string): string => readFileSync(join(DATA, "enrich", file), "utf8");

/** Scores and models that the adapters read from saved files, when they are given them directly. */
function readDirectly(pattern: RegExp): { models: number; scores: number } {
  const payloads = readSavedPayloads(DATA).filter(({ file }) => pattern.test(file));
  const readings = payloads.flatMap(({ reading }) => (reading.ok ? [reading.value] : []));
  return {
    models: readings.reduce((sum, { models }) => sum + models, 0),
    scores: readings.reduce((sum, { scores }) => sum + scores, 0),
  };
}

const EPOCH = "epoch/benchmark_data_2026-01";

// The payloads stand beside the repository and are no part of it: where they are absent this is skipped.
test.skipIf(!hasSavedPayloads(DATA))(
  "collectSources() reads from a server that replays the saved payloads what the adapters read from the files",
  { timeout: 120_000 },
  async () => {
    const server = await startReplayServer();
    const boards = readdirSync(join(DATA, "enrich", EPOCH)).filter((name) => name.endsWith(".csv"));
    const archive = Object.fromEntries(boards.map((name) => [`benchmark_data/${name}`, read(`${EPOCH}/${name}`)]));
    const index = { "benchmark_data/epoch_capabilities_index.csv": read("epoch/epoch_capabilities_index_2026-04.csv") };
    server.replies.set("/models", send(read("openrouter/models_2026-05-12.json")));
    server.replies.set("/aa", (response, request, count) =>
      send(read(`artificial_analysis/DERIVED_free_v2_page${count + 1}.json`))(response, request, count),
    );
    server.replies.set("/table_2026_01_08.csv", send(read("livebench/table_2026_01_08.csv")));
    server.replies.set("/categories_2026_01_08.json", send(read("livebench/categories_2026_01_08.json")));
    server.replies.set("/aider", send(read("aider/polyglot_leaderboard.yml")));
    server.replies.set("/epoch", send(await toZip({ ...archive, ...index })));
    server.replies.set("/models-dev", send(read("models_dev/openrouter_2026-07-01.json")));
    const { url } = server;
    const plans = toSourcePlans({
      ...DEFAULT_SOURCES,
      openRouterUrl: `${url}/models`,
      artificialAnalysisUrl: `${url}/aa`,
      artificialAnalysisKey: "key",
      lmarenaBoards: "",
      livebenchUrl: url,
      livebenchRelease: "2026-01-08",
      aiderUrl: `${url}/aider`,
      epochUrl: `${url}/epoch`,
      modelsDevUrl: `${url}/models-dev`,
    });
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

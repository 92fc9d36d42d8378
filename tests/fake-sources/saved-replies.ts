import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { toZip } from "../../workers/enricher/testing/to-zip.ts";
import { type ReplayServer, send } from "./replay-server.ts";

const EPOCH = "epoch/benchmark_data_2026-01";

/** Makes a server replay the saved payloads of `dataFolder` under the paths of sourceEnv(). No payload is saved of LMArena's dataset. */
export async function replaySaved(server: ReplayServer, dataFolder: string): Promise<void> {
  const read = (file: string): string => readFileSync(join(dataFolder, "enrich", file), "utf8");
  const boards = readdirSync(join(dataFolder, "enrich", EPOCH)).filter((name) => name.endsWith(".csv"));
  const archive = Object.fromEntries(boards.map((name) => [`benchmark_data/${name}`, read(`${EPOCH}/${name}`)]));
  const index = { "benchmark_data/epoch_capabilities_index.csv": read("epoch/epoch_capabilities_index_2026-04.csv") };
  const files = {
    "/models": read("openrouter/models_2026-05-12.json"),
    "/table_2026_01_08.csv": read("livebench/table_2026_01_08.csv"),
    "/categories_2026_01_08.json": read("livebench/categories_2026_01_08.json"),
    "/aider": read("aider/polyglot_leaderboard.yml"),
    "/epoch": await toZip({ ...archive, ...index }),
    "/models-dev": read("models_dev/openrouter_2026-07-01.json"),
  };
  for (const [path, body] of Object.entries(files)) server.replies.set(path, send(body));
  server.replies.set("/aa", (response, request, count) => {
    const page = new URL(request.url ?? "", server.url).searchParams.get("page") ?? "1";
    send(read(`artificial_analysis/DERIVED_free_v2_page${page}.json`))(response, request, count);
  });
}

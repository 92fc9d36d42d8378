import * as z from "zod";
import { ok } from "../../../shared/base/result.ts";
import type { McpOutput } from "../../../shared/contract/mcp.ts";
import { runSummarySchema } from "../../../shared/contract/run-answers.ts";
import { readAnswer, type ToolFunction } from "./mcp-tool.ts";

/** A step is tried three times for at most 180 s each; a run that shows nothing for longer has nobody who advances it. */
const STILL_MS = 15 * 60_000;
const RUNS_LOOKED_AT = "100";
/** Names no output, so that looking for it reads the storage and nothing of anybody's. */
const NO_OUTPUT = "health/none";

/**
 * smart-spawn's five checks by reading alone: a tool that anybody with a key may call writes nothing. The database is
 * checked by the runs that the fifth needs, the storage by looking for what is not there.
 */
export const readHealth: ToolFunction<"smartspawn_health"> = async (_args, { call, deps, tenantId }) => {
  const [reach, listed, storage] = await Promise.all([
    deps.readReach(tenantId),
    call("listRuns", { query: { status: "running", limit: RUNS_LOOKED_AT } }),
    deps.readOutput(NO_OUTPUT),
  ]);
  const running = readAnswer(listed, z.array(runSummarySchema));
  const nowMs = deps.nowMs();
  const isStill = running.ok && running.value.some(({ updated_at }) => nowMs - Date.parse(updated_at) > STILL_MS);
  const answer: McpOutput<"smartspawn_health"> = {
    openrouter_configured: reach.ok && reach.value.has("openrouter"),
    smart_spawn_api_reachable: true,
    db_writable: running.ok,
    artifact_storage_writable: storage.ok,
    worker_alive: running.ok && !isStill,
  };
  return ok(answer);
};

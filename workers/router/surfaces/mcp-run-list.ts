import * as z from "zod";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { McpOutput } from "../../../shared/contract/mcp.ts";
import { LIST_MOST } from "../../../shared/contract/mcp-run-tools.ts";
import { type RunSummaryBody, runSummarySchema } from "../../../shared/contract/run-answers.ts";
import { readAnswer, type ToolFunction, type ToolWorld } from "./mcp-tool.ts";
import { toRunStates, toStatus } from "./peer-status.ts";

const LIST_USUAL = 20;
/** What a page of GET /api/runs holds at most. */
const PAGE_MOST = 100;

const listMeta = z.object({ next_cursor: z.string().nullable() });

async function readPage(query: Readonly<Record<string, string>>, { call }: ToolWorld) {
  const answer = await call("listRuns", { query });
  const rows = readAnswer(answer, z.array(runSummarySchema));
  if (!rows.ok) return rows;
  const { next_cursor: next } = listMeta.parse(answer.ok && "meta" in answer.value ? answer.value.meta : undefined);
  return ok({ rows: rows.value, next });
}

/** The newest runs of one state, or of all; two pages hold as many as the tool gives. */
async function readNewest(
  { state, limit }: { readonly state: string | null; readonly limit: number },
  world: ToolWorld,
): Promise<Result<readonly RunSummaryBody[]>> {
  const query = { limit: String(Math.min(limit, PAGE_MOST)), ...(state === null ? {} : { status: state }) };
  const first = await readPage(query, world);
  if (!first.ok) return first;
  const { rows, next } = first.value;
  if (limit <= PAGE_MOST || next === null) return ok(rows);
  const second = await readPage({ ...query, limit: String(limit - PAGE_MOST), cursor: next }, world);
  return second.ok ? ok([...rows, ...second.value.rows]) : second;
}

const newestFirst = (a: RunSummaryBody, b: RunSummaryBody): number =>
  a.created_at === b.created_at ? (a.id < b.id ? 1 : -1) : a.created_at < b.created_at ? 1 : -1;

export const listRuns: ToolFunction<"smartspawn_run_list"> = async ({ status, limit = LIST_USUAL }, world) => {
  const states = status === undefined ? [null] : toRunStates(status);
  const found = await Promise.all(
    states.map((state) => readNewest({ state, limit: Math.min(limit, LIST_MOST) }, world)),
  );
  const rows: RunSummaryBody[] = [];
  for (const page of found) {
    if (!page.ok) return page;
    rows.push(...page.value);
  }
  const runs = rows
    .sort(newestFirst)
    .slice(0, limit)
    .map(({ id, task_id, status: state, created_at, updated_at }) => ({
      run_id: id,
      task: task_id,
      ...toStatus(state),
      created_at,
      updated_at,
    }));
  const answer: McpOutput<"smartspawn_run_list"> = { runs };
  return ok(answer);
};

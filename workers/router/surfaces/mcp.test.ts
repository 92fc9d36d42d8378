import { describe, expect, it } from "vitest";
import { fail, ok } from "../../../shared/base/result.ts";
import type { Principal } from "../../platform/auth.ts";
import type { RouterDeps } from "../deps.ts";
import type { Handler, HandlerInput } from "../handler.ts";
import { makeMcpHandler } from "./mcp.ts";

const PRINCIPAL: Principal = { tenantId: "t", keyId: "key_1", scopes: ["read"], anonymous: false };
const EVENT = { id: 2, at: "2026-01-01T00:00:00.000Z", type: "step_started", step_id: "call-1", detail: {} };
const META = { status: "running", last_event_id: 1 };

interface Watched {
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly seen: { canceled: number; read: HandlerInput[] };
}

/** The events' door with a stream that tells one event and then stays silent; it counts who leaves it. */
function watchedDoors(): Watched {
  const seen = { canceled: 0, read: [] as HandlerInput[] };
  const listRunEvents: Handler = async (input) => {
    seen.read.push(input);
    if (input.header("accept") === null) return ok({ data: [], meta: META });
    const frame = `id: 2\nevent: step_started\ndata: ${JSON.stringify(EVENT)}\n\n`;
    const events = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(frame)),
      cancel: () => {
        seen.canceled += 1;
      },
    });
    return ok({ events });
  };
  const missing: Handler = async () => fail({ kind: "not_found", what: "run", id: "run_1" });
  const broken: Handler = async () => {
    throw new Error("select secret from table");
  };
  return { handlers: { listRunEvents, getRun: missing, getRunResult: missing, listModels: broken }, seen };
}

/** The tools read doors alone; a dependency that one asks for is not there. */
const DEPS = {} as RouterDeps;

const MODERN = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

async function post(handlers: Watched["handlers"], params: object, isModern: boolean): Promise<Response> {
  const { name } = params as { name?: string };
  const headers: Readonly<Record<string, string>> = {
    ...{ accept: "application/json, text/event-stream", "content-type": "application/json" },
    ...(isModern ? { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": name ?? "" } : {}),
  };
  const meta = { _meta: { progressToken: 7, ...(isModern ? MODERN : {}) } };
  const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { ...params, ...meta } };
  const header = (wanted: string): string | null => headers[wanted] ?? null;
  const answer = await makeMcpHandler(handlers)({ principal: PRINCIPAL, params: {}, query: {}, body, header }, DEPS);
  if (!answer.ok || !("written" in answer.value)) throw new Error(`no answer: ${JSON.stringify(answer)}`);
  return answer.value.written;
}

const LIST_HEADERS: Readonly<Record<string, string>> = {
  accept: "application/json, text/event-stream",
  "content-type": "application/json",
};

it("POST /mcp says of each tool whether it takes something away or reaches beyond this service", async () => {
  const body = { jsonrpc: "2.0", id: 1, method: "tools/list", params: {} };
  const header = (wanted: string): string | null => LIST_HEADERS[wanted] ?? null;
  const answer = await makeMcpHandler({})({ principal: PRINCIPAL, params: {}, query: {}, body, header }, DEPS);
  if (!answer.ok || !("written" in answer.value)) throw new Error("no answer");
  const [, data = "{}"] = /^data: (.+)$/m.exec(await answer.value.written.text()) ?? [];
  const { tools }: { tools: { name: string; annotations: Record<string, boolean> }[] } = JSON.parse(data).result;
  const named = (hint: string) => tools.filter(({ annotations }) => annotations[hint]).map(({ name }) => name);
  expect(named("destructiveHint")).toEqual(["smartspawn_run_cancel"]);
  expect(named("openWorldHint")).toEqual(["smartspawn_run_create"]);
  expect(named("readOnlyHint")).toHaveLength(7);
});

describe.each([
  ["the newer generation", true],
  ["the older generation", false],
])("POST /mcp, %s", (_, isModern) => {
  it("tells progress while it waits, and leaves the run's events when its caller leaves", async () => {
    const { handlers, seen } = watchedDoors();
    const answer = await post(
      handlers,
      { name: "smartspawn_run_status", arguments: { run_id: "run_1", wait_s: 30 } },
      isModern,
    );
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (reader === undefined) throw new Error("an event stream has a body");
    let text = "";
    while (!text.includes("step_started call-1")) text += (await reader.read()).value ?? "";
    expect([...text.matchAll(/"progress":(\d+)/g)].map(([, at]) => at)).toEqual(["1", "2"]);
    expect(text).toContain('"progressToken":7');
    expect(seen.canceled).toBe(0);
    await reader.cancel();
    await expect.poll(() => seen.canceled, { timeout: 50_000 }).toBe(1);
  });

  it("ends a wait at its time, with what stands then", async () => {
    const { handlers, seen } = watchedDoors();
    const ask = { name: "smartspawn_run_status", arguments: { run_id: "run_1", wait_s: 1 } };
    const text = await (await post(handlers, ask, isModern)).text();
    expect(text).toContain("Cannot find run");
    expect(seen).toMatchObject({ canceled: 1 });
    expect(seen.read.map(({ query }) => query)).toEqual([{ limit: "500" }, { after: "1" }]);
  });

  it("tells params that are not of their method by name, as the caller's mistake", async () => {
    for (const params of [{}, { name: 5 }, { name: "smartspawn_health", arguments: [] }]) {
      const text = await (await post(watchedDoors().handlers, params, isModern)).text();
      expect(text).toMatch(/"code":-32602,"message":"(Field|Cannot read) params\./);
    }
  });

  it("tells nothing of a bug but that it is one", async () => {
    const text = await (await post(watchedDoors().handlers, { name: "spawnpoint_models" }, isModern)).text();
    expect(text).toContain("Something went wrong here");
    expect(text).not.toContain("secret");
  });

  it("does not go through a door whose scope the key lacks", async () => {
    const { handlers } = watchedDoors();
    let created = 0;
    const createRun: Handler = async () => {
      created += 1;
      return ok({ data: {} });
    };
    const ask = { name: "smartspawn_run_create", arguments: { task: "x", mode: "single" } };
    const text = await (await post({ ...handlers, createRun }, ask, isModern)).text();
    expect([text.includes("scope run"), created]).toEqual([true, 0]);
  });
});

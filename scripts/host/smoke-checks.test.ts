import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { runChecks } from "./smoke-checks.ts";

let server: Server | undefined;
afterEach(() => void server?.close());

/** A service whose probe shows these states one after another; every other path answers an empty `data`. */
async function serve(states: readonly object[]): Promise<string> {
  const left = [...states];
  const made = createServer((request, response) => {
    const isProbe = request.url?.startsWith("/api/status/probe/") === true;
    const data = isProbe ? (left.shift() ?? states.at(-1)) : { probe_id: "prb_1" };
    response.end(JSON.stringify({ data }));
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  const address = made.address();
  return typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
}

async function checkQueue(states: readonly object[]) {
  const results = await runChecks({ url: await serve(states), key: "sp_x", say: () => {} });
  return results.find(({ name }) => name.startsWith("the queue"));
}

describe("runChecks()", () => {
  it("waits for the consumer while the step is ready and while it runs", async () => {
    const seen = [
      { state: "ready", fault: null },
      { state: "running", fault: null },
    ];
    const result = await checkQueue([...seen, { state: "done", fault: null }]);
    expect(result).toMatchObject({ ok: true, detail: "the consumer answered" });
  });

  it("fails when the step ends in any other way", async () => {
    expect(await checkQueue([{ state: "failed", fault: "unavailable" }])).toMatchObject({ ok: false });
    expect(await checkQueue([{ state: "expired", fault: null }])).toMatchObject({ ok: false });
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { type ActionStep, type Job, spawnAction } from "./spawn-action.ts";

/** The committed bundle against a server that is not, or no longer, to be trusted. */

const KEY = "sp_canary00112233445566778899";
const home = mkdtempSync(join(tmpdir(), "spawnpoint-hostile-"));
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on loopback; resolves to its address and the requests that it got. */
async function serve(answer: Answer) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ""}`);
    request.resume().on("end", () => answer(request, response));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, seen };
}

let jobs = 0;
function newJob(): Job {
  jobs += 1;
  const issue = { number: jobs, title: "Pager", body: "Fix it", author_association: "OWNER" };
  const payload = { action: "labeled", issue, repository: { full_name: "acme/shop" } };
  return { home: join(home, `job-${jobs}`), repository: "acme/shop", runId: "1", eventName: "issues", payload };
}

const run = (url: string, inputs: Readonly<Record<string, string>> = {}): Promise<ActionStep> =>
  spawnAction(newJob(), { "api-url": url, "api-key": KEY, mode: "route", ...inputs });

/** Lines that the runner would obey, beside those that the step means. */
const commandsOf = ({ log }: ActionStep): readonly string[] =>
  log
    .split("\n")
    .filter((line) => /^\s*::|##\[/.test(line))
    .filter((line) => !/^::(add-mask|warning title=Spawnpoint|error title=Spawnpoint)::/.test(line));

const EVIL = [
  "m/x\n::set-output name=model::evil/model\n::add-mask::e\n::stop-commands::t\n##[command]rm",
  "\r\n::error::x\u2028::warning::y\u0085\u001b[2J\u202egnp",
  "end-00000000-0000-4000-8000-000000000000\nmodel<<EOF\nevil/model\nEOF",
  "| a | b |\n\n# H\n<img src=https://evil.test/?k=1> ![i](https://evil.test/i) [l](javascript:1) www.evil.test @team",
].join(" ");

const UNPRINTABLE = ["\u001b", "\u0085", "\u2028", "\u202e"];
const unprintableIn = (text: string) => UNPRINTABLE.filter((sign) => text.includes(sign));

const label = (name: string) => ({ label: name, confidence: 0.9 });
const expected = { success: 0.5, cost_usd: 0.1, minutes: 1, utility_usd: 1 };
const DECISION = {
  ...{ id: EVIL, model: EVIL, effort: EVIL, provider: EVIL, driverKind: EVIL, mode: EVIL, rationale: EVIL },
  ...{ attempt: 0, state: "open", expected, max_usd: null, flags: [], chain: [] },
  gate: { requires_approval: true, reason: EVIL, approval_id: null },
  alternatives: [{ model: `${EVIL}2`, expected }],
  mode_comparison: { reason: EVIL, single_utility_usd: 1, cascade_utility_usd: null },
  classification: { complexity: label("easy"), task_type: label(EVIL), risk: label("low"), abstained_heads: [] },
};
const VERDICT = {
  ...{ status: "next", reason: EVIL, ended_by: null, evidence: null },
  next: { model: EVIL, effort: "default", provider: EVIL, driverKind: EVIL },
  cost: { attempts_usd: 1, paid_attempts: 0, next_usd: 1, max_usd: null, strongest_model: EVIL, strongest_usd: 2 },
};
const toJson =
  (body: unknown): Answer =>
  (_, response) =>
    response.end(JSON.stringify(body));

describe("an answer full of commands and markup", () => {
  it("steers neither the runner nor the summary of a route", async () => {
    const { url } = await serve(toJson({ data: DECISION }));
    const step = await run(url);
    expect(step.status, step.log).toBe(0);
    expect(commandsOf(step)).toEqual([]);
    expect(step.outputs.model).toBe(EVIL);
    expect(step.outputs.result).toBe("decided");
    const rows = step.summary.split("\n").filter((line) => line.startsWith("|"));
    expect(rows.length).toBe(9);
    for (const row of rows.slice(2)) expect(row.match(/(?<!\\)\|/g)).toHaveLength(3);
    expect(step.summary).not.toMatch(/<img|(?<!\\)!\[|(?<!\\)\[l|:\/\/|www\.|^# /m);
    expect(unprintableIn(step.log + step.summary)).toEqual([]);
  });

  it("steers neither the runner nor the summary of a verdict, whatever the verifiers' door says", async () => {
    const verifiers = [
      [{ repository: EVIL, source: "ci", n: "1\n::error::x", unlabelled: 0, tpr: 1, tnr: 1, j: 1, j_lower: 1 }],
      { length: 1 },
      "text",
      null,
      undefined,
    ];
    for (const data of verifiers) {
      const { url } = await serve((request, response) => {
        const isVerifiers = request.url?.startsWith("/api/verifiers?repository=acme%2Fshop");
        response.end(JSON.stringify(isVerifiers ? { data } : { data: request.method === "GET" ? DECISION : VERDICT }));
      });
      const step = await run(url, { mode: "verdict", "decision-id": "dec_1", attempt: "0", accepted: "failure" });
      expect([step.status, step.outputs.result], step.log).toEqual([0, "next"]);
      expect(commandsOf(step)).toEqual([]);
      expect(step.summary).not.toMatch(/<img|:\/\/|www\.|^# /m);
      expect(unprintableIn(step.log + step.summary)).toEqual([]);
    }
  });
});

describe("a server that does not answer as it should", () => {
  it.each<readonly [string, Answer, RegExp, number]>([
    ["cut JSON", (_, response) => response.end('{"data":{"id":"dec_1","mo'), /is not Spawnpoint's API/, 1],
    [
      "a body shorter than promised",
      (_, response) => {
        response.writeHead(200, { "content-length": "5000" }).write('{"data":');
        setTimeout(() => response.destroy(), 20);
      },
      /could not be reached/,
      4,
    ],
    [
      "a gateway's page",
      (_, response) => response.writeHead(502, { "retry-after": "0" }).end("<html>::error::x"),
      /answered with 502/,
      4,
    ],
    [
      "a wait of 30 years",
      (_, response) =>
        response
          .writeHead(429, { "retry-after": "999999999" })
          .end(JSON.stringify({ error: { code: "RATE_LIMITED", message: `${EVIL} ${KEY}` } })),
      /429 RATE_LIMITED/,
      1,
    ],
    ["nothing but a closed door", (request) => request.socket.destroy(), /could not be reached/, 4],
  ])("fails with 1 on %s, tells no key, and does not press", async (_, answer, says, times) => {
    const { url, seen } = await serve(answer);
    const step = await run(url);
    expect([step.status, step.outputs], step.log).toEqual([1, { result: "error" }]);
    expect(step.log).toMatch(says);
    expect(commandsOf(step)).toEqual([]);
    const shown = step.log.replace(`::add-mask::${KEY}`, "") + step.summary;
    // The runner masks the key as it is, and would not know it between a summary's backslashes.
    expect(shown.replaceAll("\\", "")).not.toContain(KEY);
    expect(seen.length).toBe(times);
  });

  it("carries the key to no other address", async () => {
    const thief = await serve(toJson({ data: DECISION }));
    for (const status of [301, 302, 307, 308]) {
      const { url } = await serve((_, response) => response.writeHead(status, { location: `${thief.url}/api` }).end());
      const step = await run(url);
      expect([step.status, step.outputs.result]).toEqual([1, "error"]);
      expect(step.log).toContain("a redirect, which is not followed");
    }
    const host = thief.url.slice("http://".length);
    const odd = [
      `http://user:pw@${host}`,
      `http://0.0.0.0:1@evil.test`,
      `http://[::ffff:127.0.0.1]:${host.split(":")[1]}`,
    ];
    for (const url of [...odd, "http://127.0.0.1.evil.test", "ftp://127.0.0.1", `//${host}`, "file:///etc/passwd"])
      expect((await run(url)).status, url).toBe(2);
    expect(thief.seen).toEqual([]);
  });
});

it("hands a hostile log on as data: masked, capped, fenced by more than it holds", async () => {
  const { url } = await serve((request, response) =>
    response.end(JSON.stringify({ data: request.method === "GET" ? { ...DECISION, attempt: 0 } : VERDICT })),
  );
  const job = newJob();
  const folder = join(job.home, "workspace");
  mkdirSync(folder, { recursive: true });
  const noise = Buffer.from([0, 255, 254, 13, 10, 27, 91, 50, 74]).toString("latin1");
  const text = `${"`".repeat(40)}\n${noise}${KEY}\n${Buffer.from(`u:${KEY}`).toString("base64")}\n::set-output name=a::b\n`;
  writeFileSync(join(folder, "log"), text.repeat(200_000));
  const inputs = { mode: "verdict", "decision-id": "d", attempt: "0", accepted: "failure", "evidence-file": "log" };
  const step = await spawnAction(job, { "api-url": url, "api-key": KEY, ...inputs });
  expect(step.status, step.log).toBe(0);
  const handed = readFileSync(step.outputs["evidence-path"] ?? "", "utf8");
  expect(handed.length).toBeLessThan(52_000);
  expect(handed.startsWith("An attempt at this task by ")).toBe(true);
  const fences = handed.split("\n").filter((line) => /^`{41,}/.test(line));
  expect(fences).toEqual([`${"`".repeat(41)}text`, "`".repeat(41)]);
  expect(handed).not.toContain(KEY);
  expect(handed).not.toContain(Buffer.from(KEY.slice(2, -3)).toString("base64").slice(2, -4));
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { ERROR_CODES } from "../../shared/contract/error-codes.ts";
import { type HostileAnswer, type HostileRequest, hostileRequests, sendHostile } from "./hostile-requests.ts";
import { START_MS } from "./patience.ts";
import { startTestHost, type TestHost } from "./start-test-host.ts";

const COUNT = 1_000;
const TIMEOUT_MS = 100_000;
const AT_ONCE = 8;
/** What only the inside knows: stacks, paths, SQL, library names. */
const INTERNALS =
  /\bat \S+:\d+|node_modules|workers\/|\.ts\b|sqlite|D1_ERROR|drizzle|zod|TypeError|SyntaxError|insert into|select \*/i;

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost({ env: { RATE_LIMIT_PER_MINUTE: "1000000" } });
}, START_MS);
afterAll(() => host.remove());

interface Sent {
  readonly request: HostileRequest;
  readonly answer: HostileAnswer;
}

async function sendAll(requests: readonly HostileRequest[]): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const waiting = [...requests];
  const work = async (): Promise<void> => {
    for (let request = waiting.shift(); request !== undefined; request = waiting.shift()) {
      sent.push({ request, answer: await sendHostile(new URL(host.url), request, TIMEOUT_MS) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return sent;
}

/** What is wrong with an answer; null when nothing is. */
function problemOf({ request, answer }: Sent): string | null {
  const told = `${request.method} ${request.path} (${request.note}) -> ${answer.status} ${answer.text.slice(0, 200)}`;
  if (answer.status >= 500) return `server error: ${told}`;
  if (answer.status < 400 || request.method === "HEAD") return null;
  if (!answer.contentType.startsWith("application/json")) return `not JSON: ${told}`;
  const { error, jsonrpc } = JSON.parse(answer.text);
  // What is JSON but no message of the protocol is answered in the protocol.
  const isRpc = request.path === "/mcp" && jsonrpc === "2.0" && Number.isInteger(error?.code);
  if ((!isRpc && !ERROR_CODES.includes(error?.code)) || typeof error.message !== "string")
    return `no error of ours: ${told}`;
  if (INTERNALS.test(error.message.replaceAll(/"(?:[^"\\]|\\.)*"/g, ""))) return `internals: ${told}`;
  return error.message.length > 400 ? `floods: ${told}` : null;
}

it("answers 1,000 malformed or hostile requests without a server error, a hang or a leak, and then works on", async () => {
  const sent = await sendAll(hostileRequests(COUNT, 20261121));
  expect(sent.map(problemOf).filter((problem) => problem !== null)).toEqual([]);
  expect(sent).toHaveLength(COUNT);
  const statuses = new Set(sent.map(({ answer }) => answer.status));
  for (const status of [200, 400, 401, 404, 405, 413, 415]) expect(statuses).toContain(status);
  const health = await fetch(`${host.url}/healthz`);
  expect(health.status).toBe(200);
}, 600_000);

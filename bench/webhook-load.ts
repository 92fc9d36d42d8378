import { createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import { quantile } from "../shared/base/stats.ts";
import { startTestHost } from "../tests/end-to-end/start-test-host.ts";

/**
 * POST /webhooks/github against the local host, one after the other and with 8 connections: each delivery a new issue (signature, delivery kept and
 * queued; classified and decided behind the answer), the same again (duplicates), and forged ones.
 */
const CONNECTIONS = 8;
const DELIVERIES = 600;
const ALONE = 200;
const WARM_UP = 50;
const SECRET = "a-secret-of-the-load-alone";
/** An ordinary payload of GitHub's is as long as this with all that it says of repository and sender. */
const PADDING = "x".repeat(12_000);

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

interface Answer {
  readonly ms: number;
  readonly code: number;
  readonly result: string;
}

const post = (url: URL, body: string, headers: Readonly<Record<string, string>>): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const length = { "content-length": String(Buffer.byteLength(body)) };
    const outgoing = request(url, { method: "POST", agent, headers: { ...headers, ...length } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.on("end", () => {
        const { data, error } = JSON.parse(text) as { data?: { result: string }; error?: { code: string } };
        resolve({
          ms: performance.now() - started,
          code: response.statusCode ?? 0,
          result: data?.result ?? error?.code ?? "",
        });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });

const bodyOf = (i: number): string =>
  JSON.stringify({
    action: "opened",
    issue: {
      number: i + 1,
      title: `Fix the crash when customer ${i} exports an invoice`,
      body: "Steps: open the list, choose export, see the stack trace.",
      user: { id: 1, login: "owner", type: "User" },
      author_association: "OWNER",
      updated_at: new Date().toISOString(),
    },
    repository: { full_name: "acme/shop", description: PADDING },
    sender: { id: 1, login: "owner", type: "User" },
  });

const sign = (body: string, secret: string): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

const headersOf = (i: number, signature: string): Readonly<Record<string, string>> => ({
  "content-type": "application/json",
  ...{ "x-github-event": "issues", "x-github-delivery": `load-${i}`, "x-hub-signature-256": signature },
});

interface Load {
  readonly from: number;
  readonly count: number;
  readonly connections: number;
}

async function drive(
  { from, count, connections }: Load,
  send: (i: number) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let next = from;
  const work = async (): Promise<void> => {
    while (next < from + count) {
      const i = next;
      next += 1;
      answers.push(await send(i));
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return answers;
}

function report(name: string, answers: readonly Answer[]): void {
  const times = answers.map(({ ms }) => ms);
  const counts = new Map<string, number>();
  for (const { code, result } of answers) counts.set(`${code} ${result}`, (counts.get(`${code} ${result}`) ?? 0) + 1);
  const told = [...counts].map(([what, count]) => `${count} x ${what}`).join(", ");
  const at = (q: number): string => quantile(times, q).toFixed(1);
  console.log(
    `${name}: ${answers.length} deliveries, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms (${told})`,
  );
}

/** How long after the last answer everything was carried out. */
async function reportLag(url: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const started = performance.now();
  for (;;) {
    const answer = await fetch(`${url}/api/webhooks/github`, { headers });
    const { data } = (await answer.json()) as { data: { waiting_deliveries_24h?: number } };
    if ((data.waiting_deliveries_24h ?? 0) === 0) break;
    await new Promise((go) => setTimeout(go, 50));
  }
  console.log(`  all carried out ${(performance.now() - started).toFixed(0)} ms after the last answer`);
}

const host = await startTestHost({ env: { RATE_LIMIT_PER_MINUTE: "off" } });
try {
  const settings = { repositories: ["acme/shop"], secrets: [SECRET] };
  const headers = { authorization: `Bearer ${host.key}`, "content-type": "application/json" };
  const saved = await fetch(`${host.url}/api/webhooks/github`, {
    method: "PUT",
    headers,
    body: JSON.stringify(settings),
  });
  const { data } = (await saved.json()) as { data: { path: string } };
  const url = new URL(data.path, host.url);
  const bodies = new Map<number, string>();
  const genuine = (i: number): Promise<Answer> => {
    const body = bodies.get(i) ?? bodyOf(i);
    bodies.set(i, body);
    return post(url, body, headersOf(i, sign(body, SECRET)));
  };
  const forged = (i: number): Promise<Answer> => {
    const body = bodyOf(i);
    return post(url, body, headersOf(i, sign(body, "some-other-secret-of-16")));
  };
  const [alone, together] = [
    { from: WARM_UP, count: ALONE, connections: 1 },
    { from: WARM_UP + ALONE, count: DELIVERIES, connections: CONNECTIONS },
  ];
  await drive({ from: 0, count: WARM_UP, connections: 1 }, genuine);
  await reportLag(host.url, headers);
  report("new issues, one after the other", await drive(alone, genuine));
  await reportLag(host.url, headers);
  report(`new issues, ${CONNECTIONS} at once`, await drive(together, genuine));
  await reportLag(host.url, headers);
  report(`the same again, ${CONNECTIONS} at once`, await drive(together, genuine));
  report(`forged, ${CONNECTIONS} at once`, await drive(together, forged));
} finally {
  agent.destroy();
  await host.remove();
}

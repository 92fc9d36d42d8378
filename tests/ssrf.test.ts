import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ModelCall } from "../shared/run/model-call.ts";
import { callModel } from "../workers/executor/call-model.ts";
import { fetchOutside } from "../workers/platform/egress.ts";
import type { EgressRules } from "../workers/platform/egress-rules.ts";
import { parseEndpoints, toAllowedHosts } from "../workers/platform/provider-endpoints.ts";
import { FAKE_KEY, fakeDeps } from "./fake-provider/fake-endpoints.ts";
import { hostileUrls, LISTED_HOST } from "./fake-provider/hostile-urls.ts";
import { type Canary, startCanary } from "./fake-provider/start-canary.ts";
import { type FakeProvider, startFakeProvider } from "./fake-provider/start-fake-provider.ts";
import { END, head } from "./fake-provider/timeline.ts";

let canary: Canary;
let provider: FakeProvider;
beforeAll(async () => {
  canary = await startCanary();
  provider = await startFakeProvider();
});
afterAll(async () => {
  await provider.close();
  await canary.close();
});

/** A name of the public internet is the deployment's own choice where it lists it; none of these resolves here. */
const isPublicName = (url: string): boolean =>
  /\.(me|io|test|com|example|xn--exmple-4nf)\.?$/.test(new URL(url).hostname);

/** Whatever is let through is really sent, so that the listener hears it. */
function watchedRules(allowedHosts: readonly string[], allowLoopbackHttp: boolean) {
  const sent: string[] = [];
  const rules: EgressRules = {
    ...{ allowedHosts, allowLoopbackHttp },
    fetch: (url, init) => {
      sent.push(url);
      return fetch(url, init);
    },
  };
  return { sent, rules };
}

const LIMITS = { timeoutMs: 30_000, limitBytes: 1_000 };
const toRequest = (url: string) => ({ url, method: "POST" as const, headers: {}, body: "{}", ...LIMITS });

describe("an address that leads inside", () => {
  test.each([
    ["where only a public host is listed", () => watchedRules([LISTED_HOST], false)],
    [
      "where somebody listed it by mistake",
      () => {
        const parsed = hostileUrls(canary.port).filter((url) => URL.canParse(url) && !isPublicName(url));
        return watchedRules([LISTED_HOST, ...parsed.map((url) => new URL(url).host)], false);
      },
    ],
    [
      "on a developer's machine that calls another port of itself",
      () => watchedRules([LISTED_HOST, new URL(provider.url).host], true),
    ],
  ])("is refused before a byte is sent, %s", async (_, make) => {
    const { sent, rules } = make();
    const urls = hostileUrls(canary.port);
    expect(new Set(urls).size).toBeGreaterThan(150);
    const kinds = new Set<string>();
    for (const url of urls) {
      const answer = await fetchOutside(toRequest(url), rules);
      kinds.add(answer.ok ? `answered ${url}` : answer.fault.kind);
    }
    expect({ sent, kinds: [...kinds], heard: canary.heard }).toEqual({
      ...{ sent: [], kinds: ["forbidden"] },
      heard: { connections: 0, bytes: 0 },
    });
  });

  test("gets no key and no prompt where it stands as an endpoint of a deployment", async () => {
    for (const url of hostileUrls(canary.port)) {
      const parsed = parseEndpoints(JSON.stringify([{ name: "openrouter", dialect: "openrouter", base_url: url }]));
      if (!parsed.ok || isPublicName(url)) continue;
      const { sent, rules } = watchedRules(toAllowedHosts(parsed.value), false);
      const base = fakeDeps(provider.url);
      const keyOf = () => ({ secret: FAKE_KEY, host: new URL(url).host });
      const call = {
        ...{ provider: "openrouter", model: "maker/m", effort: "default" as const, maxOutputTokens: 1 },
        ...{ messages: [], temperature: null, jsonSchema: null, timeoutMs: 200, idleMs: 100, byteCap: 1_000 },
      } satisfies ModelCall;
      const outcome = await callModel(call, { ...base, endpoints: parsed.value, keyOf, rules });
      expect({ url, failure: outcome.ok ? null : outcome.failure.class, sent }).toEqual({
        ...{ url, failure: "egress_refused", sent: [] },
      });
    }
    expect(canary.heard.connections).toBe(0);
  });
});

test.each([
  301, 302, 303, 307, 308,
])("a redirect %s of a listed host is not followed, wherever it leads", async (status) => {
  const { rules, sent } = watchedRules([new URL(provider.url).host, `127.0.0.1:${canary.port}`], true);
  for (const location of hostileUrls(canary.port)) {
    // What a header cannot carry is no redirect.
    if (!/^[\x20-\x7e]*$/.test(location)) continue;
    provider.script = () => [head(status, { location }), END];
    const answer = await fetchOutside(toRequest(`${provider.url}/openrouter/api/v1/chat/completions`), rules);
    expect(answer).toMatchObject({ ok: false, fault: { kind: "forbidden" } });
  }
  expect(new Set(sent)).toEqual(new Set([`${provider.url}/openrouter/api/v1/chat/completions`]));
  expect(canary.heard).toEqual({ connections: 0, bytes: 0 });
});

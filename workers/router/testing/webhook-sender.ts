/// <reference types="@cloudflare/vitest-plugin/types" />
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createHmac } from "node:crypto";
import type { DeliveryAnswer } from "../../../shared/contract/webhooks.ts";
import { unwrap } from "../../platform/testing/unwrap.ts";
import { type Env, toDeps } from "../env.ts";
import worker from "../index.ts";
import { workDelivery } from "../surfaces/webhooks/work-delivery.ts";
import { RUN_ENV, type RunCaller } from "./run-caller.ts";

export const SECRET = "a-secret-of-the-tests-alone";

/** Names of the messages that the doors sent. */
export const sentNames: string[] = [];
const metrics = { backlogCount: 0, backlogBytes: 0 };
const queueInto = (names: string[]): Env["RUN_QUEUE"] => ({
  metrics: async () => metrics,
  send: async () => ({ metadata: { metrics } }),
  sendBatch: async (batch) => {
    names.push(...[...batch].map(({ body }) => `${body.run_id}/${body.step_id}`));
    return { metadata: { metrics } };
  },
});

export interface Delivered {
  readonly code: number;
  readonly data: DeliveryAnswer | null;
  readonly error: string | null;
}

/** One request with these bytes, as they are; `kept` is what it put in the queue. */
export async function receive(
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>>,
): Promise<Delivered & { readonly kept: readonly string[] }> {
  const kept: string[] = [];
  const context = createExecutionContext();
  const request = new Request<unknown, IncomingRequestCfProperties>(`http://localhost${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  const response = await worker.fetch(request, { ...env, ...RUN_ENV, RUN_QUEUE: queueInto(kept) }, context);
  await waitOnExecutionContext(context);
  const { data, error }: { data?: DeliveryAnswer; error?: { code: string } } = await response.json();
  return { code: response.status, data: data ?? null, error: error?.code ?? null, kept };
}

/** What the executor has done when a delivery's message comes. */
export const carryOut = (token: string) =>
  workDelivery(
    token,
    toDeps({ ...env, ...RUN_ENV, RUN_QUEUE: queueInto(sentNames) }, () => undefined),
  );

/** The same, and what was kept of it carried out at once: the answer with what came of it. */
export async function deliver(...request: Parameters<typeof receive>): Promise<Delivered> {
  const { kept, ...answer } = await receive(...request);
  const token = kept.find((name) => name.endsWith("/delivery"))?.split("/")[0];
  if (token === undefined || answer.data === null) return answer;
  const effect = unwrap(await carryOut(token));
  if (effect === null) throw new Error("what was just kept is not there");
  const { ignored, decisionId: decision_id, runId: run_id } = effect;
  if (ignored === null) return { ...answer, data: { ...answer.data, decision_id, run_id } };
  return { ...answer, code: 200, data: { result: "ignored", reason: ignored, decision_id: null, run_id: null } };
}

export const signGithub = (body: string | Uint8Array, secret: string = SECRET): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

/** The three headers of Standard Webhooks. */
export function signStandard(body: string, { id, atMs, secret }: { id: string; atMs: number; secret: string }) {
  const timestamp = String(Math.floor(atMs / 1_000));
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}

let deliveries = 0;

export const nextDelivery = (): string => {
  deliveries += 1;
  return `delivery-${deliveries}`;
};

/** A GitHub hook of a tenant, and deliveries to it. */
export async function newHook(admin: RunCaller, settings: object = {}) {
  const body = { repositories: ["acme/shop"], secrets: [SECRET], ...settings };
  const saved = await admin.send({ method: "PUT", path: "/api/webhooks/github", body });
  const path: string = Object(saved.body).data?.path ?? "";
  if (saved.status !== 200) throw new Error(JSON.stringify(saved.body));
  return {
    path,
    send: (event: string, payload: unknown, delivery: string = nextDelivery()): Promise<Delivered> => {
      const text = JSON.stringify(payload);
      return deliver(path, text, {
        "x-github-event": event,
        "x-github-delivery": delivery,
        "x-hub-signature-256": signGithub(text),
      });
    },
  };
}

const OUTSIDER = { id: 900, login: "outsider", type: "User" };
export const OWNER = { id: 1, login: "owner", type: "User" };
export const MEMBER = { id: 2, login: "member", type: "User" };
export { OUTSIDER };

interface IssueParts {
  readonly number?: number;
  readonly title?: string;
  readonly body?: string;
  readonly user?: typeof OWNER;
  readonly author_association?: string;
  readonly state_reason?: string | null;
  readonly updated_at?: string;
}

/** Payloads of the shape that GitHub's have, cut down to more than is read of them. */
export const issueOf = ({ number = 1, ...parts }: IssueParts = {}) => ({
  ...{ id: 10_000 + number, number, state: "open", locked: false, labels: [], comments: 0 },
  ...{ title: "Fix the typo in README.md", body: "It says teh.", user: OWNER, author_association: "OWNER" },
  ...{ state_reason: null, updated_at: new Date().toISOString(), ...parts },
});

const repository = { id: 7, full_name: "Acme/Shop", private: false };

export const issuesEvent = (action: string, issue: ReturnType<typeof issueOf>, more: object = {}) => ({
  ...{ action, issue, repository, sender: issue.user ?? OWNER, ...more },
});

let comments = 0;

export const commentEvent = (
  body: string,
  issue: ReturnType<typeof issueOf>,
  by: { user?: typeof OWNER; author_association?: string } = {},
) => {
  const { user = MEMBER, author_association = "MEMBER" } = by;
  comments += 1;
  const comment = { id: comments, body, user, author_association, updated_at: new Date().toISOString() };
  return { action: "created", issue, comment, repository, sender: user };
};

interface PullParts {
  readonly number: number;
  readonly title?: string;
  readonly body?: string | null;
  readonly merged?: boolean;
  readonly user?: typeof OWNER;
  readonly author_association?: string;
  readonly merge_commit_sha?: string;
}

export const pullEvent = (pull: PullParts, sender: typeof OWNER = MEMBER) => ({
  action: "closed",
  pull_request: {
    ...{ title: "A change", body: null, merged: true, base: { ref: "main" }, updated_at: new Date().toISOString() },
    ...pull,
  },
  repository: { ...repository, default_branch: "main" },
  sender,
});

/** A push as GitHub tells of it: its times are in seconds. */
export const pushEvent = (messages: readonly string[], ref = "refs/heads/main") => ({
  ref,
  ...{ before: "0".repeat(40), after: "1".repeat(40), created: false, deleted: false, forced: false },
  repository: { ...repository, default_branch: "main", pushed_at: Math.floor(Date.now() / 1_000) },
  commits: messages.map((message, i) => ({ id: String(i), message, distinct: true })),
  sender: MEMBER,
});

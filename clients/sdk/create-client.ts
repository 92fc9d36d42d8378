import type { DecisionBody, VerdictAnswer, VerdictRequestBody } from "../../shared/contract/decisions.ts";
import type { RouteRequestBody } from "../../shared/contract/route.ts";
import type { RunBody, RunCreatedBody, RunResultBody } from "../../shared/contract/run-answers.ts";
import type { CreateRunBody } from "../../shared/contract/run-requests.ts";
import type { VerifierBody } from "../../shared/contract/verifiers.ts";
import type { Answer } from "./api-fault.ts";
import { type Limits, sendCall, type Transport } from "./send-call.ts";

export type ClassificationBody = DecisionBody["classification"];
export type ClassifyRequestBody = Pick<RouteRequestBody, "task"> & {
  readonly context?: Pick<NonNullable<RouteRequestBody["context"]>, "files" | "stack">;
};

export interface Client {
  classify(body: ClassifyRequestBody): Promise<Answer<ClassificationBody>>;
  /** Sent again only where that gives the same decision: not with `reroute`. */
  route(body: RouteRequestBody): Promise<Answer<DecisionBody>>;
  readDecision(id: string): Promise<Answer<DecisionBody>>;
  /** Sent again only where `attempt` is named, for then the same verdict twice is one. */
  giveVerdict(decisionId: string, body: VerdictRequestBody): Promise<Answer<VerdictAnswer>>;
  /** How good the verdicts of a repository's checks have been. Sent once: it is told beside something else. */
  listVerifiers(repository: string): Promise<Answer<readonly VerifierBody[]>>;
  /** Sent again only under an idempotency key. */
  createRun(body: CreateRunBody, idempotencyKey: string | null): Promise<Answer<RunCreatedBody>>;
  readRun(id: string): Promise<Answer<RunBody>>;
  readRunResult(id: string): Promise<Answer<RunResultBody>>;
}

export interface ClientOptions {
  /** Where the router listens, with or without a trailing `/api`. See `toApiUrl` for what is let through. */
  readonly apiUrl: string;
  /** null = without a key. */
  readonly apiKey: string | null;
  readonly userAgent: string;
  readonly transport: Transport;
  readonly limits?: Partial<Limits>;
}

const LIMITS: Limits = { timeoutMs: 30_000, maxTries: 4, maxWaitMs: 120_000 };

const LABELS = ["complexity.label", "task_type.label", "risk.label", "abstained_heads"];
const DECISION = [
  ...["id", "model", "effort", "provider", "driverKind", "mode", "rationale", "attempt", "state"],
  ...["expected.success", "expected.cost_usd", "gate.requires_approval", "mode_comparison"],
  ...["alternatives", "chain", "flags"],
  ...LABELS.map((path) => `classification.${path}`),
];
const COST = ["attempts_usd", "paid_attempts", "next_usd", "max_usd", "strongest_model", "strongest_usd"];
const VERDICT = ["status", "next", "reason", "ended_by", ...COST.map((name) => `cost.${name}`)];
const VERIFIERS = ["length"];
const CREATED = ["id", "status", "decision_id", "gate.requires_approval", "plan.steps", "mode", "cap_usd"];
const RUN = ["id", "status", "cost.spent_usd", "gate.requires_approval", "steps"];
const RESULT = ["id", "status", "output", "complete", "cost.spent_usd"];

/** A client of the HTTP API. It logs nothing, follows no redirect, and tries again only what does no harm twice. */
export function createClient({ apiUrl, apiKey, userAgent, transport, limits = {} }: ClientOptions): Client {
  const base = `${apiUrl.replace(/\/+$/, "").replace(/\/api$/, "")}/api`;
  const shared = {
    accept: "application/json",
    "user-agent": userAgent,
    ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
  };
  interface Asked {
    readonly path: string;
    readonly body?: unknown;
    readonly isRepeatable: boolean;
    readonly needs: readonly string[];
    readonly headers?: Readonly<Record<string, string>>;
  }
  // The contract says what the door answers with; `needs` is what of it is checked.
  const ask = async <T>({ path, body, isRepeatable, needs, headers = {} }: Asked): Promise<Answer<T>> => {
    const isPost = body !== undefined;
    const call = {
      method: isPost ? ("POST" as const) : ("GET" as const),
      url: `${base}${path}`,
      headers: { ...shared, ...(isPost ? { "content-type": "application/json" } : {}), ...headers },
      body: isPost ? JSON.stringify(body) : null,
      isRepeatable,
      needs,
    };
    return (await sendCall(call, transport, { ...LIMITS, ...limits })) as Answer<T>;
  };
  const at = (id: string): string => encodeURIComponent(id);
  return {
    classify: (body) => ask({ path: "/classify", body, isRepeatable: true, needs: LABELS }),
    route: (body) => ask({ path: "/route", body, isRepeatable: body.reroute !== true, needs: DECISION }),
    readDecision: (id) => ask({ path: `/decisions/${at(id)}`, isRepeatable: true, needs: DECISION }),
    giveVerdict: (id, body) =>
      ask({ path: `/decisions/${at(id)}/verdict`, body, isRepeatable: body.attempt !== undefined, needs: VERDICT }),
    listVerifiers: (repository) =>
      ask({ path: `/verifiers?repository=${at(repository)}`, isRepeatable: false, needs: VERIFIERS }),
    createRun: (body, key) =>
      ask({
        path: "/runs",
        body,
        isRepeatable: key !== null,
        needs: CREATED,
        headers: key === null ? {} : { "idempotency-key": key },
      }),
    readRun: (id) => ask({ path: `/runs/${at(id)}`, isRepeatable: true, needs: RUN }),
    readRunResult: (id) => ask({ path: `/runs/${at(id)}/result`, isRepeatable: true, needs: RESULT }),
  };
}

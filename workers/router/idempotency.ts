import { toCanonicalJson } from "../../shared/base/canonical-json.ts";
import { fail, ok, type Result } from "../../shared/base/result.ts";
import { parseWith } from "../../shared/contract/parse.ts";
import { idempotencyKeyField } from "../../shared/contract/run-requests.ts";
import type { RouterDeps } from "./deps.ts";
import type { Answer, HandlerInput } from "./handler.ts";
import type { KeyedRequest } from "./run-deps.ts";

/** The Idempotency-Key of a request; null where it has none. */
function readKey({ header }: HandlerInput): Result<string | null> {
  const text = header("idempotency-key");
  if (text === null) return ok(null);
  const key = parseWith(idempotencyKeyField, text);
  if (key.ok) return key;
  const message = "Cannot read Idempotency-Key: expected 1 to 255 visible ASCII characters";
  return fail({ kind: "invalid_param", field: "Idempotency-Key", message });
}

function toReplayed(body: string): Answer {
  const stored: unknown = JSON.parse(body);
  const data = typeof stored === "object" && stored !== null && "data" in stored ? stored.data : undefined;
  return { data, headers: { "idempotency-replayed": "true" } };
}

type Work = (request: KeyedRequest | null) => Promise<Result<Answer>>;

async function endUnlessDone(request: KeyedRequest, work: Work, deps: RouterDeps): Promise<Result<Answer>> {
  let isDone = false;
  try {
    const answer = await work(request);
    isDone = answer.ok;
    return answer;
  } finally {
    // Nothing stays of a request that was refused, or that a bug ended: the same key may try again.
    if (!isDone) await deps.endIdempotency(request);
  }
}

/**
 * Does `work` once for a key: its first answer is given again for a day. `work` stores that answer together with what it
 * did. Faults: conflict while the first request runs, key_reused for another body.
 */
export async function answerOnce(
  input: HandlerInput,
  { endpoint, body, work }: { readonly endpoint: string; readonly body: unknown; readonly work: Work },
  deps: RouterDeps,
): Promise<Result<Answer>> {
  const key = readKey(input);
  if (!key.ok) return key;
  if (key.value === null) return work(null);
  const { tenantId } = input.principal;
  const request = { tenantId, endpoint, key: key.value, token: deps.newId("idem") };
  const fingerprint = await deps.sha256Hex(toCanonicalJson(body));
  const begun = await deps.beginIdempotency({ ...request, fingerprint });
  if (!begun.ok) return begun;
  switch (begun.value.kind) {
    case "fresh":
      return endUnlessDone(request, work, deps);
    case "replay":
      return ok(toReplayed(begun.value.body));
    case "running":
      return fail({ kind: "conflict", message: "The first request with this Idempotency-Key is still running" });
    case "other_body":
      return fail({ kind: "key_reused", message: "This Idempotency-Key was used with another body" });
  }
}

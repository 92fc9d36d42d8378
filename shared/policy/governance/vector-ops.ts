import type { Json } from "../../base/canonical-json.ts";
import type { Result } from "../../base/result.ts";
import { checkDispatch } from "./check-dispatch.ts";
import { checkFrontmatter, pinnedRule } from "./check-frontmatter.ts";
import { checkPayload } from "./check-payload.ts";
import { capDispatch } from "./cost-tier.ts";
import { applyPatch, type PatchStep } from "./json-patch.ts";
import { requireApproval } from "./require-approval.ts";
import { resolveAgent } from "./resolve-agent.ts";
import { effectiveReviewTier, planReviewPipeline, planReviewTrigger, resolveReviewed } from "./review-tier.ts";
import { checkBudget, FAILURE_CLASSES, type FailureClass, routeFailure, throttle } from "./route-failure.ts";
import type { RoutingFile } from "./routing-file.ts";
import { parseRoutingFile, validateRouting } from "./validate-routing.ts";
import { readVectorInput, type VectorInput } from "./vector-input.ts";
import { pickVector, riskVector, tierVector } from "./vector-pick.ts";
import { walkFallbacks } from "./walk-fallbacks.ts";

type Op = (base: Json, input: Json) => unknown;
const MICRO_USD = 1_000_000;

/** The answer of a function, or its fault in the words of the vectors. */
function toAnswer<T>(result: Result<T>): unknown {
  if (result.ok) return result.value;
  return { ok: false, error: result.fault.kind === "not_found" ? `unknown_${result.fault.what}` : result.fault.kind };
}

/** An operation on the base file, which has to be valid. */
const onFile =
  (run: (file: RoutingFile, input: VectorInput) => unknown): Op =>
  (base, input) => {
    const file = parseRoutingFile(base);
    return file.ok ? run(file.value, readVectorInput(input)) : toAnswer(file);
  };
const alone =
  (run: (input: VectorInput) => unknown): Op =>
  (_, input) =>
    run(readVectorInput(input));

const validateFile: Op = (base, input) => {
  const { list, text } = readVectorInput(input);
  const patched = applyPatch(base, list("patch").filter(isPatchStep));
  if (!patched.ok) return toAnswer(patched);
  const check = text("check");
  const [first] = validateRouting(patched.value).filter((one) => check === undefined || one.check === check);
  return first === undefined ? { ok: true } : { ok: false, error: first.code, path: first.path };
};

const isPatchStep = (value: unknown): value is PatchStep =>
  typeof value === "object" && value !== null && "op" in value && "path" in value && typeof value.path === "string";
const isFailureClass = (value: unknown): value is FailureClass => FAILURE_CLASSES.some((one) => one === value);

function failure({ text, count, list, mode, flag, tier }: VectorInput): unknown {
  const named = text("classification");
  return routeFailure({
    classification: isFailureClass(named) ? named : null,
    attempt: count("attempt"),
    phaseRetries: count("phase_retry_count"),
    history: list("history").filter(isFailureClass),
    mode,
    tier: tier(),
    needsInput: flag("needs_input"),
    isAuditor: flag("auditor"),
  });
}

function budget({ record }: VectorInput): unknown {
  const caps = record("caps");
  const used = record("used");
  const costCap = caps.amount("cost_usd");
  return checkBudget(
    {
      tokens: caps.amount("token_cap"),
      wallClockS: caps.amount("wall_clock_s"),
      costMicroUsd: costCap === null ? null : Math.round(costCap * MICRO_USD),
    },
    {
      tokens: used.count("tokens"),
      wallClockS: used.count("wall_clock_s"),
      costMicroUsd: Math.round(used.count("cost_usd") * MICRO_USD),
    },
  );
}

function dispatch(file: RoutingFile, { text, list, record, risks, mode, has }: VectorInput): unknown {
  const [outer, payload] = [record("outer"), record("payload")];
  const named = (key: string, value: string | undefined) => (value === undefined ? {} : { [key]: value });
  return toAnswer(
    checkDispatch(file, {
      mode,
      tier: has("complexity_tier") ? (text("complexity_tier") ?? null) : undefined,
      risks: risks(),
      unavailable: list("unavailable").map(String),
      outer: { ...named("agentName", outer.text("agentName")), ...named("model", outer.text("model")) },
      payload: { ...named("mode", payload.text("runtime_model_mode")), ...named("model", payload.text("model")) },
    }),
  );
}

const pricedModel = (input: VectorInput, who: "main" | "sub") => ({
  model: input.text(`${who}_model`) ?? "",
  costTier: input.costTier(`${who}_cost_tier`),
});

function approval({ text }: VectorInput): unknown {
  const [action, riskLevel] = [text("action"), text("risk_level")];
  return requireApproval({
    ...(action === undefined ? {} : { action }),
    ...(riskLevel === undefined ? {} : { riskLevel }),
  });
}

/** What each operation of a file of vectors asks, over the public functions. */
export const VECTOR_OPS: Readonly<Record<string, Op>> = {
  validate_file: validateFile,
  resolve: onFile((file, input) => toAnswer(resolveAgent(file, input.query()))),
  review_model: onFile((file, input) => toAnswer(resolveReviewed(file, { ...input.query(), risks: input.risks() }))),
  fallback: onFile((file, input) =>
    toAnswer(
      walkFallbacks(file, {
        ...input.query(),
        risks: input.risks(),
        unavailable: input.list("unavailable").map(String),
        ...(input.has("model_unavailable_max") ? { maxFallbacks: input.count("model_unavailable_max") } : {}),
      }),
    ),
  ),
  dispatch: onFile(dispatch),
  pinned: onFile((file, { text }) => toAnswer(pinnedRule(file, text("agent_file") ?? ""))),
  frontmatter: onFile((file, { text }) => {
    const error = checkFrontmatter(file, { file: text("file") ?? "", frontmatter: text("frontmatter") ?? "" });
    return { ok: error === null, error };
  }),
  payload: alone(({ value }) => {
    const [first] = checkPayload(value("document"));
    return first === undefined ? { ok: true } : { ok: false, error: first.code, path: first.path };
  }),
  effective_review_tier: alone(({ tier, risks }) => {
    const asked = tier();
    return asked === null ? { ok: false, error: "unknown_tier" } : effectiveReviewTier(asked, risks());
  }),
  review_pipeline: alone(({ tier }) => {
    const asked = tier();
    return asked === null ? { ok: false, error: "unknown_tier" } : planReviewPipeline(asked);
  }),
  plan_review_trigger: alone(({ count, flag, risks }) =>
    planReviewTrigger({
      phaseCount: count("phase_count"),
      confidence: count("confidence"),
      destructive: flag("destructive"),
      risks: risks(),
    }),
  ),
  failure: alone(failure),
  throttle: alone(({ count, list }) => ({ parallelism: throttle(count("parallelism"), list("wave").map(String)) })),
  budget: alone(budget),
  approval: alone(approval),
  pick: onFile(pickVector),
  complexity_tier: alone(tierVector),
  risk_review: alone(riskVector),
  cost_cap: alone((input) => capDispatch(pricedModel(input, "main"), pricedModel(input, "sub"))),
};

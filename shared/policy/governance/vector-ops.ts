import type { Json } from "../../base/canonical-json.ts";
import type { Fault } from "../../base/fault.ts";
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
import { DISPATCH_MODES, isOneOf, isRecord, type RoutingFile } from "./routing-file.ts";
import { parseRoutingFile, validateRouting } from "./validate-routing.ts";
import { readVectorInput, type VectorInput } from "./vector-input.ts";
import { pickVector, riskVector, tierVector } from "./vector-pick.ts";
import { walkFallbacks } from "./walk-fallbacks.ts";

type Op = (base: Json, input: Json) => unknown;
const MICRO_USD = 1_000_000;

/** The answer of a function, or its fault in the words of the vectors. */
function toAnswer<T>(result: Result<T>): unknown {
  return result.ok ? result.value : { ok: false, error: toCode(result.fault) };
}

const toCode = (fault: Fault): string => (fault.kind === "not_found" ? `unknown_${fault.what}` : fault.kind);

/** An operation on the base file, which has to be valid. */
const onFile =
  (run: (file: RoutingFile, input: VectorInput) => unknown): Op =>
  (base, input) => {
    const file = parseRoutingFile(base);
    if (!file.ok) return toAnswer(file);
    const read = readVectorInput(input);
    const isMode = isOneOf(DISPATCH_MODES, read.value("mode") ?? read.mode);
    return isMode ? run(file.value, read) : { ok: false, error: "unknown_mode" };
  };
const alone =
  (run: (input: VectorInput) => unknown): Op =>
  (_, input) =>
    run(readVectorInput(input));

const validateFile: Op = (base, input) => {
  const { list, value } = readVectorInput(input);
  const steps = list("patch");
  if (!steps.every(isPatchStep)) throw new TypeError("a step of the patch has no op and path");
  const patched = applyPatch(base, steps);
  if (!patched.ok) return toAnswer(patched);
  const check = value("check") ?? "file";
  if (!isOneOf(CHECKS, check)) return { ok: false, error: "unknown_check" };
  // The floor is looked at where nothing else is wrong: what keeps it from being looked at is the answer to it.
  const isWhole = check === "file" || check === "tier_floor";
  const [first] = validateRouting(patched.value).filter((one) => isWhole || one.check === check);
  return first === undefined ? { ok: true } : { ok: false, error: first.code, path: first.path };
};

const CHECKS = ["file", "shape", "by_tier", "effort_hint", "role_index", "tier_floor"] as const;

const isPatchStep = (value: unknown): value is PatchStep =>
  isRecord(value) && typeof value.op === "string" && typeof value.path === "string";
const isFailureClass = (value: unknown): value is FailureClass => FAILURE_CLASSES.some((one) => one === value);

function failure({ value, text, count, list, mode, flag, tier }: VectorInput): unknown {
  const named = value("classification") ?? null;
  const history = list("history");
  if ((named !== null && !isFailureClass(named)) || !history.every(isFailureClass))
    return { ok: false, error: "unknown_classification" };
  return routeFailure({
    classification: named,
    attempt: count("attempt"),
    phaseRetries: count("phase_retry_count"),
    history,
    mode,
    tier: tier(),
    needsInput: flag("needs_input") || text("status") === "NEEDS_INPUT",
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

function dispatch(file: RoutingFile, { list, record, risks, mode, has, query }: VectorInput): unknown {
  const [outer, payload] = [record("outer"), record("payload")];
  const named = (key: string, value: string | undefined) => (value === undefined ? {} : { [key]: value });
  const verdict = checkDispatch(file, {
    mode,
    tier: has("complexity_tier") ? query().tier : undefined,
    risks: risks(),
    unavailable: list("unavailable").map(String),
    outer: { ...named("agentName", outer.text("agentName")), ...named("model", outer.text("model")) },
    payload: { ...named("mode", payload.text("runtime_model_mode")), ...named("model", payload.text("model")) },
  });
  return verdict.ok
    ? verdict.value
    : { accepted: false, violation: toCode(verdict.fault), error: toCode(verdict.fault) };
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

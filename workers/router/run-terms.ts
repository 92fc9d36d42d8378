import { encodeUtf8 } from "../../shared/base/utf8.ts";
import { toMicroUsd } from "../../shared/contract/fields.ts";
import type { CreateRunBody } from "../../shared/contract/run-requests.ts";
import type { Gate } from "../../shared/policy/decision.ts";
import { type Policy, RETENTION_DAYS } from "../../shared/policy/policy.ts";
import type { Plan } from "../../shared/run/job.ts";
import { toPartRoles } from "../../shared/run/plan/part-roles.ts";
import { toUnreached } from "../../shared/run/plan/reach-plan.ts";
import { RUN_LIMITS } from "../../shared/run/run-limits.ts";
import type { RunSettings, RunTexts } from "../platform/d1/run-row.ts";
import type { PlanFacts } from "./draw-plan.ts";
import { toPlanningWarning } from "./planning.ts";
import { toText } from "./run-command.ts";
import type { Reach } from "./run-reach.ts";

const DAY_MS = 86_400_000;

/** Rates of a check outside; null until both are measured. */
const toRates = ({ measured }: Reach): RunSettings["verifierRates"] =>
  measured === null || measured.tpr === null || measured.tnr === null ? null : { tpr: measured.tpr, tnr: measured.tnr };

/** What a run is held to from its start to its end. */
export const toSettings = (
  body: CreateRunBody,
  { record, reach, planning, gate }: PlanFacts & { readonly gate: Gate },
  policy: Policy,
): RunSettings => ({
  mergeStyle: body.merge?.style ?? "concise",
  verifierRates: toRates(reach),
  taskType: record.classification.task_type.label,
  firstAttempt: record.attempt,
  retentionMs: (policy.runs?.retentionDays ?? RETENTION_DAYS) * DAY_MS,
  storeText: policy.storePromptText,
  stepTimeoutMs: RUN_LIMITS.stepTimeoutMs,
  runTimeoutMs: RUN_LIMITS.runTimeoutMs,
  ...(gate.requiresApproval ? { gateReason: gate.reason } : {}),
  ...(planning === null ? {} : { planning: planning.facts }),
});

/** Everything in words that a run keeps sealed. */
export const toTexts = (body: CreateRunBody, { parts, planning }: PlanFacts, role: string): RunTexts => ({
  task: toText(body),
  role,
  parts: Object.fromEntries(parts.map(({ id, text }) => [id, text])),
  roles: toPartRoles(parts, body.role ?? {}),
  callback: body.callback_url === undefined ? null : { url: body.callback_url },
  ...(planning === null ? {} : { planning: planning.words }),
});

/** UTF-8 bytes of the longest role text that a call of the run is given. */
export const toRoleBytes = ({ role, roles = {} }: RunTexts): number =>
  Math.max(...[role, ...Object.values(roles)].map((text) => encodeUtf8(text).length));

/** Its own cap by the request, else the policy; those it shares by the policy. */
export const toCaps = ({ max_usd: usd }: CreateRunBody, { runs }: Policy) => ({
  capMicroUsd: usd === undefined ? (runs?.capMicroUsd ?? RUN_LIMITS.capMicroUsd) : toMicroUsd(usd),
  keyCapMicroUsd: runs?.keyCapMicroUsd ?? null,
  dayCapMicroUsd: runs?.dayCapMicroUsd ?? null,
});

/** What a caller should know before it starts. */
export const toWarnings = (plan: Plan, { reach, planning }: PlanFacts, { capMicroUsd }: ReturnType<typeof toCaps>) => [
  ...toUnreached(plan, reach).map((name) => `No key for ${name}.`),
  ...(planning === null ? [] : [toPlanningWarning(capMicroUsd)]),
];

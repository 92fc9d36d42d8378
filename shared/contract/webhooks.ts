import * as z from "zod";
import { modeField, presetField, REPOSITORIES_PATTERN, taskField, taskIdField, usdField } from "./fields.ts";
import { contextSchema } from "./route.ts";
import { capField } from "./run-requests.ts";

/** Who may start runs and give commands; GitHub says of every issue and comment what its author is to the repository. */
const TRUSTED_ASSOCIATIONS = ["OWNER", "MEMBER", "COLLABORATOR"] as const;

/** `owner/name`, or `owner/*` for all of an owner's. GitHub's names are ASCII. */
const repositoryField = z.string().regex(REPOSITORIES_PATTERN, { error: "expected owner/name or owner/*" });

/** GitHub allows 50 characters in a label; the longest that stands behind the prefix has 23 (`complexity:`, a word). */
const prefixField = z
  .string()
  .min(1)
  .max(24)
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._/:-]*$/, { error: "expected a prefix such as spawnpoint/" });

const secretField = z
  .string()
  .regex(/^[\x21-\x7e]{16,200}$/, { error: "expected 16 to 200 visible ASCII characters without spaces" });

/** 24 to 64 bytes in base64, as Standard Webhooks wants them. */
const standardSecretField = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, { error: "expected whsec_ and 24 to 64 bytes in base64" });

const secretsOf = (field: z.ZodType<string>) => z.array(field).min(1).max(5);
const loginField = z
  .string()
  .max(60)
  .regex(/^[A-Za-z0-9_-]+(\[bot\])?$/, { error: "expected a login" });

/** What one repository may start in a day (UTC); `max_usd` caps each run and is counted whole when the run is accepted. */
const runsSchema = z.strictObject({
  on: z.boolean(),
  per_day: z.int().min(1).max(1_000).default(5),
  usd_per_day: usdField.default(10),
  max_usd: capField.default(1),
  mode: modeField.optional(),
});

const appSchema = z.strictObject({
  app_id: z.int().min(1),
  installation_id: z.int().min(1),
  private_key: z
    .string()
    .max(10_000)
    .regex(/-----BEGIN (RSA )?PRIVATE KEY-----/, { error: "expected the PEM text that GitHub made" }),
});

/** Whether a label is one of ours; to GitHub a name is the same in any case. */
export const isOwnLabel = (name: string, prefix: string): boolean =>
  name.toLowerCase().startsWith(prefix.toLowerCase());

const shownGithub = {
  repositories: z.array(repositoryField).min(1).max(100),
  /** `opened`: every new or reopened issue; `label`: an issue that is given this label. */
  trigger: z
    .strictObject({ opened: z.boolean().default(true), label: z.string().min(1).max(50).nullable().default(null) })
    .default({ opened: true, label: null }),
  labels: z
    .strictObject({ on: z.boolean(), prefix: prefixField.default("spawnpoint/") })
    .default({ on: false, prefix: "spawnpoint/" }),
  comment: z.boolean().default(false),
  runs: runsSchema.default({ on: false, per_day: 5, usd_per_day: 10, max_usd: 1 }),
  may_trigger: z
    .array(z.enum(TRUSTED_ASSOCIATIONS))
    .min(1)
    .default([...TRUSTED_ASSOCIATIONS]),
  /** Login of the account that the token belongs to, where it is nobody's own: what it does is not taken as an event. */
  own_login: loginField.nullable().default(null),
} as const;

/** What of a GitHub hook is stored in the clear. */
export const githubSettingsSchema = z.strictObject(shownGithub);
export type GithubSettings = z.output<typeof githubSettingsSchema>;

/** PUT /api/webhooks/github. Secrets and credentials that are left out stay as they are; they are never answered back. */
export const githubHookSchema = z
  .strictObject({
    ...shownGithub,
    secrets: secretsOf(secretField).optional(),
    token: secretField.optional(),
    app: appSchema.optional(),
  })
  .refine(({ token, app }) => token === undefined || app === undefined, {
    error: "expected a token or an app, not both",
    path: ["app"],
  })
  .refine(({ trigger, labels }) => trigger.label === null || !isOwnLabel(trigger.label, labels.prefix), {
    error: "expected a label that does not begin with the prefix of our own",
    path: ["trigger", "label"],
  });
export type GithubHookBody = z.output<typeof githubHookSchema>;

export const standardSettingsSchema = z.strictObject({ runs: shownGithub.runs });
export type StandardSettings = z.output<typeof standardSettingsSchema>;

/** PUT /api/webhooks/standard */
export const standardHookSchema = z.strictObject({
  runs: shownGithub.runs,
  secrets: secretsOf(standardSecretField).optional(),
});

/** The body of POST /webhooks/standard. */
export const standardTaskSchema = z.strictObject({
  task: taskField,
  task_id: taskIdField.optional(),
  context: contextSchema.optional(),
  preset: presetField.optional(),
  /** Ask for a run too, where the hook's configuration allows runs. */
  run: z.boolean().optional(),
});
export type StandardTask = z.output<typeof standardTaskSchema>;

/** The delivery's address carries the id of the hook; the signature alone says whether it is genuine. */
export const hookQuerySchema = z.strictObject({ hook: z.string().min(1).max(100) });

const DELIVERY_RESULTS = ["accepted", "duplicate", "ignored"] as const;

const IGNORED_REASONS = [
  "event",
  "action",
  "repository",
  "own_event",
  "stale",
  "no_trigger",
  "no_command",
  "not_allowed",
  "unknown_issue",
  "ping",
] as const;
export type IgnoredReason = (typeof IGNORED_REASONS)[number];

/** What became of a delivery, as its sender is told. GitHub's are decided after the answer, so no decision is known then. */
export const deliveryAnswerSchema = z.object({
  result: z.enum(DELIVERY_RESULTS),
  reason: z.enum(IGNORED_REASONS).nullable(),
  decision_id: z.string().nullable(),
  run_id: z.string().nullable(),
});
export type DeliveryAnswer = z.output<typeof deliveryAnswerSchema>;

/** Why a tracker could not be brought up to date. */
export const TRACKER_FAILURES = [
  "auth",
  "forbidden",
  "not_found",
  "moved",
  "invalid",
  "unavailable",
  "rate_limited",
  "no_credential",
  "dead_letter",
] as const;
export type TrackerFailure = (typeof TRACKER_FAILURES)[number];

const threadSchema = z.object({
  repository: z.string(),
  number: z.int(),
  decision_id: z.string().nullable(),
  run_id: z.string().nullable(),
  failure: z.enum(TRACKER_FAILURES).nullable(),
  /** What to do about the failure, or when an issue that waits is tried again. */
  hint: z.string().nullable(),
  pending: z.boolean(),
  updated_at: z.string(),
});

const shownSecret = z.object({ last4: z.string() });

/** GET /api/webhooks/:kind: the configuration without its secrets, and how it fares. */
export const hookStatusSchema = z.object({
  configured: z.boolean(),
  hook_id: z.string().nullable(),
  /** Path to give the sender, behind this deployment's own address. */
  path: z.string().nullable(),
  settings: z.union([githubSettingsSchema, standardSettingsSchema]).nullable(),
  secrets: z.array(shownSecret),
  credential: z.object({ kind: z.enum(["token", "app"]), last4: z.string() }).nullable(),
  updated_at: z.string().nullable(),
  /** Of the last 24 hours, accepted ones alone: what is refused or ignored leaves nothing behind. */
  deliveries_24h: z.int(),
  /** Those of them that are still to be done. */
  waiting_deliveries_24h: z.int(),
  /** Those of them that could not be carried out: they are taken again when GitHub delivers them again. */
  failed_deliveries_24h: z.int(),
  /** Issues that wait for the tracker, or that it refused; newest first, 20 at most. */
  open_threads: z.array(threadSchema),
});
export type HookStatus = z.output<typeof hookStatusSchema>;

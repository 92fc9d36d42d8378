import * as z from "zod";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import {
  type GithubHookBody,
  githubHookSchema,
  type HookStatus,
  standardHookSchema,
  TRACKER_FAILURES,
  type TrackerFailure,
} from "../../../shared/contract/webhooks.ts";
import { parseStoredJson } from "../../platform/d1/parse-stored.ts";
import type { ThreadRow } from "../../platform/d1/tracker-threads-store.ts";
import type { HookKind } from "../../platform/d1/webhook-hooks-store.ts";
import type { HookSecrets, OpenHook, TrackerCredential } from "../../platform/webhook-hook.ts";
import type { RouterDeps } from "../deps.ts";
import type { Answer, Handler, HandlerInput } from "../handler.ts";

const shownSchema = z.object({
  secrets: z.array(z.object({ last4: z.string() })),
  credential: z.object({ kind: z.enum(["token", "app"]), last4: z.string() }).nullable(),
});

const isFailure = (text: string): text is TrackerFailure => TRACKER_FAILURES.some((known) => known === text);

const HINTS: Readonly<Record<TrackerFailure, string>> = {
  auth: "GitHub does not know the credential: save a new token or key.",
  forbidden: "The credential may not write here: it needs Issues: read and write on this repository.",
  not_found: "The credential does not see the issue: add the repository to it; a deleted issue stays here.",
  moved: "The repository was renamed or the issue moved: list the repository under its new name.",
  invalid: "GitHub did not take labels or comment: see whether the repository allows both.",
  unavailable: "GitHub was not reached for hours: save the hook anew to try again.",
  rate_limited: "The credential's hourly limit is used up by others: save the hook anew later.",
  no_credential: "The hook has no credential that opens: save a token or an app.",
  dead_letter: "The queue gave this up: save the hook anew to try again.",
};

/** Of an issue that waits for another try; null = the first one is still to come, or under way. */
const toRetryHint = ({ notBeforeMs }: ThreadRow): string | null =>
  notBeforeMs === 0
    ? null
    : `GitHub was not reached, or limits its calls: it is tried again after ${new Date(notBeforeMs).toISOString()}.`;

function toThreadBody(row: ThreadRow): HookStatus["open_threads"][number] {
  const failure = row.failure !== null && isFailure(row.failure) ? row.failure : null;
  return {
    repository: row.repository,
    number: row.number,
    decision_id: row.decisionId,
    run_id: row.runId,
    ...{ failure, hint: failure === null ? toRetryHint(row) : HINTS[failure], pending: row.failure === null },
    updated_at: new Date(row.updatedAtMs).toISOString(),
  };
}

const NOT_CONFIGURED: HookStatus = {
  ...{ configured: false, hook_id: null, path: null, settings: null, secrets: [], credential: null, updated_at: null },
  ...{ deliveries_24h: 0, waiting_deliveries_24h: 0, failed_deliveries_24h: 0, open_threads: [] },
};

async function answerHook(tenantId: string, kind: HookKind, deps: RouterDeps): Promise<Result<Answer>> {
  const found = await deps.readHookOfTenant(tenantId, kind);
  if (!found.ok) return found;
  if (found.value === null) return ok({ data: NOT_CONFIGURED });
  const { row, hook } = found.value;
  const shown = parseStoredJson(shownSchema, `shown parts of hook ${row.id}`, row.shown);
  if (!shown.ok) return shown;
  const [deliveries, threads] = await Promise.all([deps.countDeliveries(row.id), deps.listOpenThreads(row.id)]);
  if (!deliveries.ok) return deliveries;
  if (!threads.ok) return threads;
  const data: HookStatus = {
    ...{ configured: true, hook_id: row.id, path: `/webhooks/${kind}?hook=${row.id}`, settings: hook.settings },
    ...shown.value,
    updated_at: new Date(row.savedAtMs).toISOString(),
    deliveries_24h: deliveries.value.taken,
    ...{ waiting_deliveries_24h: deliveries.value.waiting, failed_deliveries_24h: deliveries.value.failed },
    open_threads: threads.value.map(toThreadBody),
  };
  return ok({ data });
}

const missing = (field: string, why: string) =>
  fail({ kind: "missing_param", field, message: `Field ${field} is missing: ${why}` });

function toCredential({ token, app }: GithubHookBody, before: OpenHook | null): TrackerCredential | null {
  if (token !== undefined) return { kind: "token", token };
  if (app === undefined) return before?.credential ?? null;
  return { kind: "app", appId: app.app_id, installationId: app.installation_id, privateKey: app.private_key };
}

/** What is wanted of the fields whose values are not to be quoted. */
const WANTED = new Map([
  [
    "secrets",
    "a list of up to five texts: for GitHub of 16 to 200 visible ASCII characters, for Standard Webhooks whsec_…",
  ],
  ["token", "16 to 200 visible ASCII characters, and no app beside it"],
  ["app", "app_id, installation_id and private_key, and no other field"],
]);

/** A parser's message quotes what it could not read, which here may be a secret. */
function withoutQuote<T>(parsed: Result<T>): Result<T> {
  if (parsed.ok || parsed.fault.kind !== "invalid_param") return parsed;
  const { field } = parsed.fault;
  const wanted = WANTED.get(field.split(".")[0] ?? "");
  if (wanted === undefined) return parsed;
  const message = `Cannot read ${field}: expected ${wanted}`;
  return fail({ kind: "invalid_param", field, message });
}

interface Parsed {
  readonly settings: unknown;
  readonly given: readonly string[] | undefined;
  readonly toCredential: (before: OpenHook | null) => TrackerCredential | null;
  readonly needsCredential: boolean;
}

function parseGithub(body: unknown): Result<Parsed> {
  const parsed = withoutQuote(parseWith(githubHookSchema, body));
  if (!parsed.ok) return parsed;
  const { secrets, token: _, app: __, ...settings } = parsed.value;
  return ok({
    settings,
    given: secrets,
    toCredential: (before) => toCredential(parsed.value, before),
    needsCredential: settings.labels.on || settings.comment,
  });
}

function parseStandard(body: unknown): Result<Parsed> {
  const parsed = withoutQuote(parseWith(standardHookSchema, body));
  if (!parsed.ok) return parsed;
  const { secrets, ...settings } = parsed.value;
  return ok({ settings, given: secrets, toCredential: () => null, needsCredential: false });
}

async function putHook(
  { principal, body }: HandlerInput,
  { kind, parse }: { readonly kind: HookKind; readonly parse: (body: unknown) => Result<Parsed> },
  deps: RouterDeps,
): Promise<Result<Answer>> {
  const parsed = parse(body);
  if (!parsed.ok) return parsed;
  const { settings, given, needsCredential } = parsed.value;
  const { tenantId, keyId } = principal;
  const found = await deps.readHookOfTenant(tenantId, kind);
  if (!found.ok) return found;
  const before = found.value?.hook ?? null;
  const secrets: HookSecrets = {
    secrets: [...(given ?? before?.secrets ?? [])],
    credential: parsed.value.toCredential(before),
  };
  if (secrets.secrets.length === 0) return missing("secrets", "a new hook needs one");
  if (needsCredential && secrets.credential === null) return missing("token", "labels and comments need it, or an app");
  const id = before?.id ?? deps.newId("whk");
  const saved = await deps.saveHook({ id, tenantId, kind, settings, secrets, savedBy: keyId ?? "anonymous" });
  return saved.ok ? answerHook(tenantId, kind, deps) : saved;
}

async function removeHook(tenantId: string, kind: HookKind, deps: RouterDeps): Promise<Result<Answer>> {
  const found = await deps.readHookOfTenant(tenantId, kind);
  if (!found.ok) return found;
  const gone = found.value === null ? ok(undefined) : await deps.deleteHook(found.value.row.id);
  return gone.ok ? ok({ data: NOT_CONFIGURED }) : gone;
}

/** /api/webhooks/github */
export const getGithubHook: Handler = ({ principal }, deps) => answerHook(principal.tenantId, "github", deps);
export const putGithubHook: Handler = (input, deps) => putHook(input, { kind: "github", parse: parseGithub }, deps);
export const deleteGithubHook: Handler = ({ principal }, deps) => removeHook(principal.tenantId, "github", deps);

/** /api/webhooks/standard */
export const getStandardHook: Handler = ({ principal }, deps) => answerHook(principal.tenantId, "standard", deps);
export const putStandardHook: Handler = (input, deps) =>
  putHook(input, { kind: "standard", parse: parseStandard }, deps);
export const deleteStandardHook: Handler = ({ principal }, deps) => removeHook(principal.tenantId, "standard", deps);

import githubAppJwt from "universal-github-app-jwt";
import * as z from "zod";
import { toDetail } from "../../../shared/base/fault.ts";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { TrackerFailure } from "../../../shared/contract/webhooks.ts";
import type { Db } from "../../platform/d1/open-db.ts";
import { type HookRow, readHook, saveInstallationToken } from "../../platform/d1/webhook-hooks-store.ts";
import type { EgressRules } from "../../platform/egress-rules.ts";
import { log } from "../../platform/log.ts";
import type { Sealer } from "../../platform/seal.ts";
import { openHook, type TrackerCredential } from "../../platform/webhook-hook.ts";
import { type GithubAccess, readGithub } from "./call-github.ts";
import { toPkcs8 } from "./to-pkcs8.ts";

export interface TrackerParts {
  readonly db: Db;
  readonly sealer: Sealer | null;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly rules: EgressRules;
  readonly nowMs: () => number;
}

export type Access =
  | { readonly ok: true; readonly access: GithubAccess }
  | { readonly ok: false; readonly failure: TrackerFailure; readonly waitMs: number | null };

const refused = (failure: TrackerFailure, waitMs: number | null = null): Access => ({ ok: false, failure, waitMs });

/** A token that ends while it is used would be a refusal for nothing. */
const SPARE_MS = 300_000;
const tokenSchema = z.object({ token: z.string(), expires_at: z.iso.datetime() });

type App = Extract<TrackerCredential, { readonly kind: "app" }>;

/** The app's own word for itself; null where its key cannot be read. */
async function signAsApp({ appId, privateKey }: App, nowMs: number): Promise<string | null> {
  try {
    const { token } = await githubAppJwt({
      id: appId,
      privateKey: toPkcs8(privateKey),
      now: Math.floor(nowMs / 1_000),
    });
    return token;
  } catch {
    return null;
  }
}

/** The token of last time while it serves. One that cannot be opened is as good as none. */
async function readHeldToken(
  { installationToken, tokenExpiresAtMs, id }: HookRow,
  parts: TrackerParts,
): Promise<string | null> {
  if (installationToken === null || parts.sealer === null) return null;
  if ((tokenExpiresAtMs ?? 0) <= parts.nowMs() + SPARE_MS) return null;
  const opened = await parts.sealer.open({ purpose: "installation_token", id, sealed: installationToken });
  return opened.ok ? opened.value : null;
}

async function holdToken(
  row: HookRow,
  { token, expires_at }: z.output<typeof tokenSchema>,
  { db, sealer }: TrackerParts,
): Promise<void> {
  if (sealer === null) return;
  const sealed = await sealer.seal({ purpose: "installation_token", id: row.id, text: token });
  const { id, savedAtMs } = row;
  const held = await saveInstallationToken(db, { id, savedAtMs, sealed, expiresAtMs: Date.parse(expires_at) });
  // Without it the next call asks for another.
  if (!held.ok) log({ level: "warn", event: "installation_token_not_held", detail: toDetail(held.fault) });
}

async function takeAppToken(app: App, row: HookRow, parts: TrackerParts): Promise<Access> {
  const { baseUrl, rules, nowMs } = parts;
  const held = await readHeldToken(row, parts);
  if (held !== null) return { ok: true, access: { baseUrl, rules, nowMs, token: held } };
  const jwt = await signAsApp(app, nowMs());
  if (jwt === null) return refused("auth");
  const call = { method: "POST", path: `/app/installations/${app.installationId}/access_tokens`, body: {} } as const;
  const answer = await readGithub(call, tokenSchema, { baseUrl, rules, nowMs, token: jwt });
  if (!answer.ok) return answer;
  await holdToken(row, answer.value, parts);
  return { ok: true, access: { baseUrl, rules, nowMs, token: answer.value.token } };
}

/** As whom a hook calls its tracker: its token, or its app's for this hour. Faults: unavailable, malformed_data. */
export async function openAccess(hookId: string, parts: TrackerParts): Promise<Result<Access>> {
  const row = await readHook(parts.db, { id: hookId });
  if (!row.ok) return row;
  if (row.value === null || parts.sealer === null) return ok(refused("no_credential"));
  const hook = await openHook(parts.sealer, row.value);
  if (!hook.ok) return hook;
  const { credential } = hook.value;
  if (credential === null) return ok(refused("no_credential"));
  const { baseUrl, rules, nowMs } = parts;
  if (credential.kind === "token") return ok({ ok: true, access: { baseUrl, rules, nowMs, token: credential.token } });
  return ok(await takeAppToken(credential, row.value, parts));
}

/** Forgets an app's token that GitHub no longer takes, so that the next try asks for another. Fault: unavailable. */
export async function dropAccess(hookId: string, { db }: TrackerParts): Promise<Result<boolean>> {
  const row = await readHook(db, { id: hookId });
  if (!row.ok) return row;
  if (row.value === null || row.value.installationToken === null) return ok(false);
  const { id, savedAtMs } = row.value;
  const dropped = await saveInstallationToken(db, { id, savedAtMs, sealed: null, expiresAtMs: null });
  return dropped.ok ? ok(true) : dropped;
}

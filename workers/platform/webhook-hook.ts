import * as z from "zod";
import { fail, ok, type Result } from "../../shared/base/result.ts";
import {
  type GithubSettings,
  githubSettingsSchema,
  type StandardSettings,
  standardSettingsSchema,
} from "../../shared/contract/webhooks.ts";
import { parseStoredJson } from "./d1/parse-stored.ts";
import type { HookKind, HookRow } from "./d1/webhook-hooks-store.ts";
import type { Sealer } from "./seal.ts";

const credentialSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("token"), token: z.string() }),
  z.object({ kind: z.literal("app"), appId: z.int(), installationId: z.int(), privateKey: z.string() }),
]);
/** How the tracker is called. */
export type TrackerCredential = z.output<typeof credentialSchema>;

const sealedSchema = z.object({ secrets: z.array(z.string()), credential: credentialSchema.nullable() });
/** What of a hook is sealed. */
export type HookSecrets = z.output<typeof sealedSchema>;

interface OfHook extends HookSecrets {
  readonly id: string;
  readonly tenantId: string;
  readonly savedAtMs: number;
}

export interface GithubHook extends OfHook {
  readonly kind: "github";
  readonly settings: GithubSettings;
}

export interface StandardHook extends OfHook {
  readonly kind: "standard";
  readonly settings: StandardSettings;
}

export type OpenHook = GithubHook | StandardHook;

/** Sealed under the hook's id, so that one hook's secrets do not open as another's. */
export const sealHook = (sealer: Sealer, id: string, secrets: HookSecrets): Promise<string> =>
  sealer.seal({ purpose: "webhook", id, text: JSON.stringify(secrets) });

const isKind = (kind: string): kind is HookKind => kind === "github" || kind === "standard";

/** A stored hook with its secrets in the clear. Fault: malformed_data. */
export async function openHook(sealer: Sealer, row: HookRow): Promise<Result<OpenHook>> {
  const { id, tenantId, kind, savedAtMs } = row;
  const text = await sealer.open({ purpose: "webhook", id, sealed: row.sealed });
  if (!text.ok) return text;
  const secrets = parseStoredJson(sealedSchema, `secrets of hook ${id}`, text.value);
  if (!secrets.ok) return secrets;
  if (!isKind(kind)) return fail({ kind: "malformed_data", what: `hook ${id}`, detail: "kind" });
  const base = { id, tenantId, savedAtMs, ...secrets.value };
  if (kind === "github") {
    const settings = parseStoredJson(githubSettingsSchema, `settings of hook ${id}`, row.settings);
    return settings.ok ? ok({ ...base, kind, settings: settings.value }) : settings;
  }
  const settings = parseStoredJson(standardSettingsSchema, `settings of hook ${id}`, row.settings);
  return settings.ok ? ok({ ...base, kind, settings: settings.value }) : settings;
}

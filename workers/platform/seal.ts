import { fail, ok, type Result } from "../../shared/base/result.ts";

/** What a text is sealed as; each purpose has a key of its own, so that one kind cannot be passed off as another. */
export type SealPurpose = "run_texts" | "artifact" | "provider_key" | "webhook" | "delivery" | "installation_token";

interface Sealing {
  readonly purpose: SealPurpose;
  /** What it belongs to; bound in, so that a sealed text moved to another row does not open. */
  readonly id: string;
}

/** Seals texts at rest under the deployment's master secret: AES-256-GCM, a fresh nonce each time, base64. */
export interface Sealer {
  readonly seal: (input: Sealing & { readonly text: string }) => Promise<string>;
  /** Fault: malformed_data for anything that was not sealed so. */
  readonly open: (input: Sealing & { readonly sealed: string }) => Promise<Result<string>>;
}

/** Less could be guessed. */
export const MASTER_SECRET_CHARS = 32;

const NONCE_BYTES = 12;
/** Arguments of String.fromCharCode() at once, well under every engine's limit. */
const CHUNK = 8_192;
const encoder = new TextEncoder();

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(binary);
}

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
};

async function deriveBits(masterSecret: string, info: string): Promise<ArrayBuffer> {
  const base = await crypto.subtle.importKey("raw", encoder.encode(masterSecret), "HKDF", false, ["deriveBits"]);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: encoder.encode(info) };
  return crypto.subtle.deriveBits(algorithm, base, 256);
}

async function toKey(masterSecret: string, purpose: SealPurpose): Promise<CryptoKey> {
  const bits = await deriveBits(masterSecret, `spawnpoint seal ${purpose}`);
  return crypto.subtle.importKey("raw", bits, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** Throws on a secret that is too short: whoever bound it has to look first. */
export function makeSealer(masterSecret: string): Sealer {
  if (masterSecret.length < MASTER_SECRET_CHARS) throw new RangeError("the master secret is too short");
  const algorithm = (id: string, iv: Uint8Array<ArrayBuffer>) => ({
    name: "AES-GCM",
    iv,
    additionalData: encoder.encode(id),
  });
  return {
    seal: async ({ purpose, id, text }) => {
      const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const key = await toKey(masterSecret, purpose);
      const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm(id, iv), key, encoder.encode(text)));
      const whole = new Uint8Array(NONCE_BYTES + sealed.length);
      whole.set(iv);
      whole.set(sealed, NONCE_BYTES);
      return toBase64(whole);
    },
    open: async ({ purpose, id, sealed }) => {
      try {
        const whole = fromBase64(sealed);
        const key = await toKey(masterSecret, purpose);
        const iv = whole.slice(0, NONCE_BYTES);
        const plain = await crypto.subtle.decrypt(algorithm(id, iv), key, whole.slice(NONCE_BYTES));
        return ok(new TextDecoder().decode(plain));
      } catch {
        return fail({ kind: "malformed_data", what: `sealed ${purpose}`, detail: "does not open" });
      }
    },
  };
}

/** The secret that signs a tenant's callbacks, in the form of Standard Webhooks; the tenant may see it. */
export const toCallbackSecret = async (masterSecret: string, tenantId: string): Promise<string> =>
  `whsec_${toBase64(new Uint8Array(await deriveBits(masterSecret, `spawnpoint callback ${tenantId}`)))}`;

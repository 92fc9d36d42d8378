/** How far a sender's clock may be from ours, both ways: Standard Webhooks 1.0.0. */
const TOLERANCE_S = 300;
/** A sender that turns its secrets round signs with two of them; more is a flood. */
const MOST_SIGNATURES = 10;
const DIGEST_BYTES = 32;

const encoder = new TextEncoder();

type Bytes = Uint8Array<ArrayBuffer>;

const hmacKey = (secret: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);

/**
 * Whether one of the signatures is one of the secrets' over these bytes. The platform compares in constant time; every
 * pair is tried, so that the time does not tell which secret was right either.
 */
async function isSignedByAny(
  signatures: readonly Bytes[],
  secrets: readonly Bytes[],
  message: Bytes,
): Promise<boolean> {
  let isSigned = false;
  for (const secret of secrets) {
    const key = await hmacKey(secret);
    for (const signature of signatures) {
      if (await crypto.subtle.verify("HMAC", key, signature, message)) isSigned = true;
    }
  }
  return isSigned;
}

const fromHex = (hex: string): Bytes => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const fromBase64 = (text: string): Bytes => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

/** `X-Hub-Signature-256: sha256=` and 64 lower-case hex digits, HMAC-SHA256 of the body as it came. */
export async function isSignedByGithub(
  body: Bytes,
  header: string | null,
  secrets: readonly string[],
): Promise<boolean> {
  const hex = /^sha256=([0-9a-f]{64})$/.exec(header ?? "")?.[1];
  return isSignedByAny(
    [hex === undefined ? new Uint8Array(DIGEST_BYTES) : fromHex(hex)],
    secrets.map((secret): Bytes => Uint8Array.from(encoder.encode(secret))),
    body,
  );
}

export interface StandardHeaders {
  readonly id: string | null;
  readonly timestamp: string | null;
  readonly signature: string | null;
}

/** Only digits are a timestamp: a parser that takes "1700000000x" would sign for what it did not read. */
function isFresh(timestamp: string, nowMs: number): boolean {
  if (!/^[1-9]\d{0,11}$/.test(timestamp)) return false;
  return Math.abs(Math.floor(nowMs / 1_000) - Number(timestamp)) <= TOLERANCE_S;
}

/**
 * The `v1` signatures of a list separated by spaces; other versions are for those who know them. Of 32 bytes the last
 * digit carries four bits alone: one with more would be another spelling of the same signature.
 */
const toSignatures = (header: string): readonly Bytes[] =>
  header
    .split(" ")
    .slice(0, MOST_SIGNATURES)
    .flatMap((part) => /^v1,([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)$/.exec(part)?.[1] ?? [])
    .map((text) => fromBase64(text));

/** Standard Webhooks 1.0.0: HMAC-SHA256 of `id.timestamp.body` under a `whsec_` secret, fresh to within 300 s. */
export async function isSignedAsStandard(
  body: Bytes,
  { id, timestamp, signature }: StandardHeaders,
  { secrets, nowMs }: { readonly secrets: readonly string[]; readonly nowMs: number },
): Promise<boolean> {
  if (id === null || timestamp === null || signature === null) return false;
  if (!/^[\x21-\x2d\x2f-\x7e]{1,200}$/.test(id) || !isFresh(timestamp, nowMs)) return false;
  const head = encoder.encode(`${id}.${timestamp}.`);
  const message = new Uint8Array(head.length + body.length);
  message.set(head);
  message.set(body, head.length);
  const keys = secrets.map((secret) => fromBase64(secret.slice("whsec_".length)));
  return isSignedByAny(toSignatures(signature), keys, message);
}

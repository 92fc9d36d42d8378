import type { Env } from "./parse-inputs.ts";

export const MASK = "***";
/** Shorter values (a port, a yes) would mask half of every log. */
const LEAST_SECRET = 8;
const SECRET_NAME = /(^|[_-])(api[_-]?key|key|token|secret|passw(or)?d|pwd|credentials?|auth)([_-]|$)/i;

/** Common shapes, each bounded so that no text takes long. What stands before a value in `$1` stays. */
const SHAPES: readonly RegExp[] = [
  // GitHub, GitLab, Slack, npm, OpenAI and Anthropic, Google, Stripe, Hugging Face, DigitalOcean, Sendgrid, our own.
  /\bgh[pousr]_[A-Za-z0-9]{20,255}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,255}/g,
  /\bglpat-[\w-]{15,255}/g,
  /\bxox[abeoprs]-[\w-]{10,255}/g,
  /\bnpm_[A-Za-z0-9]{20,255}/g,
  /\bsk-[\w-]{16,255}/g,
  /\bAIza[\w-]{30,60}/g,
  /\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,255}/g,
  /\bhf_[A-Za-z0-9]{20,255}/g,
  /\bdop_v1_[a-f0-9]{20,255}/g,
  /\bSG\.[\w-]{10,100}\.[\w-]{10,100}/g,
  /\bsp_[A-Za-z0-9]{16,255}/g,
  // AWS access keys; JSON web tokens.
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\beyJ[\w-]{8,4000}\.[\w-]{8,8000}(?:\.[\w-]{0,2000})?/g,
];
const KEY_BEGINS = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const KEY_ENDS = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
/** A 16,384-bit key has some 12,800 characters. */
const LONGEST_KEY = 20_000;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/@]{0,200}:)[^\s/@]{1,300}(?=@)/gi;
const AUTHORIZATION =
  /(\b(?:authorization|proxy-authorization|x-api-key|cookie|set-cookie)["']?\s{0,5}[:=]\s{0,5})[^\r\n]{4,4000}/gi;
const BEARER = /(\b(?:bearer|basic)\s{1,5})[\w.~+/=-]{8,4000}/gi;
/** `password=…`, `"apiKey": "…"`, `SECRET_TOKEN: …`: the value, quoted or up to the next space. */
const ASSIGNED =
  /(\b[\w-]{0,60}(?:api[_-]?key|access[_-]?key|secret|token|passw(?:or)?d|passphrase|credential)[\w-]{0,40}["']?\s{0,5}[:=]\s{0,5})("[^"\n]{4,2000}"|'[^'\n]{4,2000}'|[^\s"',;]{6,2000})/gi;

/**
 * Base64 of a value wherever it stands in what was encoded (`user:value`, say): of the three ways to fall into groups of
 * three bytes, the letters that the value alone makes.
 */
function toBase64(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const whole = bytes.toString("base64");
  const parts = [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    // Of the first and the last group some bits are of what stands beside it.
    const own = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    return own.length < LEAST_SECRET ? [] : [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });
  return [whole, whole.replace(/=+$/, ""), ...parts];
}

/** A value as it is, in base64 and hexadecimal, and as addresses, forms and JSON write it. */
function toForms(value: string): readonly string[] {
  const inUrl = encodeURIComponent(value.toWellFormed());
  const hex = Buffer.from(value).toString("hex");
  const forms = [value, inUrl, inUrl.replaceAll("%20", "+"), inUrl.toLowerCase(), JSON.stringify(value).slice(1, -1)];
  return [...forms, ...toBase64(value), hex, hex.toUpperCase()];
}

/** Values of variables whose name says secret, in every form; the longest first, for one may hold another. */
export function toSecretValues(env: Env, more: readonly string[]): readonly string[] {
  const named = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && SECRET_NAME.test(name)
      ? [value.trim(), ...value.split("\n").map((line) => line.trim())]
      : [],
  );
  const plain = [...more, ...named].filter((value) => value.length >= LEAST_SECRET);
  return [...new Set(plain.flatMap(toForms))].sort((a, b) => b.length - a.length);
}

/** Each key up to its end; one that was cut off, as far as a key can reach. */
function maskPrivateKeys(text: string): string {
  let [kept, from] = ["", 0];
  for (const { index, 0: begins } of text.matchAll(KEY_BEGINS)) {
    if (index < from) continue;
    const reach = text.slice(index, index + LONGEST_KEY);
    const end = KEY_ENDS.exec(reach);
    kept += `${text.slice(from, index)}${MASK}`;
    from = index + (end === null ? Math.max(begins.length, reach.length) : end.index + end[0].length);
  }
  return kept + text.slice(from);
}

/**
 * Text without the given values and without what looks like a secret. It errs on the side of masking: a line
 * `token: unexpected` loses its last word.
 */
export function maskSecrets(text: string, values: readonly string[]): string {
  let masked = text;
  for (const value of values) masked = masked.replaceAll(value, MASK);
  for (const shape of SHAPES) masked = masked.replace(shape, MASK);
  return maskPrivateKeys(masked)
    .replace(URL_PASSWORD, `$1${MASK}`)
    .replace(AUTHORIZATION, `$1${MASK}`)
    .replace(BEARER, `$1${MASK}`)
    .replace(ASSIGNED, `$1${MASK}`);
}

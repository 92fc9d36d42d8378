/**
 * UTF-8 in plain TypeScript: the domain code may not use TextEncoder, and the tokenizer needs bytes for byte fallback.
 */
const REPLACEMENT = 0xfffd;

/** Bytes of `text`; a lone surrogate becomes U+FFFD, as in the Encoding Standard. */
export function encodeUtf8(text: string): Uint8Array {
  // A UTF-16 unit takes at most three bytes; a pair takes four, which is less than twice three.
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (const character of text) {
    const raw = character.codePointAt(0) ?? REPLACEMENT;
    const point = raw >= 0xd800 && raw <= 0xdfff ? REPLACEMENT : raw;
    if (point < 0x80) {
      bytes[length++] = point;
      continue;
    }
    if (point < 0x800) {
      bytes[length++] = 0xc0 | (point >> 6);
    } else {
      if (point < 0x10000) {
        bytes[length++] = 0xe0 | (point >> 12);
      } else {
        bytes[length++] = 0xf0 | (point >> 18);
        bytes[length++] = 0x80 | ((point >> 12) & 0x3f);
      }
      bytes[length++] = 0x80 | ((point >> 6) & 0x3f);
    }
    bytes[length++] = 0x80 | (point & 0x3f);
  }
  return bytes.slice(0, length);
}

/** What a lead byte asks for: how many bytes follow, its payload, and the range of the second byte. */
interface Lead {
  readonly following: number;
  readonly payload: number;
  readonly low: number;
  readonly high: number;
}

/** null for a byte that can start no character; the ranges shut out overlong forms, surrogates, points past U+10FFFF. */
function readLead(byte: number): Lead | null {
  if (byte < 0x80) return { following: 0, payload: byte, low: 0, high: 0 };
  if (byte >= 0xc2 && byte <= 0xdf) return { following: 1, payload: byte & 0x1f, low: 0x80, high: 0xbf };
  if (byte >= 0xe0 && byte <= 0xef) {
    return { following: 2, payload: byte & 0x0f, low: byte === 0xe0 ? 0xa0 : 0x80, high: byte === 0xed ? 0x9f : 0xbf };
  }
  if (byte >= 0xf0 && byte <= 0xf4) {
    return { following: 3, payload: byte & 0x07, low: byte === 0xf0 ? 0x90 : 0x80, high: byte === 0xf4 ? 0x8f : 0xbf };
  }
  return null;
}

/** Text of `bytes`; each maximal broken part becomes one U+FFFD, as TextDecoder does (a byte order mark is kept). */
export function decodeUtf8(bytes: Uint8Array): string {
  const parts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    // at < bytes.length, so the byte exists; the fallback satisfies the index check.
    const lead = readLead(bytes[at++] ?? 0);
    if (lead === null) {
      parts.push("\ufffd");
      continue;
    }
    let point = lead.payload;
    let { low, high } = lead;
    for (let k = 0; k < lead.following; k++) {
      const next = bytes[at];
      if (next === undefined || next < low || next > high) {
        point = REPLACEMENT;
        break;
      }
      point = (point << 6) | (next & 0x3f);
      low = 0x80;
      high = 0xbf;
      at++;
    }
    parts.push(String.fromCodePoint(point));
  }
  return parts.join("");
}

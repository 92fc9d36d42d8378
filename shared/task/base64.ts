/** Base64 in plain TypeScript, for the binary normaliser table inside tokenizer.json (the domain code has no atob). */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Standard alphabet with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const word = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const left = bytes.length - at;
    parts.push(ALPHABET.charAt(word >> 18), ALPHABET.charAt((word >> 12) & 63));
    parts.push(left > 1 ? ALPHABET.charAt((word >> 6) & 63) : "=", left > 2 ? ALPHABET.charAt(word & 63) : "=");
  }
  return parts.join("");
}

/** Bytes, or null when `text` is not padded base64 of the standard alphabet. */
export function decodeBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3);
  for (let at = 0, out = 0; at < text.length; at += 4) {
    let word = 0;
    for (let k = 0; k < 4; k++) word = (word << 6) | Math.max(0, ALPHABET.indexOf(text.charAt(at + k)));
    bytes[out++] = word >> 16;
    bytes[out++] = (word >> 8) & 255;
    bytes[out++] = word & 255;
  }
  return bytes.slice(0, bytes.length - padding);
}

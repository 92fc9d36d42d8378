import type { Result } from "../base/result.ts";
import { fail, ok } from "../base/result.ts";
import { decodeUtf8 } from "../base/utf8.ts";

/**
 * A packed file: "SPPACK01", u32 little-endian length of a UTF-8 JSON header `{bytes, parts}`, the header, then each
 * part's data in turn. It holds another file byte for byte, laid out so that gzip does better on it (decision 017).
 */
export const PACK_MAGIC = "SPPACK01";
const HEADER_AT = PACK_MAGIC.length + 4;
/** The nibble that says "the next of the escapes"; as a level it would be -8. */
export const ESCAPE_NIBBLE = 8;

/**
 * One stretch of the file, `bytes` long once unpacked.
 * - `raw`: as it stands.
 * - `planes`: 32-bit words; all first bytes, then all second ones, and so on (the exponents of floats end up together).
 * - `nibbles`: int8 multiples of `step`, two to a byte, the first in the low half: the level -7 to 7, or ESCAPE_NIBBLE
 *   for a byte that stands with the `escapes` others behind the pairs, in order.
 */
export type PackedPart =
  | { readonly kind: "raw"; readonly bytes: number }
  | { readonly kind: "planes"; readonly bytes: number }
  | { readonly kind: "nibbles"; readonly bytes: number; readonly step: number; readonly escapes: number };

interface Header {
  readonly bytes: number;
  readonly parts: readonly PackedPart[];
  readonly dataAt: number;
}

const malformed = (detail: string) => fail({ kind: "malformed_data", what: "packed file", detail });

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? { ...value } : {};

function toPart(value: unknown): PackedPart | null {
  const { kind, bytes, step, escapes } = asObject(value);
  if (!isCount(bytes)) return null;
  if (kind === "raw") return { kind, bytes };
  if (kind === "planes") return bytes % 4 === 0 ? { kind, bytes } : null;
  if (kind !== "nibbles" || !isCount(step) || !isCount(escapes)) return null;
  return bytes % 2 === 0 && step >= 1 && step * 7 <= 127 ? { kind, bytes, step, escapes } : null;
}

/** Bytes that a part takes in the packed file. */
const packedBytes = (part: PackedPart): number =>
  part.kind === "nibbles" ? part.bytes / 2 + part.escapes : part.bytes;

function parseHeader(file: Uint8Array): Result<Header> {
  if (file.length < HEADER_AT || decodeUtf8(file.subarray(0, PACK_MAGIC.length)) !== PACK_MAGIC) {
    return malformed("wrong magic");
  }
  const length = new DataView(file.buffer, file.byteOffset, file.byteLength).getUint32(PACK_MAGIC.length, true);
  const dataAt = HEADER_AT + length;
  if (dataAt > file.length) return malformed("the header is cut short");
  let json: unknown;
  try {
    json = JSON.parse(decodeUtf8(file.subarray(HEADER_AT, dataAt)));
  } catch {
    return malformed("the header is no JSON");
  }
  const { bytes, parts: list } = asObject(json);
  const parts = Array.isArray(list) ? list.map(toPart).filter((part) => part !== null) : [];
  if (!Array.isArray(list) || parts.length !== list.length) return malformed("a part has no known kind");
  const unpacked = parts.reduce((sum, part) => sum + part.bytes, 0);
  if (bytes !== unpacked) return malformed(`parts of ${unpacked} bytes for a file of ${bytes}`);
  const wanted = parts.reduce((sum, part) => sum + packedBytes(part), dataAt);
  return wanted === file.length ? ok({ bytes, parts, dataAt }) : malformed(`${file.length} bytes instead of ${wanted}`);
}

// Indices below stay inside arrays whose sizes parseHeader() checked; `?? 0` only satisfies the index check. Whole words
// are written, little-endian as everywhere workerd runs: byte by byte this takes three times as long at every start.
function unpackPlanes(data: Uint8Array, out: Uint32Array): void {
  const [a, b, c, d] = [0, 1, 2, 3].map((plane) => data.subarray(plane * out.length, (plane + 1) * out.length));
  if (a === undefined || b === undefined || c === undefined || d === undefined) return;
  for (let i = 0; i < out.length; i++) {
    out[i] = (a[i] ?? 0) | ((b[i] ?? 0) << 8) | ((c[i] ?? 0) << 16) | ((d[i] ?? 0) << 24);
  }
}

const hasEscape = (pair: number): boolean => (pair & 15) === ESCAPE_NIBBLE || pair >> 4 === ESCAPE_NIBBLE;

/** false when the data holds another number of escapes than the header says. */
function unpackNibbles(data: Uint8Array, out: Uint16Array, step: number): boolean {
  const byteOf = (nibble: number): number => (((nibble ^ 8) - 8) * step) & 255;
  const words = Uint16Array.from({ length: 256 }, (_, pair) => byteOf(pair & 15) | (byteOf(pair >> 4) << 8));
  const escaped = Uint8Array.from({ length: 256 }, (_, pair) => (hasEscape(pair) ? 1 : 0));
  let escapeAt = out.length;
  for (let i = 0; i < out.length; i++) {
    const pair = data[i] ?? 0;
    const word = words[pair] ?? 0;
    out[i] = word;
    if (escaped[pair] === 0) continue;
    const low = (pair & 15) === ESCAPE_NIBBLE ? (data[escapeAt++] ?? 0) : word & 255;
    const high = pair >> 4 === ESCAPE_NIBBLE ? (data[escapeAt++] ?? 0) : word >> 8;
    out[i] = low | (high << 8);
  }
  return escapeAt === data.length;
}

/** The file that `buffer` holds; `malformed_data` says what does not fit. Some 10 ms for 10 MB. */
export function unpackFile(buffer: ArrayBuffer): Result<ArrayBuffer> {
  const file = new Uint8Array(buffer);
  const header = parseHeader(file);
  if (!header.ok) return header;
  const { bytes, parts, dataAt } = header.value;
  const unpacked = new ArrayBuffer(bytes);
  let [from, to] = [dataAt, 0];
  for (const part of parts) {
    const data = file.subarray(from, from + packedBytes(part));
    if (part.kind === "raw") new Uint8Array(unpacked, to, part.bytes).set(data);
    else if (to % 4 !== 0) return malformed("a part begins inside a word");
    else if (part.kind === "planes") unpackPlanes(data, new Uint32Array(unpacked, to, part.bytes / 4));
    else if (!unpackNibbles(data, new Uint16Array(unpacked, to, part.bytes / 2), part.step))
      return malformed("escapes do not match the pairs");
    from += data.length;
    to += part.bytes;
  }
  return ok(unpacked);
}

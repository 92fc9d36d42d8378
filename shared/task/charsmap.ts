import type { Result } from "../base/result.ts";
import { fail, ok } from "../base/result.ts";

/**
 * A SentencePiece "precompiled charsmap": u32 little-endian byte length of a double-array trie, the trie (u32 units of
 * darts-clone), then the replacement texts, each closed by NUL. A key's value is the offset of its replacement.
 */
export interface Charsmap {
  readonly units: Uint32Array;
  readonly replacements: Uint8Array;
}

/** A matched prefix: how many input bytes it takes and what stands in their place. */
export interface CharsmapMatch {
  readonly length: number;
  readonly replacement: Uint8Array;
}

const malformed = (detail: string) => fail({ kind: "malformed_data", what: "tokenizer charsmap", detail });

/** Reads the table's two halves; `malformed_data` when the stated length does not fit. */
export function parseCharsmap(bytes: Uint8Array): Result<Charsmap> {
  if (bytes.length < 8) return malformed(`${bytes.length} bytes are too few`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const trieBytes = view.getUint32(0, true);
  if (trieBytes === 0 || trieBytes % 4 !== 0 || 4 + trieBytes >= bytes.length) {
    return malformed(`trie of ${trieBytes} bytes in a table of ${bytes.length}`);
  }
  const units = new Uint32Array(trieBytes / 4);
  for (let i = 0; i < units.length; i++) units[i] = view.getUint32(4 + i * 4, true);
  return ok({ units, replacements: bytes.slice(4 + trieBytes) });
}

// Fields of a darts-clone unit: bit 8 "has leaf", bits 10.. offset (bit 9: times 256), bits 0-7 and 31 label.
const hasLeaf = (unit: number): boolean => ((unit >>> 8) & 1) === 1;
const offsetOf = (unit: number): number => ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
const labelOf = (unit: number): number => (unit & 0x800000ff) >>> 0;
const leafValueOf = (unit: number): number => unit & 0x7fffffff;

function replacementAt(map: Charsmap, offset: number): Uint8Array {
  const end = map.replacements.indexOf(0, offset);
  return map.replacements.subarray(offset, end === -1 ? map.replacements.length : end);
}

/** The longest key that is a prefix of `input` from `start`, with its replacement; null when there is none. */
export function matchCharsmap(map: Charsmap, input: Uint8Array, start: number): CharsmapMatch | null {
  let node = offsetOf(map.units[0] ?? 0);
  let length = 0;
  let value = 0;
  for (let at = start; at < input.length; at++) {
    // at < input.length, so the byte exists.
    const byte = input[at] ?? 0;
    node ^= byte;
    const unit = map.units[node];
    if (unit === undefined || labelOf(unit) !== byte) break;
    node ^= offsetOf(unit);
    if (hasLeaf(unit)) {
      length = at + 1 - start;
      value = leafValueOf(map.units[node] ?? 0);
    }
  }
  return length === 0 ? null : { length, replacement: replacementAt(map, value) };
}

import type { Result } from "../base/result.ts";
import { fail, ok } from "../base/result.ts";
import { decodeUtf8 } from "../base/utf8.ts";
import { encodeBase64 } from "./base64.ts";
import type { PieceEntry, PieceKind, TokenizerJson } from "./tokenize.ts";

/** One protobuf field: its number and its value as varint, 32-bit word or bytes (64-bit words do not occur here). */
type Field =
  | { readonly number: number; readonly wire: "varint"; readonly value: number }
  | { readonly number: number; readonly wire: "fixed32"; readonly value: number }
  | { readonly number: number; readonly wire: "bytes"; readonly value: Uint8Array };

const malformed = (detail: string) => fail({ kind: "malformed_data", what: "spm.model", detail });

/** Reads a varint as a number; null past the end or over ten bytes. Negative values lose precision; none is used. */
function readVarint(bytes: Uint8Array, start: number): { readonly value: number; readonly next: number } | null {
  let value = 0;
  for (let k = 0; k < 10; k++) {
    const byte = bytes[start + k];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** (7 * k);
    if (byte < 0x80) return { value, next: start + k + 1 };
  }
  return null;
}

/** Fields of one message in file order; the wire types are those of the protobuf encoding specification. */
function readFields(bytes: Uint8Array): Result<readonly Field[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Field[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    if (tag === null) return malformed(`broken tag at byte ${at}`);
    const number = Math.floor(tag.value / 8);
    const wire = tag.value % 8;
    if (wire === 5 || wire === 1) {
      const width = wire === 5 ? 4 : 8;
      if (tag.next + width > bytes.length) return malformed(`cut short at byte ${at}`);
      if (wire === 5) fields.push({ number, wire: "fixed32", value: view.getUint32(tag.next, true) });
      at = tag.next + width;
      continue;
    }
    const word = wire === 0 || wire === 2 ? readVarint(bytes, tag.next) : null;
    if (word === null) return malformed(`wire type ${wire} at byte ${at}`);
    if (wire === 0) {
      fields.push({ number, wire: "varint", value: word.value });
      at = word.next;
      continue;
    }
    if (word.next + word.value > bytes.length) return malformed(`cut short at byte ${at}`);
    fields.push({ number, wire: "bytes", value: bytes.subarray(word.next, word.next + word.value) });
    at = word.next + word.value;
  }
  return ok(fields);
}

// Field numbers and the enumeration below are those of sentencepiece_model.proto.
const PIECES = 1;
const TRAINER = 2;
const NORMALIZER = 3;
const KINDS: Readonly<Record<number, PieceKind>> = {
  1: "normal",
  2: "unknown",
  3: "control",
  4: "user_defined",
  5: "unused",
  6: "byte",
};

const lastBytes = (fields: readonly Field[], number: number): Uint8Array | null =>
  fields.reduce<Uint8Array | null>((found, f) => (f.number === number && f.wire === "bytes" ? f.value : found), null);

/** Value of a varint field, or the default that the .proto file states. */
const lastVarint = (fields: readonly Field[], number: number, stated: number): number =>
  fields.reduce((found, f) => (f.number === number && f.wire === "varint" ? f.value : found), stated);

/** Nine significant digits tell any two 32-bit floats apart and keep the JSON short. */
function floatOf(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits);
  return Number(view.getFloat32(0).toPrecision(9));
}

function parsePiece(bytes: Uint8Array): Result<PieceEntry> {
  const fields = readFields(bytes);
  if (!fields.ok) return fields;
  const text = lastBytes(fields.value, 1);
  const bits = fields.value.reduce((found, f) => (f.number === 2 && f.wire === "fixed32" ? f.value : found), 0);
  const kind = KINDS[lastVarint(fields.value, 3, 1)];
  if (text === null || kind === undefined) return malformed("a piece without text or with an unknown type");
  return ok(kind === "normal" ? [decodeUtf8(text), floatOf(bits)] : [decodeUtf8(text), floatOf(bits), kind]);
}

function parseSubmessage(fields: readonly Field[], number: number): Result<readonly Field[]> {
  return readFields(lastBytes(fields, number) ?? new Uint8Array(0));
}

/** tokenizer.json of a SentencePiece spm.model; only unigram models are read, others are `malformed_data`. */
export function parseSpmModel(bytes: Uint8Array): Result<TokenizerJson> {
  const model = readFields(bytes);
  if (!model.ok) return model;
  const trainer = parseSubmessage(model.value, TRAINER);
  if (!trainer.ok) return trainer;
  const normalizer = parseSubmessage(model.value, NORMALIZER);
  if (!normalizer.ok) return normalizer;
  const type = lastVarint(trainer.value, 3, 1);
  if (type !== 1) return malformed(`model_type ${type} is not unigram (1)`);
  const pieces: PieceEntry[] = [];
  for (const field of model.value) {
    if (field.number !== PIECES || field.wire !== "bytes") continue;
    const piece = parsePiece(field.value);
    if (!piece.ok) return piece;
    pieces.push(piece.value);
  }
  if (pieces.length === 0) return malformed("no pieces");
  const charsmap = lastBytes(normalizer.value, 2);
  return ok({
    type: "unigram",
    add_dummy_prefix: lastVarint(normalizer.value, 3, 1) === 1,
    remove_extra_whitespaces: lastVarint(normalizer.value, 4, 1) === 1,
    escape_whitespaces: lastVarint(normalizer.value, 5, 1) === 1,
    treat_whitespace_as_suffix: lastVarint(trainer.value, 24, 0) === 1,
    byte_fallback: lastVarint(trainer.value, 35, 0) === 1,
    charsmap: charsmap === null || charsmap.length === 0 ? null : encodeBase64(charsmap),
    pieces,
  });
}

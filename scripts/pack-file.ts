import { gzipSync } from "node:zlib";
import { ESCAPE_NIBBLE, PACK_MAGIC, type PackedPart } from "../shared/task/packed-file.ts";

/** A stretch of this length is laid out in whichever way gzip packs best; its neighbours of the same way join it. */
const BLOCK_BYTES = 8_192;
/** Another layout than the file's own must be this much smaller, or the parts would follow noise. */
const WORTH = 0.94;

interface Packed {
  readonly part: PackedPart;
  readonly data: Uint8Array;
}

type Way = Exclude<PackedPart["kind"], "raw"> | "raw";

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/** Greatest common divisor of the bytes as int8, 0 where all are zero. */
const stepOf = (source: Uint8Array): number =>
  new Int8Array(source).reduce((step, value) => greatestDivisor(step, Math.abs(value)), 0);

const packRaw = (source: Uint8Array): Packed => ({ part: { kind: "raw", bytes: source.length }, data: source });

function packPlanes(source: Uint8Array): Packed | null {
  if (source.length % 4 !== 0) return null;
  const words = source.length / 4;
  const data = source.map((_, i) => source[(i % words) * 4 + Math.floor(i / words)] ?? 0);
  return { part: { kind: "planes", bytes: source.length }, data };
}

function packNibbles(source: Uint8Array): Packed | null {
  const step = stepOf(source);
  if (source.length % 2 !== 0 || step < 2 || step > 18) return null;
  const values = new Int8Array(source);
  const toNibble = (value: number): number => (Math.abs(value) > 7 * step ? ESCAPE_NIBBLE : (value / step) & 15);
  const pairs = new Uint8Array(source.length / 2).map(
    (_, pair) => toNibble(values[pair * 2] ?? 0) | (toNibble(values[pair * 2 + 1] ?? 0) << 4),
  );
  const escapes = source.filter((_, i) => toNibble(values[i] ?? 0) === ESCAPE_NIBBLE);
  const data = Uint8Array.from([...pairs, ...escapes]);
  return { part: { kind: "nibbles", bytes: source.length, step, escapes: escapes.length }, data };
}

const WAYS: Readonly<Record<Way, (source: Uint8Array) => Packed | null>> = {
  raw: packRaw,
  planes: packPlanes,
  nibbles: packNibbles,
};

/** Bytes that an ideal code of single bytes would take: what deflate comes near to where nothing repeats. */
function entropyBytes(data: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const byte of data) counts[byte] = (counts[byte] ?? 0) + 1;
  const bits = counts.reduce((sum, count) => (count === 0 ? sum : sum - count * Math.log2(count / data.length)), 0);
  return bits / 8;
}

/** Estimates for a block: gzip itself would measure its own tables, which a run of many blocks pays less often. */
function packedSize({ part, data }: Packed): number {
  if (part.kind === "raw") return gzipSync(data, { level: 6 }).length;
  if (part.kind === "nibbles") return entropyBytes(data);
  const words = data.length / 4;
  return [0, 1, 2, 3].reduce((sum, plane) => sum + entropyBytes(data.subarray(plane * words, (plane + 1) * words)), 0);
}

/** Nibbles before planes: planes of coarse levels have the same repeats that lead deflate astray. */
function bestWay(block: Uint8Array): Way {
  const most = packedSize(packRaw(block)) * WORTH;
  const fits = (packed: Packed | null): boolean => packed !== null && packedSize(packed) < most;
  if (fits(packNibbles(block))) return "nibbles";
  return fits(packPlanes(block)) ? "planes" : "raw";
}

/** Runs of blocks that are best laid out alike. */
function toRuns(source: Uint8Array): readonly { readonly way: Way; readonly from: number; readonly to: number }[] {
  const runs: { way: Way; from: number; to: number }[] = [];
  for (let from = 0; from < source.length; from += BLOCK_BYTES) {
    const to = Math.min(from + BLOCK_BYTES, source.length);
    const way = bestWay(source.subarray(from, to));
    const last = runs.at(-1);
    if (last?.way === way) last.to = to;
    else runs.push({ way, from, to });
  }
  return runs;
}

/** The packed form of `source` (shared/task/packed-file.ts); unpackFile() gives the same bytes back. */
export function packFile(source: Uint8Array): Uint8Array<ArrayBuffer> {
  const packed = toRuns(source).map(({ way, from, to }) => {
    const run = source.subarray(from, to);
    // Blocks of different steps have no common one: the run then stands as it is.
    return WAYS[way](run) ?? packRaw(run);
  });
  const json = JSON.stringify({ bytes: source.length, parts: packed.map(({ part }) => part) });
  const header = Buffer.from(json, "utf8");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  return Uint8Array.from(Buffer.concat([Buffer.from(PACK_MAGIC), length, header, ...packed.map(({ data }) => data)]));
}

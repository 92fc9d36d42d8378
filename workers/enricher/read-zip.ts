import { fail, ok, type Result } from "../../shared/base/result.ts";
import { readCapped } from "../platform/read-capped.ts";

/** Records of the format (PKWARE APPNOTE 4.3): the end of the directory, its entries, and the head before each file. */
const END = { signature: 0x06054b50, bytes: 22 };
const ENTRY = { signature: 0x02014b50, bytes: 46 };
const HEAD = { signature: 0x04034b50, bytes: 30 };
const STORED = 0;
const DEFLATED = 8;
const MAX_COMMENT = 0xffff;
const MAX_FILES = 1_000;

const malformed = (detail: string): Result<never> => fail({ kind: "malformed_data", what: "zip", detail });

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly headAt: number;
}

/**
 * The wanted files of a zip archive by their name without folders, unpacked; what is not in it is not in the map. Fault:
 * malformed_data for what is no archive, breaks off, is encrypted or of the 64-bit kind, or is over `limitBytes` unpacked.
 */
export async function readZip(
  bytes: Uint8Array<ArrayBuffer>,
  { isWanted, limitBytes }: { readonly isWanted: (name: string) => boolean; readonly limitBytes: number },
): Promise<Result<ReadonlyMap<string, Uint8Array<ArrayBuffer>>>> {
  const entries = readDirectory(bytes);
  if (!entries.ok) return entries;
  const wanted = entries.value.filter(({ name }) => isWanted(name));
  const total = wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (total > limitBytes) return malformed(`more than ${limitBytes} bytes unpacked`);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const entry of wanted) {
    const file = await unpackEntry(bytes, entry);
    if (!file.ok) return file;
    files.set(entry.name, file.value);
  }
  return ok(files);
}

function readDirectory(bytes: Uint8Array<ArrayBuffer>): Result<readonly Entry[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const endAt = findEnd(view);
  if (endAt === null) return malformed("no end of the directory: no archive, or one that breaks off");
  const count = view.getUint16(endAt + 10, true);
  if (count > MAX_FILES) return malformed(`more than ${MAX_FILES} files`);
  const entries: Entry[] = [];
  let at = view.getUint32(endAt + 16, true);
  for (let i = 0; i < count; i++) {
    if (at + ENTRY.bytes > bytes.length || view.getUint32(at, true) !== ENTRY.signature) {
      return malformed(`entry ${i}: no entry stands there`);
    }
    const nameBytes = view.getUint16(at + 28, true);
    const path = new TextDecoder().decode(bytes.subarray(at + ENTRY.bytes, at + ENTRY.bytes + nameBytes));
    const isEncrypted = (view.getUint16(at + 8, true) & 1) === 1;
    if (isEncrypted) return malformed(`entry ${i}: is encrypted`);
    entries.push({
      name: path.slice(path.lastIndexOf("/") + 1),
      method: view.getUint16(at + 10, true),
      packedBytes: view.getUint32(at + 20, true),
      sizeBytes: view.getUint32(at + 24, true),
      headAt: view.getUint32(at + 42, true),
    });
    at += ENTRY.bytes + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return ok(entries);
}

/** A comment may follow the end record, so it is looked for from behind. */
function findEnd(view: DataView): number | null {
  const last = view.byteLength - END.bytes;
  for (let at = last; at >= Math.max(0, last - MAX_COMMENT); at--) {
    if (view.getUint32(at, true) === END.signature) return at;
  }
  return null;
}

async function unpackEntry(
  bytes: Uint8Array<ArrayBuffer>,
  { name, method, packedBytes, sizeBytes, headAt }: Entry,
): Promise<Result<Uint8Array<ArrayBuffer>>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (headAt + HEAD.bytes > bytes.length || view.getUint32(headAt, true) !== HEAD.signature) {
    return malformed(`${name}: no file stands there`);
  }
  const start = headAt + HEAD.bytes + view.getUint16(headAt + 26, true) + view.getUint16(headAt + 28, true);
  const packed = bytes.subarray(start, start + packedBytes);
  if (method !== STORED && method !== DEFLATED) return malformed(`${name}: packed by method ${method}`);
  const whole = method === STORED ? packed : await inflate(packed, sizeBytes);
  return whole?.length === sizeBytes ? ok(whole) : malformed(`${name}: breaks off, or is not of the size it states`);
}

/** null when it cannot be unpacked or is longer than it says. */
async function inflate(packed: Uint8Array<ArrayBuffer>, sizeBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await readCapped(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")), sizeBytes);
  } catch {
    return null;
  }
}

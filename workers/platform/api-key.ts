import type { Scope } from "../../shared/contract/door.ts";
import { randomBytes, sha256Hex } from "./crypto.ts";
import type { ApiKeyRow } from "./d1/api-keys-store.ts";
import { ID_RANDOM_BYTES, newId } from "./ids.ts";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PREFIX = "sp_";
/** 32 characters of 62 hold 190 bits. */
const RANDOM_CHARS = 32;
/** 62^6 exceeds 2^32, so six characters hold a CRC-32. */
const CHECKSUM_CHARS = 6;
const KEY_PATTERN = /^sp_[0-9A-Za-z]{38}$/;

/** CRC-32 (IEEE, reflected, polynomial EDB88320) of an ASCII text. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function toChecksum(body: string): string {
  let rest = crc32(body);
  let text = "";
  for (let i = 0; i < CHECKSUM_CHARS; i++) {
    text = BASE62.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** Whether a text is a key by shape and checksum: a typing error is refused without a look into the database. */
export function isWellFormedKey(key: string): boolean {
  return KEY_PATTERN.test(key) && key.slice(-CHECKSUM_CHARS) === toChecksum(key.slice(0, -CHECKSUM_CHARS));
}

/** `count` even draws of 62 characters; a byte from 248 up is drawn again, since 248 is the last multiple of 62. */
function randomBase62(count: number): string {
  let text = "";
  while (text.length < count) {
    for (const byte of randomBytes(count)) {
      if (byte < 248 && text.length < count) text += BASE62.charAt(byte % 62);
    }
  }
  return text;
}

/** A new key and its row. The key itself is shown once and never stored. */
export async function makeKey(input: {
  readonly tenantId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly nowMs: number;
}): Promise<{ readonly key: string; readonly row: ApiKeyRow }> {
  const body = PREFIX + randomBase62(RANDOM_CHARS);
  const key = body + toChecksum(body);
  const row: ApiKeyRow = {
    id: newId("key", { nowMs: input.nowMs, random: randomBytes(ID_RANDOM_BYTES) }),
    tenantId: input.tenantId,
    name: input.name,
    hash: await sha256Hex(key),
    lastFour: key.slice(-4),
    scopes: [...input.scopes],
    createdAtMs: input.nowMs,
    revokedAtMs: null,
  };
  return { key, row };
}

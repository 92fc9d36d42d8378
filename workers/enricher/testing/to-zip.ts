async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A record of little-endian fields: `[offset, bytes, value]` each. */
function toRecord(
  bytes: number,
  fields: readonly (readonly [at: number, size: 2 | 4, value: number])[],
): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(bytes));
  for (const [at, size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
  }
  return new Uint8Array(view.buffer);
}

const concat = async (parts: readonly Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await new Blob([...parts]).arrayBuffer());

/** A zip archive of the files, every other one stored as it is; checksums are 0, which our reader does not ask. */
export async function toZip(files: Readonly<Record<string, string>>): Promise<Uint8Array<ArrayBuffer>> {
  const heads: Uint8Array<ArrayBuffer>[] = [];
  const entries: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for (const [i, [path, text]] of Object.entries(files).entries()) {
    const name = new Uint8Array(new TextEncoder().encode(path));
    const whole = new Uint8Array(new TextEncoder().encode(text));
    const method = i % 2 === 1 ? 0 : 8;
    const packed = method === 0 ? whole : await deflate(whole);
    const shared = (from: number) =>
      [
        [from, 2, method],
        [from + 10, 4, packed.length],
        [from + 14, 4, whole.length],
        [from + 18, 2, name.length],
      ] as const;
    heads.push(toRecord(30, [[0, 4, 0x04034b50], ...shared(8)]), name, packed);
    entries.push(toRecord(46, [[0, 4, 0x02014b50], ...shared(10), [42, 4, at]]), name);
    at += 30 + name.length + packed.length;
  }
  const directory = await concat(entries);
  const end = toRecord(22, [
    [0, 4, 0x06054b50],
    [10, 2, Object.keys(files).length],
    [12, 4, directory.length],
    [16, 4, at],
  ]);
  return concat([...heads, directory, end]);
}

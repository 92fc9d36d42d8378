import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** What stands in the middle of every base64 text of `secret`, whatever comes before it: by its three alignments. */
function toBase64Cores(secret: string): readonly string[] {
  return [0, 1, 2].map((lead) => {
    const whole = Buffer.from("\0".repeat(lead) + secret).toString("base64");
    // The first letters hold what came before, the last what would come after.
    const [from, to] = [lead === 0 ? 0 : lead + 1, whole.replace(/=+$/, "").length - 1];
    return whole.slice(from, to);
  });
}

/** A secret as it might stand somewhere: plain, in another alphabet, escaped, turned round. */
export function toEncodings(secret: string): readonly (readonly [name: string, text: Buffer])[] {
  const hex = Buffer.from(secret).toString("hex");
  const percent = [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const escaped = [...secret].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
  const texts: readonly (readonly [string, string])[] = [
    ["plain", secret],
    ...toBase64Cores(secret).flatMap((core): [string, string][] => [
      ["base64", core],
      ["base64url", core.replaceAll("+", "-").replaceAll("/", "_")],
    ]),
    ["hex", hex],
    ["hex, capitals", hex.toUpperCase()],
    ["percent", percent],
    ["percent, capitals", percent.toUpperCase()],
    ["URI", encodeURIComponent(secret)],
    ["escaped", escaped],
    ["reversed", [...secret].reverse().join("")],
  ];
  return [
    ...texts.map(([name, text]) => [name, Buffer.from(text)] as const),
    ["UTF-16", Buffer.from(secret, "utf16le")],
  ];
}

/** Null for a folder, and for a file that a running database has taken away since it was listed. */
function readThere(path: string): Buffer | null {
  try {
    return statSync(path).isFile() ? readFileSync(path) : null;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return null;
    throw thrown;
  }
}

/** Every file under a folder with its bytes, but those that `skip` names. */
export function readFolder(folder: string, skip: readonly string[]): readonly (readonly [string, Buffer])[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => !skip.includes(name))
    .flatMap((name) => {
      const bytes = readThere(join(folder, name));
      return bytes === null ? [] : [[name, bytes] as const];
    });
}

/** `place: secret, encoding` of every find. */
export function findSecrets(
  places: readonly (readonly [place: string, bytes: Buffer])[],
  secrets: Readonly<Record<string, string>>,
): readonly string[] {
  const wanted = Object.entries(secrets).flatMap(([name, secret]) =>
    toEncodings(secret).map(([encoding, bytes]) => ({ says: `${name}, ${encoding}`, bytes })),
  );
  return places.flatMap(([place, bytes]) =>
    wanted.filter((one) => bytes.includes(one.bytes)).map(({ says }) => `${place}: ${says}`),
  );
}

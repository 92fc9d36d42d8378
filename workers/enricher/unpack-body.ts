import { fail, ok, type Result } from "../../shared/base/result.ts";
import { readZip } from "./read-zip.ts";
import type { Body, SourcePage } from "./source-plan.ts";

function toPage(body: Body): Result<SourcePage> {
  const { part, url, bytes } = body;
  try {
    return ok({ part, url, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes) });
  } catch {
    return fail({ kind: "malformed_data", what: `source body ${part}`, detail: "is not UTF-8" });
  }
}

/** A body that is one text. Fault: malformed_data. */
export async function unpackText(body: Body): Promise<Result<readonly SourcePage[]>> {
  const page = toPage(body);
  return page.ok ? ok([page.value]) : page;
}

/** The named files of a body that is a zip archive, each a page whose part is its name. Fault: malformed_data. */
export const unpackZip =
  (names: readonly string[]) =>
  async (body: Body, limitBytes: number): Promise<Result<readonly SourcePage[]>> => {
    const files = await readZip(body.bytes, { isWanted: (name) => names.includes(name), limitBytes });
    if (!files.ok) return files;
    const pages: SourcePage[] = [];
    for (const [part, bytes] of files.value) {
      const page = toPage({ part, url: body.url, bytes });
      if (!page.ok) return page;
      pages.push(page.value);
    }
    return ok(pages);
  };

import type { Answer, ApiFault } from "./api-fault.ts";

/** A run's result with everything that each step answered stays below it; what is longer is not this API's. */
const MAX_BYTES = 32 * 1024 * 1024;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** The body's text; null when it is over the cap. */
async function readText(response: Response): Promise<string | null> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let [text, bytes] = ["", 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > MAX_BYTES) {
      await reader.cancel();
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toFault(status: number, body: unknown): ApiFault {
  const error = isRecord(body) ? body.error : undefined;
  if (isRecord(error) && typeof error.code === "string" && typeof error.message === "string")
    return { kind: "refused", status, code: error.code, message: error.message };
  if (status >= 300 && status < 400)
    return { kind: "unexpected", status, detail: "a redirect, which is not followed: give the address it leads to" };
  return { kind: "unexpected", status, detail: "its body is not of the form {error: {code, message}}" };
}

const holds = (data: unknown, path: string): boolean => {
  const found = path.split(".").reduce((at: unknown, name) => (isRecord(at) ? at[name] : undefined), data);
  return found !== undefined;
};

/** An HTTP answer as data or fault. A success that lacks a field of `needs` (dotted paths) is a fault: nobody reads undefined. */
export async function readAnswer(response: Response, needs: readonly string[]): Promise<Answer<unknown>> {
  const { status } = response;
  const text = await readText(response);
  const body = text === null ? undefined : parseJson(text);
  if (!response.ok) return { ok: false, fault: toFault(status, body) };
  if (!isRecord(body) || body.data === undefined) {
    const detail = text === null ? `its body is over ${MAX_BYTES} bytes` : "its body is not of the form {data: …}";
    return { ok: false, fault: { kind: "unexpected", status, detail } };
  }
  const missing = needs.find((path) => !holds(body.data, path));
  if (missing !== undefined)
    return { ok: false, fault: { kind: "unexpected", status, detail: `its answer has no ${missing}` } };
  return { ok: true, data: body.data, meta: isRecord(body.meta) ? body.meta : {} };
}

const encoder = new TextEncoder();

/** The three headers of Standard Webhooks for a body: id, time in seconds, and `v1,` with HMAC-SHA256 of id.time.body. */
export async function signWebhook(
  secret: string,
  { messageId, nowMs, body }: { readonly messageId: string; readonly nowMs: number; readonly body: string },
): Promise<Readonly<Record<string, string>>> {
  const raw = Uint8Array.from(atob(secret.replace(/^whsec_/, "")), (char) => char.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signed = await crypto.subtle.sign("HMAC", key, encoder.encode(`${messageId}.${timestamp}.${body}`));
  const signature = btoa(String.fromCharCode(...new Uint8Array(signed)));
  return { "webhook-id": messageId, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}

const BEGIN = "-----BEGIN RSA PRIVATE KEY-----";
const END = "-----END RSA PRIVATE KEY-----";

/** DER: version 0, and the algorithm rsaEncryption (1.2.840.113549.1.1.1) without parameters. */
const HEAD = [
  0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];
const [SEQUENCE, OCTET_STRING] = [0x30, 0x04];

/** DER's length: one byte up to 127, else the count of bytes and those. */
function toLength(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

const wrap = (tag: number, content: readonly number[]): readonly number[] => [
  tag,
  ...toLength(content.length),
  ...content,
];

/**
 * A private key as the platform reads one. GitHub hands keys out as PKCS#1, which Web Crypto does not take: the same
 * numbers are put into the envelope of PKCS#8. Anything else is given back as it is.
 */
export function toPkcs8(pem: string): string {
  const text = pem.replaceAll("\\n", "\n");
  if (!text.includes(BEGIN)) return text;
  const base64 = text.slice(text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)).replace(/\s/g, "");
  const inner = [...atob(base64)].map((char) => char.charCodeAt(0));
  const whole = wrap(SEQUENCE, [...HEAD, ...wrap(OCTET_STRING, inner)]);
  return `-----BEGIN PRIVATE KEY-----\n${btoa(String.fromCharCode(...whole))}\n-----END PRIVATE KEY-----\n`;
}

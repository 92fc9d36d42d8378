/** Names that resolve inside a machine or a network, whatever the public DNS says. */
const INTERNAL_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa)$/;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

const LOOPBACK_NAME = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** This machine, in the three spellings that a deployment may list. */
export const isLoopbackHost = (hostname: string): boolean => LOOPBACK_NAME.test(hostname);

/** Blocks of IPv4 that are not the public internet (IANA's special-purpose registry), as [first address, prefix bits]. */
const INTERNAL_IPV4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

const toNumber = (ipv4: string): number => ipv4.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

const isInternalNumber = (address: number): boolean =>
  INTERNAL_IPV4.some(([first, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(address / size) === Math.floor(toNumber(first) / size);
  });

/** The eight groups of an address that the URL parser wrote: hexadecimal, at most one `::`. */
function toGroups(ipv6: string): readonly number[] {
  const [head = "", tail] = ipv6.split("::");
  const read = (part: string): number[] =>
    part.split(":").flatMap((group) => (group === "" ? [] : [parseInt(group, 16)]));
  if (tail === undefined) return read(head);
  const [left, right] = [read(head), read(tail)];
  return [...left, ...Array<number>(Math.max(0, 8 - left.length - right.length)).fill(0), ...right];
}

/**
 * Only 2000::/3 is the public internet. Inside it, 6to4, Teredo and documentation are not; outside it, so that NAT64
 * and mapped addresses cannot carry a private IPv4 address, nothing is.
 */
function isInternalIpv6(ipv6: string): boolean {
  const [first = 0, second = 0] = toGroups(ipv6);
  const isPublic = first >= 0x2000 && first <= 0x3fff;
  const isTunnel = first === 0x2002 || (first === 0x2001 && (second < 0x200 || second === 0xdb8));
  return !isPublic || isTunnel || first === 0x3fff;
}

/**
 * Whether a host, as the URL parser wrote it, lies inside: loopback, private, link-local or reserved addresses in any
 * spelling (the parser has made `2130706433` and `0x7f.1` into 127.0.0.1), names without a dot, and names that only
 * resolve inside. What a public name resolves to is not known here: the list of allowed hosts answers for that.
 */
export function isInternalHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, "");
  if (host.startsWith("[")) return isInternalIpv6(host.slice(1, -1));
  if (IPV4.test(host)) return isInternalNumber(toNumber(host));
  return !host.includes(".") || INTERNAL_NAME.test(host);
}

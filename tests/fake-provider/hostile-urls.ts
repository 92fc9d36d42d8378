/** A host that the tests' rules do list. */
export const LISTED_HOST = "api.example";

const LOOPBACK_SPELLINGS = [
  ...["127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "127.1", "127.0.1", "127.255.255.254"],
  ...["2130706433", "0x7f000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "0177.0.0.1", "017700000001", "0", "0.0.0.0", "00"],
  ...["[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]"],
  ...["[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[::ffff:0:127.0.0.1]"],
  // The URL parser folds full-width, circled and ideographic forms into ASCII.
  ...["①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "127｡0｡0｡1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "ｌocalhost"],
  ...["%6c%6f%63%61lhost", "%31%32%37.0.0.1", "127%2e0%2e0%2e1", "local\u00adhost", "local\thost"],
];

const INSIDE_HOSTS = [
  ...["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.100.100.200", "192.0.0.192"],
  ...["169.254.169.254", "0xA9FEA9FE", "2852039166", "0251.0376.0251.0376", "169.254.43518", "198.18.0.1"],
  ...["224.0.0.1", "255.255.255.255", "[fe80::1]", "[fd00:ec2::254]", "[fc00::1]", "[ff02::1]", "[::ffff:a9fe:a9fe]"],
  ...["[64:ff9b::a9fe:a9fe]", "[2001:db8::1]", "metadata.google.internal", "metadata", "host.docker.internal"],
  ...["kubernetes.default.svc.cluster.local", "printer.lan", "router.home.arpa", "intranet", "db.internal."],
];

/** Public names that resolve to this machine, or look like one that is listed. */
const LOOKALIKES = [
  ...["localtest.me", "lvh.me", "127.0.0.1.nip.io", "7f000001.nip.io", "169.254.169.254.sslip.io", "vcap.me"],
  ...[
    `${LISTED_HOST}.evil.test`,
    `evil-${LISTED_HOST}`,
    `sub.${LISTED_HOST}`,
    `${LISTED_HOST}.`,
    `${LISTED_HOST}:8443`,
  ],
  ...["аpi.example", "api.exаmple", "api.example%2eevil.test", "api.example%00.evil.test", "api-example"],
];

/** Texts that are no address of a web server, or lead another way than they look. */
const shapes = (port: number): readonly string[] => [
  ...[`http://${LISTED_HOST}@127.0.0.1:${port}/`, `https://${LISTED_HOST}:443@127.0.0.1:${port}/`],
  ...[`https://127.0.0.1:${port}\\@${LISTED_HOST}/`, `https://u:p@${LISTED_HOST}/`, `https://@127.0.0.1:${port}/`],
  ...[`https://${LISTED_HOST}@localtest.me/`, `http:/\\127.0.0.1:${port}/`, `http:127.0.0.1:${port}/`],
  ...[`http:///127.0.0.1:${port}/`, `//127.0.0.1:${port}/`, `\\\\127.0.0.1:${port}\\x`, `127.0.0.1:${port}`],
  ...[` http://127.0.0.1:${port}/`, `ht\ntp://127.0.0.1:${port}/`, `http://127.0.0.1:${port}/#@${LISTED_HOST}`],
  ...[`http://127.0.0.1:${port}?@${LISTED_HOST}`, `http://${LISTED_HOST}/`, "https://", "https://[::1", "https://%"],
  ...[`gopher://127.0.0.1:${port}/_x`, `ftp://127.0.0.1:${port}/`, `ws://127.0.0.1:${port}/`, "file:///etc/passwd"],
  ...["data:text/plain,x", "javascript:fetch('//127.0.0.1')", "blob:https://api.example/1", "about:blank"],
];

/** Addresses that nobody may be made to call, at a port of this machine where they can name one. */
export function hostileUrls(port: number): readonly string[] {
  const here = LOOPBACK_SPELLINGS.flatMap((host) => [`http://${host}:${port}/hook`, `https://${host}:${port}/hook`]);
  const inside = INSIDE_HOSTS.flatMap((host) => [`https://${host}/latest/meta-data/`, `http://${host}/`]);
  return [...here, ...inside, ...LOOKALIKES.map((host) => `https://${host}/hook`), ...shapes(port)];
}
